"""Capabilities: none, or the least that a need really takes."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from msgspec import Struct

from wizard.capabilities import FACTS, REVIEW, Level, mask
from wizard.control import Control, Flaw, Fragment, Live, Must, Probe, Severity, Step, kernel_says
from wizard.foreign import Foreign, Unknown
from wizard.mend import Aim, Edit, How, Left, Mend
from wizard.mistake import Mistake
from wizard.project import Service
from wizard.question import Choice, Question
from wizard.spelling import CAPABILITIES, WORDS


class Need(Struct, frozen=True):
    """Something a program does that may need a privilege: the question in plain words, and what serves it.

    `costs` are the capabilities that people add for it; `root` those of them that it takes when it is started as root
    (measured). A non-root user takes none of them: `way` says what serves it instead, or why nothing does.
    """

    id: str
    question: str
    costs: tuple[str, ...]
    root: tuple[str, ...]
    way: str

    @property
    def help(self) -> str:
        """What it would cost, and the cheaper way."""
        return f"Would cost {listed(self.costs)}. {self.way}."

    @property
    def note(self) -> str:
        """The same once the question was answered with yes."""
        return f"{listed(self.costs)} {'are' if len(self.costs) > 1 else 'is'} not added. {self.way}"


def listed(names: tuple[str, ...]) -> str:
    """Names as a sentence lists them: `A, B and C`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


NEEDS: tuple[Need, ...] = (
    Need("low-port", "Does it listen on a port below 1024?", ("NET_BIND_SERVICE",), (),
         "Not needed: the engine opens low ports to every user since 20.10"),
    Need("chown-at-start", "Does it change owners of files when it starts?", ("CHOWN", "DAC_OVERRIDE"), ("CHOWN", "DAC_OVERRIDE"),
         "Not needed: its folders are made with the right owner in the image"),
    Need("switch-user", "Does it start as root and switch to another user?", ("SETGID", "SETUID"), ("SETGID", "SETUID"),
         "Not needed: it is started as that user at once"),
    Need("ping", "Does it ping other hosts?", ("NET_RAW",), (),
         "Not needed: the engine lets every user ping; a ping program with a file capability must lose it"),
    Need("raw-packets", "Does it send or capture raw packets?", ("NET_RAW", "SETGID", "SETUID"), ("NET_RAW", "SETGID", "SETUID"),
         "No effect for a non-root user: capture in a sidecar, or waive non-root-user with a reason"),
    Need("lock-memory", "Does it lock memory (mlock)?", ("IPC_LOCK",), ("IPC_LOCK",),
         "No effect for a non-root user, who may lock up to the host's memlock limit anyway"),
    Need("raise-priority", "Does it raise its own priority?", ("SYS_NICE",), ("SYS_NICE",),
         "No effect for a non-root user: give it more cpus instead"),
    Need("set-clock", "Does it set the host's clock?", ("SYS_TIME",), ("SYS_TIME",),
         "No effect for a non-root user: let the host keep the time"),
    Need("trace-children", "Does it trace or debug its own child processes?", ("SYS_PTRACE",), (),
         "Not needed: a process may trace its own children under the default seccomp profile"),
)  # fmt: skip


