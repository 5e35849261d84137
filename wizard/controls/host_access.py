"""No access to the host."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from msgspec.structs import replace

from wizard.bypass import KEYS, shared
from wizard.control import Control, Flaw, Fragment, Live, Probe, Severity, Step, inspected
from wizard.device_spelling import DEVICE_RULES, DEVICES
from wizard.foreign import Foreign, ForeignImage
from wizard.host_gifts import Gift, gifts, is_sensitive
from wizard.mistake import Lines, Mistake
from wizard.project import Service
from wizard.question import Question
from wizard.spelling import MOUNTS

_NAMESPACES = ("network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup")
_LABELS = {"shared": "z", "private": "Z"}
"""How Compose spells what SELinux does to a mount. Beside «create_host_path: false» Compose 5.6 drops it silently (measured)."""


class NoHostAccess(Control):
    """Nothing of the host is given away.

    Why:
    Privileged mode, the engine's socket, a namespace of the host or one of its system folders each make the container
    the host: with the socket alone, one command starts a container that mounts the host's disk as root. Mounting the
    socket read-only does not help: a request is sent through it all the same.

    What may break:
    Tools that manage containers or hosts. Give them a filtering proxy for the engine's API, or run them on the host. In place
    of privileged mode for hardware: that one device, to be read only where that is enough (`/dev/ttyS0:/dev/ttyS0:r`); a rule by
    numbers for what is plugged in later; a need for the capability. A device keeps the host's owner: give its group in groups.

    How it shows:
    Before: `docker inspect` shows `"PidMode": "host"`, or Privileged, Binds and Devices alike; through a mounted socket
    `the engine answers`. After: `Cannot connect to the Docker daemon`; of a device given with r, `Operation not permitted` (EPERM) for
    who writes, root as well; `Permission denied` (EACCES) where the group lacks. To watch: devices.list in its cgroup (version 1).

    References:
    CIS Docker 5.5, 5.6, 5.10, 5.16, 5.17, 5.18, 5.21, 5.31, 5.32; OWASP Docker rule 1; NIST SP 800-190 4.4.3, 4.5.5; Pod
    Security Standards: privileged, hostPath, hostNetwork, hostPID, hostIPC; measured on Engine 20.10: a socket that is
    mounted read-only answers.
    """

    id = "no-host-access"
    severity = Severity.STOP
    step = Step.HOST
    stops = "There is no engine to command, no process and no folder of the host to reach into from inside."
    stands = (
        "For a folder or a namespace of the host its owners and modes still hold (non-root-user, minimal-capabilities); with privileged "
        "mode or the engine's socket nothing stands."
    )
    settings: ClassVar[tuple[str, ...]] = ("privileged", "volumes", "devices", "device_cgroup_rules", *_NAMESPACES)
    judged: ClassVar[tuple[str, ...]] = KEYS
    violation: ClassVar[Fragment] = {"pid": "host"}
    questions = (
        Question(
            "mounts", "Mounts and devices", "Which files of the host does it read?", "Configuration, say; read-only unless it ends in :rw.",
            MOUNTS, "no-host-access", basic=False,
        ),
        Question("devices", "Mounts and devices", "Which devices of the host does it need?",
                 "Each with its reason; r where reading is enough, rw unless said.", DEVICES, "no-host-access", basic=False, settings=("devices",)),
        Question("device_rules", "Mounts and devices", "Which devices may it use that are not there yet?",
                 "By their numbers, each with its reason. It makes no node: something has to show it to the container.",
                 DEVICE_RULES, "no-host-access", basic=False, settings=("device_cgroup_rules",)),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "The engine's socket is mounted, read-only to be on the safe side.",
            {"volumes": [{"type": "bind", "source": "/var/run/docker.sock", "target": "/var/run/docker.sock", "read_only": True}]},
            "the engine answers",
            {}, "No such file or directory",
            program="""python -c '
