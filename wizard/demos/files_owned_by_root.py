"""What files of root stop, where the root is writable. The difference is in the image: who owns the program."""

from wizard.demos import Build, Demo, Run

_ATTACK = """
import os, subprocess, sys
try:
    with open("/app/app.py", "a") as program:
        program.write("print('and sends every password on')\\n")
    said = subprocess.run([sys.executable, "/app/app.py"], capture_output=True, text=True).stdout.splitlines()
    print("after the next start it says:", *said)
except OSError as error:
    print(f"uid {os.getuid()} changes /app/app.py: {error.strerror}")
"""
_PROGRAM = "RUN mkdir /app && echo \"print('welcome')\" > /app/app.py"
_MISTAKE = "RUN chown -R 65534:65534 /app"
DEMOS = (
    Demo(
        name="own-code",
        story="Many Dockerfiles give the program to its user. A hole in it then rewrites the program itself. Both roots are writable here.",
        steps=(Build((_PROGRAM, _MISTAKE), "1"), Run(_ATTACK, tag="1")),
        hardened=(Build((_PROGRAM,), "1"), Run(_ATTACK, tag="1")),
        without="and sends every password on",
        held="Permission denied",
        also=("read-only-rootfs",),
    ),
)
