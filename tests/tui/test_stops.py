"""STOP on the Review: words and a shape, and no key that writes while it stands there."""

# ruff: noqa: F811 (fixtures are imported)

from pathlib import Path

from textual.widgets import Static

from tests.tui.driving import Person, app_for, drive, files, ledger, state_folder  # noqa: F401


def test_enter_never_writes_while_the_host_is_given_away(ledger: Path) -> None:
    before = files(ledger)

    async def act(person: Person) -> None:
        await person.press("enter")  # The summary leads to what stops it.
        assert person.app.state.page == "Review"
        said = " ".join(" ".join(person.screen).split())
        assert "■ STOP Nothing is written before this is answered." in said
        assert "/etc of the host is mounted" in said
        assert "Write" not in said
        await person.press("enter")  # The first row takes it out.
        assert (person.app.state.page, person.app.state.focus) == ("Mounts and devices", "mounts")
        assert files(ledger) == before
        await person.press("up", "d", "v")
        assert person.workload.mounts == ()
        assert "STOP" not in " ".join(person.screen)

    drive(app_for(ledger, settings=("mounts=/etc:/x",)), act)


def test_a_reason_is_asked_for_recorded_and_shown(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("v", "down", "down", "enter")
        await person.press("enter")
        assert "Why does ledger have to have it?" in " ".join(person.screen)  # Nothing is no reason.
        await person.type("it reads the hosts file")
        await person.press("enter")
        assert [(w.control, w.service, w.why) for w in person.workload.waivers] == [("no-host-access", "ledger", "it reads the hosts file")]
        said = str(person.app.board.query_one(".notes", Static).content)
        assert "waived: it reads the hosts file. STOP, answered with that reason:" in said
        await person.press("enter")
        assert person.app.state.page == "Done"

    drive(app_for(ledger, settings=("mounts=/etc:/x",)), act, (160, 60))


def test_an_override_file_that_gives_the_host_away_has_no_question_to_go_to(ledger: Path) -> None:
    (ledger / "compose.override.yaml").write_text("services:\n  ledger:\n    privileged: true\n")
    before = files(ledger)

    async def act(person: Person) -> None:
        await person.press("v")
        assert "compose.override.yaml:3" in " ".join(person.screen)
        await person.press("enter")  # Leaves.
        assert files(ledger) == before

    drive(app_for(ledger), act)
