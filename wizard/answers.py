"""Where answers come from and which one wins.

Priority, highest first: `--set` and `--waive`, then `--answers`, then the saved `seawall.yaml`, then what was detected
in the folder, then the default answers of the catalogs in use, then the defaults. The keys of `stack`, `limits`,
`logs`, `user` and `environment` are taken one by one, all other keys as a whole; `--set KEY+=ROW` adds to what the
lower sources give, and secrets that the code reads are added to those a person names. Only what a person said is saved.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from wizard.errors import AnswerError, UsageError
from wizard.known_ids import refuse_unknown
from wizard.question import answered
from wizard.questions import question_of
from wizard.spelling import ANY_JSON, WAIVER, Data, Spelling, looks_like_json
from wizard.text import visible
from wizard.workload import Workload, make

FILE = "seawall.yaml"
_BY_KEY = ("stack", "limits", "logs", "user", "environment")


class Layer(Struct, frozen=True):
    """Answers from one source. `text` is the file they came from, for line numbers; `evidence` where each was seen."""

    source: str
    data: Mapping[str, Data]
    given: bool = True
    """Whether a person said it."""
    text: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)


class Answers(Struct, frozen=True, dict=True):
    """All sources, lowest first."""

    layers: tuple[Layer, ...]

    def data(self, given: bool = False) -> dict[str, Data]:
        """The answers that win, as plain data; with `given` only of those that a person gave."""
        return self._merged(given) if given else dict(self._all)

    @cached_property
    def _all(self) -> dict[str, Data]:
        return self._merged(False)

    def _merged(self, given: bool) -> dict[str, Data]:
        merged: dict[str, Data] = {}
        for layer in self.layers:
            if layer.given or not given:
                merged = combine(merged, layer.data)
        # What went with another language leaves room for the default again.
        default = next((layer.data for layer in self.layers[:1] if not layer.given and not given), {})
        return {**default, **merged} if given else _without_nothing({**default, **merged})

    def workload(self) -> Workload:
        """What all answers describe. Raises UsageError naming source, key, value and what is accepted."""
        try:
            workload = make(self.data(), "")
            refuse_unknown(workload)
            return workload
        except AnswerError as error:
            raise UsageError(self._located(error)) from None

    def origin(self, key: str) -> str:
        """Where the answer to a key comes from, in words: `Procfile:1`, `default`."""
        for layer in reversed(self.layers):
            if _holds(layer.data, key):
                return layer.evidence.get(key, layer.evidence.get(key.partition(".")[0], layer.source))
        return "default"

    def _located(self, error: AnswerError) -> str:
        key = error.key or next((word for word in error.problem.split(":")[:1] if word.isidentifier()), "")
        top = key.partition(".")[0].partition("[")[0]
        layer = next((layer for layer in reversed(self.layers) if top in layer.data), None)
        where = layer.source if layer else ""
        if layer and layer.text:
            from wizard.yaml_read import line_of

            where = f"{layer.source}:{line_of(layer.text, key)}"
        return ": ".join(part for part in (where, error.key, error.problem) if part)


def _holds(data: Any, key: str) -> bool:
    first, _, rest = key.partition(".")
    return isinstance(data, Mapping) and first in data and (not rest or _holds(data[first], rest))


def combine(below: Mapping[str, Data], above: Mapping[str, Data]) -> dict[str, Data]:
    """Two sources as one. Another language, or an image in place of a stack, takes what was meant for the old one away."""
    merged = dict(below)
    if "image" in above or language_of(above) not in (None, language_of(below)):
        merged = {key: value for key, value in merged.items() if key not in ("stack", "command", "health")}
    if "stack" in above:
        merged.pop("image", None)
    for key, value in above.items():
        both = key in _BY_KEY and isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = {**merged[key], **value} if both else value
    return merged


def _without_nothing(data: dict[str, Data]) -> dict[str, Data]:
    """Without variables whose value is nothing: that is how a person takes one away that was found."""
    variables = data.get("environment")
    if not isinstance(variables, Mapping) or None not in variables.values():
        return data
    return {**data, "environment": {name: value for name, value in variables.items() if value is not None}}


def language_of(data: Mapping[str, Data]) -> str | None:
    """The language that plain answers name, if any."""
    stack = data.get("stack")
    return stack.get("language") if isinstance(stack, Mapping) else None


def from_file(text: str, source: str) -> Layer:
    """The answers of a `seawall.yaml`. Raises UsageError with file and line for what is no answers file."""
    from wizard.yaml_read import line_of, load_mapping

    data = load_mapping(text, source)
    for unnamed in (key for key in data if not isinstance(key, str)):
        raise UsageError(f"{source}: the key {visible(str(unnamed))} is no text; accepted: keys such as name or ports")
    try:
        return Layer(source, {key: spelled_out(key, value) for key, value in data.items()}, text=text)
    except AnswerError as error:
        raise UsageError(f"{source}:{line_of(text, error.key)}: {error.key}: {error.problem}") from None


def from_options(settings: Sequence[str], waivers: Sequence[str], below: Answers) -> Layer:
    """The answers of `--set KEY=VALUE` and `--waive CONTROL=REASON`. Raises UsageError for what is not accepted."""
    data: dict[str, Data] = {}
    for setting in settings:
        key, sign, value = setting.partition("=")
        if not sign or not key:
            raise UsageError(f"--set {visible(setting)}: accepted: KEY=VALUE, or KEY+=VALUE for one more row")
        data = _set(data, key.strip(), value, below)
    rows = [_parse(f"--waive {visible(waiver)}", WAIVER, waiver) for waiver in waivers]
    if rows:
        present: Any = data.get("waivers", below.data().get("waivers", ()))
        data["waivers"] = [*present, *rows]
    return Layer("--set", data)


def _set(data: dict[str, Data], key: str, value: str, below: Answers) -> dict[str, Data]:
    if key.startswith("environment."):
        variables: Any = data.get("environment", below.data().get("environment", {}))
        return {**data, "environment": {**variables, key.removeprefix("environment."): value}}
    if key in _BY_KEY and looks_like_json(value):
        return {**data, key: _parse(f"--set {key}", ANY_JSON, value)}
    adding, key = key.endswith("+"), key.removesuffix("+")
    question = question_of(key)
    if not value:
        return answered(data, key, question.spelling.nothing)
    parsed = _parse(f"--set {key}", question.spelling, value)
    if not adding:
        return answered(data, key, parsed)
    present: Any = data.get(key, below.data().get(key))
    if isinstance(parsed, dict) and key == "environment":
        return answered(data, key, {**(present or {}), **parsed})
    if not question.spelling.each:
        raise UsageError(f"--set {key}+=: only lists can be added to; accepted: {key}=VALUE")
    return answered(data, key, [*(present or ()), *parsed])


def _parse(where: str, spelling: Spelling, text: str) -> Data:
    try:
        return spelling.parse(text)
    except ValueError as error:
        raise UsageError(f"{where}: {error}") from None


def spelled_out(key: str, value: Data, path: str = "") -> Data:
    """A value of an answers file with its short spellings written out. Raises AnswerError."""
    path = path or key
    if key in ("version", "stack.version") and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Mapping) and key in _BY_KEY and key != "environment":
        return {name: spelled_out(f"{key}.{name}", inner, f"{path}.{name}") for name, inner in value.items()}
    try:
        question = question_of(key)
    except UsageError:
        return {"language": value} if key == "stack" and isinstance(value, str) else _as_plain(value)
    spelling = question.spelling
    try:
        if key == "environment" and isinstance(value, Mapping):
            return {name: _variable(inner) for name, inner in value.items()}
        if isinstance(value, str) and (spelling.each or key in ("command", "stack.build", "health", "user", "environment")):
            return spelling.parse(value)
        if spelling.each and isinstance(value, list):
            return [_row(key, spelling.each, row, f"{path}[{number}]") for number, row in enumerate(value)]
    except ValueError as error:
        raise AnswerError("", path, str(error)) from None
    return _as_plain(value)


def _row(key: str, each: Any, row: Data, path: str) -> Data:
    if key == "companions" and isinstance(row, Mapping):
        return {name: spelled_out(str(name), inner, f"{path}.{name}") for name, inner in row.items()}
    if isinstance(row, (str, int)) and not isinstance(row, bool):
        try:
            return each.parse(str(row))
        except ValueError as error:
            raise AnswerError("", path, str(error)) from None
    return _as_plain(row)


def _variable(value: Data) -> Data:
    """Numbers, truth values and dates as text, as Compose reads them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    plain = _as_plain(value)
    return str(plain) if isinstance(plain, (int, float)) else plain


def _as_plain(value: Data) -> Data:
    """Dates and other things that YAML makes of unquoted text, as text again."""
    if isinstance(value, Mapping):
        return {str(name): _as_plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_plain(inner) for inner in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
