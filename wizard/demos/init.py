"""What an init as PID 1 mends."""

from wizard.demos import SERVICE, Ask, Demo, Run

_ORPHANS = """
import os, time
for _ in range(5):
    if not os.fork():
        if not os.fork():
            os._exit(0)
        time.sleep(0.1)
        os._exit(0)
def zombies():
    found = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = open(f"/proc/{name}/stat").read().rpartition(")")[2].split()
            found += fields[0] == "Z"
        except OSError:
            pass
    return found
ended = 0
while ended < 5 and os.wait():
    ended += 1
deadline = time.monotonic() + 1
while zombies() and time.monotonic() < deadline:
    time.sleep(0.05)
print("5 helpers ended and left a child each; zombies that stay:", zombies())
"""
_WORKER = """
import time
print("works, and has no handler for signals", flush=True)
time.sleep(30)
"""
DEMOS = (
    Demo(
        name="killed-at-stop",
        story="The program is stopped in the middle of its work, with two seconds to end. As PID 1 it never hears the signal, and is killed.",
        steps=(
            Run(_WORKER, background=True),
            Ask(("stop", "-t", "2", SERVICE)),
            Ask(("inspect", "--format", "exit code {{.State.ExitCode}}", SERVICE)),
        ),
        without="exit code 137",
        held="exit code 143",
    ),
    Demo(
        name="zombies",
        story="Helpers of the program end before their own children do. Who reaps those is PID 1.",
        steps=(Run(_ORPHANS),),
        without="zombies that stay: 5",
        held="zombies that stay: 0",
    ),
)
