"""Programs that stand in for what a lesson needs and no image has: each answers one thing as the real one does."""

REGISTRY = """
import gzip, hashlib, http.server, json
def named(data): return "sha256:" + hashlib.sha256(data).hexdigest()
tree = bytes(1024)
layer = gzip.compress(tree)
config = json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [named(tree)]}}).encode()
parts = [{"mediaType": f"application/vnd.docker.{kind}", "size": len(data), "digest": named(data)}
         for kind, data in (("container.image.v1+json", config), ("image.rootfs.diff.tar.gzip", layer))]
form = "application/vnd.docker.distribution.manifest.v2+json"
manifest = json.dumps({"schemaVersion": 2, "mediaType": form, "config": parts[0], "layers": parts[1:]}).encode()
there = {"": b"{}", "3.2": manifest, named(manifest): manifest, named(config): config, named(layer): layer}
unknown = json.dumps({"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}).encode()
class Registry(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked = self.path.rpartition("/")[2]
        self.send_response(200 if asked in there else 404)
        data = there.get(asked, unknown)
        self.send_header("Content-Type", form if data == manifest else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET": self.wfile.write(data)
    do_HEAD = do_GET
server = http.server.HTTPServer(("", 5000), Registry)
print("Serving")
server.serve_forever()
"""
"""A registry of its own on this host, from which somebody took the tag 3.1."""

PROXY = r"""
    docker network create --internal CONTAINER-egress >/dev/null
    docker run --detach --network CONTAINER-egress --network-alias egress --name CONTAINER-proxy --label org.seawall.learn=yes IMAGE python -uc '
import socket
proxy = socket.create_server(("", 3128))
print("Serving")
while True:
    asked = proxy.accept()[0]
    listed = b"api.example.com" in asked.recv(1000).split(b"\r\n")[0]
    asked.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" if listed else b"HTTP/1.1 403 Forbidden\r\n\r\n")' >/dev/null
    for n in $(seq 99); do docker logs CONTAINER-proxy 2>&1 | grep -q Serving && break; sleep 0.1; done
"""
"""For a lesson: it answers as the real one does, to one name."""
