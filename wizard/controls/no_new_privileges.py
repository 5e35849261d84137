"""no-new-privileges."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from wizard.control import Control, Flaw, Live, Must, Probe, Severity, Step, kernel_says
from wizard.foreign import Foreign
from wizard.mend import Aim, Edit, Left, Mend
from wizard.mistake import Mistake, Unshown
from wizard.project import Service

_STEPS_UP = "sudo, su and programs with a setuid bit give no rights in it any more"


class NoNewPrivileges(Control):
    """No process can gain rights by starting a program.

    Why:
    The kernel then ignores setuid bits and file capabilities for good, for the process and all its children: a forgotten
    setuid program is no way up. It does not make root harmless, so it stands beside the user and never in its place.

    What may break:
    sudo, su and programs with file capabilities: start the service as the user that it needs. Stepping down (gosu,
    setpriv) works.

    How it shows:
    In /proc/1/status `NoNewPrivs: 0` where it is off, `NoNewPrivs: 1` where it is on; then `sudo: effective uid is not 0`.

    References:
    CIS Docker 5.26; OWASP Docker rule 4; NIST SP 800-190 4.4.3; Pod Security Standards: allowPrivilegeEscalation; Docker
    docs: Docker security non-events.
    """

    id = "no-new-privileges"
    severity = Severity.WARN
    step = Step.RISE
    stops = "A program with a setuid bit or a file capability, found or planted, gives no rights to who starts it."
    stands = (
        "The image has no setuid file left to start (no-setuid-files), on a tmpfs the bit does nothing (writable-paths), and root would "
        "have no capabilities (minimal-capabilities)."
    )
    settings: ClassVar[tuple[str, ...]] = ("security_opt",)
    remedy: ClassVar[str] = "write no-new-privileges:true in its place"
    must: ClassVar[tuple[Must, ...]] = (Must("security_opt", ["no-new-privileges:true"]),)
    mistakes = (
        Mistake(
            "The option is there, and switched off.",
            {"security_opt": ["no-new-privileges:false"]}, "NoNewPrivs: 0", {"security_opt": ["no-new-privileges:true"]}, "NoNewPrivs: 1",
            program="grep NoNewPrivs /proc/1/status", why="the kernel's own word: 0 means that a setuid program still gives rights.",
        ),
    )  # fmt: skip
    unshown = (
        Unshown(("sudo: effective uid is not 0",), "usual images have no sudo", "docker run --rm --network none IMAGE sudo true",
                'exec: "sudo": executable file not found in $PATH'),
    )  # fmt: skip

    def forbids(self, fragment: Mapping[str, Any]) -> Iterator[str]:
        for option in fragment.get("security_opt", ()):
            if str(option).replace("=", ":") == "no-new-privileges:false":
                yield "no-new-privileges is switched off"

    def lacks(self, seen: Foreign) -> Iterator[Flaw]:
        """Where it is switched off that is said, and once."""
        return iter(()) if any(self.forbids(seen.known)) else super().lacks(seen)

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """Where it is switched off the entry is turned around."""
        for number, option in enumerate(seen.fragment.get("security_opt", ())):
            if option == "no-new-privileges:false":
                yield Mend(self.id, (Edit(("security_opt", number), "no-new-privileges:true"),), self.page.reason, _STEPS_UP)
                return
        if seen.whole and not seen.image.known_from:
            why = "whether its programs gain rights by sudo, a setuid bit or a file capability is not known: they would lose them"
            yield Left(self.id, why, ('security_opt: ["no-new-privileges:true"]',))
            return
        yield from super().mends(seen, aim)

    def changes(self, seen: Foreign) -> str:
        return "" if seen.image.suggestion else _STEPS_UP

    def probes(self, service: Service) -> tuple[Probe, ...]:
        def observe(live: Live) -> str:
            return live.status("NoNewPrivs")

        return (Probe("NoNewPrivs of the process", "1", observe, kernel_says("NoNewPrivs", "1")),)
