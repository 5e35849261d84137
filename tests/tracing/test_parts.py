"""The launcher, packets of DNS, the kernel's events, and the words of a service."""

import os
import struct
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.errors import SeawallError
from wizard.observe.tracing import launcher
from wizard.observe.tracing.granted import Events
from wizard.observe.tracing.packets import Packet, packet
from wizard.observe.tracing.watcher import program_of

on_its_processor = pytest.mark.skipif(os.uname().machine != launcher.MACHINE, reason="the launcher is code for another processor")


def test_the_launcher_looks_where_the_engine_would() -> None:
    pipe = (f"{launcher.INSIDE}/wait", f"{launcher.INSIDE}/go")
    assert launcher.words(("nginx", "-g", ""), {"PATH": "/a:/b:"}) == (*pipe, "/a/nginx", "/b/nginx", "./nginx", "", "nginx", "-g", "")
    assert launcher.words(("bin/app",), {"PATH": "/a"}) == (*pipe, "bin/app", "", "bin/app")
    assert launcher.words(("sh",), {})[2:5] == ("/usr/local/sbin/sh", "/usr/local/bin/sh", "/usr/sbin/sh")


@on_its_processor
@pytest.mark.parametrize(("places", "code", "said"), [
    (("/no/such", "/bin/sh"), 5, b"me one\n"), (("/no/such", "/etc/passwd"), 127, b""),
])  # fmt: skip
def test_the_launcher_waits_and_becomes_the_program(tmp_path: Path, places: tuple[str, ...], code: int, said: bytes) -> None:
    launcher.lay_out(tmp_path)
    words = [str(tmp_path / "wait"), str(tmp_path / "go"), *places, "", "me", "-c", 'echo "$0 $A"; ls /proc/self/fd | grep -qx 5 || exit 5', "me"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, env={"A": "one", "PATH": os.environ["PATH"]}) as process:
        threading.Timer(0.05, launcher.release, (tmp_path, 10, lambda: True)).start()
        out, _ = process.communicate(timeout=20)
    assert (process.returncode, out) == (code, said)


def test_nobody_waits(tmp_path: Path) -> None:
    launcher.lay_out(tmp_path)
    with pytest.raises(SeawallError, match="did not wait"):
        launcher.release(tmp_path, 0.02, lambda: True)


def _dns(name: str, answer: bool, *addresses: bytes) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    head = struct.pack(">6H", 7, 0x8180 if answer else 0x0100, 1, len(addresses), 0, 0)
    rows = (struct.pack(">3HIH", 0xC00C, 1 if len(one) == 4 else 28, 1, 60, len(one)) + one for one in addresses)
    return head + labels + struct.pack(">2H", 1, 1) + b"".join(rows)


def test_packets() -> None:
    assert packet(_dns("DB.internal", False)) == Packet("db.internal")
    answer = _dns("db", True, bytes((10, 0, 0, 1)), b"\0" * 15 + b"\1")
    assert packet(answer) == Packet("db", ("10.0.0.1", "::1"))
    assert packet(answer[:-3]) == Packet("db", ("10.0.0.1",))


@given(st.binary(max_size=80))
def test_what_is_no_packet(data: bytes) -> None:
    for one in (data, _dns("a.b", True, b"1234")[:20] + data):
        found = packet(one)
        assert found is None or found.name.isprintable()


_EVENT = "   {}-{}   [000] .....  7.{}: cap_capable: cred 0001, target_ns 0002, capable_ns 0002, cap {}, ret 0"
_STACK = "   {}-{}   [000] .....  7.9: <stack trace>"


@pytest.mark.parametrize(("frames", "granted"), [
    (("capable", "__sys_setuid", "do_syscall_64"), {(7, "my app", "setuid")}),
    (("cap_capable", "generic_permission", "ovl_permission", "__x64_sys_openat", "do_syscall_64"), {(7, "my app", "openat")}),
    (("cap_capable", "setattr_prepare", "ovl_setattr", "__x64_sys_fchownat", "do_syscall_64"), {(7, "my app", "fchownat")}),
    (("cap_capable", "inode_permission", "ovl_permission", "__x64_sys_openat"), set()),
    (("cap_capable", "generic_permission", "inode_permission", "ovl_permission", "__x64_sys_openat"), set()),
    (("cap_capable", "vfs_getxattr", "ovl_get", "generic_permission", "ovl_permission", "__x64_sys_openat"), set()),
])  # fmt: skip
def test_what_overlayfs_does_itself_is_not_the_workloads(frames: tuple[str, ...], granted: set[tuple[int, str, str]]) -> None:
    events = Events()
    # Lines of another thread come between an event and its stack.
    for line in (_EVENT.format("my app", 5, 1, 7), _EVENT.format("other", 6, 2, 1), _STACK.format("my app", 5), *(f" => {frame}" for frame in frames),
                 "CPU:1 [LOST 12 EVENTS]"):  # fmt: skip
        events.take(line)
    events.finish()
    assert events.granted == granted and events.lost == 12


_IMAGE: Mapping[str, Any] = {"Entrypoint": ["/entry"], "Cmd": ["serve"]}


@pytest.mark.parametrize(("service", "words"), [
    ({"entrypoint": None, "command": None}, ("/entry", "serve")), ({"command": ["echo $$A"]}, ("/entry", "echo $A")),
    ({"entrypoint": ["/mine"]}, ("/mine",)), ({"entrypoint": ["/mine"], "command": ["a"]}, ("/mine", "a")),
    ({"entrypoint": [], "command": ["a"]}, ("a",)), ({"entrypoint": []}, ("serve",)),
])  # fmt: skip
def test_the_words_of_a_service(service: Mapping[str, Any], words: tuple[str, ...]) -> None:
    assert program_of(service, _IMAGE) == words
    assert program_of({}, {}) == ()
