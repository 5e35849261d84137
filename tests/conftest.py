"""Engine tests: skipped with the reason where there is no engine, failed where one is required."""

import os
import shutil
import uuid
from collections.abc import Iterator

import pytest

from wizard.catalogs import choose_from_environment

choose_from_environment()  # Before anything is listed: with SEAWALL_CATALOG the laws hold for a team's catalog as well.

from tests.engine.running import Engine, Projects, why_not  # noqa: E402
from tests.thorough import THOROUGH  # noqa: E402

_WHY = pytest.StashKey[str]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first, so that no process has one left when the others are through; further examples only where they are asked for."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if further := [item for item in items if item.get_closest_marker("thorough") and not THOROUGH]:
        config.hook.pytest_deselected(items=further)
        items[:] = [item for item in items if item not in set(further)]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("engine") is None:
        return
    stash = item.config.stash
    if _WHY not in stash:
        stash[_WHY] = why_not()
    if not stash[_WHY]:
        return
    if os.environ.get("SEAWALL_REQUIRE_ENGINE") == "1":
        pytest.fail(f"an engine is required (SEAWALL_REQUIRE_ENGINE=1): {stash[_WHY]}", pytrace=False)
    pytest.skip(stash[_WHY])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """What a host cannot show is skipped on a person's machine and a failure where it is required: nothing goes missing in silence."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    required = "SEAWALL_REQUIRE_ENGINE" if item.get_closest_marker("engine") else "SEAWALL_REQUIRE_JUDGES"
    if report.skipped and os.environ.get(required) == "1":
        report.outcome, report.longrepr = "failed", f"skipped where it is required ({required}=1): {report.longrepr}"
    return report  # type: ignore[return-value]


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine that the environment names, swept of what killed test runs left."""
    found = Engine.from_environment()
    found.sweep()
    return found


@pytest.fixture(scope="session")
def projects(engine: Engine, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Projects]:
    """The sample apps that the session's tests ask for as running projects, kept for the session."""
    named = (item.callspec.params.get("app") for item in request.session.items if hasattr(item, "callspec") and "projects" in item.fixturenames)
    kept = Projects(engine, tmp_path_factory.mktemp("projects"), tuple(sorted({app for app in named if isinstance(app, str)})))
    yield kept
    kept.close()


@pytest.fixture(autouse=True)
def own_state_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Drafts and the like of a test are nobody else's. Few make any: a numbered folder for each would look through all that are there."""
    folder = tmp_path_factory.getbasetemp() / f"state-{uuid.uuid4().hex}"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    yield
    shutil.rmtree(folder, ignore_errors=True)
