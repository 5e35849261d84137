"""From what was seen to answers, each with the literal path or call that it rests on, and how sure it is."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from wizard.capabilities import CAPABILITIES, FACTS
from wizard.controls.capabilities import NEEDS
from wizard.engine.archive import Entry
from wizard.errors import SeawallError
from wizard.observe.folding import SHARED_MEMORY, TEMPORARY, Folder, folded, is_in
from wizard.observe.seen import Seen
from wizard.observe.subject import WAIVED_USER
from wizard.spelling import Data
from wizard.workload import WritablePath

Confidence = Literal["sure", "likely", "guess"]
MIB = 1024**2
SMALLEST, LARGEST = 16, 256
"""MiB of a tmpfs that is proposed: below and above it is another size, or a volume."""
_KEPT = ("/data", "/srv", "/var/lib", "/var/spool", "/var/www", "/home", "/opt")
_MOST_EVIDENCE = 4
LENT = 32768
"""From here on ports are lent by the kernel to whoever does not name one."""
DEFAULT = tuple(fact.name for fact in FACTS if fact.default)
"""The capabilities that the engine gives by default."""


class Item(Struct, frozen=True):
    """One thing to answer: the key, and a row of its list (or the whole value); why, in the literal words of what was seen; how sure."""

    key: str
    row: Data
    evidence: tuple[str, ...]
    confidence: Confidence
    optional: bool = True
    """Whether it is tried what happens without it."""
    note: str = ""

    @property
    def title(self) -> str:
        """In a few words, as a report and `--set` have it."""
        row: Any = self.row
        if self.key == "writable":
            return f"{row['path']} {'tmpfs ' + row['tmpfs'] if 'tmpfs' in row else 'volume ' + row['volume']}"
        if self.key == "ports":
            return f"{row['container']}/{row.get('protocol', 'tcp')}"
        if self.key == "user":
            return f"{row['uid']}:{row['gid']}"
        if self.key == "capabilities":
            return str(row["name"])
        if self.key == "limits":
            return ", ".join(f"{name} {value}" for name, value in row.items())
        if self.key == "waivers":
            return str(row["control"])
        return str(row)


LISTS = frozenset(("writable", "ports", "capabilities", "needs", "waivers", "calls", "egress"))


def answers_of(items: Iterable[Item], base: Mapping[str, Data]) -> dict[str, Data]:
    """Items as answers: rows are added to those that are known, or take the place of that for the same thing; capabilities become needs."""
    found: dict[str, Data] = {}
    items = tuple(items)
    for item in items:
        if item.key not in LISTS:
            old = found.get(item.key, base.get(item.key))
            found[item.key] = {**old, **item.row} if isinstance(old, dict) and isinstance(item.row, dict) else item.row
            continue
        rows: list[Any] = list(found.get(item.key) or base.get(item.key) or ())
        found[item.key] = [*(row for row in rows if _identity(item.key, row) != _identity(item.key, item.row)), item.row]
    if any(item.key == "waivers" and item.row == WAIVED_USER for item in items):
        # Who it starts as is the image's then.
        found["user"] = None
    return found


def _identity(key: str, row: Any) -> object:
    if not isinstance(row, dict):
        return row
    names = {"writable": ("path",), "ports": ("container", "protocol"), "capabilities": ("name",), "waivers": ("control", "service")}[key]
    return tuple(row.get(name) or ("tcp" if name == "protocol" else None) for name in names)


def as_needs(answers: Mapping[str, Data]) -> dict[str, Data]:
    """Capabilities as the needs that they serve, where a need takes exactly those that are there."""
    names = [row["name"] for row in answers.get("capabilities") or ()]
    needs = list(answers.get("needs") or ())
    left = list(names)
    for need in NEEDS:
        # What nothing else asks for is said as a person would say it.
        if need.root and set(need.root) <= set(left) and need.id in ("chown-at-start", "switch-user"):
            needs.append(need.id)
            left = [name for name in left if name not in need.root]
    rows = [row for row in answers.get("capabilities") or () if row["name"] in left]
    changes: dict[str, Data] = {"capabilities": rows} if "capabilities" in answers else {}
    return {**answers, **changes, **({"needs": list(dict.fromkeys(needs))} if needs else {})}


class Image(Struct, frozen=True):
    """What is known of the image where it counts: folders by path, None for one that it has not; the folders that it declares as volumes."""

    entries: Mapping[str, Entry | None]
    volumes: frozenset[str]


class Proposed(Struct, frozen=True):
    """Items, and what cannot be an answer: a path that stays read-only, with what to do about it."""

    items: tuple[Item, ...]
    left: tuple[str, ...]


def writable(seen: Seen, image: Image, mounted: Sequence[str], known: Mapping[str, Data], user: tuple[int, int] | None) -> Proposed:
    """The folders that are written. `mounted` are those that are declared already, `known` their rows by path."""
    items: list[Item] = []
    left: list[str] = []
    for folder in folded(seen.writes, mounted):
        if folder.path == SHARED_MEMORY:
            if folder.size > 32 * MIB:
                items.append(Item("limits", {"shm": _size(folder.size)}, _evidence(folder), "likely", optional=False))
            continue
        row, note = _row(folder, image, user)
        try:
            WritablePath(**row)
        except ValueError:
            left.append(_not_declared(folder))
            continue
        if folder.path in mounted:
            old: Any = known.get(folder.path) or {}
            if not ("tmpfs" in old and 2 * folder.size > _bytes(old["tmpfs"])) and folder.path not in image.volumes:
                continue
        sure: Confidence = "sure" if any(write.process for write in folder.writes) or folder.is_passing else "likely"
        items.append(Item("writable", row, _evidence(folder), "guess" if "volume" in row and not _is_state(folder.path, image) else sure,
                          # The engine makes a volume there anyway, a new one each time.
                          optional=folder.path not in image.volumes, note=note))  # fmt: skip
    return Proposed(tuple(items), tuple(left))


def _row(folder: Folder, image: Image, user: tuple[int, int] | None) -> tuple[dict[str, Any], str]:
    """A tmpfs for what may be gone after a stop, a volume for what has to stay."""
    entry = image.entries.get(folder.path)
    passing = (
        folder.is_passing
        or folder.path in TEMPORARY
        or any(is_in(folder.path, top) for top in ("/tmp", "/run", "/var/tmp", "/var/log", "/var/cache"))
    )
    cache = "cache" in posixpath.basename(folder.path).lower()
    hides = folder.path not in TEMPORARY and bool(entry and entry.folder and any(not _is_written(folder, name) for name in entry.holds))
    tmpfs = {"path": folder.path, "tmpfs": _size(folder.size)}
    volume = {"path": folder.path, "volume": _volume(folder.path)}
    if folder.is_copied and not hides:
        return tmpfs, "settings that are copied at each start, so that nothing of them has to stay"
    if (passing or cache) and not hides and folder.size <= LARGEST // 2 * MIB:
        return tmpfs, "" if not is_in(folder.path, "/var/log") else "logs that are lost at a stop; standard output is kept by the engine"
    if user is not None and user[0] and not (entry and entry.uid == user[0]) and folder.path not in image.volumes:
        return (
            tmpfs,
            "a volume would belong to root here, since the image has no such folder of its user: what has to stay takes one, given to the user",
        )
    return volume, "" if _is_state(folder.path, image) else "kept, since nothing shows that it may be lost"


def _is_written(folder: Folder, name: str) -> bool:
    return any(is_in(write.path, posixpath.join(folder.path, name.partition("/")[0])) for write in folder.writes)


def _is_state(path: str, image: Image) -> bool:
    return path in image.volumes or any(is_in(path, top) for top in _KEPT)


def _not_declared(folder: Folder) -> str:
    first = next((write for write in folder.writes if not write.folder), folder.writes[0])
    if first.copied_from:
        made = f"{first.path} is made from {first.copied_from} at start"
        return f"{made}; {folder.path} stays read-only: put the finished file into the image, or mount it"
    return f"{first.path} is written; {folder.path} holds the system or the program and stays read-only"


def _evidence(folder: Folder) -> tuple[str, ...]:
    """The files, the largest first."""
    files = sorted((write for write in folder.writes if not write.folder), key=lambda write: -(write.size or 0)) or list(folder.writes)
    lines = []
    for write in files[:_MOST_EVIDENCE]:
        words = [f"{_human(write.size)}" if write.size is not None else "", f"by {write.process}" if write.process else "",
                 f"like {write.copied_from}" if write.copied_from else "", "gone before the end" if write.deleted else ""]  # fmt: skip
        told = ", ".join(word for word in words if word)
        lines.append(f"{write.path}{f' ({told})' if told else ''}")
    more = len(files) - _MOST_EVIDENCE
    return (*lines, *((f"and {more} more",) if more > 0 else ()))


def ports(seen: Seen, known: Iterable[Mapping[str, Data]]) -> Iterator[Item]:
    """What it listens on for others and nobody declared."""
    declared = {(row.get("container"), row.get("protocol") or "tcp") for row in known}
    for one in seen.listening:
        # What the kernel lends is another one each time.
        if one.is_reachable and one.port < LENT and (one.port, one.protocol) not in declared:
            declared.add((one.port, one.protocol))
            by = f" by {one.process}" if one.process else ""
            yield Item("ports", {"container": one.port, "protocol": one.protocol}, (f"{one.address}:{one.port}/{one.protocol}{by}",), "sure", False)


def final_user(seen: Seen) -> tuple[int, int] | None:
    """Whom it became: the user of its processes that is not root; None where it stays root, or several share the work."""
    others = [(one.uid, one.gid) for one in seen.users if one.uid]
    # The group is often changed before or after the user.
    return others[-1] if len({uid for uid, _ in others}) == 1 else None


def capabilities(seen: Seen) -> tuple[Item, ...]:
    """What the kernel was asked for, or calls hint at; all of the engine's default where nobody could see either."""
    used: dict[str, list[str]] = {}
    for one in seen.capabilities:
        words = " ".join(word for word in (one.process, one.call) if word)
        used.setdefault(one.name, []).append(words or one.how)
    if not used and seen.why_not("capabilities"):
        why = "given by default, and not needed as far as was tried"
        return tuple(Item("capabilities", {"name": name, "why": "observed: it does not work without"}, (why,), "guess") for name in DEFAULT)
    sure: Confidence = "guess" if seen.why_not("capabilities") else "sure"
    return tuple(_capability(name, tuple(dict.fromkeys(by)), sure) for name, by in sorted(used.items()) if name in CAPABILITIES)


