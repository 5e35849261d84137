"""RabbitMQ, the official image (docker-library/rabbitmq)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry, password
from wizard.known_image import STEPS_DOWN, TMP, Kept, Known, Pace, Scratch, Variant
from wizard.project import SecretFile, SecretUse
from wizard.workload import Companion


class RabbitMq(CatalogueEntry):
    """Its start script refuses variables that name a file; so its settings themselves are the secret file."""

    id = "rabbitmq"
    title = "RabbitMQ"
    group = "messages"
    image = "rabbitmq"
    known = Known(
        own="999:999",
        scratch=(Scratch("/var/log/rabbitmq", "16M", "log files"), TMP),
        kept=(Kept("/var/lib/rabbitmq", "queues, users and the cookie of its nodes"),),
        root=STEPS_DOWN,
        health=("rabbitmq-diagnostics", "-q", "ping"),
        # It starts a virtual machine each time.
        pace=Pace(15, 20, 120),
        mem_limit="512M",
        variants=(Variant({"own": "100:101"}, "alpine"),),
    )
    default_version = "4.2"
    port = 5672
    warnings = ("It is one node: others cannot join it, since what nodes say to each other stays inside. The volume holds its password as well.",)
    booted = "4.0 on Debian"

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            # It sets memory aside for each file that it may open.
            "limits": {"memory": self.known.mem_limit, "pids": 300, "nofile": 16384},
            "environment": {
                "RABBITMQ_CONFIG_FILE": f"/run/secrets/{self._settings(companion)}",
                # By this name its folder is found again in a new container; and what it says to itself stays on its loopback.
                "RABBITMQ_NODENAME": "rabbit@localhost",
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
                "ERL_EPMD_ADDRESS": "127.0.0.1",
            },
            "stop_grace": 60,
        }

    def secret_files(self, companion: Companion) -> tuple[SecretFile, ...]:
        secret = password(companion)
        settings = SecretFile(self._settings(companion), f"default_user = app\ndefault_pass = {{{secret}}}\n")
        return (SecretFile(secret), settings, SecretFile(password(companion, "url"), f"amqp://app:{{{secret}}}@{companion.hostname}:5672/"))

    def own_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        return (SecretUse(self._settings(companion)),)

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"AMQP_URL_FILE": f"/run/secrets/{password(companion, 'url')}"}

    def handed_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        return (SecretUse(password(companion)), SecretUse(password(companion, "url")))

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        file = f"/run/secrets/{password(companion)}"
        names = {"HOST": companion.hostname, "PORT": "5672", "USER": "app", "USERNAME": "app", "VHOST": "/", "PASSWORD_FILE": file}
        return {f"{prefix}_{name}": value for prefix in ("RABBITMQ", "AMQP") for name, value in names.items()}

    def secret_aliases(self, companion: Companion) -> Mapping[str, str]:
        urls = ("AMQP_URL", "RABBITMQ_URL", "RABBITMQ_URI", "CLOUDAMQP_URL", "CELERY_BROKER_URL", "BROKER_URL")
        return dict.fromkeys(("RABBITMQ_PASSWORD", "AMQP_PASSWORD"), password(companion)) | dict.fromkeys(urls, password(companion, "url"))

    def _settings(self, companion: Companion) -> str:
        # It reads a file of settings only by this ending.
        return f"{companion.hostname}.conf"
