"""compose.debug.yaml: a container beside the service for one look into it, in place of SYS_PTRACE for the service for good.

It joins the service's PID namespace and has SYS_PTRACE alone; the service is neither changed nor started again (tests/engine/test_debug.py).
As root, since an added capability has no effect for another user, and a host may let no other process be traced without it (ptrace_scope).
Tried on Engine 20.10: strace works so; gdb opens /proc/PID/mem, which is closed to root without more power, and works as the service's user.
"""

from collections.abc import Iterator
from typing import Any

from wizard import yaml_text
from wizard.artifact import Artifact, Line
from wizard.catalog import chosen
from wizard.project import Project

PATH = "compose.debug.yaml"
_NEEDS = "set DEBUG_IMAGE to an image with the debugger, such as one with strace or gdb"


def debug_variant(project: Project) -> Artifact:
    """The override file. It adds one service, which starts only when it is asked for."""
    return Artifact(PATH, tuple(_lines(project)))


def service_of(project: Project) -> dict[str, Any]:
    """The debugging container, as Compose takes it."""
    return {
        "image": f"${{DEBUG_IMAGE:?{_NEEDS}}}",
        "profiles": ["debug"],
        "pid": f"service:{project.app.name}",
        "network_mode": "none",
        "user": "0:0",
        "read_only": True,
        "tmpfs": ["/tmp:mode=1777,size=64M"],
        "cap_drop": ["ALL"],
        "cap_add": ["SYS_PTRACE"],
        "security_opt": ["no-new-privileges:true"],
        "cpus": 1.0,
        "mem_limit": "512M",
        "memswap_limit": "512M",
        "pids_limit": 64,
        "restart": "no",
    }


def name_of(project: Project) -> str:
    """What it is called: no name of a service that is there."""
    taken = {service.name for service in project.services}
    return next(name for name in ("debug", *(f"debug-{n}" for n in range(len(taken) + 1))) if name not in taken)


def _lines(project: Project) -> Iterator[Line]:
    app, name, user = project.app, name_of(project), project.app.owner
    run = f"docker compose -f compose.yaml -f {PATH} run --rm --no-deps"
    about = (
        f"For one look into {app.name} while it runs: a container that may trace its processes and is gone afterwards.",
        f"{app.name} itself gets nothing and is not started again. compose.yaml alone does not know of this.",
        "  export DEBUG_IMAGE=IMAGE    (one with the debugger in it)",
        f"  {run} {name} sh -c 'grep -s . /proc/[0-9]*/comm'    (processes by number)",
        f"  {run} {name} strace -f -p NUMBER",
        "SYS_PTRACE counts for root alone, so it is root here, with nothing else of root's power. gdb reads /proc/NUMBER/mem, which only",
        f"{app.name}'s own user may; that takes no capability where /proc/sys/kernel/yama/ptrace_scope is 0 or missing:",
        f"  {run} --user {user.uid}:{user.gid} {name} gdb -p NUMBER",
    )
    yield from (Line(f"# {text}", "minimal-capabilities") for text in about)
    yield Line("services:")
    of_teams = ((control.id, "it ends when the look ends") for catalog in chosen() for control in catalog.controls if control.must)
    waived = {f"{name}:": (*_OF_THE_SERVICE, *of_teams), **_OF_A_LINE}
    for line in yaml_text.lines({name: service_of(project)}, 2, compose=False):
        indent, word = line[: len(line) - len(line.lstrip())], next((w for w in waived if line.lstrip().startswith(w)), "")
        for control, why in waived.get(word, ()):
            yield Line(f"{indent}# seawall: waive {control}: {why}", "minimal-capabilities", service=name)
        yield Line(line, "minimal-capabilities", service=name)


_OF_THE_SERVICE = (
    ("health-check", "it ends when the look ends"),
    ("init-and-grace", "it ends when the look ends"),
    ("log-rotation", "it is removed with what it said"),
)
_OF_A_LINE = {
    "image:": (("pinned-base-image", "whoever looks names it"),),
    "pid:": (("no-host-access", "that service is what it looks into"),),
    "user:": (("non-root-user", "the capability counts for root alone"),),
    "- SYS_PTRACE": (("minimal-capabilities", "this is what it is for"),),
}
"""Why it breaks what the others keep: `seawall check` takes the reason from the line above."""
