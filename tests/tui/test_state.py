"""One truth: what is typed into any field is what `--set` says (law 9), and the state alone makes the screen again."""

# ruff: noqa: F811 (fixtures are imported)

import random
import shutil
from pathlib import Path

import pytest

from tests.test_prompts import _BEFORE, SAMPLES
from tests.thorough import thorough
from tests.tools import APPS, copy_app
from tests.tui.driving import PAGE_KEYS, Person, app_for, drive, empty, files, ledger, said_by, state_folder, without_bars  # noqa: F401
from wizard import drafts
from wizard.question import value
from wizard.questions import all_questions, question_of
from wizard.render import render
from wizard.tui.app import Seawall
from wizard.tui.choices import ChoiceField, ManyField
from wizard.tui.fields import TextField
from wizard.tui.menu import Menu
from wizard.tui.pages import DONE, REVIEW, SUMMARY
from wizard.tui.preview import Sheet
from wizard.tui.questions_page import field_for
from wizard.tui.rows import RowsField
from wizard.tui.state import State

_APP = {"stack.source": "gate", "stack.runtime": "gate", "stack.arguments": "brochure"}
_EDITED = {
    "companions": ("postgres:16", "7"), "ports": ("900", "1"), "writable": ("/srv volume srv", "x"), "capabilities": ("NET_RAW: pings", "!"),
    "dns": ("9.9.9.9", "9"), "secrets": ("api_key", "2"), "environment": ("MODE=fast", "er"), "stack.packages": ("gunicorn==23.0", "1"), "stack.extensions": ("pdo_mysq", "l"),
    "stack.system_packages": ("libpq", "5"), "stack.arguments": ("VITE_A=1", "1"), "groups": ("44", "5"), "mounts": ("./app.toml:/etc/app.toml", "l"),
    "digests": (f"redis:8@sha256:{'a' * 64}", ""), "egress": ("api.example.co", "m"),
    "devices": ("/dev/ttyUSB0: reads", "s"), "waivers": ("read-only-rootfs=writes", "!"),
    "device_rules": ("c 188:* r: plugged", "d"), "limits.ulimits": ("nproc=20", "0"), "limits.disks": ("/dev/sda read-iops=10", "0"),
}  # fmt: skip
"""A row for each list, and what is typed behind it to make it another."""


def kind(question: object) -> type[object]:
    return field_for(question)  # type: ignore[arg-type]


def of_kind(*kinds: type[object]) -> list[str]:
    return [question.key for question in all_questions() if field_for(question) in kinds]


def folder_for(key: str, tmp_path: Path) -> Path:
    if key == "stack.extensions":
        (tmp_path / "app").mkdir()
        (tmp_path / "app" / "index.php").write_text("<?php echo 'hello';\n", encoding="utf-8")
        return tmp_path / "app"
    return copy_app(_APP.get(key, "ledger"), tmp_path / "app")


def shown_is_rendered(app: Seawall) -> None:
    """The preview is the rendering of the present answers, or says what they lack."""
    if app.derived.trouble:
        assert [sheet.name for sheet in app.board.files.sheets] == ["not complete yet"]
        return
    assert app.board.files.sheets == tuple(Sheet(made.path, made.lines) for made in render(app.state.session.workload))


async def to_rows(person: Person, key: str) -> None:
    """To the rows of a list."""
    field = person.app.board.body.field(key)
    for _ in range(40):
        if person.app.focused is field.menu:
            return
        await person.tap("tab")
    raise AssertionError(f"the rows of {key} are not reached by Tab")


async def without_rows(person: Person, key: str) -> None:
    """Delete all rows of a list, and come back to its line."""
    field = person.app.board.body.field(key)
    for _ in field._data() if key != "environment" else ():
        await to_rows(person, key)
        await person.tap("d")
    assert not field._data() or key == "environment", "a row that was found in the folder can be deleted"
    for _ in range(40):
        if person.app.focused is field.line:
            await person.settle()
            return
        await person.tap("tab")
    raise AssertionError(f"the line of {key} is not reached by Tab")


