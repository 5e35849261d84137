"""Many parts at once: each processor takes every so many-th, and what they give comes in the order of the parts."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from wizard.check.parts import Part
from wizard.check.sources import Sources
from wizard.errors import UsageError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

T = TypeVar("T")
Judge = Callable[[T, Sources], Part]

FEW = 40 if sys.platform == "linux" else 2000
"""Parts that one process is done with before others have started. Elsewhere they start from nothing: a fork is not safe there."""
MOST = 8
"""Processes, each of some 30 MiB."""


def in_order(judge: Judge[T], parts: Sequence[T], sources: Sources) -> Iterator[Part]:
    """What `judge` says of each part, in their order, whoever judged it.

    Raises UsageError where a process ended before it was done: what was not judged is not clean.
    """
    processes = min(processors(), MOST, len(parts) // (FEW // 2))
    if processes < 2:
        yield from (judge(part, sources) for part in parts)
        return
    crew: list[tuple[BaseProcess, Connection[Any, Part]]] = []
    try:
        with _undisturbed():
            for number in range(processes):
                crew.append(_start(judge, parts[number::processes], sources, [receiver for _, receiver in crew]))
        for number in range(len(parts)):
            process, receiver = crew[number % processes]
            try:
                yield receiver.recv()
            except (EOFError, OSError):
                process.join()
                raise UsageError(f"a process that judged files ended by itself ({process.exitcode}): not all were judged; "
                                 "SEAWALL_DEBUG=1 shows why") from None  # fmt: skip
    finally:
        for process, receiver in crew:
            process.kill()  # done, or not needed any more
            process.join()
            receiver.close()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """^C waits until all that was started is known: else one could be left behind. The processes that are started keep it off for good."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start(
    judge: Judge[T], parts: Sequence[T], sources: Sources, others: Sequence["Connection[Any, Part]"]
) -> "tuple[BaseProcess, Connection[Any, Part]]":
    import multiprocessing

    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    receiver, sender = context.Pipe(duplex=False)
    inherited = [receiver, *others] if sys.platform == "linux" else []
    process = context.Process(target=_work, args=(judge, parts, sources, sender, inherited), daemon=True)
    process.start()
    sender.close()
    return process, receiver


def _work(
    judge: Judge[T], parts: Sequence[T], sources: Sources, sender: "Connection[Part, Any]", inherited: Sequence["Connection[Any, Part]"]
) -> None:
    """In a process of its own: judge and send. ^C is for the one that waits, which ends all others."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for receiver in inherited:
        receiver.close()  # else a pipe would seem to have a reader when nobody waits any more
    if not os.environ.get("SEAWALL_DEBUG"):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the one that waits says in one line that something broke
    try:
        for part in parts:
            sender.send(judge(part, sources))
    except BrokenPipeError:
        return
