"""What an interview shows: plain text for a terminal, with nothing in it that a terminal would obey."""

import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wizard.question import Question
from wizard.scaffold import Outcome, Session
from wizard.stops import Stop, given
from wizard.wording import found, implied, origin, read, shown, spelled, unmade

if TYPE_CHECKING:
    from wizard.files import Change

__all__ = ["diff", "implied", "in_the_way", "note", "opening", "row", "say", "shown", "spelled", "stopped", "summary", "why", "width", "wrapped"]

_LABEL = 15


def say(text: str) -> None:
    """Print lines; what the terminal's encoding lacks is replaced."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()


def width() -> int:
    """Columns to fill: those of the terminal, but no lines that are too long to read."""
    return max(20, min(shutil.get_terminal_size().columns - 1, 100))


def wrapped(text: str, first: str = "", rest: str | None = None) -> str:
    """A paragraph between the margins; `rest` is the margin of all lines but the first."""
    lines = textwrap.wrap(shown(text), width(), initial_indent=first, subsequent_indent=first if rest is None else rest, break_on_hyphens=False)
    return "\n".join(lines)


def note(session: Session, question: Question) -> str:
    """The same beside a question, with what an empty answer means."""
    where = origin(session, question)
    if spelled(session, question):
        return where
    return f"{where}: {meaning}" if (meaning := implied(session, question)) else ""


def why(question: Question) -> str:
    """Why a question is asked: its help, an example, what its choices mean, and the page of its control."""
    parts = [wrapped(question.help, "  ")]
    if question.spelling.example:
        parts.append(wrapped(f"For example: {question.spelling.example}", "  ", "    "))
    parts += [wrapped(f"{choice.title} - {choice.help}", "  * ", "    ") for choice in question.choices if choice.help]
    if question.control:
        from wizard.controls import control_of

        page = control_of(question.control).page
        parts.append(wrapped(f"{page.title} [{question.control}]", "  "))
        parts += [wrapped(f"{heading}: {page.sections[heading]}", "  ", "    ") for heading in ("Why", "What may break")]
    return "\n".join(parts)


def opening(session: Session) -> str:
    """What was found, and where."""
    lines = [wrapped(f"Seawall makes a hardened container service of {session.folder.resolve()}"), ""]
    rows = found(session)
    if not rows:
        return "\n".join([*lines, wrapped(f"{unmade(session)}; it takes some questions more.")])
    return "\n".join([*lines, "Found:", *(wrapped(f"{row.text}  ({row.where})", f"  {row.label:{_LABEL}}", " " * (_LABEL + 2)) for row in rows)])


def in_the_way(changes: Sequence["Change"]) -> str:
    """Files of the person's that differ, before anything is asked."""
    names = [f"  {shown(change.file.path)}  (+{change.added} -{change.removed})" for change in changes]
    kept = ", ".join(f"{shown(change.file.path)}.orig" for change in changes)
    return "\n".join([
        "Already here, and not what would be written:", *names,
        wrapped(f"Nothing is replaced without your yes, and yours is kept then as {kept}."),
    ])  # fmt: skip


def already_here(name: str, services: Sequence[str]) -> str:
    """A Compose file of the person's that can be added to."""
    there = ", ".join(shown(one) for one in services)
    return wrapped(f"{shown(name)} is here already, with {there}. What you make can be added to it: what is in it stays as it is. "
                   f"Otherwise one of its own is written, and yours is kept as {shown(name)}.orig.")  # fmt: skip


def summary(result: Outcome) -> str:
    """What would be written, and what a person should know of it."""
    lines = [wrapped(f"Nothing was written yet. In {result.plan.folder.resolve()}:")]
    for change in result.plan.changes:
        counted = f"  +{change.added} -{change.removed}" if change.status == "changed" else ""
        lines.append(f"  {change.status:10}{shown(change.file.path)}{counted}")
    lines += [wrapped(f"{service}: {message} [{control}]", "  note      ", " " * 12) for control, service, message in result.notes]
    return "\n".join(lines)


def stopped(stops: Sequence[Stop]) -> str:
    """What holds everything up, each with what does instead."""
    lines = [wrapped("STOP. Nothing is written before this is answered.")]
    for stop in stops:
        lines.append(wrapped(f"{stop.service}: {given(stop.gift)} [{stop.control}]", "  * ", "    "))
        lines += [wrapped(f"Instead: {stop.gift.instead}", "    ")] if stop.gift.instead else []
    return "\n".join(lines)


def diff(result: Outcome) -> str:
    """The diff, with what would replace something last: it is what stays on the screen."""
    news = [change.diff() for change in result.plan.changes if change.status == "new"]
    return "\n".join([*news, *(change.diff() for change in result.plan.conflicts)]).rstrip("\n")


def row(session: Session, question: Question, columns: int) -> str:
    """A question with its answer in one line, for a list of all; a long answer is cut, since choosing it shows it whole."""
    start = f"{question.page} · {question.prompt}  "
    text, room = read(session, question) or implied(session, question) or "-", max(columns - len(start), 12)
    return start + (text if len(text) <= room else text[: room - 1] + "…")
