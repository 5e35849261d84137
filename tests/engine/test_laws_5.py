"""Law 5: on an engine every probe passes; with only one control removed exactly its probes fail."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.engine.running import DISK, PORTS, Engine, Projects, failing, hurried, override, scaffold, started
from tests.thorough import thorough
from tests.tools import APP_NAMES, APPS
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.render import active
from wizard.resolve import resolve
from wizard.scaffold import Request, begin

pytestmark = pytest.mark.engine


def _every_probe() -> list[Any]:
    found = []
    for app in APP_NAMES:
        project = resolve(begin(Request(APPS / app, APPS / app)).workload)
        for service in project.services:
            for control in active(service):
                if control.probes(service):
                    found.append(pytest.param(app, service.name, control, id=f"{app}-{service.name}-{control.id}"))
    return found


@pytest.mark.parametrize(("app", "service", "control"), _every_probe())
def test_every_probe_of_every_service_passes(projects: Projects, app: str, service: str, control: Control) -> None:
    running = projects.get(app)
    assert failing(running, running.service(service), (control,)) == {}


def test_every_control_has_a_probe_somewhere() -> None:
    probed = {param.values[2].id for param in _every_probe()}
    assert {control.id for control in CONTROLS} == probed | {"secrets-as-files"} | {name for name, removal in REMOVALS.items() if removal.on_demand}
    assert any(param.values[2].id == "secrets-as-files" for param in _every_probe())


@dataclass(frozen=True)
class Removal:
    """How a control is taken away, and from which app: the cheapest on which the law can be seen."""

    app: str = "api"
    settings: tuple[str, ...] = ()
    only_app: bool = False
    """Waived for the app alone, where its companions cannot live without it."""
    on_demand: bool = False
    """Whether it does nothing unless `settings` ask for it."""


REMOVALS: dict[str, Removal] = {
    # Databases that start as root take the capabilities for it: see the control's own waiver of them.
    "non-root-user": Removal("ledger", only_app=True),
    "secrets-as-files": Removal("ledger"),
    # nginx in front keeps its process number and its buffers in /tmp, and would not start.
    "writable-paths": Removal(only_app=True),
    # Behind the proxy the app publishes nothing itself.
    "loopback-ports": Removal(settings=("ingress=direct",)),
    "internal-networks": Removal(settings=("ingress=direct",)),
    "egress-allow-list": Removal(settings=("egress=api.example.com",), on_demand=True),
    "process-limits": Removal(settings=("limits.ulimits=core=1K, memlock=64K",), on_demand=True),
    "fair-share": Removal(settings=("limits.shares=512", "limits.cpuset=0", "limits.oom_score_adj=300"), on_demand=True),
    "disk-rates": Removal(settings=(f"limits.disks={DISK} read=10M write-iops=500",), on_demand=True),
}


@pytest.mark.parametrize("control", thorough(CONTROLS, CONTROLS[::2]), ids=lambda control: control.id)
def test_without_a_control_exactly_its_probes_fail(engine: Engine, tmp_path: Path, control: Control) -> None:
    removal = REMOVALS.get(control.id, Removal())
    if control.id == "disk-rates" and not DISK:
        pytest.skip("this host has no disk whose rates can be limited")
    settings = [word for setting in removal.settings for word in ("--set", setting)]
    where = f"@{removal.app}" if removal.only_app else ""
    waived = () if control.violation else ("--waive", f"{control.id}{where}=test")
    running = scaffold(engine, APPS / removal.app, tmp_path / removal.app, *settings, *waived, inside=PORTS[removal.app])
    running.overrides = (hurried(running),)
    if control.violation:
        broken = override(running, "broken.yaml", {"services": {removal.app: dict(control.violation)}})
        running.overrides = (*running.overrides, broken)
    whole = resolve(_unwaived(running.folder))
    with started(running):
        found = failing(running, whole.app, CONTROLS)
        assert set(found) == {control.id}, found
        for service in whole.services[1:]:
            beside = failing(running, service, CONTROLS)
            assert set(beside) <= ({control.id} if not removal.only_app and not control.violation else set()), (service.name, beside)


def _unwaived(folder: Path) -> Any:
    answers = begin(Request(folder, folder)).answers.data()
    from wizard.workload import make

    return make({**answers, "waivers": []})
