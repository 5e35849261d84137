"""Names of the outside that a service may reach, as `egress` lists them: one canonical form, whatever a person types.

`api.example.com` is that name on port 443, `*.example.org:8443` every name below example.org but not itself, `10.20.0.5:8443` an
address. Lower case, without a dot at the end, other alphabets in the form that DNS has them in (xn--...).
"""

import ipaddress
import re
import unicodedata

from msgspec import Struct

from wizard.text import visible

PATTERN = (
    r"^((\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?|[0-9]{1,3}(\.[0-9]{1,3}){3})"
    r"(:[1-9][0-9]{0,4})?$"
)
DEFAULT_PORT = 443
ACCEPTED = "accepted: api.example.com (port 443), files.example.com:8443, *.example.org, 203.0.113.7:443"
_LONGEST_NAME = 253
_LOCAL = (".localhost", ".local", ".docker.internal", ".google.internal", ".invalid")
"""Endings that mean this host, its neighbours or nothing at all, whoever is asked."""


class Outside(Struct, frozen=True):
    """An entry in its parts: a name or an address, without the `*.`."""

    name: str
    port: int
    below: bool = False
    """Whether the names below it are meant, and not the name itself."""
    address: bool = False


def taken_apart(entry: str) -> Outside:
    """The parts of an entry in its canonical form. Raises ValueError saying what is accepted."""
    if not re.fullmatch(PATTERN, entry):
        raise ValueError(f"{visible(entry)} is no name of the outside; {ACCEPTED}")
    host, _, port = entry.partition(":")
    if port and int(port) > 65535:
        raise ValueError(f"{visible(entry)}: {port} is no port; accepted: 1 to 65535")
    found = Outside(host.removeprefix("*."), int(port or DEFAULT_PORT), host.startswith("*."), host.replace(".", "").isdigit())
    if found.address:
        _refuse_address(found.name, entry)
    elif len(host) > _LONGEST_NAME:
        raise ValueError(f"{visible(entry)} is longer than a name can be; accepted: up to {_LONGEST_NAME} characters")
    elif f".{found.name}".endswith(_LOCAL):
        raise ValueError(f"{visible(entry)} is a name of this host or its network, not of the outside; {ACCEPTED}")
    return found


def _refuse_address(text: str, entry: str) -> None:
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        raise ValueError(f"{visible(entry)} is no address; {ACCEPTED}") from None
    if address.is_loopback or address.is_link_local or address.is_multicast or address.is_reserved or text.startswith("0."):
        raise ValueError(f"{visible(entry)} is an address of this host or its own network, not of the outside; {ACCEPTED}")


def spelled(text: str) -> str:
    """The canonical form of what a person types. Raises ValueError saying what is accepted."""
    typed = text.strip()
    if "/" in typed or "@" in typed:
        raise ValueError(f"{visible(text)} is more than a name; {ACCEPTED}")
    host, colon, port = typed.partition(":")
    if colon and not re.fullmatch(r"[0-9]{1,5}", port):
        raise ValueError(f"{visible(text)} has no port behind its colon; {ACCEPTED}")
    if host.removesuffix(".") in ("*", ""):
        raise ValueError(f"{visible(text)} names nothing; accepted: names, or internet: yes for everything")
    labels = [_label(label, text) for label in host.removesuffix(".").split(".")]
    number = int(port) if colon else DEFAULT_PORT
    entry = ".".join(labels) + (f":{number}" if number != DEFAULT_PORT else "")
    if labels[0] == "*" and len(labels) == 2:
        raise ValueError(f"{visible(text)} is a whole top-level domain; accepted: at least two parts behind the star, such as *.example.org")
    taken_apart(entry)
    return entry


def _label(label: str, text: str) -> str:
    """A part of a name in lower case; in another alphabet as DNS has it."""
    lower = unicodedata.normalize("NFC", label.lower())
    if lower.isascii():
        return lower
    if not all(unicodedata.category(char)[0] in "LMN" or char == "-" for char in lower):
        raise ValueError(f"{visible(text)} holds characters that no name has; {ACCEPTED}")
    return f"xn--{lower.encode('punycode').decode()}"


def port_text(entry: Outside) -> str:
    """The entry with its port, for people."""
    return f"{'*.' if entry.below else ''}{entry.name}:{entry.port}"
