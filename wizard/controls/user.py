"""Non-root user."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from wizard.control import ByHand, Control, Flaw, Fragment, Instruction, Live, Probe, Severity, Step
from wizard.foreign import Foreign, ForeignImage, Unknown
from wizard.image_users import Tools, as_run, making
from wizard.mend import Aim, Edit, Left, Mend, owned_memory
from wizard.mistake import Lines, Mistake
from wizard.project import Service
from wizard.question import Question
from wizard.spelling import NUMBERS, USER


class NonRootUser(Control):
    """The program runs as a fixed user that is not root.

    Why:
    Root in a container is root for the kernel: one flaw in the kernel or in a mount away from the host. As root an
    intruder also puts a library in place that every program loads. A user without rights has nothing to start from, and a
    fixed number means the same to volumes, secrets and other hosts.

    What may break:
    Files and volumes that belong to root cannot be written any more; an existing volume keeps its old owner: change it
    once, from a container that runs as root for that alone. Ports below 1024 keep working: the engine opens them to every
    user since 20.10. Stages that only build may be root, since only what is copied out of them is in the image. An image
    made from `scratch` has no list of users: a number works there, a name does not.

    How it shows:
    `Permission denied` (EACCES) on a path that root could write; for a volume, `ls -ln` shows another owner. Where the group was
    left out, `gid=0(root)`.

    References:
    CIS Docker 4.1; OWASP Docker rule 2; NIST SP 800-190 4.1.2; Pod Security Standards: runAsNonRoot, runAsUser; Docker
    docs: Building best practices, «USER».
    """

    id = "non-root-user"
    remedy: ClassVar[str] = "name another with both numbers, such as 10001:10001, and see that it may write its folders"
    step = Step.RISE
    stops = "Whoever takes over the program is nobody: no file of root to change, and nothing to ask of the kernel that only root may."
    stands = (
        "What they are is a root without capabilities (minimal-capabilities), who cannot write to the image (read-only-rootfs) and whose "
        "calls are filtered (confinement-profiles)."
    )
    settings: ClassVar[tuple[str, ...]] = ("user", "group_add", "USER")
    keys: ClassVar[tuple[str, ...]] = ("user",)
    questions = (
        Question(
            "user", "User", "Which user and group does it run as?",
            "Both as numbers. The image's own user, or 10001:10001, is right unless a volume or share asks for another.",
            USER, "non-root-user", basic=False,
        ),
        Question("groups", "User", "Which further groups does it need?", "Group ids as numbers, for shared files or devices.",
                 NUMBERS, "non-root-user", basic=False, settings=("group_add",)),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "It ran as root until yesterday; today it got a user of its own and its old volume.",
            {"user": "10001:10001"}, "Permission denied",
            Lines("shell", "docker run --rm --network none --user 0:0 --volume CONTAINER_data:/data IMAGE chown -R 10001:10001 /data"), "written",
            given={"volumes": [{"type": "volume", "source": "data", "target": "/data"}]},
            program="touch /data/new && echo written; ls -ln / | grep data",
            why="what is in a volume keeps its owner: give it to the new user once.",
        ),
        Mistake(
            "The user is a number without a group.",
            {"user": "10001"}, "gid=0(root)", {"user": "10001:10001"}, "gid=10001", program="id",
            why="where the image knows no such user, the engine takes the group root.",
        ),
        Mistake(
            "It listens on port 80, and somebody set the kernel's own limit for that again.",
            {"sysctls": ["net.ipv4.ip_unprivileged_port_start=1024"]}, "Permission denied", {}, "it listens",
            given={"user": "10001:10001", "cap_drop": ["ALL"]},
            program="""python -c '
