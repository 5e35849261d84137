"""Packets of DNS as far as strace shows them: the names that are asked for, and the addresses that come back.

A packet may be cut off: what stands before the cut counts. Standard: RFC 1035, sections 3.2 and 4.1.
"""

import ipaddress
import struct
from collections.abc import Iterator

from msgspec import Struct

_HEAD, _LONGEST, _MOST_JUMPS = 12, 63, 20
_INTERNET = 1
_A, _AAAA = 1, 28


class Packet(Struct, frozen=True):
    """`name` as it was asked for, in lower case, without a dot at the end; `addresses` are those of the answer."""

    name: str
    addresses: tuple[str, ...] = ()


def packet(data: bytes) -> Packet | None:
    """A question or an answer; None for what is none."""
    if len(data) < _HEAD:
        return None
    _, flags, questions, answers, _, _ = struct.unpack(">6H", data[:_HEAD])
    if questions != 1 or flags & 0x7840:  # a query of the usual kind; reserved bit zero
        return None
    try:
        name, at = _name(data, _HEAD)
        kind, family = struct.unpack_from(">2H", data, at)
    except (struct.error, IndexError, ValueError):
        return None
    if not name or family != _INTERNET or not kind:
        return None
    return Packet(name.lower(), tuple(_addresses(data, at + 4, answers)) if flags & 0x8000 else ())


def _addresses(data: bytes, at: int, count: int) -> Iterator[str]:
    for _ in range(count):
        try:
            _, at = _name(data, at)
            kind, _, _, length = struct.unpack_from(">2HIH", data, at)
            value = data[at + 10 : at + 10 + length]
            at += 10 + length
            if (kind, len(value)) in ((_A, 4), (_AAAA, 16)):
                yield str(ipaddress.ip_address(value))
        except (struct.error, IndexError, ValueError):
            return  # cut off


def _name(data: bytes, at: int) -> tuple[str, int]:
    """A name and where it ends. Raises ValueError and IndexError."""
    labels: list[str] = []
    end: int | None = None
    for _ in range(_MOST_JUMPS * 10):
        length = data[at]
        if length >= 0xC0:  # the rest stands elsewhere
            end = at + 2 if end is None else end
            at = (length & 0x3F) << 8 | data[at + 1]
            continue
        if length > _LONGEST:
            raise ValueError("no label")
        if length == 0:
            return ".".join(labels), at + 1 if end is None else end
        label = data[at + 1 : at + 1 + length]
        if len(label) < length or not all(33 <= byte < 127 for byte in label):
            raise ValueError("no name")
        labels.append(label.decode("ascii"))
        at += 1 + length
    raise ValueError("it runs in circles")
