"""The language stacks, in the order in which a folder is asked: what brings a package.json for its pages alone stands before Node."""

from functools import cache
from typing import TYPE_CHECKING

from wizard.catalog import chosen, with_own
from wizard.stack import KnownStack, LanguageStack
from wizard.stacks.bun import Bun
from wizard.stacks.deno import Deno
from wizard.stacks.dotnet import Dotnet
from wizard.stacks.elixir import Elixir
from wizard.stacks.go import Go
from wizard.stacks.java import Java
from wizard.stacks.node import Node
from wizard.stacks.others import OTHERS
from wizard.stacks.php import Php
from wizard.stacks.python import Python
from wizard.stacks.ruby import Ruby
from wizard.stacks.rust import Rust
from wizard.stacks.static import Static

BUILT_IN: tuple[KnownStack, ...] = (
    Elixir(), Ruby(), Php(), Python(), Java(), Dotnet(), Rust(), Go(), Deno(), Bun(), Node(), Static(),
)  # fmt: skip
_OFFERED = ("python", "node", "go", "java", "php", "ruby", "rust", "dotnet", "elixir", "bun", "deno", "static")


@cache
def _known() -> tuple[KnownStack, ...]:
    known = with_own(BUILT_IN, (stack for catalog in chosen() for stack in catalog.stacks), first=True)
    return (*known, *(stack for stack in OTHERS if stack.id not in {other.id for other in known}))


@cache
def _stacks() -> tuple[LanguageStack, ...]:
    built = (stack for stack in _known() if isinstance(stack, LanguageStack))
    return tuple(sorted(built, key=lambda stack: (*_OFFERED, stack.id).index(stack.id)))


if TYPE_CHECKING:
    KNOWN: tuple[KnownStack, ...]
    """All that are recognised, those of the catalogs in use first. One that gets a Dockerfile becomes a LanguageStack, which puts it into STACKS."""
    STACKS: tuple[LanguageStack, ...]
    """Those that can be built, in the order in which they are offered."""
else:

    def __getattr__(name: str) -> tuple[KnownStack, ...]:
        """KNOWN and STACKS are put together when they are first asked for, so that a catalog can be made of what is in this package."""
        if name not in ("KNOWN", "STACKS"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return _known() if name == "KNOWN" else _stacks()


def stack_of(language: str) -> LanguageStack:
    """The stack with this id. Raises KeyError for an unknown one."""
    return {stack.id: stack for stack in _stacks()}[language]
