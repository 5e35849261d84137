"""What lines of strace say of a workload: files, users, names and peers, system calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.observe.seen import Listening, Lookup, Peer, UserSwitch, Write
from wizard.observe.tracing.account import WANTED, Account
from wizard.observe.tracing.base_calls import BASE, HOT
from wizard.observe.tracing.threads import Place, Thread
from wizard.syscalls import GROUPS

START = '1 execve("/usr/bin/app", ["app"], 0x7ff /* 3 vars */) = 0'


def account(*lines: str, folder: str = "/srv", uid: int = 0) -> Account:
    """What was learned after the launcher waited in `folder`."""
    found = Account()
    found.begin(1, Thread("wait", Place(folder), uid, uid))
    for line in (START, *lines):
        found.take(line + "\n")
    return found


def writes(*lines: str) -> dict[str, Write]:
    return {one.path: one for one in account(*lines).seen().writes}


@pytest.mark.parametrize(("line", "path"), [
    ('1 openat(AT_FDCWD</srv>, "/var/run/a.pid", O_WRONLY|O_CREAT, 0644) = 3</run/a.pid>', "/run/a.pid"),
    ('1 openat(AT_FDCWD</srv>, "b", O_RDWR|O_CLOEXEC) = 3</srv/b>', "/srv/b"),
    ('1 openat(7</data>, "b", O_RDONLY|O_CREAT, 0600) = 3</data/b>', "/data/b"),
    ('1 openat2(AT_FDCWD</srv>, "c", {flags=O_WRONLY, mode=0, resolve=0}, 24) = 3</srv/c>', "/srv/c"),
    ('1 open("c", O_WRONLY|O_APPEND) = 3</srv/c>', "/srv/c"),
    ('1 creat("c", 0600) = 3</srv/c>', "/srv/c"),
    ('1 openat(AT_FDCWD</srv>, "x (deleted)", O_WRONLY|O_CREAT, 0644) = 3</srv/x>(deleted)', "/srv/x (deleted)"),
    ('1 openat(AT_FDCWD</srv>, "/dev/shm/s", O_RDWR|O_CREAT, 0600) = 3</dev/shm/s>', "/dev/shm/s"),
    ('1 mkdir("../tmp/./d", 0777) = 0', "/tmp/d"),
    ('1 mkdirat(AT_FDCWD</srv>, "d", 0777) = 0', "/srv/d"),
    ('1 fchownat(AT_FDCWD</srv>, "d", 5, 5, 0) = 0', "/srv/d"),
    ('1 fchown(3</srv/e>, 5, 5) = 0', "/srv/e"),
    ('1 utimensat(3</srv/e>, NULL, NULL, 0) = 0', "/srv/e"),
    ('1 symlink("/etc/passwd", "ln") = 0', "/srv/ln"),
    ('1 linkat(AT_FDCWD</srv>, "a", 7</data>, "b", 0) = 0', "/data/b"),
    ('1 bind(6<socket:[1]>, {sa_family=AF_UNIX, sun_path="so,ck\\"et"}, 12) = 0', '/srv/so,ck"et'),
    ('1 truncate("t", 0) = 0', "/srv/t"),
    ('1 mknodat(AT_FDCWD</srv>, "fifo", S_IFIFO|0600) = 0', "/srv/fifo"),
])  # fmt: skip
def test_what_is_written(line: str, path: str) -> None:
    found = writes(line)
    assert list(found) == [path]
    assert found[path].process == "app" and not found[path].deleted and not found[path].refused
    assert found[path].how == line[2:].replace("  ", " ")


@pytest.mark.parametrize("line", [
    '1 openat(AT_FDCWD</srv>, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3</etc/passwd>',
    '1 openat(AT_FDCWD</srv>, "/dev/null", O_RDWR) = 3</dev/null>',
    '1 openat(AT_FDCWD</srv>, "/proc/self/oom_score_adj", O_WRONLY) = 3</proc/1/oom_score_adj>',
    '1 openat(AT_FDCWD</srv>, "/dev/stdout", O_WRONLY|O_APPEND) = 3<pipe:[12]>',
    '1 openat(AT_FDCWD</srv>, "x", O_WRONLY) = -1 ENOENT (No such file or directory)',
    '1 mkdir("d", 0777) = -1 EEXIST (File exists)',
    '1 bind(6<socket:[1]>, {sa_family=AF_UNIX, sun_path=@"abstract"}, 12) = 0',
    '1 unlink("never") = -1 ENOENT (No such file or directory)',
    '1 fchmod(3</srv/gone>(deleted), 0600) = 0',
])  # fmt: skip
def test_what_is_not(line: str) -> None:
    assert writes(line) == {}


def test_what_was_refused_and_what_went_well_later() -> None:
    refused = '1 mkdir("/etc/x", 0777) = -1 EACCES (Permission denied)'
    assert writes(refused)["/etc/x"].refused == "EACCES"
    assert writes(refused, '1 mkdir("/etc/x", 0777) = 0')["/etc/x"].refused == ""
    assert writes('1 mkdir("/etc/x", 0777) = 0', refused)["/etc/x"].refused == ""


def test_what_was_gone_before_the_end() -> None:
    made = '1 openat(AT_FDCWD</srv>, "a.pid", O_WRONLY|O_CREAT, 0644) = 3</srv/a.pid>'
    gone = '1 unlink("a.pid") = 0'
    assert writes(made, gone)["/srv/a.pid"].deleted
    assert not writes(made, gone, made)["/srv/a.pid"].deleted
    assert writes('1 openat(AT_FDCWD</srv>, "/tmp", O_RDWR|O_TMPFILE, 0600) = 3</tmp/#12>(deleted)')["/tmp/#12"].deleted


def test_a_folder_takes_what_is_in_it_along() -> None:
    found = writes('1 mkdir("new", 0700) = 0', '1 creat("new/a", 0600) = 3</srv/new/a>', '1 rename("new", "old") = 0')
    assert {path: one.deleted for path, one in found.items()} == {"/srv/new": True, "/srv/old": False, "/srv/old/a": False}
    assert found["/srv/old"].folder


def test_children_begin_where_their_parent_is() -> None:
    """The child's lines may come before the parent's call ends, and threads share their folder."""
    found = writes(
        '1 chdir("/data") = 0',
        "1 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD <unfinished ...>",
        '55 mkdir("a", 0700) = 0',
        "1 <... clone resumed>, child_tidptr=0x7f) = 9 /* 55 in strace's PID NS */",
        "1 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD, exit_signal=0, stack=0x7f, stack_size=0x7f}, 88) = 10 /* 56 in strace's PID NS */",
        '56 chdir("/late") = 0',
        '1 mkdir("b", 0700) = 0',
        '55 mkdir("c", 0700) = 0',
        "1 vfork() = 11 /* 57 in strace's PID NS */",
        '57 execve("/bin/other", ["other"], 0x7 /* 1 var */) = 0',
        '57 mkdir("d", 0700) = 0',
        '57 chroot("/jail") = 0',
        '57 mkdir("/e", 0700) = 0',
    )
    assert sorted(found) == ["/data/a", "/data/c", "/jail/e", "/late/b", "/late/d"]
    assert found["/late/d"].process == "other" and found["/data/a"].process == "app"


def test_users_are_those_as_whom_something_is_done() -> None:
    found = account(
        "1 setgid(33) = 0",
        '1 openat(AT_FDCWD</srv>, "/etc/group", O_RDONLY) = 3</etc/group>',
        "1 setgroups(1, [33]) = 0",
        "1 setuid(33) = 0",
        '1 execve("/usr/bin/worker", ["w"], 0x7 /* 1 var */) = 0',
        "1 setresuid(-1, 5, -1) = -1 EPERM (Operation not permitted)",
    )
    assert found.seen().users == (UserSwitch(0, 0, "app"), UserSwitch(33, 33, "worker"))
    assert {one.name for one in found.guessed_capabilities()} == {"SETGID", "SETUID", "DAC_OVERRIDE"}
    assert account(uid=1000).guessed_capabilities() == ()


@pytest.mark.parametrize(("line", "name"), [
    ('1 chown("x", 5, 5) = 0', "CHOWN"), ("1 socket(AF_INET, SOCK_RAW|SOCK_CLOEXEC, IPPROTO_ICMP) = 3<socket:[1]>", "NET_RAW"),
    ('1 bind(3<socket:[1]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("0.0.0.0")}, 16) = 0', "NET_BIND_SERVICE"),
    ('1 mknod("d", S_IFCHR|0600, makedev(0x1, 0x3)) = 0', "MKNOD"), ('1 chroot("/jail") = 0', "SYS_CHROOT"),
])  # fmt: skip
def test_capabilities_are_guessed_from_calls_of_root(line: str, name: str) -> None:
    assert [one.name for one in account(line).guessed_capabilities()] == [name, "DAC_OVERRIDE"]
    assert name not in {one.name for one in account("1 setuid(5) = 0", line).guessed_capabilities()}


def test_whom_it_talks_to() -> None:
    to = '{{sa_family=AF_INET, sin_port=htons({}), sin_addr=inet_addr("{}")}}'
    found = account(
        "1 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 12<socket:[5]>",
        f"1 connect(12<socket:[5]>, {to.format(53, '127.0.0.11')}, 16) = 0",
        r'1 sendmmsg(12<socket:[5]>, [{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="\334\252\1\0\0\1\0\0\0\0\0\0\2db\7example\4test\0\0\1\0\1", iov_len=33}]}, msg_len=33}], 1, MSG_NOSIGNAL) = 1',
        r'1 recvfrom(12<socket:[5]>, "\334\252\201\200\0\1\0\1\0\0\0\0\2db\7example\4test\0\0\1\0\1\300\f\0\1\0\1\0\0\2X\0\4\n\0\0\7", 65536, 0, NULL, NULL) = 49',
        "1 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 13<socket:[6]>",
        f"1 connect(13<socket:[6]>, {to.format(5432, '10.0.0.7')}, 16) = -1 EINPROGRESS (Operation now in progress)",
        f"1 connect(13<socket:[7]>, {to.format(5432, '127.0.0.1')}, 16) = 0",
        # Only asked which way it would go, and never sent anything.
        "1 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 14<socket:[8]>",
        f"1 connect(14<socket:[8]>, {to.format(5432, '10.0.0.8')}, 16) = 0",
        "1 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 15<socket:[9]>",
        f'1 sendto(15<socket:[9]>, "sin_port=htons(1), sin_addr=inet_addr(\\"9.9.9.9\\")", 5, 0, {to.format(8125, "10.0.0.9")}, 16) = 5',
        '1 connect(16<socket:[10]>, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::ffff:10.0.0.1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
        f"1 bind(17<socket:[11]>, {to.format(8080, '0.0.0.0')}, 16) = 0",
        "1 listen(17<socket:[11]>, 128) = 0",
    )
    seen = found.seen()
    assert seen.lookups == (Lookup("db.example.test"),)
    assert seen.peers == (Peer("10.0.0.7", 5432, "db.example.test"), Peer("10.0.0.9", 8125), Peer("10.0.0.1", 443))
    assert seen.listening == (Listening(8080, "tcp", "0.0.0.0", "app"),)


def test_groups_of_calls_are_those_that_something_was_gained_by() -> None:
    assert account("1 shmget(0x1, 56, IPC_CREAT|0600) = 0").seen().groups == {"shared-memory"}
    assert account("1 adjtimex(0x7f) = -1 EPERM (Operation not permitted)").seen().groups == frozenset()
    assert account("1 socket(AF_VSOCK, SOCK_STREAM, 0) = 3<socket:[1]>").seen().groups == {"socket-families"}
    assert account("1 socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) = 3<socket:[1]>").seen().groups == frozenset()
    assert account("1 [ Process PID=1 runs in 32 bit mode. ]").seen().groups == {"32-bit"}


def test_what_is_not_printed_is_not_wanted() -> None:
    assert not HOT & WANTED and not BASE & {call for group in GROUPS for call in group.calls}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(WANTED)),
            st.text(alphabet='",()<>{}[]=/ax1 \\', max_size=30),
            st.sampled_from(["0", "3</x>", "-1 EACCES (x)", "?"]),
        )
    )
)
def test_nothing_breaks_it(calls: list[tuple[str, str, str]]) -> None:
    found = account(*(f"1 {name}({arguments}) = {result}" for name, arguments, result in calls))
    assert all(one.path.startswith("/") for one in found.seen().writes)