import socket
engine = socket.socket(socket.AF_UNIX)
engine.connect("/var/run/docker.sock")
engine.send(b"GET /_ping HTTP/1.0\\r\\n\\r\\n")
print("the engine answers", engine.recv(15))'""",
            why="whoever may ask the engine may start a container that mounts the host; read-only is about the file, not about what is asked.",
        ),
        Mistake(
            "A tool that manages containers runs where no socket is given.",
            Lines("shell", "DOCKER_HOST=unix:///run/not-mounted.sock docker ps"), "Cannot connect to the Docker daemon",
            Lines("shell", "docker ps"), "COMMAND",
            why="it belongs on the host, or behind a proxy that lets only some requests through.",
        ),
        Mistake(
            "A device is given to be read, and the program opens it to write.",
            {"devices": ["/dev/fuse:/dev/fuse:r"]}, "Operation not permitted", {"devices": ["/dev/fuse:/dev/fuse:rw"]}, "opened",
            program=": >/dev/fuse && echo opened", why="the cgroup refuses it to root as well; w is given on purpose.",
        ),
        Mistake(
            "A device is given whole, to a user who is not in its group.",
            {"devices": ["FOLDER/app.dev:/dev/app:rw"]}, "Permission denied",
            {"devices": ["FOLDER/app.dev:/dev/app:rw"], "group_add": ["10002"]}, "opened",
            given={"user": "10001:10001"}, program=": >/dev/app && echo opened",
            before="mknod --mode 0660 app.dev c 1 3 && chgrp 10002 app.dev",
            why="a device keeps its owner, group and mode of the host.",
        ),
        Mistake(
            "It shares the processes of the host, to watch them.",
            {"pid": "host"}, '"PidMode": "host"', {}, '"PidMode": ""', program="sleep 60", look="docker inspect CONTAINER | grep PidMode",
            why="it sees, and as root it signals, every process of the host.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        fragment: dict[str, Any] = {}
        if service.workload.mounts:
            fragment["volumes"] = [
                {"type": "bind", "source": mount.source, "target": mount.path, "read_only": mount.read_only,
                 "bind": {"create_host_path": True, "selinux": _LABELS[mount.relabel]} if mount.relabel else {"create_host_path": False}}
                for mount in service.workload.mounts
            ]  # fmt: skip
        if service.workload.devices:
            fragment["devices"] = [f"{device.path}:{device.path}:{device.access}" for device in service.workload.devices]
        if service.workload.device_rules:
            fragment["device_cgroup_rules"] = [f"{rule.devices} {rule.access}" for rule in service.workload.device_rules]
        return fragment

    def without(self, service: Service) -> Fragment:
        return self.service(service)

    def forbids(self, fragment: Mapping[str, Any]) -> Iterator[str]:
        yield from (gift.message for gift in gifts(fragment))
        yield from shared(fragment)

    def gifts(self, fragment: Mapping[str, Any]) -> Iterator[Gift]:
        return gifts(fragment)

    def refuses(self, seen: Foreign) -> Iterator[Flaw]:
        """The project's own folder is not the host: what can be changed there is broken, what can be read there is bad (decision 0017)."""
        own = {"read": Severity.WARN, "written": Severity.INVALID}
        flaws = list(super().refuses(seen))
        known = {gift.message: own.get(gift.own) for gift in self.gifts(seen.known)} if flaws else {}
        yield from (replace(flaw, severity=known.get(flaw.message) or flaw.severity) for flaw in flaws)

    def judge_image(self, image: ForeignImage) -> Iterator[Flaw]:
        for one in image.instructions:
            for flag in one.flags:
                if one.name == "RUN" and flag in ("--security=insecure", "--network=host"):
                    yield Flaw(f"RUN {flag} builds with the rights or the network of the host", "leave it out", line=one.line)

    def probes(self, service: Service) -> tuple[Probe, ...]:
        workload = service.workload
        given = [f"{d.path} {d.access}" for d in workload.devices] + [f"{rule.devices} {rule.access}" for rule in workload.device_rules]
        form = "privileged={{.HostConfig.Privileged}} pid={{.HostConfig.PidMode}} uts={{.HostConfig.UTSMode}} userns={{.HostConfig.UsernsMode}}"
        by_hand = inspected(form, "privileged=false pid= uts= userns=")
        return (
            Probe("namespaces and mounts of the host", "none", _observe, by_hand),
            Probe("devices of the host", ", ".join(sorted(given)) or "none", lambda live: ", ".join(sorted(live.devices())) or "none"),
            *(
                Probe(f"mount {mount.path}", "read-only" if mount.read_only else "writable", partial(_mounted, path=mount.path))
                for mount in workload.mounts
            ),
        )


def _mounted(live: Live, path: str) -> str:
    """How the kernel mounted it: what the engine says of a mount is only what was asked for."""
    found = live.mount(path)
    options = found.partition(" ")[2].split(",")
    return ("read-only" if "ro" in options else "writable") if found else "no mount"


def _observe(live: Live) -> str:
    host = live.inspect()["HostConfig"]
    modes = [f"{key}={host[key]}" for key in ("PidMode", "IpcMode", "UTSMode", "UsernsMode", "NetworkMode") if host.get(key) == "host"]
    mounts = [m["Source"] for m in live.inspect().get("Mounts", ()) if m.get("Type") == "bind" and is_sensitive(m["Source"])]
    inside_project = [m for m in mounts if "/secrets/" not in m and "/.seawall/" not in m]
    return ", ".join((["privileged"] if host.get("Privileged") else []) + modes + inside_project) or "none"
