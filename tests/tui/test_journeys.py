"""Whole journeys by keys, and by the mouse: what a person presses, what was said then, and what stands in the files."""

# ruff: noqa: F811 (fixtures are imported)

import os
from pathlib import Path

import pytest
import yaml
from textual.widgets import Static

from tests.tools import seawall
from tests.tui.driving import Person, app_for, drive, driven, empty, files, ledger, said_by, state_folder  # noqa: F401
from wizard import drafts
from wizard.chain import in_order
from wizard.controls import CONTROLS as ALL_CONTROLS
from wizard.controls import control_of
from wizard.questions import question_of
from wizard.tui.addline import AddLine
from wizard.tui.app import Ended, Seawall
from wizard.tui.handbook import Handbook
from wizard.tui.menu import Menu
from wizard.tui.pages import CONTROLS, DONE, REVIEW, SUMMARY
from wizard.tui.preview import Preview
from wizard.tui.why import WhyScreen

ARTIFACTS = {"Dockerfile", ".dockerignore", "compose.yaml", "seawall.yaml"}


def service(folder: Path, name: str = "ledger") -> dict:  # type: ignore[type-arg]
    return yaml.safe_load((folder / "compose.yaml").read_text())["services"][name]


def ended(app: Seawall) -> Ended:
    assert app.ended is not None
    return app.ended


def without_random_secrets(found: dict[str, bytes]) -> dict[str, bytes]:
    return {name: b"" if name.startswith("secrets/") and not name.endswith(".gitignore") else text for name, text in found.items()}


