"""What an edit means, as data: the same change that the text layer makes to a file, made to what was read of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from wizard.mend import Edit, How

Path = tuple[str | int, ...]


def edited(data: Any, path: Path, edit: Edit) -> Any:
    """Plain data with an edit at a path. What is not there is made, as the text layer does."""
    if path:
        return _inside(data, path, edit)
    match edit.how:
        case How.ADD:
            before = data if isinstance(data, list) else [] if data is None else [data]
            return [*before, *edit.value]
        case How.PREFIX | How.SUFFIX if isinstance(data, Mapping):
            return {**data, **edit.long}
        case How.PREFIX:
            return f"{edit.value}{data}"
        case How.SUFFIX:
            return f"{data}{edit.value}"
    return edit.value


def _inside(data: Any, path: Path, edit: Edit) -> Any:
    head, *rest = path
    if edit.how is How.RENAME and not rest:
        return _renamed(data, str(head), *edit.value)
    if isinstance(head, int):
        return [edited(one, tuple(rest), edit) if number == head else one for number, one in enumerate(data)]
    there = data if isinstance(data, Mapping) else {}
    return {**there, head: edited(there.get(head), tuple(rest), edit)}


def _renamed(data: Any, name: str, new: str, value: str) -> Any:
    if isinstance(data, Mapping):
        return {new if key == name else key: value if key == name else one for key, one in data.items()}
    return [f"{new}={value}" if str(one).partition("=")[0] == name else one for one in data]


def same(one: Any, other: Any, key: str = "") -> bool:
    """Whether two values mean the same to Compose: lists of what is merged from several files have no order, commands do."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[name], str(name)) for name, value in one.items())
    if _is_list(one) and _is_list(other):
        if key in ("command", "entrypoint", "test"):
            return list(one) == list(other)
        return sorted(map(repr, one)) == sorted(map(repr, other))
    return (type(one) is type(other) and one == other) or (isinstance(one, str) and isinstance(other, str) and one == other)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
