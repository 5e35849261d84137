"""A catalog as a package, for what facts alone cannot say: `seawall --catalog example-package ...`."""

from collections.abc import Mapping
from typing import Any

from wizard.catalog import Catalog
from wizard.companions.postgres import Postgres
from wizard.control import Control, Fragment, Live, Probe, Severity, Step, inspected
from wizard.project import Service
from wizard.stacks.python import Python
from wizard.workload import Companion, Workload

LABEL = "com.example.tier"


class TierLabel(Control):
    """Every service says whether the outside reaches it.

    Why:
    The scanners of the company look first at what the outside reaches, and ask the labels of a container for that. Written by hand such
    labels are wrong after the first change of a port.

    What may break:
    Nothing reads it but scanners and people.

    How it shows:
    `docker inspect` has the label com.example.tier with `edge` or `inside`; a container without it is scanned last.

    References:
    Example Ltd: handbook for security, section 7.
    """

    id = "tier-label"
    severity = Severity.INFO
    step = Step.ENTER
    stops = "A service that the outside reaches is not overlooked by those who look for holes in it."
    stands = "Ports are published on this machine alone unless somebody says otherwise (loopback-ports)."
    settings = ("labels",)

    def service(self, service: Service) -> Fragment:
        return {"labels": {LABEL: _tier(service)}}

    def probes(self, service: Service) -> tuple[Probe, ...]:
        def observe(live: Live) -> str:
            return str(live.inspect()["Config"]["Labels"].get(LABEL))

        form = f'{{{{index .Config.Labels "{LABEL}"}}}}'
        return (Probe("tier in the labels", _tier(service), observe, inspected(form, _tier(service))),)


def _tier(service: Service) -> str:
    return "edge" if service.published else "inside"


class InHousePython(Python):
    """Python on the company's own base image, with its certificates in it."""

    title = "Python on our own base image (pip, uv, poetry)"
    evidence = "built by the team that keeps the base image"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        return f"registry.example.com/base/{super().image(workload, pinned)}"


class ReportingPostgres(Postgres):
    """A database for reports, with more memory for each sort."""

    id = "reports"
    title = "PostgreSQL for reports"
    image = "registry.example.com/base/postgres"
    booted = ""

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {**super().answers(companion), "command": ["postgres", "-c", "work_mem=64MB"]}


CATALOG = Catalog(
    controls=(TierLabel(),),
    companions=(ReportingPostgres(),),
    stacks=(InHousePython(),),
    replaces=frozenset(("python",)),
    answers="restart: on-failure:5\n",
)
