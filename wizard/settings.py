"""What is known of settings that are not the whole business of one control: what each does, its trap, the controls it touches.

Names are Compose's, with dots for what is inside; others are those of a Dockerfile, of the engine's own daemon.json, of other
commands that the hardening guides name. Whether a control sets one is not said here: the controls' `settings` say it.
"""

from collections.abc import Mapping

from msgspec import Struct

from wizard.daemon import SETTINGS, WORDS
from wizard.rootless import ABOUT, HOLDS, LIMITS


class Note(Struct, frozen=True):
    """A sentence or two about a setting, and the ids of the controls to read on."""

    about: str
    see: tuple[str, ...] = ()


_EGRESS = ("egress-allow-list",)
_HOST = ("no-host-access",)
_LIMITS = ("resource-limits",)
_NETWORKS = ("internal-networks",)
_PORTS = ("loopback-ports",)

COMPOSE: Mapping[str, Note] = {
    "annotations": Note("Labels for the runtime below the engine."),
    "blkio_config": Note("How much it may read from and write to disks. A disk is named as the host has it, so a file that names one "
                         "does not start elsewhere (`no such file`)."),
    "build": Note("Where the Dockerfile is. What is in the image is hardened there.", ("files-owned-by-root", "no-setuid-files")),
    "cgroup": Note("Which cgroup tree it sees; `host` shows those of all others.", _HOST),
    "cgroup_parent": Note("The cgroup of the host that it is counted under; limits of that one hold as well.", _LIMITS),
    "command": Note("What runs. As a list it is the program itself, as one string a shell comes before it."),
    "configs": Note("Files that are no secret; with a file as source they are mounts of the host, read-only.", ("secrets-as-files",)),
    "container_name": Note("A fixed name: there can be one such container on a host, and no second copy of the service."),
    "cpu_period": Note("With `cpu_quota` the long form of `cpus`.", _LIMITS),
    "cpu_quota": Note("With `cpu_period` the long form of `cpus`.", _LIMITS),
    "cpu_rt_period": Note("Processor time for real-time programs; the daemon must have been started for it.", _LIMITS),
    "cpu_rt_runtime": Note("Processor time for real-time programs; the daemon must have been started for it.", _LIMITS),
    "cpu_shares": Note("A weight, 1024 where none is said. It counts only while the processors are all busy: no limit, `cpus` is one."),
    "cpuset": Note("The processors it may run on. One that the host does not have is an error when it starts."),
    "depends_on": Note("What has to be there before it; with `condition: service_healthy` what has to work.", ("health-check",)),
    "deploy": Note("Settings for clusters, of which `docker compose up` takes some.", ("resource-limits", "restart-policy")),
    "deploy.resources": Note("Limits as clusters write them. Beside it a `pids_limit` is refused, also where it says nothing of processes.", _LIMITS),
    "deploy.resources.limits": Note("Limits as clusters write them, which `docker compose up` takes. Beside it a `pids_limit` is refused unless the "
                                    "same number stands in it.", _LIMITS),
    "deploy.resources.reservations": Note("What a cluster keeps free for it. `docker compose up` takes the memory, as a soft limit, and ignores cpus "
                                          "without a word.", _LIMITS),
    "deploy.restart_policy": Note("When it is started again, as clusters write it; `docker compose up` takes it before `restart`.",
                                  ("restart-policy",)),
    "device_cgroup_rules": Note("Which devices may be opened, on top of the engine's own list: it widens and never narrows. `c 1:3 mr` changes "
                                "nothing, since /dev/null is in that list already.", _HOST),
    "devices": Note("Devices of the host, by name. A disk (`/dev/sda`) is all of its files; a camera (`/dev/video0`) is a camera.", _HOST),
    "dns_opt": Note("Options of the resolver.", _NETWORKS),
    "dns_search": Note("Endings that are tried on short names.", _NETWORKS),
    "domainname": Note("The domain that the container believes to be in."),
    "expose": Note("Says which ports it has and opens none: other containers of its networks reach them anyway.", _PORTS),
    "extra_hosts": Note("Names in /etc/hosts. `host-gateway` is the address of the host itself.", _NETWORKS),
    "gpus": Note("Graphics processors: devices of the host, with a large driver behind them.", _HOST),
    "healthcheck.disable": Note("Switches off the check that the image brings along.", ("health-check",)),
    "hostname": Note("The name that it sees as its own; a random one where none is said.", _NETWORKS),
    "isolation": Note("A matter of Windows: nothing on Linux."),
    "label_file": Note("Labels read from a file."),
    "labels": Note("Names and values for tools; a proxy may publish a service because of one."),
    "links": Note("The old way to reach other containers, which also hands on their variables. Networks took its place.", _NETWORKS),
    "logging.driver": Note("Where its lines go. `json-file` and `local` keep them on the host and can rotate them.", ("log-rotation",)),
    "logging.options": Note("`max-size` and `max-file` rotate the lines; `max-file` does nothing by itself.", ("log-rotation",)),
    "mac_address": Note("Its address on the wire; a random one where none is said.", _NETWORKS),
    "mem_limit": Note("The most memory; who needs more is killed (137). Where nothing is said of swap, as much again may be swap.", _LIMITS),
    "mem_reservation": Note("What it may keep when the host runs short of memory; not above `mem_limit`.", _LIMITS),
    "mem_swappiness": Note("How readily its memory goes to swap. Compose drops a 0; equal memory limits are what switches swap off.", _LIMITS),
    "memswap_limit": Note("Memory and swap together: the same number as `mem_limit` is no swap at all, and it needs that one beside it.", _LIMITS),
    "network_mode": Note("`none` leaves it loopback alone, which is the least there is: here what neither listens nor calls has it; "
                         "`host` gives it every address and port of the host, and `container:NAME` those of another."
                         " A name of a network is written under `networks`.",
                         ("no-host-access", "internal-networks")),
    "networks.internal": Note("No way out. The host stays reachable by the bridge's address, unless that is taken away as well; and ports of a "
                              "service that has no other network are not published, without a word.", _NETWORKS),
    "oom_kill_disable": Note("Keeps the kernel from killing it at the memory limit: it hangs instead, in state D with `under_oom 1` in "
                             "memory.oom_control (measured), and without a limit the host does. `false` is the default. "
                             "Engines ignore it with cgroups of version 2.", _LIMITS),
    "oom_score_adj": Note("Who is killed first when the host runs out of memory; a negative number puts others before it."),
    "pids_limit": Note("The most processes and threads; 0 and -1 are no limit.", _LIMITS),
    "platform": Note("The kind of processor that the image is for."),
    "profiles": Note("Names under which a service starts only when it is asked for."),
    "pull_policy": Note("When the image is fetched again.", ("pinned-base-image",)),
    "runtime": Note("What starts it below the engine: runc, or one that isolates more, such as gVisor's runsc."),
    "stdin_open": Note("Keeps its input open; a service reads none."),
    "stop_signal": Note("What asks it to end, SIGTERM where none is said.", ("init-and-grace",)),
    "storage_opt": Note("How large its own layer may grow; few storage drivers can hold it to that.", ("read-only-rootfs",)),
    "sysctls": Note("Switches of the kernel, those of its own namespaces only. `net.ipv4.ip_unprivileged_port_start=0` is there already, "
                    "which is why ports below 1024 take no capability.", ("minimal-capabilities",)),
    "tty": Note("Gives it a terminal; a service writes lines without one."),
    "ulimits": Note("Limits for each process, soft and hard. Lower ones always work; above those of the engine itself it may not start.", _LIMITS),
    "userns_mode": Note("`host` takes it out of the engine's user namespace (userns-remap), so that its root is the host's again.", _HOST),
    "use_api_socket": Note("Hands it the engine's socket and your registry logins: control of the host.", _HOST),
    "user": Note("Who runs it, as `uid:gid`. A number without a group gets group 0, root's; a name must be known to the image.", ("non-root-user",)),
    "volumes_from": Note("All mounts of another container, whatever they are. Name the ones that are needed.", ("writable-paths",)),
    "working_dir": Note("The folder that it starts in."),
}  # fmt: skip

