"""Parts of a workspace that need other parts of it: what they are made of lies outside their folder."""

import re
from collections.abc import Mapping
from typing import Any

from wizard.clues.findings import Findings
from wizard.clues.manifests import key_line, read_json, text_at
from wizard.folder import Folder

_MOST = 60
_OUTSIDE = re.compile(r"workspace:|(?:file|link|portal):\.\./")
_NAME = re.compile(r"[\w@./-]{1,100}\Z")


def look_for_siblings(found: Findings, dependencies: Mapping[str, Any]) -> None:
    """Tell the first sibling that it needs, and refuse: its packages are installed where the whole is."""
    beside = _names(found.folder.above)
    for name, where in dependencies.items():
        if (name in beside or _OUTSIDE.match(str(where))) and _NAME.match(name):
            line = key_line(found.folder, "package.json", name)
            found.tell("sibling", name, "package.json", line)
            found.refuse(
                f"package.json:{line} needs {name} of the project around it: run seawall in the folder of the whole, with "
                f"--set stack.language={found.language} --set command='node PART/index.js' --set ports=PORT"
            )
            return


def _names(above: Folder | None) -> frozenset[str]:
    """What the packages of the project around it are called."""
    if above is None:
        return frozenset()
    manifests = [name for name in above.files if name.endswith("/package.json")][:_MOST]
    return frozenset(text_at(read_json(above, name), "name") for name in manifests) - {""}
