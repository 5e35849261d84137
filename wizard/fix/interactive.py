"""The changes one by one, each with its reason: made, or left out by the person."""

import sys

import click

from wizard.errors import UsageError
from wizard.fix.applying import Meant
from wizard.fix.planning import Choose, lines
from wizard.fix.report import change
from wizard.text import visible_all

_LEFT = "left out by you"
_QUESTION = "  make it? y yes, n no, a all that follow, s skip the rest [y]"


def asking() -> Choose:
    """A choice that asks a person. Raises UsageError where nobody can answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("--interactive asks questions, and here is no terminal; leave it out, or take --safe")
    always: list[bool] = []

    def choose(one: Meant) -> str:
        if not always:
            for line in (
                f"{visible_all(one.place.file)}: {visible_all(one.service)}",
                *change(one),
                *(f"      + {visible_all(line)}" for line in lines(one.mend)),
            ):
                click.echo(line, err=True)
            answer = click.prompt(_QUESTION, default="y", show_default=False, err=True, value_proc=_answer)
            if answer in "as":
                always.append(answer == "a")
            click.echo(err=True)
            return _LEFT if answer in "ns" else ""
        return "" if always[0] else _LEFT

    return choose


def confirmed(number: int) -> bool:
    """Whether the changes that were chosen are to be written now."""
    return click.confirm(f"Write {'this change' if number == 1 else f'these {number} changes'}? What is there is kept as NAME.orig.", err=True)


def _answer(text: str) -> str:
    answer = text.strip().lower()[:1]
    if answer not in ("y", "n", "a", "s"):
        raise click.UsageError("y, n, a or s")
    return answer
