"""What a Dockerfile puts where only root reads it: the home of root, files with modes for their owner alone, files of somebody else."""

import re
from collections.abc import Iterator, Mapping, Sequence

from wizard.check.dockerfiles import assignments, expanded
from wizard.fix.dockerfile_spans import Laid
from wizard.fix.made_users import Made
from wizard.fix.needs_root import Root
from wizard.foreign import Unknown

_HOME = re.compile(r"(?:^|[\s=:\"'\[,])(?:/root|~root|~)(?=/|$|[\s\"':,;)\]])")
_HARMLESS = re.compile(r"\b(?:rm|rmdir|find)\s[^&|;\n]*|--mount=\S+")
"""What is removed from a home, or only mounted while it is built, is not missed."""
_INTO_HOME = (
    (re.compile(r"\bpip3?\s+install\b.*\s--user\b"), "pip install --user puts packages into /root/.local", "PYTHONUSERBASE"),
    (re.compile(r"sh\.rustup\.rs"), "rustup installs into /root/.cargo", "CARGO_HOME"),
    (re.compile(r"astral\.sh/uv"), "uv is installed into /root/.local/bin", "UV_INSTALL_DIR"),
    (re.compile(r"\buv\s+python\s+install\b"), "uv installs Python below /root/.local", "UV_PYTHON_INSTALL_DIR"),
    (re.compile(r"nvm-sh/nvm|\bnvm\s+install\b"), "nvm installs into /root/.nvm", "NVM_DIR"),
    (re.compile(r"bun\.sh/install"), "bun is installed into /root/.bun", "BUN_INSTALL"),
    (re.compile(r"deno\.land/install"), "deno is installed into /root/.deno", "DENO_INSTALL"),
    (re.compile(r"install\.python-poetry\.org"), "poetry is installed into /root/.local", "POETRY_HOME"),
    (re.compile(r"\bplaywright\s+install\b"), "playwright keeps its browsers below /root/.cache", "PLAYWRIGHT_BROWSERS_PATH"),
    (re.compile(r"\bpuppeteer\s+browsers\s+install\b"), "puppeteer keeps its browsers below /root/.cache", "PUPPETEER_CACHE_DIR"),
    (re.compile(r"\bnltk\.download"), "nltk keeps its data in /root/nltk_data", "NLTK_DATA"),
    (re.compile(r"\bdotnet\s+tool\s+install\b.*\s(?:-g|--global)\b"), "dotnet keeps its tools in /root/.dotnet", "DOTNET_CLI_HOME"),
    (re.compile(r"\bcomposer\s+global\b"), "composer keeps its tools below /root", "COMPOSER_HOME"),
    (re.compile(r"\bcorepack\s+(?:enable|prepare|install|use)\b"), "corepack keeps its package managers below /root/.cache", "COREPACK_HOME"),
    (re.compile(r"\bgem\s+install\b.*\s--user-install\b"), "gem puts them below /root", "GEM_HOME"),
)
"""What commands keep in the home of who builds, and the variable that moves it."""
_OWNER_ALONE = re.compile(r"\bchmod\s+(?:-\S+\s+)*(0?[0-7]{0,1}[0-7][0-7][0-3]|u[+=][rwxX]+|o-[rwx]+|go-[rwx]+|og-[rwx]+)\s+([^\s;&|]+)")
_STARTS_BY_UV = re.compile(r"(?:^|\s)(uv|poetry|pipenv)\s+run\b")


def root_only(
    stage: Sequence[Laid],
    start: str,
    variables: Mapping[str, str],
    user: tuple[int, int],
    users: Mapping[str, Made],
    own: Mapping[str, tuple[int, int]],
) -> Iterator[Root]:
    """What another user than root could not read or run, with the line. `own` are the users of the base image."""
    if "/root/" in f"{start}/":
        yield Root(stage[-1].instruction.line, "its start command names a path in /root, which only root may enter")
    if found := _STARTS_BY_UV.search(start):
        yield Root(
            stage[-1].instruction.line, f"{found[1]} run changes what is installed when it starts: start the program itself, out of the environment"
        )
    for one in stage:
        instruction, line = one.instruction, one.instruction.line
        if instruction.name == "RUN":
            yield from (Root(line, why) for why in _in_command(one.code, variables))
        elif instruction.name in ("COPY", "ADD"):
            if _HOME.search(f" {instruction.words[-1]}" if instruction.words else ""):
                yield Root(line, "it is put into /root, which only root may enter")
            if instruction.name == "ADD" and (why := _download(one, stage)):
                yield Root(line, why)
            yield from (Root(line, why) for why in _flags(instruction.flags, variables, user, users, own))
        elif instruction.name == "WORKDIR" and _HOME.search(f" {instruction.rest}"):
            yield Root(line, "it works in /root, which only root may enter")
        elif instruction.name == "ENV":
            for name, value in assignments(instruction):
                if value and _HOME.search(value):
                    yield Root(line, f"{name} is a path in /root, which only root may enter")


