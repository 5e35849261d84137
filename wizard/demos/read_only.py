"""What a read-only root stops."""

from wizard.demos import Demo, Run

_SHELL = """
import http.server, os, subprocess, sys, threading, urllib.error, urllib.request
SITE = "/var/tmp/site"
class Upload(http.server.BaseHTTPRequestHandler):
    "A site that takes uploads, and runs the pages in its folder, as PHP does."
    def do_PUT(self):
        try:
            os.makedirs(SITE, exist_ok=True)
            with open(SITE + self.path, "wb") as page:
                page.write(self.rfile.read(int(self.headers["Content-Length"])))
            said = "stored"
        except OSError as error:
            said = str(error)
        self.answer(said)
    def do_GET(self):
        self.answer(subprocess.run([sys.executable, SITE + self.path], capture_output=True, text=True).stdout or "no such page")
    def answer(self, said):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(said.encode())
    def log_message(self, *_): pass
site = http.server.HTTPServer(("127.0.0.1", 8000), Upload)
threading.Thread(target=site.serve_forever, daemon=True).start()
def asked(method, body=None):
    request = urllib.request.Request("http://127.0.0.1:8000/shell.py", data=body, method=method)
    return urllib.request.urlopen(request).read().decode().strip()
print("PUT /shell.py:", asked("PUT", b"import os; print('the web shell runs as uid', os.getuid())"))
print("GET /shell.py:", asked("GET"))
"""
_TOOL = """
import subprocess
try:
    with open("/var/tmp/tool", "w") as tool:
        tool.write("echo the tool runs, and will after every restart")
    print("planted /var/tmp/tool:", subprocess.run(["sh", tool.name], capture_output=True, text=True).stdout, end="")
except OSError as error:
    print(f"planting /var/tmp/tool: {error}")
"""
DEMOS = (
    Demo(
        name="web-shell",
        story="A site that takes uploads gets a page with a program in it, and runs it when the page is asked for.",
        steps=(Run(_SHELL),),
        without="the web shell runs",
        held="Read-only file system",
    ),
    Demo(
        name="planted-tool",
        story="Somebody who got in plants a tool that survives until the container is made anew.",
        steps=(Run(_TOOL),),
        without="the tool runs",
        held="Read-only file system",
    ),
)
