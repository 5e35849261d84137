"""The words that pages, questions and choices take for granted, each in one or two sentences."""

import re
from collections.abc import Mapping
from functools import lru_cache

GLOSSARY: Mapping[str, str] = {
    ".NET": "Microsoft's platform for programs in C#, F# and Visual Basic, which compiles them to files that its own runtime runs.",
    "allow-list": "A list of what is permitted; everything else is refused.",
    "API": "The requests that a program answers for other programs. Who may use the engine's API controls every container.",
    "AppArmor": "A kernel protection, usual on Debian and Ubuntu: a profile says what a program may touch. Ignored where the host has none.",
    "ASP.NET": "The part of .NET for services that answer on the web.",
    "audit log": "The kernel's record of security events: logins, refused calls, changed rules.",
    "base image": "The image that a Dockerfile starts from (FROM), with the system's files and the language.",
    "bounding set": "A ceiling of capabilities: no program can gain one that is not in it, and what is dropped from it never comes back.",
    "BPF": "Small programs that run inside the kernel, to watch or to steer it. Loading them takes a capability.",
    "bridge": "A switch in the host's kernel that connects containers. It usually has an address, and there the host itself answers.",
    "build": "To make an image by the steps of a Dockerfile. BuildKit and the classic builder both do it.",
    "BuildKit": "The newer builder of Docker images; it knows instructions that the classic builder refuses.",
    "capability": "One part of root's power that the kernel checks by itself, such as NET_RAW. A process can have some without others.",
    "cgroup": "The kernel's accounting of a group of processes: limits of memory, processors, processes and devices are set there.",
    "chown": "To change the owner of a file.",
    "chroot": "To make a folder look like the root of all files for a process. It is no safe lock.",
    "CIS": "Center for Internet Security. Its Docker Benchmark is a numbered list of checks; 5.4 and the like are its numbers "
    "as version 1.6 counts; others differ by one.",
    "companion": "A service that yours needs, such as a database, which Seawall sets up and hardens beside it.",
    "Compose": "The tool that starts the services of a compose.yaml together: `docker compose up`.",
    "Composer": "PHP's package manager: it installs what a manifest asks for, in the versions of its lock file.",
    "container": "Processes with their own view of files, network and other processes, on the host's kernel. No virtual machine.",
    "control": "One hardening rule of Seawall: its reason, its settings and its proof on one page. It can be waived.",
    "CPU": "A processor, or one core of it, as the kernel counts them: from 0.",
    "daemon": "A program that runs in the background. Docker's, dockerd, is the engine.",
    "depends_on": "Compose's order of starting: a service waits for another one, at best until its health check passes.",
    "deploy": "To bring a new version into service. In Compose it is also a block of settings, made for clusters.",
    "/dev/mqueue": "The folder of message queues between processes; it is memory.",
    "/dev/shm": "The folder for shared memory, 64 MiB by default. It stays writable and counts against the memory limit.",
    "device": "Hardware as the kernel shows it: a disk, a serial port.",
    "device node": "A file in /dev that stands for a device: who may open it uses the hardware.",
    "digest": "The checksum of an image (sha256:...). A name with a digest is exactly this image, for ever.",
    "DNS": "The system of names on networks; name servers turn them into addresses.",
    "Dockerfile": "The recipe for an image: its base image and the steps that add the program.",
    "EACCES": "The error «Permission denied» (errno 13): owner and mode of a file do not let this user do it.",
    "EAGAIN": "The error «Resource temporarily unavailable» (errno 11): a limit is reached, here that of processes and threads.",
    "edge": "The network here on which a published port or the way out stands; the others are internal.",
    "EMFILE": "The error «Too many open files» (errno 24): the process reached its limit of open files and sockets.",
    "engine": "The program that runs containers: Docker Engine. Its daemon is root on the host.",
    "ENOMEM": "The error «Cannot allocate memory» (errno 12): a limit of memory is reached, here that of locked memory.",
    "entry script": "A script that an image runs before its program, often as root, to prepare folders and step down.",
    "entrypoint": "What an image runs first; the command is handed to it as arguments.",
    "EPERM": "The error «Operation not permitted» (errno 1): it takes a capability, or the seccomp filter refuses the call.",
    "EROFS": "The error «Read-only file system» (errno 30): the mount refuses every write, whoever asks.",
    "errno": "The number by which the kernel says why a call failed; each has a name, such as EACCES.",
    "exit code": "What a process leaves when it ends: 0 is success, 137 was killed, 143 ended on SIGTERM.",
    "file capability": "A capability that a program file carries for whoever runs it, much as setuid does.",
    "finding": "A control that a service does not meet, with what mends it.",
    "firewall": "Rules of the host about which packets pass. Docker's rules for published ports come before those of ufw and firewalld.",
    "firewalld": "The usual tool for firewall rules on Fedora and Red Hat.",
    "fork bomb": "A program that starts copies of itself until nothing else can run.",
    "FUSE": "File systems that a program provides in place of the kernel. To mount one takes a privilege.",
    "gid": "The number of a group of users.",
    "gosu": "A small program by which an entry script steps down from root to another user; su-exec and setpriv are others.",
    "grace": "The time between the request to stop and the kill: SIGTERM, the grace period, then SIGKILL.",
    "handle": "A number by which the kernel finds a file without a path; so it reaches files outside the container, too.",
    "harden": "To take away what a service does not need, so that a flaw in it is worth less.",
    "health check": "A command that the engine runs in the container again and again to see whether the service answers.",
    "host": "The machine that runs the engine and its containers. All of them share its kernel.",
    "host name": "The name that a machine or container has for itself.",
    "huge page": "A large piece of memory handed out at once, for speed.",
    "ICMP": "The messages of networks about themselves; ping is the best known one.",
    "image": "The files and settings that containers start from, in layers. It is fixed; each container writes to a layer of its own.",
    "ingress": "Requests that come in to a service from outside.",
    "init": "A small program as PID 1 that passes signals on to yours and clears zombies away.",
    "internal network": "A network without a way out. Here the host's own address on it is taken away as well.",
    "io_uring": "A newer way to hand the kernel many reads and writes at once. It had many flaws, and newer engines close it by default.",
    "kernel": "The core of the system. All containers share the host's: a flaw in it is a way out of each of them.",
    "kernel module": "Code that is loaded into the running kernel, such as a driver.",
    "label": "A name and value attached to something. SELinux decides by the labels of processes and files.",
    "latest": "The tag that is meant where none is given. It moves: tomorrow it may be another version.",
    "layer": "One step of an image, kept for ever: what one layer adds and a later one deletes can still be read.",
    "lease": "A lock on a file by which its holder is told, and given time, before another opens it.",
    "loopback": "The addresses 127.0.0.1 and ::1, by which a machine talks to itself; other machines cannot use them.",
    "mandatory access control": "Rules of the kernel that bind root as well: AppArmor, SELinux, Smack.",
    "manifest": "The list of what something is made of: of an image its layers, of a project its packages.",
    "masquerade": "To send packets of containers out under the host's address. Without it no answer finds its way back.",
    "memlock": "The limit of how much memory a process may lock, that is keep out of swap, without a capability.",
    "mlock": "The call that keeps memory out of swap, used for keys and by databases.",
    "moby": "The open source project that Docker Engine is made of; its issues are public.",
    "mode": "Who may read, write and run a file, as an octal number: 0700 is its owner alone, 0644 all may read.",
    "mount": "To make a folder, disk or memory appear at a path. A mount of the host shows the host's own files.",
    "name server": "A machine that turns names into addresses (DNS). The engine has one for the names of services.",
    "namespace": "The kernel's way to give processes a view of their own: of process ids, network, mounts, users.",
    "NIST": "The standards institute of the USA; its SP 800-190 is a guide to the security of containers.",
    "no-new-privileges": "A switch of the kernel, for good: no program that is started gets more rights than who starts it.",
    "nodev": "An option of a mount: device nodes on it do not work.",
    "noexec": "An option of a mount: no program on it can be started.",
    "non-root": "Any user but root: a uid that is not 0.",
    "NoNewPrivs": "The kernel's flag of no-new-privileges in /proc/PID/status: 1 is on.",
    "not-judged": "What `seawall check` says of a part that it did not see (an include that would have to be fetched, half a service): unknown, not "
    "clean. Check it with the files it is merged with.",
    "nosuid": "An option of a mount: setuid bits and file capabilities on it are ignored.",
    "NSA/CISA": "Two security agencies of the USA, which publish a guide to hardening Kubernetes.",
    "OOM": "Out of memory: the kernel kills a process, of a container at its limit or, by its score, of the whole host.",
    "OOMKilled": "The engine's mark on a container: out of memory, the kernel killed a process of it at the memory limit. Mostly with exit code 137.",
    "OWASP": "Open Worldwide Application Security Project. Its Docker Security Cheat Sheet numbers its rules.",
    "packet": "A piece of data on a network, with the addresses of sender and receiver.",
    "packet capture": "To record the packets of a network, as tcpdump does.",
    "PHP": "A language for web pages. Its programs run inside a web server (Apache), or in a process beside one (fpm).",
    "PID": "Process id: the number of a process. A container counts its own, beginning with 1.",
    "PID 1": "The first process of a container. It ignores signals that it has no handler for, and when it ends, the container ends.",
    "Pod Security Standards": "Kubernetes's three levels of rules for containers. Names such as runAsNonRoot are its settings.",
    "privileged mode": "A container with all capabilities, all devices and no filter: in effect root on the host.",
    "/proc": "The kernel's view of its processes as files: /proc/1/status says what process 1 may do.",
    "profile": "A file of rules for a protection of the kernel: which calls (seccomp) or files (AppArmor) are permitted.",
    "proxy": "A service that takes requests and passes them on to another, which need not be reachable itself.",
    "publish": "To open a port on an address of the host, here on loopback unless another is named, and pass it on into a container.",
    "pull": "To fetch an image from a registry.",
    "raw packet": "A packet that a program builds itself, with any sender that it likes.",
    "read-only": "What can be read but not changed; of a mount, whoever asks, root included.",
    "registry": "A server that images are fetched from, such as Docker Hub.",
    "restart policy": "What the engine does when a container ends: start it again always, some times, or never.",
    "root": "The user with uid 0, the same as the host's unless a user namespace maps it; capabilities split its power. Also the folder /.",
    "root filesystem": "All files that a container has of its image, from / down; mounts lie on top of it.",
    "rotate": "To begin a new log file when one is full and delete the oldest, so that logs cannot fill the disk.",
    "s6": "An init system that some images bring along; it starts and watches several programs.",
    "scratch": "The empty image: no shell, no users, nothing but what is copied into it.",
    "seccomp": "A filter of the kernel on the system calls of a process. Docker's default is an allow-list of those that containers usually need.",
    "secret": "What must stay unknown to others: a password, key or token. Here it is a file that the service reads.",
    "SELinux": "A kernel protection, usual on Fedora and Red Hat: labels say which process may touch which file. Ignored where the host has none.",
    "service": "One program of a project, as one or more equal containers; its name is its address for the others.",
    "setgid": "A mark on a program file: it runs with the file's group, whoever starts it.",
    "setuid": "A mark on a program file: it runs as the file's owner, mostly root, whoever starts it.",
    "severity": "What a broken control means: stop refuses to render, invalid and warn are findings, info is only said.",
    "shared memory": "Memory that several processes see at once; in a container under /dev/shm.",
    "shell": "The program that reads command lines, sh or bash. An image without one gives an intruder fewer tools.",
    "sidecar": "A container beside the service that does one job for it, with rights that the service then does not need.",
    "SIGKILL": "The signal that ends a process at once; it can be neither caught nor delayed.",
    "signal": "A short message of the kernel to a process, such as SIGTERM: stop, please.",
    "SIGTERM": "The signal that asks a process to end; a program should finish its work and leave. `docker stop` sends it first.",
    "Smack": "A kernel protection by labels, like SELinux but rarer.",
    "socket": "An end of a connection. The engine's is the file docker.sock: who can use it controls the engine.",
    "soft limit": "A limit that may be passed for a while: for memory, until the host runs short.",
    "static": "Made beforehand: a static site is plain files, a static binary needs no library of the image.",
    "su": "A setuid program that starts a shell as another user, mostly root.",
    "sudo": "A setuid program that runs a command as root.",
    "swap": "Disk space that stands in for memory. It is slow, and what was in memory gets to disk.",
    "system call": "A request of a program to the kernel: to open a file, to send, to start a process.",
    "System V": "An old family of ways in which processes share memory and send messages to each other.",
    "tag": "The part of an image's name after the colon. It can be moved to another image later.",
    "TCP": "Connections on a network: both sides answer, so that each knows of the other.",
    "TLS": "Encryption of connections, the s of https.",
    "tmpfs": "A folder in memory, empty after every start. It counts against the memory limit; the engine mounts it nosuid, nodev and noexec.",
    "trace": "To watch a process call by call and change its memory, as debuggers and strace do (ptrace).",
    "UDP": "Single packets on a network, without a connection: one may leave even where no answer can come back.",
    "ufw": "The usual tool for firewall rules on Ubuntu.",
    "uid": "The number of a user; the gid is that of a group. Files, volumes and mounts know numbers only, not names.",
    "ulimit": "A limit of the kernel for one process, such as open files or locked memory.",
    "user namespace": "A namespace in which uid 0 stands for another user of the host, so that root inside is nobody outside.",
    "variable": "A named value that a process is started with and hands on to its children (environment).",
    "volume": "A folder that the engine keeps on the host for containers; it outlives them.",
    "VPN": "Virtual private network: an encrypted way that joins networks as if they were one.",
    "waive": "To leave a control out for a stated reason, which every report repeats.",
    "zombie": "A process that has ended but whose parent has not asked how; it keeps a place in the table of processes.",
}