def _capability(name: str, by: tuple[str, ...], sure: Confidence = "sure") -> Item:
    why = f"observed: {', '.join(by)[:120] or 'it asks for it'}"
    return Item("capabilities", {"name": name, "why": why}, by[:_MOST_EVIDENCE], sure)


def further(items: Iterable[Item], why: str) -> tuple[Item, ...]:
    """The other capabilities of the engine's default, for a run that failed without them for whatever reason."""
    there = {item.row["name"] for item in items if item.key == "capabilities" and isinstance(item.row, dict)}
    row = "observed: it does not work without"
    return tuple(
        Item("capabilities", {"name": name, "why": row}, (f"a run without it failed: {why[:160]}",), "likely")
        for name in DEFAULT
        if name not in there
    )


_LOGGED = re.compile(r"(?<![\w.:/])(/[\w.@+-]+(?:/[\w.@+-]+)*)")
_READ_ONLY = re.compile(r"read-only file ?system|\bEROFS\b|errno 30\b", re.I)
_FULL = re.compile(r"no space left on device|\bENOSPC\b|errno 28\b", re.I)
_REFUSED = re.compile(r"read-only file ?system|permission denied|not permitted|no space left|\bE(ROFS|ACCES|PERM|NOSPC)\b|access denied", re.I)


