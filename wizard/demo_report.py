"""What `seawall demo` prints: which demonstrations there are, and one told scene by scene, played or recorded."""

import json
import shlex
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from wizard.chain import in_order
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.demos import Demo, Scene
from wizard.demos.recorded import Recording, recorded, recording
from wizard.errors import NoEngineError, SeawallError, UsageError
from wizard.text import visible

if TYPE_CHECKING:
    from wizard.engine.docker import Docker

_WIDTH = 78
_SPLIT = "\x00"
"""Where a long value may be split, at the end of a line or nowhere."""


def listed(form: str) -> str:
    """All demonstrations, in the order of an attack."""
    if form == "json":
        return _json([
            {"id": control.id, "title": control.title, "story": demo.story, "demo": demo.name, "step": step.value}
            for step, controls in in_order() for control in controls for demo in control.demos
        ])  # fmt: skip
    lines: list[str] = []
    for step, controls in in_order():
        lines += ["", step.value.upper()] if lines else [step.value.upper()]
        for control in controls:
            lines.append(control.id)
            lines += [_filled(f"{demo.name}: {demo.story}", 4, 8) for demo in control.demos]
    return "\n".join([*lines, "", "seawall demo CONTROL plays all of a control, seawall demo CONTROL NAME one."]) + "\n"


def chosen(name: str, which: str | None) -> tuple[Control, tuple[Demo, ...]]:
    """A control and its demonstrations, or the one of that name. Raises UsageError for what there is not."""
    control = next((control for control in CONTROLS if control.id == name and control.demos), None)
    if control is None:
        shown = ", ".join(control.id for control in CONTROLS if control.demos)
        why = next((f": {other.undemonstrated.why}" for other in CONTROLS if other.id == name and other.undemonstrated), "")
        raise UsageError(f"{visible(name)} has no demonstration{why}; accepted: {shown}")
    found = tuple(demo for demo in control.demos if which in (None, demo.name))
    if not found:
        raise UsageError(f"{visible(which or '')} is no demonstration of {name}; accepted: {', '.join(demo.name for demo in control.demos)}")
    return control, found


class Show:
    """The demonstrations of a control as they are told; `held` is known at the end. Raises UsageError, SeawallError on the way."""

    def __init__(self, name: str, which: str | None, replay: bool) -> None:
        self.control, self.demos = chosen(name, which)
        self._replay = replay
        self.kept: Recording | None = None
        """What is shown, if nothing is played."""
        self.missing = ""
        """Why there is no engine, if one was wanted."""
        self.held = True

    def told(self, form: str) -> Iterator[str]:
        """The text in pieces, each when it is known; JSON in one piece."""
        docker = self._begun()
        if form == "json":
            yield self._data([scene for demo in self.demos for scene in self._scenes(demo, docker)])
            return
        yield _filled(f"{self.control.title} ({self.control.id})") + "\n"
        if self.kept:
            why = "nothing was played now" if self._replay else "there is no engine here to play it on"
            yield "\n" + _filled(f"Recorded on Engine {self.kept.engine}, {self.kept.date}; {why}.") + "\n"
        for demo in self.demos:
            yield "\n" + _filled(f"{demo.name}: {demo.story}" if len(self.demos) > 1 else demo.story) + "\n"
            for scene in self._scenes(demo, docker):
                yield _scene(self.control, demo, scene)
        yield f"\n{self._end()}\n"

    def _begun(self) -> "Docker | None":
        """The engine to play on; None where it is what was recorded that is shown."""
        from wizard.engine.demo import prepared

        try:
            docker = None if self._replay else prepared()
        except NoEngineError as error:
            docker, self.missing = None, str(error)
        self.kept = recording() if docker is None else None
        return docker

    def _scenes(self, demo: Demo, docker: "Docker | None") -> Iterator[Scene]:
        from wizard.engine.demo import play

        if docker:
            yield from map(self._counted, play(self.control, demo, docker))
        elif self.kept and (scenes := recorded(self.control.id, demo, self.kept)):
            yield from map(self._counted, scenes)
        else:
            raise SeawallError(f"{demo.name} of {self.control.id} is not recorded; it takes an engine")

    def _counted(self, scene: Scene) -> Scene:
        self.held = self.held and scene.held
        return scene

    def _end(self) -> str:
        if not self.held:
            return "It did not go as expected on this engine."
        return "It held when it was recorded." if self.kept else "It held."

    def _data(self, scenes: Sequence[Scene]) -> str:
        runs = [{"demo": s.demo, "hardened": s.hardened, "flags": list(s.flags), "others": list(s.others), "said": s.said, "expected": s.expected,
                 "passed": s.held, "seconds": s.seconds} for s in scenes]  # fmt: skip
        return _json({
            "control": self.control.id, "story": self.demos[0].story, "demos": [{"name": demo.name, "story": demo.story} for demo in self.demos],
            "runs": runs, "passed": self.held, "recorded": {"engine": self.kept.engine, "date": self.kept.date} if self.kept else None,
        })  # fmt: skip


def _scene(control: Control, demo: Demo, scene: Scene) -> str:
    """A scene with what is set in it alone."""
    from wizard.engine.demo import flags_of, settings

    other = (*_pairs(flags_of(control, demo, not scene.hardened)), *settings(control, demo, not scene.hardened))
    own = dict.fromkeys(word for word in (*_pairs(scene.flags), *scene.others) if word not in other)
    head = ("With it" if scene.hardened else "Without it") + (f" ({' '.join(own)})" if own else "")
    lines = [_printable(line) for line in scene.said.splitlines()]
    shown = [_filled(line, 4, 6) for line in lines]
    missed = [] if scene.held else [_filled(f"expected to read: {scene.expected}", 4, 6)]
    return (
        "\n".join(["", _filled(f"{head}:".replace(",", f",{_SPLIT} "), 0, 2).replace(f"{_SPLIT} ", "").replace(_SPLIT, ""), *shown, *missed]) + "\n"
    )


def _pairs(words: Sequence[str]) -> list[str]:
    """Flags with their values, as one types them."""
    found: list[str] = []
    for word in words:
        if word.startswith("--"):
            found.append(word)
        else:
            found[-1] += f" {word if '$PWD' in word else shlex.quote(word)}"
    return found


def _filled(text: str, first: int = 0, rest: int | None = None) -> str:
    indent = first if rest is None else rest
    return textwrap.fill(text, _WIDTH, initial_indent=" " * first, subsequent_indent=" " * indent, break_on_hyphens=False)


def _printable(line: str) -> str:
    return "".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in line)


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
