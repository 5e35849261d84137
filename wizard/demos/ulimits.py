"""What limits of each process stop."""

from wizard.demos import Demo, Run

_ATTACK = """
import os
LARGEST = 32 << 20
written, file = 0, os.open("/dev/shm/growing", os.O_CREAT | os.O_WRONLY, 0o600)
try:
    while written < LARGEST:
        written += os.write(file, bytes(1 << 20))
    print("the file grew to", written >> 20, "MB, and nothing stops it")
except OSError as error:
    print("the file grew to", written >> 20, "MB, then:", error.strerror)
"""
DEMOS = (
    Demo(
        name="runaway-file",
        story="A loop in the program writes one file without end; here it stops at 32 MB by itself, and the limit is fsize=8M.",
        steps=(Run(_ATTACK),),
        without="grew to 32 MB",
        held="File too large",
        facts={"limits": {"pids": 100, "ulimits": [{"name": "fsize", "soft": "8M"}]}},
    ),
)
