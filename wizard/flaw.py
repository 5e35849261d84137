"""What a control finds in a service that somebody wrote, and how it is found: by what every service must have, and by what is forbidden."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from wizard.compose import missing
from wizard.foreign import Foreign, Unknown
from wizard.mend import Edit, How


class Severity(StrEnum):
    """What a broken control means, after the policy: stop, invalid (a MUST), warn (a SHOULD), info."""

    STOP = "stop"
    INVALID = "invalid"
    WARN = "warn"
    INFO = "info"


class Must(Struct, frozen=True):
    """What every service has to have, whoever wrote it: a key of Compose and what it holds; None is whatever its author chose."""

    key: str
    value: Any = None
    severity: Severity | None = None
    """Where it is not the control's own."""
    example: str = ""
    """What to write where any value will do."""


class Flaw(Struct, frozen=True):
    """What a control finds in a file that somebody wrote, and where: a key and the number or name of an entry, or a line."""

    message: str
    remedy: str
    key: str = ""
    entry: int | str | None = None
    severity: Severity | None = None
    line: int = 0


def lacking(musts: Iterable[Must], seen: Foreign, beside: str) -> Iterator[Flaw]:
    """What a service lacks of `musts`; `beside` is what has to come with it, so that the service still works."""
    for must in musts:
        found = seen.fragment.get(must.key)
        if found is None:
            shown = must.example if must.value is None else _spelled(must.value)
            what = f"no {must.key}" if must.value is None else f"no {must.key}: {shown}"
            yield Flaw(what, f"add {must.key}: {shown}{beside}", must.key, severity=must.severity)
        elif must.value is not None and not _is_unknown(found) and (left := missing(must.key, must.value, found)):
            what = f"{must.key} lacks {left}" if isinstance(must.value, (list, Mapping)) else f"{must.key} is {_spelled(found)}"
            yield Flaw(what, f"make it {must.key}: {_spelled(must.value)}{beside}", must.key, severity=must.severity)


def supplied(musts: Iterable[Must], seen: Foreign) -> Iterator[Edit]:
    """The edits that put what a service lacks of `musts` there, where it is known what to put."""
    for must in musts:
        found = seen.fragment.get(must.key)
        if must.value is None or _is_unknown(found):
            continue
        if isinstance(must.value, list):
            if left := [entry for entry in must.value if entry not in (found or ())]:
                yield Edit((must.key,), left, How.ADD)
        elif isinstance(must.value, Mapping) and isinstance(found, Mapping):
            yield from (Edit((must.key, name), value) for name, value in must.value.items() if found.get(name) != value)
        elif found != must.value:
            yield Edit((must.key,), must.value)


def forbidden(rule: Callable[[Mapping[str, Any]], Iterator[str]], fragment: Mapping[str, Any], remedy: str) -> Iterator[Flaw]:
    """What a rule forbids in a service (without what is Unknown in it).

    It is asked about each key by itself, and about each entry of a guilty one, which shows where each message belongs.
    """
    whole = list(rule(fragment))
    if not whole:
        return
    left = Counter(whole)
    for key, value in fragment.items():
        guilty = [message for message in rule({key: value}) if left[message]]
        if not guilty:
            continue
        for entry, part in _parts(value):
            for message in rule({key: part}):
                if left[message]:
                    left[message] -= 1
                    yield Flaw(message, remedy, key, entry)
        for message in guilty:
            if left[message]:
                left[message] -= 1
                yield Flaw(message, remedy, key)
        if not left.total():
            return
    yield from (Flaw(message, remedy) for message in left.elements())


def _parts(value: Any) -> Iterator[tuple[int | str, Any]]:
    """Each entry of a mapping or list with its name or number, as a mapping or list of its own."""
    if isinstance(value, Mapping):
        yield from ((name, {name: one}) for name, one in value.items())
    elif isinstance(value, (list, tuple)):
        yield from ((number, [one]) for number, one in enumerate(value))


def _is_unknown(value: Any) -> bool:
    """Whether a value, or one of its entries, hangs on something that nothing here says; that is reported by itself."""
    return isinstance(value, Unknown) or (isinstance(value, list) and any(isinstance(entry, Unknown) for entry in value))


def _spelled(value: Any) -> str:
    """A value as Compose spells it in one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_spelled(one)}' for name, one in value.items())}}}"
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else str(value)