def terms_in(text: str) -> tuple[str, ...]:
    """The terms that a text uses, each once and in the order of appearance; the longest where one is part of another.

    Whole words, also in a simple plural or as a form of a verb. Where a term is written small the first letter may be a capital.
    """
    return tuple(dict.fromkeys(_term(found[1]) for found in pattern().finditer(text)))


@lru_cache
def pattern() -> re.Pattern[str]:
    """One expression for all terms, made at the first use; its first group is the stem of the term that was found."""
    stems = "|".join(_expression(stem) for stem in sorted(_stems(), key=len, reverse=True))
    return re.compile(rf"(?<![\w.-])({stems})(?:y|ies|e?s|e?d|ing)?(?![\w-]|\.\w)")


@lru_cache
def _stems() -> Mapping[str, str]:
    return {re.sub(r"(?<=[^aeiou])y$", "", term): term for term in GLOSSARY}


def _term(found: str) -> str:
    stem = " ".join(found.split())
    return _stems().get(stem) or _stems()[stem[:1].lower() + stem[1:]]


def _expression(stem: str) -> str:
    words = r"\s+".join(re.escape(word) for word in stem.split())
    return f"[{stem[0]}{stem[0].upper()}]{words[1:]}" if stem.islower() and stem[0].isalpha() else words
