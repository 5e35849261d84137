"""Health check."""

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from wizard.control import Control, Flaw, Fragment, Instruction, Live, Probe, Severity, Step, inspected
from wizard.foreign import Foreign, ForeignImage
from wizard.known_image import Pace
from wizard.mend import Aim, Edit, Left, Mend
from wizard.mistake import Lines, Mistake
from wizard.project import Service
from wizard.question import Question
from wizard.spelling import HEALTH

_USUAL = Pace()
_ANOTHER_PORT = re.compile(r"(?<![\w-])--?(?:[a-z-]*port|p)\b|\bport=", re.IGNORECASE)
"""Words of a command that make it listen somewhere else than its image's own check asks."""


class HealthCheck(Control):
    """It says whether it works.

    Why:
    A process that runs is not a service that answers. One request too many and it hangs, while `docker ps` says Up. The
    check is what makes `depends_on` wait, what makes a bad deploy visible, and what proves here that hardening broke
    nothing. It uses only what the image has: no curl is installed for it.

    What may break:
    A check that asks for too much (a slow query, another service) makes a healthy service look ill.

    How it shows:
    `unhealthy` in `docker ps`; the reason is in `docker inspect -f '{{json .State.Health}}'`. A missing program reads
    `executable file not found in $PATH`.

    References:
    CIS Docker 4.6, 5.27; Docker docs: Define services in Docker Compose, «healthcheck»; measured: checks run under the
    service's own user, capabilities and filter.
    """

    id = "health-check"
    severity = Severity.WARN
    step = Step.USE_UP
    stops = "A service that was brought to hang no longer passes for one that works."
    stands = "A crash, unlike hanging, is still answered (restart-policy), and what hangs takes no more than its limit (resource-limits)."
    settings: ClassVar[tuple[str, ...]] = ("healthcheck", "HEALTHCHECK")
    keys: ClassVar[tuple[str, ...]] = ("healthcheck",)
    questions = (
        Question(
            "health", "Health", "How does one see that it works?",
            "A path that answers with 200 is best; «tcp PORT» sees that it listens; «none: reason» leaves it out.",
            HEALTH, "health-check", fact=True,
        ),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "The check asks a port that the program does not listen on.",
            {"healthcheck": {"test": ["CMD", "bash", "-c", "</dev/tcp/127.0.0.1/8080"],
                             "interval": "1s", "timeout": "5s", "retries": 1}}, "unhealthy",
            {"healthcheck": {"test": ["CMD", "bash", "-c", "</dev/tcp/127.0.0.1/8000"],
                             "interval": "1s", "timeout": "5s", "retries": 1}}, "(healthy)",
            program="exec python -m http.server 8000", look="docker ps --filter name=CONTAINER",
            why="the program worked all the time; the check has to ask where it listens.",
        ),
        Mistake(
            "The check uses wget, and the image has none.",
            Lines("Dockerfile", 'HEALTHCHECK --interval=1s --retries=1 CMD ["wget", "-q", "http://127.0.0.1:8000"]'),
            "executable file not found in $PATH",
            Lines("Dockerfile", 'HEALTHCHECK --interval=1s --retries=1 CMD ["bash", "-c", "</dev/tcp/127.0.0.1/8000"]'), '"Status":"healthy"',
            program="exec python -m http.server 8000", look="docker inspect -f '{{json .State.Health}}' CONTAINER",
            why="a check runs in the container: with what the image has.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        if service.health is None:
            return {}
        return {"healthcheck": {"test": ["CMD", *service.health], **service.pace.times()}}

    def image(self, service: Service) -> tuple[Instruction, ...]:
        if service.health is None:
            return ()
        return (Instruction(as_instruction(service.health, service.pace), "user"),)

    def lacks(self, seen: Foreign) -> Iterator[Flaw]:
        check = seen.fragment.get("healthcheck")
        if check is not None:
            test = check.get("test")
            if str(check.get("disable")).lower() == "true" or test in ("NONE", ["NONE"]):
                yield Flaw("the health check is switched off", "see with one that it works, or waive this control with a reason", "healthcheck")
            elif test is None and seen.whole and not seen.image.health:
                yield Flaw("the health check has no test", "add test: [CMD, ...]", "healthcheck")
        elif seen.whole and not seen.image.health:
            unknown = " here; whether its image has one is unknown" if seen.image.health is None else ", and its image has none"
            yield Flaw(f"no healthcheck{unknown}", "add a healthcheck with a program that the image has")

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """A check that the image's own tools can make, where the image is known and starts as it is made to."""
        if not seen.whole or "healthcheck" in seen.fragment or seen.image.health:
            return
        if aim.job:
            yield Left(
                self.id, "it ends by itself: others wait for that, not for its health", ("healthcheck: {disable: true}  # and waive health-check",)
            )
        elif seen.image.health_test and "entrypoint" not in seen.fragment and not _ANOTHER_PORT.search(str(seen.fragment.get("command", ""))):
            check = {"test": ["CMD", *seen.image.health_test], **seen.image.pace.times()}
            yield Mend(self.id, (Edit(("healthcheck",), check),), self.page.reason)
        else:
            yield Left(self.id, "how one sees that it works is not known",
                       ("healthcheck:", "  test: [CMD, ...]  # a program that the image has; exit code 0 is healthy",
                        "  interval: 10s", "  timeout: 6s", "  retries: 3", "  start_period: 30s"))  # fmt: skip

    def judge_image(self, image: ForeignImage) -> Iterator[Flaw]:
        if image.built_here or image.start.health:
            return
        off = next((one for one in reversed(image.instructions) if one.name == "HEALTHCHECK"), None)
        if off:
            yield Flaw("HEALTHCHECK NONE: nothing sees whether it works", "name a program that the image has", severity=Severity.INFO, line=off.line)
        else:
            yield Flaw("no HEALTHCHECK", "add one with a program that the image has, or a healthcheck where it is run", severity=Severity.INFO)

    def notes(self, service: Service) -> tuple[str, ...]:
        if service.health is not None:
            return ()
        reason = service.workload.health.none if service.workload.health else "no port or path is known; give health"
        return (f"no health check: {reason}",)

    def probes(self, service: Service) -> tuple[Probe, ...]:
        def observe(live: Live) -> str:
            return str(live.inspect()["State"].get("Health", {}).get("Status", "no check"))

        return (Probe("health", "healthy", observe, inspected("{{.State.Health.Status}}", "healthy")),) if service.health else ()


def as_instruction(test: Sequence[str], pace: Pace = _USUAL) -> str:
    """A check in exec form as a Dockerfile has it."""
    import json

    times = f"--interval={pace.interval}s --timeout={pace.timeout}s --start-period={pace.start}s --retries=3"
    return f"HEALTHCHECK {times} \\\n    CMD {json.dumps(list(test), ensure_ascii=False)}"
