"""One observation: run it loosely and watch, propose, run it hardened as proposed, leave each thing out once."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wizard.engine import labelled
from wizard.engine.archive import Entry, entry
from wizard.engine.docker import Docker
from wizard.observe import forms, outside, proposal, using
from wizard.observe.bench import Bench, Trial, Use
from wizard.observe.evidence import Judged, Observation
from wizard.observe.folding import folded
from wizard.observe.polling import Polling
from wizard.observe.proposal import Item
from wizard.observe.reducing import reduced
from wizard.observe.seen import Seen, Watcher
from wizard.observe.subject import WAIVED_USER, Rendered, Subject, Written
from wizard.observe.tracing.watcher import FOLDER as TRACES
from wizard.observe.tracing.watcher import Tracing
from wizard.observe.trying import Tries
from wizard.prove import own_project
from wizard.prove.own_project import LABEL, OwnProject
from wizard.resolve import APP_USER
from wizard.syscalls import GROUPS

FOLDER = "seawall-observe-"
Tell = Callable[[str], None]


class Options(Struct, frozen=True):
    """What was asked for. `seconds` is how long it is watched, `patience` how long it may take to get ready."""

    seconds: float = 20
    exercise: str = ""
    quick: bool = False
    by_hand: bool = False
    """Whether a person uses it until Enter is pressed."""
    patience: float = 120


def observe(subject: Subject, options: Options, tell: Tell, say: Callable[[str], None], docker: Docker) -> Observation:
    """Observe one service. Raises UsageError for what cannot be read or built, NoEngineError; cleans up whatever happens."""
    with OwnProject(docker, subject.paths, purpose="observe") as project:
        found = _Observing(subject, options, tell, say, docker, project).run()
    found.notes += [f"the engine would not remove {one}" for one in project.left]
    return found


def sweep(docker: Docker) -> None:
    """Remove what killed runs of this machine left. Raises NoEngineError."""
    docker.version()
    own_project.sweep(docker, FOLDER, own_project.FOLDER, TRACES)


def watchers(docker: Docker) -> list[Watcher]:
    """Who watches: those that see more first."""
    return [Tracing(docker), Polling(docker)]


class _Observing:
    def __init__(self, subject: Subject, options: Options, tell: Tell, say: Callable[[str], None], docker: Docker, project: OwnProject) -> None:
        self.subject, self.options, self.tell, self.say, self.docker, self.project = subject, options, tell, say, docker, project
        self.found = Observation(project.name, subject.service, options.exercise)
        self.image: dict[str, Any] = {}
        self._known: dict[str, Entry | None] = {}

    def run(self) -> Observation:
        began = time.monotonic()
        self.tell("read and build")
        said = self.subject.learn(self.project) if isinstance(self.subject, Written) else ""
        said = said or self.subject.put(self.project, {}, loose=True)
        self.found.service = self.subject.service
        if said:
            return self._failed(f"it cannot be built: {said.strip().splitlines()[-1][-200:]}", said.splitlines())
        bench = Bench(self.docker, self.project, self.subject.service, self.options.patience)
        self.image = dict(bench.image())
        bench.calm = 0.0 if self.options.exercise else bench.calm
        began = self._took("build", began)
        loose = self._loosely(bench)
        began = self._took("watch", began)
        if not loose.works or loose.seen is None:
            return self._failed(f"it does not work even with a writable root and the default capabilities: {loose.why}", loose.said)
        self.found.seen = loose.seen
        self._propose(bench, loose)
        self._took("verify", began)
        return self.found

    def _took(self, what: str, began: float) -> float:
        now = time.monotonic()
        self.found.seconds[what] = round(now - began, 2)
        return now

    def _failed(self, why: str, said: Iterable[str]) -> Observation:
        self.found.trouble, self.found.said = why, [line for line in said if line.strip()][-8:]
        return self.found

    def _loosely(self, bench: Bench) -> Trial:
        service = self.project.definition["services"][self.subject.service]
        if service.get("privileged"):
            self.found.notes.append("privileged is left out: nothing is ever started with it here")
        self.tell("run it with a writable root, and watch")
        trial = bench.run(self._form(service), self._use(), watchers(self.docker))
        user = str(service.get("user") or self.image["Config"].get("User") or "0").partition(":")[0]
        refused = list(proposal.refusals((*trial.said, trial.why)).values())
        if user in ("0", "root") or (trial.works and not refused):
            return trial
        self.tell("run it once more as root, since something was refused to its user")
        again = bench.run(self._form(service, "0:0"), self._use(alone=True), watchers(self.docker))
        if not again.works or again.seen is None:
            return trial
        self.found.notes.append(f"what it writes was seen as root, since its user {user} was refused something: {(refused or [trial.why])[-1][:160]}")
        # Who it runs as is what it was started as, not root.
        users = trial.seen.users if trial.seen else ()
        seen = again.seen.merged(trial.seen) if trial.seen else again.seen
        return replace(again, seen=replace(seen, users=users))

    def _form(self, service: dict[str, Any], user: str = "") -> dict[str, Any]:
        return forms.reachable(forms.loosened(service, user), self._ports())

    def _ports(self) -> list[tuple[int, str]]:
        exposed = (name.partition("/") for name in self.image["Config"].get("ExposedPorts") or {})
        declared: list[Any] = list(self.subject.answers.get("ports") or ())
        return sorted({*((int(port), protocol or "tcp") for port, _, protocol in exposed),
                       *((int(row["container"]), str(row.get("protocol") or "tcp")) for row in declared)})  # fmt: skip

    def _use(self, alone: bool = False) -> Use:
        """How it is used while it is watched; `alone` where nobody is asked again."""
        if self.options.exercise:
            return using.several(using.by_command(self.options.exercise, self.options.patience), using.watched(1.5))
        if self.options.by_hand and not alone:
            return using.by_person(self.say)
        return using.watched(min(self.options.seconds, 5) if alone else self.options.seconds)

    def _propose(self, bench: Bench, loose: Trial) -> None:
        seen = loose.seen or Seen()
        answers = self.subject.answers
        listening = list(proposal.ports(seen, answers.get("ports") or ()))
        services = frozenset(self.project.definition["services"])
        listening += outside.items(seen, answers, services)
        self.found.notes += outside.companions(seen, answers, services)
        awaited = [f"{one.port}/{one.protocol}" for one in seen.listening if one.is_reachable and one.port < proposal.LENT]
        patience = max(4.0, min(3 * loose.seconds, 30.0))
        use = using.by_command(self.options.exercise, patience) if self.options.exercise else using.by_listening(self.docker, awaited, patience)
        bench.patience = max(10.0, min(self.options.patience, 4 * loose.seconds))
        ports = sorted({*self._ports(), *((one.port, one.protocol) for one in seen.listening if one.is_reachable and one.port < proposal.LENT)})
        tries = Tries(self.subject, bench, use, ports, loose, not self.options.exercise, self.tell)
        best: tuple[tuple[Item, ...], Trial] | None = None
        for plan in self._plans(seen):
            items, trial = tries.wider((*plan, *listening), f"run it hardened: {', '.join(item.title for item in plan)[:120] or 'with nothing more'}")
            best = (items, trial)
            if trial.works:
                break
        if best and not best[1].works and any(item.key == "waivers" for item in best[0]):
            # Nobody saw what its init takes to pass signals on to another user, for one.
            more = proposal.further(best[0], best[1].why)
            items, trial = tries.wider((*best[0], *more), "run it hardened, with all capabilities that the engine gives by default")
            best = (items, trial) if trial.works else best
        assert best is not None
        items, trial = best
        self.found.runs = tries.count
        if not trial.works:
            self.found.judged = [Judged(item, "kept") for item in items]
            self.found.answers = tries.answers(items)
            self._failed(trial.why, trial.said)
        else:
            self._reduce(tries, items)
        self._seccomp(tries, seen)
        self._not_exercised(seen)
        self.found.runs = tries.count + 1

    def _plans(self, seen: Seen) -> list[tuple[Item, ...]]:
        """What is tried one after the other: as a user with nothing, as that user with capabilities, as root with those that it takes."""
        start = self._start()
        if start and start[0]:
            folders = self._folders(seen, start)
            known: Any = self.subject.answers.get("user")
            user = (
                ()
                if known or "stack" in self.subject.answers
                else (Item("user", {"uid": start[0], "gid": start[1]}, ("the image starts as this user",), "sure", False),)
            )
            more = () if "stack" in self.subject.answers else (proposal.capabilities(seen),)
            return [(*user, *folders), *((*user, *caps, *folders) for caps in more if caps)]
        plans: list[tuple[Item, ...]] = []
        became = proposal.final_user(seen)
        if became:
            known = list(dict.fromkeys(one.process for one in seen.users if (one.uid, one.gid) == became and one.process))
            # The last ones are those that go on.
            names = ", ".join(known[-3:])
            user = (Item("user", {"uid": became[0], "gid": became[1]}, (f"root becomes {became[0]}:{became[1]} ({names})",), "likely", False),)
        else:
            became = (APP_USER.uid, APP_USER.gid)
            user = (Item("user", {"uid": became[0], "gid": became[1]}, ("it runs as root, and was tried as a user of its own",), "guess", False),)
        plans.append((*user, *self._folders(seen, became)))
        waived = (Item("waivers", WAIVED_USER, (f"it does not work as {became[0]}:{became[1]}",), "likely", False),)
        root = self._folders(seen, (0, 0))
        plans.append((*waived, *proposal.capabilities(seen), *root))
        return plans

    def _start(self) -> tuple[int, int] | None:
        """Whom it is started as, as numbers; root where neither answers nor image name somebody else."""
        user: Any = self.subject.answers.get("user")
        if user:
            return int(user["uid"]), int(user["gid"])
        if "stack" in self.subject.answers:
            return APP_USER.uid, APP_USER.gid
        named = str(self.image["Config"].get("User") or "0")
        if named.partition(":")[0] in ("0", "root"):
            return None
        return next(((one.uid, one.gid) for one in self.found.seen.users), None)

    def _folders(self, seen: Seen, user: tuple[int, int]) -> tuple[Item, ...]:
        volumes = frozenset(str(path) for path in self.image["Config"].get("Volumes") or {})
        known: dict[str, Any] = {str(row["path"]): row for row in self.subject.answers.get("writable") or ()}
        service = self.project.definition["services"][self.subject.service]
        tmpfs = (str(one).partition(":")[0] for one in service.get("tmpfs") or ())
        mounts = (str(one.get("target")) for one in service.get("volumes") or ())
        mounted = sorted({*known, *tmpfs, *mounts, *volumes})
        image = proposal.Image(self._entries(folder.path for folder in folded(seen.writes, mounted)), volumes)
        found = proposal.writable(seen, image, mounted, known, user)
        self.found.left = list(found.left)
        return found.items

    def _entries(self, paths: Iterable[str]) -> dict[str, Entry | None]:
        """What the image has at each path."""
        paths = [path for path in paths if path not in self._known]
        words = ("create", "--network", "none", "--label", f"{LABEL}={labelled.owner()}", self.image["Id"], "none")
        code, said = self.docker.demand(words, 60) if paths else (1, "")
        container = said.strip().splitlines()[-1] if code == 0 and said.strip() else ""
        try:
            self._known |= {path: entry(self.docker, container, path) for path in paths} if container else {}
            return self._known
        finally:
            if container:
                self.docker.do(("container", "rm", "--force", "--volumes", container), 60)

    def _reduce(self, tries: Tries, items: tuple[Item, ...]) -> None:
        """Leave each optional item out; what it still works without goes."""
        fixed = [item for item in items if not item.optional]
        optional = [item for item in items if item.optional]
        if self.options.quick:
            self._keep(tries, fixed, optional, ())
            return

        def works(some: Sequence[Item]) -> bool:
            out = [item.title for item in optional if item not in some]
            return tries.of((*fixed, *some), f"leave out {', '.join(out)[:120]}").works

        needed = reduced(optional, works)
        self._keep(tries, fixed, needed, [item for item in optional if item not in needed])

    def _keep(self, tries: Tries, fixed: Sequence[Item], needed: Sequence[Item], gone: Sequence[Item]) -> None:
        for item in (*fixed, *needed):
            if item.optional and not self.options.quick:
                others = [one for one in needed if one is not item]
                without = tries.of((*fixed, *others), f"leave out {item.title}")
                self.found.judged.append(Judged(item, "needed", without.why))
            else:
                self.found.judged.append(Judged(item, "kept"))
        self.found.judged += [Judged(item, "not needed") for item in gone]
        kept = tuple(one.item for one in self.found.judged if one.verdict != "not needed")
        self.found.answers = tries.answers(kept)
        if isinstance(self.subject, Written):
            self.subject.put(self.project, self.found.answers, loose=False)
            service = self.project.definition["services"][self.subject.service]
            wanted = ("user", "read_only", "tmpfs", "cap_drop", "cap_add", "security_opt")
            self.found.fragment = {key: service[key] for key in wanted if key in service}

    def _seccomp(self, tries: Tries, seen: Seen) -> None:
        """Groups of system calls that nobody made, once it was seen to work without them."""
        if (
            self.found.trouble
            or not isinstance(self.subject, Rendered)
            or self.options.quick
            or self.subject.answers.get("seccomp", "default") != "default"
        ):
            return
        if seen.why_not("calls"):
            return
        used = [group.id for group in GROUPS if group.id in seen.groups]
        kept = [one.item for one in self.found.judged if one.verdict != "not needed"]
        rows = [Item("seccomp", "trimmed", (f"{len(seen.calls)} system calls were made",), "likely", False)]
        rows += [
            Item("calls", name, (", ".join(sorted(seen.calls & set(group.calls))) or group.purpose,), "sure", False)
            for group in GROUPS
            for name in [group.id]
            if name in used
        ]
        if tries.of((*kept, *rows), "run it without the groups of system calls that it does not make").works:
            self.found.judged += [Judged(item, "kept") for item in rows]
            self.found.answers = tries.answers((*kept, *rows))
            self.found.calls_that_can_go = tuple(group.id for group in GROUPS if group.id not in used)

    def _not_exercised(self, seen: Seen) -> None:
        lines = self.found.not_exercised
        health = self.project.definition["services"][self.subject.service].get("healthcheck") or self.image["Config"].get("Healthcheck")
        if not self.options.exercise:
            asked = "its health check" if health else "nothing but time"
            who = "you" if self.options.by_hand else asked
            lines.append(f"{who} used it, and the hardened runs saw only {asked} and its ports: say --exercise CMD to repeat more")
        heard = {(one.port, one.protocol) for one in seen.listening}
        if not seen.why_not("listening"):
            lines += [
                f"port {port}/{protocol} is declared, and nobody listened on it" for port, protocol in self._ports() if (port, protocol) not in heard
            ]
        lines += [f"{one.what}: {one.why}" for one in seen.not_learned]
        lines.append("what comes later: a second start with data that is there, a reload, log rotation, an upgrade, more load")
