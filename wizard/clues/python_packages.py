"""What a Python project depends on, who installs it, and for which version it is."""

import re

from msgspec import Struct

from wizard.clues.findings import Findings
from wizard.clues.manifests import key_line, read_toml, short, table, texts_at, tool_version
from wizard.folder import Folder, Match

_NAME = re.compile(r"[ \t]*([A-Za-z0-9][A-Za-z0-9._-]{0,80})[ \t]*(?:\[[\w,. -]*\])?[ \t]*(?=$|[=<>~!;@#,( ])")
_REQUIREMENTS = (
    "requirements.txt", "requirements/production.txt", "requirements/prod.txt", "requirements/base.txt", "requirements/common.txt",
    "requirements/main.txt", "requirements.in", "requirements/requirements.txt",
)  # fmt: skip
MANIFESTS = (*_REQUIREMENTS[:1], "pyproject.toml", "Pipfile", "setup.py", "setup.cfg", *_REQUIREMENTS[1:])
CONDA = ("environment.yml", "environment.yaml", "conda.yml", "conda.yaml")
_REFERS = r"^[ \t]*(-r|-c|-e|--requirement|--constraint|--editable|\.{1,2}/|file:)"
_LOCKS = (("uv", "uv.lock"), ("poetry", "poetry.lock"), ("pdm", "pdm.lock"), ("pipenv", "Pipfile.lock"))


class Packages(Struct, frozen=True):
    """Packages by their normal name, each with the file and line that name it; beside them what pyproject.toml says."""

    named: dict[str, tuple[str, int]]
    pyproject: dict[str, object]

    def __contains__(self, name: str) -> bool:
        return name in self.named


def packages_of(folder: Folder) -> Packages:
    """Everything the manifests name, the nearest first."""
    named: dict[str, tuple[str, int]] = {}
    for file in _REQUIREMENTS:
        for number, line in enumerate(folder.text(file).splitlines(), 1):
            if match := _NAME.match(line):
                named.setdefault(_normal(match[1]), (file, number))
    pyproject = read_toml(folder, "pyproject.toml")
    rows = texts_at(pyproject, "project", "dependencies")
    tables = [*table(pyproject, "tool", "poetry", "dependencies"), *(match[1] for row in rows if (match := _NAME.match(row)))]
    for name in tables:
        seen_at = folder.search(rf"(?i)(?:^|[\"'])({re.escape(str(name))})\b", "pyproject.toml")
        named.setdefault(_normal(str(name)), ("pyproject.toml", seen_at.line if seen_at else 1))
    for name in table(read_toml(folder, "Pipfile"), "packages"):
        named.setdefault(_normal(name), ("Pipfile", key_line(folder, "Pipfile", name)))
    for file in ("setup.py", "setup.cfg"):
        text = folder.text(file)
        for seen in re.finditer(r"""["'\n][ \t]*([A-Za-z][\w.-]{1,60})[ \t]*(?:\[[\w,]*\])?[ \t]*(?:[=<>~!]=?[^"'\n]*)?["'\n]""", text):
            named.setdefault(_normal(seen[1]), (file, text.count("\n", 0, seen.start(1)) + 1))
    if "python-fasthtml" in named:
        named["fasthtml"] = named["python-fasthtml"]
    return Packages(named, pyproject)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def look_for_manager(found: Findings, packages: Packages) -> None:
    """The package manager: what pyproject.toml is written for, then the lock file, then the list of packages."""
    folder = found.folder
    locks = [(manager, lock) for manager, lock in _LOCKS if folder.has(lock)]
    tools = [tool for tool in ("uv", "poetry", "pdm") if table(packages.pyproject, "tool", tool)]
    if len(locks) > 1:
        best = next((pair for pair in locks if pair[0] in tools), locks[0])
        found.warn(f"{' and '.join(lock for _, lock in locks)} are both here: {best[1]} is taken; remove the other one")
        locks = [best]
    manager, lock = locks[0] if locks else ("", "")
    if manager in ("uv", "poetry", "pdm") and folder.has("pyproject.toml"):
        found.say("stack.package_manager", manager, lock)
        found.say("stack.lockfile", lock, lock)
    elif manager == "pipenv" or (folder.has("Pipfile") and not folder.has("requirements.txt") and not folder.has("pyproject.toml")):
        found.say("stack.package_manager", "pipenv", lock or "Pipfile")
        if lock and folder.has("Pipfile"):
            found.say("stack.lockfile", lock, lock)
    elif folder.above and folder.above.has("uv.lock") and folder.has("pyproject.toml"):
        found.say("stack.package_manager", "uv", "../uv.lock")
    elif folder.has("requirements.txt"):
        found.say("stack.package_manager", "pip", "requirements.txt")
        found.say("stack.lockfile", "requirements.txt", "requirements.txt")
        _what_requirements_name(found, "requirements.txt")
    elif folder.has("pyproject.toml"):
        _of_pyproject(found, packages)
    elif folder.has("setup.py"):
        found.say("stack.package_manager", "pip", "setup.py")
        found.say("stack.lockfile", "setup.py", "setup.py")
    elif manifest := folder.first(*_REQUIREMENTS):
        found.say("stack.package_manager", "pip", manifest)
        found.say("stack.lockfile", manifest, manifest)
        _what_requirements_name(found, manifest)
    elif folder.has("setup.cfg"):
        found.say("stack.package_manager", "pip", "setup.cfg", 1, "inferred")
        found.refuse(
            "its packages are listed in setup.cfg, which pip reads only beside a pyproject.toml with a [build-system] or a setup.py: add one"
        )
    elif conda := folder.search(r"^(dependencies):", *CONDA):
        found.say("stack.package_manager", "pip", conda.file, conda.line, "assumed")
        found.refuse(
            f"its packages are listed in {conda.file} for conda, which Seawall does not build with: write those of PyPI to requirements.txt, "
            "or give an image of your own with --set image=NAME:VERSION"
        )
    beside = r"^\[(tool\.uv\.workspace)\]|[{,][ \t]*(?:workspace[ \t]*=[ \t]*(true)|path[ \t]*=[ \t]*[\"'](\.))|(file:///\$\{PROJECT_ROOT)"
    if found.stack.get("package_manager") != "pip" and (seen := folder.search(beside, "pyproject.toml", "Pipfile")):
        found.add("stack.quirks", "local-references", seen.file, seen.line)
    if not locks and "pdm" in tools:
        found.tell("package_manager", "pdm", "pyproject.toml")


