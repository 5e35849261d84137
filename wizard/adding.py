"""One line that adds anything: `9090`, `/data`, `postgres`, `KEY=value`, each understood by its shape."""

import re
from collections.abc import Iterator

from msgspec import Struct

from wizard.capabilities import CAPABILITIES
from wizard.companions import COMPANIONS
from wizard.question import Question
from wizard.questions import question_of
from wizard.said import present, problem, with_answer
from wizard.scaffold import Session
from wizard.spelling import Data, looks_like_json, split_commas
from wizard.text import visible

ACCEPTED = "9090, /data, postgres, KEY=value, ./app.toml:/etc/app.toml, «secret api_key», «NET_RAW: why»"


class Added(Struct, frozen=True):
    """What a line came to: the session with it, the questions it answered, and the rows in words."""

    session: Session
    keys: tuple[str, ...]
    rows: tuple[str, ...]


def add(session: Session, text: str) -> Added:
    """The session with everything that `text` names. Raises ValueError saying what is accepted; nothing is added then."""
    keys, rows = [], []
    parts = [text.strip()] if looks_like_json(text) or _is_reasoned(text) else split_commas(text)
    if not parts:
        raise ValueError(f"nothing to add; accepted: {ACCEPTED}")
    for part in parts:
        question, spelled = kind_of(part)
        more = question.parse(spelled)
        if not more:
            raise ValueError(f"nothing to add; accepted: {ACCEPTED}")
        data = extended(present(session, question), more)
        if wrong := problem(session, question, data):
            raise ValueError(wrong)
        session = with_answer(session, question, data)
        keys.append(question.key)
        rows.append(f"{question.page}: {spelled}")
    return Added(session, tuple(keys), tuple(rows))


def extended(present: Data, more: Data) -> Data:
    """The rows there are with more of them; a variable of the same name is replaced. Raises ValueError for JSON of another shape."""
    if present is not None and isinstance(present, dict) != isinstance(more, dict):
        accepted = "NAME=value, or a JSON mapping" if isinstance(present, dict) else "a row, or a JSON list of rows"
        raise ValueError(f"that is no {'mapping' if isinstance(present, dict) else 'row'}; accepted: {accepted}")
    return {**(present or {}), **more} if isinstance(more, dict) else [*(present or ()), *more]


def kind_of(text: str) -> tuple[Question, str]:
    """The question that a row answers, by its shape, and the row as that question reads it. Raises ValueError."""
    found = next(_kinds(text), None)
    if found is None:
        import difflib

        close = difflib.get_close_matches(text.partition(":")[0], [entry.id for entry in COMPANIONS], 1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        raise ValueError(f"{visible(text)} is not understood{hint}; accepted: {ACCEPTED}")
    return question_of(found[0]), found[1]


def _kinds(text: str) -> Iterator[tuple[str, str]]:
    word = text.partition(" ")[0].partition(":")[0]
    if re.match(r"[A-Za-z_][A-Za-z0-9_]*=", text):
        yield "environment", _one_row(text)
    if text.startswith("/dev/"):
        yield "devices", _one_row(text)
    if re.match(r"(\./|/)[^:]*:/", text):
        yield "mounts", _one_row(text)
    if text.startswith("/"):
        yield "writable", _one_row(text)
    if re.match(r"[0-9\[*]", text):
        yield "ports", text
    if text.startswith("secret "):
        yield "secrets", text.removeprefix("secret ").strip()
    if word in [entry.id for entry in COMPANIONS]:
        yield "companions", text
    if word.upper().removeprefix("CAP_") in CAPABILITIES and word.isupper():
        yield "capabilities", _one_row(text)


def _is_reasoned(text: str) -> bool:
    """A row that ends in a reason may hold commas."""
    return bool(re.match(r"([A-Z_]+|/dev/[^:,]+): ?", text.strip()))


def _one_row(text: str) -> str:
    """A row as a list of one, so that a comma or a quote in it stays its own."""
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",]', text) else text
