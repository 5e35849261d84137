"""What no-new-privileges stops."""

from wizard.demos import Demo, Run

_ATTACK = """
import os, subprocess
su = subprocess.Popen(["su"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while open(f"/proc/{su.pid}/cmdline").read() != "su" + chr(0):
    pass
status = open(f"/proc/{su.pid}/status").read()
print("I am uid", os.getuid(), "and started su, which runs with effective uid", status.split("Uid:")[1].split()[1])
su.kill()
"""
DEMOS = (
    Demo(
        name="setuid-program",
        story="A user without rights starts one of the setuid programs that nearly every image has.",
        steps=(Run(_ATTACK),),
        without="effective uid 0",
        held="effective uid 65534",
    ),
)
