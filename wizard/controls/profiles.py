"""Seccomp, AppArmor, SELinux."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from wizard.control import Control, Fragment, Live, Probe, Severity, kernel_says
from wizard.project import Service
from wizard.question import Question
from wizard.spelling import TEXT


class ConfinementProfiles(Control):
    """The engine's seccomp filter stays on.

    Why:
    The default profile is an allow-list of system calls, and follows the capabilities: what is dropped closes calls as
    well. The right way to get it is to write nothing: `seccomp=default` is read as a file of that name and fails.

    What may break:
    Programs with unusual calls (io_uring, some profilers). Give them a profile of their own, made from the default one.

    How it shows:
    `Operation not permitted` (EPERM) from a call that needs no capability; `Seccomp: 2` in /proc/1/status.

    References:
    CIS Docker 5.2, 5.3, 5.22; OWASP Docker rule 6; Pod Security Standards: seccompProfile.
    """

    id = "confinement-profiles"
    severity = Severity.STOP
    settings: ClassVar[tuple[str, ...]] = ("security_opt",)
    violation: ClassVar[Fragment] = {"security_opt": ["seccomp=unconfined"]}
    questions = (
        Question("seccomp", "Profiles", "Which seccomp profile?", "«default» is the engine's own; or a .json file of the project.",
                 TEXT, "confinement-profiles", basic=False),
        Question("apparmor", "Profiles", "Which AppArmor profile?", "Its name, loaded on the host. Nothing keeps the engine's own.",
                 TEXT, "confinement-profiles", basic=False),
        Question("selinux", "Profiles", "Which SELinux label?", "Such as type:container_t. Ignored where the host has no SELinux.",
                 TEXT, "confinement-profiles", basic=False),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        workload = service.workload
        options = [f"seccomp={_file(workload.seccomp)}"] if workload.seccomp != "default" else []
        options += [f"apparmor={workload.apparmor}"] if workload.apparmor else []
        options += [f"label={workload.selinux}"] if workload.selinux else []
        return {"security_opt": options} if options else {}

    def forbids(self, fragment: Mapping[str, Any]) -> Iterator[str]:
        for option in fragment.get("security_opt", ()):
            if str(option).replace("=", ":") in ("seccomp:unconfined", "apparmor:unconfined", "label:disable", "systempaths:unconfined"):
                yield f"{option} takes a protection of the kernel away"

    def probes(self, service: Service) -> tuple[Probe, ...]:
        def observe(live: Live) -> str:
            return live.status("Seccomp")

        return (Probe("seccomp mode of the process (2: filter)", "2", observe, kernel_says("Seccomp", "2")),)


def _file(path: str) -> str:
    return path if path.startswith("./") else f"./{path}"
