"""What a restart policy mends."""

from wizard.demos import SERVICE, Ask, Demo, Run

_CRASHER = """
import os, time
print("works", flush=True)
if not os.path.exists("/var/tmp/crashed"):
    open("/var/tmp/crashed", "w").close()
    os._exit(1)
time.sleep(30)
"""
_STATE = "{{.State.Status}}, started again {{.RestartCount}} times"
DEMOS = (
    Demo(
        name="stays-down",
        story="A request crashes the program, once. Nobody is awake to start it again.",
        steps=(Run(_CRASHER, background=True), Ask(("inspect", "--format", _STATE, SERVICE), until=True)),
        without="exited, started again 0 times",
        held="running, started again 1 times",
        also=("read-only-rootfs",),
        facts={"restart": "on-failure:5"},
    ),
)
