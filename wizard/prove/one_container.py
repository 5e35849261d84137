"""One container that runs already: looked at and left as it is. Nothing in it is changed, and it is not restarted."""

from wizard.engine.docker import Docker
from wizard.errors import SeawallError
from wizard.prove.evidence import RUNS, Evidence, Report
from wizard.prove.own_project import State
from wizard.prove.probing import by_judgement, look
from wizard.prove.progress import ROUNDS, Finished, Looked, Tell


def prove_container(name: str, tell: Tell, docker: Docker | None = None) -> Report:
    """What the controls say of it. Raises SeawallError for none of that name, or one that does not run; NoEngineError without an engine."""
    docker = docker or Docker()
    docker.version()
    facts = docker.inspect("container", name)
    called = str(facts["Name"]).removeprefix("/")
    if not facts["State"]["Running"]:
        raise SeawallError(f"{called} is not running ({State(facts).words}); its log says why: docker logs {called}")
    report = Report(f"container {called}")
    state = State(facts)
    wanted = "healthy" if state.health else "running"
    runs = Evidence(called, RUNS, "is healthy" if state.health else "runs", wanted, state.words, state.is_ready, 0.0, "docker inspect")
    for one in (runs, *by_judgement(look(docker, name, called, touch=False), "")):
        if isinstance(one, Evidence):
            report.evidence.append(one)
        else:
            report.unprovable.append(one)
        tell(one)
    for round_ in ROUNDS:  # It is not started again.
        tell(Looked(called, round_))
    tell(Finished(report))
    return report
