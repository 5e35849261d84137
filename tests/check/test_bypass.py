"""Ways around every other setting: each line of the corpus that has to be found is, and no other one."""

import re
from pathlib import Path

from wizard.check.running import check

CORPUS = Path(__file__).parent / "corpus"
_RULES = frozenset(("no-host-access", "confinement-profiles", "no-new-privileges", "minimal-capabilities", "resource-limits", "non-root-user"))


def marked(path: Path) -> set[tuple[int, str]]:
    """The lines that say what is found in them."""
    lines = path.read_text("utf-8").splitlines()
    return {(number, match[1]) for number, line in enumerate(lines, 1) if (match := re.search(r"# finds: (\S+)", line))}


def test_every_way_around_is_found_in_its_line_and_nothing_else_is() -> None:
    report, _ = check([CORPUS / "bypass.yaml"])
    assert not report.problems
    missing = re.compile(r"no [a-z_]+:? |.* lacks |who it runs as|no (cpus|mem_limit|pids_limit)")
    found = {(one.place.line, one.control) for one in report.findings if one.control in _RULES and not missing.match(one.message + " ")}
    expected = marked(CORPUS / "bypass.yaml")
    assert expected - found == set()
    assert found - expected == set()
    assert len(expected) > 90
