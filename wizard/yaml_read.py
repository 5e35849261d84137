"""Reading YAML that somebody else wrote: bounded, without aliases or tags, with the line of what is wrong."""

from pathlib import Path
from typing import Any

from wizard.errors import UsageError
from wizard.text import visible

LARGEST = 1024 * 1024
"""Bytes of an answers file; far above any real one."""
DEEPEST = 12


def read_text(path: Path, name: str) -> str:
    """The text of a file. Raises UsageError when it cannot be read, is too large or is not UTF-8 text."""
    try:
        if not path.is_file():
            raise UsageError(f"{name}: no such file; give the path of an answers file")
        with open(path, "rb") as file:
            raw = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or 'not a path'}") from None
    return decoded(raw, name)


def decoded(raw: bytes, name: str) -> str:
    """Bytes as text. Raises UsageError when there are too many or they are not UTF-8."""
    if len(raw) > LARGEST:
        raise UsageError(f"{name}: larger than {LARGEST // 1024} KiB; that is no answers file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{name}: not UTF-8 text; save it as UTF-8") from None


def load_mapping(text: str, name: str) -> dict[str, Any]:
    """The mapping that a YAML text holds. Raises UsageError with the line for anything else."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        _refuse_odd_events(text, name)
        data = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem or error.context or "not YAML").split("\n")[0]
        raise UsageError(f"{name}:{mark.line + 1 if mark else 1}: {visible(problem)[1:-1]}") from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{name}: not YAML that can be read: {visible(str(error))[1:-1]}") from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise UsageError(f"{name}:1: the document is no mapping; accepted: keys and values such as «name: shop-api»")
    return data


def _refuse_odd_events(text: str, name: str) -> None:
    """Aliases could grow without bound and tags could make anything: neither has a place in answers."""
    from ruamel.yaml import YAML
    from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent

    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise UsageError(f"{name}:{line}: anchors and aliases are not accepted here; write the value out")
        if isinstance(event, NodeEvent) and (tag := getattr(event, "tag", None)):
            raise UsageError(f"{name}:{line}: the tag {visible(str(tag))} is not accepted here; write the plain value")
        depth += isinstance(event, CollectionStartEvent)
        depth -= isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            raise UsageError(f"{name}:{line}: nested deeper than {DEEPEST} levels")


def line_of(text: str, key: str) -> int:
    """The line (from 1) of a key such as `ports[0].container` in a YAML text that loads, or of the nearest one above."""
    import re

    from ruamel.yaml import YAML
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    node = YAML(typ="safe", pure=True).compose(text)
    line = 1
    for name, index in re.findall(r"([A-Za-z_][\w-]*)|\[(\d+)\]", key):
        if isinstance(node, MappingNode) and name:
            found = next(((k, v) for k, v in node.value if k.value == name), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, SequenceNode) and index and int(index) < len(node.value):
            node = node.value[int(index)]
            line = node.start_mark.line + 1
        else:
            return line
    return line
