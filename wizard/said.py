"""What a person says in an interview, as sessions: no terminal, no wording."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from wizard.answers import Layer
from wizard.errors import UsageError
from wizard.known_ids import refuse_unknown
from wizard.question import Choice, Question, answered, value
from wizard.questions import all_questions, question_of
from wizard.resolve import resolve
from wizard.scaffold import Session, what_is_missing
from wizard.spelling import COMMAND, Data
from wizard.workload import Workload, make

SOURCE = "your answer"
IMAGE = "image"
"""Key of the question that stands in for the language where nothing is built."""

_OF_A_LANGUAGE = ("stack", "command", "health", IMAGE)
"""Keys whose answers are meant for one language, or one image, and go with it."""


def mine(session: Session) -> Mapping[str, Data]:
    """What was said in this interview."""
    return session.person[-1].data if _spoke(session) else {}


def _spoke(session: Session) -> bool:
    return bool(session.person) and session.person[-1].source == SOURCE


def with_mine(session: Session, said: Mapping[str, Data]) -> Session:
    """The session in which exactly `said` was said in this interview: one layer, so that a new answer replaces an old one."""
    below = session.person[:-1] if _spoke(session) else session.person
    return replace(session, person=below).said(Layer(SOURCE, dict(said)))


def unknown(session: Session) -> bool:
    """Whether nothing says yet what the service is made of."""
    data = session.answers.data()
    return "stack" not in data and "image" not in data


def choices(session: Session, question: Question) -> tuple[Choice, ...]:
    """The fixed values that a question offers beside the answers so far. Raises UsageError."""
    return question.given(facts(session)) if question.given else question.choices


def facts(session: Session) -> Workload:
    """The workload so far; one of an unknown make has a stand-in for it. Raises UsageError."""
    if not unknown(session):
        return session.workload
    workload = make({**session.answers.data(), "stack": {"language": "static"}}, "")
    refuse_unknown(workload)
    return workload


def present(session: Session, question: Question) -> Data:
    """The present answer as plain data; None where there is none."""
    if unknown(session) and question.key.startswith("stack."):
        return None
    return value(facts(session), question.key)


def with_answer(session: Session, question: Question, data: Data) -> Session:
    """The session with one answer. What holds without it anyway is not recorded, so that detection stays alive."""
    said = _without(mine(session), question.key)
    if question.key in ("stack.language", IMAGE):
        said = {key: inner for key, inner in said.items() if key not in _OF_A_LANGUAGE}
    silent = with_mine(session, said)
    followed = _renamed(session, said, data) if question.key == "name" else said
    if question.key == "environment" and isinstance(data, Mapping):
        below = with_mine(session, said).answers.data().get("environment") or {}
        data = {**{name: None for name in below if name not in data}, **data}
    spoken = with_mine(session, answered(followed, question.key, data))
    try:
        same = present(silent, question) == present(spoken, question) and unknown(silent) == unknown(spoken)
    except UsageError:
        return spoken
    return silent if same else spoken


def _renamed(session: Session, said: Mapping[str, Data], name: Data) -> Mapping[str, Data]:
    """What was said, with the waivers of the service under its new name."""
    answers = session.answers.data()
    waivers, old = answers.get("waivers"), answers["name"]
    if not isinstance(waivers, list) or not any(isinstance(row, dict) and row.get("service") == old for row in waivers):
        return said
    return {**said, "waivers": [{**row, "service": name} if row.get("service") == old else row for row in waivers]}


def _without(data: Mapping[str, Data], key: str) -> dict[str, Data]:
    first, _, rest = key.partition(".")
    left = {name: inner for name, inner in data.items() if name != first}
    if rest and isinstance(data.get(first), Mapping) and (inner := _without(data[first], rest)):
        left[first] = inner
    return left


def parsed(question: Question, text: str) -> Data:
    """What a typed text says; nothing typed is an empty list where there is one, else no answer. Raises ValueError."""
    if text.strip():
        return question.parse(text.strip())
    try:
        empty = question.parse("")
    except ValueError:
        return None
    return None if empty == "" else empty


def picked(question: Question, rows: Sequence[Data], chosen: Sequence[str]) -> list[Data]:
    """Rows after some choices were marked: those that stay keep their details, and no row is lost that no choice stands for."""
    kept = [row for row in rows if not (names := marks(question, [row])) or names[0] in chosen]
    return [*kept, *(_row(question, name) for name in chosen if name not in marks(question, rows))]


def marks(question: Question, rows: Sequence[Data]) -> list[str]:
    """The choices that stand for `rows`."""
    return [choice.value for choice in question.choices if any(_stands_for(_row(question, choice.value), row) for row in rows)]


def _row(question: Question, choice: str) -> Data:
    each = question.spelling.each
    return each.parse(choice) if each else choice


def _stands_for(least: Data, row: Data) -> bool:
    if isinstance(least, Mapping) and isinstance(row, Mapping):
        return all(row.get(key) == inner for key, inner in least.items())
    return bool(least == row)


def with_reason(session: Session, control: str, service: str, why: str) -> tuple[Question, Data]:
    """The question that waives, and its answer with one more: for the service, or for all where none here is called that."""
    workload, question = facts(session), question_of("waivers")
    known = {workload.name, *(companion.hostname for companion in workload.companions)}
    waiver = {"control": control, "why": why} | ({"service": service} if service in known else {})
    return question, [*(present(session, question) or ()), waiver]


def problem(session: Session, question: Question, data: Data) -> str | None:
    """What is wrong with an answer, in words; None if it can be taken."""
    return problem_of(with_answer(session, question, data), question, data)


def problem_of(candidate: Session, question: Question, data: Data) -> str | None:
    """What is wrong with a session that has the answer `data`, in words; None if it can be taken.

    What does not go together with it otherwise is left to the question that has to change: it comes later, or is offered at the end.
    """
    try:
        facts(candidate)
    except UsageError as error:
        return _in_words(str(error), question, data)
    trouble = unresolved(candidate) or ""
    top = question.key.partition(".")[0]
    return trouble.removeprefix(f"{top}: ") if trouble.startswith(f"{top}:") else None


def unresolved(session: Session) -> str | None:
    """Why the answers cannot go together, or are not enough, beginning with the key to change; None if they make services."""
    if unknown(session):
        return "stack.language: it has to be said what the service is written in"
    if what_is_missing(session):
        return f"command: it has to be said what starts it; such as: {COMMAND.example}"
    try:
        resolve(session.workload)
    except UsageError as error:
        return str(error)
    return None


def _in_words(message: str, question: Question, data: Any) -> str:
    message = message.removeprefix(f"{SOURCE}: ").removeprefix(f"{question.key}: ")
    return message.replace("«None» is not accepted", "An answer is needed", 1) if data is None else message


def walked(session: Session) -> list[Question]:
    """The questions that everybody is asked, in order; what the folder, or a saved answer, says of the language is not asked again."""
    if unknown(session):
        return [question for question in all_questions() if question.key in ("name", "stack.language")]
    workload = session.workload
    return [question for question in all_questions() if question.basic and question.when(workload) and not _settled(session, question)]


def _settled(session: Session, question: Question) -> bool:
    return question.key.startswith("stack.") and session.answers.origin(question.key) not in ("default", SOURCE)


def following(session: Session, after: Question | None) -> Question | None:
    """The next question of the walk; None after the last."""
    order = all_questions()
    start = order.index(after) + 1 if after else 0
    return next((question for question in walked(session) if order.index(question) >= start), None)


def askable(session: Session) -> list[Question]:
    """Every question that makes sense now."""
    if unknown(session):
        return walked(session)
    return [question for question in all_questions() if question.when(session.workload)]
