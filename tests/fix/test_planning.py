"""What a mend would put into a file, as a person would write it."""

import pytest

from wizard.fix.planning import lines
from wizard.mend import Edit, How, Mend


@pytest.mark.parametrize("edit, shown", [
    (Edit(("ports", 1), "127.0.0.1:", How.PREFIX, {"host_ip": "127.0.0.1"}, was="80:8000"), ['ports:', '  - "127.0.0.1:80:8000"']),
    (Edit(("tmpfs", 0), ",size=64m", How.SUFFIX, was="/tmp:uid=5"), ["tmpfs:", '  - "/tmp:uid=5,size=64m"']),
    (Edit(("logging", "options", "max-size"), "10m"), ["logging:", "  options:", '    max-size: "10m"']),
])  # fmt: skip
def test_the_lines_of_an_edit_show_the_whole(edit: Edit, shown: list[str]) -> None:
    assert list(lines(Mend("any", (edit,), "why"))) == shown
