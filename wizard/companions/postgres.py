"""PostgreSQL, the official image (docker-library/postgres)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry, password
from wizard.known_image import STEPS_DOWN, TMP, Kept, Known, Scratch, Variant, files_for
from wizard.project import SecretFile, SecretUse
from wizard.workload import Companion


class Postgres(CatalogueEntry):
    """Started as its own user, so that it needs no capability; the password is a file."""

    id = "postgres"
    title = "PostgreSQL"
    group = "databases"
    image = "postgres"
    known = Known(
        own="999:999",
        scratch=(Scratch("/var/run/postgresql", "16M", "its socket"), TMP),
        # From 18 on; a tag that says no version is of the newest.
        kept=(Kept("/var/lib/postgresql", "the databases"),),
        root=STEPS_DOWN,
        # Over TCP: while it initialises, a temporary server listens on the socket only and would look ready. It answers for any user.
        health=("pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres"),
        secrets=files_for("POSTGRES_PASSWORD"),
        mem_limit="512M",
        variants=(
            Variant({"own": "70:70"}, "alpine"),
            Variant({"kept": (Kept("/var/lib/postgresql/data", "the databases"),)}, before=(18,)),
        ),
    )
    default_version = "17"
    port = 5432
    calls = ("shared-memory",)
    warnings = ("A volume made by another major version is not upgraded by itself: dump and restore.",)
    booted = "17 on Debian"

    def health(self, version: str) -> tuple[str, ...]:
        return (*super().health(version)[:-1], "app")

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        file = f"/run/secrets/{password(companion)}"
        return {
            "limits": {"memory": self.known.mem_limit, "pids": 200, "shm": "128M"},
            "environment": {"POSTGRES_USER": "app", "POSTGRES_DB": "app", "POSTGRES_PASSWORD_FILE": file},
            "stop_grace": 60,
        }

    def secret_files(self, companion: Companion) -> tuple[SecretFile, ...]:
        secret = password(companion)
        return (SecretFile(secret), SecretFile(self._url(companion), f"postgresql://app:{{{secret}}}@{companion.hostname}:5432/app"))

    def own_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        return (SecretUse(password(companion)),)

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"PGHOST": companion.hostname, "PGPORT": "5432", "PGUSER": "app", "PGDATABASE": "app",
                "DATABASE_URL_FILE": f"/run/secrets/{self._url(companion)}"}  # fmt: skip

    def handed_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        return (*self.own_secrets(companion), SecretUse(self._url(companion)))

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        host, port = companion.hostname, "5432"
        file = f"/run/secrets/{password(companion)}"
        names = {"HOST": host, "PORT": port, "USER": "app", "NAME": "app", "DB": "app", "DATABASE": "app", "PASSWORD_FILE": file}
        prefixes = ("POSTGRES", "DB", "DATABASE", "PG")
        return {f"{prefix}_{name}": value for prefix in prefixes for name, value in names.items()} | {"PGPASSWORD_FILE": file}

    def secret_aliases(self, companion: Companion) -> Mapping[str, str]:
        names = ("POSTGRES_PASSWORD", "PGPASSWORD", "DB_PASSWORD", "DATABASE_PASSWORD")
        urls = ("DATABASE_URL", "POSTGRES_URL", "DB_URL", "SQLALCHEMY_DATABASE_URI")
        return dict.fromkeys(names, password(companion)) | dict.fromkeys(urls, self._url(companion))

    def _url(self, companion: Companion) -> str:
        return password(companion, "url") if companion.name else "database_url"
