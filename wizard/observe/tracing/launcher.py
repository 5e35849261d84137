"""What a container starts with in place of its program, so that a tracer is there before the first instruction.

It opens a pipe, which blocks until the host opens the other end, and then becomes the program: same process, same variables, user and folder. It
is a static ELF of 169 bytes, so that it runs in images without a shell, too. Its folder is mounted below /dev, which is a tmpfs that the engine makes
for each container: nothing of it shows in `docker diff`.
"""

import errno
import os
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from wizard.errors import SeawallError

INSIDE = "/dev/.seawall"
"""Where the folder is mounted in the container."""
PROGRAM, PIPE = "wait", "go"
MACHINE = "x86_64"
"""The processor that the code is for."""
_USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""PATH where the image sets none, as the engine fills it in."""
_PAUSE = 0.005

_CODE = bytes.fromhex(
    "59"          # pop rcx                  the number of words
    "488d54cc08"  # lea rdx, [rsp+rcx*8+8]   the variables stand behind them
    "58"          # pop rax                  its own name
    "5f"          # pop rdi                  the pipe
    "be00000800"  # mov esi, O_CLOEXEC       to read, and not for the program
    "6a02" "58"   # mov rax, 2               open: blocks until somebody opens it for writing
    "0f05"        # syscall
    "4889e6"      # mov rsi, rsp
    "48ad"        # lodsq                    next word...
    "803800"      # cmp byte [rax], 0
    "75f9"        # jne -7                   ...until one that is empty: behind it stand the program's own words
    "5f"          # pop rdi                  next place to try
    "803f00"      # cmp byte [rdi], 0
    "7407"        # je +7                    that was the last one
    "6a3b" "58"   # mov rax, 59              execve: comes back only where there is no such program
    "0f05"        # syscall
    "ebf3"        # jmp -13
    "6a7f" "5f"   # mov rdi, 127             what a shell says, too
    "6a3c" "58"   # mov rax, 60              exit
    "0f05"        # syscall
)  # fmt: skip
_BASE, _HEAD = 0x400000, 64 + 56


def elf() -> bytes:
    """The launcher: a head, one segment that is read and run, the code."""
    size = _HEAD + len(_CODE)
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    header = struct.pack("<16sHHIQQQIHHHHHH", ident, 2, 62, 1, _BASE + _HEAD, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, _BASE, _BASE, size, size, 0x1000)
    return header + segment + _CODE


def lay_out(folder: Path) -> None:
    """Put the launcher and its pipe into a folder, for every user of the container: the folder above is closed to those of the host."""
    program, pipe = folder / PROGRAM, folder / PIPE
    program.write_bytes(elf())
    program.chmod(0o555)
    os.mkfifo(pipe)
    pipe.chmod(0o444)
    folder.chmod(0o755)


def words(program: Sequence[str], environment: Mapping[str, str]) -> tuple[str, ...]:
    """The launcher's words for a program: where to look for it, in order, then its own words, unchanged.

    A bare name is looked up as the engine does it, by the PATH of the container.
    """
    places: tuple[str, ...] = (program[0],)
    if "/" not in program[0]:
        path = environment.get("PATH", _USUAL_PATH)
        places = tuple(f"{folder or '.'}/{program[0]}" for folder in path.split(":"))
    return (f"{INSIDE}/{PROGRAM}", f"{INSIDE}/{PIPE}", *places, "", *program)


def release(folder: Path, seconds: float, is_alive: Callable[[], bool]) -> None:
    """Let the program begin. Raises SeawallError where nobody waited within `seconds`."""
    end = time.monotonic() + seconds
    while is_alive():
        try:
            os.close(os.open(folder / PIPE, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC))
        except OSError as error:
            if error.errno != errno.ENXIO:  # nobody reads yet
                raise SeawallError(f"the launcher's pipe cannot be opened ({error.strerror})") from None
            if time.monotonic() > end:
                break
            time.sleep(_PAUSE)
        else:
            return
    raise SeawallError("the launcher did not wait for the tracer")
