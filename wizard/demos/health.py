"""What a health check finds."""

from wizard.demos import SERVICE, Ask, Demo, Run

_HANGS = """
import socket, time
with open("/dev/shm/check.py", "w") as check:
    check.write("import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000', timeout=0.5)")
listener = socket.create_server(("127.0.0.1", 8000))
print("listens, and answers nobody", flush=True)
time.sleep(30)
"""
_STATE = "{{.State.Status}}{{with .State.Health}} and {{.Status}}{{end}}"
DEMOS = (
    Demo(
        name="hangs-unnoticed",
        story="The program takes connections and never answers: a lock that is never given back. It is looked at every second here.",
        steps=(Run(_HANGS, background=True), Ask(("inspect", "--format", _STATE, SERVICE), until=True)),
        without="running\n",
        held="running and unhealthy",
        facts={"health": {"command": ["python", "/dev/shm/check.py"]}},
        hurried={"--health-interval": "1s", "--health-timeout": "1s", "--health-retries": "1", "--health-start-period": "0s"},
    ),
)
