"""Writable paths."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from wizard.control import Control, Flaw, Fragment, Instruction, Live, Probe, Severity, Step
from wizard.foreign import Foreign, Unknown
from wizard.mend import Aim, Edit, How, Left, Mend
from wizard.mistake import Mistake
from wizard.project import Project, Service
from wizard.question import Question
from wizard.spelling import WRITABLE, Data
from wizard.tmpfs import addition, options
from wizard.workload import WritablePath


def _gloss(row: Data) -> str:
    """What happens to what is written there."""
    return "memory: empty after each start" if "tmpfs" in row else "kept in a volume"


class WritablePaths(Control):
    """What it may write is listed, and belongs to its user.

    Why:
    A read-only root needs places to write, and each of them has traps: a tmpfs without an owner belongs to root after
    the first restart, one without a size can take all memory, and a volume over a folder that the image lacks belongs to root.
    So every tmpfs states user, group, mode and size, and every volume's folder is made in the image first.

    What may break:
    A tmpfs hides what the image has at that path, and is empty after every start. Programs unpacked to /tmp do not run
    there: it is mounted noexec. A volume that already holds data keeps its old owner.

    How it shows:
    `Permission denied` on the path only after a restart; `No space left on device` when a tmpfs is full; exit code 137
    when all tmpfs together reach the memory limit.

    References:
    CIS Docker 5.13; OWASP Docker rule 8; NIST SP 800-190 4.4.4; Docker docs: Define services in Docker Compose, «tmpfs»
    and «volumes»; moby issues 20437 and 39466; measured on Engine 20.10 and 28.
    """

    id = "writable-paths"
    step = Step.RUN
    stops = "A program that was uploaded to /tmp is not started: the kernel refuses it there, and it is gone after the next start."
    stands = (
        "With a read-only root nothing is left to write to but /dev/shm, which starts no programs either (read-only-rootfs); what is run "
        "all the same gains no rights (no-new-privileges)."
    )
    settings: ClassVar[tuple[str, ...]] = ("tmpfs", "volumes", "VOLUME")
    questions = (
        Question(
            "writable", "Writable paths", "Which folders does it write?",
            "Everything else stays read-only. A tmpfs is memory and empty after each start; a volume keeps its data.",
            WRITABLE, "writable-paths", gloss=_gloss,
        ),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "The tmpfs has no owner. It worked at first, and then the container was restarted.",
            {"tmpfs": ["/spool:size=16m"]}, "Permission denied", {"tmpfs": ["/spool:uid=10001,gid=10001,mode=0700,size=16m"]}, "written",
            given={"user": "10001:10001"}, program="touch /spool/new && echo written",
            look="docker wait CONTAINER >/dev/null; docker start --attach CONTAINER",
            why="a folder that the image lacks is everybody's at the first start and root's from the second on.",
        ),
        Mistake(
            "The tmpfs is smaller than what is written to it.",
            {"tmpfs": ["/spool:uid=10001,gid=10001,mode=0700,size=1m"]}, "No space left on device",
            {"tmpfs": ["/spool:uid=10001,gid=10001,mode=0700,size=16m"]}, "written",
            given={"user": "10001:10001"}, program="head -c 2000000 /dev/zero > /spool/big && echo written",
            why="a tmpfs is as large as its size says, and counts as memory.",
        ),
        Mistake(
            "The tmpfs may grow larger than the memory of the service.",
            {"tmpfs": ["/spool:uid=10001,gid=10001,mode=0700,size=64m"]}, "exit code 137",
            {"tmpfs": ["/spool:uid=10001,gid=10001,mode=0700,size=8m"]}, "No space left on device",
            given={"user": "10001:10001", "mem_limit": "16m", "memswap_limit": "16m"}, program="exec head -c 32000000 /dev/zero > /spool/big",
            why="what is in a tmpfs counts as memory: the kernel kills; below the limit the program is told that the disk is full.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        fragment: dict[str, Any] = {}
        if tmpfs := [_tmpfs(path, service) for path in service.workload.writable if path.tmpfs]:
            fragment["tmpfs"] = tmpfs
        if volumes := [path for path in service.workload.writable if path.volume]:
            fragment["volumes"] = [{"type": "volume", "source": path.volume, "target": path.path} for path in volumes]
        return fragment

    def project(self, project: Project) -> Fragment:
        names = [path.volume for service in project.services for path in service.workload.writable
                 if path.volume and self.id not in service.waived]  # fmt: skip
        return {"volumes": {name: {} for name in names}} if names else {}

    def image(self, service: Service) -> tuple[Instruction, ...]:
        folders = [path.path for path in service.workload.writable if path.volume or not path.path.startswith(("/tmp", "/run", "/var/run"))]
        if not folders:
            return ()
        import shlex

        # Without a shell in the last stage they are made in the build stage, in the tree that is copied over.
        root, place = ("", "root") if service.image.shell else ("/rootfs", "rootfs")
        owner, names = service.owner, " ".join(shlex.quote(root + folder) for folder in folders)
        return (Instruction(f"RUN install -d -o {owner.uid} -g {owner.gid} -m 0700 {names}", place),)

    def judge(self, seen: Foreign) -> Iterator[Flaw]:
        """Of a service that somebody else wrote only the mounts in memory: which folders it writes, nobody said."""
        user = str(seen.fragment.get("user") or seen.image.user or "0").partition(":")[0]
        for number, entry in enumerate(seen.fragment.get("tmpfs", ())):
            path, named = str(entry).partition(":")[0], options(str(entry))
            if "size" not in named:
                yield Flaw(
                    f"the tmpfs {path} has no size: it may take half of the host's memory", f"write {path}:size=64m", "tmpfs", number, Severity.WARN
                )
            if "uid" not in named and user not in ("0", "root"):
                yield Flaw(f"the tmpfs {path} has no owner: after a restart it belongs to root, and user {user} may not write it",
                           f"add uid={user},gid=... to its options", "tmpfs", number, Severity.WARN)  # fmt: skip
            if looser := [option for option in ("exec", "suid", "dev") if option in named]:
                yield Flaw(f"the tmpfs {path} has {', '.join(looser)}, which the engine leaves out: what is put there can be run with it",
                           "leave it out, unless the program unpacks code there to run it", "tmpfs", number, Severity.INFO)  # fmt: skip
        for number, volume in enumerate(seen.fragment.get("volumes", ())):
            if isinstance(volume, Mapping) and volume.get("type") == "tmpfs" and not (volume.get("tmpfs") or {}).get("size"):
                yield Flaw(f"the tmpfs {volume.get('target')} has no size: it may take half of the host's memory", "add tmpfs: {size: 64m}",
                           "volumes", number, Severity.WARN)  # fmt: skip

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """A tmpfs that is there gets the size and the owner that it lacks."""
        for number, entry in enumerate(seen.fragment.get("tmpfs", ())):
            if isinstance(entry, Unknown):
                continue
            if added := addition(entry, aim.user, "64m"):
                behaviour = "" if "size" in options(entry) else f"{entry.partition(':')[0]} holds 64 MiB and no more"
                yield Mend(self.id, (Edit(("tmpfs", number), added, How.SUFFIX, was=entry),), self.page.reason, behaviour)

    def notes(self, service: Service) -> tuple[str, ...]:
        if service.image.origin != "unknown":
            return ()
        return tuple(
            f"{path.path} belongs to root if the image has no such folder, or to whoever owns it there: see that {service.owner.uid} may write it"
            for path in service.workload.writable
            if path.volume
        )

    def probes(self, service: Service) -> tuple[Probe, ...]:
        return tuple(probe for path in service.workload.writable for probe in self._probes(path))

    def _probes(self, path: WritablePath) -> tuple[Probe, ...]:
        def create(live: Live) -> str:
            # As the user that it really has: which one that should be is another control's matter.
            uid, gid = (int(live.status(field).split()[1]) for field in ("Uid", "Gid"))
            return live.create(path.path, uid, gid)

        def options(live: Live) -> str:
            mount = live.mount(path.path).partition(" ")
            lacking = [o for o in ("nosuid", "nodev", "noexec") if o not in mount[2].split(",")]
            return mount[0] + (f" without {', '.join(lacking)}" if lacking and path.tmpfs else "")

        kind = Probe(f"mount at {path.path}", "tmpfs", options) if path.tmpfs else None
        written = Probe(f"creating a file in {path.path} as the user of the process", "written", create)
        return (written, kind) if kind else (written,)


def _tmpfs(path: WritablePath, service: Service) -> str:
    owner = service.owner
    return f"{path.path}:rw,nosuid,nodev,noexec,uid={owner.uid},gid={owner.gid},mode=0700,size={path.tmpfs}"
