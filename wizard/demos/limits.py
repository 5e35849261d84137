"""What limits stop. Both are bounded: they end by themselves long before they hurt a host."""

from wizard.demos import Demo, Run

_BOMB = """
import os, signal, time
children = []
try:
    while len(children) < 400:
        child = os.fork()
        if not child:
            time.sleep(30)
            os._exit(0)
        children.append(child)
    print(len(children), "processes, and the host would give more")
except OSError as error:
    print("no 400 processes:", error.strerror)
for child in children:
    os.kill(child, signal.SIGKILL)
"""
_MEMORY = """
import os
MEGABYTES = 256
child = os.fork()
if not child:
    taken = []
    while len(taken) < MEGABYTES:
        taken.append(bytearray(b"x" * (1 << 20)))
    os._exit(0)
status = os.waitpid(child, 0)[1]
if os.WIFSIGNALED(status):
    print(f"its child asked for {MEGABYTES} MB and was killed by signal {os.WTERMSIG(status)}; the service goes on")
else:
    print(f"its child took {MEGABYTES} MB, and the host would give more")
"""
DEMOS = (
    Demo(
        name="fork-bomb",
        story="A fork bomb, which stops at 400 processes by itself here.",
        steps=(Run(_BOMB),),
        without="400 processes, and",
        held="Resource temporarily unavailable",
    ),
    Demo(
        name="memory",
        story="One request makes the program take memory without end; here it stops at 256 MB by itself, and the limit is 128M.",
        steps=(Run(_MEMORY),),
        without="took 256 MB",
        held="was killed by signal 9",
        facts={"limits": {"memory": "128M", "pids": 100}},
    ),
)