DOCKERFILE: Mapping[str, Note] = {
    "ADD": Note("Copies, but also fetches addresses and unpacks archives. COPY does what it says.", ("files-owned-by-root",)),
    "ARG": Note("A value for the build. It can be read from the image's history: no place for a secret.", ("secrets-as-files",)),
    "CMD": Note("What runs. As a list it is the program itself, as one string a shell comes before it.", ("init-and-grace",)),
    "ENTRYPOINT": Note("What runs first, with the command as its arguments.", ("init-and-grace",)),
    "ENV": Note("Variables that stand in every copy of the image: no place for a secret.", ("secrets-as-files",)),
    "LABEL": Note("Names and values on the image; they change nothing."),
    "ONBUILD": Note("Steps for images that are built on top of it: what they do is not seen there.", ("pinned-base-image",)),
    "RUN": Note("A step of the build. Setuid bits and file capabilities are taken off by one.", ("no-setuid-files",)),
    "SHELL": Note("Which shell reads the steps of the build."),
    "STOPSIGNAL": Note("What `docker stop` sends, SIGTERM where none is said.", ("init-and-grace",)),
    "VOLUME": Note("A folder that is a volume even where none is named; without a name it is a new one at every start.", ("writable-paths",)),
    "WORKDIR": Note("The folder that it starts in. Made after USER it still belongs to root with the classic builder.", ("files-owned-by-root",)),
}  # fmt: skip

