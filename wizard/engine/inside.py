"""One look from inside a container's mounts, as a user of it. Run as a program of its own: `python -I -S inside.py REQUEST`.

A fresh interpreter, since the kernel lets only a process with one thread join, and since nothing may be imported any
more once it has: from there on every path is the container's. It stays in the host's process namespace, where the
container cannot see it. Standard library only, and nothing of Seawall.
"""

import ctypes
import errno
import json
import os
import stat
import sys
from collections.abc import Callable, Iterator

_NEWNS = 0x00020000
_CAPABILITY_VERSION_3 = 0x20080522


def enter(pid: int) -> None:
    """Join the mount namespace of a process; its root becomes ours."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
    # From here on an import would run a file of the container with all rights.
    sys.meta_path.clear()
    sys.path_hooks.clear()
    if libc.setns(descriptor, _NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "setns")
    os.close(descriptor)


def become(uid: int, gid: int, capabilities: int) -> None:
    """Be this user for good; `capabilities` is the set that root keeps, another user keeps none."""
    libc = ctypes.CDLL(None, use_errno=True)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    kept = capabilities if uid == 0 else 0
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    low, high = kept & 0xFFFFFFFF, kept >> 32
    if libc.capset(header, (ctypes.c_uint32 * 6)(low, low, 0, high, high, 0)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _create(folder: str) -> str:
    path = os.path.join(folder, f".seawall-{os.urandom(8).hex()}")
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    os.unlink(path)
    return "written"


def _read(path: str) -> str:
    # A pipe or a terminal must not hold us up.
    os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC))
    return "readable"


def _stat(path: str) -> str:
    found = os.stat(path)
    return f"{found.st_uid}:{found.st_gid} {stat.S_IMODE(found.st_mode):04o}"


def _entries(mounts: frozenset[str]) -> Iterator[tuple[str, os.stat_result]]:
    """Everything on the root file system, without what is mounted over it."""
    folders = ["/"]
    yield "/", os.lstat("/")
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.path in mounts:
                    continue
                try:
                    found = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                yield entry.path, found
                if stat.S_ISDIR(found.st_mode):
                    folders.append(entry.path)


def _privileged(mounts: list[str]) -> list[str]:
    return sorted(path for path, found in _entries(frozenset(mounts)) if stat.S_ISREG(found.st_mode) and _gives_rights(path, found.st_mode))


def _gives_rights(path: str, mode: int) -> bool:
    if mode & (stat.S_ISUID | stat.S_ISGID):
        return True
    try:
        os.getxattr(path, "security.capability", follow_symlinks=False)
    except OSError:
        return False
    return True


def _changeable(mounts: list[str], uid: int, gid: int) -> list[str]:
    """Owned (an owner may give himself any right), or open by the bits of his class; what lies in a sticky folder of others is safe."""

    def could(mode: int, owner: int, group: int) -> bool:
        if stat.S_ISLNK(mode):
            return False
        if owner == uid:
            return True
        writable = mode & (stat.S_IWGRP if group == gid else stat.S_IWOTH)
        return bool(writable) and not (stat.S_ISDIR(mode) and mode & stat.S_ISVTX)

    return sorted(path for path, found in _entries(frozenset(mounts)) if could(found.st_mode, found.st_uid, found.st_gid))


def _below(folders: list[str], since: float) -> list[list[object]]:
    """Path, size, whether it is a folder of what lies in some folders and was made or changed since; links are not followed."""
    found: list[list[object]] = []
    left = list(folders)
    while left and len(found) < _MOST:
        try:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    try:
                        status = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    folder = stat.S_ISDIR(status.st_mode)
                    if status.st_ctime >= since:
                        found.append([entry.path, 0 if folder else status.st_size, folder])
                    left += [entry.path] if folder else []
        except OSError:
            continue
    return found


def _sizes(paths: list[str]) -> list[object]:
    """The size of each file, -1 for a folder, None where there is nothing any more."""
    sizes: list[object] = []
    for path in paths:
        try:
            status = os.lstat(path)
        except OSError:
            sizes.append(None)
            continue
        sizes.append(-1 if stat.S_ISDIR(status.st_mode) else status.st_size)
    return sizes


def _links(mounts: list[str]) -> list[list[str]]:
    """Folders of the image that are links, each with the folder that it leads to."""
    links = (path for path, status in _entries(frozenset(mounts)) if stat.S_ISLNK(status.st_mode))
    return [[path, os.path.realpath(path)] for path in links if os.path.isdir(path)]


def _text(path: str) -> bytes:
    """What a file of the usual size of settings holds; nothing for anything else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        status = os.fstat(descriptor)
        return os.read(descriptor, _LARGEST) if stat.S_ISREG(status.st_mode) and 0 < status.st_size < _LARGEST else b""
    finally:
        os.close(descriptor)


def _stem(path: str) -> str:
    """The name of a file without the endings that templates and defaults have."""
    name = os.path.basename(path)
    while True:
        head, dot, end = name.rpartition(".")
        if not (dot and head and end in _ENDINGS):
            return name
        name = head


def _origins(mounts: list[str], paths: list[str]) -> list[str]:
    """For each path the file of the image that its content is equal to, or that it shares name and most lines with; nothing where there is none."""
    texts = {path: _text(path) for path in paths}
    wanted = {len(text) for text in texts.values()}
    stems = {_stem(path) for path, text in texts.items() if text}
    by_size: dict[int, list[str]] = {}
    by_stem: dict[str, list[str]] = {}
    written = set(paths)
    for path, status in _entries(frozenset(mounts)):
        if path in written or not stat.S_ISREG(status.st_mode) or status.st_size >= _LARGEST:
            continue
        if status.st_size in wanted:
            by_size.setdefault(status.st_size, []).append(path)
        if _stem(path) in stems:
            by_stem.setdefault(_stem(path), []).append(path)
    found = []
    for path, text in texts.items():
        equal = next((one for one in by_size.get(len(text), ()) if text and _text(one) == text), "")
        found.append(equal or next((one for one in by_stem.get(_stem(path), ()) if text and _alike(text, _text(one))), ""))
    return found


def _alike(text: bytes, other: bytes) -> bool:
    lines, others = set(text.splitlines()), set(other.splitlines())
    return len(lines & others) * 2 > len(lines | others)


_MOST = 20000
_LARGEST = 256 * 1024
_ENDINGS = frozenset(("conf-template", "default", "dist", "example", "in", "j2", "orig", "sample", "template", "tmpl", "tpl"))
_LOOKS: dict[str, Callable[..., object]] = {
    "below": _below, "sizes": _sizes, "origins": _origins, "links": _links,
    "create": _create, "read": _read, "stat": _stat, "resolve": os.path.realpath, "privileged": _privileged, "changeable": _changeable,
}  # fmt: skip


def look(request: dict[str, object]) -> object:
    """Do what the request says; an errno's name stands for what the kernel refuses."""
    pid, name, arguments, user = request["pid"], request["look"], request["arguments"], request["user"]
    assert isinstance(pid, int) and isinstance(name, str) and isinstance(arguments, list)
    enter(pid)
    if isinstance(user, list):
        become(*user)
    try:
        return {"seen": _LOOKS[name](*arguments)}
    except OSError as error:
        return {"seen": errno.errorcode.get(error.errno or 0, str(error))}


if __name__ == "__main__":
    try:
        answer = look(json.loads(sys.argv[1]))
    except Exception as error:
        answer = {"problem": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)
