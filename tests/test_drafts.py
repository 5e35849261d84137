"""Drafts: kept whole and private, found only by whom they belong to, and resumed below or above the saved file."""

import os
import pwd
import socket
import stat
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.strategies import ANSWERS
from tests.thorough import examples
from tests.tools import copy_app
from wizard.answers import Layer
from wizard.drafts import Draft, digest_of, draft_path, find, forget, keep, resumed
from wizard.errors import UsageError
from wizard.said import mine, with_mine
from wizard.scaffold import Request, Session, begin

NOON = datetime(2026, 11, 22, 12, 30, 15, 123456)
DRAFT = Draft({"ports": [{"container": 9000}], "environment": {"LEVEL": "info"}, "name": "café"}, "ports", NOON, "")

PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.sampled_from(("\ud800", "\0", "\u202e", "𝕏"))),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=12,
)
KEYS = st.sampled_from(("name", "stack", "image", "user", "limits", "ports", "environment", "health", "writable", "companions", "waivers", "seawall"))


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of the test's own, which does not exist yet."""
    folder = tmp_path / "state" / "of me"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    return folder


def placed(folder: Path) -> Path:
    """The path of a draft that is there."""
    assert keep(folder, DRAFT)
    return draft_path(folder)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_draft_is_found_as_it_was_kept(tmp_path: Path, state: Path) -> None:
    assert find(tmp_path) is None
    assert keep(tmp_path, DRAFT)
    assert find(tmp_path) == DRAFT
    later = replace(DRAFT, page="limits", answers={}, saved=digest_of("name: x\n"))
    assert keep(tmp_path, later)
    assert find(tmp_path) == later
    assert [path.parent for path in state.rglob("*") if path.is_file()] == [state / "seawall" / "drafts"]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(), PLAIN, max_size=5), st.text(), st.datetimes(), st.text())
def test_law_plain_data_comes_back(tmp_path: Path, answers: dict[str, Any], page: str, when: datetime, saved: str) -> None:
    draft = Draft(answers, page, when, saved)
    assert keep(tmp_path, draft)
    assert find(tmp_path) == draft


def test_nobody_else_may_read_it(tmp_path: Path, state: Path) -> None:
    before = os.umask(0)
    try:
        path = placed(tmp_path)
        assert [mode(path), mode(path.parent), mode(path.parent.parent), mode(state)] == [0o600, 0o700, 0o700, 0o700]
        path.chmod(0o644)
        path.parent.chmod(0o755)
        assert keep(tmp_path, DRAFT)
        assert [mode(path), mode(path.parent)] == [0o600, 0o700]
    finally:
        os.umask(before)


def test_the_place_follows_the_specification(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = draft_path(tmp_path).name
    assert len(name) == 32 + len(".json")
    assert set(name.removesuffix(".json")) <= set("0123456789abcdef")
    assert draft_path(tmp_path) == tmp_path / "state" / "of me" / "seawall" / "drafts" / name
    for odd in ("relative/state", "", "~/state"):
        monkeypatch.setenv("XDG_STATE_HOME", odd)
        assert draft_path(tmp_path) == tmp_path / ".local" / "state" / "seawall" / "drafts" / name
    monkeypatch.delenv("XDG_STATE_HOME")
    assert draft_path(tmp_path) == tmp_path / ".local" / "state" / "seawall" / "drafts" / name
    placed(tmp_path)
    assert (tmp_path / ".local" / "state" / "seawall" / "drafts" / name).is_file()


def test_without_home_the_account_s_own_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = pwd.getpwuid(os.getuid())
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: pwd.struct_passwd((*account[:5], str(tmp_path), account[6])))
    for home in (None, "", "relative"):
        monkeypatch.delenv("HOME", raising=False)
        if home is not None:
            monkeypatch.setenv("HOME", home)
        assert draft_path(tmp_path).is_relative_to(tmp_path / ".local" / "state")


def nobody(uid: int) -> pwd.struct_passwd:
    raise KeyError(uid)


@pytest.mark.parametrize("home", [None, "", ".", "gone"])
def test_without_any_home_nothing_is_kept_and_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOME")
    if home is not None:
        monkeypatch.setenv("HOME", str(tmp_path / home) if home == "gone" else home)
    with pytest.raises(OSError, match="no home"):
        draft_path(tmp_path)
    assert not keep(tmp_path, DRAFT)
    assert find(tmp_path) is None
    forget(tmp_path)
    assert not list(tmp_path.iterdir())


