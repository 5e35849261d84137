"""The four places an entry goes to: Postgres, the journal, Redis, a receipt.

Nothing here connects before it is asked to, so the app starts (and can report
what is missing) while its services are still coming up.
"""

import json
import os
import tempfile
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import psycopg
import redis
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from redis.backoff import NoBackoff
from redis.retry import Retry

import settings

COUNTER_KEY = "ledger:entries"
# Any fixed number will do: it names the lock under which the table is created.
SCHEMA_LOCK = 7_310_041

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    text       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
)
"""


# --- Postgres ---------------------------------------------------------------

@contextmanager
def database():
    """A connection that commits when the block ends and rolls back on an error."""
    url = settings.database_url()
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # Its message quotes the URL, password and all: keep it out of the log.
        raise settings.SettingsError("the database URL is malformed") from None
    with psycopg.connect(url, connect_timeout=2, row_factory=dict_row) as connection:
        connection.execute("SET statement_timeout = '5s'")
        yield connection


def create_schema() -> None:
    # IF NOT EXISTS alone is not enough when two workers create the table at the
    # same moment, hence the lock. It is released with the transaction.
    with database() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (SCHEMA_LOCK,))
        connection.execute(SCHEMA)


def with_schema(action):
    """Run action(); if the table is not there yet, create it and run it again."""
    try:
        return action()
    except psycopg.errors.UndefinedTable:
        create_schema()
        return action()


def add_entry(text: str) -> dict:
    """Store an entry and journal it. If journalling fails, nothing is stored."""

    def insert():
        with database() as connection:
            entry = connection.execute(
                "INSERT INTO entries (text) VALUES (%s) RETURNING id, text, created_at",
                (text,),
            ).fetchone()
            entry["created_at"] = entry["created_at"].isoformat()
            append_to_journal(entry)
        return entry

    return with_schema(insert)


def list_entries(limit: int = 100) -> list[dict]:
    """The newest entries, newest first."""

    def select():
        with database() as connection:
            return connection.execute(
                "SELECT id, text, created_at FROM entries ORDER BY id DESC LIMIT %s",
                (limit,),
            ).fetchall()

    entries = with_schema(select)
    for entry in entries:
        entry["created_at"] = entry["created_at"].isoformat()
    return entries


def check_database() -> None:
    with database() as connection:
        connection.execute("SELECT 1")


# --- Journal ----------------------------------------------------------------

def journal_path() -> Path:
    return settings.data_dir() / "journal.jsonl"


def append_to_journal(entry: dict) -> None:
    path = journal_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    line = (json.dumps(entry) + "\n").encode()
    # One write to a file opened for appending: lines of two workers don't mix.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def count_journal_lines() -> int:
    try:
        with journal_path().open("rb") as journal:
            return sum(1 for _ in journal)
    except FileNotFoundError:
        return 0


# --- Redis ------------------------------------------------------------------

@lru_cache(maxsize=1)
def redis_client() -> redis.Redis:
    try:
        return redis.Redis.from_url(
            settings.redis_url(),
            socket_connect_timeout=1,
            socket_timeout=1,
            retry=Retry(NoBackoff(), 1),
            decode_responses=True,
        )
    except ValueError:
        raise settings.SettingsError("REDIS_URL is malformed") from None


def increment_counter() -> int:
    return redis_client().incr(COUNTER_KEY)


def read_counter() -> int:
    return int(redis_client().get(COUNTER_KEY) or 0)


def check_redis() -> None:
    redis_client().ping()


# --- Receipts ---------------------------------------------------------------

def receipt_path(entry_id: int) -> Path:
    return Path(tempfile.gettempdir()) / "ledger-receipts" / f"{entry_id}.txt"


def write_receipt(entry: dict) -> None:
    path = receipt_path(entry["id"])
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(
        f"Receipt for entry {entry['id']}\n"
        f"Recorded: {entry['created_at']}\n"
        f"\n{entry['text']}\n",
        encoding="utf-8",
    )


def read_receipt(entry_id: int) -> str | None:
    try:
        return receipt_path(entry_id).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
