"""A container read back into a Compose service, so that what judges files judges it as well.

From `docker inspect` alone; what the kernel shows of it outranks this (`wizard.prove.kernel_form`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

_WORDS = {"Cmd": "command", "Entrypoint": "entrypoint"}
_MODES = {"PidMode": "pid", "IpcMode": "ipc", "UTSMode": "uts", "UsernsMode": "userns_mode"}
"""The namespace of cgroups is not among them: with version 1 the host's is the default, and nobody asked for it."""
_USUAL = frozenset(("", "private", "shareable", "default"))
_NUMBERS = {
    "Memory": "mem_limit", "MemorySwap": "memswap_limit", "MemoryReservation": "mem_reservation", "ShmSize": "shm_size", "PidsLimit": "pids_limit",
    "CpuShares": "cpu_shares", "OomScoreAdj": "oom_score_adj",
}  # fmt: skip
_LISTS = {
    "CapAdd": "cap_add", "CapDrop": "cap_drop", "GroupAdd": "group_add", "Dns": "dns", "DeviceCgroupRules": "device_cgroup_rules",
    "ExtraHosts": "extra_hosts",
}  # fmt: skip
SECRETS = "/run/secrets/"


def service_of(facts: Mapping[str, Any], image: Mapping[str, Any]) -> dict[str, Any]:
    """The Compose service that a container is, without what its image says already; what says nothing is left out."""
    host, config, own = facts["HostConfig"], facts["Config"], image.get("Config") or {}
    form: dict[str, Any] = {"image": _reference(facts)}
    form |= {key: config[name] for name, key in _WORDS.items() if config.get(name) and config[name] != own.get(name)}
    form |= {"user": config.get("User") or "", "privileged": bool(host.get("Privileged")), "init": bool(host.get("Init"))}
    form |= {"read_only": bool(host.get("ReadonlyRootfs")), "oom_kill_disable": bool(host.get("OomKillDisable"))}
    form |= {key: host[name] for name, key in _MODES.items() if host.get(name) not in _USUAL and host.get(name)}
    form |= {key: host[name] for name, key in _NUMBERS.items() if (host.get(name) or 0) > 0 or (name == "OomScoreAdj" and host.get(name))}
    form |= {key: [str(one) for one in host[name]] for name, key in _LISTS.items() if host.get(name)}
    form["cpus"] = host["NanoCpus"] / 1e9 if host.get("NanoCpus") else 0
    form["security_opt"] = [str(option) for option in host.get("SecurityOpt") or () if not (_shares(host) and option == "label=disable")]
    form["cpuset"] = host.get("CpusetCpus") or ""
    form["sysctls"] = dict(host.get("Sysctls") or {})
    form["ulimits"] = {one["Name"]: {"soft": one["Soft"], "hard": one["Hard"]} for one in host.get("Ulimits") or ()}
    form["devices"] = [f"{one['PathOnHost']}:{one['PathInContainer']}:{one['CgroupPermissions']}" for one in host.get("Devices") or ()]
    form["tmpfs"] = [f"{path}:{options}" if options else path for path, options in (host.get("Tmpfs") or {}).items()]
    form["volumes"], form["secrets"] = list(_mounts(facts)), list(_secrets(facts))
    form["environment"] = dict(entry.partition("=")[::2] for entry in config.get("Env") or () if entry not in (own.get("Env") or ()))
    form["ports"] = list(ports_of(facts))
    form["restart"] = _restart(host.get("RestartPolicy") or {})
    form["logging"] = {"driver": host["LogConfig"]["Type"], "options": dict(host["LogConfig"].get("Config") or {})}
    if (check := config.get("Healthcheck")) and check.get("Test"):
        form["healthcheck"] = {"test": check["Test"]}
    mode = str(host.get("NetworkMode") or "")
    if mode in ("host", "none") or mode.startswith("container:"):
        form["network_mode"] = mode
    else:
        form["networks"] = sorted(facts["NetworkSettings"]["Networks"])
    return {key: value for key, value in form.items() if value not in ("", 0, False, [], {})} | {"init": form["init"], "read_only": form["read_only"]}


def document(name: str, form: Mapping[str, Any], internal: Mapping[str, bool]) -> dict[str, Any]:
    """A whole Compose file for one service; `internal` says of each of its networks whether it is internal."""
    volumes: dict[str, Any] = {volume["source"]: {} for volume in form.get("volumes", ()) if volume["type"] == "volume" and volume.get("source")}
    secrets = {secret["source"]: {"file": secret["file"]} for secret in form.get("secrets", ())}
    service = {**form}
    if secrets:
        service["secrets"] = sorted(secrets)
    networks = {network: {"internal": True} if internal.get(network) else {} for network in form.get("networks", ())}
    whole = {"services": {name: service}, "networks": networks, "volumes": volumes, "secrets": secrets}
    return {key: value for key, value in whole.items() if value}


def ports_of(facts: Mapping[str, Any]) -> Iterator[str]:
    """What is published, as `127.0.0.1:8000:80` or `[::]:53:53/udp`; `8000:80` where nobody named an address."""
    unnamed = {inside for inside, asked in (facts["HostConfig"].get("PortBindings") or {}).items() if any(not one["HostIp"] for one in asked or ())}
    found = []
    for inside, bindings in (facts["NetworkSettings"].get("Ports") or {}).items():
        number, _, protocol = inside.partition("/")
        for binding in bindings or ():
            address = f"[{binding['HostIp']}]" if ":" in binding["HostIp"] else binding["HostIp"]
            where = "" if inside in unnamed else f"{address}:"
            found.append(f"{where}{binding['HostPort']}:{number}" + ("" if protocol == "tcp" else f"/{protocol}"))
    return iter(dict.fromkeys(found))


def _reference(facts: Mapping[str, Any]) -> str:
    """The name of its image; of one that Compose built for it, which has no version, with the id."""
    labels, name = facts["Config"].get("Labels") or {}, str(facts["Config"]["Image"])
    project, service = labels.get("com.docker.compose.project"), labels.get("com.docker.compose.service")
    return f"{name}@{facts['Image']}" if project and name in (f"{project}-{service}", f"{project}_{service}") else name


def _mounts(facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for mount in facts.get("Mounts") or ():
        if mount["Type"] in ("bind", "volume") and not mount["Destination"].startswith(SECRETS):
            source = mount.get("Name") if mount["Type"] == "volume" else mount["Source"]
            yield {"type": mount["Type"], "source": source, "target": mount["Destination"], **({} if mount["RW"] else {"read_only": True})}


def _secrets(facts: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for mount in facts.get("Mounts") or ():
        if mount["Type"] == "bind" and mount["Destination"].startswith(SECRETS):
            yield {"source": mount["Destination"].removeprefix(SECRETS), "file": mount["Source"]}


def _shares(host: Mapping[str, Any]) -> bool:
    """Whether it is one of those to which the engine itself adds that it has no label."""
    return bool(host.get("Privileged")) or "host" in (host.get("PidMode"), host.get("IpcMode"))


def _restart(policy: Mapping[str, Any]) -> str:
    name, count = policy.get("Name") or "no", policy.get("MaximumRetryCount")
    return f"{name}:{count}" if count else name.removeprefix("no")
