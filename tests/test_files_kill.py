"""wizard.files under kill -9 and failing file operations: the old set or the new set, and nothing in between."""

import errno
import os
import random
import re
import signal
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from tests.thorough import THOROUGH, thorough
from wizard.errors import UsageError
from wizard.files import File, plan, recover, write

# Every call that changes something or makes it durable; before each one the child may die or the call may fail.
CALLS = ("open", "write", "fsync", "rename", "link", "unlink", "mkdir", "rmdir", "fchmod", "fchown")
# Those that change a name: all that a recovery does to the disk.
NAMING = ("rename", "link", "unlink", "mkdir", "rmdir")
Snapshot = dict[str, tuple[int, bytes | None]]

OLD = {
    "Dockerfile": "FROM old\n",
    "compose.yaml": "old: 1\n",
    "conf/app.yaml": "old\n",
    "conf/app.yaml.orig": "oldest\n",
}
REUSED = {"seawall.yaml": "reused\n", "seawall.yaml.orig": "reused\n"}
FILES = (
    File("Dockerfile", "FROM new\n" * 50),
    File("compose.yaml", "new: 1\n"),
    File("conf/app.yaml", "new\n"),
    File("seawall.yaml", "new\n"),
    File(".dockerignore", "*\n"),
    File("secrets/token", "s3cret", 0o444, True, 0o700),
    File("deep/er/x", "x\n", 0o755),
    File("kept", "never", keep=True),
)


def lay(folder: Path) -> None:
    """The state before: files to replace with odd modes, earlier backups, a kept file."""
    (folder / "conf").mkdir(parents=True)
    for path, text in (OLD | REUSED | {"kept": "mine"}).items():
        (folder / path).write_text(text)
        (folder / path).chmod(0o640)


def snapshot(folder: Path) -> Snapshot:
    return {
        str(path.relative_to(folder)): (path.lstat().st_mode & 0o7777, None if path.is_dir() else path.read_bytes()) for path in folder.rglob("*")
    }


def expected_new(old: Snapshot) -> Snapshot:
    """Written by hand, not by the code under test: what the new set looks like."""
    new = dict(old)
    for path in ("Dockerfile", "compose.yaml"):
        new[f"{path}.orig"] = old[path]
    new["conf/app.yaml.orig.1"] = old["conf/app.yaml"]
    for file in FILES[:4]:
        new[file.path] = (0o640, file.text.encode())
    for file in FILES[4:7]:
        new[file.path] = (file.mode, file.text.encode())
    return new | {"secrets": (0o700, None), "deep": (0o755, None), "deep/er": (0o755, None)}


def no_links(*_args: object, **_options: object) -> None:
    raise OSError(errno.EPERM, "no hard links here")


def instrument(
    patch: pytest.MonkeyPatch,
    act: Callable[[int, str, tuple[object, ...]], None],
    calls: tuple[str, ...] = CALLS,
) -> Callable[[], int]:
    """Call act(number, name, arguments) before each file-system call; returns the counter."""
    number = 0

    def wrap(name: str) -> None:
        real = getattr(os, name)

        def call(*args: object, **options: object) -> object:
            nonlocal number
            number += 1
            act(number, name, args)
            return real(*args, **options)

        patch.setattr(os, name, call)

    for name in calls:
        wrap(name)
    return lambda: number


