"""System calls that need not be seen: those that every program makes, and those that the engine makes on its behalf."""

HOT = frozenset((
    "brk", "clock_gettime", "clock_nanosleep", "close", "epoll_ctl", "epoll_pwait", "epoll_wait", "fcntl", "fstat", "futex", "getpid", "getrandom",
    "gettid", "gettimeofday", "ioctl", "lseek", "lstat", "madvise", "mmap", "mprotect", "munmap", "nanosleep", "newfstatat", "poll", "ppoll",
    "pread64", "pselect6", "pwrite64", "pwritev", "readv", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_yield", "select", "stat", "time",
    "writev",
))  # fmt: skip
"""Too many to print each: they are taken for granted, and say nothing that is wanted here."""

RUNTIME = frozenset((
    "access", "arch_prctl", "capget", "capset", "chdir", "execve", "exit", "exit_group", "faccessat", "faccessat2", "fstatfs", "getcwd", "getdents64",
    "getppid", "kill", "openat", "prctl", "prlimit64", "read", "rseq", "set_robust_list", "set_tid_address", "setgid", "setgroups", "setresgid",
    "setresuid", "setuid", "statx", "tgkill", "write",
))  # fmt: skip
"""What runc 1.1 calls between loading the filter and the program's first instruction, and every C library when a program begins (measured)."""

BASE = HOT | RUNTIME
