"""The proof as one page of HTML that needs nothing else: no script, no font, no address."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wizard.prove.before import contrasts, recorded_on
from wizard.prove.evidence import Evidence, Report
from wizard.templates import folder
from wizard.text import visible_all


def page(report: Report) -> str:
    """The whole page. Everything that was said or seen stands in it escaped."""
    environment = Environment(loader=FileSystemLoader(folder()), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["shown"] = visible_all
    services: dict[str, list[Evidence]] = {}
    for one in report.evidence:
        services.setdefault(one.service, []).append(one)
    right = len(report.evidence) - len(report.failures)
    facts = {"report": report, "services": services, "right": right, "contrasts": list(contrasts(report)), "engine": recorded_on()}
    return environment.get_template("prove.html.j2").render(facts) + "\n"