def _what_requirements_name(found: Findings, file: str) -> None:
    """Whether it names files beside it, or a checksum of each package, which pip then wants of all that it installs at once."""
    quirks, first = [], Match(file, 1, ())
    for quirk, pattern in (("local-references", _REFERS), ("hashes", r"^[^#\n]*\s(--hash)=|^[ \t]*(--require-hashes)")):
        if seen := found.folder.search(pattern, file):
            quirks.append(quirk)
            first = seen
    if "/" in file and "local-references" not in quirks:
        quirks.append("local-references")
    if quirks:
        found.at("stack.quirks", quirks, first)


def _of_pyproject(found: Findings, packages: Packages) -> None:
    file = "pyproject.toml"
    if poetry := found.folder.search(r"^\[(tool\.poetry(?:\.dependencies)?)\]", file):
        found.at("stack.package_manager", "poetry", poetry)
    elif not found.folder.search(r"^\[(build-system)\]", file):
        # Without a build system it is no package that pip could install; uv installs just what it depends on.
        found.say("stack.package_manager", "uv", file, 1, "inferred")
    else:
        found.say("stack.package_manager", "pip", file, 1, "inferred")
        found.say("stack.lockfile", file, file)


def look_for_version(found: Findings, default: str) -> None:
    """The version of the language, major and minor."""
    folder = found.folder
    exact = folder.search(r"^[ \t]*(?:python-|cpython-)?(3\.\d{1,2})\b", ".python-version", "runtime.txt") or tool_version(folder, "python")
    exact = exact or folder.search(r"""^python(?:_full)?_version\s*=\s*["'](3\.\d{1,2})""", "Pipfile")
    if exact and re.match(r"3\.\d", exact[0]):
        found.version(short(exact[0]), exact)
        return
    wanted = folder.search(r"""^(?:requires-python|python)\s*=\s*["']\s*(>=|~=|\^|==|~|>)?\s*(3\.\d{1,2})""", "pyproject.toml")
    wanted = wanted or folder.search(r"""python_requires\s*=\s*["']?\s*(>=|~=|==)?\s*(3\.\d{1,2})""", "setup.py", "setup.cfg")
    if wanted:
        found.version(wanted[1], wanted, least=wanted[0] not in ("==", "", "~"), default=default)
