"""What `seawall explain` prints: pages of controls, facts of capabilities and settings, sets taken apart. Text for people, JSON for programs."""

import json
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wizard.capabilities import FACTS, NON_ROOT, Fact
from wizard.capability_page import needs, parts, review, summary
from wizard.capability_sets import FIELDS, Decoded, decoded, looks_like_sets
from wizard.chain import in_order
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.controls.capabilities import MinimalCapabilities
from wizard.mistake import Mistake
from wizard.mistakes import in_a_line, stands_in
from wizard.reports import controls, table
from wizard.symptoms import SECTIONS
from wizard.topics import Topic, topic_of

Style = Callable[[str], str]
"""How a heading is shown."""

_BRIEF = 5
"""Controls of which a search shows more than the name."""

_LONG = 60
"""Characters of a literal that gets a line of its own."""

_HELP = """
seawall explain TOPIC, such as a control of these, a setting (read_only), an option of docker run (--cap-drop), an instruction
(HEALTHCHECK), a capability (NET_RAW; «capabilities» lists all) or what you see (Read-only file system);
seawall explain --decode DIGITS says what is in a set of capabilities of /proc/PID/status
"""


def plain(text: str) -> str:
    """A heading where nothing may steer a terminal."""
    return text


def bold(text: str) -> str:
    """A heading on a terminal."""
    return f"\x1b[1m{text}\x1b[22m"


def explained(asked: str | None, form: str, strong: Style = plain) -> str:
    """All that is known of a topic; of none, the list of controls. Raises UsageError for what is no topic."""
    if asked is None:
        return controls(form) if form == "json" else _overview(strong) + _HELP
    if asked.casefold().strip() in ("capabilities", "all capabilities"):
        return _every_capability(form, strong)
    if looks_like_sets(asked):
        return taken_apart(asked, form, strong)
    topic = topic_of(asked)
    return _json(_entries(topic)) if form == "json" else _text(topic, strong, asked)


def _overview(strong: Style) -> str:
    """All controls along an attack, from break-in to host."""
    wide = max(len(control.id) for control in CONTROLS)
    said = []
    for step, found in in_order():
        said.append(f"{strong(step.value.capitalize())}\n")
        for control in found:
            head = f"  {control.id:{wide}}  {control.severity.value:7}  "
            said.append(textwrap.fill(control.title, 80, initial_indent=head, subsequent_indent=" " * len(head)) + "\n")
    return "".join(said)


def taken_apart(text: str, form: str, strong: Style = plain) -> str:
    """Sets of capabilities in names. Raises UsageError for what is no set."""
    sets = decoded(text)
    if form == "json":
        return _json({"sets": [_set(one) for one in sets]})
    present = [fact for fact in FACTS if any(fact.name in one.names for one in sets)]
    return "\n".join((*(_set_text(one, strong) for one in sets), *([_listed(present, strong)] if present else [])))


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _entries(topic: Topic) -> list[dict[str, Any]]:
    """One entry a control, all with the same keys; where no control has to do with it, one entry without an id."""
    fact = _fact(topic.fact) if topic.fact else None
    about = {
        "topic": {"kind": topic.kind, "name": topic.name, "setting": topic.setting, "about": list(topic.lines)},
        "capability": fact, "needs": needs(topic.fact) if topic.fact else [],
    }  # fmt: skip
    nothing: dict[str, Any] = {
        "id": None,
        "title": topic.name,
        "severity": None,
        "settings": [],
        "why": "",
        "what_may_break": "",
        "how_it_shows": "",
        "references": [],
        "remedies": [],
        "review": [],
        "step": None,
        "stops": "",
        "stands": "",
    }
    return [_control(control) | about for control in topic.controls] or [nothing | about]


def _control(control: Control) -> dict[str, Any]:
    sections = control.page.sections
    return {
        "id": control.id, "title": control.title, "severity": control.severity.value, "settings": list(control.settings),
        "why": sections["Why"], "what_may_break": sections["What may break"], "how_it_shows": sections["How it shows"],
        "references": list(control.page.references),
        "remedies": [{"shows": m.shows, "story": m.story, "mend": in_a_line(m.mend), "why": m.why} for m in control.mistakes],
        "review": list(review()) if isinstance(control, MinimalCapabilities) else [],
        "step": control.step.value, "stops": control.stops, "stands": control.stands,
    }  # fmt: skip


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "name": fact.name, "purpose": fact.purpose, "risk": fact.risk, "default": fact.default, "level": fact.level.value,
        "needed": fact.needed, "instead": fact.instead, "non_root": f"{NON_ROOT} {fact.effect}".strip(),
    }  # fmt: skip


def _set(one: Decoded) -> dict[str, Any]:
    return {
        "field": one.field, "digits": one.digits, "names": list(one.names), "default": list(one.default), "beyond_default": list(one.beyond),
        "dropped_from_default": list(one.dropped), "risky": list(one.risky), "unknown_bits": list(one.unknown),
    }  # fmt: skip


