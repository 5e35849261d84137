"""`seawall new` around the scaffold: recover, ask, show, write, say what to run next."""

import json
import os
import sys

from msgspec import Struct

from wizard.answers import Layer
from wizard.errors import UsageError
from wizard.finish import Finished, finish, note_lines, waived_lines
from wizard.scaffold import Outcome, Request, Session, begin, is_away, outcome, what_is_missing


class Options(Struct, frozen=True):
    """How to go about it."""

    ask: bool
    plain: bool = False
    dry_run: bool = False
    force: bool = False
    json: bool = False
    pin: bool = False
    join: bool = False


def make_service(request: Request, options: Options) -> int:
    """Run the main job. Raises UsageError; nothing is written then."""
    asks = _asks(options)
    _recover(request, options)
    session = begin(request)
    if options.pin:
        session = _by_digest(session)
    if options.join:
        session, request = _joined(session, request)
    force = options.force
    if asks and not _plain(options):
        from wizard.tui import run_wizard

        ended = run_wizard(session, request, write=not options.dry_run, force=force)
        if ended.finished:
            return _say(ended.finished, options)
        if not ended.agreed:
            return _left("; your answers are kept for the next time" if ended.kept else "")
        session, force, request = ended.session, ended.overwrite, ended.request or request
    elif asks:
        from wizard.prompts import ask

        agreed = ask(session, request)
        if agreed is None:
            return _left()
        session, force, request = agreed.session, options.force or agreed.overwrite, agreed.request
    result = outcome(session, request)
    if options.dry_run:
        sys.stdout.write(as_json(result, ()) if options.json else preview(result))
        return 0
    if result.plan.conflicts and not force:
        names = ", ".join(change.file.path for change in result.plan.conflicts)
        if not options.json:
            sys.stdout.write(preview(result))
        join = ", or --join to add to the Compose file that is there" if not request.join and _is_foreign(request, names) else ""
        raise UsageError(f"{request.output}: {names} would change; look at the diff (--dry-run), then say --force (a backup is kept){join}")
    code = _say(finish(result, request, session, force), options)
    if asks and _plain(options) and not options.json:
        from wizard.prompts import asker
        from wizard.prompts.proving import offer_proof

        return offer_proof(asker(), request.output, away=is_away(session, request))
    return code


def _joined(session: Session, request: Request) -> tuple[Session, Request]:
    """The same with the services added to the Compose file that is there. Raises UsageError where there is none."""
    from wizard.joining import base_of, offered
    from wizard.scaffold import joining

    if base_of(request.output) is None:
        raise UsageError(f"{request.output}: no Compose file is there to join; leave --join out")
    found = offered(request.output)
    return joining(session, request, found[0]) if found else (session, request)


def _is_foreign(request: Request, names: str) -> bool:
    from wizard.joining import base_of

    return base_of(request.output) in names.split(", ")


def _by_digest(session: Session) -> Session:
    """The session with the digests that this engine has of the project's images. Raises UsageError, NoEngineError."""
    from wizard.digests import local
    from wizard.engine.docker import Docker
    from wizard.resolve import resolve

    if problem := what_is_missing(session):
        raise UsageError(problem)
    return session.said(Layer("--pin-digests", {"digests": list(local(resolve(session.workload), Docker()))}))


def _say(finished: Finished, options: Options) -> int:
    sys.stdout.write(as_json(finished.outcome, finished.backups) if options.json else finished.text)
    return 0


def _left(kept: str = "") -> int:
    sys.stderr.write(f"seawall: nothing was written{kept}\n")
    return 130


def _asks(options: Options) -> bool:
    """Whether there is somebody to ask. Raises UsageError where there would have to be."""
    if not options.ask or (sys.stdin.isatty() and sys.stdout.isatty()):
        return options.ask
    if options.dry_run:
        return False
    raise UsageError("there is no terminal to ask on; say --yes to take what was found, or give --answers FILE")


def _plain(options: Options) -> bool:
    """Whether plain prompts ask: when asked for, and where a terminal cannot be drawn on (Textual draws on stderr)."""
    return options.plain or not sys.stderr.isatty() or os.environ.get("TERM", "").lower() in ("", "dumb", "unknown")


def _recover(request: Request, options: Options) -> None:
    """Complete or undo what a killed run left, before anything is asked."""
    from wizard.files import recover

    if not request.output.is_dir() or options.dry_run:
        return
    found = recover(request.output)
    if found.state != "nothing":
        sys.stderr.write(f"seawall: an interrupted run was {found.state}: {', '.join(found.paths)}\n")


def preview(result: Outcome) -> str:
    """What would be written: a list, then the diff of what changes."""
    lines = [f"{change.status:10} {change.file.path}" + (f"  +{change.added} -{change.removed}" if change.status == "changed" else "")
             for change in result.plan.changes]  # fmt: skip
    diffs = [change.diff() for change in result.plan.changes if change.status in ("new", "changed")]
    return "\n".join([*lines, "", *diffs, *note_lines(result), *waived_lines(result)]).rstrip("\n") + "\n"


def as_json(result: Outcome, backups: tuple[tuple[str, str], ...]) -> str:
    """The same for programs."""
    files = [{"path": change.file.path, "status": change.status} for change in result.plan.changes]
    notes = [{"control": control, "service": service, "message": message} for control, service, message in result.notes]
    return json.dumps({"files": files, "backups": dict(backups), "notes": notes}, ensure_ascii=False, indent=2) + "\n"
