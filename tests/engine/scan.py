"""Which folders of a container a user can write: `python -I -S scan.py PID UID GID`, from the host, as JSON.

Independent of the product's probes but for the way in. Every folder is tried with a real file, on every mount.
"""

import importlib.util
import json
import os
import sys
from pathlib import Path

inside_file = Path(__file__).parents[2] / "wizard" / "engine" / "inside.py"
spec = importlib.util.spec_from_file_location("inside", inside_file)
inside = importlib.util.module_from_spec(spec)
spec.loader.exec_module(inside)


def scan() -> dict:
    """Folders in which a file could be made, the errno of each that refused, and files that could be opened for writing."""
    made, refused, opened = [], {}, []
    for root, names, files in os.walk("/"):
        if root in ("/proc", "/sys"):
            names[:] = []
            continue
        path = os.path.join(root, f".scan-{os.getpid()}")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            os.unlink(path)
            made.append(root)
        except OSError as error:
            refused[root] = error.errno
        for name in files:
            try:
                os.close(os.open(os.path.join(root, name), os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY))
                opened.append(os.path.join(root, name))
            except OSError:
                pass
    return {"made": made, "refused": refused, "opened": opened}


pid, uid, gid = (int(word) for word in sys.argv[1:])
inside.enter(pid)
if uid >= 0:
    inside.become(uid, gid, 0)
sys.stdout.write(json.dumps(scan()))
sys.stdout.flush()
os._exit(0)
