"""Well-known images by their names: those of the companions, and others. Read from Dockerfiles and start scripts; no registry is asked."""

from collections.abc import Mapping

from wizard.companions import COMPANIONS
from wizard.companions.nginx import ROOT as NGINX
from wizard.known_image import Kept, Known, Scratch, Variant, files_for

_APACHE = (
    Scratch("/var/run/apache2", "16M", "its process number"),
    Scratch("/var/lock/apache2", "16M", "locks"),
    Scratch("/tmp", "64M", "sessions and uploads"),
)
# What PHP writes is the program's business, so that only the user is known, for whom these variants open their folders.
_PHP = Known(variants=(Variant({"own": "33:33"}, "apache"), Variant({"own": "33:33"}, "fpm"), Variant({"own": "82:82"}, "fpm-alpine")))
_WORDPRESS = Known(
    own="33:33", scratch=_APACHE, kept=(Kept("/var/www/html", "the site: program, plugins and uploads"),), secrets=files_for("WORDPRESS_DB_PASSWORD"),
    variants=(
        Variant({"scratch": (Scratch("/tmp", "64M", "sessions and uploads"),)}, "fpm"),
        Variant({"own": "82:82"}, "alpine"),
        Variant({"start": "www-data", "own": "82:82", "scratch": (), "kept": ()}, "cli"),
    ),
)  # fmt: skip
_INFLUX = files_for("DOCKER_INFLUXDB_INIT_PASSWORD", "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN")
_DOTNET = Known(
    own="1654:1654",
    variants=(Variant({"own": ""}, before=(8,)), *(Variant({"start": "1654"}, word) for word in ("chiseled", "distroless"))),
)
"""What a program of it writes is its own business; the images of version 8 and later have the user app."""
_S6 = Known(own_init=True)
"""s6-overlay is process 1 and refuses to be another; it starts as root, gives folders away and runs each program as a user that variables name."""

IMAGES: Mapping[str, Known] = {
    **dict.fromkeys((
        "adoptopenjdk", "almalinux", "alpine", "amazoncorretto", "amazonlinux", "archlinux", "buildpack-deps", "busybox", "centos", "composer",
        "debian", "eclipse-temurin", "elixir", "erlang", "fedora", "golang", "gradle", "httpd", "maven", "mcr.microsoft.com/dotnet/sdk",
        "nginxproxy/nginx-proxy", "openjdk", "oraclelinux", "perl", "phpmyadmin", "phpmyadmin/phpmyadmin", "portainer/portainer-ce", "pypy", "python",
        "rockylinux", "ruby", "rust", "swift", "tomcat", "ubuntu",
    ), Known()),
    "adminer": Known("adminer"),
    "denoland/deno": Known(own="1993:1993"),
    "gitea/gitea": Known(variants=(Variant({"start": "1000:1000", "own": "1000:1000"}, "rootless"),)),
    "influxdb": Known(variants=(Variant({"own": "1000:1000", "secrets": _INFLUX}, since=(2,), before=(3,)),)),
    "jenkins/jenkins": Known("jenkins", "1000:1000"),
    "nextcloud": Known(secrets=files_for("MYSQL_PASSWORD", "NEXTCLOUD_ADMIN_PASSWORD", "POSTGRES_PASSWORD", "REDIS_HOST_PASSWORD")),
    "nginx": NGINX,
    **dict.fromkeys(("mcr.microsoft.com/dotnet/aspnet", "mcr.microsoft.com/dotnet/runtime"), _DOTNET),
    "node": Known(own="1000:1000"),
    "oven/bun": Known(own="1000:1000"),
    "php": _PHP,
    "registry": Known(kept=(Kept("/var/lib/registry", "the images"),)),
    "sonarqube": Known("sonarqube", "1000:0"),
    "wordpress": _WORDPRESS,
    **dict.fromkeys(("ghcr.io/home-assistant/home-assistant", "homeassistant/home-assistant", "jc21/nginx-proxy-manager", "plexinc/pms-docker"), _S6),
    **{name: entry.known for entry in reversed(COMPANIONS) for name in (entry.image, *entry.names)},
}  # fmt: skip
"""By the name without the default registry. Those without further facts start as root, and what they write is not known."""

PUBLISHERS: Mapping[str, Known] = dict.fromkeys(("lscr.io/linuxserver/", "ghcr.io/linuxserver/", "linuxserver/"), _S6)
"""By how the name begins: publishers all of whose images start alike."""
