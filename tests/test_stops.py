"""STOP: what gives the host away is not written, whoever asks, before it is taken out or has its reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.test_prompts import BACK, REVIEW, Scripted, agreed, interview
from tests.tools import copy_app, seawall
from wizard.controls import control_of
from wizard.host_gifts import gifts
from wizard.prompts.lines import Lines
from wizard.scaffold import Request, begin, outcome
from wizard.stops import Stopped

WAYS = {
    "mounts=/var/run/docker.sock:/s": "no-host-access", "mounts=/var/run/docker.sock:/run/docker.sock:rw": "no-host-access",
    "mounts=/run:/r": "no-host-access", "mounts=/var:/v": "no-host-access", "mounts=/:/host": "no-host-access",
    "mounts=/run/containerd/containerd.sock:/c": "no-host-access", "mounts=/run/user/1000/podman/podman.sock:/p": "no-host-access",
    "mounts=/srv/engine/docker.sock:/s": "no-host-access", "mounts=./crio.sock:/s": "no-host-access", "mounts=/etc:/x": "no-host-access",
    "mounts=/etc/ssl/cert.pem:/x": "no-host-access", "mounts=/home/me/.docker:/x": "no-host-access", "mounts=.:/x": "no-host-access",
    "devices=/dev/sda: disks": "no-host-access", "devices=/dev/mem: memory": "no-host-access", "device_rules=b 8:* rw: disks": "no-host-access",
    "apparmor=unconfined": "confinement-profiles",
}  # fmt: skip
"""Answers that break a control of severity stop."""

each_way = pytest.mark.parametrize(("setting", "control"), WAYS.items(), ids=WAYS)


@each_way
def test_without_a_person_it_ends_with_one_line_that_names_the_key_the_cost_and_both_ways_on(tmp_path: Path, setting: str, control: str) -> None:
    app = copy_app("api", tmp_path)
    before = sorted(app.rglob("*"))
    result = seawall(str(app), "--yes", "--force", "--set", setting)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    key = setting.partition("=")[0]
    for part in ("STOP api: ", "gives an intruder ", "Cheaper: ", f"Take it out of {key}", f"--waive {control}=REASON"):
        assert part in result.stderr, result.stderr
    assert sorted(app.rglob("*")) == before


@pytest.mark.parametrize(("setting", "control"), [way for way in WAYS.items() if way[1] == "no-host-access"])
def test_with_a_reason_it_is_written_and_said_every_time(tmp_path: Path, setting: str, control: str) -> None:
    app = copy_app("api", tmp_path)
    result = seawall(str(app), "--yes", "--set", setting, "--waive", f"{control}=builds images for the others")
    assert result.returncode == 0, result.stderr
    said = next(line for line in result.stdout.splitlines() if "waived:" in line)
    assert "builds images for the others" in said
    assert "STOP, answered with that reason: " in said
    again = json.loads(seawall(str(app), "--yes", "--format", "json").stdout)
    assert [note["control"] for note in again["notes"] if "STOP, answered" in note["message"]] == [control]
    assert "builds images for the others" in (app / "seawall.yaml").read_text()


def test_a_waiver_without_such_a_thing_says_no_stop(tmp_path: Path) -> None:
    result = seawall(str(copy_app("api", tmp_path)), "--yes", "--waive", "no-host-access=nothing of it is used")
    assert "waived: nothing of it is used" in result.stdout
    assert "STOP" not in result.stdout


def test_a_waiver_for_another_service_answers_nothing(tmp_path: Path) -> None:
    result = seawall(str(copy_app("ledger", tmp_path)), "--yes", "--set", "mounts=/etc:/x", "--waive", "no-host-access@postgres=for its logs")
    assert result.returncode == 2
    assert "STOP ledger" in result.stderr


def test_what_a_companion_is_given_stops_as_well_and_leads_to_the_companions(tmp_path: Path) -> None:
    companions = json.dumps([{"service": "postgres", "mounts": [{"path": "/x", "source": "/etc"}]}])
    app = copy_app("ledger", tmp_path)
    result = seawall(str(app), "--yes", "--set", f"companions={companions}")
    assert result.returncode == 2
    assert "STOP postgres: /etc of the host is mounted" in result.stderr
    assert "Take it out of companions" in result.stderr
    person = Guarded("it reads the host's own certificates", review=["keep", "write"])
    person.replies["Why does postgres have to have it?"] = ["it reads the host's own certificates"]
    found = agreed(interview(app, person, settings=(f"companions={companions}",)))
    assert [(w.control, w.service) for w in found.session.workload.waivers] == [("no-host-access", "postgres")]


def test_all_of_it_is_counted_in_the_one_line(tmp_path: Path) -> None:
    result = seawall(str(copy_app("api", tmp_path)), "--yes", "--set", "mounts=/etc:/x, /run:/y", "--set", "devices=/dev/sda: disks")
    assert result.stderr.endswith("(and 2 more like it)\n")


# --- prompts ---------------------------------------------------------------------------------------------------------

_KEEP = "Why does api have to have it?"


class Guarded(Scripted):
    """A person in front of prompts, who may also say why."""

    def __init__(self, why: str = "", **replies: Any) -> None:
        super().__init__(**replies)
        self.replies[_KEEP] = [why]


@each_way
def test_the_prompts_ask_and_take_a_reason(tmp_path: Path, setting: str, control: str) -> None:
    person = Guarded("builds images", review=["keep", "write"])
    found = agreed(interview(copy_app("api", tmp_path), person, settings=(setting,)))
    assert [(w.control, w.service, w.why) for w in found.session.workload.waivers] == [(control, "api", "builds images")]
    assert any(text.strip().startswith("STOP.") and "Instead:" in text for text in person.said)


def test_the_prompts_offer_the_question_first_and_write_nothing_until_it_is_mended(tmp_path: Path) -> None:
    person = Guarded(review=["mend", "write"], mounts=[""])
    found = agreed(interview(copy_app("api", tmp_path), person, settings=("mounts=/etc:/x",)))
    assert found.session.workload.mounts == ()
    assert ("What now?", "mend") in person.put


@pytest.mark.parametrize("reply", ["", "no", BACK])
def test_no_reason_is_no_answer(tmp_path: Path, reply: Any) -> None:
    person = Guarded(review=["keep", "leave"])
    person.replies[_KEEP] = [reply, BACK]
    assert interview(copy_app("api", tmp_path), person, settings=("mounts=/etc:/x",)) is None
    assert [message for message, _ in person.put].count(REVIEW) == 2


def test_lines_ask_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from wizard.prompts.interview import Interview

    app = copy_app("api", tmp_path)
    request = Request(app, app, ("mounts=/run/docker.sock:/s",))
    typed = [""] * len(Interview(Lines(), begin(request), request).session.answers.data()) + ["leave"] * 20
    monkeypatch.setattr("builtins.input", lambda *_: typed.pop(0))
    monkeypatch.setattr(Lines, "text", lambda self, prompt, default, check: default)
    assert Interview(Lines(), begin(request), request).run() is None
    assert "STOP. Nothing is written before this is answered." in capsys.readouterr().out


# --- what lies around ------------------------------------------------------------------------------------------------

_SOCKET = "services:\n  api:\n    read_only: true\n    volumes:\n      - ./a:/a\n      - {}:/run/docker.sock:ro\n"


@pytest.mark.parametrize(("text", "line"), [
    (_SOCKET.format("/var/run/docker.sock"), 6),
    (_SOCKET.format("${SOCKET:-/var/run/docker.sock}"), 6),
    (_SOCKET.format("$XDG_RUNTIME_DIR/podman/podman.sock"), 6),
    ("services:\n  api:\n    privileged: true\n", 3),
    ("services:\n  api:\n    pid: host\n", 3),
    ("services:\n  api:\n    volumes:\n      - type: bind\n        source: /\n        target: /host\n", 5),
    ("services:\n  api:\n    use_api_socket: true\n", 3),
    ("x: &common\n  restart: always\nservices:\n  api:\n    <<: *common\n    privileged: true\n", 6),
    ("x: &common\n  restart: always\nservices:\n  api:\n    <<: *common\n    volumes: !override\n      - /run/docker.sock:/s\n", 7),
])  # fmt: skip
def test_an_override_file_that_gives_the_host_away_stops_and_another_file_is_named(tmp_path: Path, text: str, line: int) -> None:
    app = copy_app("api", tmp_path)
    (app / "compose.override.yaml").write_text(text)
    with pytest.raises(Stopped) as stopped:
        outcome(begin(Request(app, app)), Request(app, app))
    assert f"compose.override.yaml:{line}, which Compose merges into compose.yaml: " in str(stopped.value)
    waived = Request(app, app, waivers=("no-host-access=builds images",))
    outcome(begin(waived), waived)
    (app / "compose.override.yaml").rename(app / "docker-compose.yml")
    notes = outcome(begin(Request(app, app)), Request(app, app)).notes
    assert [m.split(",")[0] for control, _, m in notes if control == "no-host-access" and "STOP" in m] == [f"STOP in docker-compose.yml:{line}"]


def test_a_file_of_the_person_s_says_so_before_it_is_replaced(tmp_path: Path) -> None:
    app = copy_app("api", tmp_path)
    (app / "compose.yaml").write_text("services:\n  web:\n    image: x\n    privileged: true\n")
    result = seawall(str(app), "--yes")
    assert result.returncode == 2
    assert "STOP in compose.yaml:4, which is not taken over: privileged mode gives the host away" in result.stdout


@pytest.mark.parametrize("fragment", [
    {"volumes": ["data:/var/lib/docker"]}, {"volumes": ["secrets:/x", {"type": "volume", "source": "run", "target": "/run"}]},
    {"volumes": ["./docker.sock.md:/x", "./my-docker.socket:/x"]}, {"privileged": False}, {"network_mode": "none"},
    {"devices": ["/dev/ttyUSB0:/dev/ttyUSB0:r"]}, {"volumes": None, "devices": "x"}, {"volumes": ["/srv/data:/data"]},
])  # fmt: skip
def test_what_gives_nothing_away_stops_nothing(fragment: dict[str, Any]) -> None:
    assert list(gifts(fragment)) == []
    assert list(control_of("no-host-access").forbids(fragment)) == []


def test_a_namespace_of_another_service_is_found_but_is_not_the_hosts() -> None:
    assert list(gifts({"pid": "service:app"})) == []
    assert list(control_of("no-host-access").forbids({"pid": "service:app"})) == ["pid: service:app shares what is another container's"]
