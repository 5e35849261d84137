"""What only SEAWALL_THOROUGH=1 runs (`make test-thorough`): further examples of a rule that the README's test command shows on a few.

Cases are collected and deselected, so that every run says how many it left out.
"""

import os
from collections.abc import Collection, Iterable
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

THOROUGH = os.environ.get("SEAWALL_THOROUGH") == "1"


def thorough(every: Iterable[Any], few: Collection[Any]) -> list[Any]:
    """Cases for `parametrize`: those of `few` always run. Raises ValueError for one of these that is none of the cases."""
    cases = list(every)
    if unknown := [case for case in few if case not in cases]:
        raise ValueError(f"no such cases: {unknown}")
    return [case if case in few else _further(case) for case in cases]


def examples(many: int) -> int:
    """How many examples hypothesis draws where one takes long: a third, unless all are asked for."""
    return many if THOROUGH else max(many // 3, 1)


def _further(case: Any) -> ParameterSet:
    if isinstance(case, ParameterSet):
        return case._replace(marks=(*case.marks, pytest.mark.thorough))
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.thorough)
