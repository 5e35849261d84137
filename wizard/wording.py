"""What front ends show of a session: answers, where they come from, what no answer means. One line each, safe for a terminal."""

import os
from collections.abc import Iterator

from msgspec import Struct

from wizard.question import Question
from wizard.resolve import resolve
from wizard.said import IMAGE, askable, present, unknown, unresolved
from wizard.scaffold import Session, what_is_missing
from wizard.stacks import stack_of

_MADE_OF = ("stack.language", "stack.version", "stack.framework", "stack.package_manager")
_UNTOLD = (*_MADE_OF, "stack.lockfile")


class Found(Struct, frozen=True):
    """A fact that is not a mere default: what it is about, the answer, where it was seen, and the question it answers."""

    label: str
    text: str
    where: str
    key: str


def shown(text: str) -> str:
    """`text` in one line, without control characters."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def spelled(session: Session, question: Question) -> str:
    """The present answer as a person would type it."""
    return question.format(present(session, question))


def read(session: Session, question: Question) -> str:
    """The same to be read: one line, rows with space between them."""
    each, data = question.spelling.each, present(session, question)
    return shown(", ".join(each.format(row) for row in data) if each and data else question.format(data))


def origin(session: Session, question: Question) -> str:
    """Where the present answer comes from: a place in the folder, a file, an option."""
    found = session.answers.origin(question.key)
    if found == "detected":
        seen = (place for layer in session.answers.layers for key, place in layer.evidence.items() if key.startswith(f"{question.key}."))
        found = next(seen, found)
    return shown(os.path.basename(found) if found.startswith("/") else found)


def implied(session: Session, question: Question) -> str:
    """What no answer means; empty where there has to be one."""
    if question.key in ("stack.language", IMAGE) or (question.key == "command" and what_is_missing(session)):
        return ""
    stack = None if unknown(session) else session.workload.stack
    if question.key == "stack.version" and stack:
        return stack_of(stack.language).usual_version(session.workload)
    if question.key == "user":
        return _user(session)
    return "none"


def _user(session: Session) -> str:
    if unresolved(session):
        return ""
    user = resolve(session.workload).services[0].user
    return f"{user.uid}:{user.gid}" if user else "none"


def found(session: Session) -> tuple[Found, ...]:
    """What is known, and where it was seen or said."""
    return tuple(_found(session))


def _found(session: Session) -> Iterator[Found]:
    known = {question.key: question for question in askable(session)}
    told = [known[key] for key in _MADE_OF if key in known and session.answers.origin(key) != "default" and spelled(session, known[key])]
    if told:
        places = dict.fromkeys(origin(session, question) for question in told)
        language = [read(session, question) for question in told if question.key in _MADE_OF[:2]]
        rest = [read(session, question) for question in told if question.key not in _MADE_OF[:2]]
        yield Found("made of", " · ".join([" ".join(language), *rest]), ", ".join(places), told[0].key)
    for key, question in known.items():
        if key not in _UNTOLD and session.answers.origin(key) != "default" and (text := read(session, question)):
            yield Found(_label(key), text, origin(session, question), key)


def unmade(session: Session) -> str:
    """What is said where nothing can be made of the folder: what was seen in it, or that nothing was."""
    cannot = shown(session.found.cannot)
    return f"{cannot[:1].upper()}{cannot[1:]}" if cannot else "Nothing here shows what the service is made of"


def uncertain(session: Session) -> tuple[Found, ...]:
    """Facts about the program that nothing in the folder shows, with what is taken for each; and what was seen that may not work."""
    asked = [question for question in askable(session) if question.fact and question.basic and session.answers.origin(question.key) == "default"]
    guesses = [Found(_label(question.key), read(session, question) or implied(session, question), "nothing shows it", question.key)
               for question in asked]  # fmt: skip
    warned = session.found.warnings if "stack" in session.answers.data() else ()
    if unknown(session) and session.found.cannot:
        return (Found("beware", unmade(session), "", ""),)
    return (*guesses, *(Found("beware", shown(warning), "", "") for warning in warned))


def _label(key: str) -> str:
    return "made of" if key == "stack.language" else key.rpartition(".")[2].replace("_", " ")
