"""What somebody asks about, found: a control, a capability, an option, a setting, an instruction, a term, a symptom."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wizard.capabilities import CAPABILITIES, FACTS, Fact, fact_of
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.errors import UsageError
from wizard.glossary import GLOSSARY
from wizard.run_flags import FLAGS, flag_of
from wizard.settings import COMMAND_ONLY, COMPOSE, DOCKERFILE, ELSEWHERE, OPTIONS, Note
from wizard.supply_chain import TOOLS, tool
from wizard.symptoms import literals, search
from wizard.text import LONGEST, visible

_LISTS = ("cap_add", "cap_drop", "devices", "ports", "security_opt", "volumes")
_SCALARS = ("cgroup", "image", "ipc", "network_mode", "pid", "user", "userns_mode", "uts")
_SWITCHES = ("privileged",)
"""Settings of which a value alone is enough to ask the controls whether they forbid it, by their form in a Compose file."""


_LONGEST_NAME = 80
"""Characters that may be a mistyped name; more are a text."""


_SHORTEST_WORD = 5
"""Characters of a word that is looked for in notes."""


class Topic(Struct, frozen=True):
    """What was found. `kind` is control, capability, flag, setting, instruction, term or symptom; `name` comes from what is known, never
    from what was typed; `setting` is the Compose setting that it is about, if any.
    """

    kind: str
    name: str
    lines: tuple[str, ...] = ()
    controls: tuple[Control, ...] = ()
    setting: str = ""
    fact: Fact | None = None


def topic_of(asked: str) -> Topic:
    """What a text is about. Raises UsageError, with what comes closest, when it is nothing known here."""
    if len(asked) > LONGEST:
        raise UsageError(f"{len(asked)} characters are too many to look for; give the line with the error")
    if found := find(asked):
        return found
    close = "".join(f" (did you mean {name}?)" for name in closest(asked))
    raise UsageError(f"{visible(asked)} is no control, setting, capability, option or symptom that is known here{close}; "
                     "seawall explain lists the controls")  # fmt: skip


def find(asked: str) -> Topic | None:
    """What a text is about; None when it is nothing known here."""
    text = " ".join(asked[:LONGEST].split()).removeprefix("- ")
    finders = (_control, _tool, _capability, _flag, _whole_symptom, _instruction, _setting, _path, _term, _call, _symptom, _mentioned)
    found = next((topic for finder in finders if text and (topic := finder(text))), None)
    # «docker bench» is docker-bench.
    return found or (find(text.replace(" ", "-")) if " " in text and re.fullmatch(r"[\w ]{,80}", text) else None)


def closest(text: str) -> Sequence[str]:
    """What may have been meant, at most one thing."""
    import difflib

    if len(text) > _LONGEST_NAME:
        return []
    known = [*(f"--{flag.name}" for flag in FLAGS), *(c.id for c in CONTROLS), *_settings(), *COMPOSE, *ELSEWHERE, *CAPABILITIES, *DOCKERFILE, *TOOLS]
    known += [f"«{literal}»" for control in CONTROLS for literal in literals(control)]
    by_name = {name.strip("«»").casefold(): name for name in known}
    return [by_name[name] for name in difflib.get_close_matches(text.casefold(), by_name, 1)]


def _control(text: str) -> Topic | None:
    found = tuple(control for control in CONTROLS if control.id == text.casefold().replace("_", "-"))
    # no-new-privileges is an option, too, of which there is something to say.
    note = ELSEWHERE.get(found[0].id) if found else None
    return Topic("control", found[0].id, (note.about,) if note else (), found) if found else None


def _tool(text: str) -> Topic | None:
    name = tool(text)
    return _noted("flag" if text.startswith("--") else "term", f"--{name}" if text.startswith("--") else name, TOOLS[name]) if name else None


def _whole_symptom(text: str) -> Topic | None:
    """A line with an error in it, before its first word is taken for a setting."""
    hits = [hit for hit in search(text) if hit.whole] if " " in text and "=" not in text.partition(" ")[0] else []
    return Topic("symptom", "", (), tuple(hit.control for hit in hits)) if hits else None


def _capability(text: str) -> Topic | None:
    name = text.upper().removeprefix("CAP_")
    if name not in CAPABILITIES:
        return None
    note = ELSEWHERE.get(name, Note(""))
    controls = (*_owners("cap_add"), *_seen(note))
    return Topic("capability", name, (note.about,) if note.about else (), controls, "cap_add", fact_of(name))


def _flag(text: str) -> Topic | None:
    named = flag_of(text)
    if named is None and not text.startswith("-"):
        word, _, rest = text.replace("_", "-").partition("=")
        known = next((flag for flag in FLAGS if flag.name == word and word not in GLOSSARY), None)
        named = (known, rest) if known and known.setting.replace("_", "-") != word else None
    if named is None:
        bare = text.lstrip("-").partition("=")[0].split(" ")[0]
        return _noted("flag", f"--{bare}", ELSEWHERE[bare]) if text.startswith("--") and bare in ELSEWHERE else None
    flag, value = named
    name = f"--{flag.name}"
    if not flag.setting:
        note = ELSEWHERE.get(flag.name, Note(COMMAND_ONLY))
        return _noted("flag", name, note)
    return _about("flag", name, flag.setting, value if flag.value else "true", f"In Compose: {flag.setting}")


def _instruction(text: str) -> Topic | None:
    word = text.split(" ")[0]
    owners = tuple(control for control in CONTROLS if any(setting.split(" ")[0] == word for setting in control.settings))
    if not word.isupper() or (word not in DOCKERFILE and not owners):
        return None
    note = DOCKERFILE.get(word, Note(""))
    seen = tuple(control for control in _seen(note) if control not in owners)
    return Topic("instruction", word, (note.about,) if note.about else (), (*owners, *seen))


def _setting(text: str) -> Topic | None:
    found = re.match(r"([\w.-]+)\s*(?:[:=]\s*(.*))?\Z", text)
    if not found:
        return None
    name, value = found[1], (found[2] or "").strip(" []\"'")
    small = re.sub(r"\Aservices\.[^.]+\.", "", name.casefold()).replace("-", "_")
    if name in OPTIONS and (value or name != "label"):
        return _about("setting", name, "security_opt", f"{name}:{value}" if value else name, ELSEWHERE[name].about)
    known = small
    while known and known not in COMPOSE and not _owners(known):
        known = known.rpartition(".")[0]
    if known:
        return _about("setting", known, known, value if known == small else "", "")
    inside = next((key for key in (*COMPOSE, *(flag.setting for flag in FLAGS)) if key.rpartition(".")[2] == small or key == small), "")
    if inside:
        return _about("setting", inside, inside, value, "")
    plain = next((key for key in ELSEWHERE if key.casefold() in (name.casefold(), small) and key not in GLOSSARY), "")
    return _noted("setting", plain, ELSEWHERE[plain]) if plain else None


def _path(text: str) -> Topic | None:
    """A path: of the host it may give the host away, inside it may have to be written."""
    from wizard.host_gifts import is_sensitive

    path = "/var/run/docker.sock" if text == "docker.sock" else text.partition(":")[0]
    if " " in text or not path.startswith("/") or path in GLOSSARY:
        return None
    topic = _about("setting", "volumes", "volumes", f"{path}:{path}" if is_sensitive(path) else "", "")
    return replace(topic, controls=tuple(dict.fromkeys((*topic.controls, *_owners("volumes")))))


def _term(text: str) -> Topic | None:
    known = next((term for term in GLOSSARY if term.casefold() == text.casefold()), "")
    return Topic("term", known, (GLOSSARY[known],), tuple(hit.control for hit in search(text))) if known else None


def _call(text: str) -> Topic | None:
    """A system call, by the capability that opens it."""
    fact = next((fact for fact in FACTS if text in fact.opens.split(", ")), None)
    return _capability(fact.name) if fact else None


def _symptom(text: str) -> Topic | None:
    hits = search(text)
    return Topic("symptom", "", (), tuple(hit.control for hit in hits)) if hits else None


def _mentioned(text: str) -> Topic | None:
    """A word that only a note has, such as the name of a call."""
    notes = {**ELSEWHERE, **DOCKERFILE, **COMPOSE}
    named = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)", re.I)
    found = next((key for key, note in notes.items() if len(text) >= _SHORTEST_WORD and named.search(note.about)), "")
    return _noted("setting", found, notes[found]) if found else None


def _noted(kind: str, name: str, note: Note) -> Topic:
    return Topic(kind, name, (note.about,), _seen(note))


def _seen(note: Note) -> tuple[Control, ...]:
    """The controls that a note leads to."""
    return tuple(control for control in CONTROLS if control.id in note.see)


def _about(kind: str, name: str, setting: str, value: str, first: str) -> Topic:
    """A setting, perhaps with a value: what is known of it, the controls that own it, those that forbid this value before the others."""
    outer = setting.partition(".")[0]
    note = COMPOSE.get(setting) or COMPOSE.get(outer) or Note("")
    owners = (*_owners(setting), *_owners(outer))
    forbidden = dict(_forbidden(outer, value))
    seen = _seen(note)
    controls = tuple(dict.fromkeys((*(c for c in CONTROLS if c.id in forbidden), *(c for c in owners if _speaks_of(c, value)), *owners, *seen)))
    if forbidden or (setting == "security_opt" and value):
        controls = tuple(c for c in controls if c.id in forbidden or _speaks_of(c, value)) or controls
    if setting == "network_mode" and not forbidden and value:
        controls = tuple(reversed(controls))
    names = re.findall(r"[A-Za-z_]+", value) if outer in ("cap_add", "cap_drop") else []
    fact = next((fact_of(n) for n in (name.upper().removeprefix("CAP_") for name in names) if n in CAPABILITIES), None)
    if fact and fact.name in ELSEWHERE:
        controls = tuple(dict.fromkeys((*controls, *_seen(ELSEWHERE[fact.name]))))
    unset = "" if owners else "No control sets it."
    lines = tuple(
        line
        for line in (first and f"{first.rstrip('.')}.", note.about, *(f"Refused here: {message}." for message in forbidden.values()), unset)
        if line
    )
    return Topic(kind, name, lines, controls, setting, fact)


def _owners(setting: str) -> tuple[Control, ...]:
    """The controls that set something, or ask for it."""
    return tuple(control for control in CONTROLS if setting in (*control.settings, *(name for asked in control.questions for name in asked.settings)))


def _settings() -> tuple[str, ...]:
    return tuple(setting for control in CONTROLS for setting in control.settings)


def _speaks_of(control: Control, value: str) -> bool:
    """Whether an option of security_opt is this control's: its own name, or one of the profiles."""
    option = re.split("[:=]", value, maxsplit=1)[0]
    return option == control.id or (control.id == "confinement-profiles" and option in OPTIONS and option != "no-new-privileges")


def _forbidden(key: str, value: str) -> Iterator[tuple[str, str]]:
    """Controls that forbid a value, with what they say of it."""
    if not value:
        return
    fragment: dict[str, Any] = {}
    if key in _LISTS:
        fragment = {key: [value]}
    elif key in _SCALARS or (key in _SWITCHES and value == "true"):
        fragment = {key: True if key in _SWITCHES else value}
    for control in CONTROLS:
        for message in control.forbids(fragment) if fragment else ():
            yield control.id, message