import socket
socket.create_server(("", 80))
print("it listens")'""",
            why="the engine opens all ports to every user since 20.10; NET_BIND_SERVICE has no effect for one that is not root.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        fragment: dict[str, Any] = {"user": f"{service.owner.uid}:{service.owner.gid}"}
        if service.workload.groups:
            fragment["group_add"] = [str(group) for group in service.workload.groups]
        return fragment

    def image(self, service: Service) -> tuple[Instruction, ...]:
        user, own = service.owner, service.image.user
        run = Instruction(f"USER {user.uid}:{user.gid}", "user")
        if service.image.unprivileged or not service.image.shell:
            return (run,)
        if own and (own.uid, own.gid) == (user.uid, user.gid):
            return (Instruction(f"RUN usermod --shell /usr/sbin/nologin {service.image.user_name}"), run)
        return (Instruction(as_run(making(Tools.SHADOW, user.uid, user.gid))), run)

    def forbids(self, fragment: Mapping[str, Any]) -> Iterator[str]:
        user = str(fragment.get("user", ""))
        if user and is_root(user):
            yield f"user {user} is root"
        if any(str(group) in ("0", "root") for group in fragment.get("group_add", ())):
            yield "group_add: 0 is the group of root"

    def refuses(self, seen: Foreign) -> Iterator[Flaw]:
        yield from super().refuses(seen)
        user = str(seen.fragment.get("user") or "0")
        if user.isdecimal() and not is_root(user):
            yield Flaw(f"user {user} names no group: it has that of root (0), unless the image knows the user", f'write "{user}:{user}"', "user",
                       severity=Severity.INFO)  # fmt: skip

    def lacks(self, seen: Foreign) -> Iterator[Flaw]:
        if not seen.whole or seen.fragment.get("user"):
            return
        image, reference = seen.image, seen.fragment.get("image", "the image that is built")
        add = f'add user: "{image.suggestion or "10001:10001"}", and see that it may write its folders'
        if image.user is None:
            yield Flaw(f"who it runs as is unknown: no user, and nothing here says how {reference} starts",
                       "docker image inspect --format '{{.Config.User}}' says it for an image; add user: with both numbers",
                       severity=Severity.WARN)  # fmt: skip
        elif is_root(image.user):
            yield Flaw(f"no user, and the image starts as root (says {image.known_from})", add)

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """The image's own user, where what it mounts lets that user work."""
        user = seen.fragment.get("user")
        if isinstance(user, Unknown) or (user and not is_root(str(user))) or not seen.whole:
            return
        if not user and seen.image.user is not None and not is_root(seen.image.user):
            return
        if aim.user and not is_root(aim.user):
            yield Mend(
                self.id, (Edit(("user",), aim.user), *owned_memory(seen, aim.user)), self.page.reason, f"it is started as {aim.user} and not as root"
            )
        elif aim.user_left:
            yield Left(self.id, aim.user_left, aim.user_lines)

    def judge_image(self, image: ForeignImage) -> Iterator[Flaw]:
        said = next((one for one in reversed(image.instructions) if one.name == "USER"), None)
        if image.start.user is not None and not is_root(image.start.user):
            return
        if image.start.user is None:
            kind = Severity.WARN if said else Severity.INVALID
            what = "USER hangs on an argument without a value: unknown" if said else "no USER, and what the image that it begins with says is unknown"
        else:
            kind, what = Severity.INVALID, "USER is root" if said else "no USER, and the image that it begins with is root's"
        if image.built_here:
            return
        yield Flaw(what, "create a user and end with USER UID:GID, both as numbers", severity=kind, line=said.line if said else 0)

    def probes(self, service: Service) -> tuple[Probe, ...]:
        user = service.owner
        wanted = f"{user.uid}:{user.gid}"
        return (Probe("user and group of the process", wanted, _observe, ByHand("stat -c %u:%g /proc/PID", wanted)),)


def is_root(user: str) -> bool:
    """Whether a user as Compose and USER name it is root: by name, by a number however it is written, or by nothing."""
    name = user.partition(":")[0].strip()
    return name in ("", "root") or bool(re.fullmatch(r"[+-]?0+", name))


def _observe(live: Live) -> str:
    return f"{live.status('Uid').split()[1]}:{live.status('Gid').split()[1]}"
