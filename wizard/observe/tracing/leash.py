"""A program that ends with whoever started it. Run as a program of its own: `python -I -S leash.py PARENT PROGRAM ARGUMENT...`.

Standard library only, and nothing of Seawall.
"""

import ctypes
import os
import signal
import sys

_SET_PDEATHSIG = 1


def main(parent: int, words: list[str]) -> None:
    """Ask the kernel for SIGTERM when the parent ends, then become the program; the request outlives that."""
    ctypes.CDLL(None).prctl(_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:  # it may have ended just before
        os.execvp(words[0], words)  # noqa: S606


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
