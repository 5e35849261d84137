"""Questions as lines: for terminals that cannot repaint, and for screen readers. Needs nothing but input and output."""

import sys
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from wizard.prompts.asker import Back, Check, Option, Prompt
from wizard.prompts.words import say, shown, wrapped

T = TypeVar("T")
_BACK, _WHY, _NONE = "<", "?", "-"


class Lines:
    """An asker that prints a question, then reads a line."""

    keys = "Enter accepts what is in [ ] · < goes back · ? says why · - means nothing"

    def say(self, text: str) -> None:
        """Show lines of plain text."""
        say(text)

    def text(self, prompt: Prompt, default: str, check: Check) -> str:
        """A text that `check` finds nothing wrong with."""

        def read(line: str) -> str:
            text = default if not line else "" if line == _NONE else line
            if wrong := check(text):
                raise ValueError(wrong)
            return text

        return self._ask(prompt, shown(default) or prompt.nothing, (), read)

    def confirm(self, prompt: Prompt, default: bool) -> bool:
        """Yes or no."""

        def read(line: str) -> bool:
            if line.lower() not in ("", "y", "yes", "n", "no"):
                raise ValueError("Type yes or no.")
            return line.lower().startswith("y") if line else default

        return self._ask(prompt, "yes" if default else "no", (), read)

    def one(self, prompt: Prompt, options: Sequence[Option], default: str | None) -> str:
        """The value of one option."""
        values = [option.value for option in options]

        def read(line: str) -> str:
            if not line and default is not None:
                return default
            return _chosen(line, values)

        return self._ask(prompt, str(values.index(default) + 1) if default in values else "", _numbered(options, ()), read)

    def many(self, prompt: Prompt, options: Sequence[Option], chosen: Collection[str]) -> tuple[str, ...]:
        """The values of any number of options."""
        values = [option.value for option in options]

        def read(line: str) -> tuple[str, ...]:
            if not line:
                return tuple(value for value in values if value in chosen)
            picked = () if line == _NONE else {_chosen(part, values) for part in line.replace(",", " ").split()}
            return tuple(value for value in values if value in picked)

        offered = ", ".join(str(number) for number, value in enumerate(values, 1) if value in chosen)
        return self._ask(prompt, offered or prompt.nothing, _numbered(options, chosen), read, "numbers, with commas")

    def _ask(self, prompt: Prompt, offered: str, choices: Sequence[str], read: Callable[[str], T], hint: str = "") -> T:
        note = "; ".join(part for part in (prompt.note, hint) if part)
        head = wrapped(f"{prompt.message}{f' ({note})' if note else ''}")
        while True:
            self.say("\n".join([head, *choices]))
            line = _line(f"[{offered}] > " if offered else "> ")
            if line == _BACK:
                raise Back
            if line == _WHY:
                self.say(prompt.why)
                continue
            try:
                return read(line)
            except ValueError as error:
                self.say(wrapped(str(error), "! ", "  "))


def _numbered(options: Sequence[Option], chosen: Collection[str]) -> list[str]:
    """Options as numbered lines; the mark stands in words, since a reader may pass over signs."""
    lines = []
    for number, option in enumerate(options, 1):
        mark = " (chosen)" if option.value in chosen else ""
        lines.append(wrapped(option.title + mark + (f" - {option.help}" if option.help else ""), f"  {number:2} ", "     "))
    return lines


def _chosen(word: str, values: Sequence[str]) -> str:
    if word in values:
        return word
    if word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= len(values):
        return values[int(word) - 1]
    raise ValueError(f"Type a number from 1 to {len(values)}.")


def _line(prompt: str) -> str:
    # input() would put its prompt on standard error where readline is missing.
    while True:
        sys.stdout.write(prompt)
        sys.stdout.flush()
        try:
            return input().strip()
        except EOFError:
            raise KeyboardInterrupt from None
        except UnicodeDecodeError:
            say("! That is no text in the encoding of this terminal.")
