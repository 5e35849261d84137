"""Packages of Node.js that take more than JavaScript: engines of a database, browsers, a lock file that knows all of them."""

import re
from collections.abc import Mapping
from typing import Any

from wizard.clues.findings import Findings, numbers
from wizard.clues.manifests import key_line, read_json, table, text_at

_OF_GIT = re.compile(r"git(?:\+\w+)?:|(?:github|gitlab|bitbucket):|[\w-]+/[\w.-]+(?:#\S*)?\Z")
_SCHEMAS = ("prisma/schema.prisma", "schema.prisma", "prisma/schema/schema.prisma")
_NEWEST_DEBIAN = 18
"""The first version of Node.js whose images are of a Debian that is still served."""
_BROWSERS = ("playwright", "playwright-core", "@playwright/test", "playwright-chromium")


def look_at_packages(found: Findings, package: Mapping[str, Any]) -> None:
    """What installing and running its packages takes beside them."""
    needed = table(package, "dependencies")
    every = {**table(package, "devDependencies"), **needed}
    if "@prisma/client" in every or "prisma" in needed:
        _prisma(found, "@prisma/client" if "@prisma/client" in every else "prisma")
    if "puppeteer" in needed:
        _puppeteer(found)
    elif browser := next((name for name in _BROWSERS[: 2 if "playwright" in needed else 4] if name in needed), ""):
        line = key_line(found.folder, "package.json", browser)
        found.warn(
            f"package.json:{line} needs {browser}, whose browsers the image does not have: "
            "start from an image that has them (mcr.microsoft.com/playwright), or reach a browser in a container of its own"
        )
    if found.language == "node" and (name := next((name for name, where in every.items() if _OF_GIT.match(str(where))), "")):
        found.add("stack.quirks", "from-git", "package.json", key_line(found.folder, "package.json", name))
    _out_of_step(found, every)


def _prisma(found: Findings, name: str) -> None:
    """Prisma's engines are made for the OpenSSL that they find, and its client is made of the schema when packages are installed."""
    folder = found.folder
    line = key_line(folder, "package.json", name)
    _from_debian(found, "openssl", line)
    if schema := folder.first(*_SCHEMAS):
        found.add("stack.quirks", "local-references", schema)
        script = text_at(read_json(folder, "package.json"), "scripts", "build")
        if "migrate deploy" in script or "db push" in script:
            found.warn(
                f"package.json:{key_line(folder, 'package.json', 'build')} asks for the database while the image is built, and none is there: "
                "migrate when the service is rolled out, with «prisma migrate deploy»"
            )


def _puppeteer(found: Findings) -> None:
    """The Chrome that it downloads stays in the home of who builds, without the libraries that it needs: Debian's has all of them."""
    line = key_line(found.folder, "package.json", "puppeteer")
    if not _from_debian(found, "chromium", line):
        return
    found.say("environment.PUPPETEER_EXECUTABLE_PATH", "/usr/bin/chromium", "package.json", line, "inferred")
    found.warn(
        f"package.json:{line} needs puppeteer: the image has Debian's Chromium for it; the browser needs «--no-sandbox» here, "
        "and often more memory than the usual limit"
    )


def _from_debian(found: Findings, package: str, line: int) -> bool:
    """Have the image take a package of Debian's, where its mirrors still have what the image is made of."""
    if found.language != "node":
        return False
    if next(iter(numbers(str(found.stack.get("version", "")))), _NEWEST_DEBIAN) < _NEWEST_DEBIAN:
        found.warn(
            f"package.json:{line} needs {package} of Debian, and Node.js {found.stack['version']} has images of one whose mirrors are gone: "
            "take a newer Node.js, or an image of your own"
        )
        return False
    found.add("stack.system_packages", package, "package.json", line, "inferred")
    return True


def _out_of_step(found: Findings, named: Mapping[str, Any]) -> None:
    """npm ci installs nothing where the lock file lacks a package that package.json names; npm install does."""
    if found.stack.get("lockfile") != "package-lock.json":
        return
    own = table(read_json(found.folder, "package-lock.json"), "packages").get("")
    if not isinstance(own, dict):
        return
    locked = {**table(own, "dependencies"), **table(own, "devDependencies"), **table(own, "optionalDependencies")}
    lacking = [name for name in named if name not in locked]
    if lacking:
        line = key_line(found.folder, "package.json", lacking[0])
        del found.stack["lockfile"]
        found.evidence = [entry for entry in found.evidence if entry.fact != "stack.lockfile"]
        found.warn(f"package.json:{line} names {lacking[0]}, which package-lock.json lacks: no version of it is taken until you run npm install")
