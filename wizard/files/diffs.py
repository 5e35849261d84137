"""Unified diffs that are safe to print on a terminal."""

from collections.abc import Iterator


def _lines(text: str) -> list[str]:
    # Not splitlines(): that also splits at form feeds and U+2028, which are no line ends in a file.
    lines = text.split("\n")
    tail = lines.pop()
    ended = [line + "\n" for line in lines]
    return [*ended, tail] if tail else ended


def printable(line: str) -> str:
    """A line as a diff shows it."""
    # A file on disk may hold escape sequences; a carriage return shows as \r, so that CRLF is seen.
    return "".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in line)


def _raw(path: str, before: str | None, after: str) -> Iterator[str]:
    import difflib

    old = "/dev/null" if before is None else f"a/{path}"
    return difflib.unified_diff(_lines(before or ""), _lines(after), old, f"b/{path}")


def unified(path: str, before: str | None, after: str) -> str:
    """Unified diff of two texts, `before` None for a new file; control characters are escaped."""
    out: list[str] = []
    for line in _raw(path, before, after):
        out.append(printable(line.removesuffix("\n")) + "\n")
        if not line.endswith("\n"):
            out.append("\\ No newline at end of file\n")
    return "".join(out)


def counts(before: str, after: str) -> tuple[int, int]:
    """Numbers of (added, removed) lines."""
    body = list(_raw("", before, after))[2:]  # the first two lines name the files
    return sum(line[0] == "+" for line in body), sum(line[0] == "-" for line in body)
