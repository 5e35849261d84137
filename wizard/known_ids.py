"""What answers may name: the stacks, companions and catalogs that there are, of Seawall and of the catalogs in use."""

from collections.abc import Iterable

from wizard.catalog import chosen
from wizard.companions import COMPANIONS
from wizard.errors import AnswerError
from wizard.stacks import KNOWN, STACKS
from wizard.text import visible
from wizard.workload import Workload


def refuse_unknown(workload: Workload) -> None:
    """Raises AnswerError for a catalog that is not in use, a stack that cannot be built, a companion that there is not."""
    used = [catalog.name for catalog in chosen()]
    for number, name in enumerate(workload.catalogs):
        if name not in used:
            raise AnswerError("", f"catalogs[{number}]", f"«{name}» is needed and not in use; say --catalog with its folder, or the package's name")
    if workload.stack:
        language, stacks = workload.stack.language, [stack.id for stack in STACKS]
        if language in {stack.id for stack in KNOWN} - set(stacks):
            raise AnswerError("", "stack.language", f"«{language}» is recognised and cannot be built yet; accepted: {_listed(stacks)}")
        _refuse("stack.language", language, stacks)
    for number, companion in enumerate(workload.companions):
        _refuse(f"companions[{number}].service", companion.service, [entry.id for entry in COMPANIONS])


def _refuse(key: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise AnswerError("", key, f"{visible(name)} is not accepted; accepted: {_listed(known)}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
