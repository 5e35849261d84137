"""Whatever kind of value stands where, it is judged or refused with its line: never a traceback."""

from pathlib import Path

import pytest

from wizard.check.judging import judge
from wizard.check.project import load
from wizard.check.source import NotReadError
from wizard.check.sources import Sources

_VALUES = ("5", "x", "[]", "[5]", "{}", "{a: b}", "[{a: b}]", "true", "null", "[null]", "{a: {b: c}}", "'${U}'", "['${U}']", "{a: '${U}'}")
_KEYS = ["privileged", "read_only", "user", "image", "build", "cap_add", "cap_drop", "security_opt", "tmpfs", "volumes", "ports", "environment", "devices", "device_cgroup_rules", "logging", "healthcheck", "deploy", "post_start", "pre_stop", "provider", "secrets", "configs", "networks", "group_add", "env_file", "volumes_from", "restart", "mem_limit", "memswap_limit", "cpus", "pids_limit", "oom_score_adj", "mem_swappiness", "oom_kill_disable", "network_mode", "pid", "ipc", "userns_mode", "cgroup_parent", "use_api_socket", "init", "ulimits", "extends", "sysctls"]  # fmt: skip
_INSIDE = {
    "logging": ("options", "driver"), "healthcheck": ("test", "disable"), "deploy": ("resources", "restart_policy"), "provider": ("type",),
    "build": ("args", "context", "dockerfile", "target", "entitlements", "network", "dockerfile_inline", "privileged"), "extends": ("file", "service"),
}  # fmt: skip
_ENTRIES = {
    "volumes": ("type", "source", "target", "bind", "tmpfs", "read_only"), "post_start": ("user", "privileged", "command"), "env_file": ("path",),
    "ports": ("target", "published", "host_ip", "protocol"), "devices": ("source", "target", "permissions"), "secrets": ("source",),
}  # fmt: skip
_SHARED = {"volumes": ("driver_opts",), "networks": ("internal", "external", "name"), "secrets": ("file",), "configs": ("file",)}
_USES = "volumes: ['n:/x'], networks: [n], secrets: [n], configs: [n]"


@pytest.mark.parametrize("value", _VALUES)
def test_every_kind_of_value_in_every_place(value: str, tmp_path: Path) -> None:
    texts = [f"services: {{a: {{image: x, {key}: {value}}}}}" for key in _KEYS]
    texts += [f"services: {{a: {{image: x, {key}: {{{name}: {value}}}}}}}" for key, names in _INSIDE.items() for name in names]
    texts += [f"services: {{a: {{image: x, {key}: [{{{name}: {value}}}]}}}}" for key, names in _ENTRIES.items() for name in names]
    texts += [f"services: {{a: {{image: x, deploy: {{resources: {{limits: {value}}}}}}}}}"]
    texts += [f"services: {{a: {{image: x, {_USES}}}}}\n{key}: {value}" for key in (*_SHARED, "include", "services")]
    texts += [f"services: {{a: {{image: x, {_USES}}}}}\n{key}: {{n: {value}}}" for key in _SHARED]
    texts += [f"services: {{a: {{image: x, {_USES}}}}}\n{key}: {{n: {{{name}: {value}}}}}" for key, names in _SHARED.items() for name in names]
    texts += [f"include: [{{{key}: {value}}}]\nservices: {{a: {{image: x}}}}" for key in ("path", "env_file", "project_directory")]
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text)
        sources = Sources(tmp_path)
        try:
            judge(load((path,), sources), sources)
        except NotReadError as error:
            assert str(error).startswith(path.name), text
