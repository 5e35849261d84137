"""Restart policy."""

from collections.abc import Iterator
from typing import ClassVar

from wizard.control import Control, Fragment, Live, Must, Probe, Severity, Step, inspected
from wizard.foreign import Foreign
from wizard.mend import Aim, Edit, Left, Mend
from wizard.mistake import Mistake
from wizard.project import Service
from wizard.question import Choice, Question
from wizard.spelling import TEXT


class RestartPolicy(Control):
    """It comes back after a crash.

    Why:
    Health checks do not restart anything by themselves: without a policy a crashed service stays down until a person
    looks. One request that crashes it is an outage then. `unless-stopped` also survives a reboot of the host;
    `on-failure:5` gives up after five crashes in a row, which CIS asks for; both pass.

    What may break:
    A service that cannot start at all is restarted for ever with `unless-stopped`: watch the restart count, or say
    on-failure:5.

    How it shows:
    `docker ps --all` shows `Exited (1)` where there is no policy, and `Restarting` for what cannot start at all;
    `docker inspect -f '{{.RestartCount}}'` grows.

    References:
    CIS Docker 5.15; OWASP Docker rule 7.
    """

    id = "restart-policy"
    severity = Severity.WARN
    step = Step.USE_UP
    stops = "A request that crashes the program takes the service away for a second, not until somebody wakes up."
    stands = "It stays down, and only what waits for it to be healthy says so (health-check)."
    settings: ClassVar[tuple[str, ...]] = ("restart",)
    keys: ClassVar[tuple[str, ...]] = ("restart",)
    must: ClassVar[tuple[Must, ...]] = (Must("restart", example="unless-stopped"),)
    questions = (
        Question(
            "restart", "Restart", "When is it started again?", "After a crash, and after a reboot of the host?",
            TEXT, "restart-policy",
            (Choice("unless-stopped", "always, until it is stopped by hand", "also after a reboot of the host"),
             Choice("on-failure:5", "after a crash, at most five times", "what CIS 5.15 asks for; not after a reboot"),
             Choice("no", "never", "jobs that end by themselves")),
            basic=False,
        ),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "It crashed once, and there is no policy.",
            {"restart": "no"}, "Exited (1)", {"restart": "unless-stopped"}, "it came back",
            program="test -e /tmp/started || { touch /tmp/started; exit 1; }; echo it came back; exec sleep 60",
            look="docker ps --all --filter name=CONTAINER; docker logs CONTAINER",
            why="the second start would have worked, and nobody made it.",
        ),
        Mistake(
            "Its command is misspelt, and it is restarted for ever.",
            {"restart": "unless-stopped"}, "Restarting", {"restart": "on-failure:2"}, "Exited (127)",
            program="/app/srever", look="docker ps --all --filter name=CONTAINER; docker inspect -f '{{.RestartCount}}' CONTAINER",
            why="on-failure gives up after its number of tries, and one notices; then mend the command.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        return {"restart": service.workload.restart}

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """A job says that it is one; what serves is started again."""
        if not seen.whole or "restart" in seen.fragment:
            return
        if aim.job:
            yield Mend(self.id, (Edit(("restart",), "no"),), "It ends by itself, and others wait for that: said, so that nobody adds a policy.")
        elif aim.serves:
            yield Mend(
                self.id,
                (Edit(("restart",), "unless-stopped"),),
                self.page.reason,
                "it is started again after a crash, and after a reboot of the host",
            )
        else:
            yield Left(self.id, "whether it serves or ends by itself is not known", ('restart: unless-stopped  # "no" for a job that ends',))

    def probes(self, service: Service) -> tuple[Probe, ...]:
        def observe(live: Live) -> str:
            policy = live.inspect()["HostConfig"]["RestartPolicy"]
            count = policy.get("MaximumRetryCount")
            return f"{policy['Name'] or 'no'}:{count}" if count else policy["Name"] or "no"

        wanted = service.workload.restart
        form = "{{.HostConfig.RestartPolicy.Name}}:{{.HostConfig.RestartPolicy.MaximumRetryCount}}"
        return (Probe("restart policy", wanted, observe, inspected(form, wanted if ":" in wanted else f"{wanted}:0")),)
