"""The seccomp filters of a process as the kernel holds them. Run as a program of its own: `python -I -S filters.py PID`.

The process is stopped for less than a millisecond while its filters are read (PTRACE_SECCOMP_GET_FILTER, which takes root on
the host and a kernel with CONFIG_CHECKPOINT_RESTORE); when this program ends, however it does, the kernel lets it go on.
Standard library only, and nothing of Seawall.
"""

import ctypes
import errno
import json
import os
import sys

_SEIZE, _INTERRUPT, _DETACH, _GET_FILTER = 0x4206, 0x4207, 17, 0x420C
_WAIT_ALL = 0x40000000
_INSTRUCTION = 8


def filters_of(pid: int) -> list[str]:
    """The programs of all filters of a process, the latest first, in hexadecimal. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long

    def call(request: int, number: int = 0, buffer: object = None) -> int:
        done: int = libc.ptrace(request, pid, number, buffer)
        if done < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return done

    call(_SEIZE)
    call(_INTERRUPT)
    os.waitpid(pid, _WAIT_ALL)
    found: list[str] = []
    try:
        while True:
            try:
                length = call(_GET_FILTER, len(found))
            except OSError as error:
                # ENOENT: that was the last one. EINVAL: it has none at all.
                if error.errno == errno.ENOENT or (error.errno == errno.EINVAL and not found):
                    return found
                raise
            buffer = ctypes.create_string_buffer(length * _INSTRUCTION)
            call(_GET_FILTER, len(found), buffer)
            found.append(buffer.raw.hex())
    finally:
        call(_DETACH)


if __name__ == "__main__":
    try:
        answer: dict[str, object] = {"filters": filters_of(int(sys.argv[1]))}
    except OSError as error:
        answer = {"problem": error.strerror}
    sys.stdout.write(json.dumps(answer))
