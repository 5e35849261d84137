"""Settings, read from the environment each time they are needed."""

import os
from pathlib import Path


class SettingsError(RuntimeError):
    """A setting is missing or cannot be read."""


def database_url() -> str:
    """The Postgres URL: DATABASE_URL_FILE's content if set, else DATABASE_URL."""
    path = os.environ.get("DATABASE_URL_FILE", "").strip()
    if path:
        try:
            url = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"cannot read DATABASE_URL_FILE {path}: {error}") from error
        if not url:
            raise SettingsError(f"DATABASE_URL_FILE {path} is empty")
        return url
    url = os.environ.get("DATABASE_URL", "").strip()
    if not url:
        raise SettingsError("neither DATABASE_URL nor DATABASE_URL_FILE is set")
    return url


def redis_url() -> str:
    return os.environ.get("REDIS_URL", "").strip() or "redis://localhost:6379/0"


def data_dir() -> Path:
    return Path(os.environ.get("DATA_DIR", "").strip() or "/data")


def log_level() -> str:
    level = os.environ.get("LOG_LEVEL", "").strip().upper() or "INFO"
    return level if level in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"} else "INFO"
