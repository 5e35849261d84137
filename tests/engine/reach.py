"""What can be reached from the network namespace that this runs in: `reach.py REQUEST`, as JSON.

REQUEST holds `token`, which every connection and packet carries, `targets` as pairs of address and port, and `name`, which
is asked of the container's own resolver where it is given. All targets are tried at once, over TCP and UDP.
"""

import errno
import json
import os
import selectors
import socket
import sys
import time
from typing import Any


def attempt(address: str, port: int, kind: socket.SocketKind) -> tuple[socket.socket, Any]:
    """A socket and the whole address for it; `fe80::1%eth0` names an interface."""
    host, _, zone = address.partition("%")
    if ":" in host:
        return socket.socket(socket.AF_INET6, kind), (host, port, 0, socket.if_nametoindex(zone) if zone else 0)
    return socket.socket(socket.AF_INET, kind), (host, port)


def query(name: str) -> bytes:
    """A DNS query for an address."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return b"\x5e\xa1\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\x00\x00\x01\x00\x01"


def main(request: dict[str, Any]) -> dict[str, str]:
    """What came of each attempt: `answered`, the errno's name, or `silence`."""
    ready, found, payload = selectors.DefaultSelector(), {}, {}

    def begin(label: str, address: str, port: int, kind: socket.SocketKind, carried: bytes) -> None:
        try:
            socket_, where = attempt(address, port, kind)
            socket_.setblocking(False)
            failed = socket_.connect_ex(where)
            if failed not in (0, errno.EINPROGRESS):
                raise OSError(failed, "")
            found[label] = "silence"
            payload[label] = carried
            if kind == socket.SOCK_DGRAM:
                socket_.send(carried)
                ready.register(socket_, selectors.EVENT_READ, label)
            else:
                ready.register(socket_, selectors.EVENT_WRITE, label)
        except OSError as error:
            found[label] = errno.errorcode.get(error.errno or 0, str(error))

    token = request["token"].encode()
    for address, port in request["targets"]:
        begin(f"tcp {address}", address, port, socket.SOCK_STREAM, token)
        begin(f"udp {address}", address, port, socket.SOCK_DGRAM, token)
    if request.get("name"):
        begin("name", request.get("resolver", "127.0.0.11"), 53, socket.SOCK_DGRAM, query(request["name"]))
    end = time.monotonic() + request.get("seconds", 2.5)
    while "silence" in found.values() and time.monotonic() < end:
        for key, events in ready.select(0.1):
            at, label = key.fileobj, key.data
            assert isinstance(at, socket.socket)
            try:
                if events & selectors.EVENT_WRITE:
                    failed = at.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if failed:
                        raise OSError(failed, os.strerror(failed))
                    at.send(payload[label])
                    ready.modify(at, selectors.EVENT_READ, label)
                else:
                    answer = at.recv(2000)
                    refused = label == "name" and answer[3] & 15
                    found[label] = f"refused ({refused})" if refused else "answered" if answer else "closed"
                    ready.unregister(at)
            except OSError as error:
                found[label] = errno.errorcode.get(error.errno or 0, str(error))
                ready.unregister(at)
    return found


if __name__ == "__main__":
    json.dump(main(json.loads(sys.argv[1])), sys.stdout)
