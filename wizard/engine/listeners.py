"""What the processes of a container listen on, from /proc/PID/net: no program is needed in the image."""

import re
from collections.abc import Iterator

from wizard.engine.process import Process

_TABLES = ("tcp", "tcp6", "udp", "udp6")
_WAITING = {"tcp": "0A", "udp": "07"}
"""TCP's LISTEN; of UDP, a socket that is connected to nobody."""
_LOOPBACK = re.compile(r"[0-9A-F]{6}7F|0{16}(FFFF0000|0{8})[0-9A-F]{6}7F|0{24}01000000")
"""127.0.0.0/8 (the engine's name server on 127.0.0.11, too), the same in IPv6, and ::1; as numbers of this kind of processor."""
_LENT = (32768, 60999)
"""The ports that kernels lend to who asks others over UDP, such as for a name: sockets there are mostly no services."""


def listeners(process: Process) -> tuple[str, ...]:
    """`8000/tcp` for what others can reach, `8000/tcp on loopback only` else; in order. Raises SeawallError when it is gone."""
    reached: dict[tuple[int, str], bool] = {}
    # A kernel without IPv6 has no such tables.
    tables = [table for table in _TABLES if (process.proc / str(process.pid) / "net" / table).exists()]
    for table in tables or _TABLES:
        for address, port in _sockets(process, table):
            key = port, table.removesuffix("6")
            reached[key] = reached.get(key, False) or not _LOOPBACK.fullmatch(address)
    return tuple(f"{port}/{protocol}" + ("" if others else " on loopback only") for (port, protocol), others in sorted(reached.items()))


def _sockets(process: Process, table: str) -> Iterator[tuple[str, int]]:
    protocol = table.removesuffix("6")
    for line in process.text(f"net/{table}").splitlines()[1:]:
        _, local, _, state, *_ = line.split()
        address, _, port = local.partition(":")
        number = int(port, 16)
        if state == _WAITING[protocol] and not (protocol == "udp" and _LENT[0] <= number <= _LENT[1]):
            yield address, number
