"""What was written is folded into the few folders to declare."""

import posixpath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.observe.folding import Folder, folded, is_declarable, is_in, is_noise, normal
from wizard.observe.seen import Write


def _writes(text: str) -> list[Write]:
    """Paths; a slash at the end is a folder that was made."""
    return [Write(path.rstrip("/"), 1, folder=path.endswith("/")) for path in text.split()]


@pytest.mark.parametrize(
    ("written", "declared"),
    [
        ("/tmp/x", "/tmp"),
        ("/tmp/tmpab12cd/ /tmp/tmpab12cd/x", "/tmp"),
        ("/run/nginx.pid", "/run"),
        ("/var/run/nginx.pid", "/run"),
        ("/run/postgresql/.s.PGSQL.5432", "/run/postgresql"),
        ("/var/log/app/ /var/log/app/app.log", "/var/log/app"),
        ("/var/log/app.log", "/var/log"),
        ("/var/lib/nginx/body/ /var/lib/nginx/proxy/", "/var/lib/nginx/body /var/lib/nginx/proxy"),
        ("/var/lib/nginx/body/ /var/lib/nginx/proxy/ /var/lib/nginx/fastcgi/ /var/lib/nginx/uwsgi/ /var/lib/nginx/scgi/", "/var/lib/nginx"),
        ("/var/lib/postgresql/data/base/ /var/lib/postgresql/data/base/1 /var/lib/postgresql/data/PG_VERSION", "/var/lib/postgresql/data"),
        ("/srv/cache/ /srv/cache/a/ /srv/cache/a/b", "/srv/cache"),
        ("/data/4f9a22b1-77aa/ /data/4f9a22b1-77aa/x", "/data"),
        ("/dev/shm/PostgreSQL.1 /dev/null /proc/self/oom_score_adj /etc/hosts", "/dev/shm"),
        ("/a/b /a/c/ /a/c/d", "/a"),
        ("/var/lib/a/ /var/lib/b/ /var/lib/c/ /var/lib/d/ /var/lib/e/", "/var/lib/a /var/lib/b /var/lib/c /var/lib/d /var/lib/e"),
        ("/erl_crash.dump /app/x.db /app/uploads/ /app/uploads/y", "/ /app /app/uploads"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_few_folders(written: str, declared: str) -> None:
    assert [folder.path for folder in folded(_writes(written))] == declared.split()


def test_what_lies_in_a_mount_asks_for_that() -> None:
    assert [folder.path for folder in folded(_writes("/data/x/ /data/x/y /data/z"), ["/data", "/other"])] == ["/data"]


def test_what_was_refused_or_changed_only_its_owner_is_no_reason() -> None:
    assert folded([Write("/usr/x", refused="EACCES"), Write("/data", how='chown("/data", 5, 5) = 0')]) == ()


def test_settings_are_told_from_state_and_from_what_is_gone() -> None:
    (copied,) = folded([Write("/conf/a", 3, copied_from="/dist/a"), Write("/conf/pid", deleted=True)])
    assert copied.is_copied and not copied.is_passing and copied.size == 3
    (mixed,) = folded([Write("/conf/a", 3, copied_from="/dist/a"), Write("/conf/b", 2)])
    assert not mixed.is_copied
    (gone,) = folded([Write("/run/x", deleted=True)])
    assert gone.is_passing and not gone.is_copied


_NAME = st.sampled_from(("a", "b", "cache", "data", "tmp", "run", "var", "log", "lib", "dev", "shm", "proc", "x1234567"))
_WRITE = st.builds(lambda parts, folder: Write("/" + "/".join(parts), 1, folder=folder), st.lists(_NAME, min_size=1, max_size=5), st.booleans())


@settings(max_examples=200)
@given(st.lists(_WRITE, max_size=25), st.randoms(use_true_random=False))
def test_every_write_is_in_a_folder_and_no_folder_is_in_another(writes: list[Write], random: "object") -> None:
    found: tuple[Folder, ...] = folded(writes)
    paths = [folder.path for folder in found]
    unique = {write.path: write for write in writes}
    for path, write in unique.items():
        path = normal(path)
        if is_noise(path) or (write.folder and path in ("/tmp", "/run", "/dev/shm", "/var/tmp", "/run/lock")):
            continue
        if not write.folder:
            assert any(is_in(path, one) for one in paths)
    assert not any(one != other and is_in(one, other) and is_declarable(other) for one in paths for other in paths)
    assert paths == sorted(paths)
    shuffled = list(unique.values())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert [folder.path for folder in folded(shuffled)] == paths
    # A folder is declared for something in it, and for what lies right in it or in folders that were made.
    for folder in found:
        assert folder.writes
        assert posixpath.normpath(folder.path) == folder.path