def _text(topic: Topic, strong: Style, asked: str) -> str:
    said = []
    if topic.fact:
        said.append(capability(topic.fact, strong))
    if topic.lines and topic.kind != "control":
        said.append(f"{strong(topic.name)}\n{wrapped(' '.join(topic.lines))}")
    searched = topic.kind in ("symptom", "term") and len(topic.controls) > 1
    return "\n".join((*said, *([_brief(topic.controls, strong, asked)] if searched else [page(control, strong) for control in topic.controls])))


def page(control: Control, strong: Style = plain) -> str:
    """The page of a control."""
    head = textwrap.fill(f"{control.id}: {control.title}", 80, break_on_hyphens=False)
    settings = f"; settings {', '.join(control.settings)}" if control.settings else ""
    shown = [f"{strong(head)}\nseverity {control.severity.value}{settings}\n"]
    for name, text in control.page.sections.items():
        if name == "References" and isinstance(control, MinimalCapabilities):
            shown.append(f"{strong('Where ALL cannot be dropped')}\n{''.join(map(wrapped, review()))}")
        shown.append(f"{strong(name)}\n{wrapped(text)}")
        if name == "Why":
            shown.append(f"{strong(f'What it stops: {control.step.value}')}\n{wrapped(control.stops)}")
            shown.append(f"{strong('What still stands when it is waived')}\n{wrapped(control.stands)}")
        if name == "How it shows" and control.mistakes:
            shown.append(f"{strong('What mends it')}\n{''.join(map(_remedy, control.mistakes))}")
    return "\n".join(shown)


def _remedy(mistake: Mistake) -> str:
    """What is seen, after what, and what mends it in a line of its own, whole, so that it can be copied."""
    return wrapped(f"{mistake.shows}: {mistake.story}") + f"    {in_a_line(mistake.mend)}\n"


def capability(fact: Fact, strong: Style = plain) -> str:
    """The facts of a capability."""
    head = f"{strong(f'{fact.name}: {fact.purpose}')}\n{summary(fact)}\n"
    return "\n".join((head, *(f"{strong(name)}\n{wrapped(text)}" for name, text in parts(fact))))


def wrapped(text: str) -> str:
    """A paragraph, indented; a long command in it stands in a line of its own, whole, so that it can be copied."""
    out, start = [], 0
    for literal in re.finditer(r"`[^`]+`", text):
        if len(literal[0]) > _LONG:
            out += [_filled(text[start : literal.start()]), f"    {literal[0][1:-1]}\n"]
            start = literal.end()
    return "".join((*out, _filled(text[start:])))


def _filled(text: str) -> str:
    filled = textwrap.fill(
        text.strip().lstrip(".; "), 78, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False, break_long_words=False
    )
    return f"{filled}\n" if filled else ""


def _brief(found: Sequence[Control], strong: Style, asked: str) -> str:
    """What a search found: of the best how it shows and what mends it, of the rest the names."""
    first = [
        f"{strong(f'{control.id}: {control.title}')}\n"
        + "".join(wrapped(f"{name}: {control.page.sections[name]}") for name in SECTIONS)
        + "".join(map(_remedy, _mistakes_of(control, asked)))
        for control in found[:_BRIEF]
    ]
    rest = f"Also: {', '.join(control.id for control in found[_BRIEF:])}\n" if found[_BRIEF:] else ""
    return "\n".join((*first, f"{rest}seawall explain CONTROL has the whole page.\n"))


def _mistakes_of(control: Control, asked: str) -> list[Mistake]:
    """The mistakes of a control that show what was asked, or part of it."""
    text = asked.casefold()
    return [m for m in control.mistakes if text in m.shows.casefold() or stands_in(m.shows.casefold(), text)]


def _every_capability(form: str, strong: Style) -> str:
    if form == "json":
        return _json([_fact(fact) for fact in FACTS])
    return f"{_listed(FACTS, strong)}\n{wrapped(NON_ROOT)}\nseawall explain NAME says what each is worth, and what serves instead.\n"


def _listed(facts: Iterable[Fact], strong: Style) -> str:
    rows = [(fact.name, fact.level.value, "default" if fact.default else "-", fact.purpose) for fact in facts]
    head, *lines = table([("CAPABILITY", "RISK", "GIVEN", "PERMITS TO"), *rows]).splitlines()
    return "".join(f"{line}\n" for line in (strong(head), *lines))


def _set_text(one: Decoded, strong: Style) -> str:
    number = len(one.names)
    count = (
        "no capability"
        if not number
        else f"all {number} capabilities"
        if number == len(FACTS)
        else f"{number} capabilit{'y' if number == 1 else 'ies'}"
    )
    said = [f"{one.field}: {FIELDS[one.field]}."] if one.field else []
    if number and not one.beyond and not one.dropped:
        said.append(f"Exactly the {number} that the engine gives by default.")
    elif number:
        said += [f"Of the engine's default: {_names(one.default)}.", f"Beyond it: {_names(one.beyond)}.", f"Dropped of it: {_names(one.dropped)}."]
    if number:
        said.append(f"Of high or critical risk: {_names(one.risky)}.")
    if one.unknown:
        bits = ", ".join(map(str, one.unknown))
        said.append(f"Bits that no capability known here has: {bits}. A newer kernel, or no set of capabilities.")
    head = f"{strong(f'{one.field} {one.digits}'.strip())}: {count}\n"
    return head + "".join(map(wrapped, said))


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
