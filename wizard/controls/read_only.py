"""Read-only root filesystem."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from wizard.control import ByHand, Control, Live, Must, Probe, Step
from wizard.foreign import Foreign
from wizard.mend import Aim, Edit, How, Left, Mend
from wizard.mistake import Mistake
from wizard.project import Service


class ReadOnlyRoot(Control):
    """The root filesystem is read-only.

    Why:
    An intruder cannot plant a tool, change a script or leave something behind for the next start: what runs is what was
    built. A web shell that came as an upload has no page to become. What has to be written gets a place of its own, which
    is listed beside it.

    What may break:
    Everything that writes where no writable path is declared: caches in the home folder, pid files, uploads: name each,
    as memory (tmpfs) or as a volume that stays. Packages that are installed at the start: they belong into the image.
    Build stages write as they like. /dev/shm and /dev/mqueue stay writable; they are memory.

    How it shows:
    `Read-only file system` (EROFS, errno 30) with the path that is missing from the list.

    References:
    CIS Docker 5.13; OWASP Docker rule 8; NIST SP 800-190 4.4.4; NSA/CISA Kubernetes guide 1.1; Docker docs: Define
    services in Docker Compose, «read_only».
    """

    id = "read-only-rootfs"
    step = Step.STAY
    stops = "A web shell, or a start script with one line more, is not there to be run: not now, and not after the next start."
    stands = (
        "The program's own files are root's (files-owned-by-root) and it is not (non-root-user); what is planted elsewhere gains no rights "
        "(no-new-privileges) and calls nobody (internal-networks)."
    )
    settings: ClassVar[tuple[str, ...]] = ("read_only",)
    must: ClassVar[tuple[Must, ...]] = (Must("read_only", True),)
    mistakes = (
        Mistake(
            "It writes its log to /var/log, and no path is declared as writable.",
            {"read_only": True}, "Read-only file system",
            {"read_only": True, "tmpfs": ["/var/log:uid=10001,gid=10001,mode=0700,size=16m"]}, "written",
            given={"user": "10001:10001"}, program="touch /var/log/app.log && echo written",
            why="the root stays read-only; the one folder that the line names is declared.",
        ),
    )  # fmt: skip

    def beside(self, seen: Foreign) -> str:
        mounted = {str(entry).partition(":")[0] for entry in seen.fragment.get("tmpfs", ())}
        mounted |= {str(volume.get("target")) for volume in seen.fragment.get("volumes", ()) if isinstance(volume, Mapping)}
        left = [path for path in seen.image.writes if not any(target == path or target.startswith(f"{path}/") for target in mounted)]
        if seen.image.writes and not left:
            return ""
        return f", and a tmpfs (with uid, gid and size) or a volume for {', '.join(left) or 'every folder that it writes'}"

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """It comes with every folder that is written, or not at all."""
        if not seen.whole or seen.fragment.get("read_only") not in (None, False):
            return
        if aim.memory is None:
            lines = ("read_only: true", "tmpfs:", *(f'  - "{aim.tmpfs(*one)}"' for one in (seen.image.memory or {"/tmp": "64m"}).items()))
            yield Left(self.id, aim.reasons.get("memory", "which folders it writes is not known"), lines)
            return
        mounts = [Edit(("tmpfs",), [aim.tmpfs(*one) for one in aim.memory.items()], How.ADD)] if aim.memory else []
        places = " or ".join(aim.memory) or "its mounts"
        yield Mend(
            self.id,
            (Edit(("read_only",), True), *mounts),
            self.page.reason,
            f"what it writes elsewhere than to {places} fails: Read-only file system",
        )

    def probes(self, service: Service) -> tuple[Probe, ...]:
        def observe(live: Live) -> str:
            return live.create("/", 0, 0, False)

        mounted = ByHand("awk '$2 == \"/\" {print substr($4, 1, 3)}' /proc/PID/mounts", "ro,")
        return (Probe("creating a file in / with all rights", "EROFS", observe, mounted),)