def test_folders_do_not_share_and_a_link_to_one_is_that_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, link = tmp_path / "one", tmp_path / "two", tmp_path / "link"
    one.mkdir()
    two.mkdir()
    link.symlink_to(one)
    assert keep(one, DRAFT)
    assert keep(two, replace(DRAFT, page="other"))
    assert find(one) == DRAFT
    assert find(two) == replace(DRAFT, page="other")
    assert find(link) == DRAFT
    monkeypatch.chdir(one)
    assert find(Path()) == find(Path("../link/../one")) == DRAFT
    forget(one)
    assert find(one) is None
    assert find(two) is not None


def test_what_is_forgotten_leaves_nothing_behind(tmp_path: Path) -> None:
    forget(tmp_path)
    path = placed(tmp_path)
    path.with_name(f"{path.name}.0badcafe").write_text("left by a killed run")
    forget(tmp_path)
    assert not list(path.parent.iterdir())


@pytest.mark.parametrize("text", [
    "", "{", "null", "[]", "7", '"draft"', "\ufeff{}", "{}", '{"answers": {}, "page": "", "when": "2026-11-22T12:00:00"}',
    '{"answers": [], "page": "", "when": "2026-11-22T12:00:00", "saved": ""}', '{"answers": {}, "page": 3, "when": "2026-11-22T12:00:00", "saved": ""}',
    '{"answers": {}, "page": "", "when": "yesterday", "saved": ""}', '{"answers": {}, "page": "", "when": "2026-11-22T12:00:00", "saved": null}',
    '{"answers": {"a": ' + "[" * 50_000 + "]" * 50_000 + '}, "page": "", "when": "2026-11-22T12:00:00", "saved": ""}',
    '{"answers": {"a": ' + "9" * 5000 + '}, "page": "", "when": "2026-11-22T12:00:00", "saved": ""}',
], ids=lambda text: text[:40])  # fmt: skip
def test_a_broken_draft_is_none(tmp_path: Path, text: str) -> None:
    path = placed(tmp_path)
    path.write_text(text)
    assert find(tmp_path) is None
    assert keep(tmp_path, DRAFT)
    assert find(tmp_path) == DRAFT


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"\0", b'{"answers": {"\xff": 1}}'])
def test_bytes_that_are_no_text_are_none(tmp_path: Path, raw: bytes) -> None:
    placed(tmp_path).write_bytes(raw)
    assert find(tmp_path) is None


def test_a_huge_draft_is_neither_read_nor_kept(tmp_path: Path) -> None:
    path = placed(tmp_path)
    good = path.read_text()
    path.write_text(good + " " * (1024 * 1024 - len(good)))
    assert find(tmp_path) == DRAFT
    path.write_text(good + " " * (1024 * 1024 - len(good) + 1))
    assert find(tmp_path) is None
    path.write_text(good)
    assert not keep(tmp_path, replace(DRAFT, answers={"name": "x" * 1024 * 1024}))
    assert path.read_text() == good


@pytest.mark.parametrize("answers", [{"a": object()}, {"a": {1, 2}}, {"a": 10**5000}, {("a",): 1}], ids=["object", "set", "number", "key"])
def test_what_is_no_plain_data_is_not_kept(tmp_path: Path, answers: Any) -> None:
    assert not keep(tmp_path, replace(DRAFT, answers=answers))
    assert find(tmp_path) is None


def test_links_and_other_things_are_not_followed(tmp_path: Path) -> None:
    path = placed(tmp_path)
    real = path.rename(tmp_path / "real.json")
    text = real.read_text()
    path.symlink_to(real)
    assert find(tmp_path) is None
    assert keep(tmp_path, replace(DRAFT, page="new"))
    assert not path.is_symlink()
    assert real.read_text() == text
    path.unlink()
    path.symlink_to(real)
    forget(tmp_path)
    assert not path.is_symlink()
    assert real.exists()
    os.mkfifo(path)
    assert find(tmp_path) is None
    path.unlink()
    path.mkdir()
    assert find(tmp_path) is None
    assert not keep(tmp_path, DRAFT)
    forget(tmp_path)
    path.rmdir()
    with socket.socket(socket.AF_UNIX) as listener:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            listener.bind(f"/proc/self/fd/{folder}/{path.name}")
        finally:
            os.close(folder)
        assert find(tmp_path) is None
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_folder_of_drafts_that_is_a_link_is_not_followed(tmp_path: Path, state: Path) -> None:
    elsewhere = placed(tmp_path).parent.rename(tmp_path / "elsewhere")
    (state / "seawall" / "drafts").symlink_to(elsewhere)
    assert find(tmp_path) is None
    assert not keep(tmp_path, DRAFT)
    forget(tmp_path)
    assert len(list(elsewhere.iterdir())) == 1


