"""What is known of a control, a question or a line, as text in parts. Nothing here draws."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from wizard.artifact import WORKLOAD, Line
from wizard.control import Control
from wizard.controls import CONTROLS, control_of
from wizard.glossary import GLOSSARY, terms_in
from wizard.project import Project
from wizard.question import Question

NAMED = ("capability", "flag", "setting", "instruction", "control")
"""Kinds of topics that are looked up by name, rather than met."""


class Reason(Struct, frozen=True):
    """Why something is there: a line, then parts with headings. `control` is the id of the control that it is about, if any."""

    title: str
    parts: tuple[tuple[str, str], ...]
    control: str = ""
    words: tuple[tuple[str, str], ...] = ()
    """Terms that are used, each with what it means."""


def of_control(control: Control, project: Project | None = None) -> Reason:
    """The page of a control, with how its effect shows on a live container."""
    page = control.page
    shown = [(heading, page.sections[heading]) for heading in ("Why", "What may break", "How it shows")]
    shown[1:1] = [(f"What it stops: {control.step.value}", control.stops)]
    shown.append(("When it is waived", control.stands))
    if project and (probes := control.probes(project.app)) and control.id not in project.app.waived:
        shown.append(("Prove it", "; ".join(dict.fromkeys(f"{probe.what}: {probe.expected}" for probe in probes))))
    shown += [("References", "; ".join(page.references)), ("Settings", ", ".join(control.settings)), ("Severity", control.severity.value)]
    used = terms_in(" ".join(text for _, text in shown))
    return Reason(page.title, tuple(shown), control.id, tuple((term, GLOSSARY[term]) for term in used))


def of_question(question: Question, project: Project | None = None) -> Reason:
    """Why a question is asked: its help, what its answers mean, and the page of its control."""
    own = [("", question.help)] if question.help else []
    if question.spelling.example:
        own.append(("For example", question.spelling.example))
    offered = question.given(project.workload) if question.given and project else question.choices
    own += [(choice.title, choice.help) for choice in offered if choice.help]
    if not question.control:
        used = terms_in(" ".join(text for _, text in own))
        return Reason(question.prompt, tuple(own), "", tuple((term, GLOSSARY[term]) for term in used))
    control = of_control(control_of(question.control), project)
    return Reason(control.title, (*control.parts[:1], *own, *control.parts[1:]), control.control, control.words)


def of_line(line: Line, project: Project | None = None) -> Reason:
    """Why a line is there."""
    if line.control == WORKLOAD or not line.control:
        return Reason("This line is the program itself", (("", "It says what runs, as the folder shows it or as you answered."),))
    return of_control(control_of(line.control), project)


def matching(text: str) -> Sequence[Control]:
    """The controls of what `text` names, then those whose page holds all its words; where there are none, those that it is a symptom of."""
    from wizard.topics import find

    words = text.lower().split()
    named = find(text)
    first = named.controls if named and named.kind in NAMED else ()
    found = [control for control in CONTROLS if all(word in _searched(control) for word in words)]
    return list(dict.fromkeys((*first, *found))) or (named.controls if named else ())


def of_search(text: str, reason: Reason) -> Reason:
    """A page with what is known of the very thing that was searched for, such as a capability, before the rest."""
    from wizard.capability_page import parts, sentence, summary
    from wizard.topics import find

    named = find(text)
    if not named or named.kind not in NAMED or reason.control not in [control.id for control in named.controls]:
        return reason
    about = [(named.name, " ".join(named.lines))] if named.lines and named.kind != "control" else []
    if named.fact:
        about += [(f"{named.fact.name}: {named.fact.purpose}", f"{sentence(summary(named.fact))}"), *parts(named.fact)]
    return replace(reason, parts=(*about, *reason.parts))


def _searched(control: Control) -> str:
    return " ".join((control.id, control.title, control.step.value, control.stops, *control.settings, *control.page.sections.values())).lower()


WELCOME = Reason(
    "Why any of this",
    (
        ("", "A container shares its kernel with the host. What it does not need is taken away: root, capabilities, writable places, "
             "networks, unlimited memory. What is left still works, which is tried on a real engine."),
        ("Moving about", "Enter accepts a page and goes on. Every page has a letter; + adds anything; F1 says why; move over the lines of a "
                         "file with F2 and the arrows, Enter says why a line is there."),
    ),
)  # fmt: skip
