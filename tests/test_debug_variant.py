"""compose.debug.yaml: a service of its own that changes no other, and holds all but the one capability back."""

from pathlib import Path

import pytest
import yaml

from tests.tools import APPS, copy_app, seawall
from wizard.debug_variant import PATH, debug_variant, name_of, service_of
from wizard.explain import explained
from wizard.resolve import resolve
from wizard.scaffold import Request, begin


def test_it_is_written_on_demand_alone_and_adds_one_service(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    assert seawall(str(app), "--yes").returncode == 0
    plain = (app / "compose.yaml").read_bytes()
    assert not (app / PATH).exists()
    result = seawall(str(app), "--yes", "--force", "--set", "extras=debug")
    assert result.returncode == 0, result.stderr
    assert (app / "compose.yaml").read_bytes() == plain
    project = resolve(begin(Request(app, app)).workload)
    assert yaml.safe_load((app / PATH).read_text()) == {"services": {"debug": service_of(project)}}


def test_of_all_power_it_has_the_one(tmp_path: Path) -> None:
    made = service_of(resolve(begin(Request(APPS / "ledger", APPS / "ledger")).workload))
    assert (made["cap_drop"], made["cap_add"], made["pid"], made["network_mode"]) == (["ALL"], ["SYS_PTRACE"], "service:ledger", "none")
    assert made["read_only"] is True
    assert made["security_opt"] == ["no-new-privileges:true"]
    assert "volumes" not in made


@pytest.mark.parametrize(("settings", "name"), [
    ((), "debug"), (("name=debug",), "debug-0"), (("companions=redis as debug, postgres as debug-0",), "debug-1"),
])  # fmt: skip
def test_its_name_is_free(settings: tuple[str, ...], name: str) -> None:
    project = resolve(begin(Request(APPS / "ledger", APPS / "ledger", settings)).workload)
    assert name_of(project) == name
    assert f"run --rm --no-deps {name} strace" in debug_variant(project).text


def test_the_page_of_the_capability_names_it() -> None:
    assert PATH in explained("SYS_PTRACE", "text")
