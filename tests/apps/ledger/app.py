"""Ledger: an append-only list of notes over HTTP."""

import logging

import psycopg
import redis
from flask import Flask, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException

import settings
import storage

MAX_TEXT = 2000

logging.basicConfig(
    level=settings.log_level(),
    format="%(asctime)s %(levelname)s %(name)s: %(message)s",
)
log = logging.getLogger("ledger")

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
app.json.sort_keys = False


@app.get("/")
def index():
    return {
        "service": "ledger",
        "endpoints": ["/health", "/entries", "/receipt/<id>"],
    }


@app.get("/health")
def health():
    checks = {}
    for name, check in (
        ("database", storage.check_database),
        ("redis", storage.check_redis),
    ):
        try:
            check()
            checks[name] = "ok"
        except (psycopg.Error, redis.RedisError, settings.SettingsError) as error:
            # The reason goes to the log only: it may name hosts and users.
            log.warning("health: %s is down: %s", name, error)
            checks[name] = "down"
    healthy = all(state == "ok" for state in checks.values())
    body = {"status": "ok" if healthy else "degraded", "checks": checks}
    return body, 200 if healthy else 503


@app.post("/entries")
def create_entry():
    body = request.get_json(silent=True)
    text = body.get("text") if isinstance(body, dict) else None
    if not isinstance(text, str) or not text.strip():
        abort(400, 'Send a JSON object like {"text": "coffee, 3.20"}.')
    if len(text) > MAX_TEXT:
        abort(400, f"The text is longer than {MAX_TEXT} characters.")
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        abort(400, "The text holds characters that cannot be stored.")

    entry = storage.add_entry(text)

    # The entry is safe by now; the rest is worth a warning, not a failure.
    counter = None
    try:
        counter = storage.increment_counter()
    except (redis.RedisError, settings.SettingsError) as error:
        log.warning("entry %s: not counted: %s", entry["id"], error)
    receipt = None
    try:
        storage.write_receipt(entry)
        receipt = f"/receipt/{entry['id']}"
    except OSError as error:
        log.warning("entry %s: no receipt: %s", entry["id"], error)

    log.info("entry %s recorded", entry["id"])
    return {"entry": entry, "counter": counter, "receipt": receipt}, 201


@app.get("/entries")
def show_entries():
    counter = None
    try:
        counter = storage.read_counter()
    except (redis.RedisError, settings.SettingsError) as error:
        log.warning("counter unavailable: %s", error)
    return {
        "entries": storage.list_entries(),
        "journal_lines": storage.count_journal_lines(),
        "counter": counter,
    }


@app.get("/receipt/<int:entry_id>")
def show_receipt(entry_id: int):
    receipt = storage.read_receipt(entry_id)
    if receipt is None:
        abort(404, "No receipt with this number; they are not kept across restarts.")
    return Response(receipt, mimetype="text/plain")


@app.errorhandler(HTTPException)
def http_error(error: HTTPException):
    return jsonify(error=error.description), error.code


@app.errorhandler(psycopg.OperationalError)
@app.errorhandler(settings.SettingsError)
def database_down(error: Exception):
    log.error("database unavailable: %s", error)
    return jsonify(error="The database is not available."), 503


@app.errorhandler(OSError)
def storage_failed(error: OSError):
    log.error("cannot use the data folder: %s", error)
    return jsonify(error="The data folder cannot be used."), 500
