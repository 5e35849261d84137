"""Before and after at a glance: what Docker's default leaves open, and what is left of it in this service.

The rows are read from the very Compose service that is rendered, so that what is waived shows as what it then is: Docker's
default. Whoever draws them needs no colour: a row has words, and `bar` a shape. Sources of the defaults: containers.md,
section 4 (the bounding set), and engine.md, sections 3 to 5, both measured.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from wizard.capabilities import CAPABILITIES
from wizard.controls import CONTROLS
from wizard.project import Project, Service
from wizard.render import active, as_data, service_parts

DEFAULT_CAPABILITIES = tuple(name for bit, name in enumerate(CAPABILITIES) if 0xA80425FB >> bit & 1)
"""What the engine gives every container that drops nothing: CapBnd 00000000a80425fb."""

_OUT, _HOST, _NAMED, _PUBLIC, _LOOPBACK = 0.5, 0.2, 0.1, 0.3, 0.1
"""What a way out to the internet, one to the host only, one to listed names, ports for other machines and ports for this one weigh. All of them
are less than 1.0: on a network of its own it still does not meet the containers of others."""


class Row(Struct, frozen=True):
    """One line of the meter. `before` has at most 8 cells, `after` 14, `words` is the sentence that says what it means.

    `share` is what is left of that which Docker's default leaves open: 0.0 nothing, 1.0 all of it.
    """

    label: str
    before: str
    after: str
    words: str
    share: float


def posture(project: Project) -> tuple[Row, ...]:
    """The rows for the service that the person asked about, in the order of reading."""
    app = project.app
    fragment = as_data(service_parts(app))
    shared = (_capabilities(fragment), _writable(fragment), _network(project, fragment), _limits(fragment))
    return (_user(app, fragment), *shared, _checks(app, fragment))


def bar(share: float, cells: int) -> str:
    """A shape as wide as `cells`, filled as far as is closed: full only where nothing is open, empty only where all is."""
    closed = round((1.0 - share) * cells)
    if 0.0 < share < 1.0 and cells > 1:
        closed = min(max(closed, 1), cells - 1)
    elif share > 0.0 and cells == 1:
        closed = 0
    return "█" * closed + "░" * (cells - closed)


def _user(app: Service, fragment: Mapping[str, Any]) -> Row:
    user = str(fragment.get("user", "")).partition(":")[0]
    if user:
        return Row("user", "root", user, f"runs as user {user} in place of root", 0.0)
    if app.image.origin == "stack" and not app.image.unprivileged:
        return Row("user", "root", "root", "runs as root, as the image starts it", 1.0)
    return Row("user", "root", "image's own", "runs as whoever its image says, which is root unless the image names another", 1.0)


def _capabilities(fragment: Mapping[str, Any]) -> Row:
    all_of_them = len(DEFAULT_CAPABILITIES)
    before = str(all_of_them)
    if "ALL" not in fragment.get("cap_drop", ()):
        return Row("capabilities", before, before, f"keeps all {before} capabilities that Docker gives, among them raw packets", 1.0)
    added: Sequence[str] = fragment.get("cap_add", ())
    if not added:
        return Row("capabilities", before, "0", f"has no capability in place of {before}", 0.0)
    beyond = [name for name in added if name not in DEFAULT_CAPABILITIES]
    words = f"has {_some(added)} in place of {before} capabilities"
    if beyond:
        return Row("capabilities", before, str(len(added)), f"{words}; by default Docker does not give {_some(beyond)}", 1.0)
    return Row("capabilities", before, str(len(added)), words, len(added) / all_of_them)


def _writable(fragment: Mapping[str, Any]) -> Row:
    if not fragment.get("read_only"):
        return Row("writable", "all", "all", "may write everywhere that its user may", 1.0)
    mounted = [str(volume["target"]) for volume in fragment.get("volumes", ()) if not volume.get("read_only")]
    paths = [*(str(entry).partition(":")[0] for entry in fragment.get("tmpfs", ())), *mounted]
    if not paths:
        return Row("writable", "all", "0 paths", "writes nothing but shared memory; all else is read-only", 0.0)
    words = f"writes only to {_some(paths)}, and shared memory; all else is read-only"
    # Each further place counts a little less, and no number of them is as much as everything.
    return Row("writable", "all", _counted(len(paths), "path"), words, len(paths) / (len(paths) + 8))


def _network(project: Project, fragment: Mapping[str, Any]) -> Row:
    app = project.app
    public, local = _published(project)
    inward = _inward(public, local)
    if fragment.get("network_mode") == "none":
        return Row("network", "any", "none", "has no network at all, only itself", 0.0)
    if "networks" not in fragment:
        return Row("network", "any", "any", f"is on an ordinary network, with ways out to everywhere; {inward}", 1.0)
    share = _PUBLIC if public else _LOOPBACK if local else 0.0
    if app.workload.internet:
        return Row("network", "any", "in and out" if public else "internet", f"may call the internet; {inward}", share + _OUT)
    if app.outward:
        names = app.workload.egress
        return Row("network", "any", _counted(len(names), "name"), f"calls {_some(names)} through a proxy and nothing else; {inward}", share + _NAMED)
    after = f"{public} public" if public else _counted(local, "port") if local else "inside only"
    if app.published:
        return Row("network", "any", after, f"cannot call the internet, but reaches the host itself; {inward}", share + _HOST)
    return Row("network", "any", after, f"cannot call out; {inward}", share)


def _published(project: Project) -> tuple[int, int]:
    """Ports that other machines reach and ports that only this one reaches, whoever publishes them for the service."""
    publisher = next((service for service in project.services if service.role == "ingress"), project.app)
    ports = [port for port in publisher.workload.ports if port.publish]
    everywhere = "loopback-ports" in publisher.waived
    local = 0 if everywhere else sum(ipaddress.ip_address(port.host[0]).is_loopback for port in ports)
    return len(ports) - local, local


def _inward(public: int, local: int) -> str:
    kinds = ((public, "open to other machines"), (local, "for this machine only"))
    return ", ".join(f"{_counted(number, 'port')} {how}" for number, how in kinds if number) or "nothing outside the project reaches it"


def _limits(fragment: Mapping[str, Any]) -> Row:
    if "mem_limit" not in fragment:
        return Row("limits", "none", "none", "may use all memory, processors and processes of the host", 1.0)
    memory = str(fragment["mem_limit"]).upper()
    words = f"at most {memory} of memory, {_counted(fragment['cpus'], 'processor')} and {fragment['pids_limit']} processes"
    return Row("limits", "none", memory, words, 0.0)


def _checks(app: Service, fragment: Mapping[str, Any]) -> Row:
    waived = [control.id for control in CONTROLS if control.id in app.waived]
    broken = [control.id for control in active(app) if next(control.check(app, fragment), None)]
    total = len(CONTROLS)
    left = [f"{_some(names)} {how}" for names, how in ((waived, "waived"), (broken, "broken by an answer")) if names]
    held = total - len(waived) - len(broken)
    words = f"holds {held} of {total} controls: {'; '.join(left)}" if left else f"holds all {total} controls"
    return Row("checks", "-", f"{held} of {total}", words, (total - held) / total)


def _counted(number: float, noun: str) -> str:
    return f"{number:g} {noun}{'' if number == 1 else 's'}"


def _some(names: Sequence[str]) -> str:
    """The first names of a list in a sentence, with the number of the others."""
    shown = list(names[:3])
    return ", ".join(shown) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
