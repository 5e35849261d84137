"""What a PHP project needs of the image: extensions that composer.json, its lock file and the code ask for."""

import re
from collections.abc import Iterator, Sequence

from wizard.clues.findings import Findings, numbers
from wizard.clues.manifests import key_line, read_json, table
from wizard.folder import Evidence
from wizard.php_extensions import BUILT_IN, EXTENSIONS

_IN_CODE = {
    "bcmath": r"\b(bc(?:add|sub|mul|div|mod|pow|sqrt|comp))\(",
    "exif": r"\b(exif_read_data)\(",
    "gd": r"\b(imagecreate\w*)\(",
    "imagick": r"new \\?(Imagick)\b",
    "intl": r"new \\?(NumberFormatter|IntlDateFormatter|MessageFormatter|Collator)\b",
    "memcached": r"new \\?(Memcached)\b",
    "mysqli": r"(?:new \\?|\b)(mysqli(?:_connect)?)\(",
    "pdo_mysql": r"new \\?PDO\(\s*[\"'](mysql):",
    "pdo_pgsql": r"new \\?PDO\(\s*[\"'](pgsql):",
    "pgsql": r"\b(pg_p?connect)\(",
    "redis": r"new \\?(Redis)\(",
    "soap": r"new \\?(SoapClient|SoapServer)\b",
    "zip": r"new \\?(ZipArchive)\b",
}
"""Calls of extensions that no manifest has to name."""


_CONDITION = re.compile(r"([~^]|>=?|<=?|!=|=)?\s*v?(\d+(?:\.\d+)*)")


def allows(constraint: str, version: str) -> bool:
    """Whether a constraint of Composer lets a version of two numbers be; one that is not understood does."""
    said = numbers(version)
    return any(all(_holds(sign, text, said) for sign, text in _CONDITION.findall(one)) for one in re.split(r"\|\|?", constraint))


def _holds(sign: str, text: str, version: tuple[int, ...]) -> bool:
    asked = numbers(text)
    near = asked[: len(version)]
    if sign == ">" and len(asked) > len(version):
        sign = ">="  # 8.4 stands for the newest of its kind
    if sign in (">", ">=", "<", "<=", "!="):
        return {">": version > near, ">=": version >= near, "<": version < near, "<=": version <= near, "!=": version != asked}[sign]
    if sign == "^" or (sign == "~" and len(asked) <= len(version)):
        return version[0] == asked[0] and version >= near
    return version[: len(near)] == near


def look_for_extensions(found: Findings, sources: Sequence[str]) -> None:
    """Say which extensions the image has to have beyond its own; refuse one that cannot be built into it."""
    wanted: dict[str, tuple[str, int]] = {}
    for name, file, line in (*_named(found), *_called(found, sources)):
        wanted.setdefault(name, (file, line))
    for name, (file, line) in wanted.items():
        if name in EXTENSIONS:
            rows: list[str] = found.stack.setdefault("extensions", [])
            rows.append(name)
            found.evidence.append(Evidence("stack.extensions", file, line))
            if not EXTENSIONS[name].booted:
                found.warn(f"the extension {name} ({file}:{line}) is built as its makers document it, and not yet by Seawall's own tests")
        elif name not in BUILT_IN and re.fullmatch(r"[a-z0-9_.-]{1,40}", name):
            found.refuse(f"{file}:{line} asks for the extension {name}, which Seawall does not build: "
                         "take an image that has it with --set image=NAME:VERSION, or leave it out")  # fmt: skip


def _named(found: Findings) -> Iterator[tuple[str, str, int]]:
    """What the manifest asks for, and what the packages of the lock file do."""
    composer, lock = read_json(found.folder, "composer.json"), read_json(found.folder, "composer.lock")
    for name in table(composer, "require"):
        if name.lower().startswith("ext-"):
            yield name.lower()[4:], "composer.json", key_line(found.folder, "composer.json", name)
    packages = lock.get("packages")
    for package in packages if isinstance(packages, list) else ():
        for name in table(package, "require"):
            if name.lower().startswith("ext-") and name.lower()[4:] not in BUILT_IN:
                yield name.lower()[4:], "composer.lock", key_line(found.folder, "composer.lock", name)


def _called(found: Findings, sources: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    for name, pattern in _IN_CODE.items():
        if match := found.folder.search(pattern, *sources):
            yield name, match.file, match.line
    if found.framework == "laravel" and (match := found.folder.search(r"^(REDIS_CLIENT)=[\"']?phpredis\b", ".env.example")):
        yield "redis", match.file, match.line
