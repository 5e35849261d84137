"""The proof in the wizard: its rows as they come, what was seen for each, stopping, leaving, saving, and the way to the question."""

# ruff: noqa: F811 (fixtures are imported)

import json
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.prove.stream import NASTY, broken, proof
from tests.tui.driving import Person, app_for, drive, ledger, state_folder  # noqa: F401
from wizard.engine.running import Stop
from wizard.errors import Interrupted, NoEngineError
from wizard.prove.evidence import Evidence, Report, Trouble
from wizard.prove.offer import Offer
from wizard.prove.progress import READ, Began, Event, Finished, Tell
from wizard.scaffold import Request, begin
from wizard.tui.derived import derive
from wizard.tui.leading import leads_to
from wizard.tui.pages import DONE
from wizard.tui.proving import ProveScreen, Run
from wizard.tui.static import Static


class Engine:
    """Stands in for one: tells events, and is then stopped, fails or has a report."""

    def __init__(self, events: Iterable[Event] = (), waits: bool = False, fails: Exception | None = None) -> None:
        self.events, self.waits, self.fails = list(events), waits, fails
        self.asked, self.told, self.removed = threading.Event(), threading.Event(), False
        self.runs = 0

    def by_engine(self, folder: Path) -> Run:
        return self.run

    def run(self, tell: Tell, stop: Stop) -> Report:
        self.runs += 1
        for event in self.events:
            tell(event)
        self.told.set()
        if self.waits:
            self.asked.clear()
            hear, stop.ask = stop.ask, lambda: (hear(), self.asked.set())[0]  # type: ignore[method-assign]
            self.asked.wait(30)
            self.removed = True
            raise Interrupted("interrupted; what was started is removed")
        if self.fails:
            raise self.fails
        last = self.events[-1]
        assert isinstance(last, Finished)
        return last.report


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.prove.offer.offer", lambda: Offer(True, "on an engine"))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, offered: None) -> Engine:
    made = Engine()
    monkeypatch.setattr("wizard.tui.proving.by_engine", made.by_engine)
    return made


async def to_the_proof(person: Person, engine: Engine) -> None:
    await person.press("v", "enter")
    assert person.app.state.page == DONE
    await person.press("down", "enter")
    await all_told(person, engine)


async def all_told(person: Person, engine: Engine) -> None:
    """Wait until the thread of the proof told all that it has to tell, and the screen shows it."""
    screen = person.app.screen
    assert isinstance(screen, ProveScreen)
    while not engine.told.is_set() or (screen.runs and not engine.waits):
        await person.pilot.pause(0.002)
    engine.told.clear()
    await person.settle()


def shows(person: Person, *texts: str) -> None:
    for text in texts:
        assert person.sees(text), f"{text!r} is not on the screen:\n" + "\n".join(person.screen)


def evidence(person: Person) -> str:
    """What stands beside the rows, whose lines are broken."""
    return str(person.app.screen.query_one("#seen Static", Static).content)


async def until(person: Person, text: str = "") -> None:
    """Wait for a text, or for the end of the app."""
    for _ in range(600):
        await person.settle()
        if person.app.ended is not None if not text else person.sees(text):
            return
        await person.pilot.pause(0.01)
    raise AssertionError(f"{text!r} does not come:\n" + "\n".join(person.screen))


async def again(person: Person, engine: Engine, *events: Event, fails: Exception | None = None) -> None:
    """Once more on the same screen, with other events."""
    engine.events, engine.fails = list(events), fails
    await person.press("r")
    await all_told(person, engine)


def test_what_was_seen_stands_beside_the_row_with_the_cursor_and_is_saved_beside_the_project(ledger: Path, engine: Engine) -> None:
    engine.events = list(proof())
    beside = ledger.parent / "ledger-proof.json"
    beside.write_text("mine")

    async def act(person: Person) -> None:
        await to_the_proof(person, engine)
        shows(person, "✓ build 12.3 s", "✓ tear down", "✓ Proven: 16 of 16 looks as expected", "ledger: 1 not provable, 4 ok")
        await person.press("down", "down")
        for size in ((160, 50), (60, 20), (80, 24)):
            await person.resize(*size)
            shows(person, "▸ ok ok read-only-rootfs", "expected: EROFS", "Esc close")
        assert "✓ creating a file in / with all rights\nexpected: EROFS\nobserved: EROFS\nhow: docker exec" in evidence(person)
        await person.press("down")
        shows(person, "▸ ? ? confinement-profiles")
        assert "has no AppArmor" in evidence(person)
        await person.press("f1")
        shows(person, "What may break")
        await person.press("escape")
        for downs in (0, 1, 2):
            await person.press("s", *["down"] * downs, "enter")
        assert beside.read_text() == "mine"
        assert json.loads((ledger.parent / "ledger-proof-2.json").read_text())["passed"]
        assert (ledger.parent / "ledger-proof.html").read_text().startswith("<!doctype html>")
        assert "<testsuites" in (ledger.parent / "ledger-proof.xml").read_text()
        assert not list(ledger.glob("*proof*"))
        await person.press("escape")
        assert person.app.state.page == DONE and not isinstance(person.app.screen, ProveScreen)

    drive(app_for(ledger), act)


