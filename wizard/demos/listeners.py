"""What a listener that nobody declared is: a way in. The neighbour is another container on the service's own network."""

from wizard.demos import OWN, Demo, Run

_CONSOLE = """
import socket, subprocess, sys
console = socket.create_server(("{address}", 9229))
print("the program runs, and its console listens on {address}", flush=True)
console.settimeout(30)
while True:
    asked = console.accept()[0]
    asked.sendall(subprocess.run([sys.executable, "-c", asked.recv(1000)], capture_output=True).stdout)
    asked.close()
"""
_NEIGHBOUR = """
import contextlib, socket, time
print("a neighbour asks the console who it is:", end=" ")
for _ in range(20):  # a host that is busy answers names late
    with contextlib.suppress(socket.gaierror):
        socket.gethostbyname("service")
        break
    time.sleep(0.2)
try:
    with socket.create_connection(("service", 9229), 2) as console:
        console.sendall(b"import os; print('I am inside the service, as uid', os.getuid(), end='')")
        console.shutdown(socket.SHUT_WR)
        print(console.recv(1000).decode())
except OSError as error:
    print(error.strerror or error)
"""


def _steps(address: str) -> tuple[Run, ...]:
    return Run(_CONSOLE.format(address=address), background=True, network=OWN), Run(_NEIGHBOUR, name="neighbour", network=OWN)


DEMOS = (
    Demo(
        name="open-console",
        story="A console for developers runs what it is sent. Left on for all addresses it does so for a neighbour; on its own loopback it does not.",
        steps=_steps("0.0.0.0"),
        hardened=_steps("127.0.0.1"),
        without="inside the service, as uid 65534",
        held="Connection refused",
        facts={"ports": [{"container": 8000}]},
    ),
)
