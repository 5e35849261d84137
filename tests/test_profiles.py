"""Seccomp profiles that are the engine's default with less in it, and the AppArmor profile, which AppArmor's own parser judges."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from tests.test_laws import FULL
from tests.tools import compose_config
from wizard import apparmor, seccomp
from wizard.artifact import Artifact
from wizard.control import Live
from wizard.controls.capabilities import NEEDS
from wizard.controls.profiles import ConfinementProfiles
from wizard.engine.verdict import NUMBERS, verdict
from wizard.errors import SeawallError, UsageError
from wizard.project import Service
from wizard.render import notes, render, service_parts
from wizard.resolve import resolve
from wizard.syscalls import FAMILIES, GROUPS, NAMES, PACKET, WITNESSES, Group, families, kept, removed
from wizard.value_types import CallGroup
from wizard.workload import Workload, evolve, make

each_group = pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.id)
ALLOW, LOG = "SCMP_ACT_ALLOW", "SCMP_ACT_LOG"


def asked(**answers: Any) -> Workload:
    return evolve(make(FULL), **{"seccomp": "trimmed", **answers})


def app(**answers: Any) -> Service:
    return resolve(asked(**answers)).app


def artifacts(workload: Workload) -> dict[str, Artifact]:
    return {artifact.path: artifact for artifact in render(workload)}


def calls(profile: Mapping[str, Any], action: str = ALLOW, conditional: bool = False) -> set[str]:
    """The names of all entries with this action, those that depend on a capability only if asked for."""
    return {
        name for entry in profile["syscalls"] if entry["action"] == action and (conditional or not _capabilities(entry)) for name in entry["names"]
    }


def _capabilities(entry: Mapping[str, Any]) -> bool:
    return any((entry.get(key) or {}).get("caps") for key in ("includes", "excludes"))


def test_the_vendored_default_is_mobys_unchanged_with_its_license() -> None:
    from wizard.templates import folder

    data = (folder() / "seccomp" / "default.json").read_bytes()
    # As git names it in the repository that it comes from.
    assert hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest() == "ea5a494afb8d64898fa0f4f47ae0c4f5ba9cbbc9"
    assert "Apache License" in (folder() / "seccomp" / "LICENSE").read_text()
    assert "cd3bed8061c7b7378b61fc6827c7885779417a75" in (folder() / "seccomp" / "README.md").read_text()
    assert "cd3bed8061c7" in seccomp.SOURCE


@each_group
def test_a_group_names_calls_that_the_default_permits_to_everybody(group: Group) -> None:
    assert set(group.calls) <= calls(seccomp.default_profile())
    assert len(group.calls) == len(set(group.calls))
    assert group.calls or group.id in ("socket-families", "32-bit")


def test_no_call_is_in_two_groups_and_the_answers_are_the_groups() -> None:
    named = [call for group in GROUPS for call in group.calls]
    assert len(named) == len(set(named))
    assert set(get_args(CallGroup)) == set(NAMES)
    assert {need for group in GROUPS for need in group.needs} <= {need.id for need in NEEDS}
    assert set(WITNESSES) <= set(NAMES)
    assert all(call in group.calls or call == "socket" for group in GROUPS for call, _ in [WITNESSES.get(group.id, (None, 0))] if call)


@each_group
def test_without_a_group_exactly_its_calls_are_gone(group: Group) -> None:
    default, less = seccomp.default_profile(), seccomp.profile([group.id], tuple(FAMILIES.values()))
    assert calls(default) - calls(less) == set(group.calls)
    assert calls(less) <= calls(default)
    assert less["defaultAction"] == "SCMP_ACT_ERRNO"
    assert less["defaultErrnoRet"] == 1


def test_what_depends_on_a_capability_stays_word_for_word() -> None:
    def conditional(profile: Mapping[str, Any]) -> list[Any]:
        return [entry for entry in profile["syscalls"] if _capabilities(entry)]

    found = conditional(seccomp.profile(NAMES, (1,)))
    assert found == conditional(seccomp.default_profile())
    assert len(found) > 15
    assert "ptrace" in calls(seccomp.profile(NAMES, (1,)), conditional=True)


def test_only_the_families_of_a_service_are_left() -> None:
    def left(profile: Mapping[str, Any], action: str) -> set[int]:
        entries = [entry for entry in profile["syscalls"] if entry["names"] == ["socket"] and entry["action"] == action]
        assert all(argument["op"] == "SCMP_CMP_EQ" for entry in entries for argument in entry["args"])
        return {argument["value"] for entry in entries for argument in entry["args"]}

    assert left(seccomp.profile(["socket-families"], families(app())), ALLOW) == {1, 2, 10, 16}
    assert left(seccomp.profile(["socket-families"], families(app(needs=["raw-packets"]))), ALLOW) == {1, 2, 10, 16, PACKET}
    audit = seccomp.profile(["socket-families"], (1, 2), audit=True)
    assert left(audit, ALLOW) == {1, 2}
    # What the default refuses (AF_ALG, AF_VSOCK) is not opened by an audit.
    assert left(audit, LOG) == set(range(46)) - {1, 2, 38, 40}


def test_32_bit_programs_are_left_out_of_trimmed_and_let_pass_by_an_audit() -> None:
    default = seccomp.default_profile()["archMap"]
    assert [platform["subArchitectures"] for platform in seccomp.profile(["32-bit"], ())["archMap"]] == [None] * len(default)
    assert seccomp.profile(["32-bit"], (), audit=True)["archMap"] == default
    assert seccomp.profile([], ())["archMap"] == default


def test_an_audit_permits_what_the_default_permits_and_logs_what_trimmed_refuses() -> None:
    default, trimmed = seccomp.default_profile(), seccomp.profile(NAMES, tuple(FAMILIES.values()))
    audit = seccomp.profile(NAMES, tuple(FAMILIES.values()), audit=True)
    assert calls(audit) == calls(trimmed)
    assert calls(audit) | calls(audit, LOG) == calls(default)
    assert calls(audit, LOG) == {call for group in GROUPS for call in group.calls} | {"socket"}
    assert audit["defaultAction"] == default["defaultAction"]
    modified = [entry for entry in audit["syscalls"] if entry["names"] == ["personality"]]
    assert [entry["args"] for entry in modified] == [entry["args"] for entry in default["syscalls"] if entry["names"] == ["personality"]]


@pytest.mark.parametrize(("group", "need"), [(group.id, need) for group in GROUPS for need in group.needs])
def test_a_need_keeps_its_group(group: str, need: str) -> None:
    assert group in removed(app())
    assert group not in removed(app(needs=[need]))


@pytest.mark.parametrize(("group", "capability"), [(group.id, name) for group in GROUPS for name in group.capabilities])
def test_a_capability_keeps_its_group(group: str, capability: str) -> None:
    assert group not in removed(app(capabilities=[{"name": capability, "why": "it is needed"}]))


@each_group
def test_an_answer_keeps_a_group(group: Group) -> None:
    assert set(removed(app())) - set(removed(app(calls=[group.id]))) == {group.id}
    assert kept(group, app(calls=[group.id])) == "asked for"


def test_each_service_has_a_profile_of_its_own() -> None:
    workload = asked(needs=["trace-children"])
    found, services = artifacts(workload), resolve(workload).services
    without = {service.name: set(removed(service)) for service in services}
    assert set(NAMES) - without["shop"] == {"tracing", "personality"}
    assert set(NAMES) - without["postgres"] == {"shared-memory"}
    assert set(NAMES) - without["redis"] == set()
    assert set(NAMES) - without["ingress"] == {"kernel-aio"}
    for service in services:
        data = json.loads(found[f".seawall/{service.name}.seccomp.json"].text)
        assert data == json.loads(json.dumps(seccomp.profile(removed(service), families(service))))
        assert "moby/profiles" in data["syscalls"][0]["comment"]
        assert "Apache-2.0" in data["syscalls"][0]["comment"]
        options = [part.value for part in service_parts(service)["security_opt"] if part.control == "confinement-profiles"]
        assert options == [[f"seccomp=./.seawall/{service.name}.seccomp.json"]]
        assert max(len(line.text) for line in found[f".seawall/{service.name}.seccomp.json"].lines[12:]) < 500


@pytest.mark.parametrize("answer", ["default", "./mine.json"])
def test_nothing_is_written_unless_asked_for(answer: str) -> None:
    workload = asked(seccomp=answer)
    assert not [path for path in artifacts(workload) if "seccomp" in path or "apparmor" in path]
    assert all("security_opt" not in parts or "seccomp=./.seawall" not in str(parts) for parts in map(service_parts, resolve(workload).services))
    assert resolve(workload).services[1].workload.seccomp == "default", "a file of one's own is for the app alone"


def test_nothing_is_written_where_the_control_is_waived() -> None:
    workload = asked(apparmor="rendered", waivers=[{"control": "confinement-profiles", "service": "redis", "why": "measuring"}])
    assert {path for path in artifacts(workload) if "seccomp" in path or "apparmor" in path} == {
        f".seawall/{name}.{kind}" for name in ("shop", "postgres", "ingress") for kind in ("seccomp.json", "apparmor")
    }


def test_what_was_done_is_said() -> None:
    said = [message for control, _, message in notes(resolve(asked(calls=["32-bit"], apparmor="rendered"))) if control == "confinement-profiles"]
    assert any("trimmed" in message and "32-bit (asked for)" in message for message in said)
    assert any("seawall.shop.postgres has to be loaded" in message for message in said)
    assert not [message for control, _, message in notes(resolve(make(FULL))) if control == "confinement-profiles"]


# --- What a filter in the kernel says ----------------------------------------------------------------------------------


class _Filtered:
    """A container whose filter permits all calls but those of some groups."""

    def __init__(self, without: tuple[str, ...], say: str = "EPERM") -> None:
        self.without, self.say = without, say

    def status(self, field: str) -> str:
        return "2"

    def filtered(self, calls: Any) -> tuple[str, ...]:
        return tuple(self.say if group in self.without else "allowed" for group, call in WITNESSES.items() if call in calls)


def test_the_probe_sees_a_group_that_is_open() -> None:
    control, service = ConfinementProfiles(), app()

    def failed(live: Any) -> list[str]:
        seen: Live = live
        return [probe.what for probe in control.probes(service) if probe.observe(seen) != probe.expected]

    assert failed(_Filtered(removed(service))) == []
    assert failed(_Filtered(())) == ["groups of calls that the filter does not permit"]
    assert failed(_Filtered(removed(service)[1:])) == ["groups of calls that the filter does not permit"]
    assert failed(_Filtered(removed(service), "logged")) == ["groups of calls that the filter does not permit"]
    assert [probe.what for probe in control.probes(app(seccomp="default"))] == ["seccomp mode of the process (2: filter)"]


def _program(*steps: tuple[int, int, int, int]) -> bytes:
    import struct

    return b"".join(struct.pack("=HBBI", *step) for step in steps)


_ALLOW_ALL = _program((0x06, 0, 0, 0x7FFF0000))
_NO_PTRACE = _program((0x20, 0, 0, 0), (0x15, 0, 1, 101), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7FFF0000))
_ONLY_LOCAL = _program((0x20, 0, 0, 16), (0x15, 1, 0, 1), (0x06, 0, 0, 0x7FFC0000), (0x06, 0, 0, 0x7FFF0000))
_ELSEWHERE = _program((0x20, 0, 0, 4), (0x15, 1, 0, 0xC000003E), (0x06, 0, 0, 0x80000000), (0x06, 0, 0, 0x7FFF0000))


@pytest.mark.parametrize(("filters", "call", "first", "said"), [
    ((), "ptrace", 0, "allowed"),
    ((_ALLOW_ALL,), "ptrace", 0, "allowed"),
    ((_NO_PTRACE,), "ptrace", 0, "EPERM"),
    ((_NO_PTRACE,), "write", 0, "allowed"),
    ((_ALLOW_ALL, _NO_PTRACE), "ptrace", 0, "EPERM"),
    ((_NO_PTRACE, _ALLOW_ALL), "ptrace", 0, "EPERM"),
    ((_ONLY_LOCAL,), "socket", 1, "allowed"),
    ((_ONLY_LOCAL,), "socket", 9, "logged"),
    ((_ONLY_LOCAL, _NO_PTRACE), "ptrace", 9, "EPERM"),
    ((_ELSEWHERE,), "write", 0, "allowed"),
])  # fmt: skip
def test_the_strictest_filter_decides(filters: tuple[bytes, ...], call: str, first: int, said: str) -> None:
    assert verdict(filters, "x86_64", call, first) == said


def test_another_processor_is_not_guessed() -> None:
    assert verdict((_ELSEWHERE,), "aarch64", "write") == "killed"
    assert verdict((_ALLOW_ALL,), "aarch64", "modify_ldt") == "no such call"
    assert all({call for call, _ in WITNESSES.values()} <= set(numbers) for _, numbers in NUMBERS.values())
    with pytest.raises(SeawallError, match="s390x are not known"):
        verdict((_ALLOW_ALL,), "s390x", "write")
    with pytest.raises(SeawallError, match="not known here"):
        verdict((_program((0xB1, 0, 0, 0)),), "x86_64", "write")


# --- AppArmor ----------------------------------------------------------------------------------------------------------

SEED_SAMPLE = """
profile docker-myapp flags=(attach_disconnected,mediate_deleted) {
  network inet tcp,
  /app/** r,
  /** deny,
  capability chown,
}
"""
"""What one reads here and there."""


def parser() -> str:
    """AppArmor's own parser; skipped where it is not installed, failed where the judges are required."""
    found = shutil.which("apparmor_parser", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if not found:
        why = "apparmor_parser is not installed (Debian: apt-get install apparmor)"
        if os.environ.get("SEAWALL_REQUIRE_JUDGES") == "1":
            pytest.fail(why, pytrace=False)
        pytest.skip(why)
    return found


def parsed(text: str, folder: Path) -> tuple[int, str]:
    """Exit code and words of the parser, which loads and caches nothing: this kernel needs no AppArmor for it."""
    file = folder / "profile"
    file.write_text(text)
    done = subprocess.run([parser(), "-Q", "-K", file], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def rules(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.startswith("  ") and not line.strip().startswith("#")]


def rendered(service: str = "shop", **answers: Any) -> str:
    return artifacts(asked(apparmor="rendered", **answers))[f".seawall/{service}.apparmor"].text


_SPOKEN = [
    {},
    {"internet": True, "ports": [{"container": 53, "protocol": "udp"}], "health": {"none": "it only answers over UDP"}},
    {"needs": ["raw-packets", "trace-children", "switch-user"], "waivers": [{"control": "non-root-user", "why": "it starts as root"}]},
    {"waivers": [{"control": control, "why": "measuring"} for control in ("read-only-rootfs", "minimal-capabilities", "writable-paths")]},
    {"mounts": [{"path": "/srv/up", "source": "./up", "read_only": False}], "devices": [{"path": "/dev/ttyUSB0", "why": "reads the meter"}]},
    {"writable": [{"path": "/tmp", "tmpfs": "8M"}, {"path": '/da ta"}{*[^]@{x}é', "volume": "data"}, {"path": "/a #b\\", "tmpfs": "1M"}]},
]


@pytest.mark.parametrize("answers", _SPOKEN)
def test_apparmors_parser_accepts_what_is_rendered(answers: dict[str, Any], tmp_path: Path) -> None:
    for path, artifact in artifacts(asked(apparmor="rendered", **answers)).items():
        if path.endswith(".apparmor"):
            code, said = parsed(artifact.text, tmp_path)
            assert code == 0, f"{path}: {said}\n{artifact.text}"


def test_apparmors_parser_refuses_the_sample_that_goes_around(tmp_path: Path) -> None:
    code, said = parsed(SEED_SAMPLE, tmp_path)
    assert code != 0
    assert "syntax error" in said
    assert parsed(SEED_SAMPLE.replace("/** deny,", "deny /** w,"), tmp_path)[0] == 0


def test_only_what_is_declared_may_be_written() -> None:
    written = [rule for rule in rules(rendered()) if rule.split()[-1].rstrip(",") in ("wkl", "wl", "w") and not rule.startswith("deny")]
    assert written == [
        "/tmp/{,**} wkl,", "/data/{,**} wkl,", "/dev/{console,full,null,ptmx,random,tty,urandom,zero} w,", "/dev/pts/{,**} w,",
        "/dev/{mqueue,shm}/{,**} wkl,", "owner @{PROC}/@{pid}/** w,",
    ]  # fmt: skip
    assert "deny /tmp/** mx," in rules(rendered())
    assert "/** wl," in rules(rendered(waivers=[{"control": "read-only-rootfs", "why": "measuring"}]))
    assert "/srv/up{,/,/**} wkl," in rules(rendered(**_SPOKEN[4]))
    assert "/dev/ttyUSB0 w," in rules(rendered(**_SPOKEN[4]))


def test_capabilities_and_sockets_are_those_that_it_has() -> None:
    def of(kind: str, **answers: Any) -> list[str]:
        return [rule for rule in rules(rendered(**answers)) if rule.startswith(kind)]

    assert of("capability") == []
    assert of("capability", **_SPOKEN[2]) == ["capability net_raw,", "capability setgid,", "capability setuid,"]
    assert of("capability", **_SPOKEN[3]) == ["capability,"]
    assert of("network packet") == []
    assert of("network packet", **_SPOKEN[2]) == ["network packet,"]
    alone = {"companions": [], "ports": [], "health": {"none": "it is a job"}}
    assert of("network inet stream") == ["network inet stream,"]
    assert of("network inet stream", **alone) == []
    assert of("ptrace (trace") == []
    assert len(of("ptrace (trace", **_SPOKEN[2])) == 1


def test_a_path_cannot_say_more_than_a_path() -> None:
    text = rendered(**_SPOKEN[5])
    assert len(rules(text)) == len(rules(rendered())) + 2
    assert "/da?ta?????????x???/{,**} wkl," in rules(text)
    assert apparmor.as_pattern("/a-b_c.d/e") == "/a-b_c.d/e"


def test_the_name_is_the_projects_and_a_plain_name_stays_a_loaded_profile() -> None:
    def names(answer: str) -> Iterator[tuple[str, str]]:
        for service in resolve(asked(apparmor=answer)).services:
            options = [option for part in service_parts(service)["security_opt"] for option in part.value]
            yield service.name, next((option for option in options if option.startswith("apparmor=")), "")

    assert dict(names("rendered")) == {
        "shop": "apparmor=seawall.shop", "postgres": "apparmor=seawall.shop.postgres", "redis": "apparmor=seawall.shop.redis",
        "ingress": "apparmor=seawall.shop.ingress",
    }  # fmt: skip
    assert dict(names("mine")) == {"shop": "apparmor=mine", "postgres": "", "redis": "", "ingress": ""}
    assert not [path for path in artifacts(asked(apparmor="mine")) if "apparmor" in path]
    assert 'profile "seawall.shop.postgres" ' in rendered("postgres")
    assert "apparmor_parser -r /etc/apparmor.d/seawall.shop\n" in rendered()


@pytest.mark.parametrize("answer", ["unconfined", "builtin", "Trimmed", "trimmed "])
def test_other_words_are_refused_and_what_is_accepted_is_said(answer: str) -> None:
    with pytest.raises(UsageError, match=r"seccomp.*"):
        asked(seccomp=answer)


# --- SELinux -----------------------------------------------------------------------------------------------------------


def test_a_mount_is_relabelled_only_where_that_is_asked_for(tmp_path: Path) -> None:
    def bind(**more: str) -> Any:
        workload = asked(seccomp="default", mounts=[{"path": "/etc/shop.toml", "source": "./shop.toml", **more}])
        text = artifacts(workload)["compose.yaml"].text
        config = compose_config(text, tmp_path)
        assert config.returncode == 0, config.stderr
        (mount,) = (v for v in yaml.safe_load(text)["services"]["shop"]["volumes"] if v["type"] == "bind")
        return mount["bind"]

    assert bind() == {"create_host_path": False}
    assert bind(relabel="shared") == {"create_host_path": True, "selinux": "z"}
    assert bind(relabel="private") == {"create_host_path": True, "selinux": "Z"}


@pytest.mark.parametrize("source", ["/srv/files", "/home", "/etc"])
def test_files_of_the_host_are_never_relabelled(source: str) -> None:
    with pytest.raises(UsageError, match="for good; accepted: files of the project"):
        asked(mounts=[{"path": "/in", "source": source, "relabel": "shared"}])


def test_a_label_is_written_as_asked_and_none_by_default() -> None:
    def options(**answers: Any) -> str:
        return str(service_parts(app(seccomp="default", **answers))["security_opt"])

    assert "label" not in options()
    assert "label=level:s0:c100,c200" in options(selinux="level:s0:c100,c200")