def _download(one: Laid, stage: Sequence[Laid]) -> str:
    """What ADD takes from an address is readable for its owner alone, unless something says otherwise."""
    source = next((word for word in one.instruction.words[:-1] if re.match(r"https?://", word)), "")
    if not source or any(flag.startswith(("--chmod=", "--chown=")) for flag in one.instruction.flags):
        return ""
    target = one.instruction.words[-1]
    place = re.escape(source.rpartition("/")[2] if target.endswith("/") else target.rpartition("/")[2])
    opened = rf"\bchmod\s+(?:-\S+\s+)*(?:0?[0-7][0-7][4-7]|a?\+r\w*|a\+\w*r\w*|\+\w*r\w*)\s+\S*{place}"
    if any(re.search(opened, other.code) for other in stage if other.instruction.name == "RUN"):
        return ""
    return f"ADD leaves {source.rpartition('/')[2] or 'it'} to its owner alone: add --chmod=755, or --chmod=644 for what is no program"


def _in_command(code: str, variables: Mapping[str, str]) -> Iterator[str]:
    text = _HARMLESS.sub(" ", code)
    steps = re.split(r"[&|;\n]", re.sub(r"[\\`]\r?\n", " ", text))
    for pattern, why, moved_by in _INTO_HOME:
        if any(pattern.search(step) for step in steps) and moved_by not in variables and f"{moved_by}=" not in text:
            yield f"{why}, which only root may enter; {moved_by} moves it"
    if found := _HOME.search(text):
        place = text[found.start() :].split()[0]
        if not re.search(r"/\.(?:cache|npm|gnupg|ssh|config|bashrc|profile|wget-hsts)", place):
            yield f"{place.strip(chr(34) + chr(39))} is in /root, which only root may enter"
    for found in _OWNER_ALONE.finditer(text):
        if found[1].startswith("u") and "x" not in found[1].lower() and "=" not in found[1]:
            continue
        yield f"chmod {found[1]} {found[2]} leaves it to its owner alone"


def _flags(
    flags: Sequence[str], variables: Mapping[str, str], user: tuple[int, int], users: Mapping[str, Made], own: Mapping[str, tuple[int, int]]
) -> Iterator[str]:
    given = {key: value for key, _, value in (flag.partition("=") for flag in flags)}
    owner = expanded(given.get("--chown", ""), variables)
    is_his = bool(owner) and not isinstance(owner, Unknown) and numbers(owner, users, own) == user
    if owner and not is_his and owner.partition(":")[0] not in ("0", "root"):
        yield f"its files belong to {owner}, and the program would be somebody else"
    mode = given.get("--chmod", "")
    if re.fullmatch(r"[0-7]{3,4}", mode) and not is_his and int(mode[-1]) & 4 == 0:
        yield f"--chmod={mode} leaves its files to their owner alone"


def numbers(owner: str, users: Mapping[str, Made], own: Mapping[str, tuple[int, int]]) -> tuple[int, int] | None:
    """A user as USER and --chown name it, as its numbers; None where they are not known."""
    name, _, group = owner.partition(":")
    made = users.get(name) or next((one for one in users.values() if name.isdecimal() and one.uid == int(name)), None)
    known = own.get(name) or next((pair for pair in own.values() if name.isdecimal() and pair[0] == int(name)), None)
    uid = int(name) if name.isdecimal() else made.uid if made else known[0] if known else None
    if not group:
        gid = made.gid if made else known[1] if known else None
    elif group.isdecimal():
        gid = int(group)
    else:
        groups = [pair[1] for key, pair in own.items() if key == group] + [one.gid for one in users.values() if group in (one.name, one.group)]
        gid = groups[0] if groups else None
    return (uid, gid) if uid is not None and gid is not None else None
