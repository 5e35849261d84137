"""How a program on the JVM is built and run in a container: images, memory, and which part of the build is shipped."""

import re
from collections.abc import Sequence

from wizard.text import size_in_bytes
from wizard.workload import Workload

LINES = (8, 11, 17, 21, 25)
"""Versions of Java that are maintained for years: of others no images are made any more, and the next of these builds their code."""
_BESIDE_HEAP = 192
"""MiB that a JVM takes beside its heap: classes, compiled code, stacks, buffers. An estimate, on the safe side:
a small server's whole process was seen at 52, one with Spring Boot at 138."""
_LEAST, _MOST = 25, 75

_MADE = re.compile(r"(?<![\w./-])(?:\./)?((?:[A-Za-z0-9_-][\w.-]*/)*?(?:target|build)/[A-Za-z0-9_][\w./+-]*)")
_TREE = re.compile(r".*?(?:target|build)/(?:quarkus-app|install/[\w.-]+)(?=/)")


def line_of(version: str) -> str:
    """The version of the images for a version of Java: the first line at or above it. What is no plain number stays as it is."""
    if not version.isdecimal() or len(version) > 3:
        return version
    return str(next((number for number in LINES if number >= int(version)), int(version)))


def heap_percentage(workload: Workload) -> int:
    """The share of the memory limit that the heap may take, in percent: what is left beside the rest of the JVM and full tmpfs mounts."""
    limit = size_in_bytes(workload.limits.memory)
    taken = sum(size_in_bytes(path.tmpfs) for path in workload.writable if path.tmpfs) + _BESIDE_HEAP * 1024**2
    return min(max((limit - taken) * 100 // limit, _LEAST), _MOST)


def shipped(command: Sequence[str]) -> tuple[str, ...]:
    """What of the build a command starts: files and folders under `target` or `build`, relative to the project.

    Quarkus and `installDist` make a folder, whose parts belong together.
    """
    found = [match[1].rstrip("/.*") for word in command for match in _MADE.finditer(word)]
    trees = [tree[0] if (tree := _TREE.match(path)) else path for path in found if ".." not in path.split("/")]
    return tuple(path for path in dict.fromkeys(trees) if not any(path.startswith(f"{other}/") for other in trees))
