"""Log rotation."""

from typing import ClassVar

from wizard.control import Control, Fragment, Live, Probe, Severity
from wizard.project import Service


class LogRotation(Control):
    """Logs are rotated.

    Why:
    By default the engine keeps every line that a container ever printed, until the host's disk is full and everything on it
    stops. Three files of ten megabytes are enough to read what happened.

    What may break:
    Older lines are gone: ship them elsewhere if they must be kept.

    How it shows:
    Without it, `du -sh /var/lib/docker/containers/*` grows without end; `max-file` alone, without `max-size`, is accepted
    and does nothing.

    References:
    CIS Docker 2.13; measured: `max-file` without `max-size` is silently ignored on Engine 20.10.
    """

    id = "log-rotation"
    severity = Severity.WARN
    settings: ClassVar[tuple[str, ...]] = ("logging",)
    keys: ClassVar[tuple[str, ...]] = ("logging",)

    def service(self, service: Service) -> Fragment:
        return {"logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}}}

    def probes(self, service: Service) -> tuple[Probe, ...]:
        def observe(live: Live) -> str:
            options = live.inspect()["HostConfig"]["LogConfig"].get("Config") or {}
            return f"{options.get('max-file', 'all')} x {options.get('max-size', 'unlimited')}"

        return (Probe("log files", "3 x 10m", observe),)
