"""What the demonstrations said when they were recorded (tools/record_demos.py), for where there is no engine to play them on."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from wizard.demos import Demo, Scene

PATH = Path(__file__).with_name("recorded.json")


class Recording(Struct, frozen=True):
    """All scenes by the ids of their controls, the version of the engine, and the day."""

    engine: str
    date: str
    controls: Mapping[str, tuple[Scene, ...]]


def recording() -> Recording:
    """What is recorded."""
    return msgspec.json.decode(PATH.read_bytes(), type=Recording)


def recorded(control: str, demo: Demo, kept: Recording) -> tuple[Scene, ...]:
    """Both scenes of a demonstration as they were recorded; none for one that is newer."""
    return tuple(scene for scene in kept.controls.get(control, ()) if scene.demo == demo.name)


def save(made: Recording) -> None:
    """Write what was recorded, a line a scene."""
    parts = []
    for name, scenes in made.controls.items():
        lines = ",\n".join(msgspec.json.encode(scene).decode() for scene in scenes)
        parts.append(f'"{name}": [\n{lines}\n]')
    controls = ",\n".join(parts)
    PATH.write_text(f'{{"engine": "{made.engine}", "date": "{made.date}", "controls": {{\n{controls}\n}}}}\n', encoding="utf-8")


def masked(scenes: Iterable[Scene]) -> list[tuple[str | bool | tuple[str, ...], ...]]:
    """Scenes without what differs from run to run: times, and ids of the engine."""
    return [(s.demo, s.hardened, s.flags, s.others, re.sub(r"\b[0-9a-f]{12,64}\b", "ID", s.said)) for s in scenes]