async def choose(person: Person, row: str) -> None:
    """Move to a row and press it."""
    menu = person.app.focused
    assert isinstance(menu, Menu)
    assert row in [one.id for one in menu.rows]
    await person.tap("home")
    while menu.row.id != row:
        await person.tap("down")
    await person.press("space")


# --- law 9 ----------------------------------------------------------------------------------------------------------------


def test_every_question_is_on_a_page_with_a_letter() -> None:
    assert {question.page for question in all_questions()} <= PAGE_KEYS.keys()
    assert set(_EDITED) == set(of_kind(RowsField))


@pytest.mark.parametrize("key", thorough(of_kind(TextField), of_kind(TextField)[::3]))
def test_a_typed_answer_equals_set(tmp_path: Path, key: str) -> None:
    folder, before = folder_for(key, tmp_path), _BEFORE.get(key, ())

    async def act(person: Person) -> None:
        await person.question(key)
        await person.press("end", "ctrl+u")
        await person.type(SAMPLES[key])
        assert person.workload == said_by(folder, *before, f"{key}={SAMPLES[key]}")
        assert person.workload != said_by(folder, *before)
        assert person.field_key == key
        assert person.app.focused.value == SAMPLES[key]
        shown_is_rendered(person.app)
        await person.press("enter")
        assert person.workload == said_by(folder, *before, f"{key}={SAMPLES[key]}")
        assert person.app.state.page != question_of(key).page

    drive(app_for(folder, settings=before), act)


_CHOICES = [(key, choice.value) for key in of_kind(ChoiceField) for choice in question_of(key).choices or ()]


@pytest.mark.parametrize(("key", "choice"), thorough(_CHOICES, _CHOICES[::3]))
def test_a_chosen_answer_equals_set(ledger: Path, key: str, choice: str) -> None:
    command = ["command=run it"] if key == "stack.language" else []

    async def act(person: Person) -> None:
        await person.question(key)
        await choose(person, choice)
        if command:
            await person.question("command")
            await person.press("end", "ctrl+u")
            await person.type("run it")
        assert person.workload == said_by(ledger, f"{key}={choice}", *command)
        shown_is_rendered(person.app)

    drive(app_for(ledger), act)


@pytest.mark.parametrize("choice", ["yes", "no"])
def test_yes_and_no_equal_set(ledger: Path, choice: str) -> None:
    async def act(person: Person) -> None:
        await person.question("internet")
        await choose(person, "yes" if choice == "no" else "no")
        await choose(person, choice)
        assert person.workload == said_by(ledger, f"internet={choice}")
        shown_is_rendered(person.app)

    drive(app_for(ledger), act)


