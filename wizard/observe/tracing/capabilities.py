"""The capabilities that a container's processes used, by way of the kernel's tracepoint."""

import json
import os
import subprocess
import sys

from wizard.capabilities import CAPABILITIES
from wizard.engine.process import Process
from wizard.observe.seen import CapabilityUse, NotLearned, Seen
from wizard.observe.tracing import granted

PREFIX = "seawall-"
"""What our instances of tracefs are called."""
_END = 10.0


class Capabilities:
    """One run of `granted.py`; without the tracepoint nothing is learned, with the reason."""

    def __init__(self) -> None:
        self._program: subprocess.Popen[str] | None = None
        self._seen = Seen(not_learned=(NotLearned("capabilities", "nobody watched"),))

    def start(self, process: Process) -> None:
        """Come back once the kernel reports what it grants to this process and its descendants."""
        bounding = int(process.status("CapBnd"), 16)
        numbers = [str(number) for number in range(len(CAPABILITIES)) if bounding >> number & 1]
        if not numbers:
            self._seen = Seen()
            return
        # It ends when its input does, which is when we do, too; so it can still remove its instance.
        self._program = subprocess.Popen(
            [sys.executable, "-I", "-S", granted.__file__, str(process.pid), PREFIX, str(os.getpid()), *numbers], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", errors="replace", start_new_session=True,
        )  # fmt: skip
        assert self._program.stdout
        if (said := self._program.stdout.readline()) != "ready\n":
            self._program.communicate()
            self._learn(said)

    def finish(self) -> Seen:
        """What was seen until now; asked twice, the same."""
        if self._program and self._program.returncode is None:
            try:
                # Its input is closed by this: it removes what it made, and ends.
                said, _ = self._program.communicate(timeout=_END)
            except subprocess.TimeoutExpired:
                self._program.kill()
                said, _ = self._program.communicate()
            self._learn(said)
        return self._seen

    def _learn(self, said: str) -> None:
        try:
            answer = json.loads(said)
        except ValueError:
            answer = {}
        if "granted" not in answer:
            self._seen = Seen(
                not_learned=(NotLearned("capabilities", f"the kernel's tracepoint cannot be used: {answer.get('problem', 'no answer')}"),)
            )
            return
        lost = answer["lost"]
        self._seen = Seen(
            capabilities=tuple(_use(*one) for one in answer["granted"]),
            not_learned=(NotLearned("capabilities", f"the kernel dropped {lost} events: there may be more"),) if lost else (),
        )


def _use(number: int, program: str, call: str) -> CapabilityUse:
    name = CAPABILITIES[number]
    return CapabilityUse(name, program, call, f"the kernel granted {name} to {program}" + (f" in {call}" if call else ""))
