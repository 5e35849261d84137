"""`seawall check --running`: all containers that run on the engine, judged by what the kernel shows of them. Nothing in them is touched."""

from concurrent.futures import ThreadPoolExecutor

from wizard.check.command import Options, Result, shown
from wizard.check.found import Found
from wizard.check.judging import NOT_READ
from wizard.check.model import Report
from wizard.check.source import Place
from wizard.check.sources import Sources
from wizard.control import Severity
from wizard.engine.docker import Docker
from wizard.errors import NoEngineError, SeawallError
from wizard.prove.probing import ROOT, Live, judged, look

_AT_ONCE = 4
_TRIES = 3


def run(options: Options, docker: Docker | None = None) -> Result:
    """The report and the exit code. Raises NoEngineError without an engine."""
    report, sources = check_running(docker or Docker())
    code = 2 if report.problems else int(report.fails(options.fail_on))
    if options.form == "text" and not report.services and not report.problems:
        return Result(iter(("no container runs on this engine\n",)), (), code)
    return Result(shown(report, sources, options.form), tuple(report.problems), code)


def check_running(docker: Docker) -> tuple[Report, Sources]:
    """What the controls say of every container that runs; the Compose files that these are read back into are among the sources."""
    docker.version()
    report, sources = Report(), Sources(ROOT)
    ids = docker.do(("ps", "--quiet", "--no-trunc"), docker.timeout)[1].split()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for seen in pool.map(lambda one: _seen(docker, one), ids):
            if isinstance(seen, str):
                report.problems.append(seen)
            elif seen:
                report.services += 1
                report.findings.add([*judged(seen, sources), *_unknown(seen)])
    return report, sources


def _seen(docker: Docker, container: str) -> Live | str | None:
    """A look; None for what ended meanwhile, a problem in words for what could not be looked at although it runs."""
    problem = ""
    for _ in range(_TRIES):
        try:
            facts = docker.inspect("container", container)
            if not facts["State"]["Running"]:
                return None
            return look(docker, container, str(facts["Name"]).removeprefix("/"), touch=False)
        except NoEngineError:
            raise
        except SeawallError as error:
            # It may just have been started again.
            problem = str(error)
    try:
        return problem if docker.inspect("container", container)["State"]["Running"] else None
    except NoEngineError:
        raise
    except SeawallError:
        return None


def _unknown(seen: Live) -> list[Found]:
    """What was not judged, said once."""
    if not seen.unseen:
        return []
    keys = ", ".join(key for one in seen.unseen for key in one.keys)
    what = f"only what the engine was asked for is known of {keys}: {seen.unseen[0].why}"
    return [Found(NOT_READ, Severity.WARN, Place(f"container:{seen.name}"), seen.name, what, "run it as root on the engine's own host")]
