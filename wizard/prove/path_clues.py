"""Clues from a path that could not be written, read or started: the secret, the mount or the root filesystem that it lies on."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from wizard.artifact import WORKLOAD
from wizard.compose import identity
from wizard.controls.limits import ResourceLimits
from wizard.controls.read_only import ReadOnlyRoot
from wizard.controls.secrets import SecretsAsFiles
from wizard.controls.writable import WritablePaths
from wizard.prove.clue import ROOM, Clue, but, folder_of, in_memory, is_in, is_root, less, numbers, path_in, replaced

_SHARED = "/dev/shm"
_ENGINES = frozenset(("docker-init", ".dockerenv"))
"""What the engine itself puts there."""


def read_only(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    """It could not write, since what it wrote to is read-only."""
    path = path_in(line)
    if path and (mount := _mount_of(path, service)):
        number, one = mount
        if one.get("read_only"):
            change = f"leave read_only (:ro) out of the mount at {one['target']}, if it has to write there"
            more = {**service, "volumes": replaced(service["volumes"], number, but(one, "read_only"))}
            yield Clue(WritablePaths.id, line, "volumes", change, f"{one['target']} is mounted read-only", more, number, mended=True)
    if not service.get("read_only"):
        return
    why = "it writes to its root filesystem, which is read-only"
    if path:
        entry = in_memory(service, folder_of(path))
        change = f'keep it, and add to tmpfs: "{entry}" (a volume, if that has to stay)'
        more = {**service, "tmpfs": [*(service.get("tmpfs") or ()), entry]}
        yield Clue(ReadOnlyRoot.id, line, "read_only", change, why, more, mended=True)
    change = "keep it, and list what it writes under tmpfs, each with uid, gid, mode and size, or in volumes"
    yield Clue(ReadOnlyRoot.id, line, "read_only", change, why, but(service, "read_only"))


def written(service: Mapping[str, Any], clue: Clue, paths: list[str]) -> Clue | None:
    """What it wrote without `read_only`, as a service that keeps that: each folder once, without those in others and on mounts."""
    if clue.key != "read_only" or clue.mended:
        return None
    mounted = [identity("tmpfs", one) for one in service.get("tmpfs") or ()] + [str(one["target"]) for one in service.get("volumes") or ()]
    # A folder is shown as changed by what was made in it.
    made = [path for path in paths if posixpath.basename(path) not in _ENGINES and not any(other.startswith(f"{path}/") for other in paths)]
    found = {folder_of(path) for path in made if not any(is_in(path, one) for one in (*mounted, "/dev", "/proc", "/sys", "/run/secrets"))}
    folders = sorted(one for one in found if one != "/" and not any(one != other and is_in(one, other) for other in found))
    if not folders:
        return None
    entries = [in_memory(service, folder) for folder in folders]
    listed = ", ".join(f'"{entry}"' for entry in entries)
    more = {**service, "tmpfs": [*(service.get("tmpfs") or ()), *entries]}
    return Clue(
        clue.control, clue.seen, clue.key, f"keep it, and add to tmpfs: {listed} (a volume, if that has to stay)", clue.why, more, mended=True
    )


def full(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    """What it wrote did not fit."""
    entries = list(service.get("tmpfs") or ())
    path = path_in(line)
    bare = but(service, "mem_limit", "memswap_limit")
    if path and is_in(path, _SHARED) and not any(identity("tmpfs", one) == _SHARED for one in entries):
        key = "shm_size" if service.get("shm_size") else ""
        yield Clue(ResourceLimits.id, line, key, "a larger shm_size (64m unless said)", f"what it writes to {_SHARED} does not fit",
                   {**bare, "shm_size": ROOM})  # fmt: skip
    order = sorted(range(len(entries)), key=lambda n: not (path and is_in(path, identity("tmpfs", entries[n]))))
    for number in order:
        entry = entries[number]
        larger = re.sub(r"size=[^,]*", f"size={ROOM}", entry)
        if larger != entry:
            change, why = f"a larger size than in {entry}", "what it writes there does not fit"
            yield Clue(WritablePaths.id, line, "tmpfs", change, why, {**bare, "tmpfs": replaced(entries, number, larger)}, number)
    yield from less(service, ResourceLimits.id, line, "shm_size", "a larger shm_size", f"what it writes to {_SHARED} does not fit", ("shm_size",))


def denied(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    """The path's own owner or mode refused it."""
    path = path_in(line)
    if not path:
        return
    for number, one in enumerate(service.get("secrets") or ()):
        if posixpath.basename(path) == posixpath.basename(str(one.get("target") or one.get("source"))):
            why = "the file belongs to another user of the host and keeps its mode inside"
            change = f"chmod 0444 its file, in a folder of mode 0700 (secret {one.get('source')})"
            yield Clue(SecretsAsFiles.id, line, "secrets", change, why, {**service, "readable": one.get("source")}, number)
    for number, entry in enumerate(service.get("tmpfs") or ()):
        if is_in(path, identity("tmpfs", entry)):
            yield from _in_tmpfs(line, service, number, str(entry))
    if mount := _mount_of(path, service):
        yield from _in_mount(line, service, *mount)