def in_child(work: Callable[[], object], kill_at: int, torn: bool = False, links: bool = True, calls: tuple[str, ...] = CALLS) -> bool:
    """Run `work` in a process that gets SIGKILL before its call number `kill_at`; whether it was killed.

    torn: when that call is a write, half of the bytes go out first.
    """
    write_really = os.write

    def act(number: int, name: str, args: tuple[object, ...]) -> None:
        if number != kill_at:
            return
        if torn and name == "write":
            fd, data = args
            assert isinstance(fd, int) and isinstance(data, memoryview)
            write_really(fd, data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            with pytest.MonkeyPatch.context() as patch:
                if not links:
                    patch.setattr(os, "link", no_links)
                instrument(patch, act, calls)
                work()
            status = 0
        finally:
            os._exit(status)
    _, code = os.waitpid(pid, 0)
    if os.WIFSIGNALED(code):
        assert os.WTERMSIG(code) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(code) == 0, "the child failed by itself"
    return False


def job(folder: Path) -> Callable[[], object]:
    return lambda: write(plan(folder, FILES), overwrite=True)


def counted(folder: Path, links: bool) -> int:
    """Number of calls of one whole run."""
    with pytest.MonkeyPatch.context() as patch:
        if not links:
            patch.setattr(os, "link", no_links)
        count = instrument(patch, lambda *_: None)
        write(plan(folder, FILES), overwrite=True)
        return count()


@pytest.mark.parametrize(("links", "torn"), thorough(product([True, False], repeat=2), [(True, False), (False, True)]))
def test_kill_before_every_call(tmp_path: Path, links: bool, torn: bool) -> None:
    lay(tmp_path / "0")
    old = snapshot(tmp_path / "0")
    new = expected_new(old)
    total = counted(tmp_path / "0", links)
    assert snapshot(tmp_path / "0") == new
    seen = {"old": 0, "new": 0}
    for at in range(1, total + 1):
        folder = tmp_path / f"{at}"
        lay(folder)
        assert in_child(job(folder), at, torn, links), at
        pending = (folder / ".seawall-journal").exists()
        assert not in_child(lambda folder=folder: recover(folder), 0)  # type: ignore[misc]
        after = snapshot(folder)
        assert after in (old, new), (at, pending, after.keys() ^ old.keys(), after.keys() ^ new.keys())
        seen["new" if after == new else "old"] += 1
        assert seen["new"] == 0 or after == new, "once decided, never back"
        assert recover(folder).state == "nothing"
    assert min(seen.values()) > 10, seen


STEP = 1 if THOROUGH else 9


@pytest.mark.slow
@pytest.mark.parametrize("links", [True, False])
def test_kill_before_every_call_of_the_recovery(tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each state that a kill can leave, and each moment of its recovery; then once more to the end."""
    monkeypatch.setattr(os, "fsync", lambda fd: None)  # for speed: a kill does not lose what the kernel has
    lay(tmp_path / "0")
    old = snapshot(tmp_path / "0")
    new = expected_new(old)
    total = counted(tmp_path / "0", links)
    kills = 0
    states: set[str] = set()
    # Of the moments that begin it every STEP-th is tried; which of them its own kill hits is tried without a gap.
    for at in range(1, total + 1, STEP):
        decided: Snapshot | None = None
        for again in range(1, 200):
            folder = tmp_path / f"{at}-{again}"
            lay(folder)
            assert in_child(job(folder), at, links=links)
            state = re.sub("[0-9a-f]{16}|[0-9]{5,}", "", repr(sorted(snapshot(folder).items())))  # less nonce, inode
            if again == 1 and state in states:
                break  # the call before changed nothing that a recovery could see
            states.add(state)
            killed = in_child(lambda folder=folder: recover(folder), again, calls=NAMING)  # type: ignore[misc]
            kills += killed
            recover(folder)
            after = snapshot(folder)
            assert after in (old, new), (at, again)
            decided = decided or after
            assert after == decided, "a killed recovery must not change the decision"
            clear(folder)
            if not killed:
                break
    assert len(states) > 36 // STEP and kills > 450 // STEP, (len(states), kills)


def clear(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("lasting", [False, True])
def test_every_call_may_fail(tmp_path: Path, code: int, lasting: bool) -> None:
    """Once: undone at once. Lasting (the undoing fails as well): the next run does it."""
    lay(tmp_path / "0")
    old = snapshot(tmp_path / "0")
    new = expected_new(old)
    total = counted(tmp_path / "0", True)
    rolled_back = 0
    for at in range(1, total + 1):
        folder = tmp_path / f"{at}"
        lay(folder)
        planned = plan(folder, FILES)

        def act(number: int, name: str, args: tuple[object, ...], at: int = at) -> None:
            if number == at or (lasting and number > at):
                raise OSError(code, os.strerror(code))

        with pytest.MonkeyPatch.context() as patch:
            instrument(patch, act)
            try:
                write(planned, overwrite=True)
                failed = tidying = False
            except UsageError as error:
                failed, tidying = True, "all files are written" in str(error)
                assert str(error).isprintable() and str(folder) in str(error)
        pending = (folder / ".seawall-journal").exists()
        after = snapshot(folder)
        if not pending:
            assert after == (old if failed and not tidying else new), (at, after.keys() ^ old.keys())
            rolled_back += after == old
        assert lasting or tidying or not pending, "one failure must be undone at once"
        recover(folder)
        allowed = [new] if tidying or not failed else [old, new] if pending else [old]
        assert snapshot(folder) in allowed, at
    assert rolled_back > (0 if lasting else 50), rolled_back


@pytest.mark.slow
def test_fifty_kills_at_random_times(tmp_path: Path) -> None:
    """The kill comes from outside, at any machine instruction; only kills that hit a live run are counted."""
    lay(tmp_path / "old")
    old = snapshot(tmp_path / "old")
    new = expected_new(old)
    start = time.perf_counter()
    write(plan(tmp_path / "old", FILES), overwrite=True)
    longest = time.perf_counter() - start
    dice = random.Random(20240607)
    kills = hit = tries = 0
    while kills < 50:
        tries += 1
        assert tries < 500, "the child always ends before its kill"
        folder = tmp_path / f"{tries}"
        lay(folder)
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                write(plan(folder, FILES), overwrite=True)
                status = 0
            finally:
                os._exit(status)
        time.sleep(dice.uniform(0, longest))  # the random moment itself
        os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert code in (0, -signal.SIGKILL)
        finished = code == 0
        kills += not finished
        hit += (folder / ".seawall-journal").exists()
        recover(folder)
        assert snapshot(folder) in (old, new)
        assert not finished or snapshot(folder) == new
    print(f"{kills} kills, {hit} of them left a journal, {tries} tries")
    assert hit > 0


def test_two_concurrent_runs(tmp_path: Path) -> None:
    """While one run stands still in its middle, another is refused; the first then ends as planned."""
    lay(tmp_path)
    new = expected_new(snapshot(tmp_path))
    planned = plan(tmp_path, FILES)
    refused = 0

    def act(number: int, name: str, args: tuple[object, ...]) -> None:
        nonlocal refused
        if name != "link":
            return
        pid = os.fork()
        if pid == 0:
            try:
                write(planned, overwrite=True)
            except UsageError as error:
                os._exit(7 if "another run is writing" in str(error) else 1)
            os._exit(1)
        refused += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7

    with pytest.MonkeyPatch.context() as patch:
        instrument(patch, act)
        write(planned, overwrite=True)
    assert refused > 5
    assert snapshot(tmp_path) == new
