"""When Python looks for garbage: hardly ever while the program starts, often and in no time when it waits for a person."""

import gc


def starting() -> None:
    """Before anything is imported. Hardly any of that is garbage; looking for some took a tenth of the start."""
    gc.set_threshold(500_000)


def started() -> None:
    """When all that stays is there: what was made so far is not looked through again."""
    gc.freeze()
    gc.set_threshold(5_000)
