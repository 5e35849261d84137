"""Files of the image belong to root."""

from collections.abc import Iterator
from typing import ClassVar

from wizard.control import Control, Flaw, Instruction, Live, Probe, Severity, Step
from wizard.foreign import ForeignImage
from wizard.mistake import Mistake
from wizard.project import Service


class FilesOwnedByRoot(Control):
    """The program's files belong to root and it cannot change them.

    Why:
    What a program can write it can be made to replace: its own code, its libraries, its start script. With files of
    root that everyone may read, an intruder stays inside one process; this holds even where the root is writable.

    What may break:
    Programs that write beside their code (caches, uploads, SQLite files): give them a writable path instead.
    Files that nobody but their owner may read in the project folder are made readable in the image.

    How it shows:
    `Permission denied` on a file in the program's folder, while the same path works when started as root.

    References:
    CIS Docker 4.1; OWASP Docker rule 8; NIST SP 800-190 4.1.2.
    """

    id = "files-owned-by-root"
    step = Step.STAY
    stops = "A hole that lets somebody write a file cannot be turned on the program's own code, which every later start runs."
    stands = "Nothing of the image can be written while its root is read-only (read-only-rootfs)."
    settings: ClassVar[tuple[str, ...]] = ("COPY",)
    mistakes = (
        Mistake(
            "The program keeps its database beside its code.",
            {"environment": {"database": "/srv/app.db"}}, "Permission denied",
            {"environment": {"database": "/data/app.db"}, "tmpfs": ["/data:uid=10001,gid=10001,mode=0700,size=16m"]}, "written",
            given={"user": "10001:10001"}, program='touch "$database" && echo written',
            why="the code's folder belongs to root on purpose; what changes gets a place of its own.",
        ),
    )  # fmt: skip

    def image(self, service: Service) -> tuple[Instruction, ...]:
        if not service.image.given_away:
            return ()
        folders = " ".join(service.image.given_away)
        return (Instruction(f"RUN chown -R 0:0 {folders} && chmod -R go-w {folders}"),)

    def judge_image(self, image: ForeignImage) -> Iterator[Flaw]:
        for one in image.instructions:
            owner = next((flag.partition("=")[2] for flag in one.flags if flag.startswith("--chown=")), "")
            if one.name in ("COPY", "ADD") and one.last and owner.partition(":")[0] not in ("", "0", "root"):
                yield Flaw(f"{one.name} gives the files to {owner}, who could change the program",
                           "leave --chown out; give it a writable path for what it writes",
                           severity=Severity.WARN, line=one.line)  # fmt: skip

    def probes(self, service: Service) -> tuple[Probe, ...]:
        if not service.built:
            return ()
        user = service.owner

        def observe(live: Live) -> str:
            # Root may change anything by mode, so the question is put for the user that it should be.
            uid, gid = (user.uid, user.gid) if user.uid else (10001, 10001)
            # The home that a base image gives its own user holds nothing that runs; a shell-less image cannot take it away.
            found = [path for path in live.files_writable_by(uid, gid) if not path.startswith("/home/")]
            return ", ".join(found[:5]) or "none"

        return (Probe("files of the image that the user could change", "none", observe),)
