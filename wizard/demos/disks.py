"""What a rate of a disk stops: three megabytes, straight to the disk."""

from wizard.demos import Demo, Run

DISK = "/dev/disk"
"""Stands for the disk that the engine keeps its data on."""
_ATTACK = """
import os, time
file, began = os.open("/var/tmp/filling", os.O_CREAT | os.O_WRONLY | os.O_SYNC), time.monotonic()
for _ in range(6):
    os.write(file, bytes(1 << 19))
print("3 MB were written", "as fast as the disk is" if time.monotonic() - began < 2 else "in 2 seconds or more: the disk stays free for others")
"""
DEMOS = (
    Demo(
        name="busy-disk",
        story="A program writes without end, and everybody else on the disk waits. Here it writes 3 MB, with a rate of 1 MB a second.",
        steps=(Run(_ATTACK),),
        without="as fast as the disk is",
        held="in 2 seconds or more",
        also=("read-only-rootfs",),
        facts={"limits": {"pids": 100, "disks": [{"path": DISK, "write": "1M"}]}},
    ),
)
