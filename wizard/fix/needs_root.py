"""Why a container that a Dockerfile makes has to start as root: what its start command and the scripts that it runs do. They are read, never run."""

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from wizard.fix.dockerfile_spans import Laid

Read = Callable[[str], str | None]
"""The text of a file of the build context by its path there; None where there is none, or no text."""

_LARGEST = 256 * 1024
_MOST_FILES = 20
_STEPS_DOWN = r"gosu|su-exec|setpriv|runuser|sudo|su|fixuid|chroot|s6-setuidgid|setuidgid"
_CHANGES = r"chown|chgrp|chmod|usermod|groupmod|useradd|groupadd|adduser|addgroup|userdel|passwd|chpasswd"
_INSTALLS = r"apt-get|apt|apk|dnf|yum|microdnf|dpkg|update-ca-certificates|ldconfig"
_KERNEL = r"mount|umount|iptables|ip6tables|nft|sysctl|modprobe|setcap|wg-quick"
_SERVERS = (
    r"supervisord|crond?|sshd|rsyslogd|syslogd|nginx|apache2|apache2ctl|httpd|httpd-foreground|dockerd|containerd|dnsmasq|openvpn|keepalived|named"
    r"|squid|vsftpd|smbd|postfix|dovecot|runsvdir|runsv|s6-svscan|systemd|systemctl|service|openrc|/sbin/init|/usr/sbin/init|/sbin/my_init|/init"
)
_WORD = r"(?<![\w./@-])(?:/(?:usr/)?(?:local/)?s?bin/)?({})(?![\w.@/-])"
_WHY = (
    (re.compile(_WORD.format(_STEPS_DOWN)), "which takes root to become another user"),
    (re.compile(_WORD.format(_CHANGES)), "which only root may do when it starts"),
    (re.compile(_WORD.format(_INSTALLS)), "which installs as root when it starts"),
    (re.compile(_WORD.format(_KERNEL)), "which takes rights over the kernel"),
    (re.compile(_WORD.format(_SERVERS)), "which starts as root and steps down by itself, or writes where only root may"),
)
_ROOT_FOLDERS = r"/(?:etc|usr|root|opt|lib|bin|sbin|boot|run|var/(?!tmp/))"
_WRITES = re.compile(
    rf"(?:>>?\s*|\b(?:tee|mkdir|touch|cp|mv|ln|rm|install|sed\s+(?:-\S*\s+)*-i\S*)\s(?:[^|;&\n]*\s)?)[\"']?({_ROOT_FOLDERS}[\w./-]*)"
)


class Root(Struct, frozen=True):
    """Why it needs root, and the line of the Dockerfile that says so."""

    line: int
    why: str


class Program(Struct, frozen=True):
    """What a container starts: the words of ENTRYPOINT and CMD, in exec form or as a shell gets them, and the lines that they stand in."""

    words: tuple[str, ...]
    line: int

    @property
    def text(self) -> str:
        return " ".join(self.words)


def program(parts: Sequence[tuple[str, int]]) -> Program:
    """What ENTRYPOINT and CMD say together."""
    words: list[str] = []
    for rest, _ in parts:
        words += exec_form(rest) or re.findall(r"[^\s\"';&|()]+", rest)
    return Program(tuple(words), parts[-1][1] if parts else 0)


def exec_form(rest: str) -> list[str]:
    """The words of a JSON list; nothing for what is none."""
    try:
        words = json.loads(rest) if rest.startswith("[") else None
    except (ValueError, RecursionError):
        words = None
    return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else []


