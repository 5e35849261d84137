"""No setuid files."""

import re
from collections.abc import Iterator
from typing import ClassVar

from wizard.control import ByHand, Control, Flaw, Instruction, Live, Probe, Severity, Step
from wizard.foreign import ForeignImage
from wizard.mistake import Lines, Mistake
from wizard.project import Service

STRIP = "RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} +"
_GIVES = r"\bchmod\s+(?:-\S+\s+)*(?:[ugoa,rwx+]*\+[rwxt]*s|0?[2467][0-7]{3})\b|\bsetcap\s+(?!-r)"
"""Commands that set the bits, or file capabilities."""


class NoSetuidFiles(Control):
    """No file of the image gives rights to who runs it.

    Why:
    A setuid program runs as root whoever starts it: `su`, `mount` and `passwd` of a base image are eleven ways up that
    a service never uses. Without the bits they stay where they are and do nothing.

    What may break:
    A program that calls `sudo`, `su` or `ping` with a file capability. no-new-privileges stops these as well. Start the
    program as the user that it needs, or take the capability off the file. Build stages keep theirs, which are not in the
    image; an image without a shell has none, and the step is left out.

    How it shows:
    Without it, `find / -perm /6000 -type f` lists `/usr/bin/su` and its like. With it, a helper that relied on its bit does what
    its user may: `Permission denied`.

    References:
    CIS Docker 4.8; OWASP Docker rule 4; measured: a Debian base has 11 such files, `find / -perm /6000` lists them.
    """

    id = "no-setuid-files"
    severity = Severity.WARN
    step = Step.RISE
    stops = "`su`, `mount` and nine more programs of a base image give no rights to whoever runs them."
    stands = "The kernel ignores their setuid bits (no-new-privileges), and a root that they made would have no capabilities (minimal-capabilities)."
    settings: ClassVar[tuple[str, ...]] = ("RUN find",)
    mistakes = (
        Mistake(
            "The Dockerfile leaves the programs of its base image as they are.",
            Lines("Dockerfile", "USER 65534:65534"), "/usr/bin/su",
            Lines("Dockerfile", "RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} +\nUSER 65534:65534"), "no such file",
            program="find / -perm /6000 -type f 2>/dev/null | grep . || echo no such file",
            why="each of them runs as root, or as a group with rights, whoever starts it.",
        ),
        Mistake(
            "The program wrote to a folder of root by a setuid helper, whose bit is taken away now.",
            Lines("Dockerfile", "RUN install -m 4755 /usr/bin/touch /usr/local/bin/mark && install -d /var/spool/app \\\n"
                  "    && find / -xdev -type f -perm /6000 -exec chmod a-s {} +\nUSER 65534:65534"), "Permission denied",
            Lines("Dockerfile", "RUN install -m 0755 /usr/bin/touch /usr/local/bin/mark && install -d -o 65534 /var/spool/app \\\n"
                  "    && find / -xdev -type f -perm /6000 -exec chmod a-s {} +\nUSER 65534:65534"), "marked",
            program="mark /var/spool/app/now && echo marked",
            why="the user needs the folder, not the rights of root.",
        ),
    )  # fmt: skip

    def image(self, service: Service) -> tuple[Instruction, ...]:
        if service.image.unprivileged or not service.image.shell:
            return ()
        return (Instruction(STRIP),)

    def judge_image(self, image: ForeignImage) -> Iterator[Flaw]:
        for one in image.instructions:
            if one.name == "RUN" and one.last and (found := re.search(_GIVES, " ".join(one.words))):
                yield Flaw(f"{found[0]} gives rights to who runs the file", "leave it out: no-new-privileges makes it useless anyway", line=one.line)

    def probes(self, service: Service) -> tuple[Probe, ...]:
        if not service.built:
            return ()

        def observe(live: Live) -> str:
            return ", ".join(live.privileged_files()[:5]) or "none"

        by_hand = ByHand("docker export CONTAINER | tar --list --verbose | awk '$1 ~ /^-.*[sS]/ {print $6}'", "")
        return (Probe("setuid, setgid and file capabilities", "none", observe, by_hand),)
