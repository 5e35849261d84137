"""The findings of a run, kept in little memory: their order."""

from wizard.check.findings import Findings
from wizard.check.model import Found
from wizard.check.source import Place
from wizard.flaw import Severity


def test_what_is_found_of_many_services_in_one_line_stays_in_the_order_it_was_found_in() -> None:
    """A fragment that services share: nothing but their names tells these findings apart, and reports are the same from run to run."""
    names = [f"s{number}" for number in range(20)]
    found = [Found("secrets-as-files", Severity.INVALID, Place("compose.yaml", 3, 5), name, "the secret stands in the file", "") for name in names]
    findings = Findings([*found, *found])
    findings.sift(lambda one: True)
    assert [one.service for one in findings] == names
