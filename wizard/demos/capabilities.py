"""What dropped capabilities stop, where somebody is root."""

from wizard.demos import Demo, Run

_SOCKET = """
import os, socket
try:
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    print("uid", os.getuid(), "opens a raw socket: it is open, to read and forge packets")
except OSError as error:
    print("uid", os.getuid(), "opens a raw socket:", error.strerror)
"""
_NODE = """
import os, stat
try:
    os.mknod("/dev/shm/disk", stat.S_IFBLK | 0o600, os.makedev(8, 0))
    print("uid", os.getuid(), "made /dev/shm/disk, a node for the first disk of the host")
except OSError as error:
    print("uid", os.getuid(), "makes a node for the first disk of the host:", error.strerror)
"""
DEMOS = (
    Demo(
        name="raw-socket",
        story="Root in a container, as most images start it, listens to the network with what the engine gives it by default.",
        steps=(Run(_SOCKET),),
        without="it is open",
        held="Operation not permitted",
        also=("non-root-user",),
    ),
    Demo(
        name="device-node",
        story="The same root makes itself a device; only the engine's list of devices still keeps it from opening the disk.",
        steps=(Run(_NODE),),
        without="made /dev/shm/disk",
        held="Operation not permitted",
        also=("non-root-user",),
    ),
)
