"""The start command that a folder shows, without what it would install at run time; what that was goes into the image."""

import re
import shlex

from wizard.clues.commands import words
from wizard.clues.companions import COMPOSE
from wizard.clues.findings import Findings
from wizard.errors import UsageError
from wizard.folder import Evidence
from wizard.run_time_installs import debian_packages, in_script, moved
from wizard.spelling import Data
from wizard.value_types import WITH_APT

_INSTALLS = re.compile(r"command:[^\n]{0,20}(?:\n[^\n]{0,300}){0,4}?(?:install|apt|apk|sync|\badd\b|npx)")
"""Reading a Compose file takes longer than all the rest: only one whose commands may install something is read."""
_WHY = "when it starts, without root, a way out or a place to write it to"


def start_words(found: Findings, language: str, line: str, file: str, number: int, port: int) -> list[str]:
    """The words of a start command, for the image that the stack builds; beside it, what was moved and what cannot be."""
    build = shlex.join(found.answers.get("stack", {}).get("build", ()))
    taken = moved(line, language, (build,) if build else ())
    where = f"{file}:{number}"
    _into_image(found, language, taken.packages, file, number)
    if taken.packages:
        found.warn(f"{where} installs {', '.join(taken.packages)} {_WHY}: the image has it in place of that")
    if own := [step for step in taken.steps if debian_packages(step) is None]:
        found.warn(f"{where} runs «{'; '.join(own)}» {_WHY}: the build does it in place of that")
    for step in taken.stay:
        found.warn(f"{where} runs «{step}» {_WHY}: move it into the build, or what it fetches into the packages")
    command = words(taken.line, port)
    for word in command[:3]:
        _script(found, language, word.removeprefix("./"))
    return command


def look_into_compose(found: Findings, language: str) -> None:
    """What commands of a person's Compose file install, for services that are built."""
    from wizard.yaml_read import line_of, load_mapping

    for name in COMPOSE:
        text = found.folder.text(name)
        try:
            services = load_mapping(text, name).get("services") if _INSTALLS.search(text) else None
        except UsageError:
            continue
        for service, fragment in services.items() if isinstance(services, dict) else ():
            if isinstance(fragment, dict) and "build" in fragment and (command := fragment.get("command")):
                line = str(command[-1] if isinstance(command, list) else command)
                inner = re.fullmatch(r"(?:/bin/)?(?:ba)?sh\s+-c\s+([\"'])(.*)\1", line)
                start_words(found, language, inner[2] if inner else line, name, line_of(text, f"services.{service}.command"), 0)


def _script(found: Findings, language: str, name: str) -> None:
    text = found.folder.text(name)
    if not text or not (name.endswith((".sh", ".bash")) or re.match(r"#!.*\b(?:ba|da)?sh\b", text)):
        return
    for number, step, packages in in_script(text):
        _into_image(found, language, packages, name, number)
        there = ": the image has it now" if packages and language in WITH_APT else ""
        found.warn(f"{name}:{number} runs «{step}» {_WHY}{there}; take it out of the script")


def _into_image(found: Findings, language: str, packages: tuple[str, ...], file: str, number: int) -> None:
    if not packages or language not in WITH_APT:
        return
    stack: dict[str, Data] = found.answers.setdefault("stack", {})
    stack["system_packages"] = list(dict.fromkeys([*stack.get("system_packages", ()), *packages]))
    found.evidence.append(Evidence("stack.system_packages", file, number))
