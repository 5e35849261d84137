"""What a listed writable path stops."""

from wizard.demos import Demo, Run

_ATTACK = """
import shutil, subprocess
shutil.copy("/bin/true", "/tmp/miner")
print("planted the program /tmp/miner; starting it:", end=" ")
try:
    subprocess.run(["/tmp/miner"], check=True)
    print("it ran")
except OSError as error:
    print(error.strerror)
"""
DEMOS = (
    Demo(
        name="dropped-program",
        story="An upload lands in /tmp, is a program, and is started. Both containers have a writable root here, so that only /tmp differs.",
        steps=(Run(_ATTACK),),
        without="it ran",
        held="Permission denied",
        also=("read-only-rootfs",),
        facts={"writable": [{"path": "/tmp", "tmpfs": "16M"}]},
    ),
)
