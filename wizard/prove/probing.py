"""Every control's look at one running service: by its own probes where answers say what is expected, else by what it judges files by."""

import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from wizard.check.differences import spelled
from wizard.check.judging import judge
from wizard.check.model import Found
from wizard.check.project import load
from wizard.check.sources import Sources
from wizard.control import Control, Probe, Severity
from wizard.controls import CONTROLS
from wizard.engine.docker import Docker
from wizard.engine.live import live
from wizard.engine.outside import EngineOnly, NotShownError
from wizard.engine.read_back import document, service_of
from wizard.errors import NoEngineError, SeawallError
from wizard.foreign import Start
from wizard.project import Service
from wizard.prove.evidence import Evidence, NotProvable, Round
from wizard.prove.kernel_form import Container, Unseen, Witness, is_gone, outranked, witnesses
from wizard.render import active
from wizard.yaml_text import lines

ROOT = Path("/")
"""Where what is no file is thought to lie."""
_START = 5.0
"""Seconds that a program gets to be there below its init."""


class Live(Struct, frozen=True):
    """A service's container as it was looked at: the means to look further, and its form as the kernel and the engine have it."""

    name: str
    container: Container
    form: Mapping[str, Any]
    seen: tuple[Witness, ...]
    unseen: tuple[Unseen, ...]
    internal: Mapping[str, bool]


def look(docker: Docker, container: str, name: str, touch: bool) -> Live:
    """Look at a running container once; without `touch` nothing is tried in it. Raises SeawallError when it does not run."""
    held = _container(docker, container)
    said = service_of(held.inspect(), _image(held))
    looks = list(witnesses(held, said, touch))
    seen = tuple(one for one in looks if isinstance(one, Witness))
    internal = {network: bool(held.network(network).get("Internal")) for network in said.get("networks", ())}
    return Live(name, held, outranked(said, list(seen)), seen, tuple(one for one in looks if isinstance(one, Unseen)), internal)


def _image(held: Container) -> Mapping[str, Any]:
    """What the engine knows of its image; nothing where that was removed meanwhile."""
    try:
        return held.image()
    except NoEngineError:
        raise
    except SeawallError:
        return {}


def _container(docker: Docker, container: str) -> Container:
    end = time.monotonic() + _START
    while True:
        facts = docker.inspect("container", container)
        try:
            return live(container, docker)
        except NoEngineError:
            raise
        except SeawallError as error:
            if not facts["State"]["Running"]:
                raise
            if not is_gone(error):
                return EngineOnly(docker, facts, str(error))
            if time.monotonic() > end:
                raise
        time.sleep(0.1)


def by_probes(seen: Live, expected: Service, round_: Round) -> Iterator[Evidence | NotProvable]:
    """The probes of all controls that are not waived."""
    for control in active(expected):
        for probe in control.probes(expected):
            yield _of_probe(seen, control, probe, round_)


def _of_probe(seen: Live, control: Control, probe: Probe, round_: Round) -> Evidence | NotProvable:
    began = time.monotonic()
    try:
        observed = probe.observe(seen.container)
    except NotShownError as error:
        return NotProvable(seen.name, control.id, probe.what, str(error))
    except NoEngineError:
        raise
    except SeawallError as error:
        if not is_gone(error):
            return NotProvable(seen.name, control.id, probe.what, str(error))
        observed = str(error)
    took = round(time.monotonic() - began, 3)
    how = probe.by_hand.command if probe.by_hand else ""
    return Evidence(seen.name, control.id, probe.what, probe.expected, observed, observed == probe.expected, took, how, round=round_)


def by_judgement(seen: Live, round_: Round, waived: Collection[str] = ()) -> Iterator[Evidence | NotProvable]:
    """What the controls find in the form that the container really has; what is no more than worth knowing is left out.

    Of what only the kernel shows, and could not be asked, nothing is said but that. Of those that are waived, nothing at all.
    """
    began = time.monotonic()
    found = judged(seen, Sources(ROOT))
    took = round(time.monotonic() - began, 3)
    hidden = {key: one.why for one in seen.unseen for key in one.keys}
    for control in (control for control in CONTROLS if control.id not in waived):
        own = [one for one in found if one.control == control.id and one.severity is not Severity.INFO]
        observed, how = _observed(seen, control)
        why = next((hidden[key] for key in control.settings if key in hidden), "")
        if why and not own:
            yield NotProvable(seen.name, control.id, control.title, why)
        elif own or observed:
            shown = "; ".join(one.message for one in own)
            literal = f"{shown} ({observed})" if own and how and observed else shown or observed
            yield Evidence(seen.name, control.id, control.title, _expected(control), literal, not own, took, how, round=round_)


def judged(seen: Live, sources: Sources) -> list[Found]:
    """All findings for a container, as `check` would have them for a file that says the same; that is among the sources then."""
    path = ROOT / f"container:{seen.name}"
    sources.given(sources.name(path), as_text(seen).encode("utf-8", "replace"))
    # What its image has of its own stands in the container's form as well.
    image = Start("the engine", str(seen.form.get("user") or "0"), "healthcheck" in seen.form)
    return judge(load((path,), sources), sources, images={seen.name: image}).findings


def as_text(seen: Live) -> str:
    """The container as a Compose file. What it says is a value, never a variable to fill in."""
    return "".join(f"{line}\n" for line in lines(document(seen.name, seen.form, seen.internal)))


def _expected(control: Control) -> str:
    wanted = [f"{must.key}: {spelled(must.value) if must.value is not None else 'set'}" for must in control.must]
    return ", ".join(wanted) or "nothing against it"


def _observed(seen: Live, control: Control) -> tuple[str, str]:
    """The literal output for the keys of a control, and how it was got."""
    for one in seen.seen:
        if control.id == _owner(next(iter(one.values))):
            return one.said, one.how
    shown = [f"{key}: {spelled(seen.form[key]) or seen.form[key]}" for key in control.settings if key in seen.form and key not in _LONG]
    return ", ".join(shown), "docker inspect" if shown else ""


def _owner(key: str) -> str:
    return next((control.id for control in CONTROLS if key in control.settings), "")


_LONG = frozenset(("environment", "command", "volumes", "entrypoint"))
"""Settings that say too much for a line, or hold secrets."""
