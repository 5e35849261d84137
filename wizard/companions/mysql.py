"""MySQL, the official image (docker-library/mysql), and what MariaDB has in common with it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from wizard.companion import CatalogueEntry, password
from wizard.known_image import STEPS_DOWN, TMP, Kept, Known, Pace, Scratch, files_for
from wizard.project import SecretFile, SecretUse
from wizard.workload import Companion


class MySql(CatalogueEntry):
    """Started as its own user; both passwords are files, since a random one would be printed to the log."""

    id = "mysql"
    title = "MySQL"
    group = "databases"
    image = "mysql"
    known = Known(
        own="999:999",
        scratch=(Scratch("/var/run/mysqld", "16M", "its socket and process number"), TMP),
        kept=(Kept("/var/lib/mysql", "the databases"),),
        root=STEPS_DOWN,
        # While it initialises it does not listen at all; afterwards any answer is one, also that the password is wrong.
        health=("mysqladmin", "ping", "-h", "127.0.0.1", "--silent"),
        pace=Pace(start=120),
        secrets=files_for("MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"),
        mem_limit="1G",
    )
    default_version = "8.4"
    port = 3306
    warnings = ("A volume made by a newer version cannot be opened by an older one.",)
    prefix: ClassVar[str] = "MYSQL"
    """How the variables of its start script begin."""
    command: ClassVar[tuple[str, ...]] = ("mysqld", "--mysqlx=OFF")
    """Its second protocol has a port of its own, which hardly a program speaks."""

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "command": list(self.command),
            "limits": {"memory": self.known.mem_limit, "pids": 300},
            "environment": {
                f"{self.prefix}_DATABASE": "app",
                f"{self.prefix}_USER": "app",
                f"{self.prefix}_PASSWORD_FILE": f"/run/secrets/{password(companion)}",
                f"{self.prefix}_ROOT_PASSWORD_FILE": f"/run/secrets/{password(companion, 'root_password')}",
            },
            "stop_grace": 60,
        }

    def secret_files(self, companion: Companion) -> tuple[SecretFile, ...]:
        secret, root = (use.name for use in self.own_secrets(companion))
        url = SecretFile(password(companion, "url"), f"mysql://app:{{{secret}}}@{companion.hostname}:3306/app")
        return (SecretFile(secret), SecretFile(root), url)

    def own_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        return (SecretUse(password(companion)), SecretUse(password(companion, "root_password")))

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"MYSQL_HOST": companion.hostname, "MYSQL_PORT": "3306", "MYSQL_USER": "app", "MYSQL_DATABASE": "app",
                "MYSQL_PASSWORD_FILE": f"/run/secrets/{password(companion)}",
                "DATABASE_URL_FILE": f"/run/secrets/{password(companion, 'url')}"}  # fmt: skip

    def handed_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        return (SecretUse(password(companion)), SecretUse(password(companion, "url")))

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        file = f"/run/secrets/{password(companion)}"
        names = {"HOST": companion.hostname, "PORT": "3306", "USER": "app", "USERNAME": "app", "NAME": "app", "DB": "app", "DATABASE": "app",
                 "PASSWORD_FILE": file}  # fmt: skip
        return {f"{prefix}_{name}": value for prefix in ("MARIADB", "DB", "DATABASE", "MYSQL") for name, value in names.items()}

    def secret_aliases(self, companion: Companion) -> Mapping[str, str]:
        names = ("MYSQL_PASSWORD", "MARIADB_PASSWORD", "DB_PASSWORD", "DATABASE_PASSWORD", "MYSQL_PWD")
        urls = ("DATABASE_URL", "MYSQL_URL", "DB_URL", "SQLALCHEMY_DATABASE_URI")
        return dict.fromkeys(names, password(companion)) | dict.fromkeys(urls, password(companion, "url"))
