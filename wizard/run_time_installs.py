"""Start commands that install something first: on a read-only root, without root and without a way out, none of that works.

What the image can have is moved there (seeds/000: «must be moved to build time»): Debian packages become an answer, the language's own
are installed by the build anyway, and either step is taken out of the command. What cannot be moved stays, with a word about it.
"""

import re
from collections.abc import Collection

from msgspec import Struct

from wizard.value_types import WITH_APT

PACKAGE = r"[a-z0-9][a-z0-9+.-]{1,60}"
"""A package's name after the Debian policy, 5.6.1."""

_BEFORE = r"(?:sudo\s+)?(?:\w+=\S+\s+)*"
_QUIET = r"(?:-y|-yq|-yqq|-q|-qq|--yes|--assume-yes|--quiet|--no-install-recommends)"
_REFRESH = rf"{_BEFORE}apt(?:-get)?(?:\s+{_QUIET})*\s+update(?:\s+{_QUIET})*"
_INSTALL = rf"{_BEFORE}apt(?:-get)?(?:\s+{_QUIET})*\s+install((?:\s+(?:{_QUIET}|{PACKAGE}))+)"
_FLAGS = r"(?:\s+--?[a-z][a-z=-]*)*"
_OWN = {
    "python": (
        rf"(?:python3?\s+-m\s+)?pip3?\s+install{_FLAGS}\s+(?:-r\s+requirements\.txt|-e\s+\.|\.){_FLAGS}"
        rf"|uv\s+sync{_FLAGS}|uv\s+pip\s+(?:sync|install\s+-r)\s+(?:requirements\.txt|pyproject\.toml)|(?:poetry|pipenv|pdm)\s+(?:install|sync){_FLAGS}"
    ),
    "node": (rf"(?:npm\s+(?:install|i|ci)|yarn(?:\s+install)?|pnpm\s+(?:install|i)){_FLAGS}"),
    "go": (r"go\s+(?:mod\s+(?:download|tidy|vendor)|build\b.*)"),
}
"""Steps that the build of a language does as well."""
_ANY = (
    r"\b(?:(?:apt|apt-get|apk|dnf|yum|microdnf)\s+(?:-\S+\s+)*(?:install|add|update|upgrade)|pip3?\s+install|uv\s+(?:sync|run|tool)|uv\s+pip\s+\w+|uvx|pipx"
    r"|(?:poetry|pipenv|pdm)\s+(?:install|sync|run)|(?:npm|pnpm)\s+(?:install|i|ci|add|exec)|npx|yarn\s+(?:install|add|dlx)|pnpm\s+dlx|bundle\s+install"
    r"|gem\s+install|composer\s+(?:install|update)|go\s+(?:run|get|install|mod\s+download)|cargo\s+(?:install|run|build))(?![\w-])"
)
_RUNNER = r"((?:exec\s+)?)(?:uv|poetry|pipenv|pdm)\s+run(?:\s+--(?:no-sync|frozen|locked|no-dev))*\s+(?=[A-Za-z])"
_TOOLS = ("apt", "apk", "dnf", "yum", "pip", "uv", "poetry", "pdm", "npm", "npx", "yarn", "bundle", "gem", "composer", "go", "cargo")
"""Without one of these in it nothing above is in a line. The patterns are made when they are needed: few start commands have one."""


class Moved(Struct, frozen=True):
    """A command line without what was taken out of it: Debian packages, steps that the build does, and what had to stay."""

    line: str
    packages: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    stay: tuple[str, ...] = ()


def moved(line: str, language: str, built: Collection[str] = ()) -> Moved:
    """A start command without its installs; `built` are steps that the build runs as well, such as `npm run build`."""
    if not built and not any(tool in line for tool in _TOOLS):
        return Moved(line)
    parts = _steps(line)
    if parts is None:
        return Moved(line, stay=(found[0],) if (found := re.search(_ANY, line)) else ())
    kept: list[str] = []
    packages: list[str] = []
    steps: list[str] = []
    for step in parts:
        if language in WITH_APT and (names := debian_packages(step)) is not None:
            packages += names
            steps.append(step)
        elif step in built or ((own := _OWN.get(language)) and re.fullmatch(own, step)):
            steps.append(step)
        else:
            # The environment is on the path; `uv run` would look for packages first, and is not in the image.
            kept.append(re.sub(_RUNNER, r"\1", step, count=1) if step is parts[-1] and re.match(_RUNNER, step) else step)
    stay = tuple(step for step in kept if re.search(_ANY, step))
    if not kept or (not steps and kept == parts):
        return Moved(line, stay=stay if kept else ())
    return Moved(" && ".join(kept), tuple(dict.fromkeys(packages)), tuple(steps), stay)


def in_script(text: str) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    """Lines of a shell script that install something: the number of the line, the step, the Debian packages that it names."""
    found, number = [], 1
    for line in re.sub(r"\\\n", "\0", text).split("\n"):
        words = " ".join(line.split("#")[0].replace("\0", " ").split())
        for step in _steps(words) or ([words] if words else []):
            if re.search(_ANY, step):
                found.append((number, step, debian_packages(step) or ()))
        number += 1 + line.count("\0")
    return tuple(found)


def debian_packages(step: str) -> tuple[str, ...] | None:
    """The packages that a step of apt installs, none for one that reads the lists; None for any other step."""
    if re.fullmatch(_REFRESH, step):
        return ()
    found = re.fullmatch(_INSTALL, step)
    names = tuple(word for word in found[1].split() if not word.startswith("-")) if found else ()
    return names or None


def _steps(line: str) -> list[str] | None:
    """The steps of a line that `&&` or `;` separate; None where there is more of a shell in it than that."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", lambda match: "q" * len(match[0]), line)
    if re.search(r"\|\||[|<>`(){}]|(?<!&)&(?!&)|\\|\b(?:if|then|else|for|while|do|case)\b", bare):
        return None
    edges = [match.span() for match in re.finditer(r"&&|;", bare)]
    starts, ends = [0, *(end for _, end in edges)], [*(start for start, _ in edges), len(line)]
    parts = (line[start:end].strip() for start, end in zip(starts, ends, strict=True))
    return [part if "'" in part or '"' in part else " ".join(part.split()) for part in parts if part]
