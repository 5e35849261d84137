"""What the processes of a container listen on, from /proc/PID/net: no program is needed in the image."""

import ipaddress
import re
import sys
from collections.abc import Iterator

from msgspec import Struct

from wizard.engine.process import Process

_TABLES = ("tcp", "tcp6", "udp", "udp6")
_WAITING = {"tcp": "0A", "udp": "07"}
"""TCP's LISTEN; of UDP, a socket that is connected to nobody."""
_LOOPBACK = re.compile(r"[0-9A-F]{6}7F|0{16}(FFFF0000|0{8})[0-9A-F]{6}7F|0{24}01000000")
"""127.0.0.0/8 (the engine's name server on 127.0.0.11, too), the same in IPv6, and ::1; as numbers of this kind of processor."""
_LENT = (32768, 60999)
"""The ports that kernels lend to who asks others over UDP, such as for a name: sockets there are mostly no services."""


class Socket(Struct, frozen=True):
    """A socket of the container's network: its own end, the other one (port 0 for none), and its number in /proc/PID/fd."""

    protocol: str
    address: str
    port: int
    peer: str
    peer_port: int
    inode: str
    waits: bool
    """Whether it waits for others."""


def sockets(process: Process) -> Iterator[Socket]:
    """All sockets that wait or are connected. Raises SeawallError when the process is gone."""
    for table in _tables(process):
        protocol = table.removesuffix("6")
        for line in process.text(f"net/{table}").splitlines()[1:]:
            _, local, remote, state, _, _, _, _, _, inode, *_ = line.split()
            (address, port), (peer, peer_port) = _taken_apart(local), _taken_apart(remote)
            lent = protocol == "udp" and _LENT[0] <= port <= _LENT[1]
            if state == _WAITING[protocol] and not lent:
                yield Socket(protocol, address, port, "", 0, inode, True)
            elif peer_port and state != _WAITING[protocol]:
                yield Socket(protocol, address, port, peer, peer_port, inode, False)


def _tables(process: Process) -> list[str]:
    """A kernel without IPv6 has no such tables."""
    return [table for table in _TABLES if (process.proc / str(process.pid) / "net" / table).exists()] or list(_TABLES)


def _taken_apart(end: str) -> tuple[str, int]:
    digits, _, port = end.partition(":")
    words = [int(digits[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(digits), 8)]
    return str(ipaddress.ip_address(b"".join(words))), int(port, 16)


def listeners(process: Process) -> tuple[str, ...]:
    """`8000/tcp` for what others can reach, `8000/tcp on loopback only` else; in order. Raises SeawallError when it is gone."""
    reached: dict[tuple[int, str], bool] = {}
    for table in _tables(process):
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
