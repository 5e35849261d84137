"""The least service that shows what it was given: HTTP on 8000, and every UDP packet on 9000 sent back."""

import http.server
import json
import os
import socket
import sys
import threading


class Mirror(http.server.BaseHTTPRequestHandler):
    """Answers with its own address, words and variables."""

    def do_GET(self) -> None:
        own = {"address": self.connection.getsockname()[0], "words": sys.argv[1:], "variables": dict(os.environ)}
        body = json.dumps(own).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def echo() -> None:
    """Send back what comes, for ever."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("0.0.0.0", 9000))
        while True:
            packet, sender = server.recvfrom(2000)
            server.sendto(b"back: " + packet, sender)


threading.Thread(target=echo, daemon=True).start()
http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Mirror).serve_forever()
