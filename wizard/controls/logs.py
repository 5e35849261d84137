"""Log rotation."""

from collections.abc import Iterator
from typing import ClassVar

from wizard.control import Control, Flaw, Fragment, Live, Probe, Severity, Step, inspected
from wizard.foreign import Foreign
from wizard.mend import Aim, Edit, Left, Mend
from wizard.mistake import Mistake
from wizard.project import Service
from wizard.question import Question
from wizard.spelling import TEXT, WHOLE


class LogRotation(Control):
    """Logs are rotated.

    Why:
    By default the engine keeps every line that a container ever printed, until the host's disk is full and everything on
    it stops. Who can make it print needs nothing but requests for that. Three files of ten megabytes are enough to read
    what happened.

    What may break:
    Older lines are gone: ship them elsewhere if they must be kept.

    How it shows:
    Without it, `docker logs` still begins with `line 00001` after a year, and `du -sh` of the folder of its log grows without end; with
    it a second file ends in `-json.log.1`. `max-file` alone, without `max-size`, is accepted and does nothing.

    References:
    CIS Docker 2.13; Docker docs: Define services in Docker Compose, «logging»; measured: `max-file` without `max-size` is
    silently ignored on Engine 20.10.
    """

    id = "log-rotation"
    severity = Severity.WARN
    step = Step.USE_UP
    stops = "Requests that leave a line each do not fill the host's disk, with which every service on it stops."
    stands = "The engine writes logs, so no limit of a disk holds them; only the processor time to print them is limited (resource-limits)."
    settings: ClassVar[tuple[str, ...]] = ("logging",)
    keys: ClassVar[tuple[str, ...]] = ("logging",)

    questions = (
        Question("logs.size", "Logging", "How large may a log file grow?", "Then the next one is begun.", TEXT, "log-rotation", basic=False),
        Question("logs.files", "Logging", "How many log files are kept?", "The oldest is deleted.", WHOLE, "log-rotation", basic=False),
    )
    mistakes = (
        Mistake(
            "Three files were asked for, and no size of them.",
            {"logging": {"driver": "json-file", "options": {"max-file": "3"}}}, "line 00001",
            {"logging": {"driver": "json-file", "options": {"max-size": "100k", "max-file": "3"}}}, "-json.log.1",
            program="seq -f 'line %05.0f' 20000",
            look="""
                docker wait CONTAINER >/dev/null; docker logs CONTAINER | head -n 1
                LOGS=$(dirname $(docker inspect -f '{{.LogPath}}' CONTAINER)); du -sh $LOGS; ls $LOGS
            """,
            why="without max-size no second file is ever begun: the first line is still there.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        logs = service.workload.logs
        return {"logging": {"driver": "json-file", "options": {"max-size": logs.size.lower(), "max-file": str(logs.files)}}}

    def lacks(self, seen: Foreign) -> Iterator[Flaw]:
        logging = seen.fragment.get("logging")
        driver = (logging or {}).get("driver") or "json-file"
        options = (logging or {}).get("options") or {}
        if seen.whole and driver == "json-file" and not options.get("max-size"):
            what = "max-file without max-size does nothing: logs grow without end" if "max-file" in options else "its logs grow without end"
            yield Flaw(what, "add logging: with options max-size and max-file, or the driver local", "logging")

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """A size for the files, and how many: what the driver does without is to keep everything."""
        if not any(self.lacks(seen)):
            return
        options = (seen.fragment.get("logging") or {}).get("options") or {}
        bounds = {"max-size": "10m"} | ({} if options.get("max-file") else {"max-file": "3"})
        if "logging" not in seen.fragment:
            edits: tuple[Edit, ...] = (Edit(("logging",), {"driver": "json-file", "options": bounds}),)
        else:
            edits = tuple(Edit(("logging", "options", name), value) for name, value in bounds.items())
        yield Mend(self.id, edits, self.page.reason)

    def probes(self, service: Service) -> tuple[Probe, ...]:
        def observe(live: Live) -> str:
            options = live.inspect()["HostConfig"]["LogConfig"].get("Config") or {}
            return f"{options.get('max-file', 'all')} x {options.get('max-size', 'unlimited')}"

        logs = service.workload.logs
        form = '{{index .HostConfig.LogConfig.Config "max-file"}} x {{index .HostConfig.LogConfig.Config "max-size"}}'
        wanted = f"{logs.files} x {logs.size.lower()}"
        return (Probe("log files", wanted, observe, inspected(form, wanted)),)
