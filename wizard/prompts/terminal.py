"""Questions with questionary, to which it adds a way back, the reasons, and lines that wrap in place of being cut."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import questionary
from prompt_toolkit import print_formatted_text
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition, to_filter
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings

from wizard.prompts.asker import Back, Check, Option, Prompt
from wizard.prompts.words import say, shown, width, wrapped

# The terminal's own sixteen colours follow its theme, so they can be read on a light one as well; with NO_COLOR
# prompt_toolkit sends none of them.
_STYLE = questionary.Style([
    ("qmark", "fg:ansicyan"), ("answer", "noinherit fg:ansicyan bold"), ("pointer", "fg:ansicyan bold"), ("highlighted", "bold"),
    ("selected", ""), ("instruction", "fg:ansibrightblack"), ("validation-toolbar", "noinherit fg:ansired bold"),
])  # fmt: skip
_MARK = "?"


class Terminal:
    """An asker for terminals that can repaint."""

    keys = "Enter accepts what is offered · Ctrl+B, Shift+Tab go back · F1, or ? and Enter, says why"

    def say(self, text: str) -> None:
        """Show lines of plain text."""
        say(text)

    def text(self, prompt: Prompt, default: str, check: Check) -> str:
        """A text that `check` finds nothing wrong with."""
        question = questionary.text(
            prompt.message,
            default=default,
            validate=lambda text: shown(wrong) if (wrong := check(text)) else True,
            validate_while_typing=False,
            instruction=_beside(prompt, default),
            style=_STYLE,
        )

        def explain(event: KeyPressEvent) -> None:
            event.current_buffer.reset(Document(default))
            self._explain(prompt)

        # The answer on offer stands in the field already: a mark behind it is meant as a question, too.
        asked = Condition(lambda: question.application.current_buffer.text.strip() in (_MARK, default + _MARK))
        typed: str = self._run(question, prompt, [("enter", asked, explain)])
        self._answered(prompt, typed or prompt.nothing)
        return typed

    def confirm(self, prompt: Prompt, default: bool) -> bool:
        """Yes or no. It takes an Enter, else one typed by habit would answer the next question."""
        hint = "Y/n" if default else "y/N"
        note = f"({prompt.note}; {hint}) " if prompt.note else f"({hint}) "
        question = questionary.confirm(prompt.message, default, auto_enter=False, instruction=note, style=_STYLE)
        yes: bool = self._run(question, prompt, self._marked(prompt))
        self._answered(prompt, "yes" if yes else "no")
        return yes

    def one(self, prompt: Prompt, options: Sequence[Option], default: str | None) -> str:
        """The value of one option."""
        note = f"({prompt.note}; arrows move)" if prompt.note else "(arrows move)"
        choices = [questionary.Choice(shown(option.title), option.value, description=option.help or None) for option in options]
        question = questionary.select(prompt.message, choices, default=default, instruction=note, style=_STYLE)
        value: str = self._run(question, prompt, self._marked(prompt))
        self._answered(prompt, next(option.title for option in options if option.value == value))
        return value

    def many(self, prompt: Prompt, options: Sequence[Option], chosen: Collection[str]) -> tuple[str, ...]:
        """The values of any number of options."""
        note = f"({prompt.note}; space marks)" if prompt.note else "(space marks)"
        choices = [
            questionary.Choice(shown(option.title), option.value, checked=option.value in chosen, description=option.help or None)
            for option in options
        ]
        question = questionary.checkbox(prompt.message, choices, instruction=note, style=_STYLE)
        values: list[str] = self._run(question, prompt, self._marked(prompt))
        self._answered(prompt, ", ".join(option.title for option in options if option.value in values) or prompt.nothing)
        return tuple(values)

    def _marked(self, prompt: Prompt) -> "list[_Key]":
        return [(_MARK, Condition(lambda: True), lambda event: self._explain(prompt))]

    def _explain(self, prompt: Prompt) -> None:
        """Print the reason above the question, which stays as it is."""
        run_in_terminal(lambda: self.say(prompt.why))

    def _answered(self, prompt: Prompt, answer: str) -> None:
        """One line for what was asked and said, in place of the question: it reads on, whatever kind it was."""
        line = wrapped(f"{prompt.message} {answer}", "  ", "    ")
        start = f"  {prompt.message}" if line.startswith(f"  {prompt.message}") else ""
        parts = [("class:question", start), ("class:answer", line[len(start) :])]
        print_formatted_text(FormattedText(parts), style=_STYLE)

    def _run(self, question: questionary.Question, prompt: Prompt, keys: "Sequence[_Key]") -> Any:
        application = question.application
        application.erase_when_done = True
        bindings = KeyBindings()
        for key in ("c-b", "s-tab"):
            bindings.add(key, eager=True)(lambda event: event.app.exit(exception=Back()))
        bindings.add("f1", eager=True)(lambda event: self._explain(prompt))
        for key, only, action in keys:
            bindings.add(key, filter=only, eager=True)(action)
        application.key_bindings = merge_key_bindings([part for part in (application.key_bindings, bindings) if part])
        _let_wrap(application)
        try:
            return question.unsafe_ask()
        except EOFError:
            raise KeyboardInterrupt from None


_Key = tuple[str, Condition, Callable[[KeyPressEvent], None]]


def _beside(prompt: Prompt, default: str) -> str | None:
    """The note behind a question; an answer that would not fit in the line begins a new one."""
    note = f"({prompt.note})" if prompt.note else ""
    fits = len(prompt.message) + len(note) + len(default) + 8 < width()
    return (note or None) if fits else f"{note}\n "


def _let_wrap(application: Any) -> None:
    """Options and errors wrap: questionary and prompt_toolkit cut them at the edge, and errors to one line."""
    for window in application.layout.find_all_windows():
        window.wrap_lines = to_filter(True)
        window.dont_extend_height = to_filter(True)
        if window.height == 1:
            window.height = None
