"""Edits of YAML that somebody wrote, as spans of the very text: what is not edited stays byte for byte, comments included.

Every result is read again, and is only given back when it says what the text said before, and the edit.
What a path means, see yaml_steps.py.
"""

from collections.abc import Sequence
from typing import Any

from wizard.fix.refusal import NotEditable as NotEditable
from wizard.fix.yaml_batch import Change, finished, tried
from wizard.fix.yaml_steps import add_step, put_step, read, remove_step, rename_step


def put(text: str, name: str, path: tuple[str | int, ...], value: Any) -> str:
    """The text with a value (plain data) at a path of keys and numbers of entries; missing mappings between are made.

    Raises NotEditable, and NotReadError for a text that is no YAML.
    """
    source = read(text, name)
    return finished(source, [put_step(source, path, value)])


def add(text: str, name: str, path: tuple[str | int, ...], entries: Sequence[Any]) -> str:
    """The text with entries (plain data) at the end of the list at a path; it is made where there is none.

    Raises NotEditable, and NotReadError for a text that is no YAML.
    """
    source = read(text, name)
    return finished(source, [add_step(source, path, entries)])


def rename(text: str, name: str, path: tuple[str | int, ...], key: str, value: Any) -> str:
    """The text with another name and value for an entry of a mapping, or of a list of entries such as NAME=VALUE.

    Raises NotEditable, and NotReadError for a text that is no YAML.
    """
    source = read(text, name)
    return finished(source, [rename_step(source, path, key, value)])


def remove(text: str, name: str, path: tuple[str | int, ...]) -> str:
    """The text without a key or an entry of a list; the comments on it stay, and so does the text where it is not there.

    Raises NotEditable, and NotReadError for a text that is no YAML.
    """
    source = read(text, name)
    return finished(source, [remove_step(source, path)])


def many(text: str, name: str, changes: Sequence[Change]) -> str:
    """The text with many changes, byte for byte as if each were made after the one before, and read only a few times.

    Raises NotEditable for the first that cannot be made, and NotReadError for a text that is no YAML.
    """
    result = tried(text, name, changes)
    if result.refused:
        raise result.refused[min(result.refused)]
    return result.text
