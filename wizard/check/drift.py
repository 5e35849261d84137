"""Where a Compose file is not what the seawall.yaml beside it asks for: each finding is the control's that owns the line.

Of a file without answers nobody knows how long a service may take to stop, or whom it asks for names; of this one it was said.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wizard.artifact import WORKLOAD
from wizard.check.asked import Asked
from wizard.check.differences import ASKING, Difference, differences
from wizard.check.forms import Shaped
from wizard.check.model import ORDER, Found
from wizard.check.nodes import Node, plain
from wizard.check.source import Place
from wizard.compose import Part, identity
from wizard.control import Control, Severity
from wizard.controls import CONTROLS, control_of
from wizard.project import Service

_MORE = ("ports", "networks", "network_mode", "cap_add", "group_add", "devices", "device_cgroup_rules", "volumes", "security_opt")
"""What gives a service more than it was asked to have, where it is not rendered at all."""


def strays(asked: Asked, forms: Mapping[str, Shaped], services: Mapping[str, Node], shared: Mapping[str, Mapping[str, Node]]) -> Iterator[Found]:
    """Findings for the services that the answers name, and for what these share."""
    from wizard.render import service_parts, shared_parts

    for service in asked.project.services:
        if (form := forms.get(service.name)) and service.name in services:
            yield from _of_service(service, service_parts(service), asked.forms[service.name].fragment, form, services[service.name].place)
    for key, parts in shared_parts(asked.project).items():
        there = shared.get(key, {})
        control = control_of(parts[0].control)
        wanted = asked.shared[key].value
        for name in (name for name in wanted if name in there):
            for one in differences(f"{key}: {name}", plain(wanted[name]) or {}, plain(there[name]) or {}, more=True):
                yield _found(control, one, there[name].place, "", key)


def _of_service(service: Service, parts: Mapping[str, Any], wanted: Mapping[str, Any], form: Shaped, place: Place) -> Iterator[Found]:
    for key, shares in parts.items():
        owners = _owners(key, shares)
        for one in differences(key, wanted[key], form.fragment.get(key), more=owners[None] != WORKLOAD):
            control = _control(owners.get(one.name, owners[None]))
            if control and control.id not in service.waived:
                yield _found(control, one, form.place(key, _entry(form, key, one.name), place), service.name, key)
    for key in _MORE:
        if key not in parts and form.fragment.get(key):
            control = next(control for control in CONTROLS if key in control.settings or key in control.judged)
            if control.id not in service.waived:
                said = Difference(None, f"{key} is there, and {ASKING} asks for none", beyond=True)
                yield _found(control, said, form.place(key, None, place), service.name, key)


def _owners(key: str, shares: tuple[Part, ...]) -> dict[Any, str]:
    """The control that each entry of a key comes from, by what makes it the same as another; under None that of the key."""
    owners: dict[Any, str] = {None: shares[0].control}
    for share in shares:
        if isinstance(share.value, Mapping):
            owners |= dict.fromkeys(share.value, share.control)
        elif isinstance(share.value, (list, tuple)):
            owners |= {identity(key, entry): share.control for entry in share.value}
    return owners


def _entry(form: Shaped, key: str, name: Any) -> int | str | None:
    """Where in a list the entry of that name is, as places are kept."""
    entries = form.fragment.get(key)
    if isinstance(entries, list):
        return next((number for number, entry in enumerate(entries) if identity(key, entry) == name), None)
    return name if isinstance(name, str) else None


def _control(name: str) -> Control | None:
    return next((control for control in CONTROLS if control.id == name), None)


def _found(control: Control, one: Difference, place: Place, service: str, key: str) -> Found:
    """A value of one's own, where the control takes any, is no more than worth knowing; what only fits no answer is no reason to stop."""
    severity = control.lacking or control.severity
    if one.changed and key in control.keys:
        severity = Severity.INFO
    elif one.beyond or severity is Severity.STOP:
        severity = Severity.WARN
    question = next((q.key for q in control.questions if key in q.settings), "")
    answer = f"the answer {question}" if question else "the answers"
    act = "take it away" if one.beyond else f"write {one.mend}" if one.mend else "write it so"
    return Found(control.id, severity, place, service, one.message, f"{act}, or change {answer} and run seawall again")


def without_repeats(found: Iterable[Found], more: Iterable[Found]) -> Iterator[Found]:
    """Of `more` what no control has said already, at least as gravely: of the same service and the same place, or of the same key."""
    said: dict[tuple[str, str], list[Found]] = {}
    for one in found:
        said.setdefault((one.control, one.service), []).append(one)
    for one in more:
        key = one.message.removeprefix("no ").split()[0].rstrip(":,")
        graver = [other for other in said.get((one.control, one.service), ()) if ORDER.index(other.severity) <= ORDER.index(one.severity)]
        if not any((key in other.message) if one.message.startswith("no ") else (one.place == other.place) for other in graver):
            yield one
