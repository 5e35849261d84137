"""How this machine's kernel was built, where it says so."""

import gzip
import os
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct


class Option(Struct, frozen=True):
    """A switch of the kernel's build: `y`, or `n` where it is not set; and the file that says so."""

    value: str
    file: str


def is_here(info: Mapping[str, Any]) -> bool:
    """Whether the engine runs on this machine's kernel, by its release: one that is reached over a network mostly does not."""
    return bool(info.get("KernelVersion")) and info.get("KernelVersion") == os.uname().release


def option(name: str, root: Path = Path("/")) -> Option | None:
    """A switch such as CONFIG_SECCOMP; None where the kernel's configuration is kept nowhere, or cannot be read."""
    release = os.uname().release
    for file in ("proc/config.gz", f"boot/config-{release}", f"lib/modules/{release}/config"):
        try:
            data = (root / file).read_bytes()
            text = (gzip.decompress(data) if file.endswith(".gz") else data).decode("utf-8", "replace")
        except (OSError, EOFError, zlib.error):
            continue
        found = re.search(rf"^{re.escape(name)}=(\S+)$", text, re.M)
        return Option(found[1] if found else "n", f"/{file}")
    return None
