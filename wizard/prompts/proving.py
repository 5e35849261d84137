"""After writing: the offer to prove it at once, where an engine answers, else why not."""

from pathlib import Path

from wizard.prompts import words
from wizard.prompts.asker import Asker, Back, Prompt
from wizard.prove import offer as offering
from wizard.prove.offer import ELSEWHERE, Offer

PROVE = "Prove it now?"
_WHY = (
    "  A copy is built and started under a name of its own, beside what runs already. Each control looks at each\n"
    "  service, it is started again, they look again, and all of it is removed. Ctrl-C removes it as well."
)


def offer_proof(asker: Asker, folder: Path, away: bool) -> int:
    """Ask, and do it; the exit code. `away`: the files are not where the program is. Raises NoEngineError, Interrupted."""
    found = Offer(False, ELSEWHERE) if away else offering.offer()
    if not found.possible:
        asker.say("\n" + words.wrapped(f"Not proven yet: {found.words}"))
        return 0
    try:
        if not asker.confirm(Prompt(PROVE, found.words, _WHY), False):
            return 0
    except (Back, KeyboardInterrupt):
        return 0  # All that was to be written is written.
    from wizard.prove.command import run
    from wizard.prove.run import Options

    return run(folder, "", Options(), "text")
