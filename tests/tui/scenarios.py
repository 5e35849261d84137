"""Screens of the wizard that are looked at: how each is reached by keys. The screenshots and their tests run the same ones."""

import fcntl
import os
import shutil
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from tests.prove.stream import proof
from tests.tools import APPS, ROOT
from tests.tui.driving import SIZES, Person, app_for
from tests.tui.svg import clean
from wizard.engine.running import Stop
from wizard.prove.evidence import Report
from wizard.prove.offer import Offer
from wizard.prove.progress import Tell
from wizard.tui.themes import THEMES

Size = tuple[int, int]
PICTURED_SIZES = SIZES[:3]
THEME_NAMES = tuple(theme.name for theme in THEMES)
DARK = THEME_NAMES[0]
STAGE = Path("/tmp/seawall-screens")


@dataclass(frozen=True)
class Scenario:
    """A screen, and the keys that lead to it in a copy of one of the sample apps; `files` of the person's own are there already."""

    name: str
    keys: tuple[str, ...] = ()
    app: str = "ledger"
    files: Mapping[str, str] = field(default_factory=dict)
    pictured: bool = False
    """Whether it is shown in screenshots/, else kept as text."""


SCENARIOS = (
    Scenario("summary", pictured=True),
    Scenario("workload", ("o",)),
    Scenario("companions", ("m",)),
    Scenario("ports", ("p", *"9090", "enter"), pictured=True),
    Scenario("writable", ("w",)),
    Scenario("needs", ("n",), pictured=True),
    Scenario("secrets", ("s",)),
    Scenario("health", ("h",)),
    Scenario("controls", ("c", "down", "w", *"own init", "enter"), pictured=True),
    Scenario("why", ("c", "f1"), pictured=True),
    Scenario("reason", ("c", "down", "w")),
    Scenario("preview", ("p", "f2", "down", "down")),
    Scenario("review", ("v",), pictured=True),
    Scenario("conflict", ("v",), files={"Dockerfile": "FROM python:3\nCMD python app.py\n", ".dockerignore": ".git\n"}),
    Scenario("done", ("v", "enter")),
    Scenario("proving", ("v", "enter", "down", "enter"), pictured=True),
    Scenario("handbook", ("f3", *"root"), pictured=True),
    Scenario("invalid", ("p", *"70000", "enter")),
    Scenario("unknown", app="gate"),
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}

ENGINE = Offer(True, "with a copy, on the engine here (28.5.1)")


def proven(tell: Tell, stop: Stop) -> Report:
    """A proof in which one control does not hold; no engine is there for it."""
    events = list(proof(wrong="read-only-rootfs"))
    for event in events:
        tell(event)
    return events[-1].report  # type: ignore[union-attr]


@contextmanager
def stage(scenario: Scenario) -> Iterator[Path]:
    """The folder of a scenario, as a person names it who stands beside it.

    The Review shows where it is, so that it is always in one place; one process at a time is there. Nothing else of this machine is on the
    screen: neither drafts, nor the editor and the colours of whoever runs this.
    """
    before, environment = os.getcwd(), dict(os.environ)
    home = STAGE / scenario.name
    STAGE.mkdir(exist_ok=True)
    with open(f"{home}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(home, ignore_errors=True)
        folder = home / scenario.app
        shutil.copytree(APPS / scenario.app, folder, ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in scenario.files.items():
            (folder / name).write_text(text)
        for name in ("NO_COLOR", "TEXTUAL_THEME", "VISUAL"):
            os.environ.pop(name, None)
        os.environ |= {"HOME": str(home), "XDG_STATE_HOME": f"{home}/state", "EDITOR": "nano"}
        os.chdir(home)
        try:
            with patch("wizard.prove.offer.offer", lambda: ENGINE), patch("wizard.tui.proving.by_engine", lambda _: proven):
                yield Path(scenario.app)
        finally:
            os.chdir(before)
            shutil.rmtree(home)
            os.environ.clear()
            os.environ.update(environment)


@asynccontextmanager
async def played(scenario: Scenario, size: Size) -> AsyncIterator[Person]:
    """The wizard, after the keys of a scenario."""
    with stage(scenario) as folder:
        app = app_for(folder)
        async with app.run_test(size=size) as pilot:
            person = Person(app, pilot)
            await person.settle()
            await person.press(*scenario.keys)
            await app.workers.wait_for_complete()
            await person.settle()
            yield person
            if app.failure:
                raise app.failure


async def shots(scenario: Scenario, themes: Mapping[Size, Collection[str]] | None = None) -> dict[tuple[Size, str], str]:
    """Screenshots ready to be kept (`clean`): in the default theme in all sizes, the largest first, and in more `themes` in some."""
    found = {}
    async with played(scenario, SIZES[0]) as person:
        for size in SIZES:
            if size != SIZES[0]:
                await person.resize(*size)
            found[size, DARK] = clean(person.app.export_screenshot(title="seawall"))
        for size, names in (themes or {}).items():
            await person.resize(*size)
            for theme in names:
                person.app.theme = theme
                await person.settle()
                found[size, theme] = clean(person.app.export_screenshot(title="seawall"))
    return found


def kept_in(scenario: Scenario, size: Size) -> Path:
    """The file that holds what a scenario shows in a size."""
    name = f"{scenario.name}-{size[0]}x{size[1]}"
    if scenario.pictured and size in PICTURED_SIZES:
        return ROOT / "screenshots" / f"{name}.svg"
    return ROOT / "tests" / "tui" / "snapshots" / f"{name}.txt"


def expected_files() -> set[Path]:
    """All files of screenshots and snapshots that there should be."""
    files = {kept_in(scenario, size) for scenario in SCENARIOS for size in SIZES}
    return files | {path.with_suffix(".png") for path in files if path.suffix == ".svg"}
