"""MariaDB, the official image (MariaDB/mariadb-docker)."""

from wizard.companions.mysql import MySql
from wizard.known_image import STEPS_DOWN, TMP, Kept, Known, Pace, Scratch, Variant, files_for


class MariaDb(MySql):
    """As MySQL, with the names of its own."""

    id = "mariadb"
    title = "MariaDB"
    image = "mariadb"
    known = Known(
        own="999:999",
        scratch=(Scratch("/run/mysqld", "16M", "its socket and process number"), TMP),
        kept=(Kept("/var/lib/mysql", "the databases"),),
        root=STEPS_DOWN,
        # Not the image's healthcheck.sh: that needs a user which only data folders of newer versions have.
        health=("mariadb-admin", "ping", "-h", "127.0.0.1", "--silent"),
        pace=Pace(start=120),
        secrets=files_for("MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD", "MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"),
        mem_limit="512M",
        variants=(
            Variant({"start": "mysql", "scratch": (Scratch("/run/mariadb", "16M", "its socket and process number"), TMP)}, "ubi"),
            Variant({"health": ("mysqladmin", "ping", "-h", "127.0.0.1", "--silent")}, before=(10, 5)),
        ),
    )
    default_version = "11.8"
    booted = "11.8"
    prefix = "MARIADB"
    command = ("mariadbd",)
