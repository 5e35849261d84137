"""What a service writes, and what it is shown of the host: writable paths, mounts and devices."""

import re
from typing import Annotated, Literal

from msgspec import Meta

from wizard.facts import DevicePath, Facts, Size
from wizard.text import plain, visible
from wizard.value_types import AbsolutePath, Access, Name

_RESERVED = ("/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/sbin", "/sys", "/usr")


class WritablePath(Facts, frozen=True):
    """A directory it must write: a tmpfs of a size (lost at stop) or a named volume (kept)."""

    path: AbsolutePath
    tmpfs: Size | None = None
    volume: Name | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        clean_path(self.path)
        top = next((r for r in _RESERVED if self.path == r or self.path.startswith(r + "/")), None)
        # Some programs keep their data in a folder of their own below /usr/share, such as Elasticsearch.
        inner = re.match(r"/usr/share/[^/]+/[^/]", self.path)
        if (top and not inner) or self.path in ("/", "/app", "/run/secrets", "/opt/venv", "/src"):
            raise ValueError(f"{self.path} holds the system or the program and stays read-only; accepted: /data, /tmp, /app/uploads, ...")
        if (self.tmpfs is None) == (self.volume is None):
            raise ValueError(f"{self.path} needs one of tmpfs (a size) or volume (a name)")


class Mount(Facts, frozen=True):
    """A file or folder of the host shown inside.

    `relabel` lets SELinux give it a label that all containers (shared) or this one (private) may read: for good, so it is
    for files of the project only. A host without SELinux ignores it.
    """

    path: AbsolutePath
    source: Annotated[str, Meta(min_length=1, max_length=1024)]
    read_only: bool = True
    relabel: Literal["shared", "private"] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        clean_path(self.path)
        if self.path == "/" or self.path.startswith(("/proc", "/sys", "/dev")):
            raise ValueError(f"{self.path} belongs to the system and cannot be mounted over")
        if not re.fullmatch(r"(\./|/)?[^\x00-\x1f:]+", self.source) or ".." in self.source.split("/") or self.source.startswith("~"):
            raise ValueError(f"source {visible(self.source)} is not accepted; accepted: ./path in the project, or an absolute path")
        if self.relabel and self.source.startswith("/"):
            raise ValueError(f"relabel changes {visible(self.source)} of the host for good; accepted: files of the project, such as ./app.toml")


class Device(Facts, frozen=True):
    """A device of the host it needs, with the reason: `r`, `w` or `rw`. Making nodes (`m`) takes no rule, but a capability."""

    path: DevicePath
    why: Annotated[str, Meta(min_length=3)]
    access: Access = "rw"


class DeviceRule(Facts, frozen=True):
    """Devices by their numbers that it may use once there is a node for them, as `c 188:*` with `r`, `w` or `rw`."""

    devices: Annotated[str, Meta(pattern=r"^[bc] [0-9]{1,4}:([0-9]{1,7}|\*)$", description="c or b and numbers, such as c 188:*")]
    why: Annotated[str, Meta(min_length=3)]
    access: Access = "rw"


def clean_path(path: str) -> str:
    """Return an absolute container path that is already in its shortest form; raises ValueError otherwise."""
    import posixpath

    plain(path)
    if not path.startswith("/") or posixpath.normpath(path) != path or path.startswith("//") or "$" in path:
        raise ValueError(f"{visible(path)} is not accepted; accepted: an absolute path without «..», «//», «$» or a slash at the end")
    return path
