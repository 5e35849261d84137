"""Questions as plain data. Front ends differ only in how they get an answer; nobody else orders or words questions."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from wizard.spelling import Data, Spelling
from wizard.workload import Workload, make


def _always(workload: Workload) -> bool:
    return True


def _silent(row: Data) -> str:
    return ""


class Choice(Struct, frozen=True):
    """One of the values that a question offers, in words, with what it costs or does."""

    value: str
    title: str
    help: str = ""


class Question(Struct, frozen=True):
    """Something a person is asked about a workload.

    `key` is the key in `seawall.yaml` (dotted: `limits.memory`), `control` the control whose page says why it is
    asked. `choices` offers fixed values: one of them, or any number where `many`; `offers` are rows to pick from that may
    want completing. `settings` are the Compose keys and Dockerfile instructions that its answer ends up in, where that is not
    all of the control's. `basic` questions are asked of everybody, the others on demand; `fact` ones are about the program as
    it is, so that without evidence their default is a guess.
    """

    key: str
    page: str
    prompt: str
    help: str
    spelling: Spelling
    control: str = ""
    choices: tuple[Choice, ...] = ()
    many: bool = False
    basic: bool = True
    fact: bool = False
    when: Callable[[Workload], bool] = _always
    settings: tuple[str, ...] = ()
    offers: tuple[Choice, ...] = ()
    given: Callable[[Workload], tuple[Choice, ...]] | None = None
    """The choices, where they follow from other answers."""
    gloss: Callable[[Data], str] = _silent
    """What a row of the answer means, in a few words."""

    def parse(self, text: str) -> Data:
        """What `text` says, as plain data. Raises ValueError with what is accepted."""
        return self.spelling.parse(text)

    def format(self, data: Data) -> str:
        """The text that `parse` reads back as `data`; nothing is spelled as empty text."""
        return "" if data is None else self.spelling.format(data)


def value(workload: Workload, key: str) -> Data:
    """The present answer to a question as plain data; None where there is none."""
    found: Any = workload
    for step in key.split("."):
        found = getattr(found, step) if found is not None else None
    return _plain(msgspec.to_builtins(found))


def _plain(data: Data) -> Data:
    """Lists for tuples, as every spelling gives them."""
    if isinstance(data, dict):
        return {key: _plain(inner) for key, inner in data.items()}
    return [_plain(inner) for inner in data] if isinstance(data, (list, tuple)) else data


def answered(data: Mapping[str, Data], key: str, answer: Data) -> dict[str, Data]:
    """A copy of plain answers in which `key` holds `answer`."""
    first, _, rest = key.partition(".")
    inner = data.get(first)
    new = answered(inner if isinstance(inner, Mapping) else {}, rest, answer) if rest else answer
    return {**data, first: new}


def answer(workload: Workload, question: Question, data: Data) -> Workload:
    """The workload with one answer changed. Raises UsageError when the result would not be valid."""
    return make(answered(msgspec.to_builtins(workload), question.key, data), question.key)
