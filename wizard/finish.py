"""The end of the main job: the files written, and in words what was written and what to run next."""

from msgspec import Struct

from wizard.scaffold import Outcome, Request, Session
from wizard.wording import shown


class Finished(Struct, frozen=True):
    """What was written: the text that says so, (path, backup path) of files that were replaced, and commands to run next."""

    text: str
    backups: tuple[tuple[str, str], ...]
    written: tuple[str, ...]
    outcome: Outcome


def finish(result: Outcome, request: Request, session: Session, overwrite: bool) -> Finished:
    """Write the files of an outcome, all or none. Raises UsageError; what differs is replaced only with `overwrite`."""
    from wizard.files import write
    from wizard.own_files import remember
    from wizard.surroundings import let_others_read

    added = _added(result, request)
    written = write(result.plan, overwrite=overwrite)
    remember(result.plan, request.output)
    if request.join:
        from wizard import joining

        joining.remember(request.output, added)
    let_others_read(request.output, tuple(change.file.path for change in result.plan.changes if change.file.path.startswith(".seawall/")))
    there = not request.join or result.project.app.name in added
    return Finished(_done(result, request, session, dict(written.backups), there), written.backups, written.written, result)


def _added(result: Outcome, request: Request) -> frozenset[str]:
    """The services that come to be in somebody's Compose file."""
    if not request.join:
        return frozenset()
    from wizard.joining import added_to

    return added_to(request.output, request.join, result.project)


def note_lines(result: Outcome) -> list[str]:
    """What a person should know, a line each."""
    return [f"note: {service}: {shown(message)} [{control}]" for control, service, message in result.notes]


def waived_lines(result: Outcome) -> list[str]:
    """What still stands in the way of an attack for each control that was waived."""
    from wizard.chain import still_stands
    from wizard.controls import control_of

    waived = list(dict.fromkeys(waiver.control for waiver in result.project.workload.waivers))
    return [f"waived: {name}. {still_stands(control_of(name), waived)}" for name in waived]


def _done(result: Outcome, request: Request, session: Session, backups: dict[str, str], ours: bool) -> str:
    """What was written and what to run next; where the app is not `ours`, where it answers is its own matter."""
    said = []
    for change in result.plan.changes:
        if change.status in ("new", "changed"):
            kept = f"  (yours is kept as {backups[change.file.path]})" if change.file.path in backups else ""
            said.append(f"  {change.file.path}{kept}")
    place = "here" if str(request.output) == "." else f"in {shown(str(request.output))}"
    files = "1 file" if len(said) == 1 else f"{len(said)} files"
    lines = [f"Wrote {files} {place}:", *said] if said else [f"Nothing to change {place}."]
    kept_secrets = [change.file.path for change in result.plan.changes if change.status == "kept" and not change.file.path.endswith(".gitignore")]
    if kept_secrets:
        lines.append(f"Kept as they are: {', '.join(kept_secrets)}")
    lines += note_lines(result)
    lines += waived_lines(result)
    where = "" if str(request.output) == "." else f"cd {_quoted(str(request.output))} && "
    if request.output != request.folder and session.workload.stack:
        return "\n".join([*lines, "", f"Next: look at them, then copy them into {shown(str(request.folder))}: they build there."]) + "\n"
    lines += ["", "Next:", f"  {where}docker compose up --build --wait"]
    published = [port for port in session.workload.ports if port.publish and port.protocol == "tcp"]
    health = session.workload.health
    # What is known to answer no HTTP is not asked for a page.
    if published and ours and (health is None or health.http):
        address, number = published[0].host
        host = "127.0.0.1" if address in ("0.0.0.0", "::") else f"[{address}]" if ":" in address else address
        lines.append(f"  curl http://{host}:{number}{health.http if health else '/'}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote("".join(c if c.isprintable() else "?" for c in text))
