"""From arguments to an exit code: the outermost edge, where every failure becomes one line."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from wizard.errors import SeawallError


def run(arguments: Sequence[str]) -> int:
    """Run one command; the exit code. Every failure a person can cause ends as one line on stderr."""
    try:
        code = _open(arguments[0] if arguments else ".") if _means_a_folder(arguments) else _command(arguments)
        sys.stdout.flush()
        return code
    except SeawallError as error:
        return _say(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _say("interrupted", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _say(f"{where}{error.strerror or error}", 2)
    except Exception as error:
        if os.environ.get("SEAWALL_DEBUG"):
            raise
        kind = type(error).__name__
        return _say(f"internal error, please report it ({kind}: {error}); SEAWALL_DEBUG=1 shows where", 1)


def _means_a_folder(arguments: Sequence[str]) -> bool:
    """Whether the folder that one is in, or one that cannot be a command, is all that was said."""
    if os.environ.get("SEAWALL_CATALOG"):
        return False
    return not arguments or (len(arguments) == 1 and os.sep in arguments[0] and os.path.isdir(arguments[0]))


def _open(folder: str) -> int:
    """What `seawall new FOLDER` does, without the time that click takes to import: the first question comes sooner."""
    from wizard.new import Options, make_service
    from wizard.scaffold import Request

    return make_service(Request(Path(folder), Path(folder)), Options(ask=True))


def _command(arguments: Sequence[str]) -> int:
    from wizard.cli import command

    return command(arguments)


def _say(message: str, code: int) -> int:
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in message)
    sys.stderr.write(f"seawall: {line}\n")
    return code
