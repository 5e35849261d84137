"""What the engine, kernel and Compose of this machine can enforce, and what a setting comes to where they cannot.

Versions and effects are those measured (facts: engine.md and containers.md) or named in their advisories; nothing is changed, nothing started.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from wizard.engine import kernel
from wizard.engine.docker import Docker
from wizard.errors import NoEngineError, SeawallError

Verdict = Literal["ok", "note", "lacks"]
"""«lacks»: something that a hardened service needs is not there; «note»: it is weaker, or another's matter."""


class Finding(Struct, frozen=True):
    """One fact of the machine: what it is about, what was seen, and what that means for a hardened service."""

    about: str
    seen: str
    verdict: Verdict
    means: str


def examine(docker: Docker | None = None) -> tuple[Finding, ...]:
    """Look at the engine that the environment names. Raises NoEngineError where none answers."""
    docker = docker or Docker()
    docker.version()
    try:
        compose = docker.compose_version()
    except NoEngineError:
        raise
    except SeawallError:
        compose = ""
    return tuple(findings(docker.info(), compose))


_UNTRIED = (29,)
_SWITCHES: Mapping[str, tuple[str, Verdict, str]] = {
    "CONFIG_SECCOMP_FILTER": ("system calls can be filtered", "lacks", "without CONFIG_SECCOMP and its filter every system call is open"),
    "CONFIG_USER_NS": ("userns-remap and an engine without root are possible", "note", "no userns-remap, and no engine without root"),
}
"""What a switch of the kernel's build is for, and what its lack is worth."""


def findings(info: Mapping[str, Any], compose: str) -> Iterator[Finding]:
    """What `docker info`, and the version of Compose (nothing where there is none), mean for a hardened service."""
    for look in (_engine, _kernel, _seccomp, _modules, _users, _limits, _settings):
        yield from look(info)
    yield _compose(compose)


def numbers(version: str) -> tuple[int, ...]:
    """The numbers that a version begins with: 20.10.24+dfsg1 is (20, 10, 24)."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _engine(info: Mapping[str, Any]) -> Iterator[Finding]:
    seen = str(info.get("ServerVersion") or "")
    version = numbers(seen)
    if version < (20, 10):
        yield Finding("engine", seen, "lacks", "older than 20.10, on which everything here was seen to work")
        return
    if version >= _UNTRIED:
        yield Finding("engine", seen, "note", "newer than those that were tested, 20.10 and 28.5")
    else:
        yield Finding("engine", seen, "ok", "20.10 and later; 20.10 and 28.5 were tested")
    if version < (23, 0, 11):
        yield Finding("engine names", seen, "note", "forwards names from internal networks (CVE-2024-29018); what is written here closes it with dns")
    if version < (28,):
        yield Finding("engine ports", seen, "note", "a port on 127.0.0.1 can be reached from the same layer-2 network")


def _kernel(info: Mapping[str, Any]) -> Iterator[Finding]:
    if not kernel.is_here(info):
        return
    for name, (means, verdict, lack) in _SWITCHES.items():
        if found := kernel.option(name):
            built = found.value == "y"
            yield Finding(name, f"{found.value} ({found.file})", "ok" if built else verdict, means if built else lack)


def _options(info: Mapping[str, Any]) -> Mapping[str, str]:
    found = {}
    for option in info.get("SecurityOptions") or ():
        fields = dict(part.partition("=")[::2] for part in str(option).split(","))
        found[fields.get("name", "")] = fields.get("profile", "")
    return found


def _seccomp(info: Mapping[str, Any]) -> Iterator[Finding]:
    profile = _options(info).get("seccomp")
    if profile is None:
        yield Finding("seccomp", "none", "lacks", "the kernel has no CONFIG_SECCOMP, or the engine is built without it: every system call is open")
    elif profile in ("default", "builtin", ""):
        yield Finding("seccomp", profile or "on", "ok", "the engine's own filter is put on every container")
    else:
        yield Finding("seccomp", profile, "note", "the engine's default filter was replaced by a person; «unconfined» would be none")


def _modules(info: Mapping[str, Any]) -> Iterator[Finding]:
    options = _options(info)
    for name, title in (("apparmor", "AppArmor"), ("selinux", "SELinux")):
        if name in options:
            yield Finding(title, "on", "ok", "profiles and labels are enforced")
        else:
            yield Finding(title, "none", "note", "a profile or label is accepted without a word and has no effect")


def _users(info: Mapping[str, Any]) -> Iterator[Finding]:
    options = _options(info)
    if "rootless" in options:
        yield Finding("users", "rootless", "ok", "the engine itself is no root: uid 0 inside is the user that runs it, and no port below 1024 is "
                      f"published; more: seawall explain rootless. {_UNSEEN}")  # fmt: skip
    elif "userns" in options:
        yield Finding("users", "remapped", "ok", "uid 0 inside is nobody outside; privileged mode, the host's namespaces and writing to its files do "
                      f"not work; more: seawall explain userns-remap. {_UNSEEN}")  # fmt: skip
    else:
        yield Finding("users", "the host's", "note", "uid 0 inside is uid 0 of the host, which is why no service here runs as it; "
                      "more: seawall explain userns-remap")  # fmt: skip


_UNSEEN = "Seawall cannot look into its containers yet"
"""A user namespace of their own is refused by wizard.engine.live."""

_LIMITS = {"MemoryLimit": "mem_limit", "SwapLimit": "memswap_limit", "PidsLimit": "pids_limit", "CpuCfsQuota": "cpus"}


def _limits(info: Mapping[str, Any]) -> Iterator[Finding]:
    version = f"cgroup version {info.get('CgroupVersion') or 'unknown'}"
    lacking = [setting for key, setting in _LIMITS.items() if info.get(key) is False]
    if lacking:
        yield Finding("limits", version, "lacks", f"this kernel or engine ignores {', '.join(lacking)} without a word; {_remedy(info, lacking)}")
    else:
        yield Finding("limits", version, "ok", "memory, swap, processes and processors are limited")


def _remedy(info: Mapping[str, Any], lacking: Sequence[str]) -> str:
    if "rootless" in _options(info):
        return "without root it takes cgroups of version 2 and systemd's Delegate=cpu cpuset io memory pids for user@.service"
    if lacking == ["memswap_limit"]:
        return "boot with swapaccount=1, or without swap"
    return "its controllers are not mounted, or switched off at boot"


def _settings(info: Mapping[str, Any]) -> Iterator[Finding]:
    if not info.get("LiveRestoreEnabled"):
        yield Finding(
            "live-restore", "off", "note", "services stop while the engine is renewed; «live-restore» in daemon.json keeps them (--set extras=daemon)"
        )
    driver = str(info.get("LoggingDriver") or "unknown")
    verdict: Verdict = "note" if driver == "json-file" else "ok"
    yield Finding(
        "logs",
        driver,
        verdict,
        "without max-size it keeps everything; what is written here names one" if verdict == "note" else "the engine's default",
    )


def _compose(seen: str) -> Finding:
    if not seen:
        return Finding("Compose", "none", "lacks", "docker compose is not installed; docker-run.sh starts the same (--set extras=docker-run)")
    if numbers(seen) < (2,):
        return Finding("Compose", seen, "lacks", "older than 2")
    return Finding("Compose", seen, "ok", "2.26 and 5.6 accept what is written here")
