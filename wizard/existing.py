"""Reading a file that may already be in the project folder, without following a link out of it."""

import os
from pathlib import Path

from wizard.errors import UsageError


def existing_text(path: Path, name: str, largest: int, for_everyone: bool = False) -> str | None:
    """The text of a file of at most `largest` bytes; None where there is none. Raises UsageError for anything else there.

    `for_everyone` also refuses a file that not everyone may read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}; mend it or take it away") from None
    with os.fdopen(descriptor, "rb") as file:
        if for_everyone and not os.fstat(file.fileno()).st_mode & 0o004:
            raise UsageError(f"{name}: its mode keeps the service, which has another user, from reading it; chmod 0444 {name}")
        try:
            raw = file.read(largest + 1)
            text = raw.decode("utf-8")
        except (OSError, UnicodeDecodeError):
            raise UsageError(f"{name}: is no UTF-8 text file; mend it or take it away") from None
    if len(raw) > largest:
        raise UsageError(f"{name}: is larger than {largest // 1024} KiB; mend it or take it away")
    return text
