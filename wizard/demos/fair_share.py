"""What a set of processors stops.

Shares are not shown: they take a processor that is busy, and on a host with other work two seconds of it say too little. Two containers on
one processor got 61 to 48 % each without shares; 128 to 1024 shares gave the other one 59 to 79 % (measured on a loaded host).
"""

from wizard.demos import Demo, Run

_MINES = """
import os
try:
    os.sched_setaffinity(0, [1])
    print("the miner runs on processor 1 as well, where the database works")
except OSError as error:
    print("the miner asks for processor 1, where the database works:", error.strerror)
"""
DEMOS = (
    Demo(
        name="coin-miner",
        story="A program that was planted mines coins on every processor it can get. The service was given the processor 0 and no other.",
        steps=(Run(_MINES),),
        without="runs on processor 1",
        held="Invalid argument",
        facts={"limits": {"cpuset": "0", "pids": 100}},
    ),
)
