"""docker-run.sh: every key has a flag, and what a shell hands to docker is what was meant."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import APPS
from wizard.docker_run import _FLAGS, ELSEWHERE, PATH, flags
from wizard.render import _ORDER, render
from wizard.scaffold import Request, begin

DOCKER = f"""#!{sys.executable} -S
import json, os, sys
if sys.argv[1] == "inspect":
    print("running healthy")
elif sys.argv[1:3] == ["network", "inspect"]:
    sys.exit(1)
else:
    print(json.dumps(sys.argv[1:]), file=open(os.environ["SAID"], "a"))
"""
ODD = {
    "QUOTES": "it's \"so\" `date` ''", "DOLLAR": "$HOME ${X:-y} $$ $(id) $1 %PATH%", "BACKSLASH": "C:\\new \\\\ \\n \\", "LINES": "a\n\n  b\n",
    "UNICODE": "ä→🦭 é", "TAB": "a\tb\t", "EMPTY": "", "HASH": "#x", "STARS": "* ? [a] ~ ! & | ; < >",
}  # fmt: skip
WORDS = [*ODD.values(), "-", "--", "\n"]


def script(app: str, *settings: str) -> str:
    """The script of a sample app."""
    folder = APPS / app
    workload = begin(Request(folder, folder, ("extras=docker-run", *settings))).workload
    return next(artifact.text for artifact in render(workload) if artifact.path == PATH)


def called(text: str, folder: Path, *arguments: str) -> list[list[str]]:
    """The words of each docker command that the script runs, but for those that only look."""
    programs, said = folder / "programs", folder / "said"
    programs.mkdir()
    (programs / "docker").write_text(DOCKER)
    (programs / "docker").chmod(0o755)
    (folder / PATH).write_text(text)
    done = subprocess.run(["sh", PATH, *arguments], cwd=folder, capture_output=True, text=True, timeout=60,
                          env={"PATH": f"{programs}:/usr/bin:/bin", "SAID": str(said), "LANG": "C.UTF-8"})  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in said.read_text().splitlines()]


def values(call: list[str], flag: str) -> list[str]:
    """What stands behind each of a flag."""
    return [call[number + 1] for number, word in enumerate(call) if word == flag]


def test_every_key_has_a_flag() -> None:
    assert set(_ORDER) <= {*_FLAGS, *ELSEWHERE}


def test_a_shell_hands_over_what_was_meant(tmp_path: Path) -> None:
    text = script("ledger", f"environment={json.dumps(ODD)}", f"command={json.dumps(['python', *WORDS])}",
                  "image=odd:1", "user=10001:10001",
                  'mounts=[{"path": "/etc/a.toml", "source": "./a b.toml"}, {"path": "/etc/b", "source": "b.toml", "relabel": "shared"}]')  # fmt: skip
    run = next(call for call in called(text, tmp_path) if "ledger-ledger" in call and call[0] == "run")
    assert {f"{name}={value}" for name, value in ODD.items()} <= set(values(run, "--env"))
    assert run[-len(WORDS) :] == WORDS
    assert f"type=bind,source={tmp_path}/a b.toml,target=/etc/a.toml,readonly" in values(run, "--mount")
    assert values(run, "--volume") == [f"{tmp_path}/b.toml:/etc/b:ro,z"]


def test_services_start_in_order_and_go_together(tmp_path: Path) -> None:
    text = script("ledger")
    calls = called(text, tmp_path)
    names = [values(call, "--name")[0] for call in calls if "--name" in call]
    assert names == ["ledger-postgres", "ledger-redis", "ledger-ledger", "ledger-ingress"]
    assert ["network", "connect", "--alias", "ingress", "ledger-edge", "ledger-ingress"] in calls
    (tmp_path / "down").mkdir()
    assert called(text, tmp_path / "down", "down")[0] == ["rm", "--force", *reversed(names)]


def test_a_health_check_that_no_shell_could_start_is_left_out_and_said(tmp_path: Path) -> None:
    text = script("gate")
    run = next(call for call in called(text, tmp_path) if "gate-gate" in call)
    assert "--health-cmd" not in run
    assert "Without a health check, unlike in compose.yaml: gate" in text


@pytest.mark.parametrize("name", ["a,b", 'a"b'])
def test_a_folder_that_cannot_be_mounted_from_is_one_line(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / PATH).write_text(script("ledger"))
    done = subprocess.run(["sh", PATH], cwd=folder, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)


def test_nothing_else_is_written_unless_it_is_asked_for() -> None:
    workload = begin(Request(APPS / "ledger", APPS / "ledger")).workload
    assert PATH not in [artifact.path for artifact in render(workload)]


@pytest.mark.parametrize("value", [{"net.core.somaxconn": "128"}, ["net.core.somaxconn=128"]], ids=["mapping", "list"])
def test_a_setting_of_names_is_spelled_from_both_forms_that_compose_takes(value: object) -> None:
    assert [list(words) for words in flags("sysctls", value, "p", "s")] == [["--sysctl", "net.core.somaxconn=128"]]
