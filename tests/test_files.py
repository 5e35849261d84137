"""wizard.files: what is refused, what is shown, what ends up on disk, and what is kept of the old."""

import errno
import fcntl
import hashlib
import json
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wizard.errors import UsageError
from wizard.files import File, Recovery, plan, recover, write

JOURNAL = ".seawall-journal"


def snapshot(folder: Path) -> dict[str, tuple[int, bytes | None]]:
    """Every path below `folder` with its mode and contents (None for a folder)."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_mode & 0o7777, None if path.is_dir() else path.read_bytes()) for path in folder.rglob("*")
    }


def file(path: str = "Dockerfile", text: str = "FROM x\n") -> File:
    return File(path, text)


# --- refusals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "..",
        "a/../b",
        "../a",
        "",
        "a//b",
        "a/",
        "./a",
        "a\\b",
        "a\0b",
        "a\nb",
        "a\x1bb",
        "a\u202eb",
        "\ud800",
        ".seawall-journal",
        "a/.seawall-1.new",
        ".SEAWALL-journal/commit.json",
    ],
)
def test_bad_paths_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(tmp_path, [file(path)])
    assert "path '" in str(caught.value) and ": " in str(caught.value)
    assert str(caught.value).isprintable()
    assert snapshot(tmp_path) == {}


@pytest.mark.parametrize("paths", [["a", "a"], ["a", "a/b"], ["a/b/c", "a"]])
def test_clashing_paths_are_refused(tmp_path: Path, paths: list[str]) -> None:
    with pytest.raises(UsageError, match="'a"):
        plan(tmp_path, [file(path) for path in paths])


@pytest.mark.parametrize("bad", [File("a", "", mode=0o4755), File("a", "", folder_mode=0o077), File("a", "\udc80")])
def test_bad_modes_and_text_are_refused(tmp_path: Path, bad: File) -> None:
    with pytest.raises(UsageError, match="'a'"):
        plan(tmp_path, [bad])


def _socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # the path of a socket is limited to about 100 bytes
    try:
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(path.name)
    finally:
        os.chdir(here)


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.symlink_to("/etc/passwd"), "symlink"),
        (lambda path: path.symlink_to("nowhere"), "symlink"),
        (lambda path: path.mkdir(), "folder"),
        (lambda path: os.mkfifo(path), "fifo"),
        (_socket, "device or socket"),
        (lambda path: path.write_bytes(b"x" * 1_048_577), "larger"),
    ],
)
def test_odd_targets_are_refused(tmp_path: Path, make: Callable[[Path], object], said: str, keep: bool) -> None:
    make(tmp_path / "t")
    if said == "larger" and keep:
        assert plan(tmp_path, [File("t", "x", keep=True)]).changes[0].status == "kept"
        return
    with pytest.raises(UsageError, match=f"{tmp_path}/t is {said}|{tmp_path}/t is a {said}|move it away") as caught:
        plan(tmp_path, [File("t", "x", keep=keep)])
    assert said in str(caught.value)


@pytest.mark.parametrize("depth", [1, 2])
def test_symlinked_parents_are_refused(tmp_path: Path, depth: int) -> None:
    outside, inside = tmp_path / "out", tmp_path / "in"
    (outside / "s").mkdir(parents=True)
    inside.mkdir()
    if depth == 1:
        (inside / "d").symlink_to(outside)
    else:
        (inside / "d").mkdir()
        (inside / "d/s").symlink_to(outside / "s")
    with pytest.raises(UsageError, match="symlink"):
        plan(inside, [file("d/s/x")])


def test_file_as_parent_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d").write_text("")
    with pytest.raises(UsageError, match="/d is a file, not a real folder"):
        plan(tmp_path, [file("d/x")])


def test_folder_must_exist_unless_created(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        plan(tmp_path / "p", [file()])
    with pytest.raises(UsageError, match="does not exist"):
        plan(tmp_path / "p" / "q", [file()], create=True)
    planned = plan(tmp_path / "p", [file()], create=True)
    assert not (tmp_path / "p").exists()
    (tmp_path / "p").mkdir()
    with pytest.raises(UsageError, match="changed on disk"):
        write(planned)
    (tmp_path / "p").rmdir()
    write(planned)
    assert (tmp_path / "p/Dockerfile").read_text() == "FROM x\n"
    with pytest.raises(UsageError, match="changed on disk"):
        write(planned)


def test_folder_that_is_a_file_or_a_loop(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("f", "loop", "f/x"):
        with pytest.raises(UsageError):
            plan(tmp_path / name, [file()], create=True)


def test_folder_itself_may_be_a_symlink(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    planned = plan(tmp_path / "link", [file()])
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to("/nonexistent")  # resolved once: the later target does not matter
    write(planned)
    assert (tmp_path / "real/Dockerfile").exists()


def test_replaced_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    planned = plan(folder, [file()])
    folder.rename(tmp_path / "q")
    folder.mkdir()
    with pytest.raises(UsageError, match="changed on disk"):
        write(planned)
    assert snapshot(folder) == {} == snapshot(tmp_path / "q")


def test_unwritable_folder(tmp_path: Path) -> None:
    """Really without permission: in a child without privileges when the tests run as root."""
    script = (
        "import hashlib, json  # now: the child may not be able to read the library later\n"
        "import os, sys; from pathlib import Path; from wizard.errors import UsageError; from wizard.files import *\n"
        "os.getuid() or os.setuid(65534)\n"
        "for files in ([File('a', 'x')], [File('new/a', ''), File('sub/a', 'x')]):\n"
        "    try: write(plan(Path(sys.argv[1] if len(files) == 1 else sys.argv[2]), files))\n"
        "    except UsageError as error: print(error)\n"
    )
    # Not below tmp_path: pytest makes that 0700, and the child must get in.
    base = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    try:
        base.chmod(0o755)
        for name in ("closed", "open/sub"):
            (base / name).mkdir(parents=True)
            (base / name).chmod(0o555)
        (base / "open").chmod(0o777)
        out = subprocess.run(
            [sys.executable, "-c", script, base / "closed", base / "open"],
            capture_output=True, text=True, check=True, env={"PYTHONPATH": os.getcwd()},
        ).stdout.splitlines()  # fmt: skip
        assert len(out) == 2 and "closed is not writable" in out[0] and "not permitted" in out[1]
        assert snapshot(base / "open").keys() == {"sub"}  # new/ was made, and is gone again
    finally:
        (base / "closed").chmod(0o755)
        (base / "open/sub").chmod(0o755)
        subprocess.run(["rm", "-rf", base], check=True)


def test_full_disk_rolls_back(tmp_path: Path) -> None:
    """A real failure of write(2) halfway (a limit on file size; Python ignores the signal)."""
    (tmp_path / "a").write_text("old\n")
    before = snapshot(tmp_path)
    planned = plan(tmp_path, [File("a", "new\n"), File("d/b", "x" * 10_000)])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, limits[1]))
    try:
        with pytest.raises(UsageError, match="File too large"):
            write(planned, overwrite=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert snapshot(tmp_path) == before


def test_conflicts_need_permission(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("mine\n")
    planned = plan(tmp_path, [file(), file("b")])
    with pytest.raises(UsageError, match="Dockerfile"):
        write(planned)
    assert snapshot(tmp_path).keys() == {"Dockerfile"}


@pytest.mark.parametrize("change", ["edited", "removed", "appeared", "kept removed", "unchanged edited"])
def test_disk_changed_since_shown(tmp_path: Path, change: str) -> None:
    (tmp_path / "a").write_text("old\n")
    (tmp_path / "k").write_text("secret\n")
    (tmp_path / "u").write_text("same\n")
    files = [file("a"), file("n"), File("k", "", keep=True), File("u", "same\n")]
    planned = plan(tmp_path, files)
    match change:
        case "edited":
            (tmp_path / "a").write_text("edited\n")
        case "removed":
            (tmp_path / "a").unlink()
        case "appeared":
            (tmp_path / "n").write_text("")
        case "kept removed":
            (tmp_path / "k").unlink()
        case _:
            (tmp_path / "u").write_text("other\n")
    before = snapshot(tmp_path)
    with pytest.raises(UsageError, match="changed on disk since it was shown"):
        write(planned, overwrite=True)
    assert snapshot(tmp_path) == before


# Without hard links an edit of the same size and time cannot be seen between copy and rename: not among the cases.
@pytest.mark.parametrize(
    ("links", "moment", "how"),
    [
        case
        for case in product([True, False], ["stage", "swap"], ["rewrite", "unnoticed", "replace", "appear", "twin"])
        if case != (False, "swap", "unnoticed")
    ],
)
def test_edit_during_write_survives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool, moment: str, how: str) -> None:
    """An editor that saves while we stage: its contents stay, the rest of the set is rolled back."""
    for name in ("a", "b"):
        (tmp_path / name).write_text("old\n")
    planned = plan(tmp_path, [file("a"), file("b"), file("n")])
    real, count = os.link, 0

    def edit() -> None:
        match how:
            case "rewrite":
                (tmp_path / "b").write_text("edited\n")
            case "unnoticed":  # same file, size and time
                status = (tmp_path / "b").stat()
                (tmp_path / "b").write_text("EDT\n")
                os.utime(tmp_path / "b", ns=(status.st_atime_ns, status.st_mtime_ns))
            case "replace":
                (tmp_path / "tmp").write_text("edited\n")
                (tmp_path / "tmp").rename(tmp_path / "b")
            case "appear":
                (tmp_path / "n").write_text("edited\n")
            case _:  # with the very contents that were planned
                (tmp_path / "n").write_text("FROM x\n")

    def link(*args: object, **options: object) -> None:
        nonlocal count
        count += 1
        if links:
            real(*args, **options)  # type: ignore[arg-type]
        if count == (1 if moment == "stage" else 6):  # 6: .old, .bak, backup of both files
            edit()
        if not links:
            _no_links()

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(UsageError, match="changed on disk"):
        write(planned, overwrite=True)
    name, text = {"unnoticed": ("b", "EDT\n"), "appear": ("n", "edited\n"), "twin": ("n", "FROM x\n")}.get(how, ("b", "edited\n"))
    assert (tmp_path / name).read_text() == text
    assert (tmp_path / "a").read_text() == "old\n"
    left = snapshot(tmp_path).keys() - {"a", "b", "n"}
    # The contents from before the edit stay as backup where they are still to be had; nothing else stays.
    lone = moment == "swap" and (how == "replace" or (how == "rewrite" and not links))
    assert left == ({"b.orig"} if lone else set())
    assert not lone or (tmp_path / "b.orig").read_text() == "old\n"


# --- symlink races --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["before write", "while staging"])
def test_parent_swapped_for_a_symlink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    folder, outside = tmp_path / "p", tmp_path / "out"
    (folder / "d").mkdir(parents=True)
    (folder / "d/x").write_text("old\n")
    outside.mkdir()
    (outside / "x").write_text("old\n")  # the same contents: only the path can tell
    before = snapshot(outside)
    planned = plan(folder, [file("a"), file("d/x"), file("d/y")])

    def swap() -> None:
        (folder / "d").rename(folder / "moved")
        (folder / "d").symlink_to(outside)

    if moment == "before write":
        swap()
        with pytest.raises(UsageError, match="symlink"):
            write(planned, overwrite=True)
        assert not (folder / "a").exists()
    else:
        real, done = os.link, False

        def link(*args: object, **options: object) -> None:
            nonlocal done
            if not done:
                swap()
                done = True
            real(*args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(os, "link", link)
        write(planned, overwrite=True)  # goes on in the folder that was checked, wherever it is now
        assert (folder / "moved/x").read_text() == "FROM x\n"
    assert snapshot(outside) == before


def test_target_swapped_for_a_symlink(tmp_path: Path) -> None:
    folder, victim = tmp_path / "p", tmp_path / "victim"
    folder.mkdir()
    victim.write_text("old\n")
    (folder / "x").write_text("old\n")
    planned = plan(folder, [file("x")])
    (folder / "x").unlink()
    (folder / "x").symlink_to(victim)
    with pytest.raises(UsageError, match="symlink"):
        write(planned, overwrite=True)
    assert victim.read_text() == "old\n" and (folder / "x").is_symlink()


# --- what is shown --------------------------------------------------------------------------------------------


def test_plan_and_diff(tmp_path: Path) -> None:
    (tmp_path / "same").write_text("s\n")
    (tmp_path / "c").write_text("one\r\ntwo\x1b[2J\nthree")
    (tmp_path / "bin").write_bytes(b"\xff\xfe")
    (tmp_path / "nul").write_bytes(b"a\0b")
    (tmp_path / "kept").write_text("hunter2")
    files = [
        File("same", "s\n"),
        File("c", "one\ntwo\nthree\n"),
        File("bin", "t\n"),
        File("nul", "t\n"),
        File("kept", "swordfish", keep=True),
        File("s/new", "swordfish", keep=True),
        File("n", "1\n2\n"),
    ]
    planned = plan(tmp_path, files)
    by = {change.file.path: change for change in planned.changes}
    assert [change.status for change in planned.changes] == [
        "unchanged", "changed", "changed", "changed", "kept", "new", "new",
    ]  # fmt: skip
    assert [change.file.path for change in planned.conflicts] == ["c", "bin", "nul"]
    assert by["same"].diff() == "" and by["n"].diff() == "--- /dev/null\n+++ b/n\n@@ -0,0 +1,2 @@\n+1\n+2\n"
    assert by["c"].diff() == ("--- a/c\n+++ b/c\n@@ -1,3 +1,3 @@\n-one\\r\n-two\\x1b[2J\n-three\n\\ No newline at end of file\n+one\n+two\n+three\n")
    assert "binary" in by["bin"].diff() and by["nul"].binary and not by["c"].binary
    assert [(c.added, c.removed) for c in planned.changes] == [(0, 0), (3, 3), (1, 0), (1, 0), (0, 0), (1, 0), (2, 0)]
    assert by["s/new"].diff() == "s/new: a random secret would be created\n"
    shown = repr(planned) + "".join(change.diff() for change in planned.changes)
    assert "hunter2" not in shown and "swordfish" not in shown


@given(st.text("ab\n\r\x0c\u2028", max_size=12), st.text("ab\n\r\x0c\u2028", max_size=12))
def test_diff_counts_agree_with_the_diff(before: str, after: str) -> None:
    from wizard.files.diffs import counts, unified

    lines = unified("p", before, after).splitlines()[2:]
    assert counts(before, after) == (sum(x[0] == "+" for x in lines), sum(x[0] == "-" for x in lines))
    assert (before == after) == (not lines)


# --- modes and folders ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_modes_do_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    old = os.umask(umask)
    try:
        write(plan(tmp_path, [File("x/run.sh", "", 0o755), File("secrets/t", "s", 0o444, True, 0o700), File("a/b/c", "")]))
    finally:
        os.umask(old)
    modes = {path: mode for path, (mode, _) in snapshot(tmp_path).items()}
    assert modes == {
        "x": 0o755, "x/run.sh": 0o755, "secrets": 0o700, "secrets/t": 0o444, "a": 0o755, "a/b": 0o755, "a/b/c": 0o644,
    }  # fmt: skip


def test_strictest_folder_mode_counts(tmp_path: Path) -> None:
    write(plan(tmp_path, [File("s/a", ""), File("s/b", "", folder_mode=0o700), File("s/t/c", "")]))
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700


def test_mode_and_owner_of_a_replaced_file_stay(tmp_path: Path) -> None:
    target = tmp_path / "x"
    target.write_text("old\n")
    if os.geteuid() == 0:
        os.chown(target, 1234, 4321)
    target.chmod(0o6750)
    owner = target.stat().st_uid, target.stat().st_gid
    write(plan(tmp_path, [file("x")]), overwrite=True)
    assert target.stat().st_mode & 0o7777 == 0o750
    assert (target.stat().st_uid, target.stat().st_gid) == owner


def test_secrets_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir(mode=0o755)
    secret = File("secrets/t", "s", 0o444, True, 0o700)
    with pytest.raises(UsageError, match="chmod 700"):
        plan(tmp_path, [secret])
    (tmp_path / "secrets").chmod(0o700)
    write(plan(tmp_path, [secret]))


def test_secrets_are_kept(tmp_path: Path) -> None:
    write(plan(tmp_path, [File("s/t", "first", 0o444, True, 0o700)]))
    done = write(plan(tmp_path, [File("s/t", "second", 0o444, True, 0o700)]), overwrite=True)
    assert (tmp_path / "s/t").read_text() == "first"
    assert (done.written, done.backups, done.kept) == ((), (), ("s/t",))


# --- backups --------------------------------------------------------------------------------------------------


def test_backups_never_overwrite_and_are_reused(tmp_path: Path) -> None:
    target = tmp_path / "a"
    for text in ("one", "two", "three", "two"):
        target.write_text(text)
        done = write(plan(tmp_path, [File("a", "new")]), overwrite=True)
    assert done.backups == (("a", "a.orig.1"),)
    contents = {path: data for path, (_, data) in snapshot(tmp_path).items()}
    assert contents == {"a": b"new", "a.orig": b"one", "a.orig.1": b"two", "a.orig.2": b"three"}


def test_backup_avoids_planned_names_and_odd_things(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine")
    (tmp_path / "a.orig").write_text("mine")
    (tmp_path / "a.orig.1").mkdir()
    (tmp_path / "a.orig.2").symlink_to("a")
    done = write(plan(tmp_path, [File("a", "new"), File("a.orig", "planned")]), overwrite=True)
    assert done.backups == (("a", "a.orig.3"), ("a.orig", "a.orig.orig"))
    assert (tmp_path / "a.orig.3").read_text() == (tmp_path / "a.orig.orig").read_text() == "mine"


NAMES = ["a", "b", "a.orig", "a.orig.1", "d/x", "d/x.orig", "d/e/y", "f/z"]
CONTENTS = st.sampled_from(["", "one\n", "two\n", "three"])


@pytest.mark.parametrize("links", [True, False])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prior=st.dictionaries(st.sampled_from(NAMES), st.tuples(CONTENTS, st.sampled_from([0o644, 0o600, 0o755]))),
    wanted=st.dictionaries(st.sampled_from(NAMES), st.tuples(CONTENTS, st.booleans())),
)
def test_any_prior_state(
    tmp_path_factory: pytest.TempPathFactory,
    links: bool,
    prior: dict[str, tuple[str, int]],
    wanted: dict[str, tuple[str, bool]],
) -> None:
    folder = tmp_path_factory.mktemp("p")
    for path, (text, mode) in prior.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
        (folder / path).chmod(mode)
    planned = plan(folder, [File(path, text, keep=keep) for path, (text, keep) in wanted.items()])
    with pytest.MonkeyPatch.context() as patch:
        if not links:
            patch.setattr(os, "link", _no_links)
        done = write(planned, overwrite=True)
    after = {path: state for path, state in snapshot(folder).items() if state[1] is not None}
    assert not [path for path in after if ".seawall" in path]
    assert not (folder / JOURNAL).exists()
    for path, (text, keep) in wanted.items():
        mode = prior[path][1] if path in prior else 0o644
        assert after[path] == (mode, prior[path][0].encode() if keep and path in prior else text.encode())
    for path, (text, mode) in prior.items():
        above = Path(path).parent
        siblings = [data for other, (_, data) in after.items() if Path(other).parent == above]
        assert text.encode() in siblings
        if path not in wanted:
            assert after[path] == (mode, text.encode())
    for path, backup in done.backups:
        assert after[backup][1] == prior[path][0].encode()
    assert after.keys() == prior.keys() | wanted.keys() | {backup for _, backup in done.backups}
    assert plan(folder, [change.file for change in planned.changes]).conflicts == ()


def _no_links(*_args: object, **_options: object) -> None:
    raise OSError(errno.EPERM, "no hard links here")


# --- lock and journal -----------------------------------------------------------------------------------------


def test_second_run_is_refused(tmp_path: Path) -> None:
    planned = plan(tmp_path, [file()])
    fd = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    try:
        with pytest.raises(UsageError, match="another run"):
            write(planned)
        (tmp_path / JOURNAL).mkdir()
        with pytest.raises(UsageError, match="another run"):
            recover(tmp_path)
        with pytest.raises(UsageError, match="another run"):
            plan(tmp_path, [file()])
    finally:
        os.close(fd)
    assert recover(tmp_path) == Recovery("nothing")
    write(planned)
    fd = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)  # released afterwards
    os.close(fd)


def test_recover_of_a_clean_or_missing_folder(tmp_path: Path) -> None:
    assert recover(tmp_path) == recover(tmp_path / "none") == Recovery("nothing")


ENTRY = {"path": "d/x", "before": "", "after": hashlib.sha256(b"old\n").hexdigest(), "backup": ""}
RECORD = {"inode": 0, "nonce": "0" * 16, "folders": [], "files": [ENTRY]}


def _journal(folder: Path, record: object, name: str = "intent.json") -> None:
    (folder / JOURNAL).mkdir()
    (folder / JOURNAL / name).write_text(record if isinstance(record, str) else json.dumps(record))


@pytest.mark.parametrize(
    "record",
    [
        "", "{", "[]", "null", "1", "[" * 100_000, '"\\ud800"', "x" * 1_100_000,
        RECORD | {"extra": 1},
        RECORD | {"inode": None},
        RECORD | {"inode": 1},
        RECORD | {"nonce": "../../../escape0"},
        RECORD | {"nonce": 5},
        RECORD | {"folders": ["../out"]},
        RECORD | {"folders": ["elsewhere"]},
        RECORD | {"folders": [["d"]]},
        RECORD | {"files": {}},
        RECORD | {"files": [1]},
        RECORD | {"files": [ENTRY, ENTRY]},
        RECORD | {"files": [ENTRY | {"path": "../out/x"}]},
        RECORD | {"files": [ENTRY | {"path": "/etc/x"}]},
        RECORD | {"files": [ENTRY | {"path": ".seawall-journal/x"}]},
        RECORD | {"files": [ENTRY | {"backup": "../out/x"}]},
        RECORD | {"files": [ENTRY | {"backup": "d/y"}]},
        RECORD | {"files": [ENTRY | {"before": "x"}]},
        RECORD | {"files": [ENTRY | {"after": ""}]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["intent.json", "commit.json"])
def test_malformed_journal_is_refused(tmp_path: Path, record: object, name: str) -> None:
    folder, outside = tmp_path / "p", tmp_path / "out"
    for place in (folder / "d", outside):
        place.mkdir(parents=True)
        (place / "x").write_text("old\n")
    if isinstance(record, dict) and record["inode"] == 0:
        record = record | {"inode": folder.stat().st_ino}
    _journal(folder, record, name)
    before = snapshot(tmp_path)
    with pytest.raises(UsageError, match=f"remove it and any .*{JOURNAL}|{JOURNAL}.*remove it"):
        recover(folder)
    assert snapshot(tmp_path) == before


def test_a_well_formed_journal_is_taken(tmp_path: Path) -> None:
    """The base of the malformed ones is in order, else those tests would show nothing."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d/x").write_text("old\n")
    _journal(tmp_path, RECORD | {"inode": tmp_path.stat().st_ino})
    assert recover(tmp_path) == Recovery("rolled back", ("d/x",))
    assert snapshot(tmp_path).keys() == {"d"}


