"""Tracing a workload from the host: every call that it makes of the kernel, from its first instruction on.

The container begins with a launcher that waits (`launcher.py`) until strace follows it from outside; what strace prints is read as it comes
and never stored. `here.py` says where that works.
"""
