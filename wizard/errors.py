"""Errors that end the program with one line on stderr and a known exit status."""

from typing import ClassVar


class SeawallError(Exception):
    """Base of every expected failure; `exit_code` is the status of the process."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        # Names from disk may hold newlines or terminal escapes: show them escaped, on one line.
        super().__init__("".join(c if c.isprintable() else ascii(c)[1:-1] for c in message))


class UsageError(SeawallError):
    """Bad input: the message says what is wrong, where, and how to mend it."""

    exit_code = 2


class AnswerError(UsageError):
    """An answer that is not accepted; `key` says where it stands in the answers, such as `ports[0].container`."""

    def __init__(self, where: str, key: str, problem: str) -> None:
        super().__init__(": ".join(part for part in (where, key, problem) if part))
        self.key = key
        self.problem = problem


class Interrupted(SeawallError):
    """A person broke off."""

    exit_code = 130


class NoEngineError(SeawallError):
    """No container engine that can be used."""

    exit_code = 3