def refusals(said: Sequence[str]) -> dict[str, str]:
    """Lines that tell of something refused, by what they say but for numbers."""
    return {re.sub(r"\d+", "0", line): line.strip() for line in said if _REFUSED.search(line)}


def widening(said: Sequence[str], present: Iterable[str]) -> Item | None:
    """A folder to add by what a run that failed named as read-only; None where it named none, or one that is there."""
    there = set(present)
    for line in reversed(said):
        if _READ_ONLY.search(line) and (found := _LOGGED.findall(line)):
            folder = posixpath.dirname(found[-1])
            if folder in there or folder in ("/", ""):
                folder = found[-1]
            try:
                WritablePath(folder, tmpfs=f"{SMALLEST}M")
            except (ValueError, SeawallError):
                continue
            if folder not in there:
                return Item(
                    "writable", {"path": folder, "tmpfs": f"{SMALLEST}M"}, (line.strip()[-200:],), "likely", note="named by a run that failed"
                )
    return None


def _volume(path: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
    short = re.sub(r"^(var-lib|srv|opt|home|var)-", "", name)
    short = short if short and short[0].isalpha() else f"v-{short}"
    return short[:40].rstrip("-")


def _size(size: int) -> str:
    """Twice what was seen, as a power of two of MiB."""
    wanted = SMALLEST
    while wanted * MIB < 2 * size:
        wanted *= 2
    return f"{wanted}M"


def _bytes(text: str) -> int:
    from wizard.text import size_in_bytes

    return size_in_bytes(text)


def _human(size: int | None) -> str:
    number = float(size or 0)
    for unit in ("B", "KiB", "MiB"):
        if number < 1024 or unit == "MiB":
            return f"{number:.0f} {unit}"
        number /= 1024
    return ""
