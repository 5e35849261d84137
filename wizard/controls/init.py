"""PID 1 and the way to stop."""

from collections.abc import Iterator
from typing import ClassVar

from wizard.control import Control, Fragment, Live, Must, Probe, Severity, Step, inspected
from wizard.foreign import Foreign
from wizard.mend import Aim, Left, Mend
from wizard.mistake import Mistake
from wizard.project import Service
from wizard.question import Question
from wizard.spelling import WHOLE


class InitAndGrace(Control):
    """A small init is PID 1, and stopping takes its time.

    Why:
    PID 1 ignores signals that it has no handler for, so a program as PID 1 is killed at `docker stop` in the middle of
    its work, and children that outlive their parents stay as zombies. An init passes signals on and reaps them, before
    the limit of processes is full and nothing starts any more.

    What may break:
    Images with an init system of their own (s6) refuse to start as anything but PID 1: waive it for them.

    How it shows:
    `docker stop` takes ten seconds and ends with exit code 137, not with exit code 143 or 0; `ps` shows `<defunct>` processes.

    References:
    Docker docs: Define services in Docker Compose, «init» and «stop_grace_period»; measured on Engine 20.10: sleep as PID
    1 exits with 137 after the full grace, with an init in 0.1 s.
    """

    id = "init-and-grace"
    severity = Severity.WARN
    step = Step.USE_UP
    stops = "Helpers that ended do not fill up the service's list of processes, and a stop is not a kill in the middle of a write."
    stands = (
        "Zombies count against the limit of processes, so that they starve this service and not the host (resource-limits); if it dies of "
        "that, it is started again (restart-policy)."
    )
    settings: ClassVar[tuple[str, ...]] = ("init", "stop_grace_period")
    keys: ClassVar[tuple[str, ...]] = ("stop_grace_period",)
    must: ClassVar[tuple[Must, ...]] = (Must("init", True),)
    questions = (
        Question(
            "stop_grace", "Restart", "How many seconds may it take to stop?",
            "After the stop signal the engine waits this long, then kills. A database needs a minute, a web service less.",
            WHOLE, "init-and-grace", basic=False, settings=("stop_grace_period", "STOPSIGNAL"),
        ),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "The program itself is PID 1, and it has no handler for the stop signal.",
            {"init": False}, "exit code 137", {"init": True}, "exit code 143",
            program="exec sleep 60", look="docker stop --time 1 CONTAINER; docker inspect -f 'exit code {{.State.ExitCode}}' CONTAINER",
            why="PID 1 ignores signals that it does not handle, so the engine waited and then killed it; an init passes the signal on.",
        ),
        Mistake(
            "A child outlives the process that started it, and PID 1 does not collect what ends.",
            {"init": False}, "<defunct>", {"init": True}, "sleep 60",
            program="(sleep 0.1 &); exec sleep 60", look="ps -o args= --ppid $(docker inspect -f '{{.State.Pid}}' CONTAINER)",
            why="an orphan becomes a child of PID 1, and stays as a zombie until PID 1 asks how it ended.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        return {**super().service(service), "stop_grace_period": f"{service.workload.stop_grace}s"}

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """Not where the image's own init has to be process 1."""
        if seen.image.own_init or not seen.image.known_from:
            if seen.whole and seen.fragment.get("init") is not True:
                why = (
                    "the image brings an init that has to be process 1"
                    if seen.image.own_init
                    else "whether the image brings an init of its own is not known"
                )
                yield Left(self.id, why, ("init: true  # not for images with s6 or systemd: these stop at once",))
            return
        yield from super().mends(seen, aim)

    def probes(self, service: Service) -> tuple[Probe, ...]:
        def observe(live: Live) -> str:
            return "init" if live.inspect()["HostConfig"].get("Init") else "the program itself"

        return (Probe("PID 1 is an init", "init", observe, inspected("{{.HostConfig.Init}}", "true")),)