# --- Enter is enough ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(160, 50), (80, 24), (60, 20)])
def test_enter_alone_writes_what_yes_writes(ledger: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    before = files(ledger)
    twin = tmp_path / "twin" / "ledger"
    twin.parent.mkdir()
    os.system(f"cp -r {ledger} {twin}")
    assert seawall("--yes", str(twin)).returncode == 0

    async def act(person: Person) -> None:
        assert person.app.state.page == SUMMARY
        await person.press("enter")
        assert person.app.state.page == REVIEW
        assert files(ledger) == before
        await person.press("enter")
        assert person.app.state.page == DONE
        assert person.keys <= 4
        assert person.sees("Wrote 9 files") or size == (60, 20), "there the list of what comes next is seen first"
        await person.press("enter")

    app = drive(app_for(ledger), act, size)
    found = files(ledger)
    assert found.keys() > ARTIFACTS
    assert without_random_secrets(found) == without_random_secrets(files(twin))
    assert all(found[name] for name in found if name.startswith("secrets/"))
    finished = ended(app).finished
    assert finished is not None
    assert "docker compose up" in finished.text


def test_every_page_is_passed_with_enter_and_nothing_is_said_for_the_person(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("o")
        seen = [person.app.state.page]
        while person.app.state.page != REVIEW:
            await person.press("enter")
            seen.append(person.app.state.page)
            assert len(seen) < 20
        assert seen == ["Workload", "Companions and networks", "Ports", "Writable paths", "Needs and capabilities", "Secrets and environment",
                        "Health", REVIEW]  # fmt: skip
        assert person.app.state.session.answers.data(given=True) == {}

    drive(app_for(ledger), act)


def test_a_folder_that_shows_nothing_is_asked_for_what_is_missing(empty: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("enter")
        assert (person.app.state.page, person.field_key) == ("Workload", "stack.language")
        await person.press("down", "space")
        assert person.app.state.page == "Workload"
        await person.press("ctrl+b", "enter")
        assert person.field_key == "command"
        await person.type("node server.js")
        await person.press("v", "i")
        assert person.answer("command") == ["node", "server.jsvi"], "letters typed into a field are text"
        await person.press("backspace", "backspace")
        await person.press(*["enter"] * 20)

    app = drive(app_for(empty), act)
    assert ended(app).finished
    assert ended(app).session.workload == said_by(empty)
    assert (empty / "Dockerfile").read_text().count("FROM node:") >= 1
    assert '["node", "server.js"]' in (empty / "Dockerfile").read_text()


# --- few keys -------------------------------------------------------------------------------------------------------------


def test_a_port_a_volume_and_a_database_take_25_keys(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.type("9090,/srv,mariadb")
        await person.press("enter", "enter", "enter")
        assert person.app.state.page == DONE
        assert person.keys <= 25

    drive(app_for(ledger), act)
    compose = yaml.safe_load((ledger / "compose.yaml").read_text())
    assert any("9090" in str(port) for each in compose["services"].values() for port in each.get("ports", ()))
    assert "/srv" in [mount["target"] for mount in service(ledger)["volumes"]]
    assert "mariadb" in compose["services"]


def test_read_only_is_declined_with_8_keys_and_the_reason(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("c")
        await person.press(*["down"] * [control.id for control in ALL_CONTROLS].index("read-only-rootfs"))
        await person.press("w")
        assert person.sees("What still stands: The program's own files are root's")
        before = person.keys
        await person.type("writes beside its code")
        typed, person.keys = person.keys - before, before
        await person.press("enter")
        assert person.keys <= 8, f"{person.keys} keys, and {typed} for the reason"
        assert [(w.control, w.why) for w in person.workload.waivers] == [("read-only-rootfs", "writes beside its code")]
        await person.press("v", "enter")

    drive(app_for(ledger), act)
    assert "read_only" not in service(ledger)
    assert "writes beside its code" in (ledger / "seawall.yaml").read_text()
    assert "read_only" in service(ledger, "postgres"), "only the person's own service is relaxed"


def test_a_waiver_needs_a_reason_and_escape_leaves_it(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("c", "w", "enter")
        assert person.workload.waivers == ()
        assert "✗" in person.text
        await person.press("escape")
        assert person.workload.waivers == ()
        assert person.app.state.page == CONTROLS
        await person.press("w")
        await person.type("pinned elsewhere")
        await person.press("enter")
        assert [w.control for w in person.workload.waivers] == [ALL_CONTROLS[0].id]
        assert person.sees("waived: pinned elsewhere")
        await person.press("w")
        assert person.workload.waivers == (), "w puts it on again"

    drive(app_for(ledger), act)


# --- back, undo, redo -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("back", ["ctrl+b", "shift+tab"])
def test_back_loses_nothing(ledger: Path, back: str) -> None:
    async def act(person: Person) -> None:
        await person.press("p")
        await person.type("9090")
        await person.press("enter", "enter")
        assert person.app.state.page == "Writable paths"
        await person.type("/srv")
        await person.press("enter", "enter")
        assert person.app.state.page == "Needs and capabilities"
        said = person.workload
        for page in ("Writable paths", "Ports", SUMMARY):
            await person.press(back)
            assert person.app.state.page == page
            assert person.workload == said
        assert person.app.state.session.answers.data(given=True).keys() == {"ports", "writable"}
        await person.press(back)
        assert person.app.state.page == SUMMARY

    drive(app_for(ledger), act)


def test_what_is_half_typed_survives_going_back_and_forth(ledger: Path) -> None:
    """A name that is typed holds at once; Back is no way to lose it."""

    async def act(person: Person) -> None:
        await person.press("o")
        await person.press("end", "ctrl+u")
        await person.type("shop")
        await person.press("ctrl+b", "o")
        assert person.answer("name") == "shop"
        assert person.sees("shop")

    drive(app_for(ledger), act)


def test_shift_tab_inside_a_page_goes_to_the_field_before(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("o", "tab", "tab")
        first = person.field_key
        await person.press("shift+tab", "shift+tab")
        assert first != person.field_key == "name"
        assert person.app.state.page == "Workload"
        await person.press("shift+tab")
        assert person.app.state.page == SUMMARY

    drive(app_for(ledger), act)


def test_undo_and_redo_walk_over_every_kind_of_answer(ledger: Path) -> None:
    async def act(person: Person) -> None:
        steps = [person.workload]
        places = []

        async def said(page: str, focus: str) -> None:
            assert person.workload != steps[-1]
            steps.append(person.workload)
            places.append((page, focus))

        await person.press("o", "end", "ctrl+u")
        await person.type("shop")
        await said("Workload", "name")  # typed
        await person.page("Needs and capabilities")
        await person.press("space")
        await said("Needs and capabilities", "needs")  # marked
        await person.question("restart")
        await person.press("down", "space")
        await said("Restart", "restart")  # chosen
        await person.page("Ports")
        await person.type("9090")
        await person.press("enter")
        await said("Ports", "ports")  # a row
        await person.page(CONTROLS)
        await person.press("w")
        await person.type("why not")
        await person.press("enter")
        await said(CONTROLS, "")  # a waiver
        await person.press("plus")
        await person.type("KEY=value")
        await person.press("enter")
        await said(CONTROLS, "")  # the line that adds

        for number in range(len(steps) - 2, -1, -1):
            await person.press("ctrl+z")
            assert person.workload == steps[number]
            assert (person.app.state.page, person.app.state.focus) == places[number]
            assert person.app.board.files.sheets == app_sheets(person.app)
        await person.press("ctrl+z")
        assert person.workload == steps[0]
        for number in range(1, len(steps)):
            await person.press("ctrl+y")
            assert person.workload == steps[number]
        await person.press("ctrl+y")
        assert person.workload == steps[-1]

    drive(app_for(ledger), act)


def app_sheets(app: Seawall) -> tuple[object, ...]:
    from wizard.render import render
    from wizard.tui.preview import Sheet

    return tuple(Sheet(artifact.path, artifact.lines) for artifact in render(app.state.session.workload))


def test_what_is_typed_at_one_answer_is_undone_as_one(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("o", "end", "ctrl+u")
        await person.type("abc")
        await person.press("tab", "shift+tab", "end")
        await person.type("def")
        assert person.answer("name") == "abcdef"
        await person.press("ctrl+z")
        assert (person.answer("name"), person.field_key) == ("abc", "name")
        await person.press("ctrl+z")
        assert (person.answer("name"), person.field_key) == ("ledger", "name")
        assert person.app.focused.value == "ledger"
        await person.press("ctrl+y", "ctrl+y")
        assert person.answer("name") == person.app.focused.value == "abcdef"

    drive(app_for(ledger), act)


def test_a_new_answer_ends_what_could_be_done_again(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.type("9090")
        await person.press("enter", "ctrl+z")
        await person.type("9191")
        await person.press("enter", "ctrl+y")
        assert [port.container for port in person.workload.ports] == [8000, 9191]

    drive(app_for(ledger), act)


# --- validation -----------------------------------------------------------------------------------------------------------


def wrong_of(person: Person, key: str) -> str:
    line = person.app.board.body.field(key).query_one(".wrong", Static)
    return str(line.visual) if line.display else ""


def test_a_bad_text_keeps_what_was_valid_and_enter_does_not_pass_it(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("o")
        assert wrong_of(person, "name") == "", "nothing is said before the first edit"
        assert "✗" not in person.text
        await person.press("end")
        await person.type("-web")
        valid, sheets = person.workload, person.app.board.files.sheets
        assert valid.name == "ledger-web"
        await person.type(" A")
        assert "✗" in wrong_of(person, "name")
        assert "A" in person.app.focused.value
        assert person.workload == valid
        assert person.app.board.files.sheets == sheets
        field = person.app.board.body.field("name")
        below = field.query_one(".wrong", Static).region
        assert below.y == person.app.focused.region.bottom, "the message stands right under the line"
        await person.press("tab", "tab", "enter")
        assert person.app.state.page == "Workload"
        assert person.field_key == "name"
        assert person.app.focused.value == "ledger-web A"
        await person.press("end", "backspace", "backspace")
        assert wrong_of(person, "name") == ""
        assert "✗" not in person.text
        await person.press("enter")
        assert person.app.state.page == "Companions and networks"

    drive(app_for(ledger), act)


def test_undo_takes_a_bad_text_back_before_anything_else(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("o", "end")
        await person.type("-web!!")
        assert wrong_of(person, "name")
        await person.press("ctrl+z")
        assert wrong_of(person, "name") == ""
        assert person.app.focused.value == "ledger-web"
        assert person.workload.name == "ledger-web"
        await person.press("ctrl+z")
        assert person.app.focused.value == person.workload.name == "ledger"

    drive(app_for(ledger), act)


def test_a_bad_row_is_not_passed_and_not_lost(ledger: Path) -> None:
    async def act(person: Person) -> None:
        valid = person.workload
        await person.press("p")
        assert "✗" not in person.text
        await person.type("99999")
        assert "✗" not in person.text, "a row that is still typed is not judged"
        await person.press("enter")
        assert person.app.state.page == "Ports"
        assert "a number from 1 to 65535" in wrong_of(person, "ports")
        assert person.app.focused.value == "99999"
        await person.press("enter")
        assert person.app.state.page == "Ports"
        assert person.workload == valid
        await person.press("backspace")
        assert wrong_of(person, "ports") == "", "it goes away when it is mended"
        await person.press("enter", "enter")
        assert person.app.state.page == "Writable paths"
        assert [port.container for port in person.workload.ports] == [8000, 9999]
        await person.press("ctrl+b")
        await person.type("http")
        await person.press("enter", "ctrl+z")
        assert (wrong_of(person, "ports"), person.app.focused.value) == ("", "")
        assert [port.container for port in person.workload.ports] == [8000, 9999]

    drive(app_for(ledger), act)


def test_a_row_that_was_typed_and_not_entered_is_taken_when_the_page_is_left(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("s")
        await person.type("api_key")
        await person.press("tab", "tab")
        assert person.field_key != "secrets"
        await person.press("enter")
        assert person.app.state.page == "Health"
        assert "api_key" in [secret.name for secret in person.workload.secrets]

    drive(app_for(ledger), act)


def test_the_line_that_adds_says_calmly_what_it_takes(ledger: Path) -> None:
    async def act(person: Person) -> None:
        before = person.workload
        await person.press("plus")
        await person.type("postgras")
        await person.press("enter")
        assert person.sees("did you mean postgres?")
        assert person.workload == before
        assert person.app.state.page == SUMMARY
        await person.press("backspace")
        assert "✗" not in person.text

    drive(app_for(ledger), act)


def test_an_answer_that_later_ones_contradict_is_asked_for_on_the_way_to_review(ledger: Path) -> None:
    """The health check goes by a port: without one the Review leads to the question to mend."""

    async def act(person: Person) -> None:
        await person.press("p", *["tab"] * 2)
        assert isinstance(person.app.focused, Menu)
        await person.press("d")
        assert person.workload.ports == ()
        await person.press("ctrl+b")
        assert person.app.state.page == SUMMARY
        await person.press("enter")
        assert (person.app.state.page, person.field_key) == ("Health", "health")
        await person.press("end", "ctrl+u")
        await person.type("none: a worker")
        await person.press("v")
        await person.press("backspace", "enter", "enter")
        assert person.app.state.page == DONE

    drive(app_for(ledger), act)


# --- conflicts ------------------------------------------------------------------------------------------------------------


def test_a_file_of_the_person_s_is_shown_before_it_can_be_replaced(ledger: Path) -> None:
    (ledger / "Dockerfile").write_text("FROM scratch\n")
    before = files(ledger)

    async def act(person: Person) -> None:
        await person.press("enter")
        assert person.sees("replacing 1 of yours")
        assert person.sees("yours is kept as .orig")
        await person.press("enter")
        assert files(ledger) == before
        assert person.sees("-FROM scratch")
        assert isinstance(person.app.focused, Preview)
        await person.press("enter")
        assert files(ledger) == before, "Enter in the diff writes nothing"
        await person.press("escape", "escape")
        assert person.app.state.page == REVIEW
        await person.press("enter", "escape")
        assert files(ledger) == before, "Enter shows it again"
        await person.press("down", "enter")
        assert person.app.state.page == DONE
        assert person.sees("yours is kept as Dockerfile.orig")

    drive(app_for(ledger), act)
    assert (ledger / "Dockerfile.orig").read_text() == "FROM scratch\n"
    assert (ledger / "Dockerfile").read_text().startswith(("#", "FROM"))
    assert "FROM scratch" not in (ledger / "Dockerfile").read_text()


@pytest.mark.parametrize("conflict", [False, True])
def test_a_file_that_appears_while_the_review_is_read_is_not_overwritten(ledger: Path, conflict: bool) -> None:
    if conflict:
        (ledger / "Dockerfile").write_text("FROM scratch\n")

    async def act(person: Person) -> None:
        await person.press("enter", *(["down"] if conflict else []))
        (ledger / "compose.yaml").write_text("services: {}\n")
        before = files(ledger)
        await person.press("enter")
        assert files(ledger) == before
        assert person.app.state.page == REVIEW
        assert person.sees("compose.yaml")
        assert person.app.ended is None

    drive(app_for(ledger), act)


def test_after_a_file_appeared_the_review_shows_it_and_can_be_gone_on_with(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("enter")
        (ledger / "compose.yaml").write_text("services: {}\n")
        await person.press("enter", "ctrl+b", "enter")
        assert person.sees("replacing 1 of yours")
        await person.press("down", "enter")
        assert person.app.state.page == DONE

    drive(app_for(ledger), act)
    assert (ledger / "compose.yaml.orig").read_text() == "services: {}\n"


def test_a_second_run_finds_nothing_to_change(ledger: Path) -> None:
    async def write(person: Person) -> None:
        await person.type("9090")
        await person.press("enter", "enter", "enter")

    drive(app_for(ledger), write)
    before = files(ledger)

    async def again(person: Person) -> None:
        assert [port.container for port in person.workload.ports] == [8000, 9090]
        await person.press("enter")
        assert person.sees("Nothing to change: done")
        await person.press("enter", "enter")

    assert ended(drive(app_for(ledger), again)).finished
    assert files(ledger) == before


def test_dry_run_writes_nothing_and_is_agreed(ledger: Path) -> None:
    before = files(ledger)

    async def act(person: Person) -> None:
        await person.press("enter", "enter")

    app = drive(app_for(ledger, write=False), act)
    assert files(ledger) == before
    assert ended(app).agreed


def test_force_replaces_without_a_choice_and_keeps_what_was_there(ledger: Path) -> None:
    (ledger / "Dockerfile").write_text("FROM scratch\n")

    async def act(person: Person) -> None:
        await person.press("enter", "enter")
        assert person.app.state.page == DONE

    drive(app_for(ledger, force=True), act)
    assert (ledger / "Dockerfile.orig").read_text() == "FROM scratch\n"


# --- leaving and coming back ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
def test_leaving_writes_nothing_and_the_answers_are_offered_next_time(ledger: Path, key: str) -> None:
    before = files(ledger)

    async def leave(person: Person) -> None:
        await person.type("9090")
        await person.press("enter", "escape", "o", "end", "ctrl+u")
        await person.type("shop")
        await person.press(key)

    left = ended(drive(app_for(ledger), leave))
    assert left.kept
    assert not left.agreed
    assert left.finished is None
    assert files(ledger) == before

    async def resume(person: Person) -> None:
        assert person.sees("were not written")
        assert person.sees("ports")
        assert person.workload == said_by(ledger), "nothing is taken before it is said"
        await person.press("enter")
        assert person.workload == left.session.workload == said_by(ledger, "ports+=9090", "name=shop")
        await person.press("enter", "enter", "enter")

    drive(app_for(ledger), resume)
    assert "shop" in (ledger / "compose.yaml").read_text()
    assert drafts.find(ledger) is None

    async def afterwards(person: Person) -> None:
        assert not person.sees("were not written")

    drive(app_for(ledger), afterwards)


def test_a_draft_can_be_left_aside(ledger: Path) -> None:
    async def leave(person: Person) -> None:
        await person.type("9090")
        await person.press("enter", "ctrl+q")

    drive(app_for(ledger), leave)

    async def anew(person: Person) -> None:
        await person.press("down", "enter")
        assert person.workload == said_by(ledger)
        await person.press("enter", "enter", "enter")

    assert ended(drive(app_for(ledger), anew)).finished
    assert "9090" not in (ledger / "compose.yaml").read_text()
    assert drafts.find(ledger) is None


def test_leaving_at_once_keeps_nothing(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("enter", "ctrl+b", "ctrl+c")

    assert not ended(drive(app_for(ledger), act)).kept
    assert drafts.find(ledger) is None


def test_leaving_without_writing_from_the_review(ledger: Path) -> None:
    before = files(ledger)

    async def act(person: Person) -> None:
        await person.type("9090")
        await person.press("enter", "enter", "down", "down")
        assert person.sees("▸ Leave without writing")
        await person.press("enter")

    left = ended(drive(app_for(ledger), act))
    assert left.kept
    assert not left.agreed
    assert files(ledger) == before


def test_ctrl_c_copies_where_text_is_selected_and_does_not_leave(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("o", "home", "shift+end", "ctrl+c")
        assert person.app.ended is None
        assert person.app.clipboard == "ledger"

    drive(app_for(ledger), act)


def test_an_answer_outlives_a_crash(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(ledger)

    def broken(self: AddLine, *_: object) -> None:
        raise ZeroDivisionError("a fault of our own")

    async def act(person: Person) -> None:
        await person.type("9090")
        await person.press("enter")
        monkeypatch.setattr(Menu, "action_cursor_down", broken)
        with pytest.raises(ZeroDivisionError):
            await person.press("escape", "down")
        person.app.failure = None

    with pytest.raises(ZeroDivisionError):
        drive(app_for(ledger), act)
    draft = drafts.find(ledger)
    assert draft is not None
    assert [row["container"] for row in draft.answers["ports"]] == [8000, 9090]
    assert files(ledger) == before


# --- why, everywhere ------------------------------------------------------------------------------------------------------


async def reads(person: Person, control: str) -> None:
    """The page of a control is open; close it."""
    assert isinstance(person.app.screen, WhyScreen)
    assert person.app.screen._reason.control == control
    assert control_of(control).title in person.text
    await person.press("escape")
    assert not isinstance(person.app.screen, WhyScreen)


@pytest.mark.parametrize(
    "key", ["ports", "writable", "needs", "secrets", "health", "user", "limits.memory", "restart", "mounts", "seccomp", "internet"]
)
def test_f1_on_a_question_shows_its_control(ledger: Path, key: str) -> None:
    async def act(person: Person) -> None:
        await person.question(key)
        await person.press("f1")
        await reads(person, question_of(key).control)
        assert person.field_key == key, "the focus is where it was"

    drive(app_for(ledger), act)


def test_a_question_mark_in_a_field_is_text(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("s")
        await person.type("a?")
        assert person.app.focused.value == "a?"
        assert not isinstance(person.app.screen, WhyScreen)

    drive(app_for(ledger), act)


@pytest.mark.parametrize("size", [(160, 50), (80, 24)])
def test_enter_on_a_line_of_a_file_shows_its_control(ledger: Path, size: tuple[int, int]) -> None:
    async def act(person: Person) -> None:
        await person.press("f2")
        preview = person.app.board.files.preview
        assert preview.has_focus
        for _ in range(400):
            if preview.cursor_line.text.strip() == "read_only: true":
                break
            await person.press("down")
        await person.press("enter")
        await reads(person, "read-only-rootfs")
        assert preview.has_focus
        await person.press("f1")
        await reads(person, "read-only-rootfs")
        await person.press("f2")
        assert not preview.has_focus

    drive(app_for(ledger), act, size)


def test_the_controls_page_says_why_for_each(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("c")
        for control in ALL_CONTROLS:
            assert person.app.board.body.menu.row.id == control.id
            await person.press("f1")
            await reads(person, control.id)
            await person.press("down")

    drive(app_for(ledger), act)


async def follows_an_attack(person: Person, menu: Menu) -> None:
    """All controls, below the steps of an attack in its order; a step is in sight where the cursor is."""
    await person.settle()
    chain = [(step.value.capitalize(), [control.id for control in controls]) for step, controls in in_order()]
    assert [row.text if row.heading else row.id for row in menu.rows] == [text for step, ids in chain for text in (step, *ids)]
    assert any(person.sees(step) for step, _ in chain)


@pytest.mark.parametrize("size", [(160, 50), (80, 24)])
@pytest.mark.parametrize(("words", "control"), [
    ("EROFS", "read-only-rootfs"), ("read_only", "read-only-rootfs"), ("--cap-drop", "minimal-capabilities"),
    ("touch: cannot touch '/x': Read-only file system", "read-only-rootfs"),
])  # fmt: skip
def test_the_handbook_is_searched_read_and_closed(ledger: Path, words: str, control: str, size: tuple[int, int]) -> None:
    async def act(person: Person) -> None:
        await person.press("p", "f3")
        assert isinstance(person.app.screen, Handbook)
        menu = person.app.screen.query_one(Menu)
        await follows_an_attack(person, menu)
        await person.type(words)
        assert control in [row.id for row in menu.rows]
        assert len(menu.rows) < len(ALL_CONTROLS)
        while menu.row.id != control:
            await person.press("down")
        await person.press("enter")
        await reads(person, control)
        await person.press("ctrl+u")
        await follows_an_attack(person, menu)
        await person.type("nosuchword")
        assert menu.row is None
        assert person.sees("No control speaks of that.")
        await person.press("escape")
        assert person.field_key == "ports"

    drive(app_for(ledger), act, size)


def test_the_handbook_shows_what_is_known_of_a_capability_above_the_page_of_its_control(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("f3")
        await person.type("cap_sys_ptrace")
        assert person.app.screen.query_one(Menu).row.id == "minimal-capabilities"
        assert person.sees("SYS_PTRACE: trace processes of any user; read and write their memory")
        assert person.sees("Risk high; not given by default")
        assert person.sees("What an intruder does with it")
        await person.press("ctrl+u")
        assert not person.sees("What an intruder does with it")

    drive(app_for(ledger), act, (160, 50))


# --- the mouse ------------------------------------------------------------------------------------------------------------


def test_steps_can_be_clicked(ledger: Path) -> None:
    async def act(person: Person) -> None:
        for page in ("Ports", "Limits", "Controls", "Health", "Review", "Summary"):
            await person.click(page, "Steps")
            assert person.app.state.page == page

    drive(app_for(ledger), act, (160, 50))


def test_page_names_on_the_summary_can_be_clicked(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.click("Needs and capabilities", "PageLinks")
        assert person.app.state.page == "Needs and capabilities"

    drive(app_for(ledger), act, (110, 60))


def test_file_names_can_be_clicked(ledger: Path) -> None:
    async def act(person: Person) -> None:
        for path in ("Dockerfile", ".seawall/ingress.conf", ".dockerignore", "compose.yaml"):
            name = os.path.basename(path)
            await person.click(name, "FileBar")
            assert person.app.board.files._path == path
            assert f"[{name}]" in person.text

    drive(app_for(ledger), act, (160, 50))


def test_rows_can_be_clicked(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.click("ports ", "#facts")
        assert (person.app.state.page, person.field_key) == ("Ports", "ports")
        await person.click("n Needs", "Steps")
        await person.click(question_of("needs").choices[1].title[:20], "#page")
        assert person.answer("needs") == [question_of("needs").choices[1].value]
        await person.click("Restart", "Steps")
        await person.click("never", "#page")
        assert person.answer("restart") == "no"
        await person.click("Ports", "Steps")
        await person.click("8000", "#page")
        assert person.app.focused.value == "8000", "a click on a row puts it into the line"
        await person.press("escape")
        await person.click("d delete", "#page")
        assert person.workload.ports == ()
        await person.click("Controls", "Steps")
        await person.click("The root filesystem is read-only", "#page")
        assert person.app.board.body.menu.row.id == "read-only-rootfs"

    drive(app_for(ledger), act, (160, 50))


def test_a_click_on_another_row_moves_to_it_and_a_click_on_e_edits(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("w")
        await person.click("/data", "#page")
        assert person.app.focused.value.startswith("/data")
        await person.press("escape")
        await person.click("e edit", "#page")
        assert person.app.focused.value.startswith("/data")

    drive(app_for(ledger), act)


def test_the_key_bar_can_be_clicked(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.type("9090")
        await person.press("enter")
        assert len(person.workload.ports) == 2
        await person.click("undo", "#keys, KeyBar")
        assert len(person.workload.ports) == 1
        await person.click("why", "KeyBar")
        assert isinstance(person.app.screen, WhyScreen)
        await person.click("close", "KeyBar")
        assert not isinstance(person.app.screen, WhyScreen)
        await person.click("files", "KeyBar")
        assert person.app.board.files.preview.has_focus
        await person.click("page" if "page" in person.screen[-1] else "files", "KeyBar")
        assert not person.app.board.files.preview.has_focus
        await person.click("review", "KeyBar")
        assert person.app.state.page == REVIEW
        await person.click("back", "KeyBar")
        assert person.app.state.page == SUMMARY

    drive(app_for(ledger), act)


def test_lines_of_a_file_can_be_clicked(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("f2", "home")
        preview = person.app.board.files.preview
        while not any("read_only: true" in line for line in person.screen):
            await person.press("pagedown")
        await person.click("read_only: true", preview)
        await reads(person, "read-only-rootfs")

    drive(app_for(ledger), act, (160, 50))


def test_the_review_is_written_with_clicks_alone(ledger: Path) -> None:
    before = files(ledger)

    async def act(person: Person) -> None:
        await person.click("review", "KeyBar")
        await person.click("Show the diff", "#page")
        assert files(ledger) == before
        await person.click("compose.yaml", "#page")
        assert files(ledger) == before
        await person.click("Write 9 files", "#page")
        assert person.app.state.page == DONE
        await person.click("Close", "#page")

    assert ended(drive(app_for(ledger), act, (160, 50))).finished
    assert files(ledger).keys() > ARTIFACTS


def test_a_draft_is_answered_with_a_click(ledger: Path) -> None:
    async def leave(person: Person) -> None:
        await person.type("9090")
        await person.press("enter", "ctrl+q")

    drive(app_for(ledger), leave)

    async def resume(person: Person) -> None:
        await person.click("Go on with them")
        assert len(person.workload.ports) == 2

    drive(app_for(ledger), resume)


def test_up_leads_from_the_line_to_the_rows_above_it(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("p", "up", "d")
        assert person.workload.ports == ()

    drive(app_for(ledger), act)


@pytest.mark.parametrize("joins", [True, False])
def test_a_compose_file_that_is_there_is_added_to_or_replaced(joins: bool, ledger: Path) -> None:
    theirs = "services:\n  old:\n    image: own/old:1   # stays\n"
    (ledger / "compose.yaml").write_text(theirs)

    async def act(person: Person) -> None:
        assert person.sees("compose.yaml is here already")
        await person.press("enter") if joins else await person.press("down", "enter")
        await person.press("enter", *(["enter"] if joins else ["down", "enter"]))

    drive(app_for(ledger), act)
    text = (ledger / "compose.yaml").read_text()
    assert (theirs in text) is joins
    assert "ledger:" in text
    assert (ledger / "compose.yaml.orig").read_text() == theirs
