"""The Linux capabilities: what each permits, and what it is worth to somebody who has taken over a container.

In the order of their bits (include/uapi/linux/capability.h). Purposes follow capabilities(7); the fourteen that the engine
grants by default follow moby's oci/caps/defaults.go. What an engine does with them was measured: see the needs.
"""

from msgspec import Struct


class Fact(Struct, frozen=True):
    """One capability: what it permits, what an intruder who holds it does with it, and whether the engine grants it by default."""

    name: str
    purpose: str
    risk: str
    default: bool = False


FACTS: tuple[Fact, ...] = (
    Fact("CHOWN", "change the owner and group of any file",
         "takes over files of other users, also those of the host that are mounted", True),
    Fact("DAC_OVERRIDE", "read, write and enter files and folders whatever their mode says",
         "reads and changes every file that it sees, mounted ones of the host included", True),
    Fact("DAC_READ_SEARCH", "read files and enter folders whatever their mode; open by handle",
         "reads every file that it sees, and by handle files of the host that it does not see"),
    Fact("FOWNER", "change mode and attributes of files of other users",
         "makes files of other users writable; removes them from shared folders such as /tmp", True),
    Fact("FSETID", "change a file and keep its setuid and setgid bits",
         "puts its own code into a setuid program that it may write; the bit stays", True),
    Fact("KILL", "send signals to processes of any user",
         "stops processes of other users; those of the host where it shares their namespace", True),
    Fact("SETGID", "change to any group",
         "reads and writes what belongs to any group", True),
    Fact("SETUID", "change to any user",
         "becomes any user, root included, with that user's files and processes", True),
    Fact("SETPCAP", "pass capabilities of the bounding set on, or drop them from it",
         "hands capabilities to programs that would start without them", True),
    Fact("LINUX_IMMUTABLE", "set and clear the immutable and append-only flags of files",
         "rewrites logs that could only grow; makes planted files hard to remove"),
    Fact("NET_BIND_SERVICE", "listen on ports below 1024",
         "poses as a system service on a low port; counts on the host's own network", True),
    Fact("NET_BROADCAST", "nothing: it stands for broadcasts, but the kernel never asks for it",
         "none known"),
    Fact("NET_ADMIN", "configure interfaces, routes and firewall rules",
         "lifts firewall rules, diverts traffic, and reaches much kernel code that has flaws"),
    Fact("NET_RAW", "send and receive raw packets: packet capture, older ways to ping",
         "forges packets and listens in: poses as its neighbours on the same network", True),
    Fact("IPC_LOCK", "lock memory beyond the memlock limit; use huge pages",
         "takes memory that never goes to swap, up to the memory limit if there is one"),
    Fact("IPC_OWNER", "use System V shared memory and queues of any user",
         "reads and changes what other processes share; the host's where it shares its namespace"),
    Fact("SYS_MODULE", "load and unload kernel modules",
         "runs its own code in the host's kernel: the host is lost"),
    Fact("SYS_RAWIO", "use hardware ports, raw memory and raw disk commands",
         "writes to hardware and memory of the host, past every protection"),
    Fact("SYS_CHROOT", "use chroot; enter another mount namespace",
         "leaves a folder that a program was locked into; no way to the host by itself", True),
    Fact("SYS_PTRACE", "trace processes of any user; read and write their memory",
         "reads keys from other processes and takes them over; the host's in its PID namespace"),
    Fact("SYS_PACCT", "switch the kernel's process accounting",
         "switches the record of what ran off, or has it written where it likes"),
    Fact("SYS_ADMIN", "mount, enter namespaces, and dozens of other administrative calls",
         "mounts what it likes and gets out in many ways: most of root's power"),
    Fact("SYS_BOOT", "reboot; load another kernel to start",
         "puts a kernel in place that the host may start after its next crash"),
    Fact("SYS_NICE", "raise priorities; choose processors and memory of processes",
         "takes processor time from everything else on the host; slows it down"),
    Fact("SYS_RESOURCE", "exceed ulimits, disk quotas and the reserve of a disk",
         "lifts its own ulimits and fills the part of a disk that is kept for root"),
    Fact("SYS_TIME", "set the system clock",
         "shifts the clock of the whole host: certificates, tokens and logs go wrong"),
    Fact("SYS_TTY_CONFIG", "hang up terminals; configure virtual consoles",
         "disturbs consoles of the host where it is given their device nodes"),
    Fact("MKNOD", "make device nodes",
         "makes a node for any device; the device rules of its cgroup still forbid most of them", True),
    Fact("LEASE", "put a lease on any file, which delays others who open it",
         "holds up programs that open a file it can see"),
    Fact("AUDIT_WRITE", "write records to the kernel's audit log",
         "hides among false records, or floods the log", True),
    Fact("AUDIT_CONTROL", "switch the kernel's auditing and change its rules",
         "switches auditing of the host off and works unseen"),
    Fact("SETFCAP", "put file capabilities on programs",
         "leaves a program on a volume that hands out capabilities to who runs it", True),
    Fact("MAC_OVERRIDE", "ignore mandatory access control (Smack only)",
         "goes past the Smack rules of a host that has them"),
    Fact("MAC_ADMIN", "change mandatory access control: Smack rules, AppArmor profiles",
         "loads a profile that lets it do what the old one forbade"),
    Fact("SYSLOG", "read and clear the kernel's log; see kernel addresses",
         "learns addresses that an attack on the kernel needs; clears the traces of it"),
    Fact("WAKE_ALARM", "set timers that wake a sleeping machine",
         "wakes the host up; drains a battery"),
    Fact("BLOCK_SUSPEND", "keep the machine from going to sleep",
         "keeps the host awake; drains a battery"),
    Fact("AUDIT_READ", "read the kernel's audit log",
         "learns what everybody on the host does"),
    Fact("PERFMON", "measure performance of processes and the kernel",
         "watches the whole host closely enough to guess secrets from its timing"),
    Fact("BPF", "load BPF programs into the kernel",
         "attacks the checker of such programs, which had flaws; may read the kernel's memory"),
    Fact("CHECKPOINT_RESTORE", "save and restore processes: choose process ids, see mapped files",
         "poses under a process id of its choice; learns which files others have mapped"),
)  # fmt: skip

CAPABILITIES: tuple[str, ...] = tuple(fact.name for fact in FACTS)


def fact_of(name: str) -> Fact:
    """The fact of a capability, named without CAP_. Raises ValueError for an unknown name."""
    return FACTS[CAPABILITIES.index(name)]


def mask(names: tuple[str, ...]) -> str:
    """The set as /proc/PID/status shows it: 16 hexadecimal digits. Raises ValueError for an unknown name."""
    return f"{sum(1 << CAPABILITIES.index(name) for name in names):016x}"
