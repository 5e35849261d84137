"""The forms in which one service is run: loosely, to see what it does, and hardened, to see whether that is enough. Data in, data out."""

from collections.abc import Iterable, Mapping
from typing import Any

from wizard.render import as_data, service_parts
from wizard.resolve import resolve
from wizard.workload import Workload

_TIGHT = ("read_only", "cap_drop", "security_opt", "privileged", "mem_limit", "memswap_limit", "mem_reservation", "pids_limit", "cpus", "ulimits",
          "deploy", "memswap")  # fmt: skip
"""What keeps a service from doing as it likes, or gives it far more than that (privileged)."""
_OURS = ("user", "read_only", "cap_drop", "cap_add", "security_opt", "mem_limit", "memswap_limit", "pids_limit", "cpus", "group_add", "init")
"""What a rendered service says in place of somebody's."""


def loosened(service: Mapping[str, Any], user: str = "") -> dict[str, Any]:
    """With a writable root and the engine's default capabilities; as another user, if one is named. Its own tmpfs and volumes stay."""
    found = {key: value for key, value in service.items() if key not in _TIGHT}
    return {**found, "user": user} if user else found


def reachable(service: Mapping[str, Any], ports: Iterable[tuple[int, str]]) -> dict[str, Any]:
    """Started once, and with these ports, and those that it publishes, at free ports of this host's loopback, for nobody else."""
    there = {(int(port["target"]), str(port.get("protocol") or "tcp")) for port in service.get("ports") or ()}
    found = {key: value for key, value in service.items() if key not in ("ports", "restart", "deploy")}
    wanted = sorted(there | set(ports))
    if str(service.get("network_mode") or "bridge") not in ("host", "none") and not str(service.get("network_mode") or "").startswith("service:"):
        found["ports"] = [{"target": number, "protocol": protocol, "host_ip": "127.0.0.1", "mode": "ingress"} for number, protocol in wanted]
    return {**found, "restart": "no"}


def hardened(service: Mapping[str, Any], workload: Workload) -> tuple[dict[str, Any], dict[str, Any]]:
    """Somebody's service with what these answers render in its place; and the volumes that come to it."""
    fragment = as_data(service_parts(resolve(workload).app))
    found = {key: value for key, value in loosened(service).items() if key not in _OURS}
    found |= {key: fragment[key] for key in _OURS if key in fragment}
    written = {path.path for path in workload.writable}
    kept = [entry for entry in service.get("tmpfs") or () if str(entry).partition(":")[0] not in written]
    if tmpfs := [*kept, *fragment.get("tmpfs", ())]:
        found["tmpfs"] = tmpfs
    there = {str(volume.get("target")) for volume in service.get("volumes") or ()}
    new = [{"type": "volume", "source": one.volume, "target": one.path} for one in workload.writable if one.volume and one.path not in there]
    if new:
        found["volumes"] = [*(service.get("volumes") or ()), *new]
    return found, {str(one["source"]): {} for one in new}
