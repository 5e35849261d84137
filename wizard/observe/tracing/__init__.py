"""Tracing a workload from the host: every call that it makes of the kernel, from its first instruction on.

The container begins with a launcher that waits (`launcher.py`) until strace follows it from outside (`following.py`); what strace prints is read
as it comes and never stored (`lines.py`, `account.py` and what it hands the calls to). Capabilities come from a tracepoint of the kernel
(`granted.py`), or are guessed from the calls (`asking.py`). `here.py` says where that works, `watcher.py` puts it together.
"""
