"""Our YAML is what a full YAML library reads back, and what ruamel.yaml would have written, byte for byte."""

from io import StringIO
from typing import Any

import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from wizard.text import plain
from wizard.yaml_text import _FLOW, _PLAIN, _YAML_1_1_WORDS, lines


def is_accepted(text: str) -> bool:
    try:
        return bool(plain(text, lines=True)) or True
    except ValueError:
        return False


TEXT = st.one_of(
    st.text(max_size=40).filter(is_accepted),
    st.sampled_from(["yes", "No", "1", "0x1f", "1.0", "1e3", "null", "~", "", " ", "- a", "a: b", "#", "a #b", "{", "2026-01-01", "12:30:45", "$HOME",
                     "é", "\u00a0", "\U0001f600", "a\nb", "a\tb", "\\", '"', "'", "!x", "&x", "*x", "%", "@", "`", "=", "<<",
                     ".", "...", ".5", "._1", "1_000", "-.inf", ".NaN"]),
)  # fmt: skip
KEY = st.one_of(TEXT.filter(lambda text: len(text) < 60 and "\n" not in text), st.sampled_from(sorted(_FLOW)))
SCALAR = st.one_of(TEXT, st.integers(), st.booleans(), st.floats(0.01, 1024))
ENTRY = st.one_of(SCALAR, st.dictionaries(KEY, SCALAR, min_size=1, max_size=3))
VALUE = st.one_of(SCALAR, st.lists(ENTRY, max_size=3))
DATA = st.dictionaries(KEY, st.one_of(VALUE, st.dictionaries(KEY, VALUE, max_size=3)), min_size=1, max_size=4)


def styled(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return CommentedMap((scalar(k), styled(v, k)) for k, v in value.items())
    if isinstance(value, list):
        sequence = CommentedSeq(styled(v) for v in value)
        if key in _FLOW or not sequence:
            sequence.fa.set_flow_style()
            for index, entry in enumerate(sequence):
                if isinstance(entry, str):
                    sequence[index] = DoubleQuotedScalarString(entry)
        return sequence
    return scalar(value) if isinstance(value, str) else value


def scalar(text: str) -> str:
    return text if _PLAIN.match(text) and text.lower() not in _YAML_1_1_WORDS else DoubleQuotedScalarString(text)


def dumped(data: dict[str, Any]) -> str:
    yaml = YAML(typ="rt")
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    out = StringIO()
    yaml.dump(styled(data), out)
    return out.getvalue()


def no_mapping_in_flow(data: Any, key: str = "") -> bool:
    if isinstance(data, dict):
        return all(no_mapping_in_flow(v, k) for k, v in data.items())
    if isinstance(data, list):
        return all(no_mapping_in_flow(v) for v in data) and not (key in _FLOW and any(isinstance(v, dict) for v in data))
    return True


@settings(max_examples=300, deadline=None)
@given(DATA.filter(no_mapping_in_flow))
def test_it_reads_back_and_is_what_ruamel_writes(data: dict[str, Any]) -> None:
    text = "\n".join(lines(data, compose=False)) + "\n"
    assert YAML(typ="safe", pure=True).load(text) == data
    assert pyyaml.safe_load(text) == data
    assert text == dumped(data)


def test_dollars_are_doubled_in_values() -> None:
    assert lines({"a": "$X", "command": ["$Y"], "c": [{"$k": "$v"}]}) == [
        'a: "$$X"', 'command: ["$$Y"]', "c:", '  - "$k": "$$v"',
    ]  # fmt: skip
