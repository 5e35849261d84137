"""What seccomp filters say to a system call: classic BPF, worked out as the kernel does (Documentation/networking/filter.rst).

Nothing is called: the programs are those that the kernel holds for the process, and the call is only numbers.
"""

import errno
import struct
from collections.abc import Sequence

from wizard.errors import SeawallError

NUMBERS = {
    "x86_64": (0xC000003E, {
        "adjtimex": 159, "io_setup": 206, "io_uring_setup": 425, "keyctl": 250, "mlock": 149, "modify_ldt": 154, "mq_open": 240,
        "name_to_handle_at": 303, "personality": 135, "ptrace": 101, "sched_setscheduler": 144, "shmget": 29, "socket": 41, "unshare": 272,
        "vmsplice": 278, "write": 1}),
    "aarch64": (0xC00000B7, {
        "adjtimex": 171, "io_setup": 0, "io_uring_setup": 425, "keyctl": 219, "mlock": 228, "mq_open": 180,
        "name_to_handle_at": 264, "personality": 92, "ptrace": 117, "sched_setscheduler": 119, "shmget": 194, "socket": 198, "unshare": 97,
        "vmsplice": 75, "write": 64}),
}  # fmt: skip
"""The token of a processor (AUDIT_ARCH) and its numbers for the calls that are looked at."""

_ACTIONS = {0x80000000: "killed", 0x00000000: "killed", 0x00030000: "trapped", 0x7FC00000: "asked", 0x7FF00000: "traced", 0x7FFC0000: "logged",
            0x7FFF0000: "allowed"}  # fmt: skip
_ERRNO = 0x00050000


def verdict(filters: Sequence[bytes], machine: str, call: str, first: int = 0) -> str:
    """`allowed`, `logged`, `killed` or an errno's name for a call with this first argument; the strictest filter decides.

    Raises SeawallError for a processor or an instruction that is not known.
    """
    if machine not in NUMBERS:
        raise SeawallError(f"the numbers of system calls on {machine} are not known here")
    token, numbers = NUMBERS[machine]
    if call not in numbers:
        return "no such call"
    data = struct.pack("=iIQ6Q", numbers[call], token, 0, first, 0, 0, 0, 0, 0)
    results = [_run(program, data) for program in filters]
    if not results:
        return "allowed"
    # The kernel takes the least action as a signed number; of equal ones the data of the latest filter.
    action = min(results, key=lambda value: struct.unpack("=i", struct.pack("=I", value & 0xFFFF0000))[0])
    if action & 0xFFFF0000 == _ERRNO:
        return errno.errorcode.get(action & 0xFFFF, str(action & 0xFFFF))
    return _ACTIONS.get(action & 0xFFFF0000, f"action {action:#x}")


def _run(program: bytes, data: bytes) -> int:
    steps = list(struct.iter_unpack("=HBBI", program))
    a = x = at = 0
    memory = [0] * 16
    while True:
        code, true, false, k = steps[at]
        at += 1
        kind = code & 0x07
        if code == 0x20:
            a = int(struct.unpack_from("=I", data, k)[0])
        elif code in (0x00, 0x80):
            a = k if code == 0x00 else len(data)
        elif code in (0x01, 0x81):
            x = k if code == 0x01 else len(data)
        elif code in (0x60, 0x61):
            a, x = (memory[k], x) if code == 0x60 else (a, memory[k])
        elif code in (0x02, 0x03):
            memory[k] = a if code == 0x02 else x
        elif kind == 0x04:
            a = _arithmetic(code & 0xF0, a, x if code & 0x08 else k)
        elif kind == 0x05:
            at += _jump(code & 0xF0, a, x if code & 0x08 else k, k, true, false)
        elif kind == 0x06:
            return a if code & 0x10 else k
        elif kind == 0x07:
            a, x = (x, a) if code & 0x80 else (a, a)
        else:
            raise SeawallError(f"the filter has an instruction that is not known here ({code:#x})")


def _arithmetic(operation: int, a: int, value: int) -> int:
    results = {0x00: a + value, 0x10: a - value, 0x20: a * value, 0x40: a | value, 0x50: a & value, 0x60: a << (value & 31),
               0x70: a >> (value & 31), 0x80: -a, 0xA0: a ^ value}  # fmt: skip
    if operation not in results:
        raise SeawallError(f"the filter calculates in a way that is not known here ({operation:#x})")
    return results[operation] & 0xFFFFFFFF


def _jump(operation: int, a: int, value: int, k: int, true: int, false: int) -> int:
    if operation == 0x00:
        return k
    return true if {0x10: a == value, 0x20: a > value, 0x30: a >= value, 0x40: bool(a & value)}[operation] else false
