"""PostgreSQL, the official image (docker-library/postgres)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry
from wizard.project import SecretFile, SecretUse
from wizard.workload import Companion, User, WritablePath


class Postgres(CatalogueEntry):
    """Started as its own user, so that it needs no capability; the password is a file."""

    id = "postgres"
    title = "PostgreSQL"
    image = "postgres"
    default_version = "17"
    port = 5432
    root_capabilities = ("CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID")
    calls = ("shared-memory",)
    warnings = ("A volume made by another major version is not upgraded by itself: dump and restore.",)
    evidence = "17 on Debian booted by the engine tests; alpine variants read from their Dockerfiles"

    def user(self, version: str) -> User:
        return User(70, 70) if "alpine" in version else User(999, 999)

    def writable(self, companion: Companion, version: str) -> tuple[WritablePath, ...]:
        major = int(version.partition(".")[0].partition("-")[0])
        data = "/var/lib/postgresql" if major >= 18 else "/var/lib/postgresql/data"
        return (
            WritablePath(data, volume=f"{companion.hostname}-data"[:40].rstrip("-")),
            WritablePath("/var/run/postgresql", tmpfs="16M"),
            WritablePath("/tmp", tmpfs="64M"),
        )

    def health(self) -> tuple[str, ...]:
        # Over TCP: while it initialises, a temporary server listens on the socket only and would look ready.
        return ("pg_isready", "-q", "-h", "127.0.0.1", "-U", "app")

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        password = self.own_secrets(companion)[0].name
        return {
            "limits": {"memory": "512M", "pids": 200, "shm": "128M"},
            "environment": {"POSTGRES_USER": "app", "POSTGRES_DB": "app", "POSTGRES_PASSWORD_FILE": f"/run/secrets/{password}"},
            "stop_grace": 60,
        }

    def secret_files(self, companion: Companion) -> tuple[SecretFile, ...]:
        password = self.own_secrets(companion)[0].name
        return (
            SecretFile(password),
            SecretFile(self._url(companion), f"postgresql://app:{{{password}}}@{companion.hostname}:5432/app"),
        )

    def own_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        return (SecretUse(f"{companion.hostname.replace('-', '_')}_password"),)

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"PGHOST": companion.hostname, "PGPORT": "5432", "PGUSER": "app", "PGDATABASE": "app",
                "DATABASE_URL_FILE": f"/run/secrets/{self._url(companion)}"}  # fmt: skip

    def handed_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        return (*self.own_secrets(companion), SecretUse(self._url(companion)))

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        host, port = companion.hostname, "5432"
        password = f"/run/secrets/{self.own_secrets(companion)[0].name}"
        names = {"HOST": host, "PORT": port, "USER": "app", "NAME": "app", "DB": "app", "DATABASE": "app", "PASSWORD_FILE": password}
        prefixes = ("POSTGRES", "DB", "DATABASE", "PG")
        return {f"{prefix}_{name}": value for prefix in prefixes for name, value in names.items()} | {"PGPASSWORD_FILE": password}

    def secret_aliases(self, companion: Companion) -> Mapping[str, str]:
        password = self.own_secrets(companion)[0].name
        names = ("POSTGRES_PASSWORD", "PGPASSWORD", "DB_PASSWORD", "DATABASE_PASSWORD")
        urls = ("DATABASE_URL", "POSTGRES_URL", "DB_URL", "SQLALCHEMY_DATABASE_URI")
        return dict.fromkeys(names, password) | dict.fromkeys(urls, self._url(companion))

    def _url(self, companion: Companion) -> str:
        return f"{companion.name.replace('-', '_')}_url" if companion.name else "database_url"
