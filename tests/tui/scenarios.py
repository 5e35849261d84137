"""Screens of the wizard that are looked at: how each is reached by keys. The screenshots and their tests run the same ones."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot

from tests.tools import APPS
from tests.tui.driving import Person, app_for
from wizard.tui.app import Seawall
from wizard.tui.themes import THEMES

Size = tuple[int, int]
SIZES: tuple[Size, ...] = ((160, 50), (110, 35), (80, 24), (60, 20))
PICTURED_SIZES = SIZES[:3]
THEME_NAMES = tuple(theme.name for theme in THEMES)
DARK = THEME_NAMES[0]


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
    Scenario("controls", ("c", "down", "w", *"it writes beside its code", "enter"), pictured=True),
    Scenario("why", ("c", "f1"), pictured=True),
    Scenario("reason", ("c", "down", "w")),
    Scenario("preview", ("p", "f2", "down", "down")),
    Scenario("review", ("v",), pictured=True),
    Scenario("conflict", ("v",), files={"Dockerfile": "FROM python:3\nCMD python app.py\n", ".dockerignore": ".git\n"}),
    Scenario("done", ("v", "enter")),
    Scenario("handbook", ("f3", *"root"), pictured=True),
    Scenario("invalid", ("p", *"70000", "enter")),
    Scenario("unknown", app="gate"),
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


@contextmanager
def stage(scenario: Scenario) -> Iterator[Path]:
    """The folder of a scenario, as a person names it who stands beside it: «ledger», wherever that is.

    Nothing of this machine is on the screen: neither its paths, nor the drafts, the editor and the colours of whoever runs this.
    """
    before, environment = os.getcwd(), dict(os.environ)
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home, scenario.app)
        shutil.copytree(APPS / scenario.app, folder, ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in scenario.files.items():
            (folder / name).write_text(text)
        for name in ("NO_COLOR", "TEXTUAL_THEME", "VISUAL"):
            os.environ.pop(name, None)
        os.environ |= {"HOME": home, "XDG_STATE_HOME": f"{home}/state", "EDITOR": "nano"}
        os.chdir(home)
        try:
            yield Path(scenario.app)
        finally:
            os.chdir(before)
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
            yield person
            if app.failure:
                raise app.failure


async def shots(scenario: Scenario, size: Size, themes: Collection[str] = (DARK,)) -> dict[str, str]:
    """Screenshots of a scenario, one for each theme."""
    async with played(scenario, size) as person:
        found = {}
        for theme in themes:
            person.app.theme = theme
            await person.settle()
            found[theme] = person.app.export_screenshot(title="seawall")
        return found
