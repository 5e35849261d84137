"""`seawall new` around the scaffold: recover, ask, show, write, say what to run next."""

import json
from dataclasses import dataclass

import click

from wizard.errors import UsageError
from wizard.scaffold import Outcome, Request, Session, begin, outcome


@dataclass(frozen=True)
class Options:
    """How to go about it."""

    ask: bool
    plain: bool = False
    dry_run: bool = False
    force: bool = False
    json: bool = False


def make_service(request: Request, options: Options) -> int:
    """Run the main job. Raises UsageError; nothing is written then."""
    _recover(request, options)
    session = begin(request)
    force = options.force
    if options.ask:
        from wizard.prompts import ask

        agreed = ask(session, request)
        if agreed is None:
            click.echo("seawall: nothing was written", err=True)
            return 130
        session, force = agreed.session, options.force or agreed.overwrite
    result = outcome(session, request)
    if options.dry_run:
        click.echo(as_json(result, ()) if options.json else preview(result), nl=False)
        return 0
    if result.plan.conflicts and not force:
        names = ", ".join(change.file.path for change in result.plan.conflicts)
        if not options.json:
            click.echo(preview(result), nl=False)
        raise UsageError(f"{request.output}: {names} would change; look at the diff (--dry-run), then say --force (a backup is kept)")
    from wizard.files import write
    from wizard.surroundings import let_others_read

    written = write(result.plan, overwrite=force)
    let_others_read(request.output, tuple(change.file.path for change in result.plan.changes if change.file.path.startswith(".seawall/")))
    if options.json:
        click.echo(as_json(result, written.backups), nl=False)
    else:
        click.echo(_done(result, request, session, dict(written.backups)), nl=False)
    return 0


def _recover(request: Request, options: Options) -> None:
    """Complete or undo what a killed run left, before anything is asked."""
    from wizard.files import recover

    if not request.output.is_dir() or options.dry_run:
        return
    found = recover(request.output)
    if found.state != "nothing":
        click.echo(f"seawall: an interrupted run was {found.state}: {', '.join(found.paths)}", err=True)


def preview(result: Outcome) -> str:
    """What would be written: a list, then the diff of what changes."""
    lines = [f"{change.status:10} {change.file.path}" + (f"  +{change.added} -{change.removed}" if change.status == "changed" else "")
             for change in result.plan.changes]  # fmt: skip
    diffs = [change.diff() for change in result.plan.changes if change.status in ("new", "changed")]
    return "\n".join([*lines, "", *diffs, *_notes(result)]).rstrip("\n") + "\n"


def _notes(result: Outcome) -> list[str]:
    return [f"note: {service}: {message} [{control}]" for control, service, message in result.notes]


def _done(result: Outcome, request: Request, session: Session, backups: dict[str, str]) -> str:
    said = []
    for change in result.plan.changes:
        if change.status in ("new", "changed"):
            kept = f"  (yours is kept as {backups[change.file.path]})" if change.file.path in backups else ""
            said.append(f"  {change.file.path}{kept}")
    place = "here" if str(request.output) == "." else f"in {request.output}"
    files = "1 file" if len(said) == 1 else f"{len(said)} files"
    lines = [f"Wrote {files} {place}:", *said] if said else [f"Nothing to change {place}."]
    kept_secrets = [change.file.path for change in result.plan.changes if change.status == "kept" and not change.file.path.endswith(".gitignore")]
    if kept_secrets:
        lines.append(f"Kept as they are: {', '.join(kept_secrets)}")
    lines += _notes(result)
    where = "" if str(request.output) == "." else f"cd {_quoted(str(request.output))} && "
    if request.output != request.folder and session.workload.stack:
        return "\n".join([*lines, "", f"Next: look at them, then copy them into {request.folder}: they build there."]) + "\n"
    lines += ["", "Next:", f"  {where}docker compose up --build --wait"]
    published = [port for port in session.workload.ports if port.publish and port.protocol == "tcp"]
    if published:
        address, number = published[0].host
        shown = "127.0.0.1" if address in ("0.0.0.0", "::") else f"[{address}]" if ":" in address else address
        health = session.workload.health
        lines.append(f"  curl http://{shown}:{number}{health.http if health and health.http else '/'}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote("".join(c if c.isprintable() else "?" for c in text))


def as_json(result: Outcome, backups: tuple[tuple[str, str], ...]) -> str:
    """The same for programs."""
    files = [{"path": change.file.path, "status": change.status} for change in result.plan.changes]
    notes = [{"control": control, "service": service, "message": message} for control, service, message in result.notes]
    return json.dumps({"files": files, "backups": dict(backups), "notes": notes}, ensure_ascii=False, indent=2) + "\n"
