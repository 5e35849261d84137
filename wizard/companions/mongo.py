"""MongoDB, the official image (docker-library/mongo)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry, password
from wizard.known_image import STEPS_DOWN, TMP, Kept, Known, Pace, Variant, files_for
from wizard.project import SecretFile, SecretUse
from wizard.workload import Companion


class Mongo(CatalogueEntry):
    """Started as its own user, with a password."""

    id = "mongo"
    title = "MongoDB"
    group = "databases"
    image = "mongo"
    known = Known(
        own="999:999",
        scratch=(TMP,),
        kept=(Kept("/data/db", "the databases"), Kept("/data/configdb", "settings of a cluster; a volume of the image itself")),
        root=STEPS_DOWN,
        health=("mongosh", "--quiet", "--norc", "--eval", "quit(db.adminCommand({ping:1}).ok ? 0 : 2)", "127.0.0.1:27017/admin"),
        pace=Pace(15, 15, 120),
        secrets=files_for("MONGO_INITDB_ROOT_PASSWORD"),
        mem_limit="1G",
        # Its shell is of another name before.
        variants=(Variant({"health": ()}, before=(6,)),),
    )
    default_version = "8.0"
    port = 27017
    warnings = ("It does not start on processors from before 2011. Its health check takes about a second of processor time.",)

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "limits": {"memory": self.known.mem_limit, "pids": 300},
            "environment": {
                "MONGO_INITDB_ROOT_USERNAME": "app",
                "MONGO_INITDB_ROOT_PASSWORD_FILE": f"/run/secrets/{password(companion)}",
                "MONGO_INITDB_DATABASE": "app",
            },
            "stop_grace": 60,
        }

    def secret_files(self, companion: Companion) -> tuple[SecretFile, ...]:
        secret = password(companion)
        return (
            SecretFile(secret),
            SecretFile(password(companion, "url"), f"mongodb://app:{{{secret}}}@{companion.hostname}:27017/app?authSource=admin"),
        )

    def own_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        return (SecretUse(password(companion)),)

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"MONGO_HOST": companion.hostname, "MONGO_PORT": "27017", "MONGODB_URI_FILE": f"/run/secrets/{password(companion, 'url')}"}

    def handed_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        return (SecretUse(password(companion)), SecretUse(password(companion, "url")))

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        names = {"HOST": companion.hostname, "PORT": "27017", "USER": "app", "USERNAME": "app", "DB": "app", "DATABASE": "app", "NAME": "app",
                 "PASSWORD_FILE": f"/run/secrets/{password(companion)}"}  # fmt: skip
        return {f"{prefix}_{name}": value for prefix in ("MONGO", "MONGODB", "DB") for name, value in names.items()}

    def secret_aliases(self, companion: Companion) -> Mapping[str, str]:
        names = ("MONGO_PASSWORD", "MONGODB_PASSWORD", "DB_PASSWORD")
        urls = ("MONGODB_URI", "MONGODB_URL", "MONGO_URL", "MONGO_URI", "DATABASE_URL")
        return dict.fromkeys(names, password(companion)) | dict.fromkeys(urls, password(companion, "url"))