def needs_root(start: Program, stage: Sequence[Laid], read: Read | None, owned: Sequence[str] = ()) -> Iterator[Root]:
    """The reasons, the plainest first. `stage` are the instructions that the image is made of, in their order."""
    if found := _in_text(start.text, owned):
        yield Root(start.line, f"it starts with {found}")
    seen: set[str] = set()
    todo = list(start.words)
    while todo and len(seen) < _MOST_FILES:
        word = todo.pop(0)
        if not _may_be_script(word) or word in seen:
            continue
        seen.add(word)
        text, line = _script(word, stage, read)
        if text is None:
            if line:
                yield Root(line, f"what the start script {word} does cannot be read here")
            continue
        if found := _in_text(_without_comments(text), owned):
            yield Root(line, f"the start script {word} calls {found}")
        todo += re.findall(r"[\w./-]+\.(?:sh|bash)\b", text)


def _in_text(text: str, owned: Sequence[str]) -> str:
    for pattern, why in _WHY:
        if found := pattern.search(text):
            return f"{found[1]}, {why}"
    for found in _WRITES.finditer(text):
        if not any(found[1] == folder or found[1].startswith(f"{folder}/") for folder in owned):
            return f"what writes to {found[1]}, where only root may"
    return ""


def _without_comments(text: str) -> str:
    return re.sub(r"(?m)(?:^|\s)#.*$", "", text)


def _may_be_script(word: str) -> bool:
    return not word.startswith("-") and "$" not in word and bool(re.fullmatch(r"[\w./@+-]+", word))


def _named_like_script(word: str) -> bool:
    return word.endswith((".sh", ".bash")) or "entrypoint" in posixpath.basename(word)


def _script(word: str, stage: Sequence[Laid], read: Read | None) -> tuple[str | None, int]:
    """The text of what a word of the start command names, and the line that puts it there; no text and a line where that is not known."""
    folder = "/"
    places: list[tuple[str, int, Laid]] = []
    for one in stage:
        instruction = one.instruction
        if instruction.name == "WORKDIR":
            folder = posixpath.join(folder, instruction.rest.strip("\"'"))
        elif instruction.name in ("COPY", "ADD"):
            places.append((folder, instruction.line, one))
    path = posixpath.normpath(posixpath.join(folder, word))
    for workdir, line, one in reversed(places):
        heredoc = "<<" in one.instruction.rest
        sources, target = _copied(one, workdir)
        for source in sources:
            inside = _inside(source, target, path, word, many=len(sources) > 1)
            if inside is None:
                continue
            if heredoc:
                return one.raw, line
            if any(flag.startswith("--from=") for flag in one.instruction.flags) or read is None:
                if _named_like_script(word):
                    return None, line
                continue
            text = read(inside)
            if text is not None and (_named_like_script(word) or re.match(r"#!.*\b(?:ba|da|a|z|k)?sh\b", text)):
                return text[:_LARGEST], line
    for one in reversed(stage):
        if one.instruction.name == "RUN" and "/" in word and path in one.raw and re.search(r">|<<|tee|curl|wget", one.raw):
            return one.raw, one.instruction.line
    return None, 0


def _copied(one: Laid, workdir: str) -> tuple[list[str], str]:
    words = exec_form(one.instruction.rest) or [word.strip("\"'") for word in one.instruction.words]
    if len(words) < 2:
        return [], ""
    target = words[-1]
    ends = "/" if target.endswith(("/", ".")) else ""
    return words[:-1], posixpath.normpath(posixpath.join(workdir, target)) + ends


def _inside(source: str, target: str, path: str, word: str, many: bool) -> str | None:
    """The path in the build context of what lies at `path` after this COPY; None where it does not come from there."""
    bare = source.lstrip("/").removeprefix("./")
    into = target.endswith("/") or many
    place = target.rstrip("/") or "/"
    if path == place or ("/" not in word and posixpath.basename(place) == word):
        return bare
    under = path[len(place) :].lstrip("/") if path.startswith(place.rstrip("/") + "/") else None
    if under is None:
        # A bare name is looked up on the PATH.
        return bare if "/" not in word and into and posixpath.basename(bare) == word else None
    if into and posixpath.basename(bare) == under:
        return bare
    whole = bare in (".", "", "./") or not posixpath.splitext(bare)[1]
    return posixpath.normpath(posixpath.join(bare or ".", under)) if whole else None
