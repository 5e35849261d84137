"""Sets of capabilities from /proc/PID/status are read as the kernel wrote them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools import seawall
from wizard.capabilities import CAPABILITIES, FACTS, mask
from wizard.capability_sets import FIELDS, decoded
from wizard.errors import UsageError
from wizard.explain import explained, taken_apart

DEFAULT = tuple(fact.name for fact in FACTS if fact.default)
STATUS = """Name:\tpython3
Uid:\t10001\t10001\t10001\t10001
CapInh:\t0000000000000000
CapPrm:\t0000000000000000
CapEff:\t0000000000000000
CapBnd:\t00000000a80425fb
CapAmb:\t0000000000000000
NoNewPrivs:\t1
"""


@given(st.sets(st.sampled_from(CAPABILITIES)))
def test_a_set_is_the_names_of_its_bits(names: set[str]) -> None:
    (one,) = decoded(mask(tuple(names)))
    assert set(one.names) == names
    assert set(one.default) | set(one.beyond) == names
    assert set(one.dropped) == set(DEFAULT) - names
    assert one.unknown == ()


@given(st.integers(0, 2**64 - 1))
def test_every_number_is_read_and_bits_without_a_name_are_said(value: int) -> None:
    (one,) = decoded(f"{value:x}")
    assert int(one.digits, 16) == value
    assert int(mask(one.names), 16) + sum(1 << bit for bit in one.unknown) == value
    assert ("no capability known here has" in taken_apart(one.digits, "text")) == bool(one.unknown)


@pytest.mark.parametrize("typed", [
    "a80425fb", "00000000a80425fb", "00000000A80425FB", "0xa80425fb", "CapEff:\t00000000a80425fb", "CapEff: a80425fb", "CapEff=a80425fb", "CapEff:a80425fb",
    " \n CapBnd: 00000000a80425fb\n\n",
])  # fmt: skip
def test_a_set_may_be_typed_in_many_ways(typed: str) -> None:
    (one,) = decoded(typed)
    assert one.names == DEFAULT
    assert "Exactly the 14 that the engine gives by default." in taken_apart(typed, "text")


def test_a_whole_status_is_taken_apart_in_its_order() -> None:
    sets = decoded(STATUS)
    assert [one.field for one in sets] == list(FIELDS)
    assert [len(one.names) for one in sets] == [0, 0, 0, 14, 0]
    assert decoded(" ".join(line for line in STATUS.splitlines() if line.startswith("Cap"))) == sets
    shown = taken_apart(STATUS, "text")
    assert "CapEff 0000000000000000: no capability" in shown
    assert [line.split()[0] for line in shown.splitlines()[-14:]] == list(DEFAULT), "one table for all"
    assert all(" ".join(text.split()) in " ".join(shown.split()) for text in FIELDS.values())


@pytest.mark.parametrize("typed", [
    "xyz", "0x", "-1", "1e3g", "00000000000000000", "a80425fb zz", "CapEff:", "CapEff: CapBnd:", "CapFoo: 00", "", " ", "Name:\tx", "\x1b[31m", "٣",
])  # fmt: skip
def test_what_is_no_set_is_one_clear_line(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        decoded(typed)
    assert "\n" not in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_what_is_beyond_the_default_and_risky_is_said() -> None:
    shown = " ".join(taken_apart(mask(("CHOWN", "SYS_ADMIN")), "text").split())
    assert "2 capabilities" in shown
    assert "Of the engine's default: CHOWN. Beyond it: SYS_ADMIN." in shown
    assert "Of high or critical risk: SYS_ADMIN." in shown
    assert "all 41 capabilities" in taken_apart(mask(CAPABILITIES), "text")


def test_the_command_decodes_and_reports_for_programs() -> None:
    ran = seawall("explain", "--decode", "00000000a80425fb")
    assert ran.returncode == 0
    assert "NET_RAW" in ran.stdout
    (one,) = json.loads(seawall("explain", "--decode", "CapEff:\t00000000a80425fb", "--format", "json").stdout)["sets"]
    assert one == {
        "field": "CapEff", "digits": "00000000a80425fb", "names": list(DEFAULT), "default": list(DEFAULT), "beyond_default": [],
        "dropped_from_default": [], "risky": ["DAC_OVERRIDE", "SETGID", "SETUID", "NET_RAW"], "unknown_bits": [],
    }  # fmt: skip
    assert "CapBnd 00000000a80425fb" in seawall("explain", "--decode", "-", stdin=STATUS).stdout
    assert explained("00000000a80425fb", "text") == ran.stdout, "so long a number can be nothing else"
    for wrong in (["zz"], [], ["-"]):
        refused = seawall("explain", "--decode", *wrong)
        assert refused.returncode == 2
        assert refused.stderr.count("\n") == 1
