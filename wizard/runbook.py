"""HARDENING.md: what was set for exactly these services, how it fails and is mended, how to verify, watch and respond.

Every command was run on an engine by tests/engine/test_runbook.py. The order of the incident response was tried: a paused container
cannot be looked into, and `docker export`, `cp` and `diff` miss memory and volumes, so these are collected first (engine.md).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from wizard.artifact import Artifact, Line
from wizard.chain import in_order
from wizard.compose import Part
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.image_care import TITLE, know_the_images
from wizard.mistakes import in_a_line
from wizard.project import Project, Service
from wizard.recent import recent

PATH = "HARDENING.md"
Parts = Mapping[str, Mapping[str, Sequence[Part]]]
"""The merged Compose mapping of each service by its name."""


def runbook(project: Project, parts: Parts) -> Artifact:
    """The runbook of a project."""
    sections = (
        _head(project),
        _settings(project, parts),
        _along_an_attack(project),
        _checklist(project),
        _by_hand(project),
        _images(project),
        _daemon(project),
        _watching(project),
        _incident(project),
    )
    return Artifact(PATH, tuple(line for section in sections for line in section))


def _head(project: Project) -> Iterator[Line]:
    yield Line(f"# {project.app.name}: how it is hardened")
    yield Line("")
    yield Line("Written by Seawall from seawall.yaml, beside compose.yaml. Commands are run in this folder, as somebody who may use docker.")
    yield Line("")
    yield from _head_of_table("Service", "Image", "User", "Writable", "Published")
    for service in project.services:
        yield Line(f"| {' | '.join(_cell(cell) for cell in _service(service))} |")


def _service(service: Service) -> tuple[str, ...]:
    workload = service.workload
    writable = [f"{path.path} ({f'memory, {path.tmpfs}' if path.tmpfs else 'volume'})" for path in workload.writable]
    published = [f"{port.publish} to {port.container}/{port.protocol}" for port in workload.ports if port.publish]
    image = "built here" if service.built else service.image.reference
    user = f"{service.owner.uid}:{service.owner.gid}"
    return service.name, image, user, ", ".join(writable) or "nothing", ", ".join(published) or "nothing"


def _head_of_table(*cells: str) -> Iterator[Line]:
    yield Line(f"| {' | '.join(cells)} |")
    yield Line(f"|{'---|' * len(cells)}")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _settings(project: Project, parts: Parts) -> Iterator[Line]:
    yield from _title("What is set, why, and how it shows when it is wrong")
    set_by: dict[str, set[str]] = {}
    for merged in parts.values():
        for key, shares in merged.items():
            for share in shares:
                set_by.setdefault(share.control, set()).add(key)
    yield from _head_of_table("Setting", "Why", "How it fails", "What to do")
    for control in CONTROLS:
        keys = sorted(set_by.get(control.id, ()))
        if keys or any(control.image(service) for service in project.services):
            names = ", ".join(f"`{key}`" for key in keys) or "Dockerfile"
            yield Line(f"| {names}<br>{control.id} | {_told(control)} |", control.id)


@lru_cache
def _told(control: Control) -> str:
    """The cells of a control's row that are the same in every project."""
    page = control.page.sections
    return " | ".join(_cell(text) for text in (page["Why"], page["How it shows"], _remedies(control)))


def _remedies(control: Control) -> str:
    """What may break, and for each mistake what is seen and what mends it."""
    mends = (f"<br>«{mistake.shows}» ({mistake.story.rstrip('.')}): `{in_a_line(mistake.mend)}`" for mistake in control.mistakes)
    return control.page.sections["What may break"] + "".join(mends)


def _along_an_attack(project: Project) -> Iterator[Line]:
    yield from _title("Along an attack, from break-in to host")
    yield from _head_of_table("Step", "Control", "What it stops", "What still stands when it is waived")
    for step, controls in in_order():
        for control in controls:
            waived = f" **Waived for {', '.join(names)}.**" if (names := _waived(project, control)) else ""
            yield Line(f"| {step.value} | {control.id} | {_cell(f'{control.stops}{waived}')} | {_cell(control.stands)} |", control.id)


def _title(text: str) -> Iterator[Line]:
    yield Line("")
    yield Line(f"## {text}")
    yield Line("")


def _checklist(project: Project) -> Iterator[Line]:
    yield from _title("Checklist")
    for control in CONTROLS:
        yield Line(f"- [{' ' if _waived(project, control) else 'x'}] {control.title}{_reasons(project, control)}", control.id)


def _waived(project: Project, control: Control) -> list[str]:
    return [service.name for service in project.services if control.id in service.waived]


def _reasons(project: Project, control: Control) -> str:
    waivers = [waiver for waiver in project.workload.waivers if waiver.control == control.id]
    return "".join(f" (waived for {waiver.service or 'all services'}: {' '.join(waiver.why.split())})" for waiver in waivers)


def _by_hand(project: Project) -> Iterator[Line]:
    yield from _title("Verify it by hand")
    yield Line("Each command prints what stands behind it. The kernel's word (/proc) takes root on the host.")
    for service in project.services:
        yield from _commands(service)


@recent(16)
def _commands(service: Service) -> tuple[Line, ...]:
    """How every probe of a service is made by hand."""
    found = [
        Line(""), Line("```sh"), Line(f"CONTAINER=$(docker compose ps --quiet {service.name})  # {service.name}"),
        Line("PID=$(docker inspect --format '{{.State.Pid}}' $CONTAINER)"),
    ]  # fmt: skip
    for control in CONTROLS:
        for probe in control.probes(service) if control.id not in service.waived else ():
            if probe.by_hand:
                found.append(Line(f"{in_shell(probe.by_hand.command)}  # {probe.by_hand.prints or 'nothing'}", control.id, service=service.name))
    return (*found, Line("```"))