def _in_tmpfs(line: str, service: Mapping[str, Any], number: int, entry: str) -> Iterator[Clue]:
    place, _, text = entry.partition(":")
    options = [option for option in text.split(",") if option]

    def tried(change: str, why: str, other: list[str]) -> Clue:
        tmpfs = replaced(service["tmpfs"], number, f"{place}:{','.join(other)}")
        return Clue(WritablePaths.id, line, "tmpfs", change, why, {**service, "tmpfs": tmpfs}, number, mended=True)

    own = numbers(service)
    owner = next((option.removeprefix("uid=") for option in options if option.startswith("uid=")), "0")
    rest = [option for option in options if not option.startswith(("uid=", "gid=", "mode="))]
    if own and owner != own[0]:
        right = f"uid={own[0]},gid={own[1]},mode=0700"
        yield tried(f"add {right} to {entry}" if owner == "0" else f"write {right} in {entry}",
                    f"{place} belongs to {'root' if owner == '0' else f'uid {owner}'}", [right, *rest])  # fmt: skip
    elif not own and owner == "0":
        change = f"add uid, gid and mode=0700 of the user that it runs as to {entry}"
        yield tried(change, f"{place} belongs to root", [*rest, "mode=1777"])
    if "exec" not in options:
        change = f"add exec to {entry}, in place of noexec; better, have it in the image"
        yield tried(change, f"it starts a program in {place}, where nothing may be started", [*(o for o in options if o != "noexec"), "exec"])


def _in_mount(line: str, service: Mapping[str, Any], number: int, one: Mapping[str, Any]) -> Iterator[Clue]:
    target, own = str(one["target"]), numbers(service)
    owner = f"{own[0]}:{own[1]}" if own else "the user that it runs as"
    if one.get("type") == "volume" and own:
        change = f"make it in the image with its owner (RUN install -d -o {own[0]} -g {own[1]} {target}), or chown a volume that exists: {owner}"
        more = {
            **service,
            "volumes": replaced(service["volumes"], number),
            "tmpfs": [*(service.get("tmpfs") or ()), f"{target}:uid={own[0]},gid={own[1]},mode=0700,size={ROOM}"],
        }
        yield Clue(WritablePaths.id, line, "volumes", change, f"the volume at {target} belongs to root", more, number)
    elif one.get("type") == "bind" and not is_root(service):
        change = f"give {one.get('source')} on this host to {owner}, or let it be read (chmod go+rX)"
        more = {**but(service, "user", "cap_drop"), "user": "0:0"}
        yield Clue(WritablePaths.id, line, "volumes", change, f"{target} keeps the owner and mode that it has on the host", more, number)


def _mount_of(path: str, service: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]] | None:
    """The innermost volume or bind mount that a path lies on."""
    found = [(number, one) for number, one in enumerate(service.get("volumes") or ()) if is_in(path, str(one.get("target")))]
    return max(found, key=lambda pair: len(str(pair[1]["target"])), default=None)


_STARTED = re.compile(
    r"exec:? (?:failed: )?\"?(?P<path>[\w./@+-]+)\"?(?: failed)?: (?:stat \S+ )?"
    r"(?P<why>no such file or directory|permission denied|exec format error|executable file not found)", re.I,
)  # fmt: skip


def not_started(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    """Its own program could not be started: a script without the right to be, with line ends of Windows, or for another processor."""
    found = _STARTED.search(line)
    if not found:
        return
    path, why = found["path"], found["why"].lower()
    key = next((key for key in ("entrypoint", "command") if service.get(key)), "")
    own = list(service.get("entrypoint") or ())
    further = own[own.index(path) + 1 :] if path in own else [str(one) for one in service.get("command") or ()][1:]
    rest = {"entrypoint": further, "command": service.get("command")} if path in own and service.get("command") else {}
    words = [*further, *(str(one) for one in rest.get("command") or ())]

    def through(*shell: str) -> dict[str, Any]:
        return {**but(service, "command"), "entrypoint": [*shell, path, *words]}

    if why == "permission denied":
        change = f"make {path} executable: chmod +x (in git: git update-index --chmod=+x), or COPY --chmod=0755"
        yield Clue(WORKLOAD, line, key, change, f"{path} may not be started; through a shell it may", through("/bin/sh"))
    elif why == "exec format error":
        change = f"begin {path} with #!/bin/sh, if it is a script; else build it for this host's processor, or say platform:"
        yield Clue(WORKLOAD, line, key, change, f"{path} is no program for this processor, and names no interpreter", through("/bin/sh"))
    elif why.startswith("executable"):
        yield Clue(WORKLOAD, line, key, f"name a program that the image has: {path} is none", f"{path} is not in the PATH of the image", {})
    else:
        change = f"give {path} the line ends of Unix (sed -i 's/\\r$//'; in .gitattributes: *.sh text eol=lf)"
        # What $0 is to the shell inside stands as $$0 in a Compose file.
        read = 'tr -d \'\\r\' < "$$0" > /dev/shm/seawall && exec /bin/sh /dev/shm/seawall "$$@"'
        yield Clue(
            WORKLOAD, line, key, change, f"{path} is there, with line ends of Windows: its interpreter is not found", through("/bin/sh", "-c", read)
        )
        yield Clue(WORKLOAD, line, key, f"is {path} in the image, and the interpreter that its first line names?", f"{path} is not found", {})
