"""`make test` runs the tests with an engine beside the others: no file of them is in no part."""

import re

from tests.tools import ROOT


def test_every_file_with_an_engine_is_in_a_part() -> None:
    parts = (ROOT / "tools" / "test.sh").read_text()
    others = "tests/engine/"
    marked = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py") if "pytest.mark." + "engine" in path.read_text()]
    assert [path for path in marked if not path.startswith(others) and path not in parts] == []
    named = re.findall(r"tests/[\w/]+\.py", parts)
    assert [path for path in named if not (ROOT / path).is_file()] == []
    assert len(marked) > len(named) > 10
