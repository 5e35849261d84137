"""The options of `docker run`, each with the Compose setting that says the same: data only.

A dotted name is a setting inside a setting (`healthcheck.test`). An option without a setting belongs to the command
that is typed (`--rm`), and nothing in a Compose file says it.
"""

from msgspec import Struct


class Flag(Struct, frozen=True):
    """One option: its long name without dashes, the Compose setting, its letter, whether a value belongs to it."""

    name: str
    setting: str = ""
    letter: str = ""
    value: bool = True


FLAGS: tuple[Flag, ...] = (
    Flag("add-host", "extra_hosts"),
    Flag("annotation", "annotations"),
    Flag("attach", letter="a"),
    Flag("blkio-weight", "blkio_config.weight"),
    Flag("blkio-weight-device", "blkio_config.weight_device"),
    Flag("cap-add", "cap_add"),
    Flag("cap-drop", "cap_drop"),
    Flag("cgroup-parent", "cgroup_parent"),
    Flag("cgroupns", "cgroup"),
    Flag("cidfile"),
    Flag("cpu-period", "cpu_period"),
    Flag("cpu-quota", "cpu_quota"),
    Flag("cpu-rt-period", "cpu_rt_period"),
    Flag("cpu-rt-runtime", "cpu_rt_runtime"),
    Flag("cpu-shares", "cpu_shares", "c"),
    Flag("cpus", "cpus"),
    Flag("cpuset-cpus", "cpuset"),
    Flag("cpuset-mems"),
    Flag("detach", letter="d", value=False),
    Flag("detach-keys"),
    Flag("device", "devices"),
    Flag("device-cgroup-rule", "device_cgroup_rules"),
    Flag("device-read-bps", "blkio_config.device_read_bps"),
    Flag("device-read-iops", "blkio_config.device_read_iops"),
    Flag("device-write-bps", "blkio_config.device_write_bps"),
    Flag("device-write-iops", "blkio_config.device_write_iops"),
    Flag("disable-content-trust", value=False),
    Flag("dns", "dns"),
    Flag("dns-option", "dns_opt"),
    Flag("dns-search", "dns_search"),
    Flag("domainname", "domainname"),
    Flag("entrypoint", "entrypoint"),
    Flag("env", "environment", "e"),
    Flag("env-file", "env_file"),
    Flag("expose", "expose"),
    Flag("gpus", "gpus"),
    Flag("group-add", "group_add"),
    Flag("health-cmd", "healthcheck.test"),
    Flag("health-interval", "healthcheck.interval"),
    Flag("health-retries", "healthcheck.retries"),
    Flag("health-start-interval", "healthcheck.start_interval"),
    Flag("health-start-period", "healthcheck.start_period"),
    Flag("health-timeout", "healthcheck.timeout"),
    Flag("hostname", "hostname", "h"),
    Flag("init", "init", value=False),
    Flag("interactive", "stdin_open", "i", value=False),
    Flag("ip", "networks.ipv4_address"),
    Flag("ip6", "networks.ipv6_address"),
    Flag("ipc", "ipc"),
    Flag("isolation", "isolation"),
    Flag("kernel-memory"),
    Flag("label", "labels", "l"),
    Flag("label-file", "label_file"),
    Flag("link", "links"),
    Flag("link-local-ip", "networks.link_local_ips"),
    Flag("log-driver", "logging.driver"),
    Flag("log-opt", "logging.options"),
    Flag("mac-address", "mac_address"),
    Flag("memory", "mem_limit", "m"),
    Flag("memory-reservation", "mem_reservation"),
    Flag("memory-swap", "memswap_limit"),
    Flag("memory-swappiness", "mem_swappiness"),
    Flag("mount", "volumes"),
    Flag("name", "container_name"),
    Flag("net", "network_mode"),
    Flag("net-alias", "networks.aliases"),
    Flag("network", "network_mode"),
    Flag("network-alias", "networks.aliases"),
    Flag("no-healthcheck", "healthcheck.disable", value=False),
    Flag("oom-kill-disable", "oom_kill_disable", value=False),
    Flag("oom-score-adj", "oom_score_adj"),
    Flag("pid", "pid"),
    Flag("pids-limit", "pids_limit"),
    Flag("platform", "platform"),
    Flag("privileged", "privileged", value=False),
    Flag("publish", "ports", "p"),
    Flag("publish-all", letter="P", value=False),
    Flag("pull", "pull_policy"),
    Flag("quiet", letter="q", value=False),
    Flag("read-only", "read_only", value=False),
    Flag("restart", "restart"),
    Flag("rm", value=False),
    Flag("runtime", "runtime"),
    Flag("security-opt", "security_opt"),
    Flag("shm-size", "shm_size"),
    Flag("sig-proxy", value=False),
    Flag("stop-signal", "stop_signal"),
    Flag("stop-timeout", "stop_grace_period"),
    Flag("storage-opt", "storage_opt"),
    Flag("sysctl", "sysctls"),
    Flag("tmpfs", "tmpfs"),
    Flag("tty", "tty", "t", value=False),
    Flag("ulimit", "ulimits"),
    Flag("use-api-socket", "use_api_socket", value=False),
    Flag("user", "user", "u"),
    Flag("userns", "userns_mode"),
    Flag("uts", "uts"),
    Flag("volume", "volumes", "v"),
    Flag("volume-driver"),
    Flag("volumes-from", "volumes_from"),
    Flag("workdir", "working_dir", "w"),
)


def flag_of(word: str) -> tuple[Flag, str] | None:
    """The option that begins a text, and what follows it: `--cap-drop=ALL`, `-v /x:/x`, `-m512m`; None for no such option."""
    name, _, rest = word.partition(" ") if " " in word.partition("=")[0] else word.partition("=")
    if name.startswith("--"):
        return next(((flag, rest.strip()) for flag in FLAGS if flag.name == name[2:]), None)
    if not name.startswith("-") or (" " in word and word[2:3] not in " ="):
        return None
    switches = {flag.letter for flag in FLAGS if not flag.value}
    for flag in FLAGS:
        if flag.letter and word[1:2] == flag.letter and (flag.value or switches.issuperset(word[1:].strip())):
            return flag, word[2:].strip(" =") if flag.value else ""
    return None
