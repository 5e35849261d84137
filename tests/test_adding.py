"""The line that adds: what a text is taken for by its shape, and what is said of one that is not understood."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from tests.tools import APPS, copy_app
from wizard.adding import add, extended, kind_of
from wizard.companions import COMPANIONS
from wizard.question import value
from wizard.scaffold import Request, Session, begin

LEDGER = APPS / "ledger"
SESSION = begin(Request(LEDGER, LEDGER))


def said(*options: str) -> Session:
    return begin(Request(LEDGER, LEDGER, options))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("9090", "ports"), ("8080:80", "ports"), ("0.0.0.0:53:5353/udp", "ports"), ("[::1]:80:80", "ports"), ("*:80:8080", "ports"),
        ("9000 inside", "ports"), ("/srv", "writable"), ("/cache tmpfs 32M", "writable"), ("/var/lib/x volume data2", "writable"),
        ("redis:8 as cache", "companions"), ("redis as queue", "companions"), ("LOG=info", "environment"),
        ("_X=", "environment"), ("URL=http://a/b:c", "environment"), ("./app.toml:/etc/app.toml", "mounts"), ("/etc/tz:/etc/tz", "mounts"),
        ("./logs:/logs:rw", "mounts"), ("secret api_key", "secrets"), ("secret token as API_TOKEN", "secrets"),
        ("NET_RAW: pings", "capabilities"), ("CAP_NET_RAW: pings, often", "capabilities"), ("/dev/ttyUSB0: reads, and writes", "devices"),
    ],
)  # fmt: skip
def test_a_row_goes_where_its_shape_says_and_equals_set(text: str, key: str) -> None:
    added = add(SESSION, text)
    assert added.keys == (key,)
    spelled = text.removeprefix("secret ")
    quoted = f'"{spelled}"' if "," in spelled else spelled
    assert added.session.workload == said(f"{key}+={quoted}").workload
    assert added.session.workload != SESSION.workload
    assert len(added.rows) == 1


@pytest.mark.parametrize("companion", [entry.id for entry in COMPANIONS])
def test_every_companion_is_known_by_its_name(companion: str) -> None:
    assert kind_of(companion)[0].key == "companions"


def test_several_rows_are_added_at_once_and_a_comma_can_be_quoted() -> None:
    added = add(SESSION, '9090, /srv , redis as queue,"LIST=a,b"')
    assert added.keys == ("ports", "writable", "companions", "environment")
    assert added.session.workload == said("ports+=9090", "writable+=/srv", "companions+=redis as queue", 'environment+="LIST=a,b"').workload
    assert added.session.workload.environment["LIST"] == "a,b"
    assert [row.partition(":")[0] for row in added.rows] == ["Ports", "Writable paths", "Companions and networks", "Secrets and environment"]


def test_what_was_there_stays() -> None:
    session = add(add(SESSION, "9090").session, "9191").session
    assert [port.container for port in session.workload.ports] == [8000, 9090, 9191]
    assert add(session, "DATA_DIR=/srv").session.workload.environment == {"DATA_DIR": "/srv"}, "a variable of the same name is replaced"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "nothing to add"), (" , ,", "nothing to add"), ("postgras", "did you mean postgres?"), ("hello", "is not understood"),
        ("99999", "65535"), ("8000", "twice"), ("8080:", "is no port"), ("/a/../b", "absolute path"), ("/srv nfs", "tmpfs or volume"),
        ("NET_RAW", "no reason"), ("/dev/sda:", ""), ('"open', "quoted"), ("redis", "twice"), ("-x", "is not understood"),
        ("9090, hello", "hello"), ("{}", ""), ("[1]", ""), ("[bold]x[/]", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_and_nothing_is_added(text: str, word: str) -> None:
    with pytest.raises(ValueError) as caught:
        add(SESSION, text)
    assert word in str(caught.value)
    assert SESSION.workload == said().workload


def test_one_bad_row_leaves_all_of_them_out() -> None:
    with pytest.raises(ValueError, match="99999"):
        add(SESSION, "9090, 99999")
    assert [port.container for port in SESSION.workload.ports] == [8000]


@settings(max_examples=examples(300), deadline=None)
@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["9", ":", "/", "a", "=", ",", '"', " ", "[", "]", "{", "}", "\n", "\x1b", "secret ", "redis", "X"]), max_size=9).map(
        "".join
    )
)
def test_law_any_text_is_added_or_refused_in_words(text: str) -> None:
    try:
        added = add(SESSION, text)
    except ValueError as error:
        assert str(error)
        assert all(c.isprintable() for c in str(error)), "a message is safe to show"
        return
    assert added.keys
    assert added.session.workload != SESSION.workload or added.session == SESSION
    for key in added.keys:
        assert value(added.session.workload, key)


@pytest.mark.parametrize("text", ["", " ", ",", "[]", " [ ] "])
def test_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nothing to add"):
        add(SESSION, text)


def test_a_long_text_is_refused_at_once() -> None:
    with pytest.raises(ValueError) as caught:
        add(SESSION, "x" * 10_000)
    assert len(str(caught.value)) < 400


def test_rows_follow_rows_and_pairs_replace_pairs() -> None:
    assert extended(None, [1]) == [1]
    assert extended([1], [2]) == [1, 2]
    assert extended(None, {"a": 1}) == {"a": 1}
    assert extended({"a": 1, "b": 2}, {"a": 3}) == {"a": 3, "b": 2}


def test_an_unknown_folder_takes_rows_before_it_is_known_what_it_is_made_of(tmp_path: Path) -> None:
    added = add(begin(Request(tmp_path, tmp_path)), "9090")
    assert added.session.answers.data()["ports"] == [{"container": 9090, "publish": "127.0.0.1:9090"}]


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    folder = copy_app("ledger", tmp_path)
    session = begin(Request(folder, folder, ("name=queue",)))
    with pytest.raises(ValueError, match="queue"):
        add(session, "redis as queue")