@pytest.mark.parametrize("kind", ["file", "symlink", "foreign file", "both", "inner symlink", "inner fifo"])
def test_odd_journal_is_refused(tmp_path: Path, kind: str) -> None:
    folder, outside = tmp_path / "p", tmp_path / "out"
    folder.mkdir()
    _journal(tmp_path, RECORD)
    (tmp_path / JOURNAL).rename(outside)
    journal = folder / JOURNAL
    if kind == "file":
        journal.write_text("")
    elif kind == "symlink":
        journal.symlink_to(outside)
    else:
        journal.mkdir()
        match kind:
            case "foreign file":
                (journal / "notes").write_text("")
            case "both":
                (journal / "intent.json").write_text("")
                (journal / "commit.json").write_text("")
            case "inner symlink":
                (journal / "intent.json").symlink_to(outside / "intent.json")
            case _:
                os.mkfifo(journal / "intent.json")
    with pytest.raises(UsageError, match="remove it"):
        recover(folder)
    assert snapshot(outside).keys() == {"intent.json"}


def test_recovery_does_not_follow_symlinks(tmp_path: Path) -> None:
    """A valid journal in a folder where a parent is a symlink by now: nothing outside is touched."""
    folder, outside = tmp_path / "p", tmp_path / "out"
    for place in (folder, outside):
        place.mkdir()
    (outside / "x").write_text("old\n")
    (folder / "d").symlink_to(outside)
    _journal(folder, RECORD | {"inode": folder.stat().st_ino})
    with pytest.raises(UsageError, match="symlink"):
        recover(folder)
    assert (outside / "x").read_text() == "old\n"


def test_interrupt_rolls_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("old\n")
    before = snapshot(tmp_path)
    planned = plan(tmp_path, [file("a"), file("d/b")])

    def interrupt(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(planned, overwrite=True)
    assert snapshot(tmp_path) == before