class MinimalCapabilities(Control):
    """No capability is added without an effect and a reason.

    Why:
    The engine gives fourteen parts of root's power to every container by default, among them raw packets and device
    nodes. With the first an intruder forges packets of the neighbours, with the second opens devices that the host forgot
    to forbid. A service that listens, reads and writes needs none of them. For a user that is not root an added
    capability has no effect either, but still widens what a flaw could reach.

    What may break:
    Entry scripts that start as root and then chown or switch user; they are not needed when it starts as its own user.
    A program with a file capability (Debian's ping) cannot even be started: take the file capability off.

    How it shows:
    `Operation not permitted` (EPERM) where root could; `cannot set groups: Operation not permitted` from su, and much the same of
    setgroups from gosu or su-exec.

    References:
    CIS Docker 5.4; OWASP Docker rule 3; NIST SP 800-190 4.4.3; Pod Security Standards: capabilities; Docker docs: Running
    containers, «Runtime privilege and Linux capabilities».
    """

    id = "minimal-capabilities"
    lacking = Severity.WARN
    step = Step.RISE
    stops = "Who becomes root in it cannot forge packets, make devices, or take files from the users who own them."
    stands = (
        "They have to become root first (non-root-user, no-new-privileges); then the fourteen capabilities of the engine's default are "
        "theirs, behind its filter (confinement-profiles)."
    )
    settings: ClassVar[tuple[str, ...]] = ("cap_drop", "cap_add")
    must: ClassVar[tuple[Must, ...]] = (Must("cap_drop", ["ALL"]),)
    questions = (
        Question(
            "needs", "Needs and capabilities", "Does it do any of these?", "Most services do none. Each is served by the least that works.",
            WORDS, "minimal-capabilities", tuple(Choice(n.id, n.question, n.help) for n in NEEDS), many=True,
        ),
        Question(
            "capabilities", "Needs and capabilities", "Which capabilities does it need by name?",
            "Only where no need above fits; each with its reason. One without effect is not added.",
            CAPABILITIES, "minimal-capabilities", basic=False, settings=("cap_add",),
            offers=tuple(Choice(fact.name, fact.purpose, f"risk: {fact.risk}") for fact in FACTS),
        ),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "It starts as root, and chowns its folder before it works; all capabilities are dropped.",
            {"cap_drop": ["ALL"]}, "Operation not permitted", {"cap_drop": ["ALL"], "cap_add": ["CHOWN"]}, "owned by 10001",
            program="chown 10001:10001 /srv && stat -c 'owned by %u' /srv",
            why="chown takes CHOWN. Better still: start as the user, and own the folder in the image.",
        ),
        Mistake(
            "Its entry script starts as root and switches to a user; all capabilities are dropped.",
            {"cap_drop": ["ALL"]}, "cannot set groups: Operation not permitted",
            {"cap_drop": ["ALL"], "cap_add": ["SETUID", "SETGID"]}, "I am 65534",
            program="su --shell /bin/sh nobody -c 'echo I am $(id -u)'",
            why="switching takes SETUID and SETGID; who starts as the user needs neither.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        added = granted(service)
        return {**super().service(service)} | ({"cap_add": list(added)} if added else {})

    def forbids(self, fragment: Mapping[str, Any]) -> Iterator[str]:
        for name in fragment.get("cap_add", ()):
            if str(name).removeprefix("CAP_") == "ALL":
                yield "cap_add ALL gives everything back"

    def beside(self, seen: Foreign) -> str:
        if seen.image.carried:
            return f"; its program cannot be started without cap_add: [{', '.join(seen.image.carried)}]"
        if not _starts_as_image(seen) or not seen.image.root_capabilities:
            return ""
        return f"; while it starts as root also cap_add: [{', '.join(seen.image.root_capabilities)}]"

    def refuses(self, seen: Foreign) -> Iterator[Flaw]:
        yield from super().refuses(seen)
        root = _starts_as_image(seen)
        for number, entry in enumerate(seen.fragment.get("cap_add", ())):
            name = str(entry).removeprefix("CAP_")
            if isinstance(entry, Unknown) or name == "ALL" or (root and name in seen.image.root_capabilities) or name in seen.image.carried:
                continue
            fact = next((fact for fact in FACTS if fact.name == name), None)
            grave = fact is not None and fact.level in (Level.CRITICAL, Level.HIGH)
            what = f"{name} permits to {fact.purpose}; risk {fact.level.value}" if fact else f"{name} is no capability that is known here"
            yield Flaw(what, "remove it, or say as a waiver what needs it", "cap_add", number, Severity.INVALID if grave else Severity.WARN)

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """All are dropped together with what is kept, or neither is written."""
        if not seen.whole or "ALL" in seen.fragment.get("cap_drop", ()):
            return
        if aim.capabilities is None:
            yield Left(
                self.id,
                aim.reasons.get("capabilities", "what it takes is not known"),
                ("cap_drop: [ALL]", "cap_add: []  # what it needs, each by name"),
            )
            return
        there = seen.fragment.get("cap_add", ())
        kept = [name for name in aim.capabilities if name not in there and "ALL" not in there]
        edits = [Edit(("cap_drop",), ["ALL"], How.ADD), *([Edit(("cap_add",), kept, How.ADD)] if kept else [])]
        yield Mend(self.id, tuple(edits), self.page.reason)

    def notes(self, service: Service) -> tuple[str, ...]:
        if service.role != "app" or service.user is None:
            return ()
        needed = tuple(need.note for need in NEEDS if need.id in service.workload.needs)
        if service.image.origin == "unknown":
            return needed
        return needed + tuple(
            f"{asked.name} is not added: for a user that is not root it has no effect, and would only widen the bounding set and the seccomp filter"
            for asked in service.workload.capabilities
        )

    def left_out(self) -> str:
        return REVIEW

    def probes(self, service: Service) -> tuple[Probe, ...]:
        def observe(live: Live) -> str:
            return live.status("CapBnd")

        return (Probe("bounding set of capabilities", mask(granted(service)), observe, kernel_says("CapBnd", mask(granted(service)))),)


def _starts_as_image(seen: Foreign) -> bool:
    """Whether no user of its own is named, so that a start script that runs as root does."""
    return str(seen.fragment.get("user") or "0").partition(":")[0] in ("0", "root")


def granted(service: Service) -> tuple[str, ...]:
    """The capabilities that have an effect for this service, sorted; for a non-root user of our image none.

    In an image that we did not build a program may carry a file capability, so what is asked for by name is added.
    """
    asked = {capability.name for capability in service.workload.capabilities}
    if service.user is None:
        needed = {name for need in NEEDS if need.id in service.workload.needs for name in need.root}
        return tuple(sorted(needed | asked | set(service.image.root_capabilities)))
    return () if service.image.origin == "stack" else tuple(sorted(asked))
