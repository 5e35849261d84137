"""The Compose specification's own schema, as the real Compose carries it inside: which keys there are, and what each may hold."""

import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def schema() -> dict[str, Any]:
    """The schema that this version of Compose judges by, found by its id in the program's file."""
    binary = (Path(sys.executable).parent / "docker-compose").read_bytes()
    start = binary.rfind(b"{", 0, binary.index(b'"compose_spec.json"'))
    found, _ = json.JSONDecoder().raw_decode(binary[start : start + 500_000].decode("utf-8", "replace"))
    assert found["$id"] == "compose_spec.json"
    return dict(found)


@cache
def _validator(kind: str) -> Any:
    """For one thing of a kind (service, network, volume, secret)."""
    import jsonschema

    whole = schema()
    return jsonschema.validators.validator_for(whole)({**whole["$defs"][kind], "$defs": whole["$defs"], "$schema": whole["$schema"]})


def is_refused(project: Mapping[str, Any], service: str) -> bool:
    """Whether Compose would not take a project of which only that service was changed, or, with none named, only what they share."""
    if service:
        changed = project["services"].get(service)
        return not _validator("service").is_valid(changed) or bool(list(_unknown_names(project)))
    shared = {key: project.get(key) or {} for key in ("networks", "volumes", "secrets")}
    parts = [(key.removesuffix("s"), one) for key, found in shared.items() for one in found.values()]
    return any(not _validator(kind).is_valid(one) for kind, one in parts) or bool(list(_unknown_names(project)))


def _unknown_names(project: Mapping[str, Any]) -> Iterator[str]:
    """Names that nothing stands behind, and mounts that lack an end."""
    for service in project["services"].values():
        yield from (other for other in service.get("depends_on") or () if other not in project["services"])
        for key in ("networks", "secrets"):
            yield from (name for name in service.get(key) or () if name not in (project.get(key) or {}))
        for mount in (one for one in service.get("volumes") or () if isinstance(one, Mapping)):
            if not mount.get("target") or (mount["type"] == "bind" and not mount.get("source")):
                yield str(mount)
            elif mount["type"] == "volume" and "source" in mount and mount["source"] not in (project.get("volumes") or {}):
                yield mount["source"]