def test_what_belongs_to_somebody_else_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = placed(tmp_path)
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    assert find(tmp_path) is None
    assert not keep(tmp_path, replace(DRAFT, page="new"))
    forget(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: me)
    assert find(tmp_path) == DRAFT
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_a_foreign_file_in_one_s_own_folder_is_none(tmp_path: Path) -> None:
    path = placed(tmp_path)
    os.chown(path, 12345, 12345)
    assert find(tmp_path) is None
    assert keep(tmp_path, DRAFT)
    assert find(tmp_path) == DRAFT


def test_a_state_folder_that_cannot_be_made_or_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    for odd in (tmp_path / "file", Path("/proc/self/seawall"), Path("/dev/null/x")):
        monkeypatch.setenv("XDG_STATE_HOME", str(odd))
        assert not keep(tmp_path, DRAFT)
        assert find(tmp_path) is None
        forget(tmp_path)


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_a_disk_that_fails_half_way_keeps_the_older_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    path = placed(tmp_path)

    def full(*args: Any, **named: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, call, full)
        assert not keep(tmp_path, replace(DRAFT, page="new"))
    assert find(tmp_path) == DRAFT
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_draft_appears_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever has happened before the rename, the name holds the older draft; after it, the new one."""
    placed(tmp_path)
    seen: list[Draft | None] = []
    rename = os.rename

    def watched(*args: Any, **named: Any) -> None:
        seen.append(find(tmp_path))
        rename(*args, **named)
        seen.append(find(tmp_path))

    monkeypatch.setattr(os, "rename", watched)
    newer = replace(DRAFT, page="new")
    assert keep(tmp_path, newer)
    assert seen == [DRAFT, newer]


def test_the_same_text_has_the_same_digest() -> None:
    assert digest_of("a: 1\n") == digest_of("a: 1\n") != digest_of("a: 1")
    assert digest_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_of("\ud800") != digest_of("?")


SAVED = "name: saved\nports: [1111]\nlimits: {pids: 11}\nstack: python\n"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """The ledger with a saved file and an option."""
    app = copy_app("ledger", tmp_path)
    (app / "seawall.yaml").write_text(SAVED)
    return begin(Request(app, app, settings=("restart=always",)))


def drafted(**answers: Any) -> Draft:
    return Draft(answers, "", NOON, digest_of(SAVED))


def test_on_the_same_saved_file_a_draft_is_what_was_said_so_far(session: Session) -> None:
    answers = {"name": "drafted", "limits": {"memory": "1G"}, "restart": "no"}
    found = resumed(session, drafted(**answers), digest_of(SAVED))
    assert mine(found) == answers
    assert found == with_mine(session, answers)
    workload = found.workload
    assert (workload.name, workload.restart, workload.limits.memory, workload.limits.pids) == ("drafted", "no", "1G", 11)
    assert [port.container for port in workload.ports] == [1111]
    assert found.answers.origin("name") == "your answer"


def test_a_draft_takes_the_place_of_what_was_said_before(session: Session) -> None:
    spoken = with_mine(session, {"name": "earlier", "stop_grace": 3})
    assert mine(resumed(spoken, drafted(name="drafted"), digest_of(SAVED))) == {"name": "drafted"}


@pytest.mark.parametrize("digest", ["", digest_of(SAVED + " ")])
def test_on_another_saved_file_a_draft_ranks_below_it(session: Session, digest: str) -> None:
    answers = {"name": "drafted", "limits": {"memory": "1G", "pids": 77}, "restart": "no", "stop_grace": 5}
    found = resumed(session, drafted(**answers), digest)
    assert mine(found) == {}
    assert found.person == (Layer("draft", answers), *session.person)
    workload = found.workload
    assert (workload.name, workload.restart, workload.stop_grace) == ("saved", "always", 5)
    assert (workload.limits.memory, workload.limits.pids) == ("1G", 11)
    assert found.answers.origin("stop_grace") == "draft"
    assert found.answers.data(given=True)["stop_grace"] == 5


def test_without_a_saved_file_then_and_now_it_is_on_top(tmp_path: Path) -> None:
    session = begin(Request(copy_app("ledger", tmp_path), tmp_path))
    draft = replace(drafted(name="drafted"), saved="")
    assert mine(resumed(session, draft, "")) == {"name": "drafted"}
    assert resumed(session, draft, digest_of(SAVED)).person == (Layer("draft", {"name": "drafted"}),)
    assert resumed(session, draft, digest_of(SAVED)).workload.name == "drafted"


@pytest.mark.parametrize("digest", ["", digest_of(SAVED)])
def test_a_drafted_language_is_looked_for_in_the_folder(tmp_path: Path, digest: str) -> None:
    session = begin(Request(copy_app("brochure", tmp_path), tmp_path))
    found = resumed(session, drafted(stack={"language": "node"}, command=["node", "x.js"]), digest)
    assert found.language == "node"
    assert found.workload.stack is not None
    assert found.workload.stack.language == "node"


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        ({"oldkey": 1, "name": "x"}, {"name": "x"}),
        ({"oldkey": 1}, {}),
        ({"seawall": 2, "name": "x"}, {"name": "x"}),
        ({"name": "No Name", "internet": True}, {"internet": True}),
        ({"name": None, "health": None}, {"health": None}),
        ({"limits": {"memory": "1G", "swapp": "1G"}}, {"limits": {"memory": "1G"}}),
        ({"limits": {"swapp": "1G"}, "restart": "no"}, {"restart": "no"}),
        ({"limits": "1G"}, {}),
        ({"stack": {"language": "cobol"}}, {}),
        ({"stack": {"version": "3.12"}}, {"stack": {"version": "3.12"}}),
        ({"user": {"uid": 5}}, {"user": {"uid": 5}}),
        ({"user": {"uid": 0, "gid": 5}}, {"user": {"gid": 5}}),
        ({"environment": {"GOOD": "1", "not good": "1", "CONTROL": "\0"}}, {"environment": {"GOOD": "1"}}),
        ({"health": {"http": "/x", "every": 3}}, {"health": {"http": "/x"}}),
        ({"ports": [{"container": 80}, {"container": 0}]}, {}),
        ({"dns": ["nowhere"], "command": ["a\0"], "hostname": "h"}, {"hostname": "h"}),
        ({"ports": "80", "name": ["x"], "stack": 3, "image": {}, "limits": [1]}, {}),
        ({"image": "owner/tool:1"}, {"image": "owner/tool:1"}),
    ],
    ids=lambda value: str(value)[:50],
)
@pytest.mark.parametrize("digest", ["", digest_of(SAVED)])
def test_what_this_version_does_not_know_is_dropped(session: Session, answers: dict[str, Any], left: dict[str, Any], digest: str) -> None:
    found = resumed(session, drafted(**answers), digest)
    layer = Layer("your answer" if digest else "draft", left)
    assert found.person == ((*session.person, layer) if digest else (layer, *session.person)) if left else found == session


@pytest.mark.parametrize(
    "answers",
    [
        {"limits": {"memory": "64M", "reservation": "128M"}},
        {"limits": {"reservation": "4G"}},
        {"writable": [{"path": "/tmp", "tmpfs": "4G"}]},
        {"stack": {"language": "go"}, "image": "owner/tool:1"},
        {"companions": [{"service": "redis"}], "name": "redis"},
        {"writable": [{"path": "/a", "tmpfs": "1M"}], "mounts": [{"path": "/a", "source": "./a"}]},
    ],
    ids=lambda answers: str(answers)[:50],
)
def test_answers_that_contradict_are_kept_for_the_person(session: Session, answers: dict[str, Any]) -> None:
    assert mine(resumed(session, drafted(**answers), digest_of(SAVED))) == answers


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.dictionaries(st.one_of(KEYS, st.text()), PLAIN, max_size=5), ANSWERS), st.booleans())
def test_law_no_draft_stops_the_wizard(session: Session, answers: dict[str, Any], same: bool) -> None:
    found = resumed(session, drafted(**answers), digest_of(SAVED) if same else "")
    kept = dict(mine(found)) if same else {key: value for layer in found.person if layer.source == "draft" for key, value in layer.data.items()}
    assert set(kept) <= set(answers)
    found.answers.data()
    try:
        found.workload
    except UsageError as error:
        assert "unknown key" not in str(error)
        assert "\n" not in str(error)
