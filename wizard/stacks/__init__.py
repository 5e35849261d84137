"""The language stacks, in the order in which a folder is asked."""

from wizard.stack import LanguageStack
from wizard.stacks.go import Go
from wizard.stacks.node import Node
from wizard.stacks.python import Python
from wizard.stacks.static import Static

STACKS: tuple[LanguageStack, ...] = (Python(), Node(), Go(), Static())


def stack_of(language: str) -> LanguageStack:
    """The stack with this id. Raises KeyError for an unknown one."""
    return {stack.id: stack for stack in STACKS}[language]
