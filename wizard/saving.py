"""`seawall.yaml` as it is saved: what a person said, and as comments what was found and what else could be said."""

import json
from collections.abc import Iterator

from wizard import yaml_text
from wizard.answers import Answers
from wizard.question import value
from wizard.questions import all_questions
from wizard.spelling import Data

_HEAD = """\
# What this service needs, in your words; Seawall makes the Dockerfile and compose.yaml from it.
# Change an answer, then run `seawall` again. `seawall explain` says why each control is there.
# Only what you said stands here as an answer; lines that begin with «#» are what was found, or the default."""


def saved_text(answers: Answers) -> str:
    """The text of the answers file: loading it again gives the same answers."""
    return "\n".join(_lines(answers)) + "\n"


def _lines(answers: Answers) -> Iterator[str]:
    workload, given = answers.workload(), answers.data(given=True)
    given = {"seawall": 1, "name": workload.name, **given}
    if workload.stack:
        given["stack"] = {"language": workload.stack.language, **given.get("stack", {})}
    yield _HEAD
    yield from yaml_text.lines({"seawall": given.pop("seawall")}, compose=False)
    if catalogs := given.pop("catalogs", None):
        yield "# Made with these catalogs: say --catalog with the folder or package of each. A file never brings one into use by itself."
        yield from yaml_text.lines({"catalogs": catalogs}, compose=False)
    said: set[str] = set()
    for question in all_questions():
        top = question.key.partition(".")[0]
        if top in said or (top not in given and not question.when(workload)):
            continue
        said.add(top)
        found = value(workload, top)
        if top in given:
            yield ""
            yield f"# {question.prompt} {question.help}"
            yield from yaml_text.lines({top: given[top]}, compose=False)
        elif found or question.basic:
            yield ""
            yield f"# {question.prompt} {question.help}"
            yield f"# {top}: {_flow(found)}    # {answers.origin(top)}"


def _flow(data: Data) -> str:
    return json.dumps(data, ensure_ascii=False)
