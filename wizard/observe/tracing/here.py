"""Whether a workload can be traced from here."""

import os
import platform
import sys
import tempfile

from wizard.engine.docker import Docker
from wizard.observe.tracing.launcher import MACHINE


def why_not(docker: Docker) -> str:
    """Why not, as the end of a sentence; nothing where it can. Raises NoEngineError."""
    if sys.platform != "linux" or platform.machine() != MACHINE:
        return f"tracing is built for Linux on {MACHINE}, and this is {sys.platform} on {platform.machine()}"
    if os.geteuid() != 0:
        return "tracing takes root on the engine's own host"
    info = docker.info()
    if (info.get("KernelVersion"), info.get("Name")) != (os.uname().release, os.uname().nodename):
        return "the engine runs on another machine than this one"
    if any(option.startswith(("name=rootless", "name=userns")) for option in info.get("SecurityOptions") or ()):
        return "the engine gives containers a user namespace of their own"
    if os.statvfs(tempfile.gettempdir()).f_flag & os.ST_NOEXEC:
        return f"programs in {tempfile.gettempdir()} cannot be run (noexec); set TMPDIR to a folder where they can"
    return ""
