"""Whom calls talk to: names looked up, peers connected to, sockets that wait for others."""

import ipaddress
import re
from collections.abc import Callable

from wizard.observe.seen import Listening, Lookup, Peer
from wizard.observe.tracing.lines import Call, decoded, place
from wizard.observe.tracing.packets import packet
from wizard.observe.tracing.threads import Threads

_DNS = 53
_V4 = re.compile(r'sin_port=htons\((\d+)\), sin_addr=inet_addr\("([0-9.]+)"\)')
_V6 = re.compile(r'sin6_port=htons\((\d+)\),.*?inet_pton\(AF_INET6, "([0-9a-fA-F:.]+)"')
_PAYLOAD = re.compile(r'(?:iov_base=)?("(?:[^"\\]|\\.)*"(?:\.\.\.)?)')
_LENT = 32768
"""UDP ports from here on are mostly lent by the kernel to who asks others."""


class Network:
    """What was seen of the network so far. Sockets are known by the kernel's number, which `-y` prints behind a descriptor."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._resolvers: set[str] = set()
        self._datagrams: set[str] = set()
        self._bound: dict[str, tuple[str, int]] = {}
        self._names: dict[str, str] = {}
        self._aimed: dict[str, tuple[str, int]] = {}
        """Where UDP sockets are connected to, and sent nothing yet: C libraries connect some only to ask which way they would go."""
        self._peers: dict[tuple[str, int], None] = {}
        self.lookups: dict[Lookup, None] = {}
        self.listening: dict[Listening, None] = {}

    @property
    def peers(self) -> tuple[Peer, ...]:
        """In the order in which they were first tried; names are those of the answers that held the address."""
        return tuple(Peer(address, port, self._names.get(address)) for address, port in self._peers)

    def socket(self, call: Call) -> None:
        """Remember which are UDP: the number stands in the result."""
        if call.went_well and "SOCK_DGRAM" in call.arguments[1]:
            self._datagrams.add(place(call.result))

    def connect(self, call: Call) -> None:
        """Whom a socket is connected to, also where nobody answers."""
        if found := _address(call.arguments[1]):
            self._reach(place(call.arguments[0]), found)

    def send(self, call: Call) -> None:
        """What is sent to a name server, and to whom else something is sent without connecting."""
        socket = place(call.arguments[0])
        if call.name != "write" and (found := _address(" ".join(call.arguments[1:]))):
            self._reach(socket, found)
        if (aim := self._aimed.pop(socket, None)) is not None:
            self._peers[aim] = None
        if socket in self._resolvers:
            self._decode(call)

    def receive(self, call: Call) -> None:
        if call.went_well and place(call.arguments[0]) in self._resolvers:
            self._decode(call)

    def bind(self, call: Call) -> None:
        found = _address(call.arguments[1])
        if not call.went_well or not found or not found[1]:
            return
        socket = place(call.arguments[0])
        self._bound[socket] = found
        if socket in self._datagrams and found[1] < _LENT:
            self.listening[Listening(found[1], "udp", found[0], self._threads.of(call.thread).name)] = None

    def listen(self, call: Call) -> None:
        bound = self._bound.get(place(call.arguments[0]))
        if call.went_well and bound:
            self.listening[Listening(bound[1], "tcp", bound[0], self._threads.of(call.thread).name)] = None

    def _reach(self, socket: str, found: tuple[str, int]) -> None:
        address = ipaddress.ip_address(found[0])
        self._aimed.pop(socket, None)
        if found[1] == _DNS:
            self._resolvers.add(socket)
            return
        self._resolvers.discard(socket)
        if found[1] == 0 or address.is_loopback or address.is_unspecified:
            return
        if socket in self._datagrams:
            self._aimed[socket] = found
        else:
            self._peers[found] = None

    def _decode(self, call: Call) -> None:
        for quoted in _PAYLOAD.finditer(" ".join(call.arguments[1:])):
            data = decoded(quoted[1])
            # Over TCP the length stands before the packet.
            found = packet(data) or packet(data[2:])
            if found:
                self.lookups[Lookup(found.name)] = None
                for address in found.addresses:
                    self._names[address] = found.name


def _address(text: str) -> tuple[str, int] | None:
    if found := _V4.search(text) or _V6.search(text):
        try:
            address = ipaddress.ip_address(found[2])
        except ValueError:
            return None
        mapped = getattr(address, "ipv4_mapped", None)
        return str(mapped or address), int(found[1])
    return None


CALLS: dict[str, Callable[[Network, Call], None]] = {
    "socket": Network.socket, "connect": Network.connect, "bind": Network.bind, "listen": Network.listen,
    **dict.fromkeys(("sendto", "sendmsg", "sendmmsg", "write"), Network.send),
    **dict.fromkeys(("recvfrom", "recvmsg", "recvmmsg", "read"), Network.receive),
}  # fmt: skip
"""Calls that say whom it talks to."""
ON_SOCKETS = frozenset(("read", "write"))
"""Calls that are of interest on sockets only, and are too many to look at each."""
