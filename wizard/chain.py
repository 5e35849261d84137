"""The controls along an attack, from break-in to host."""

from collections.abc import Collection, Iterable, Iterator

from wizard.control import Control, Step
from wizard.controls import CONTROLS


def in_order(controls: Iterable[Control] = CONTROLS) -> Iterator[tuple[Step, tuple[Control, ...]]]:
    """Each step with the controls that stop it, in their usual order; a step without one is left out."""
    controls = tuple(controls)
    for step in Step:
        if found := tuple(control for control in controls if control.step is step):
            yield step, found


def named_in(text: str) -> tuple[str, ...]:
    """The controls that a sentence names: their ids in brackets."""
    import re

    return tuple(name for inner in re.findall(r"\(([a-z, -]+)\)", text) for name in inner.split(", "))


def still_stands(control: Control, waived: Collection[str] = ()) -> str:
    """What is in the way of an attack when a control is waived; what else is waived is not."""
    gone = [name for name in named_in(control.stands) if name in waived and name != control.id]
    return control.stands + (f" But {' and '.join(gone)} {'is' if len(gone) == 1 else 'are'} waived as well." if gone else "")
