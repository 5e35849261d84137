"""YAML text of plain data: built as data, quoted wherever any YAML would read something else."""

import re
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, Any

from wizard.compose import Interpolated

if TYPE_CHECKING:
    from ruamel.yaml import YAML

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./-]*\Z")
_YAML_1_1_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ".", "..", ".nan", ".inf"])
_FLOW = frozenset(("command", "entrypoint", "test"))


@lru_cache
def _dumper() -> "YAML":
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    return yaml


def _styled(value: Any, key: str = "", compose: bool = True) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, dict):
        return CommentedMap((_scalar(k), _styled(v, k, compose)) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        sequence = CommentedSeq(_styled(v, "", compose) for v in value)
        if key in _FLOW or not sequence:
            sequence.fa.set_flow_style()
            for index, entry in enumerate(sequence):
                if isinstance(entry, str):
                    sequence[index] = DoubleQuotedScalarString(entry)
        return sequence
    if isinstance(value, str):
        return _scalar(value.replace("$", "$$") if compose and not isinstance(value, Interpolated) else str(value))
    return value


def _scalar(text: str) -> str:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    plain = _PLAIN.match(text) and text.lower() not in _YAML_1_1_WORDS
    return text if plain else DoubleQuotedScalarString(text)


def lines(data: dict[str, Any], indent: int = 0, compose: bool = True) -> list[str]:
    """The lines of a mapping in block style, indented. In Compose text `$` is doubled, so that it stays one."""
    out = StringIO()
    _dumper().dump(_styled(data, compose=compose), out)
    return [" " * indent + line if line else line for line in out.getvalue().rstrip("\n").split("\n")]
