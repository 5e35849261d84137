"""File operations below one folder, through open folders (dir_fd) only: no symlink is ever followed."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from wizard.errors import UsageError

# Largest existing file that is compared, bytes; rendered files are far smaller.
LIMIT = 1024 * 1024

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# NONBLOCK: a fifo that is swapped in must not hang the open.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)


class Found(Struct, frozen=True):
    """A regular file as it was read."""

    data: bytes
    status: os.stat_result

    def __repr__(self) -> str:
        # The data may be a secret.
        return f"Found({len(self.data)} bytes)"


def digest(data: bytes) -> str:
    """SHA-256 of `data`, hex."""
    import hashlib

    return hashlib.sha256(data).hexdigest()


@contextmanager
def plain_errors(folder: Path) -> Iterator[None]:
    """Turn an OSError of the body into a UsageError that says what to do in `folder`."""
    try:
        yield
    except OSError as error:
        raise explain(folder, error) from error


def explain(folder: Path, error: OSError) -> UsageError:
    """The UsageError for a failed file operation in `folder`."""
    where = f"{folder} ({error.filename})" if isinstance(error.filename, str) else f"{folder}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UsageError(f"no space left in {where}: free some space and run again")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return UsageError(f"not permitted to read or write in {where}: mend its owner or mode, or choose another folder")
    return UsageError(f"cannot read or write in {where}: {error.strerror or error}: mend that or choose another folder")


def open_folder(folder: Path) -> int:
    """File descriptor of a folder whose path is resolved already. Raises OSError."""
    return os.open(folder, _FOLDER)


class Tree:
    """The folders below one root, each opened once; paths are posix, relative, "" is the root.

    Methods raise UsageError for symlinks and things that are no files or folders, OSError otherwise.
    """

    def __init__(self, folder: Path, root: int) -> None:
        self.folder = folder
        self.root = root
        self._open: dict[str, int] = {"": root}

    def close(self) -> None:
        """Close every folder, the root too (which releases its lock)."""
        for fd in self._open.values():
            os.close(fd)
        self._open.clear()

    def find(self, path: str) -> int | None:
        """Descriptor of the folder `path`, None when it does not exist."""
        if path in self._open:
            return self._open[path]
        above, _, name = path.rpartition("/")
        parent = self.find(above)
        if parent is None:
            return None
        try:
            fd = os.open(name, _FOLDER, dir_fd=parent)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.ENOTDIR):
                raise
            status = os.stat(name, dir_fd=parent, follow_symlinks=False)
            raise self._refusal(path, status, "a real folder") from error
        self._open[path] = fd
        return fd

    def _refusal(self, path: str, status: os.stat_result, wanted: str) -> UsageError:
        kinds = {stat.S_IFLNK: "a symlink", stat.S_IFREG: "a file", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a fifo"}
        kind = kinds.get(stat.S_IFMT(status.st_mode), "a device or socket")
        return UsageError(f"{self.folder}/{path} is {kind}, not {wanted}: move it away and run again")

    def _at(self, path: str) -> tuple[int, str]:
        above, _, name = path.rpartition("/")
        parent = self.find(above)
        if parent is None:
            raise UsageError(f"{self.folder}/{above} has gone: run again")
        return parent, name

    def status(self, path: str) -> os.stat_result | None:
        """lstat of `path`, None when it or a folder above is absent."""
        above, _, name = path.rpartition("/")
        parent = self.find(above)
        if parent is None:
            return None
        try:
            return os.stat(name, dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def is_file(self, path: str) -> bool:
        """Whether `path` is a regular file (which is not opened)."""
        status = self.status(path)
        return status is not None and stat.S_ISREG(status.st_mode)

    def read(self, path: str) -> Found | None:
        """Contents of the regular file `path`, at most LIMIT bytes; None when absent."""
        status = self.status(path)
        if status is None:
            return None
        if not stat.S_ISREG(status.st_mode):
            raise self._refusal(path, status, "a regular file")
        parent, name = self._at(path)
        try:
            fd = os.open(name, _READ, dir_fd=parent)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            raise UsageError(f"{self.folder}/{path} is a symlink: move it away and run again") from error
        with open(fd, "rb") as stream:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode):
                raise self._refusal(path, status, "a regular file")
            data = stream.read(LIMIT + 1)
        if len(data) > LIMIT:
            raise UsageError(f"{self.folder}/{path} is larger than {LIMIT} bytes: move it away and run again")
        return Found(data, status)

    def digest(self, path: str) -> str:
        """SHA-256 (hex) of a regular file, "" when absent, "other" for anything that this program did not write."""
        status = self.status(path)
        if status is None:
            return ""
        if not stat.S_ISREG(status.st_mode) or status.st_size > LIMIT:
            return "other"
        found = self.read(path)
        return "" if found is None else digest(found.data)

    def make_folder(self, path: str, mode: int) -> None:
        """Create the folder `path` with exactly `mode`, whatever the umask."""
        parent, name = self._at(path)
        os.mkdir(name, 0o700, dir_fd=parent)
        fd = self.find(path)
        if fd is None:
            raise UsageError(f"{self.folder}/{path} has gone: run again")
        os.fchmod(fd, mode)

    def create(self, path: str, data: bytes, mode: int, like: os.stat_result | None = None) -> None:
        """Create `path` (must not exist) whole and synced, with exactly `mode`, the owner of `like` if permitted."""
        parent, name = self._at(path)
        fd = os.open(name, _CREATE, 0o600, dir_fd=parent)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(fd, rest) :]
            if like is not None and (like.st_uid, like.st_gid) != (os.geteuid(), os.fstat(fd).st_gid):
                with suppress(OSError):  # only root may give files away; the contents are what matters
                    os.fchown(fd, like.st_uid, like.st_gid)
            os.fchmod(fd, mode)
            os.fsync(fd)
        finally:
            os.close(fd)

    def clone(self, source: str, copy: str) -> None:
        """Make `copy` a second name of `source` in the same folder, or a copy where hard links are missing."""
        parent, name = self._at(source)
        _, other = self._at(copy)
        try:
            os.link(name, other, src_dir_fd=parent, dst_dir_fd=parent, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            found = self.read(source)
            if found is None:
                raise
            self.create(copy, found.data, found.status.st_mode & 0o777, found.status)

    def publish(self, temporary: str, path: str) -> None:
        """Let a finished temporary appear as `path` in the same folder, never replacing anything.

        Raises FileExistsError. Without hard links the check and the rename are two steps.
        """
        parent, name = self._at(temporary)
        _, other = self._at(path)
        try:
            os.link(name, other, src_dir_fd=parent, dst_dir_fd=parent, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if self.status(path) is not None:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path) from error
            os.rename(name, other, src_dir_fd=parent, dst_dir_fd=parent)

    def replace(self, source: str, path: str) -> None:
        """Rename `source` over `path`, in the same folder."""
        parent, name = self._at(source)
        os.rename(name, self._at(path)[1], src_dir_fd=parent, dst_dir_fd=parent)

    def remove(self, path: str) -> None:
        """Unlink `path` if it is there."""
        if self.status(path) is not None:
            parent, name = self._at(path)
            os.unlink(name, dir_fd=parent)

    def remove_folder(self, path: str) -> None:
        """Remove the folder `path` if it is there and empty."""
        status = self.status(path)
        if status is None or not stat.S_ISDIR(status.st_mode):
            return
        parent, name = self._at(path)
        try:
            os.rmdir(name, dir_fd=parent)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise

    def sync(self) -> None:
        """Make the names in every open folder durable."""
        for fd in self._open.values():
            try:
                os.fsync(fd)
            except OSError as error:
                if error.errno != errno.EINVAL:  # some file systems cannot sync a folder
                    raise
