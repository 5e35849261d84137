"""The Linux capabilities: what each permits, when it is needed, and what it is worth to somebody who has taken over a container.

In the order of their bits (include/uapi/linux/capability.h). Purposes follow capabilities(7); the fourteen that the engine
grants by default follow moby's oci/caps/defaults.go, the calls that each opens moby's profiles (seccomp/default.json, as of
2026; older engines know fewer). What an engine does with them was measured: see the needs.
"""

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """How much an intruder gains by a capability: a nuisance, other programs' files, other users or containers, the host."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Fact(Struct, frozen=True):
    """One capability: what it permits, what an intruder who holds it does with it, when a program needs it.

    `opens` are the calls that the default seccomp filter lets through where it is added, `non_root` what differs from
    NON_ROOT, `instead` what serves the same purpose without it, each empty where there is nothing to say.
    """

    name: str
    level: Level
    purpose: str
    risk: str
    needed: str
    default: bool = False
    opens: str = ""
    non_root: str = ""
    instead: str = ""

    @property
    def effect(self) -> str:
        """What it is worth to a user that is not root, beyond NON_ROOT; nothing where that says all."""
        opened = f"Calls that the default seccomp filter then lets through for every user: {self.opens}." if self.opens else ""
        return " ".join(part for part in (opened, self.non_root) if part)


NON_ROOT = (
    "A user that is not root gets nothing of a capability that is added: its effective set stays empty, with and without "
    "no-new-privileges (measured). What is added still widens the bounding set, and the seccomp filter by the calls that belong to it."
)
"""The rule for every capability; `Fact.non_root` has the exceptions."""

REVIEWED = ("MKNOD", "SETUID", "SETGID", "NET_RAW")
"""Those of the default set to look at first where ALL cannot be dropped, in this order."""

REVIEW = f"Of what the engine gives by default, review these first, and drop by name what is not used: {', '.join(REVIEWED)}."
"""What the policy asks for there."""

FACTS: tuple[Fact, ...] = (
    Fact("CHOWN", Level.MEDIUM, "change the owner and group of any file",
         "takes over files of other users, also those of the host that are mounted",
         "a start as root that gives folders away to the user it then becomes", default=True,
         instead="make the folders with the right owner in the image, and start as that user"),
    Fact("DAC_OVERRIDE", Level.HIGH, "read, write and enter files and folders whatever their mode says",
         "reads and changes every file that it sees, mounted ones of the host included",
         "a start as root that enters folders of mode 0700 of another user, such as a database's data", default=True,
         instead="start as the user whose files they are"),
    Fact("DAC_READ_SEARCH", Level.CRITICAL, "read files and enter folders whatever their mode; open by handle",
         "reads every file that it sees, and by handle files of the host that it does not see",
         "backup programs that read everything as another user", opens="open_by_handle_at",
         instead="run the backup as the owner of the data; as root DAC_OVERRIDE does without the call by handle"),
    Fact("FOWNER", Level.MEDIUM, "change mode and attributes of files of other users",
         "makes files of other users writable; removes them from shared folders such as /tmp",
         "a start as root that changes modes of files of others", default=True, instead="set the modes in the image"),
    Fact("FSETID", Level.LOW, "change a file and keep its setuid and setgid bits",
         "puts its own code into a setuid program that it may write; the bit stays",
         "installers that write setuid programs; no service", default=True),
    Fact("KILL", Level.MEDIUM, "send signals to processes of any user",
         "stops processes of other users; those of the host where it shares their namespace",
         "a supervisor that runs as root and signals programs of other users", default=True,
         instead="one program a container; the engine sends the signals"),
    Fact("SETGID", Level.HIGH, "change to any group",
         "reads and writes what belongs to any group",
         "a start as root that steps down to another user (gosu, su-exec, nginx)", default=True,
         instead="start as that user and group at once: `user` and `group_add`"),
    Fact("SETUID", Level.HIGH, "change to any user",
         "becomes any user, root included, with that user's files and processes",
         "a start as root that steps down to another user (gosu, su-exec, nginx)", default=True, instead="start as that user at once: `user`"),
    Fact("SETPCAP", Level.MEDIUM, "pass capabilities of the bounding set on, or drop them from it",
         "hands capabilities to programs that would start without them",
         "a start as root that drops capabilities itself (setpriv, redis 8)", default=True, instead="drop them here: `cap_drop`"),
    Fact("LINUX_IMMUTABLE", Level.MEDIUM, "set and clear the immutable and append-only flags of files",
         "rewrites logs that could only grow; makes planted files hard to remove",
         "programs that seal their own logs", instead="send the logs elsewhere"),
    Fact("NET_BIND_SERVICE", Level.LOW, "listen on ports below 1024",
         "poses as a system service on a low port; counts on the host's own network",
         "a port below 1024 on the host's own network, and programs that carry it as a file capability (caddy)", default=True,
         non_root="Low ports are open to every user anyway since Engine 20.10; a program that carries it as a file capability can be "
         "started only where it is added.", instead="nothing: low ports are open in a container's own network"),
    Fact("NET_BROADCAST", Level.LOW, "nothing: it stands for broadcasts, but the kernel never asks for it",
         "none known",
         "never"),
    Fact("NET_ADMIN", Level.HIGH, "configure interfaces, routes and firewall rules",
         "lifts firewall rules, diverts traffic, and reaches much kernel code that has flaws",
         "VPN gateways, firewalls and routers in a container",
         instead="name in egress what it may reach, and a proxy decides: whoever sets the rules can lift them"),
    Fact("NET_RAW", Level.HIGH, "send and receive raw packets: packet capture, older ways to ping",
         "forges packets and listens in: poses as its neighbours on the same network",
         "packet capture, and a ping program from before unprivileged ping", default=True,
         non_root="Ping is open to every user anyway; a program that carries it as a file capability (Debian's ping) can be started "
         "only where it is added.", instead="ping takes nothing once its file capability is off; capture in a sidecar that shares the network"),
    Fact("IPC_LOCK", Level.LOW, "lock memory beyond the memlock limit; use huge pages",
         "takes memory that never goes to swap, up to the memory limit if there is one",
         "databases and vaults that lock more memory than the memlock limit, started as root",
         non_root="Memory up to the memlock limit can be locked anyway.", instead="raise the memlock limit: `ulimits`"),
    Fact("IPC_OWNER", Level.MEDIUM, "use System V shared memory and queues of any user",
         "reads and changes what other processes share; the host's where it shares its namespace",
         "old programs that share memory between users", instead="run them as one user"),
    Fact("SYS_MODULE", Level.CRITICAL, "load and unload kernel modules",
         "runs its own code in the host's kernel: the host is lost",
         "installers of drivers; no service", opens="init_module, finit_module, delete_module", instead="load modules on the host"),
    Fact("SYS_RAWIO", Level.CRITICAL, "use hardware ports, raw memory and raw disk commands",
         "writes to hardware and memory of the host, past every protection",
         "tools for firmware and disks; no service", opens="ioperm, iopl", instead="run them on the host; for one device: `devices`"),
    Fact("SYS_CHROOT", Level.MEDIUM, "use chroot; enter another mount namespace",
         "leaves a folder that a program was locked into; no way to the host by itself",
         "programs that lock themselves into a folder (sshd, postfix), started as root", default=True, opens="chroot",
         instead="the container is that folder already"),
    Fact("SYS_PTRACE", Level.HIGH, "trace processes of any user; read and write their memory",
         "reads keys from other processes and takes them over; the host's in its PID namespace",
         "debuggers and profilers that look into processes of other users; never a service for good",
         opens="ptrace, process_vm_readv, process_vm_writev, process_madvise, pidfd_getfd, kcmp",
         non_root="Own children and processes of the same user can be traced without it: the default seccomp profile lets ptrace "
         "through since kernel 4.8.",
         instead="give it to a container for one look, not to the service: `docker run --rm -it --pid=container:NAME "
         "--network=container:NAME --cap-drop=ALL --cap-add=SYS_PTRACE DEBUG_IMAGE strace -f -p 1`. As the service's own user (`--user`) not "
         "even that is needed, unless the host restricts tracing (ptrace_scope). «debug» in extras writes the same as compose.debug.yaml"),
    Fact("SYS_PACCT", Level.MEDIUM, "switch the kernel's process accounting",
         "switches the record of what ran off, or has it written where it likes",
         "tools of the host; no service", opens="acct"),
    Fact("SYS_ADMIN", Level.CRITICAL, "mount, enter namespaces, and dozens of other administrative calls",
         "mounts what it likes and gets out in many ways: most of root's power",
         "containers in a container, FUSE, tools that mount",
         opens="mount, umount2, unshare, setns, clone, bpf, perf_event_open, sethostname and others",
         non_root="Measured: with it added, uid 10001 under no-new-privileges made a user namespace in which it has every capability; "
         "without it that is refused.", instead="mount on the host and hand the folder in: `volumes`; build images before, outside"),
    Fact("SYS_BOOT", Level.HIGH, "reboot; load another kernel to start",
         "puts a kernel in place that the host may start after its next crash",
         "nothing in a container", opens="reboot"),
    Fact("SYS_NICE", Level.MEDIUM, "raise priorities; choose processors and memory of processes",
         "takes processor time from everything else on the host; slows it down",
         "real-time audio, databases that bind memory to processors, started as root", opens="mbind, set_mempolicy, get_mempolicy",
         non_root="Measured: the calls work then, priorities stay as they are.", instead="more processors: `cpus`"),
    Fact("SYS_RESOURCE", Level.MEDIUM, "exceed ulimits, disk quotas and the reserve of a disk",
         "lifts its own ulimits and fills the part of a disk that is kept for root",
         "programs that raise their own ulimits, started as root", instead="set the limits from outside: `ulimits`"),
    Fact("SYS_TIME", Level.HIGH, "set the system clock",
         "shifts the clock of the whole host: certificates, tokens and logs go wrong",
         "a time service that sets the host's clock", opens="settimeofday, clock_settime", instead="let the host keep the time"),
    Fact("SYS_TTY_CONFIG", Level.LOW, "hang up terminals; configure virtual consoles",
         "disturbs consoles of the host where it is given their device nodes",
         "consoles and displays", opens="vhangup"),
    Fact("MKNOD", Level.MEDIUM, "make device nodes",
         "makes a node for any device; the device rules of its cgroup still forbid most of them",
         "programs that make device nodes when they start, as root", default=True,
         instead="name the device that it needs, the engine makes the node: `devices`"),
    Fact("LEASE", Level.LOW, "put a lease on any file, which delays others who open it",
         "holds up programs that open a file it can see",
         "file servers such as Samba, started as root"),
    Fact("AUDIT_WRITE", Level.LOW, "write records to the kernel's audit log",
         "hides among false records, or floods the log",
         "logins inside (sshd, su, sudo)", default=True),
    Fact("AUDIT_CONTROL", Level.HIGH, "switch the kernel's auditing and change its rules",
         "switches auditing of the host off and works unseen",
         "auditors of the host, such as docker-bench-security", instead="run them on the host"),
    Fact("SETFCAP", Level.MEDIUM, "put file capabilities on programs",
         "leaves a program on a volume that hands out capabilities to who runs it",
         "installers and image builders that run as root", default=True, instead="set file capabilities in the image, if at all"),
    Fact("MAC_OVERRIDE", Level.HIGH, "ignore mandatory access control (Smack only)",
         "goes past the Smack rules of a host that has them",
         "tools for hosts with Smack"),
    Fact("MAC_ADMIN", Level.HIGH, "change mandatory access control: Smack rules, AppArmor profiles",
         "loads a profile that lets it do what the old one forbade",
         "tools that load profiles for the host", instead="load profiles on the host"),
    Fact("SYSLOG", Level.MEDIUM, "read and clear the kernel's log; see kernel addresses",
         "learns addresses that an attack on the kernel needs; clears the traces of it",
         "collectors of the kernel's log", opens="syslog", instead="read the log on the host"),
    Fact("WAKE_ALARM", Level.LOW, "set timers that wake a sleeping machine",
         "wakes the host up; drains a battery",
         "clocks of phones; no service"),
    Fact("BLOCK_SUSPEND", Level.LOW, "keep the machine from going to sleep",
         "keeps the host awake; drains a battery",
         "programs on phones and laptops; no service"),
    Fact("AUDIT_READ", Level.MEDIUM, "read the kernel's audit log",
         "learns what everybody on the host does",
         "collectors of audit records", instead="collect them on the host"),
    Fact("PERFMON", Level.HIGH, "measure performance of processes and the kernel",
         "watches the whole host closely enough to guess secrets from its timing",
         "profilers of the whole host", opens="perf_event_open", instead="profile on the host, or add it to a container for one look"),
    Fact("BPF", Level.CRITICAL, "load BPF programs into the kernel",
         "attacks the checker of such programs, which had flaws; may read the kernel's memory",
         "network and security tools that load programs into the kernel (Cilium, Falco)", opens="bpf", instead="run them on the host"),
    Fact("CHECKPOINT_RESTORE", Level.MEDIUM, "save and restore processes: choose process ids, see mapped files",
         "poses under a process id of its choice; learns which files others have mapped",
         "tools that freeze processes and move them (CRIU)"),
)  # fmt: skip

CAPABILITIES: tuple[str, ...] = tuple(fact.name for fact in FACTS)


def fact_of(name: str) -> Fact:
    """The fact of a capability, named without CAP_. Raises ValueError for an unknown name."""
    return FACTS[CAPABILITIES.index(name)]


def mask(names: tuple[str, ...]) -> str:
    """The set as /proc/PID/status shows it: 16 hexadecimal digits. Raises ValueError for an unknown name."""
    return f"{sum(1 << CAPABILITIES.index(name) for name in names):016x}"
