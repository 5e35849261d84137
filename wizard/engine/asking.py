"""One question to a proxy from inside a container's network. Run as a program of its own: `python -I -S asking.py REQUEST`.

A fresh interpreter, which joins the network alone: files stay the host's. Standard library only, and nothing of Seawall.
"""

import ctypes
import errno
import json
import os
import socket
import sys

_NEWNET = 0x40000000
_SECONDS = 8.0


def tunnel(pid: int, address: str, port: int, target: str) -> str:
    """The status with which the proxy answers a request for a tunnel; an errno's name or `silence` where it does not."""
    descriptor = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, _NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
    try:
        with socket.create_connection((address, port), _SECONDS) as asking:
            asking.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
            words = asking.recv(1000).decode("latin-1").split(" ", 2)
    except TimeoutError:
        return "silence"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    return words[1] if len(words) > 1 and words[0].startswith("HTTP/") and words[1].isdigit() else "no HTTP"


if __name__ == "__main__":
    try:
        answer = {"seen": tunnel(**json.loads(sys.argv[1]))}
    except Exception as error:
        answer = {"problem": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer))
