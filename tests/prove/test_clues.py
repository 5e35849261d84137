"""What a service said when it did not run leads to a control and to the part of the file, likely ones first; what it has not is no clue."""

import re
from typing import Any

import pytest

from wizard.prove.clue import OPEN, Said
from wizard.prove.clues import clues, further
from wizard.prove.engine_clues import of_the_engine

SERVICE: dict[str, Any] = {
    "image": "app:1", "user": "10001:10001", "read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true", "seccomp:x.json"],
    "tmpfs": ["/tmp:size=1m", "/spool:uid=10001,size=2m"], "mem_limit": "16777216", "pids_limit": 4, "shm_size": "1024",
    "secrets": [{"source": "token", "target": "/run/secrets/token"}, {"source": "key"}], "networks": {"inside": None}, "ulimits": {"nofile": 64},
    "sysctls": {"net.ipv4.ip_unprivileged_port_start": "1024"}, "healthcheck": {"test": ["CMD", "curl"]},
    "ports": [{"target": 80, "published": "8080", "host_ip": "127.0.0.1"}],
}  # fmt: skip


def _first(line: str, service: dict[str, Any] = SERVICE) -> Any:
    if re.search("chown|switching", line):
        # Of another user than root nobody takes capabilities.
        service = {**service, "user": "0:0"}
    return next(clues(Said(["begin", line, "goodbye"], 1, False, ()), service), None)


@pytest.mark.parametrize(
    ("line", "control", "key", "change"),
    [
        ("OSError: [Errno 30] Read-only file system: '/var/log/app.log'", "read-only-rootfs", "read_only", '"/var/log:uid=10001,gid=10001,'),
        ("Error: EROFS: read-only file system, mkdir '/home/node'", "read-only-rootfs", "read_only", '"/home/node:uid=10001'),
        ("it is a Read-only file system", "read-only-rootfs", "read_only", "list what it writes"),
        ("write /spool/big: no space left on device", "writable-paths", "tmpfs", "/spool:uid=10001,size=2m"),
        ("cat: /run/secrets/token: Permission denied", "secrets-as-files", "secrets", "secret token"),
        ("cat: /run/secrets/key: Permission denied", "secrets-as-files", "secrets", "secret key"),
        ("bind() to 0.0.0.0:80 failed (13: Permission denied)", "non-root-user", "sysctls", "leave net.ipv4"),
        ("open /tmp/x: permission denied", "writable-paths", "tmpfs", "add uid=10001,gid=10001,mode=0700 to /tmp:size=1m"),
        ("chown: changing ownership: Operation not permitted", "minimal-capabilities", "cap_drop", "cap_add: [CHOWN, DAC_OVERRIDE]"),
        ("error: failed switching to \"app\": operation not permitted", "minimal-capabilities", "cap_drop", "cap_add: [SETGID, SETUID]"),
        ("RuntimeError: can't start new thread", "resource-limits", "pids_limit", "higher pids_limit"),
        ("OSError: [Errno 24] Too many open files", "resource-limits", "ulimits", "higher nofile"),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", "internal-networks", "networks", "egress"),
    ],
)  # fmt: skip
def test_a_line_leads_to_a_control_and_to_what_to_change(line: str, control: str, key: str, change: str) -> None:
    found = _first(line)
    assert (found.control, found.key, found.seen) == (control, key, line)
    assert change in found.change
    assert found.without != SERVICE


def test_a_try_differs_in_that_part_alone() -> None:
    found = _first("OSError: [Errno 30] Read-only file system: '/var/log/app.log'")
    assert found.mended and {key: value for key, value in found.without.items() if key != "tmpfs"} == {
        k: v for k, v in SERVICE.items() if k != "tmpfs"
    }
    assert found.without["tmpfs"][:2] == SERVICE["tmpfs"]
    open_ = _first("connect: network is unreachable")
    assert open_.opens and open_.without["networks"] == {"inside": None, OPEN: None} and "read_only" in open_.without


def test_what_a_service_has_not_is_no_clue() -> None:
    bare = {"image": "app:1"}
    for line in ("Read-only file system", "Operation not permitted", "can't start new thread", "Too many open files", "No space left on device"):
        assert _first(line, bare) is None
    assert not list(further(bare, "nothing"))


def test_how_it_ended_counts_where_it_said_nothing() -> None:
    (killed,) = clues(Said((), 137, False, ()), SERVICE)
    assert (killed.control, killed.key) == ("resource-limits", "mem_limit")
    assert not {"mem_limit", "memswap_limit"} & killed.without.keys()
    (check,) = clues(Said((), 0, False, ['exec: "curl": executable file not found in $PATH']), SERVICE)
    assert (check.control, check.entry, check.without["healthcheck"]) == ("health-check", "test", {"disable": True})


def test_what_the_engine_refused() -> None:
    said = "Error response from daemon: driver failed: Bind for 127.0.0.1:8080 failed: port is already allocated"
    (port,) = of_the_engine(said, SERVICE)
    assert (port.control, port.key, port.entry) == ("loopback-ports", "ports", 0)
    assert "8080" in port.change
    assert not list(of_the_engine(said.replace("8080", "9090"), SERVICE))
    (image,) = of_the_engine("pull access denied for app, repository does not exist", SERVICE)
    assert (image.control, image.without) == ("workload", {})
