"""From what was seen to answers, with their evidence; which of them are needed; what both watchers know put together."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.engine.archive import Entry
from wizard.observe import outside, proposal
from wizard.observe.proposal import Image, Item, answers_of, as_needs, widening
from wizard.observe.reducing import reduced
from wizard.observe.seen import CapabilityUse, Listening, Lookup, NotLearned, Peer, Seen, UserSwitch, Write
from wizard.observe.subject import WAIVED_USER

MIB = 1024**2
OWNED = Entry(999, 999, 0o700, True, 0)


def _writable(*writes: Write, entries: dict[str, Entry | None] | None = None, volumes: Sequence[str] = (), user: tuple[int, int] = (999, 999),
              known: dict[str, Any] | None = None) -> proposal.Proposed:  # fmt: skip
    mounted = [*(known or {}), *volumes]
    return proposal.writable(Seen(writes=writes), Image(entries or {}, frozenset(volumes)), mounted, known or {}, user)


@pytest.mark.parametrize(
    ("write", "entry", "title", "confidence"),
    [
        (Write("/run/app.pid", 2, "app", deleted=True), None, "/run tmpfs 16M", "sure"),
        (Write("/tmp/big", 20 * MIB), None, "/tmp tmpfs 64M", "likely"),
        (Write("/var/lib/app/db", 5), OWNED, "/var/lib/app volume app", "likely"),
        # Over a folder that the image has not, a volume belongs to root.
        (Write("/var/lib/app/db", 5, "app"), None, "/var/lib/app tmpfs 16M", "sure"),
        (Write("/work/x", 5), OWNED, "/work volume work", "guess"),
        (Write("/srv/app/.cache/x", 5), OWNED, "/srv/app/.cache tmpfs 16M", "likely"),
        (Write("/data/conf", 5, copied_from="/dist/conf"), None, "/data tmpfs 16M", "likely"),
        # What the image has there has to be seen.
        (Write("/var/cache/app/x", 5), Entry(999, 999, 0o755, True, 0, ("own",)), "/var/cache/app volume cache-app", "guess"),
    ],
)  # fmt: skip
def test_a_folder_becomes_a_tmpfs_or_a_volume(write: Write, entry: Entry | None, title: str, confidence: str) -> None:
    folder = title.partition(" ")[0]
    ((item,), left) = (lambda found: (found.items, found.left))(_writable(write, entries={folder: entry}))
    assert (item.title, item.confidence, left) == (title, confidence, ())
    assert item.evidence[0].startswith(write.path)


def test_what_the_image_keeps_in_a_volume_is_named_and_never_left_out() -> None:
    (item,) = _writable(Write("/var/lib/x/db", 5), volumes=["/var/lib/x"]).items
    assert (item.row, item.optional) == ({"path": "/var/lib/x", "volume": "x"}, False)


def test_what_is_declared_and_large_enough_is_no_news() -> None:
    assert _writable(Write("/tmp/x", 5), known={"/tmp": {"path": "/tmp", "tmpfs": "64M"}}).items == ()
    (item,) = _writable(Write("/tmp/x", 50 * MIB), known={"/tmp": {"path": "/tmp", "tmpfs": "64M"}}).items
    assert item.row == {"path": "/tmp", "tmpfs": "128M"}


def test_what_must_stay_read_only_is_no_answer() -> None:
    found = _writable(Write("/etc/nginx/nginx.conf", 5, copied_from="/etc/nginx/nginx.conf.template"))
    assert found.items == ()
    assert "put the finished file into the image" in found.left[0]


def test_shared_memory_is_a_limit() -> None:
    (item,) = _writable(Write("/dev/shm/x", 100 * MIB)).items
    assert (item.key, item.row) == ("limits", {"shm": "256M"})
    assert _writable(Write("/dev/shm/x", 1 * MIB)).items == ()


def test_ports_that_others_reach_and_nobody_declared() -> None:
    seen = Seen(listening=(Listening(80, "tcp", "0.0.0.0", "nginx"), Listening(80, "tcp", "::"), Listening(9000, "tcp", "127.0.0.1"),
                           Listening(53, "udp", "0.0.0.0"), Listening(8080, "tcp", "::1")))  # fmt: skip
    assert [item.title for item in proposal.ports(seen, [{"container": 53, "protocol": "udp"}])] == ["80/tcp"]


@pytest.mark.parametrize(
    ("users", "final"),
    [([(0, 0), (1000, 0), (1000, 1000)], (1000, 1000)), ([(0, 0)], None), ([(0, 0), (33, 33), (34, 34)], None), ([(5, 5)], (5, 5))],
)
def test_whom_it_became(users: list[tuple[int, int]], final: tuple[int, int] | None) -> None:
    assert proposal.final_user(Seen(users=tuple(UserSwitch(uid, gid) for uid, gid in users))) == final


def test_capabilities_as_traced_or_all_of_the_default() -> None:
    (item,) = proposal.capabilities(Seen(capabilities=(CapabilityUse("CHOWN", "init", "chown"),)))
    assert (item.row, item.evidence) == ({"name": "CHOWN", "why": "observed: init chown"}, ("init chown",))
    assert len(proposal.capabilities(Seen(not_learned=(NotLearned("capabilities", "x"),)))) == 14
    assert proposal.capabilities(Seen()) == ()


def test_capabilities_become_needs_where_they_are_exactly_one() -> None:
    rows = [{"name": name, "why": "seen"} for name in ("CHOWN", "SETGID", "SETUID")]
    assert as_needs({"capabilities": rows}) == {"capabilities": rows[:1], "needs": ["switch-user"]}
    assert as_needs({}) == {}


def test_items_are_added_to_what_is_known() -> None:
    base: dict[str, Any] = {"writable": [{"path": "/tmp", "tmpfs": "64M"}], "ports": [{"container": 80}], "user": {"uid": 1, "gid": 1}}
    items = [Item("writable", {"path": "/tmp", "tmpfs": "128M"}, (), "sure"), Item("ports", {"container": 80, "protocol": "udp"}, (), "sure"),
             Item("waivers", WAIVED_USER, (), "sure")]  # fmt: skip
    found = answers_of(items, base)
    assert found["writable"] == [{"path": "/tmp", "tmpfs": "128M"}]
    assert len(found["ports"]) == 2 and found["user"] is None


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("OSError: [Errno 30] Read-only file system: '/var/x/app.pid'", "/var/x"),
        ('open() "/run/nginx.pid" failed (30: Read-only file system)', "/run"),
        ("mkdir /srv/a: read-only file system", "/srv"),
        ("EROFS: read-only file system, open '/etc/x'", None),
        ("Permission denied: /data", None),
    ],
)
def test_a_run_that_failed_names_what_it_lacks(line: str, path: str | None) -> None:
    found = widening([line, "bye"], ["/tmp"])
    assert (found.row["path"] if found else None) == path  # type: ignore[index,call-overload]
    assert path is None or widening([line], [path, *(line.split("'")[1:2] or ["/run/nginx.pid", "/srv/a"]), "/srv/a", "/run/nginx.pid"]) is None


def test_what_is_asked_outside_takes_a_way_out() -> None:
    seen = Seen(
        lookups=(Lookup("api.example.com"), Lookup("db"), Lookup("x.local")), peers=(Peer("172.18.0.3", 5432, "db"), Peer("172.18.0.4", 6379))
    )
    (item,) = outside.items(seen, {}, ["db"])
    assert (item.key, item.row, item.evidence) == ("internet", True, ("it looks up api.example.com",))
    assert list(outside.items(seen, {"internet": True}, ["db"])) == []
    (note,) = outside.companions(seen, {}, ["db"])
    assert "172.18.0.4:6379" in note


@given(st.sets(st.integers(0, 13)), st.sets(st.integers(0, 13)))
def test_what_is_left_is_needed_one_by_one(needed: set[int], extra: set[int]) -> None:
    things = sorted(needed | extra)
    tried: list[tuple[int, ...]] = []

    def works(some: Sequence[int]) -> bool:
        tried.append(tuple(some))
        return needed <= set(some)

    assert set(reduced(things, works)) == needed
    assert len(set(tried)) <= 2 * len(things) + 14 * max(len(needed), 1)


def test_two_watchers_know_more_than_one() -> None:
    one = Seen(
        writes=(Write("/var/run/x", 1, "app", how="strace"),), listening=(Listening(80, "tcp", "::"),), not_learned=(NotLearned("peers", "a"),)
    )
    other = Seen(writes=(Write("/run/x", 5, deleted=True),), listening=(Listening(80, "tcp", "::", "app"),),
                 not_learned=(NotLearned("peers", "b"), NotLearned("calls", "c")), links={"/var/run": "/run"})  # fmt: skip
    both = one.merged(other)
    assert both.writes == (Write("/run/x", 5, "app", how="strace"),)
    assert both.listening == (Listening(80, "tcp", "::", "app"),)
    assert both.not_learned == (NotLearned("peers", "a"),)
    assert both.why_not("peers") == "a" and both.why_not("calls") == ""
