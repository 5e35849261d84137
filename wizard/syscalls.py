"""Groups of system calls that the engine's default profile permits and most services never make.

The one table behind the profiles `trimmed` and `audit`: what each group is for, why it can go, and what keeps it. Calls that
the default ties to a capability (mount, bpf, perf_event_open, unshare, modules, reboot, the clock) or never permits (the
keyring, userfaultfd, io_uring since Engine 25) are closed already. What a program of the catalogue needs was measured on
Engine 20.10 with the engine tests' images, or read in its source where that is said.
"""

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from wizard.project import Service


class Group(Struct, frozen=True):
    """Calls that go together: what they do, why they can go, and the needs and capabilities that keep them."""

    id: str
    purpose: str
    why: str
    calls: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()


GROUPS: tuple[Group, ...] = (
    Group("tracing", "trace other processes; read and write their memory",
          "reads keys and plants code in processes of the same user; only debuggers and profilers call it",
          ("ptrace", "process_vm_readv", "process_vm_writev"), ("trace-children",), ("SYS_PTRACE",)),
    Group("personality", "act like another system: fixed addresses, readable memory that runs",
          "switches the randomising of addresses off, which makes flaws usable; debuggers and old emulators call it",
          ("personality",), ("trace-children",)),
    Group("clock", "ask the kernel how well its clock goes, and correct it",
          "without SYS_TIME it only reads what no service but a time server asks for",
          ("adjtimex", "clock_adjtime", "clock_adjtime64"), ("set-clock",), ("SYS_TIME",)),
    Group("scheduling", "choose how the kernel schedules it",
          "without SYS_NICE it can only lower its place; nice and the choice of processors stay",
          ("ioprio_set", "sched_setattr", "sched_setparam", "sched_setscheduler"), ("raise-priority",), ("SYS_NICE",)),
    Group("memory-locking", "keep memory out of the swap space, or from the kernel itself",
          "holds memory that the host cannot take back; libraries that try it go on without",
          ("memfd_secret", "mlock", "mlock2", "mlockall", "munlock", "munlockall"), ("lock-memory",), ("IPC_LOCK",)),
    Group("shared-memory", "share memory and locks with other processes, the old way (System V)",
          "old, and a large part of the kernel; most programs share memory in other ways. PostgreSQL calls it",
          ("semctl", "semget", "semop", "semtimedop", "semtimedop_time64", "shmat", "shmctl", "shmdt", "shmget"), (), ("IPC_OWNER",)),
    Group("message-queues", "message queues of the kernel",
          "hardly used; a flaw in them led from a user to root in 2017",
          ("mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedreceive_time64", "mq_timedsend", "mq_timedsend_time64",
           "mq_unlink", "msgctl", "msgget", "msgrcv", "msgsnd"), (), ("IPC_OWNER",)),
    Group("kernel-aio", "read and write disks in the background, the old way",
          "few databases use it. nginx sets it up when it starts (read in its source)",
          ("io_cancel", "io_destroy", "io_getevents", "io_pgetevents", "io_pgetevents_time64", "io_setup", "io_submit")),
    Group("file-handles", "name files by handle; watch whole file systems",
          "a handle is half of an old way out of containers; of use only with DAC_READ_SEARCH or SYS_ADMIN",
          ("fanotify_mark", "name_to_handle_at"), (), ("DAC_READ_SEARCH", "SYS_ADMIN")),
    Group("mount-lists", "list mounts by call",
          "new and rarely tested; /proc/self/mountinfo says the same",
          ("listmount", "statmount"), (), ("SYS_ADMIN",)),
    Group("page-tricks", "move pages between pipes and programs, and take memory of dying processes",
          "pages that two sides share were behind several ways to root; splice, tee and sendfile stay",
          ("process_mrelease", "remap_file_pages", "vmsplice")),
    Group("old-calls", "calls of the past: segments of 16-bit programs, the first epoll",
          "nothing written in this century needs them; one had a flaw of its own in 2017",
          ("epoll_ctl_old", "epoll_wait_old", "modify_ldt")),
    Group("socket-families", "sockets other than local ones, those of the internet and netlink",
          "each rare protocol is kernel code on offer, and many had flaws; the need raw-packets keeps its own"),
    Group("32-bit", "run 32-bit programs on a 64-bit processor",
          "a second entrance into the kernel, past the filter's rules on sockets"),
)  # fmt: skip

WITNESSES: dict[str, tuple[str, int]] = {
    "tracing": ("ptrace", 0), "personality": ("personality", 0), "clock": ("adjtimex", 0), "scheduling": ("sched_setscheduler", 0),
    "memory-locking": ("mlock", 0), "shared-memory": ("shmget", 0), "message-queues": ("mq_open", 0), "kernel-aio": ("io_setup", 0),
    "file-handles": ("name_to_handle_at", 0), "page-tricks": ("vmsplice", 0), "socket-families": ("socket", 9),
}  # fmt: skip
"""A call of each group, with its first argument, by which a live filter shows whether the group is open; every engine knows these."""

NAMES: tuple[str, ...] = tuple(group.id for group in GROUPS)

FAMILIES = {"unix": 1, "inet": 2, "inet6": 10, "netlink": 16}
"""Address families that stay (include/linux/socket.h): local, IPv4, IPv6, and netlink to list addresses."""

PACKET = 17
LAST_FAMILY = 45
"""The highest family of Linux 6 (AF_MCTP)."""


def kept(group: Group, service: "Service") -> str:
    """What keeps a group for a service, in words; nothing where it goes."""
    workload = service.workload
    if group.id in workload.calls:
        return "asked for"
    if group.id in service.image.calls:
        return "its program calls them"
    reasons: list[str] = [need for need in workload.needs if need in group.needs]
    reasons += [capability.name for capability in workload.capabilities if capability.name in group.capabilities]
    return ", ".join(reasons)


def removed(service: "Service") -> tuple[str, ...]:
    """The groups that a trimmed profile of this service is without."""
    return tuple(group.id for group in GROUPS if not kept(group, service))


def families(service: "Service") -> tuple[int, ...]:
    """The address families that a trimmed profile leaves open."""
    raw = "raw-packets" in service.workload.needs or any(capability.name == "NET_RAW" for capability in service.workload.capabilities)
    return (*FAMILIES.values(), *((PACKET,) if raw else ()))
