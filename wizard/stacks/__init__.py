"""The language stacks, in the order in which a folder is asked: what brings a package.json for its pages alone stands before Node."""

from wizard.stack import KnownStack, LanguageStack
from wizard.stacks.bun import Bun
from wizard.stacks.deno import Deno
from wizard.stacks.dotnet import Dotnet
from wizard.stacks.elixir import Elixir
from wizard.stacks.go import Go
from wizard.stacks.java import Java
from wizard.stacks.node import Node
from wizard.stacks.php import Php
from wizard.stacks.python import Python
from wizard.stacks.ruby import Ruby
from wizard.stacks.rust import Rust
from wizard.stacks.static import Static

KNOWN: tuple[KnownStack, ...] = (
    Elixir(), Ruby(), Php(), Python(), Java(), Dotnet(), Rust(), Go(), Deno(), Bun(), Node(), Static(),
)  # fmt: skip
"""All that are recognised. One that gets a Dockerfile becomes a LanguageStack, and stands in STACKS by that."""

_OFFERED = ("python", "node", "go", "static")
STACKS: tuple[LanguageStack, ...] = tuple(
    sorted((stack for stack in KNOWN if isinstance(stack, LanguageStack)), key=lambda stack: (*_OFFERED, stack.id).index(stack.id))
)
"""Those that can be built, in the order in which they are offered."""


def stack_of(language: str) -> LanguageStack:
    """The stack with this id. Raises KeyError for an unknown one."""
    return {stack.id: stack for stack in STACKS}[language]
