"""PHP's extensions: which are in the official image, and how the others are built on its Debian.

Sources: docker-library/php (what is compiled in), mlocati/docker-php-extension-installer and nextcloud/docker (headers and options on Debian,
versions of those from PECL).
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

BUILT_IN = frozenset(
    (
        "core", "ctype", "curl", "date", "dom", "fileinfo", "filter", "hash", "iconv", "json", "libxml", "mbstring", "mysqlnd", "opcache", "openssl",
        "pcre", "pdo", "pdo_sqlite", "phar", "posix", "random", "readline", "reflection", "session", "simplexml", "sodium", "spl", "sqlite3",
        "standard", "tokenizer", "xml", "xmlreader", "xmlwriter", "zend-opcache", "zlib",
    )
)  # fmt: skip
"""Compiled into the official images, or enabled in them."""


class Extension(Struct, frozen=True):
    """How one is built: Debian's packages with its headers, options of its configuration, its version where it comes from PECL."""

    headers: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    pecl: str = ""
    booted: bool = False
    """Whether the engine tests build it, in a stand-in that asks for the same headers."""


EXTENSIONS: Mapping[str, Extension] = {
    "apcu": Extension(pecl="APCu-5.1.28", booted=True),
    "bcmath": Extension(booted=True),
    "bz2": Extension(("libbz2-dev",)),
    "calendar": Extension(),
    "exif": Extension(),
    "ffi": Extension(("libffi-dev",)),
    "ftp": Extension(("libssl-dev",), ("--with-ftp-ssl",)),
    "gd": Extension(("libfreetype-dev", "libjpeg62-turbo-dev", "libpng-dev", "libwebp-dev"), ("--with-freetype", "--with-jpeg", "--with-webp")),
    "gettext": Extension(),
    "gmp": Extension(("libgmp-dev",), booted=True),
    "imagick": Extension(("libmagickwand-dev",), pecl="imagick-3.8.1"),
    "intl": Extension(("libicu-dev",)),
    "ldap": Extension(("libldap-dev",)),
    "memcached": Extension(("libmemcached-dev", "libssl-dev", "zlib1g-dev"), pecl="memcached-3.4.0"),
    "mysqli": Extension(),
    "pcntl": Extension(),
    "pdo_mysql": Extension(),
    "pdo_pgsql": Extension(("libpq-dev",), booted=True),
    "pgsql": Extension(("libpq-dev",)),
    "redis": Extension(pecl="redis-6.3.0"),
    "shmop": Extension(),
    "soap": Extension(("libxml2-dev",)),
    "sockets": Extension(),
    "sysvmsg": Extension(),
    "sysvsem": Extension(),
    "sysvshm": Extension(),
    "tidy": Extension(("libtidy-dev",)),
    "xsl": Extension(("libxslt1-dev",)),
    "zip": Extension(("libzip-dev",)),
}
"""Those that can be built into the image, by the name that composer.json asks for them with (`ext-NAME`)."""

FOR_COMPANION = {"postgres": "pdo_pgsql", "mysql": "pdo_mysql", "mariadb": "pdo_mysql"}
"""What PHP reaches a database with; frameworks ask for it without saying so in composer.json."""


_LINKED = """ldd "$(php -r 'echo ini_get("extension_dir");')"/*.so \\
        | awk '/=> \\// {sub("^/(usr/)?", "", $3); print $3}' | sort -u \\
        | xargs dpkg-query --search | awk 'sub(":$", "", $1) {print $1}' | sort -u \\
        | xargs apt-mark manual"""
"""Keeps the packages of all libraries that extensions are linked to, as docker-library's own Dockerfiles find them."""


def commands(names: Iterable[str]) -> tuple[str, ...]:
    """The shell commands, one after the other, that build these into an image with the compiler of the official one; none for none."""
    chosen = {name: EXTENSIONS[name] for name in sorted(set(names))}
    headers = " ".join(sorted({header for extension in chosen.values() for header in extension.headers}))
    bundled = " ".join(name for name, extension in chosen.items() if not extension.pecl)
    fetched = {name: extension.pecl for name, extension in chosen.items() if extension.pecl}
    steps = ["apt-get update", f"apt-get install -y --no-install-recommends {headers}"] if headers else []
    steps += [f"docker-php-ext-configure {name} {' '.join(extension.options)}" for name, extension in chosen.items() if extension.options]
    steps += [f'docker-php-ext-install -j "$(nproc)" {bundled}'] if bundled else []
    # One after the other: pecl says that all went well if one of several did not.
    steps += [f"pecl install {package}" for package in fetched.values()]
    steps += [f"docker-php-ext-enable {' '.join(fetched)}", "rm -rf /tmp/pear"] if fetched else []
    steps += [_LINKED, f"apt-get purge -y --auto-remove {headers}", "rm -rf /var/lib/apt/lists/*"] if headers else []
    return tuple(steps)
