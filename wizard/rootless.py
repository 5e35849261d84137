"""An engine that is no root itself: what it is worth, what it cannot do, how it is set up, and what of a rendered service holds there.

Seen with Engine 20.10.24, rootlesskit 1.1.0 and slirp4netns 1.2.0 on a kernel 6.18 with cgroups of version 1. Version 2 could not be tried.
"""

from collections.abc import Iterator

from wizard.artifact import Line
from wizard.project import Project

ABOUT = "The engine runs as an ordinary user: who breaks out of a container, or talks to the engine's socket, is that user and not root."
HOLDS = (
    "user, read_only, tmpfs, cap_drop, no-new-privileges, the seccomp filter, ulimits up to the user's own, volumes, internal networks and "
    "file secrets hold as elsewhere (seen in /proc). Uid 0 inside is the user that runs the engine, any other one is of its /etc/subuid."
)
LIMITS = (
    "mem_limit, memswap_limit, pids_limit and cpus need cgroups of version 2 that systemd has handed to the user. With version 1 they are accepted "
    "without a word and do nothing: a container with 32M took 100M (seen). `docker info` says so: "
    "`Running in rootless-mode without cgroups`. Hand them over: `Delegate=cpu cpuset io memory pids` for user@.service.",
    "Ports below 1024 cannot be published: `cannot expose privileged port 80`, unless the host's net.ipv4.ip_unprivileged_port_start is lower.",
    "Limits above the user's own are refused (`error setting rlimit type 7: operation not permitted`); devices need the user's own right to them; "
    "AppArmor profiles cannot be chosen and are accepted without a word; disk rates do nothing.",
    "`--network host` is the engine's own network, not the host's, and 127.0.0.1 of the host is out of reach. Who asks looks to the service like an "
    "address of the engine, unless its port driver hands the real one on; packets take longer through slirp4netns.",
    "ping inside needs the user's group in the host's net.ipv4.ping_group_range; its first value above the second is «nobody».",
    "Kernels before 5.11 have no overlay there: fuse-overlayfs or, slow and large, vfs (`docker info` names the Driver).",
    "Without `loginctl enable-linger` everything stops when the user logs out.",
)
SETUP = (
    "sudo apt-get install uidmap slirp4netns rootlesskit  # newuidmap and newgidmap, the network, and what starts the engine",
    'grep "^$(id -un):" /etc/subuid /etc/subgid  # 65536 ids for you in each; an administrator adds them: usermod --add-subuids, --add-subgids',
    "dockerd-rootless-setuptool.sh install  # as that user, not root; Debian keeps it in /usr/share/docker.io/contrib",
    "sudo loginctl enable-linger $(id -un)",
    "export DOCKER_HOST=unix:///run/user/$(id -u)/docker.sock",
    "docker info --format '{{range .SecurityOptions}}{{println .}}{{end}}' | grep '^name=rootless'  # name=rootless",
)


def rootless(project: Project) -> Iterator[Line]:
    """The section on it in a project's words."""
    yield Line("")
    yield Line("## An engine without root")
    yield Line("")
    yield Line(f"{ABOUT} It takes the place of userns-remap; its own settings are in ~/.config/docker/daemon.json.")
    yield Line("")
    yield Line(f"- What holds: {HOLDS}")
    yield from (Line(f"- What may break: {one}") for one in LIMITS)
    for service in project.services:
        for port in service.workload.ports:
            if port.publish and port.host[1] < 1024:
                yield Line(f"- Here: {service.name} publishes {port.host[1]}, which is refused there.", service=service.name)
    yield Line("")
    yield Line("```sh")
    yield from (Line(step) for step in SETUP)
    yield Line("```")
