"""Seccomp, AppArmor, SELinux."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from wizard import seccomp
from wizard.control import Control, Fragment, Live, Probe, Severity, Step, kernel_says
from wizard.host_gifts import Gift
from wizard.mistake import Mistake, Unshown
from wizard.project import Service
from wizard.question import Choice, Question
from wizard.spelling import TEXT, WORDS
from wizard.syscalls import GROUPS, WITNESSES, kept, removed

_UNCONFINED = ("seccomp:unconfined", "apparmor:unconfined", "label:disable", "label:type:spc_t", "systempaths:unconfined")


class ConfinementProfiles(Control):
    """The engine's seccomp filter stays on.

    Why:
    The default profile is an allow-list of system calls, and follows the capabilities: what is dropped closes calls as
    well. It is kept by default: everybody tests it, it grows with the engine, and hardly anything breaks. «trimmed» is the
    same list less the groups of calls that no need and no program here asks for; «audit» lets these calls pass and logs
    them. Neither is an allow-list made from nothing.

    What may break:
    Programs with unusual calls (io_uring, profilers, 32-bit ones). Run «audit» first and name their groups in «calls», or give a
    file of your own, made from the default one. A 32-bit program under «trimmed» is killed by the signal 31.
    Three things that one reads here and there were tried. `seccomp=default` is no keyword but the name of a file, which is
    not found: for the default write nothing. With lists of 4 and of 64 calls no container starts: after the filter is on,
    the engine's own start-up still has to list and close files. An AppArmor profile with `/** deny,` is no valid syntax;
    with the words turned around it would forbid everything, since a deny wins over what is allowed.
    An AppArmor profile has to be loaded on the host first. Where the host has no AppArmor or SELinux the engine takes any
    name or label and enforces nothing, so both are off by default. «rendered» is the AppArmor profile that is written here
    from the same writable paths, ports and capabilities; any other word names one that you loaded.
    SELinux gives each container a label by itself. A mounted file keeps the host's label and is refused. «relabel» of a
    mount changes that for good: shared (`:z` in the short form) for all containers, private (`:Z`) for this one alone;
    it is off unless asked for, and for files of the project only, since a relabelled /home or /etc breaks the host. For what
    is mounted from .seawall and secrets: `chcon -R -t container_file_t .seawall secrets`. Named volumes get the right label by
    themselves. «type:» takes a type of processes such as container_t (svirt_sandbox_file_t, which one reads, is one of
    files), «level:» separates by categories, such as s0:c100,c200.

    How it shows:
    `Operation not permitted` (EPERM) from a call that needs no capability; in /proc/1/status `Seccomp: 2`, or `Seccomp: 0` where the
    filter is off; `error closing exec fds` of a list that no container starts with; `opening seccomp profile (default) failed`. What an audit
    logs is in the kernel's log as type=1326, if the kernel audits and /proc/sys/kernel/seccomp/actions_logged has «log».
    AppArmor: `Permission denied` (EACCES), a refusal in the kernel's log, and the profile's name in /proc/1/attr/current; the
    kernel that all this was tested on has no AppArmor, so that the profile is accepted by `apparmor_parser -Q` was seen,
    that it is enforced was not. SELinux: `ausearch -m avc -ts recent`.

    References:
    CIS Docker 5.2, 5.3, 5.22; OWASP Docker rule 6; NIST SP 800-190 4.4.3; Pod Security Standards: seccompProfile,
    appArmorProfile, seLinuxOptions; Docker docs: Seccomp security profiles for Docker; measured on Engine 20.10 and 28.
    """

    id = "confinement-profiles"
    severity = Severity.STOP
    step = Step.HOST
    stops = "Holes of the kernel behind namespaces, its keyrings or bpf cannot be tried: the filter refuses the calls."
    stands = (
        "The calls are open, one that makes a namespace with every right in it among them. Who makes them is a user without rights outside "
        "of it (non-root-user, no-new-privileges)."
    )
    settings: ClassVar[tuple[str, ...]] = ("security_opt",)
    violation: ClassVar[Fragment] = {"security_opt": ["seccomp=unconfined"]}
    questions = (
        Question("seccomp", "Profiles", "Which seccomp profile?",
                 "«default» is the engine's own, «trimmed» has less, «audit» only logs what that refuses; or a .json file of the project.",
                 TEXT, "confinement-profiles", basic=False),
        Question("calls", "Profiles", "Which of these calls does it need all the same?", "They stay in the trimmed profile; an audit finds them.",
                 WORDS, "confinement-profiles", tuple(Choice(g.id, g.purpose, g.why) for g in GROUPS), many=True, basic=False,
                 when=lambda w: w.seccomp in seccomp.WRITTEN),
        Question("apparmor", "Profiles", "Which AppArmor profile?",
                 "«rendered» is written here, to be loaded on the host; or the name of a loaded one. Nothing keeps the engine's own.",
                 TEXT, "confinement-profiles", basic=False),
        Question("selinux", "Profiles", "Which SELinux label?", "Such as type:container_t. Ignored where the host has no SELinux.",
                 TEXT, "confinement-profiles", basic=False),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "Somebody read that the default filter is named «default».",
            {"security_opt": ["seccomp=default"]}, "opening seccomp profile (default) failed",
            {}, "Seccomp: 2", program="grep Seccomp: /proc/1/status",
            why="default is read as the name of a file. The default filter is on where nothing is said.",
        ),
        Mistake(
            "The filter was switched off to try something, and stayed off.",
            {"security_opt": ["seccomp=unconfined"]}, "Seccomp: 0", {}, "Seccomp: 2",
            program="grep Seccomp: /proc/1/status", why="0 means that every system call of the kernel is open to it.",
        ),
        Mistake(
            "The profile allows the four calls that the program is known to make, and nothing else.",
            {"security_opt": ["seccomp=./four.json"]}, "error closing exec fds", {}, "Seccomp: 2",
            program="grep Seccomp: /proc/1/status",
            before="""
                cat >four.json <<'END'
                {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read", "write", "exit", "exit_group"], "action": "SCMP_ACT_ALLOW"}]}
                """ + "\nEND\n",
            why="the engine's own start-up runs under the filter, too: take calls away from the default list, never start from nothing.",
        ),
        Mistake(
            "The profile leaves a call out that the program makes.",
            {"security_opt": ["seccomp=./profile.json"]}, "Operation not permitted", {"security_opt": ["seccomp=./mended.json"]}, "made",
            program="mkdir /tmp/cache && echo made",
            before="""
                F='{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": [%s], "action": "SCMP_ACT_ERRNO"}]}'
                printf "$F" '"mkdir", "mkdirat", "reboot"' >profile.json; printf "$F" '"reboot"' >mended.json
            """,
            why="root has all rights that making a folder takes: the filter refused it, so no capability helps.",
        ),
    )  # fmt: skip
    unshown = (
        Unshown(("apparmor_parser -Q", "EACCES", "Permission denied"), "this kernel has no AppArmor, so nothing enforces a profile",
                "ls /sys/module/apparmor", "No such file or directory"),
        Unshown(("ausearch -m avc -ts recent",), "this kernel has no SELinux, so nothing is refused by a label",
                "ls /sys/fs/selinux", "No such file or directory"),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        workload = service.workload
        options = [f"seccomp={_file(service)}"] if workload.seccomp != "default" else []
        options += [f"apparmor={service.apparmor}"] if service.apparmor else []
        options += [f"label={workload.selinux}"] if workload.selinux else []
        return {"security_opt": options} if options else {}

    def forbids(self, fragment: Mapping[str, Any]) -> Iterator[str]:
        for option in fragment.get("security_opt", ()):
            if str(option).replace("=", ":") in _UNCONFINED or str(option).startswith("unmask"):
                yield f"{option} takes a protection of the kernel away"

    def gifts(self, fragment: Mapping[str, Any]) -> Iterator[Gift]:
        for message in self.forbids(fragment):
            key = {"seccomp": "seccomp", "apparmor": "apparmor", "label": "selinux"}.get(re.split("[:=]", message, maxsplit=1)[0], "")
            yield Gift(
                message, key, "calls and files that the engine's own profile keeps from it", "that profile, which is there when nothing is said"
            )

    def notes(self, service: Service) -> tuple[str, ...]:
        found = []
        if seccomp.is_rendered(service):
            found.append(_about(service))
        if service.profile_written:
            found.append(f"the AppArmor profile {service.apparmor} has to be loaded on the host first: its own first lines say how")
        return tuple(found)

    def probes(self, service: Service) -> tuple[Probe, ...]:
        def observe(live: Live) -> str:
            return live.status("Seccomp")

        mode = Probe("seccomp mode of the process (2: filter)", "2", observe, kernel_says("Seccomp", "2"))
        return (mode, _groups(service)) if seccomp.is_rendered(service) else (mode,)


def _groups(service: Service) -> Probe:
    """The filter that the kernel holds, asked about one call of each group."""
    verdict = "logged" if service.workload.seccomp == "audit" else "EPERM"
    gone = removed(service)

    def observe(live: Live) -> str:
        seen = live.filtered(tuple(WITNESSES.values()))
        return ", ".join(f"{group}: {what}" for group, what in zip(WITNESSES, seen, strict=True) if what != "allowed")

    return Probe("groups of calls that the filter does not permit", ", ".join(f"{g}: {verdict}" for g in WITNESSES if g in gone), observe)


def _about(service: Service) -> str:
    stays = [f"{group.id} ({reason})" for group in GROUPS if (reason := kept(group, service))]
    but = f" but {', '.join(stays)}" if stays else ""
    if service.workload.seccomp == "audit":
        return f"seccomp: nothing is refused that the default permits; what «trimmed» would refuse is logged: all groups of calls{but}"
    return f"seccomp: trimmed is without all groups of calls that can go{but}; run it with «audit» first where that is new"


def _file(service: Service) -> str:
    path = seccomp.path_of(service) if seccomp.is_rendered(service) else service.workload.seccomp
    return path if path.startswith("./") else f"./{path}"
