"""What keeping off the host stops. Without it is «pid: host», which this control refuses."""

from wizard.demos import Demo, Run

_DATABASE = """
import os, sys, time
if "DEMO_PASSWORD" not in os.environ:
    os.execve(sys.executable, [sys.executable, "-c", sys.orig_argv[-1]], {**os.environ, "DEMO_PASSWORD": "of-the-database"})
print("ready", flush=True)
time.sleep(30)
"""
_READS = """
import os
found, seen = [], 0
for name in filter(str.isdigit, os.listdir("/proc")):
    seen += 1
    try:
        variables = open(f"/proc/{name}/environ").read().split(chr(0))
    except OSError:
        continue
    found += [variable for variable in variables if variable.startswith("DEMO_PASSWORD=")]
print("the variables of another service:", found[0] if found else f"out of sight; of the host's processes it sees its own {seen}")
"""
DEMOS = (
    Demo(
        name="secret-of-another",
        story="For a metrics tool a service was given the host's list of processes. Containers often share a uid, and so its processes' variables.",
        steps=(Run(_DATABASE, name="database", background=True), Run(_READS)),
        without="DEMO_PASSWORD=of-the-database",
        held="out of sight",
    ),
)
