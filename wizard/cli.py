"""The command line: what each command takes. Imports what a command needs inside it."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from wizard import __version__
from wizard.cli_parsing import CATALOG, FORMAT, STILL, Anything, NewByDefault
from wizard.errors import Interrupted, UsageError

EPILOG = "Exit: 0 done, 1 findings, 2 bad input, 3 no container engine, 130 interrupted."


@click.group(cls=NewByDefault, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="seawall", message="%(prog)s %(version)s")
@click.option("--no-color", is_flag=True, help="No colours (also: the variable NO_COLOR).")
def cli(no_color: bool) -> None:
    """Scaffold hardened container services that were seen to work.

    Without a command: `new` for the folder you are in.
    """
    if no_color:
        os.environ["NO_COLOR"] = "1"


@cli.command()
@click.argument("folder", default=".", metavar="[DIR]")
@click.option("--answers", metavar="FILE|-", help="Answers from a seawall.yaml; - reads them from standard input.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="One answer; lists: ports=8000,8443 or ports+=9000.")
@click.option("--waive", "waivers", multiple=True, metavar="CONTROL=REASON", help="Leave a control out, with the reason.")
@click.option("--yes", is_flag=True, help="Ask nothing: take what was said, found or is the default.")
@click.option("--plain", is_flag=True, help="Ask with plain prompts, one after the other (for screen readers, too).")
@STILL
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--output", metavar="DIR", help="Write there instead of into the project.")
@click.option("--force", is_flag=True, help="Replace files that differ; each is kept as NAME.orig.")
@click.option("--join", is_flag=True, help="Add the services to the Compose file that is there; what is in it stays as it is.")
@click.option("--pin-digests", is_flag=True, help="Ask this engine for the digests of the images, and name them by these.")
@click.option("--annotate/--no-annotate", default=True, help="Reasons as comments in the files (on by default).")
@FORMAT
@CATALOG
def new(
    folder: str, answers: str | None, settings: tuple[str, ...], waivers: tuple[str, ...], yes: bool, plain: bool,
    no_animation: bool, dry_run: bool, output: str | None, force: bool, join: bool, pin_digests: bool, annotate: bool, form: str,
) -> int:  # fmt: skip
    """Make a hardened Dockerfile and compose.yaml for the service in DIR."""
    _stand_still(no_animation)
    from wizard.new import Options, make_service
    from wizard.scaffold import Request

    text = _answers_text(answers) if answers else None
    request = Request(_path(folder), _path(folder if output is None else output), settings, waivers, text, answers or "", annotate)
    return make_service(
        request, Options(ask=not (yes or answers), plain=plain, dry_run=dry_run, force=force, json=form == "json", pin=pin_digests, join=join)
    )


@cli.command()
@click.argument("folder", default=".", metavar="DIR")
@FORMAT
@CATALOG
def detect(folder: str, form: str) -> None:
    """Say what a folder shows: stack, command, ports, and where each was seen."""
    from wizard.reports import detected

    click.echo(detected(_path(folder), form), nl=False)


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--fail-on", type=click.Choice(["stop", "invalid", "warn", "info"]), default="invalid", help="From which severity on it fails (exit 1)."
)
@click.option("--running", is_flag=True, help="Judge the containers that run on the engine, by what the kernel shows of them, in place of files.")
@click.option("--baseline", metavar="FILE", help="Leave out the findings that this file holds.")
@click.option("--write-baseline", metavar="FILE", help="Write the findings of today to a file, for --baseline.")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text", help="How to report.")
@CATALOG
def check(paths: tuple[str, ...], fail_on: str, running: bool, baseline: str | None, write_baseline: str | None, form: str) -> int:
    """Judge Dockerfiles and Compose files by the same controls; folders are searched.

    Nothing is run and nothing is fetched. What cannot be known from the files is reported as unknown.
    """
    if running and (paths or baseline or write_baseline):
        raise UsageError("check --running judges containers: give it neither a PATH nor a baseline")
    from wizard.check.command import Options, run
    from wizard.control import Severity

    options = Options(Severity(fail_on), form, _path(baseline) if baseline else None, _path(write_baseline) if write_baseline else None)
    if running:
        from wizard.prove.all_running import run as run_on_engine

        result = run_on_engine(options)
    else:
        result = run([_path(path) for path in paths or (".",)], options)
    for piece in result.pieces:
        click.echo(piece, nl=False)
    for problem in result.problems:
        click.echo(f"seawall: {problem}", err=True)
    return result.code


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--apply", is_flag=True, help="Write it; each file that is replaced is kept as NAME.orig.")
@click.option("--safe", is_flag=True, help="Leave out what changes the service for those who use it (marked with !).")
@click.option("--interactive", is_flag=True, help="Ask about each change, with its reason; then whether to write it.")
@click.option("--take-over-volumes", is_flag=True, help="Give what volumes hold to the user that a service gets (stops it, runs chown once).")
@click.option(
    "--fail-on", type=click.Choice(["stop", "invalid", "warn", "info"]), default="invalid", help="From which severity on what is left fails (exit 1)."
)
@FORMAT
@CATALOG
def fix(paths: tuple[str, ...], apply: bool, safe: bool, interactive: bool, take_over_volumes: bool, fail_on: str, form: str) -> int:
    """Harden Dockerfiles and Compose files that are there: print the diff, or write it.

    Only what is known to go on working is changed; the rest is left to you, with the reason and the lines.
    """
    from wizard.control import Severity
    from wizard.fix.command import Options, run

    options = Options(apply, safe, interactive, take_over_volumes, Severity(fail_on), form == "json")
    result = run([_path(path) for path in paths or (".",)], options)
    click.echo(result.text, nl=False)
    for problem in result.problems:
        click.echo(f"seawall: {problem}", err=True)
    return result.code


@cli.command()
@click.argument("folder", default=".", metavar="[DIR]")
@click.option("--container", metavar="NAME", help="Look at a container that runs; nothing in it is changed, and it is not restarted.")
@click.option("--keep", is_flag=True, help="Leave it running, with its volumes.")
@click.option("--wait", "patience", type=click.FloatRange(1, 3600), default=180, metavar="SECONDS", help="How long it may take to get healthy (180).")
@click.option("--format", "form", type=click.Choice(["text", "json", "junit", "html"]), default="text", help="How to report.")
@CATALOG
def prove(folder: str, container: str | None, keep: bool, patience: float, form: str) -> int:
    """Build and start a Compose project, and show on the engine that it is hardened and works.

    It runs under a name of its own, beside what runs already; each control looks at each service, it is restarted, and they look again. Then
    all of it is removed, volumes too. DIR may be a Compose file. Works for any project; with a seawall.yaml also where it differs from that.
    """
    from wizard.prove.command import run
    from wizard.prove.run import Options

    return run(_path(folder), container or "", Options(keep, patience), form)


@cli.command(options_metavar="[OPTIONS]", epilog="To start an image with other words: seawall observe --image IMAGE -- COMMAND...")
@click.argument("words", nargs=-1, metavar="[DIR]")
@click.option("--image", metavar="IMAGE", help="Observe an image by itself.")
@click.option("--service", default="", metavar="NAME", help="Which service of a Compose file.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="One answer, as for `new`.")
@click.option("--exercise", default="", metavar="CMD", help="A shell command that uses it (ADDRESS, PORT, PORT_8000, CONTAINER); exit 0: it works.")
@click.option("--seconds", type=click.FloatRange(0.5, 86400), metavar="SECONDS", help="How long it is watched once it is up (20).")
@click.option("--quick", is_flag=True, help="Leave nothing out: whether all that was seen is needed stays open.")
@click.option("--wait", "patience", type=click.FloatRange(1, 3600), default=120, metavar="SECONDS", help="How long it may take to get healthy (120).")
@click.option("--apply", is_flag=True, help="Write what was found into seawall.yaml.")
@FORMAT
@CATALOG
def observe(
    words: tuple[str, ...], image: str | None, service: str, settings: tuple[str, ...], exercise: str, seconds: float | None, quick: bool,
    patience: float, apply: bool, form: str,
) -> int:  # fmt: skip
    """Find out what a service needs: run it loosely and watch, then hardened with what was seen, and leave each thing out once.

    It runs beside what runs already, with a writable root and the default capabilities, its ports on this host's loopback. On a terminal you
    use it until Enter; or --exercise does. What it wrote, who it ran as and what it listened on become answers for seawall.yaml.
    """
    from wizard.observe.command import Shown, run
    from wizard.observe.run import Options
    from wizard.observe.starting import Asked

    if not image and len(words) > 1:
        raise UsageError("observe takes one DIR; words to start go with --image IMAGE -- COMMAND...")
    by_hand = not exercise and seconds is None and form == "text" and sys.stdin.isatty() and sys.stdout.isatty()
    asked = Asked(_path("." if image or not words else words[0]), image or "", words if image else (), service, settings)
    return run(asked, Options(seconds or 20, exercise, quick, by_hand, patience), Shown(apply, form))


@cli.command()
@FORMAT
@CATALOG
def controls(form: str) -> None:
    """List the controls."""
    from wizard.reports import controls as report

    click.echo(report(form), nl=False)


@cli.command()
@FORMAT
@CATALOG
def stacks(form: str) -> None:
    """List the language stacks."""
    from wizard.reports import stacks as report

    click.echo(report(form), nl=False)


@cli.command()
@FORMAT
@CATALOG
def companions(form: str) -> None:
    """List the companions: services that an app works with."""
    from wizard.reports import companions as report

    click.echo(report(form), nl=False)


@cli.command(cls=Anything, options_metavar="[--format text|json] [--decode] [--catalog FOLDER|NAME]")
@click.argument("topic", nargs=-1, metavar="[TOPIC]")
@click.option("--decode", is_flag=True, help="TOPIC is sets of capabilities: digits, or lines of /proc/PID/status; - reads them from standard input.")
@FORMAT
@CATALOG
def explain(topic: tuple[str, ...], decode: bool, form: str) -> None:
    """Say why something is there, what may break and how it shows.

    TOPIC is a control, a setting of Compose, an option of docker run, an instruction of a Dockerfile, a capability, or what you see: the
    line with the error.
    """
    from wizard.explain import bold, explained, plain, taken_apart

    strong = bold if _may_be_bold() else plain
    if decode:
        text = sys.stdin.buffer.read(1 << 16).decode("utf-8", "replace") if topic == ("-",) else " ".join(topic)
        click.echo(taken_apart(text, form, strong), nl=False)
    else:
        click.echo(explained(" ".join(topic) if topic else None, form, strong), nl=False)


def _may_be_bold() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


@cli.command()
@FORMAT
def doctor(form: str) -> int:
    """Say what the engine, kernel and Compose here can enforce, and what not."""
    from wizard.reports import examined

    text, whole = examined(form)
    click.echo(text, nl=False)
    return 0 if whole else 1


@cli.command()
@click.argument("control", required=False, metavar="[CONTROL]")
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--replay", is_flag=True, help="Show what was recorded, as is done where there is no engine.")
@FORMAT
@CATALOG
def demo(control: str | None, name: str | None, replay: bool, form: str) -> int:
    """Show on the engine what a control stops: the attack without it, then with it.

    Without CONTROL: which attacks and mistakes there are. NAME is one of several. All of it is bounded, speaks to this machine alone, and
    is removed when it is over.
    """
    from wizard.demo_report import Show, listed

    if control is None:
        click.echo(listed(form), nl=False)
        return 0
    show = Show(control, name, replay)
    try:
        for piece in show.told(form):
            click.echo(piece, nl=False)
            sys.stdout.flush()
    except KeyboardInterrupt:
        raise Interrupted("interrupted; what was started is removed") from None
    if show.missing:
        click.echo(f"seawall: {show.missing}", err=True)
    return 0 if show.held else 1


@cli.command()
@click.argument("control", required=False, metavar="[CONTROL]")
@FORMAT
@CATALOG
def learn(control: str | None, form: str) -> int:
    """Learn by mistakes: see a wrong configuration, say what it shows and what mends it; the engine has the answer."""
    from wizard.learn import learn as give

    return give(control, form)


@cli.command()
@click.argument("search", required=False, default="", metavar="[WORDS]")
@STILL
@CATALOG
def handbook(search: str, no_animation: bool) -> None:
    """Browse and search all controls in the terminal; needs no project."""
    _stand_still(no_animation)
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise UsageError("there is no terminal to browse in; seawall explain lists the controls")
    from wizard.tui import browse

    browse(search)


@cli.command()
@CATALOG
def schema() -> None:
    """Print the JSON Schema of seawall.yaml."""
    from wizard.reports import schema as report

    click.echo(report(), nl=False)


def _stand_still(wanted: bool) -> None:
    """Textual reads this when it is imported."""
    if wanted:
        os.environ["TEXTUAL_ANIMATIONS"] = "none"


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise UsageError("an empty path; give the folder of the project")
    return Path(text)


def _answers_text(name: str) -> str:
    from wizard.yaml_read import LARGEST, decoded, read_text

    if name == "-":
        return decoded(sys.stdin.buffer.read(LARGEST + 1), "standard input")
    return read_text(Path(name), name)


def command(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. Raises SeawallError, also for what click refuses."""
    try:
        result: Any = cli.main(list(arguments), prog_name="seawall", standalone_mode=False)
    except click.Abort as error:
        raise Interrupted("interrupted; nothing was written") from error
    except click.ClickException as error:
        raise UsageError(" ".join(error.format_message().split()) + "; see seawall --help") from error
    return result if isinstance(result, int) else 0
