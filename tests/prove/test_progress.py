"""What the events of a proof come to, and the table that a terminal shows of it."""

import io

import pytest
from rich.console import Console

from tests.prove.stream import BLAME, CONTROLS, NASTY, broken, proof
from wizard.prove.evidence import DRIFT, Evidence, NotProvable, Waived
from wizard.prove.live_table import drawn
from wizard.prove.progress import BUILD, DIAGNOSE, HEALTH, START, STEPS, Event, Expected, Folding, Looked, Progress, Said


def after(*events: Event) -> Progress:
    progress = Progress()
    for event in events:
        progress = progress.after(event)
    return progress


def marks(progress: Progress, service: str = "ledger") -> dict[str, tuple[str, str]]:
    return {row.control: row.marks for row in progress.rows if row.service == service}


def test_a_row_turns_from_pending_to_what_was_seen_and_again_after_the_restart() -> None:
    events = list(proof())
    looked = [number for number, event in enumerate(events) if isinstance(event, Looked) and event.service == "ledger"]
    assert set(marks(after(*events[:2])).values()) == {("pending", "pending")}
    once = marks(after(*events[: looked[0] + 1]))
    assert once["read-only-rootfs"] == ("ok", "pending")
    assert once["confinement-profiles"] == ("?", "?")
    twice = after(*events)
    assert list(marks(twice)) == list(CONTROLS)
    assert marks(twice)["read-only-rootfs"] == ("ok", "ok")
    assert twice.services == ("ledger", "postgres")
    assert twice.counted("ledger") == {"ok": 4, "?": 1}
    assert twice.report is not None and {step.state for step in twice.steps} == {"ok"}


def test_what_fails_is_not_made_good_by_what_comes_after_it() -> None:
    found = after(*proof(wrong="read-only-rootfs"))
    assert marks(found)["read-only-rootfs"] == ("FAIL", "FAIL")
    assert marks(found, "postgres")["read-only-rootfs"] == ("ok", "ok")
    right = Evidence("a", "log-rotation", "x", "y", "y", True, 0.0, round="started")
    wrong = Evidence("a", "log-rotation", "x", "y", "z", False, 0.0, round="started")
    unseen = NotProvable("a", "log-rotation", "x", "no way")
    for events in ((wrong, right), (right, wrong), (wrong, unseen), (unseen, wrong)):
        assert after(*events, Looked("a", "started")).rows[0].marks[0] == "FAIL"
    # Not passed, where only part of it could be shown.
    assert after(right, unseen, Looked("a", "started")).rows[0].mark == "?"


def test_a_control_that_has_nothing_to_look_at_leaves_the_table_and_one_that_nobody_expected_joins_its_service() -> None:
    begun = [Expected("a", ("log-rotation", "fair-share")), Expected("b", ("log-rotation",))]
    drift = Evidence("a", DRIFT, "x", "y", "y", True, 0.0)
    found = after(*begun, drift, Evidence("a", "log-rotation", "x", "y", "y", True, 0.0, round="started"), Looked("a", "started"))
    assert [(row.service, row.control) for row in found.rows] == [("a", "log-rotation"), ("a", DRIFT), ("b", "log-rotation")]
    # What was seen once is not to be seen again.
    assert marks(found.after(Looked("a", "restarted")), "a")[DRIFT] == ("ok", "")
    assert after(begun[1], Waived("b", "log-rotation", "why")).rows[0].mark == "waived"


def test_what_was_broken_off_was_not_seen() -> None:
    folding = Folding(lambda: None)
    for event in list(proof())[:6]:
        folding(event)
    folding.end()
    assert {row.mark for row in folding.progress.rows} == {"unseen"}
    assert folding.progress.report is None
    # Nothing goes on any more.
    assert [step.name for step in folding.progress.steps if step.state == "FAIL"] == [BUILD]
    assert folding.progress.running is None


def test_a_diagnosis_is_a_step_where_it_was_made() -> None:
    found = after(*broken())
    names = [step.name for step in found.steps]
    assert names.index(DIAGNOSE) == names.index(HEALTH) + 1
    assert [step.state for step in found.steps if step.name in (BUILD, START, HEALTH)] == ["ok", "ok", "FAIL"]
    assert found.troubles == (BLAME,)


def test_the_log_keeps_its_end() -> None:
    found = after(*(Said(str(number)) for number in range(1200)))
    assert (found.said, len(found.log), found.log[-1]) == (1200, 1000, "1199")


def screen(progress: Progress, width: int, height: int) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width, height=height, force_terminal=True, color_system=None, markup=False, highlight=False)
    for part in drawn(progress, width, height):
        console.print(part)
    return out.getvalue().rstrip("\n").split("\n")


@pytest.mark.parametrize("size", [(80, 24), (160, 50), (60, 20), (38, 10)])
def test_the_table_fits_any_terminal_at_any_moment(size: tuple[int, int]) -> None:
    for events in (list(proof(services=tuple("abcde"))), list(broken()), []):
        for end in range(0, len(events) + 1, 8):
            lines = screen(after(*events[:end]), *size)
            assert len(lines) <= size[1]
            assert all(len(line) <= size[0] and line.isprintable() for line in lines)


def test_the_table_says_in_words_what_failed_and_shows_that_first_where_there_is_little_room() -> None:
    found = after(*proof(wrong="log-rotation"))
    lines = screen(found, 80, 24)
    assert "ledger  1 FAIL, 1 not provable, 3 ok" in " ".join(lines)
    assert any("FAIL   FAIL log-rotation" in line for line in lines)
    assert all(name in " ".join(lines) for name in STEPS)
    few = screen(found, 38, 12)
    assert any("FAIL   FAIL log-rotation" in line for line in few) and not any("non-root-user" in line for line in few[:8])
    assert NASTY not in " ".join(screen(after(*broken()), 80, 24))
