"""How a command line is taken apart: commands that may be left out, options that several commands have."""

import os
from collections.abc import Container

import click

from wizard.errors import UsageError
from wizard.text import visible

STILL = click.option("--no-animation", is_flag=True, help="Nothing moves by itself on the screen.")
FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to report.")


def _take_catalogs(ctx: click.Context, option: click.Parameter, names: tuple[str, ...]) -> None:
    """Before anything is listed: what there is depends on them."""
    if names or os.environ.get("SEAWALL_CATALOG"):
        from wizard.catalog import choose
        from wizard.catalogs import from_environment, load

        choose(load((*from_environment(), *names)))


CATALOG = click.option(
    "--catalog", multiple=True, metavar="FOLDER|NAME", expose_value=False, is_eager=True, callback=_take_catalogs,
    help="Use a team's own stacks, companions, controls and answers: ./FOLDER, or an installed package's NAME.",
)  # fmt: skip


class NewByDefault(click.Group):
    """A group in which `seawall DIR` and `seawall --yes` mean `seawall new ...`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        args = _catalogs_behind(args, self.commands)
        rest = [argument for argument in args if argument != "--no-color"]
        if rest and not rest[0].startswith("-") and rest[0] not in self.commands and not os.path.exists(rest[0]):
            import difflib

            close = difflib.get_close_matches(rest[0], self.commands, 1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise UsageError(f"{visible(rest[0])} is no command and no folder{hint}; see seawall --help")
        if not rest or (rest[0] not in own and rest[0] not in self.commands):
            args = ["new", *args]
        return super().parse_args(ctx, args)


def _catalogs_behind(args: list[str], commands: Container[str]) -> list[str]:
    """`--catalog X check ...` as `check --catalog X ...`: it belongs to the command, and people say it first."""
    at = 0
    while at < len(args) and (args[at] == "--catalog" or args[at].startswith("--catalog=")):
        at += 2 if args[at] == "--catalog" else 1
    return [args[at], *args[:at], *args[at + 1 :]] if 0 < at < len(args) and args[at] in commands else args


class Anything(click.Command):
    """A command whose arguments may look like options of another one (`explain --cap-drop ALL`): only its own are options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own: list[str] = ["--help"] if args == ["-h"] else []
        rest: list[str] = []
        left = [] if own else list(args)
        while left:
            argument = left.pop(0)
            if argument == "--":
                rest += left
                break
            if argument in ("--decode", "--help") or argument.startswith(("--format=", "--catalog=")):
                own.append(argument)
            elif argument in ("--format", "--catalog"):
                own += [argument, *left[:1]]
                del left[:1]
            else:
                rest.append(argument)
        return super().parse_args(ctx, [*own, "--", *rest])
