"""Variables that a site is given when it is built: their values end in its pages, so none of them can be a secret."""

import re
from collections.abc import Sequence

from wizard.clues.findings import Findings
from wizard.clues.variables import EXAMPLES
from wizard.public_names import is_meant_for_all, is_public

_SETTINGS = (".env.production", ".env", *EXAMPLES)
"""Those with values that are meant first; of the examples the names alone are taken."""
_LINE = re.compile(r"^(?:export[ \t]+)?([A-Z][A-Z0-9_]{0,127})[ \t]*=[ \t]*(.*?)[ \t]*$", re.M)
_READ = re.compile(r"\benv\.([A-Z][A-Z0-9_]{1,60})\b")
_PLAIN_VALUE = re.compile(r"[!-~]{1,300}\Z")
_MOST = 60


def look_for_public_variables(found: Findings, sources: Sequence[str]) -> None:
    """Say the build's arguments: those that the code asks for or a file sets, with the value that is meant; warn of those that are secrets."""
    arguments: dict[str, str] = {}
    seen: dict[str, tuple[str, int]] = {}
    for file in (*_SETTINGS, *sources):
        text = found.folder.text(file)
        for match in (_LINE if file in _SETTINGS else _READ).finditer(text):
            name, value = match[1], (match[2].strip("\"'") if file in _SETTINGS and file not in EXAMPLES else "")
            if not is_public(name) or len(arguments) >= _MOST:
                continue
            place = (file, text.count("\n", 0, match.start()) + 1)
            if not is_meant_for_all(name):
                found.warn(f"{name} ({place[0]}:{place[1]}) would end in the pages, where everybody reads it: ask for it on a server of your own")
                continue
            seen.setdefault(name, place)
            if not arguments.get(name):
                arguments[name] = value if _PLAIN_VALUE.match(value) else ""
    if arguments:
        first = next(iter(seen.values()))
        found.say("stack.arguments", arguments, *first)