def test_what_does_not_run_is_named_first_as_plain_text_and_leads_to_its_question(ledger: Path, engine: Engine) -> None:
    engine.events = list(broken(Trouble(NASTY, NASTY, "read-only-rootfs", NASTY, NASTY, NASTY, True)))

    async def act(person: Person) -> None:
        await to_the_proof(person, engine)
        assert evidence(person).count("[bold]x[/bold] <script>alert(1)</script>\\u001b[31m\\u0000\\u202e end") == 5
        await person.press("l")
        assert person.text.count("[bold]x[/bold] <script>") == 1
        await person.press("l")
        await again(person, engine, Began(READ), fails=NoEngineError("no container engine answers: it [bold]stopped[/bold]"))
        shows(person, "✗ No container engine answers: it [bold]stopped[/bold].", "R again")
        await again(person, engine, *broken())
        shows(person, "✗ Not proven", "▸ WHY ledger", "ledger does not run", "line: compose.yaml:15", "G its question")
        assert "Read-only file system" in evidence(person) and "add to tmpfs" in evidence(person)
        await person.press("g")
        assert (person.app.state.page, person.app.state.focus) == ("Writable paths", "writable")

    drive(app_for(ledger), act)


def test_esc_stops_it_and_says_so_and_leaving_asks_while_it_runs(ledger: Path, engine: Engine) -> None:
    engine.events, engine.waits = list(proof())[:6], True

    async def act(person: Person) -> None:
        await to_the_proof(person, engine)
        shows(person, "Esc stop", "ledger: 5 to come")
        await person.press("down", "escape")  # It stays a screen to move in.
        assert isinstance(person.app.screen, ProveScreen)
        await until(person, "Interrupted; what was started is removed.")
        assert engine.removed
        shows(person, "- - runs", "Esc close")
        engine.removed = False
        await again(person, engine, Began(READ))
        await person.press("ctrl+q")
        shows(person, "A proof is under way")
        await person.press("ctrl+q", "enter")  # Nor does it help to say it twice.
        shows(person, "Esc stop")
        assert engine.runs == 2 and not engine.removed
        await person.press("ctrl+q", "down", "enter")
        await until(person)
        assert engine.removed

    drive(app_for(ledger), act)


def test_why_it_cannot_be_proven_is_said_asked_again_on_demand_and_a_screen_that_goes_away_ends_it(
    ledger: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [Offer(False, "no docker command here"), Offer(True, "on an engine")]
    monkeypatch.setattr("wizard.prove.offer.offer", lambda: answers.pop(0))
    engine.events, engine.waits = [Began(READ)], True

    async def act(person: Person) -> None:
        await person.press("v", "enter")
        await until(person, "not now: no docker command here")
        await person.press("down", "enter")
        await until(person, "Esc stop")
        person.app.exit()

    drive(app_for(ledger), act)
    assert engine.asked.is_set()


LEADS = {
    "read-only-rootfs": ('keep it, and add to tmpfs: "/var/log:size=16m" (a volume, if that has to stay)', "writable"),
    "resource-limits": ("a higher mem_limit and memswap_limit", "limits.memory"),
    "internal-networks": ("list the names that it calls (--set egress=...), or start it without", "egress"),
    "non-root-user": ("give what it writes to this user in the image, or name the user that owns it", "user"),
    "minimal-capabilities": ("start it as the user that it becomes, or write cap_add: [CHOWN]", "capabilities"),
    "health-check": ("name a program that the image has, in exec form", "health"),
    "loopback-ports": ("publish another port than 80, or stop what has it", "ports"),
    "no-new-privileges": ("start it as the user that it needs, without sudo or programs with a setuid bit", "user"),
    "runs": ("read all that it says; it was exited with code 1", "Controls"),
}


def test_each_kind_of_trouble_leads_to_the_question_that_sets_it(ledger: Path) -> None:
    derived = derive(begin(Request(ledger, ledger)))
    for control, (change, key) in LEADS.items():
        assert leads_to(Trouble("ledger", "it says so", control, "", change, "why", False), derived) == key
    # What only the line says: the number of processes is another question than the memory.
    number = next(n for n, line in enumerate(derived.artifact("compose.yaml").lines, 1) if line.setting == "pids_limit")
    failed = Evidence("ledger", "resource-limits", "limits", "100", "none", False, 0.0, "", f"somewhere/compose.yaml:{number}")
    assert leads_to(failed, derived) == "limits.pids"
    assert leads_to(Trouble("postgres", "", "read-only-rootfs", "", "add to tmpfs", "", False), derived) == "companions"
