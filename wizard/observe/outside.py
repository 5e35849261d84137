"""What it asked beside itself: names and peers outside, which take a way out, and services that look like companions."""

import ipaddress
from collections.abc import Collection, Iterator, Mapping

from wizard.companions import COMPANIONS
from wizard.observe.proposal import Item
from wizard.observe.seen import Seen
from wizard.spelling import Data

_LOCAL = (".local", ".internal", ".localhost", ".localdomain", ".arpa")


def items(seen: Seen, known: Mapping[str, Data], services: Collection[str]) -> Iterator[Item]:
    """The way out, where it was used and no answer gives it."""
    if known.get("internet") or known.get("egress"):
        return
    names, addresses = names_outside(seen, services), sorted({f"{one.address}:{one.port}" for one in seen.peers if _is_outside(one.address)})
    if names or addresses:
        what = (*(f"it looks up {name}" for name in names[:4]), *(f"it connects to {address}" for address in addresses[:4]))
        yield Item("internet", True, what, "likely", note="narrower: internet: no, and the names alone in egress" if names else "")


def names_outside(seen: Seen, services: Collection[str]) -> list[str]:
    """Names that were looked up and belong to nobody of the project."""
    found = (one.name.rstrip(".").lower() for one in seen.lookups)
    return sorted({name for name in found if "." in name and name not in services and not name.endswith(_LOCAL)})


def companions(seen: Seen, known: Mapping[str, Data], services: Collection[str]) -> Iterator[str]:
    """Peers that answer on the port of a companion, and are none yet."""
    rows = known.get("companions") or ()
    there = {str(row.get("service")) for row in rows if isinstance(row, dict)} if isinstance(rows, (list, tuple)) else set()
    for one in seen.peers:
        entry = next((entry for entry in COMPANIONS if entry.port == one.port), None)
        if entry and entry.id not in there and one.name not in services and not _is_outside(one.address):
            where = f"{one.name or one.address}:{one.port}"
            yield f"it connects to {where}, where {entry.title} would listen: --set companions+={entry.id} brings one along"


def _is_outside(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False