ELSEWHERE: Mapping[str, Note] = {
    **{setting.name: Note(setting.about, setting.see) for setting in SETTINGS},
    "ALL": Note("All capabilities at once: `cap_drop: [ALL]` is where to begin, `cap_add: [ALL]` gives everything back.", ("minimal-capabilities",)),
    "CONFIG_SECCOMP": Note("A switch of the kernel's build: without it there is no seccomp filter.", ("confinement-profiles",)),
    "DOCKER_CONTENT_TRUST": Note("A variable of the docker command: pull only what was signed by Notary v1. That is retired: official images are "
                                 "not signed with it any more, and notary.docker.io ends on 8 December 2026. Sign with cosign, name images "
                                 "by digest.", ("pinned-base-image",)),
    "HTTP_PROXY": Note("A variable: the proxy for plain addresses (http:). curl reads it in small letters only, `http_proxy`.", _EGRESS),
    "HTTPS_PROXY": Note("A variable: the proxy for addresses with TLS (https:). It sees the name, not what is said.", _EGRESS),
    "NET_ADMIN": Note("To filter its ways out with iptables inside the container, as is often advised, gives it the power to lift the filter: "
                      "measured, a rule that stops its calls is gone after `iptables -F` by the same root, and a user that is not root can set none "
                      "(`you must be root`). A proxy outside of it cannot be talked into that.", _EGRESS),
    "NODE_USE_ENV_PROXY": Note("A variable of Node: `1` makes its fetch, and newer ones' http and https, heed HTTP_PROXY; from 22.21 and 24.0 on.",
                               _EGRESS),
    "NO_PROXY": Note("A variable: names that are reached without the proxy, such as companions and localhost. busybox wget ignores it.", _EGRESS),
    "SCMP_ACT_ALLOW": Note("In a seccomp profile: the call is let through.", ("confinement-profiles",)),
    "SCMP_ACT_ERRNO": Note("In a seccomp profile: the call fails, as EPERM unless another error is named. As the default action it makes an "
                           "allow-list, which must also hold what the engine itself calls before the program starts.", ("confinement-profiles",)),
    "SCMP_ACT_LOG": Note("In a seccomp profile: the call is let through and recorded, if the kernel does so. As the default action it permits more "
                         "than the engine's own profile.", ("confinement-profiles",)),
    "apparmor": Note("An option under `security_opt`: the name of a profile that is loaded on the host. A host without AppArmor accepts any name and "
                     "does nothing; `docker-default` is there without being named.", ("confinement-profiles",)),
    "chown": Note("An option of COPY: who owns what is copied. Without it the files are root's, which is what keeps a program from changing itself.",
                  ("files-owned-by-root",)),
    "daemon.json": Note("The engine's own settings, in /etc/docker, for every container of a host: seawall writes a proposal of them with its words "
                        f"(`--set extras=daemon`) and never applies it. In it: {', '.join(setting.name for setting in SETTINGS)}. "
                        f"Each is explained by its name; {WORDS} says how to apply them and go back.",
                        tuple(dict.fromkeys(control for setting in SETTINGS for control in setting.see))),
    "disable-content-trust": Note("Takes images that nobody signed with Docker Content Trust, which is retired: the default.",
                                  ("pinned-base-image",)),
    "egress": Note("Calls of a service to the outside. Here none, all, or a list of names through a proxy.", _EGRESS),
    "exit-code": Note("An option of trivy, which scans images: how it ends when it found something.", ("pinned-base-image",)),
    "filter": Note("An option of docker commands that list: which rows they show."),
    "internal": Note("`docker network create --internal`, and `internal: true` under a network: no way out. The host stays reachable by the "
                     "bridge's address, unless that is taken away as well.", _NETWORKS),
    "iptables": Note("Rules of the kernel about packets. Inside a container they take NET_ADMIN and root, who may flush them again: no filter "
                     "for an intruder. On the host they are the engine's, and published ports go around them.", _EGRESS),
    "kernel-memory": Note("A limit of the kernel's own memory for it, which is gone: Engine 20.10 takes it with a warning and writes it down, the "
                          "kernel keeps no such limit (memory.kmem.limit_in_bytes stays 9223372036854771712, measured). What the kernel holds for it "
                          "counts in `mem_limit`.", _LIMITS),
    "key": Note("An option of cosign: the key that signs an image, or that a signature is checked with.", ("pinned-base-image",)),
    "label": Note("Under `security_opt` the SELinux type or level of the process. A host without SELinux accepts any and does nothing; "
                  "`svirt_sandbox_file_t` is a type for files and fits no process.", ("confinement-profiles",)),
    "no-new-privileges": Note("An option under `security_opt`. It does not keep root out: the user stays who it is.", ("no-new-privileges",)),
    "publish-all": Note("Opens every port that the image names on every address of the host, under numbers of the engine's choice.", _PORTS),
    "rm": Note("Removes the container when it has ended; nothing for a service, which starts again."),
    "rootless": Note(" ".join((ABOUT, f"What holds: {HOLDS}", *LIMITS, f"How to set it up: {WORDS} (`--set extras=daemon`).")),
                     ("non-root-user", "no-host-access", "resource-limits")),
    "seccomp": Note("An option under `security_opt`: a file of the project, `unconfined`, or on newer engines `builtin`. `default` is read as the "
                    "name of a file and fails. The default profile closes kexec_load, mount and reboot, but not ptrace since kernel 4.8.",
                    ("confinement-profiles",)),
    "segmentation": Note("Networks apart, so that who breaks into one service does not meet the others: here one for each pair that works "
                         "together, back-NAME for a companion, front for the proxy on the edge.", _NETWORKS),
    "severity": Note("An option of trivy, which scans images: which findings count.", ("pinned-base-image",)),
    "squid": Note("A proxy for http and https with lists of who may go where. Here it is the only way out.", _EGRESS),
    "systempaths": Note("An option under `security_opt`: `unconfined` uncovers the parts of /proc and /sys that the engine hides.",
                        ("confinement-profiles",)),
    "tinyproxy": Note("A small proxy. Its lists are patterns for parts of a name unless they are anchored, and it does not look at what a name "
                      "stands for; squid, which is used here, does both.", _EGRESS),
    "volume-driver": Note("Who keeps the volumes; in Compose it stands under the volume itself.", ("writable-paths",)),
}  # fmt: skip

OPTIONS = ("no-new-privileges", "seccomp", "apparmor", "label", "systempaths")
"""What `security_opt` takes, each of which people also name by itself."""

COMMAND_ONLY = "It belongs to the command that is typed: no setting of a service says it, and none of its rights depends on it."
"""Said of options such as --rm and --detach, of which there is nothing else to know here."""