def test_a_value_that_no_choice_offers_stays_and_can_be_chosen_again(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.question("restart")
        await choose(person, "no")
        assert person.workload.restart == "no"
        await person.press("ctrl+z")
        assert person.workload == said_by(ledger, "restart=on-failure:3")

    drive(app_for(ledger, settings=("restart=on-failure:3",)), act)


_MARKED = {
    "needs": (("ping",), ("low-port", "set-clock"), ("ping", "ping")),
    "extras": (("runbook", "docker-run"), ("debug",)),
    "calls": (("kernel-aio", "32-bit"),),
    "stack.quirks": (("prepare-script",),),
}


@pytest.mark.parametrize(("key", "chosen"), [(key, chosen) for key, rows in _MARKED.items() for chosen in rows])
def test_marked_answers_equal_set(ledger: Path, key: str, chosen: tuple[str, ...]) -> None:
    async def act(person: Person) -> None:
        await person.question(key)
        for name in chosen:
            await choose(person, name)
        left = [name for name in chosen if chosen.count(name) == 1]
        assert person.workload == said_by(ledger, *before, f"{key}={','.join(left)}")
        shown_is_rendered(person.app)

    before = ("seccomp=trimmed", "extras=[]")
    assert set(of_kind(ManyField)) == set(_MARKED)
    drive(app_for(ledger, settings=before), act)


@pytest.mark.parametrize("key", thorough(of_kind(RowsField), of_kind(RowsField)[::2]))
def test_rows_that_are_added_equal_set(tmp_path: Path, key: str) -> None:
    folder = folder_for(key, tmp_path)

    async def act(person: Person) -> None:
        await person.question(key)
        await without_rows(person, key)
        await person.type(SAMPLES[key])
        await person.press("enter")
        assert value(person.workload, key) == value(said_by(folder, f"{key}={SAMPLES[key]}"), key)
        assert person.workload == said_by(folder, f"{key}={SAMPLES[key]}")
        assert person.app.focused.value == "", "the line is empty for the next one"
        shown_is_rendered(person.app)

    drive(app_for(folder), act)


@pytest.mark.parametrize("key", thorough(of_kind(RowsField), of_kind(RowsField)[::4]))
def test_a_row_that_is_edited_or_deleted_equals_set(tmp_path: Path, key: str) -> None:
    folder = folder_for(key, tmp_path)
    first, more = _EDITED[key]

    async def act(person: Person) -> None:
        await person.question(key)
        await without_rows(person, key)
        await person.type(first)
        await person.press("enter")
        one = person.workload
        assert one == said_by(folder, f"{key}={first}")
        await to_rows(person, key)
        await person.press("end", "e")
        question = question_of(key)
        assert person.app.focused.value == question.format(question.parse(first))
        await person.type(more)
        edited = person.app.focused.value
        await person.press("enter")
        assert person.workload == said_by(folder, f"{key}={edited}")
        shown_is_rendered(person.app)
        await to_rows(person, key)
        await person.press("e", "escape")
        assert person.workload == said_by(folder, f"{key}={edited}")
        await to_rows(person, key)
        await person.press("end", "delete")
        assert person.workload == said_by(folder, f"{key}=")
        await person.press("ctrl+z")
        assert person.workload == said_by(folder, f"{key}={edited}")

    drive(app_for(folder), act)


def test_a_variable_that_was_found_can_be_deleted(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.question("environment")
        await to_rows(person, "environment")
        await person.press("d")
        assert person.workload.environment == {}

    drive(app_for(ledger), act)


def test_the_middle_one_of_three_rows_is_edited_where_it_is(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.question("ports")
        await person.type("8001,8002")
        await person.press("enter")
        await to_rows(person, "ports")
        await person.press("home", "down", "e", "end", "backspace")
        await person.type("9/udp")
        await person.press("enter")
        assert person.workload == said_by(ledger, "ports=8000,8009/udp,8002")
        await to_rows(person, "ports")
        await person.press("home", "backspace")
        assert person.workload == said_by(ledger, "ports=8009/udp,8002")

    drive(app_for(ledger), act)


def test_a_row_can_be_picked_from_a_list(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.question("capabilities")
        await person.press("f4")
        await person.type("net_raw")
        await person.press("enter")
        assert person.app.focused.value == "NET_RAW: "
        await person.type("pings")
        await person.press("enter")
        assert person.workload == said_by(ledger, "capabilities=NET_RAW: pings")
        await person.question("companions")
        before = person.workload
        await person.press("f4", "escape")
        assert person.workload == before
        assert person.field_key == "companions"

    drive(app_for(ledger), act)


@pytest.mark.parametrize(
    ("line", "setting"),
    [
        ("9090", "ports+=9090"), ("/srv", "writable+=/srv"), ("redis as queue", "companions+=redis as queue"), ("LOG=info", "environment+=LOG=info"),
        ("./app.toml:/etc/app.toml", "mounts+=./app.toml:/etc/app.toml"), ("secret api_key", "secrets+=api_key"),
        ("NET_RAW: pings, often", 'capabilities+="NET_RAW: pings, often"'), ("/dev/ttyUSB0: reads", "devices+=/dev/ttyUSB0: reads"),
    ],
)  # fmt: skip
def test_the_line_that_adds_equals_set(ledger: Path, line: str, setting: str) -> None:
    async def act(person: Person) -> None:
        await person.press("plus")
        await person.type(line)
        await person.press("enter")
        assert person.workload == said_by(ledger, setting)
        shown_is_rendered(person.app)

    drive(app_for(ledger), act)


def test_an_expert_answers_one_question_after_the_other(ledger: Path) -> None:
    """Everything that applies to one service, in one go, page by page."""
    left_out = {
        "stack.language",
        "image",
        "stack.source",
        "stack.runtime",
        "stack.extensions",
        "stack.build",
        "stack.quirks",
        "stack.arguments",
        "ingress",
        "restart",
        "stack.lockfile",
        "calls",
        "repository",
        "egress",
    }
    told = {key: text for key, text in SAMPLES.items() if key not in left_out}

    async def act(person: Person) -> None:
        for question in all_questions():
            if question.key not in told:
                continue
            await person.question(question.key)
            if field_for(question) is RowsField:
                await without_rows(person, question.key)
                await person.burst(*told[question.key])
                await person.press("enter")
            elif field_for(question) is TextField:
                await person.press("end", "ctrl+u")
                await person.burst(*told[question.key])
            else:
                wanted = [word.strip() for word in told[question.key].split(",")]
                marked = value(person.workload, question.key) if field_for(question) is ManyField else []
                for each in (*(name for name in marked if name not in wanted), *(name for name in wanted if name not in marked)):
                    await choose(person, each)
        assert person.workload == said_by(ledger, *(f"{key}={text}" for key, text in told.items()))
        shown_is_rendered(person.app)
        await person.page(REVIEW)
        await person.press("enter")
        assert person.app.state.page == DONE, person.text

    drive(app_for(ledger), act)
    assert said_by(ledger) == said_by(APPS / "ledger", *(f"{key}={text}" for key, text in told.items())), "and the saved answers say it again"


# --- the state makes the screen -------------------------------------------------------------------------------------------

_MOVES = (
    ("p", "9090", "enter"), ("w", "/srv", "enter"), ("n", "space"), ("n", "down", "down", "space"), ("r", "tab", "down", "space"), ("o", "x"),
    ("l", "tab"), ("s", "tab", "A=1", "enter"), ("c", "down", "down", "w", "because", "enter"), ("v",), ("m", "tab", "space"), ("ctrl+b",),
    ("ctrl+z",), ("ctrl+z",), ("ctrl+y",), ("plus", "redis", "enter"), ("h",), ("u", "1:2"), ("x", "tab"), ("plus", "NOT", "enter", "ctrl+u"),
)  # fmt: skip


@pytest.mark.parametrize("seed", thorough(range(6), (0, 1)))
def test_an_app_made_from_the_state_shows_the_same(ledger: Path, seed: int) -> None:
    chance = random.Random(seed)
    size = [(160, 50), (80, 24)][seed % 2]
    seen: list[list[object]] = []
    states: list[State] = []

    async def act(person: Person) -> None:
        for move in chance.choices(_MOVES, k=8):
            await person.press("escape", "escape", "escape")
            for part in move:
                await (person.tap(part) if part in _KEY_NAMES or len(part) == 1 or "+" in part else person.type(part))
        # To the page that the journey ended on, anew: a cursor, what is half typed, and what the line that adds said last are no state.
        page = person.app.state.page
        await person.press("escape", "escape", "escape", "plus", "end", "ctrl+u", "x", "backspace", "escape")
        await person.press(PAGE_KEYS[SUMMARY if page != SUMMARY else REVIEW], "escape")
        if page != SUMMARY:
            await person.press(PAGE_KEYS[page])
        states.append(person.app.state)
        seen.append(shown(person))

    drive(app_for(ledger), act, size)
    kept = states[0]
    drafts.forget(ledger)
    rebuilt = State(kept.session, kept.page, kept.focus, kept.before)

    async def look(person: Person) -> None:
        seen.append(shown(person))
        assert (person.app.state.session, person.app.state.page, person.app.state.focus) == (kept.session, kept.page, kept.focus)

    drive(app_for(ledger, state=rebuilt), look, size)
    for driven, again in zip(*seen, strict=True):
        assert driven == again


_KEY_NAMES = ("enter", "space", "down", "tab", "plus", "escape")


def shown(person: Person) -> list[object]:
    """What is on the screen, without scroll bars; of the files, which may be scrolled, all that is there, with its marks."""
    files = person.app.board.files
    lines = [line[: files.region.x] if files.region else line for line in person.screen]
    open_one = files._path if person.app.state.page != REVIEW else ""  # There a list goes over them.
    return [*without_bars(lines), open_one, files.sheets, dict(files._marks)]


# --- typed ahead ----------------------------------------------------------------------------------------------------------

_BURSTS = {
    "written": ("9", "0", "9", "0", "enter", "enter", "enter"),
    "through the pages": ("o", *["enter"] * 8, "ctrl+b", "ctrl+b"),
    "a row": ("p", *"9090,9191", "enter", "enter", *"/srv", "enter", "enter", "space", "down", "space", "enter"),
    "a name": ("o", "end", "ctrl+u", *"shop", "tab", "tab", "enter", "tab", "tab", "enter"),
    "a waiver": ("c", "down", "down", "w", *"no reason", "enter", "v", "ctrl+b", "ctrl+z"),
    "undone": ("plus", *"LOG=x", "enter", "escape", "p", *"81", "enter", "ctrl+z", "ctrl+z", "ctrl+y"),
    "a bad row": ("p", *"http", "enter", "enter", "ctrl+z", *"82", "enter", "enter"),
    "why": ("p", "f1", "escape", "f3", *"erofs", "escape", *"83", "enter"),
}


_BURST = [pytest.param(keys, id=name) for name, keys in _BURSTS.items()]


@pytest.mark.parametrize("keys", thorough(_BURST, _BURST[::2]))
def test_keys_typed_ahead_do_what_they_do_one_by_one(tmp_path: Path, keys: tuple[str, ...]) -> None:
    ended: list[tuple[object, ...]] = []
    for name in ("slow", "fast"):
        # In the same place both times: the path is on the screen, and where it is wrapped depends on it.
        shutil.rmtree(tmp_path / "ledger", ignore_errors=True)
        folder = copy_app("ledger", tmp_path)
        drafts.forget(folder)

        async def act(person: Person, name: str = name, folder: Path = folder) -> None:
            if name == "fast":
                await person.burst(*keys)
            else:
                for key in keys:
                    await person.press(key)
            focus = person.app.focused
            ended.append((
                person.workload, person.app.state.page, person.app.state.focus, type(focus), getattr(focus, "value", ""), type(person.app.screen),
                person.screen, sorted(files(folder)), len(person.app.state.past),
            ))  # fmt: skip

        drive(app_for(folder), act)
    slow, fast = ended
    assert fast == slow
    assert slow[0] != said_by(APPS / "ledger") or "enter" in keys


def test_keys_that_come_before_the_first_page_wait_for_it(ledger: Path) -> None:
    """What is typed while the program starts is not lost."""
    from tests.tui.driving import key_event

    app = app_for(ledger)

    async def act(person: Person) -> None:
        await person.settle()
        assert len(person.workload.ports) == 2

    for key in (*"9090", "enter"):
        app._waiting.append(key_event(key))
    drive(app, act)


def test_two_that_open_a_page_at_once_open_it_once(ledger: Path) -> None:
    """A click comes by its widget, a page that has to change by the app: neither waits for the other."""
    import asyncio

    async def act(person: Person) -> None:
        app = person.app
        await asyncio.gather(app.action_open("Ports"), app.action_open("Logging"), app._turn())
        await person.settle()
        assert (app.state.page, app.board.body.title_text) == ("Logging", "Logging")
        assert len(app.screen.query("#page")) == 1

    drive(app_for(ledger), act)
