"""What a port on this machine only stops. The other machine is a container of this one, on a network of its own."""

from wizard.demos import OWN, SERVICE, Demo, Run

_SERVES = """
import socket
listener = socket.create_server(("0.0.0.0", 8000))
print("ready", flush=True)
listener.settimeout(30)
while True:
    connection = listener.accept()[0]
    connection.sendall(b"welcome to the database")
    connection.close()
"""
_KNOCKS = """
import socket, sys
address, port = sys.argv[1:]
print("knocking from elsewhere:", end=" ")
try:
    with socket.create_connection((address, int(port)), 2) as service:
        print(service.recv(100).decode() or "nobody answers")
except OSError as error:
    print(error.strerror or error)
"""
DEMOS = (
    Demo(
        name="open-port",
        story="A port is published for a test on this machine, and somebody elsewhere knocks on the host's address.",
        steps=(Run(_SERVES, background=True, network=OWN), Run(_KNOCKS, name="stranger", network="elsewhere", toward=SERVICE)),
        without="welcome to the database",
        held="Connection refused",
        also=("internal-networks",),
        facts={"internet": True, "ports": [{"container": 8000, "publish": "127.0.0.1:8000"}]},
    ),
)