def _daemon(project: Project) -> Iterator[Line]:
    if "daemon" not in project.workload.extras:
        return
    from wizard.daemon import PATH as PROPOSAL
    from wizard.daemon import WORDS, checks

    yield from _title("The engine's own settings")
    yield Line(f"{PROPOSAL} proposes them; {WORDS} says why, what breaks, how to apply them and go back. Where they are applied, this is seen:")
    yield Line("")
    yield from checks()


def in_shell(command: str) -> str:
    """A command by hand with the shell's variables in place of CONTAINER and PID."""
    return command.replace("CONTAINER", "$CONTAINER").replace("/proc/PID/", "/proc/$PID/").replace("/proc/PID", "/proc/$PID")


def _images(project: Project) -> Iterator[Line]:
    yield from _title(TITLE)
    yield from know_the_images(project)


def _watching(project: Project) -> Iterator[Line]:
    names = " ".join(service.name for service in project.services)
    yield from _title("Watch it")
    yield Line("```sh")
    yield Line("docker compose ps  # healthy, or since when not")
    yield Line(f"docker stats --no-stream $(docker compose ps --quiet {names})  # memory and processes beside their limits", "resource-limits")
    yield Line("docker inspect --format '{{.Name}} {{.RestartCount}} restarts, killed for memory: {{.State.OOMKilled}}' $(docker compose ps --quiet)",
               "resource-limits")  # fmt: skip
    yield Line("for id in $(docker compose ps --quiet --no-trunc); do find /sys/fs/cgroup -path \"*$id*\" -regex "
               r"'.*/\(memory.\(failcnt\|events\|peak\|max_usage_in_bytes\)\|pids.current\|cpu.stat\)' -exec grep -H . {} +; done"
               "  # the kernel's own counts: the most it used, how often it was at its limits", "resource-limits")  # fmt: skip
    yield Line("docker compose logs --since 10m --timestamps", "log-rotation")
    yield Line(f"docker events --since 1h --until 0s --filter label=com.docker.compose.project={project.app.name} --format "
               "'{{.Time}} {{.Action}} {{.Actor.Attributes.name}}'  # who started, stopped or entered what")  # fmt: skip
    yield Line("```")


def _incident(project: Project) -> Iterator[Line]:
    yield from _title("When one of them was broken into")
    yield Line("In this order: what lives in memory is lost when the container stops, and cannot be read any more when it is paused.")
    yield Line("")
    yield Line("```sh")
    yield from _LOOK
    for service in project.services:
        yield Line(f"# {service.name} holds {_held(service)}", service=service.name)
    yield Line(f"SERVICE={project.app.name}")
    yield from _RESPONSE
    yield Line("```")


def _held(service: Service) -> str:
    kinds = [f"{path.path} in {'memory' if path.tmpfs else f'the volume {path.volume}'}" for path in service.workload.writable]
    secrets = [f"the secret {use.name}, which has to be changed" for use in service.secrets]
    return ", ".join([*kinds, *secrets]) or "nothing of its own"


def _lines(*texts: str) -> tuple[Line, ...]:
    return tuple(Line(text) for text in texts)


_LOOK = _lines(
    "# 1. What has rights that nothing here asked for: prints nothing while all is as it was written",
    "docker ps --quiet | xargs -r docker inspect --format '{{.Name}} privileged={{.HostConfig.Privileged}} pid={{.HostConfig.PidMode}} "
    "net={{.HostConfig.NetworkMode}}{{range .Mounts}} {{.Source}}{{end}}' | "
    "grep -E 'privileged=true|pid=host|net=host|/(docker|containerd|podman)[^ ]*\\.sock'",
    "",
    "# 2. Set the one that is meant",
)
_RESPONSE = _lines(
    "CONTAINER=$(docker compose ps --quiet $SERVICE); PID=$(docker inspect --format '{{.State.Pid}}' $CONTAINER); mkdir -p evidence",
    "",
    "# 3. Collect what a paused container hides: processes, connections, memory, volumes",
    "docker inspect $CONTAINER > evidence/inspect.json",
    "docker top $CONTAINER -eo pid,ppid,user,lstart,args > evidence/processes.txt",
    "cat /proc/$PID/net/tcp /proc/$PID/net/tcp6 /proc/$PID/net/udp > evidence/connections.txt",
    'for folder in $(awk \'$3 == "tmpfs" && $2 !~ "^/(proc|sys|dev$)" {print $2}\' /proc/$PID/mounts); do',
    "    tar --create --file evidence/memory$(echo $folder | tr / -).tar --directory /proc/$PID/root$folder .",
    "done",
    "docker inspect --format '{{range .Mounts}}{{if eq .Type \"volume\"}}{{.Source}} {{end}}{{end}}' $CONTAINER | "
    "xargs -r tar --create --file evidence/volumes.tar",
    "docker logs --timestamps $CONTAINER > evidence/logs.txt 2>&1",
    "",
    "# 4. Hold it still, then copy the rest",
    "docker pause $CONTAINER",
    "docker diff $CONTAINER > evidence/changed.txt",
    "docker export --output evidence/root.tar $CONTAINER",
    "",
    "# 5. Stop it, keep what was seen from outside, and start a clean one when the hole is closed and its secrets are new",
    "docker unpause $CONTAINER && docker kill $CONTAINER",
    "docker events --since 24h --until 0s --filter container=$CONTAINER > evidence/events.txt",
)
