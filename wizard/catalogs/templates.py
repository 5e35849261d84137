"""Templates of catalogs: Jinja in its sandbox, in which nothing gets into a Dockerfile but through a filter that quotes it."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard import templates
from wizard.errors import UsageError

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

WRITTEN = ("image", "build_image", "labels", "environment", "chown", "root", "rootfs", "user", "expose", "command")
"""Values that are whole instructions or checked names, made by Seawall: they stand as they are. All others have to be quoted."""


class Quoted(str):
    """Text that may stand in a Dockerfile as it is."""

    __slots__ = ()


def render(folder: Path, name: str, values: Mapping[str, Any]) -> str:
    """The text of the template `name` below `folder`. Raises UsageError with file and line for what is wrong in it."""
    from jinja2 import TemplateError, TemplateSyntaxError
    from jinja2.exceptions import SecurityError, TemplateNotFound

    ready = {key: Quoted(value) if key in WRITTEN else value for key, value in values.items()}
    try:
        return str(_environment(folder).get_template(name).render(ready))
    except TemplateNotFound as error:
        raise UsageError(f"{folder}: there is no template {error.name}") from None
    except TemplateSyntaxError as error:
        raise UsageError(f"{folder / (error.name or name)}:{error.lineno}: {error.message}") from None
    except (TemplateError, SecurityError, ValueError, TypeError) as error:
        raise UsageError(f"{folder / name}: {error}") from None


@lru_cache(8)
def _environment(folder: Path) -> "ImmutableSandboxedEnvironment":
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False, finalize=_finished,
    )  # fmt: skip
    environment.filters |= {"word": _word, "words": _words, "json": _json, "exec_form": _json}
    environment.globals |= {"own": lambda control: Quoted(templates.MARK + _word(control))}
    return environment


def _finished(value: Any) -> Any:
    """What an expression gives, on its way into the text."""
    from jinja2 import Undefined

    if isinstance(value, (Quoted, Undefined)) or value == "":
        return value
    raise ValueError(f"{value!r} would stand in the file as it is; accepted: a filter behind it, | word, | words or | json")


def _word(text: Any) -> Quoted:
    return Quoted(templates.word(str(text)))


def _words(texts: Iterable[Any]) -> Quoted:
    return Quoted(" ".join(_word(text) for text in texts))


def _json(data: Any) -> Quoted:
    return Quoted(templates.to_json(data))
