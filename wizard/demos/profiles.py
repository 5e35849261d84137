"""What the engine's seccomp filter stops. Without it is «seccomp=unconfined», which this control refuses."""

from wizard.demos import Demo, Run

_KEYS = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
ADD_KEY = {"x86_64": 248, "aarch64": 217}[platform.machine()]
USER_KEYRING = -4
key = libc.syscall(ADD_KEY, b"user", b"seawall-demo", b"x", 1, USER_KEYRING)
if key > 0:
    print("uid", os.getuid(), "stored a key with the host's kernel, where every container with this uid finds it")
    REVOKE, KEYCTL = 3, {"x86_64": 250, "aarch64": 219}[platform.machine()]
    libc.syscall(KEYCTL, REVOKE, key)
else:
    print("uid", os.getuid(), "stores a key with the host's kernel:", os.strerror(ctypes.get_errno()))
"""
_NAMESPACE = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
NEWUSER = 0x10000000
if libc.unshare(NEWUSER):
    print("uid", os.getuid(), "makes a namespace of users:", os.strerror(ctypes.get_errno()))
else:
    held = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("CapEff"))
    print("a namespace of its own, with", int(held, 16).bit_count(), "capabilities in it: the code of the kernel that only root reaches is open")
"""
DEMOS = (
    Demo(
        name="kernel-keys",
        story="The keys of the kernel belong to no container. Somebody who got in uses them to leave something for the neighbours.",
        steps=(Run(_KEYS),),
        without="stored a key",
        held="Operation not permitted",
    ),
    Demo(
        name="user-namespace",
        story="A user without rights makes a namespace in which he has all of them: from where holes of the kernel are tried that only root reaches.",
        steps=(Run(_NAMESPACE),),
        without="a namespace of its own",
        held="Operation not permitted",
    ),
)
