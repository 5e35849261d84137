"""Keeps notes in every place that it was given: a folder, a database, a counter. POST / keeps one, GET / gives all of them.

What people's programs do: a file is written to the folder for temporary files first, and a cache beside the program.
"""

import http.server
import json
import os
import pathlib
import shutil
import tempfile

FOLDER = pathlib.Path(os.environ.get("NOTES", "/data"))


def database():
    """A connection to the database that its address names."""
    import psycopg

    connection = psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=2)
    connection.execute("CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, text text)")
    return connection


def counter():
    """A client of the server that counts."""
    import redis

    return redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=2)


def keep(text: str) -> None:
    """A note in every place."""
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write(text)
    number = len(list(FOLDER.iterdir()))
    shutil.move(file.name, FOLDER / f"{number:04}.txt")
    if "DATABASE_URL" in os.environ:
        with database() as connection:
            connection.execute("INSERT INTO notes (text) VALUES (%s)", (text,))
    if "REDIS_URL" in os.environ:
        counter().incr("notes")


def kept() -> dict[str, object]:
    """All notes, by place."""
    places: dict[str, object] = {"folder": [file.read_text() for file in sorted(FOLDER.glob("*.txt"))]}
    if "DATABASE_URL" in os.environ:
        with database() as connection:
            places["database"] = [text for (text,) in connection.execute("SELECT text FROM notes ORDER BY id")]
    if "REDIS_URL" in os.environ:
        places["counter"] = int(counter().get("notes") or 0)
    return places


class Notes(http.server.BaseHTTPRequestHandler):
    """The two requests."""

    def do_GET(self) -> None:
        self.answer(200, kept())

    def do_POST(self) -> None:
        keep(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.answer(201, {})

    def answer(self, status: int, data: object) -> None:
        """Send JSON."""
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Notes).serve_forever()
