"""A server that writes down whoever reaches it: `canary.py RECORD PORT [ADDRESS]`. TCP and UDP on PORT; with an
ADDRESS it answers names on UDP 53, all of them with that.

A connection is written down when it is made, a packet when it comes in, each as a line of JSON with what it carried.
"""

import json
import selectors
import socket
import sys
from typing import Any

ANSWER = b"canary"


def listen(kind: socket.SocketKind, port: int) -> socket.socket:
    """A socket on every address, of IPv4 and IPv6."""
    bound = socket.socket(socket.AF_INET6, kind)
    bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("::", port))
    return bound


def name_in(query: bytes) -> str:
    """The name that a DNS query asks for."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
        at += 1 + query[at]
    return ".".join(labels)


def answer_to(query: bytes, found: str) -> bytes:
    """An answer with one address, whatever was asked."""
    end = query.index(b"\0", 12) + 5
    address = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x01\x00\x04" + socket.inet_aton(found)
    return query[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + query[12:end] + address


def main(record: str, port: int, names: str) -> None:
    """Serve until killed."""
    with open(record, "a", buffering=1) as file:

        def seen(how: str, sender: Any, carried: bytes | str) -> None:
            text = carried if isinstance(carried, str) else carried.decode("ascii", "replace")
            file.write(json.dumps({"how": how, "from": sender[0], "carried": text}) + "\n")

        ready = selectors.DefaultSelector()
        tcp, udp = listen(socket.SOCK_STREAM, port), listen(socket.SOCK_DGRAM, port)
        tcp.listen(64)
        ready.register(tcp, selectors.EVENT_READ, "accept")
        ready.register(udp, selectors.EVENT_READ, "udp")
        if names:
            ready.register(listen(socket.SOCK_DGRAM, 53), selectors.EVENT_READ, "dns")
        print("ready", flush=True)
        while True:
            for key, _ in ready.select():
                at = key.fileobj
                assert isinstance(at, socket.socket)
                try:
                    if key.data == "accept":
                        connection, sender = at.accept()
                        seen("connected", sender, "")
                        ready.register(connection, selectors.EVENT_READ, "tcp")
                    elif key.data == "tcp":
                        carried = at.recv(2000)
                        if carried:
                            seen("tcp", at.getpeername(), carried)
                            at.sendall(ANSWER)
                        ready.unregister(at)
                        at.close()
                    else:
                        carried, sender = at.recvfrom(2000)
                        seen(key.data, sender, name_in(carried) if key.data == "dns" else carried)
                        at.sendto(answer_to(carried, names) if key.data == "dns" else ANSWER, sender)
                except OSError:
                    continue


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), "".join(sys.argv[3:]))
