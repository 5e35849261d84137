"""What each service of somebody's will run as and write once it is mended: resolved from what is known, never guessed."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wizard.controls.user import is_root
from wizard.fix.mounts import Mount, covers, keeps_root, mounts
from wizard.foreign import Foreign, Unknown
from wizard.mend import Aim

_WEB = ("caddy", "haproxy", "httpd", "nginx", "nginxinc/nginx-unprivileged", "traefik")
"""Images that are there to be reached by everybody."""
_SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash")
_JOB = "service_completed_successfully"


def aim(seen: Foreign, folder: Path, awaited: bool, keep: bool) -> Aim:
    """The aim for a service whose relative paths begin at `folder`; `awaited` says whether others wait until it has ended.

    With `keep` it keeps the user that it has: whom it is to run as was settled before.
    """
    from wizard.check.images import split

    user, why, lines = _user(seen, folder, keep)
    reasons: dict[str, str] = {}
    capabilities = _capabilities(seen, user, reasons)
    memory = _memory(seen, user, reasons)
    name = split(str(seen.fragment.get("image", "")))[0] if "build" not in seen.fragment else ""
    serves = not awaited and bool(
        seen.image.data or seen.image.memory or seen.image.health_test or seen.fragment.get("ports") or "healthcheck" in seen.fragment
    )
    return Aim(user, why, lines, capabilities, memory, awaited, serves, name in _WEB, reasons)


def awaited(services: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """The services that others wait for until they have ended: jobs."""
    return frozenset(
        str(name)
        for fragment in services.values()
        for name, condition in _conditions(fragment.get("depends_on"))
        if condition.get("condition") == _JOB
    )


def _conditions(depends_on: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, one in depends_on.items() if isinstance(depends_on, Mapping) else ():
        if isinstance(one, Mapping):
            yield name, one


def own_start(seen: Foreign) -> str:
    """Why a service does not start as its image is made to; nothing if it does."""
    if seen.fragment.get("entrypoint") is not None:
        return "its entrypoint is another one than the image's"
    command = seen.fragment.get("command")
    words = command if isinstance(command, list) else str(command or "").split()
    return "it is started by a shell of its own" if words and str(words[0]) in _SHELLS else ""


def _user(seen: Foreign, folder: Path, keep: bool) -> tuple[str | None, str, tuple[str, ...]]:
    """Whom it runs as afterwards; and where it keeps root, or one who is not known, why, with what to do by hand."""
    said = seen.fragment.get("user")
    image = seen.image
    if isinstance(said, Unknown):
        return None, "user hangs on a variable that nothing here sets", ()
    if said and not is_root(str(said)):
        return str(said), "", ()
    if not said and image.user is None:
        return (
            None,
            "nothing here says whom the image starts as",
            ('user: "UID:GID"  # docker image inspect --format "{{.Config.User}}" IMAGE says whom',),
        )
    if not said and image.user is not None and not is_root(image.user):
        number = image.user if image.user.replace(":", "").isdecimal() else image.suggestion
        return number or image.user, "", ()
    lines = (f'user: "{image.suggestion or "10001:10001"}"',)
    if keep:
        return "0", "", lines
    if not image.suggestion or not (image.memory or image.data or image.root_capabilities):
        return "0", "which user it can run as, and what it writes, is not known", lines
    if why := own_start(seen):
        return "0", why, lines
    uid, gid = (int(number) for number in image.suggestion.split(":"))
    for mount in mounts(seen):
        if why := _in_the_way(mount, seen, folder, uid, gid):
            return "0", why, lines
    return image.suggestion, "", ()


def _in_the_way(mount: Mount, seen: Foreign, folder: Path, uid: int, gid: int) -> str:
    """Why a mount keeps the image's own user from working; nothing where it does not."""
    if why := keeps_root(mount, folder, uid, gid):
        return why
    if mount.kind != "volume" or mount.read_only:
        return ""
    steps_down = any(covers(mount.target, path) for path in seen.image.data) and "CHOWN" in seen.image.root_capabilities
    return "" if steps_down else f"what is in the volume at {mount.target} may belong to root: {uid}:{gid} could not write it"


def _capabilities(seen: Foreign, user: str | None, reasons: dict[str, str]) -> tuple[str, ...] | None:
    """What it keeps: nothing for a user that is not root, what its start script was seen to take for root."""
    image = seen.image
    if user is not None and not is_root(user):
        if image.known_from:
            return image.carried
        reasons["capabilities"] = "whether a program in the image has a file capability is not known: it could not be started without it"
        return None
    why = "whom it runs as is not known" if user is None else own_start(seen)
    if not why and not image.root_capabilities:
        why = "it runs as root, and what it takes for that is not known"
    if why:
        reasons["capabilities"] = why
        return None
    return image.root_capabilities


def unkept(seen: Foreign) -> tuple[str, ...]:
    """Folders of data that lie in the container itself: they are lost as soon as it is made anew, which any change of the service does."""
    return () if seen.image.keeps else _unmounted(seen)


def _unmounted(seen: Foreign) -> tuple[str, ...]:
    there = [mount.target for mount in mounts(seen)]
    return tuple(path for path in seen.image.data if not any(covers(path, target) or covers(target, path) for target in there))


def _memory(seen: Foreign, user: str | None, reasons: dict[str, str]) -> Mapping[str, str] | None:
    """The folders that need a tmpfs beside what is mounted; None where what it writes is not known."""
    image = seen.image
    known = bool(image.memory or image.data) or bool(image.health_test and not image.writes)
    there = [mount.target for mount in mounts(seen)]
    if not known:
        reasons["memory"] = "which folders it writes is not known"
    elif user is None or not user.replace(":", "").isdecimal():
        reasons["memory"] = "the number of its user is not known, whom its folders in memory would belong to"
    elif why := own_start(seen):
        reasons["memory"] = why
    elif left := unkept(seen):
        reasons["memory"] = f"it writes {left[0]}, where nothing is mounted: a volume keeps it, a tmpfs loses it"
    else:
        return {path: size for path, size in image.memory.items() if not any(covers(path, target) for target in there)}
    return None
