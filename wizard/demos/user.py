"""What a user without rights stops."""

from wizard.demos import Demo, Run

_ATTACK = """
import os
try:
    os.close(os.open(os.__file__, os.O_WRONLY))
    print(f"uid {os.getuid()} may change {os.__file__}, which every later start runs")
except OSError as error:
    print(f"uid {os.getuid()} opens {os.__file__} for writing: {error.strerror}")
"""
DEMOS = (
    Demo(
        name="changed-library",
        story="A hole in the program lets somebody write a file, and they choose a library that every start loads.",
        steps=(Run(_ATTACK),),
        without="uid 0 may change",
        held="Permission denied",
        also=("read-only-rootfs",),
    ),
)
