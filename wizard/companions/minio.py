"""MinIO, the publisher's image (minio/minio)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry, password, volume
from wizard.known_image import TMP, Kept, Known, files_for
from wizard.project import SecretFile, SecretUse
from wizard.workload import Companion, User, WritablePath


class Minio(CatalogueEntry):
    """Objects as in S3; the image makes no user, and its folder for them is root's."""

    id = "minio"
    title = "MinIO, objects as in S3"
    group = "files and search"
    image = "minio/minio"
    names = ("quay.io/minio/minio",)
    known = Known(
        scratch=(TMP,),
        kept=(Kept("/data", "the objects", declared=False),),
        secrets=files_for("MINIO_ROOT_PASSWORD", "MINIO_KMS_SECRET_KEY"),
        mem_limit="1G",
    )
    default_version = "2025-09-07T16-13-09Z"
    port = 9000
    warnings = ("Its makers no longer maintain this image: known flaws stay in it. Choose another where you can.",)

    def tag(self, version: str) -> str:
        return f"RELEASE.{version}"

    def user(self, version: str) -> User:
        return User(1000, 1000)

    def writable(self, companion: Companion, version: str) -> tuple[WritablePath, ...]:
        # A new volume takes the owner of the folder that it hides: /data is root's, /tmp everybody's.
        return (WritablePath("/tmp", volume=volume(companion)),)

    def health(self, version: str) -> tuple[str, ...]:
        return ("curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:9000/minio/health/live")

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "command": ["server", "/tmp/objects", "--console-address", "127.0.0.1:9001"],
            "limits": {"memory": self.known.mem_limit, "pids": 300, "nofile": 65536},
            "environment": {"MINIO_ROOT_USER": "app", "MINIO_ROOT_PASSWORD_FILE": f"/run/secrets/{password(companion)}"},
        }

    def secret_files(self, companion: Companion) -> tuple[SecretFile, ...]:
        return (SecretFile(password(companion)),)

    def own_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        return (SecretUse(password(companion)),)

    def handed(self, companion: Companion) -> Mapping[str, str]:
        url = f"http://{companion.hostname}:9000"
        return {"AWS_ENDPOINT_URL_S3": url, "S3_ENDPOINT": url, "S3_SECRET_KEY_FILE": f"/run/secrets/{password(companion)}"}

    def handed_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        return self.own_secrets(companion)

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        url = f"http://{companion.hostname}:9000"
        return {"AWS_ENDPOINT_URL": url, "S3_ENDPOINT_URL": url, "MINIO_ENDPOINT": f"{companion.hostname}:9000", "MINIO_URL": url,
                "AWS_ACCESS_KEY_ID": "app", "S3_ACCESS_KEY": "app", "MINIO_ACCESS_KEY": "app", "MINIO_ROOT_USER": "app"}  # fmt: skip

    def secret_aliases(self, companion: Companion) -> Mapping[str, str]:
        return dict.fromkeys(("AWS_SECRET_ACCESS_KEY", "S3_SECRET_KEY", "MINIO_SECRET_KEY", "MINIO_ROOT_PASSWORD"), password(companion))
