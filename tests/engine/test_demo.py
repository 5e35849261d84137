"""Every demonstration is a test: the attack gets through without the control, and does not with it."""

import pytest

from tests.engine.running import Engine
from wizard.control import Control
from wizard.engine.demo import play, shown

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("control", shown(), ids=lambda control: control.id)
def test_the_attack_works_without_the_control_and_not_with_it(engine: Engine, control: Control) -> None:
    without, hardened = play(control.id)
    assert (without.hardened, hardened.hardened) == (False, True)
    assert without.held, without.said
    assert hardened.held, hardened.said
    assert control.demo
    assert control.demo.held not in without.said
    assert control.demo.without not in hardened.said
    assert not engine.run("ps", "--all", "--quiet", "--filter", "label=org.seawall.demo").split()
