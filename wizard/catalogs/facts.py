"""What stands in a `catalog.yaml`: companions, stacks and controls as plain facts. Their keys are those of the classes that they become."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from wizard.facts import Size
from wizard.flaw import Severity
from wizard.limits import SomeLimits
from wizard.text import plain
from wizard.value_types import AbsolutePath, CallGroup, Name, PackageManager, PortNumber, Variable, Version

Text = Annotated[str, Meta(min_length=3, max_length=2000)]
Owner = Annotated[str, Meta(pattern=r"^[0-9]{1,10}:[0-9]{1,10}$", description="UID:GID such as 999:999")]
ImageName = Annotated[str, Meta(pattern=r"^[a-z0-9]+([._/:-]+[a-zA-Z0-9_]+)*$", max_length=255, description="an image without its version")]
ImagePattern = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+([._/:-]+([a-zA-Z0-9_]+|\{version\}))*$",
        max_length=255,
        description="an image such as perl:{version}-slim",
    ),
]
FileName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$", description="a file below the folder")]
Project = Annotated[str, Meta(pattern=r"^\.?[A-Za-z0-9_-][A-Za-z0-9._/-]{0,99}$", description="the name of a file such as cpanfile")]
Group = Literal["databases", "caches", "messages", "proxies", "files and search", "watching", "sign-in and secrets"]
Words = tuple[str, ...]


class _Facts(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of what is written here: unknown keys are refused, and text that a terminal or a file would not show as it is."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            for text in _texts(getattr(self, name)):
                try:
                    plain(text, lines=True)
                except ValueError as error:
                    raise ValueError(f"{name}: {error}") from None


def _texts(value: Any) -> Iterator[str]:
    """All text in a value; other facts have looked at theirs."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _texts(key)
            yield from _texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)


class ScratchFact(_Facts, frozen=True, kw_only=True):
    """A folder that it writes and need not keep: a tmpfs of `size`."""

    path: AbsolutePath
    size: Size = "64M"
    why: Text


class KeptFact(_Facts, frozen=True, kw_only=True):
    """A folder whose content has to stay: a volume."""

    path: AbsolutePath
    why: Text
    declared: bool = True
    """Whether the image declares it as a volume itself."""


class SecretFact(_Facts, frozen=True, kw_only=True):
    """A random secret of its own: the variable by which the image is told the secret's file, and the one by which the app is."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,30}$", description="such as password")] = "password"
    file_variable: Variable | None = None
    handed_as: Variable | None = None


class CompanionFacts(_Facts, frozen=True, kw_only=True):
    """A companion. With `extends` it is another one with what is said here in its place; else everything up to `health` has to be said."""

    id: Name
    extends: Name | None = None
    replaces: bool = False
    title: Text | None = None
    group: Group | None = None
    image: ImageName | None = None
    version: Version | None = None
    port: PortNumber | None = None
    user: Owner | None = None
    health: Annotated[Words, Meta(min_length=1)] | None = None
    names: tuple[ImageName, ...] = ()
    also: tuple[PortNumber, ...] = ()
    start: (
        Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,32}(:[a-z0-9_-]{1,32})?$", description="the USER of the image, such as 0 or 999:999")] | None
    ) = None
    scratch: tuple[ScratchFact, ...] | None = None
    kept: tuple[KeptFact, ...] | None = None
    memory: Size | None = None
    command: Words = ()
    limits: SomeLimits | None = None
    environment: dict[Variable, str] = {}
    handed: dict[Variable, str] = {}
    """What the app is told to reach it by; {host} is its name on the network."""
    aliases: dict[Variable, str] = {}
    secrets: tuple[SecretFact, ...] = ()
    calls: tuple[CallGroup, ...] | None = None
    warnings: tuple[Text, ...] | None = None
    booted: Annotated[str, Meta(max_length=60)] = ""
    """The version that the team's own tests start, if they do."""


class OwnUserFact(_Facts, frozen=True, kw_only=True):
    """The non-root user that an image brings along."""

    name: Annotated[str, Meta(pattern=r"^[a-z_][a-z0-9_-]{0,31}$", description="a user's name")]
    uid: Annotated[int, Meta(ge=1, le=2_147_483_646)]
    gid: Annotated[int, Meta(ge=1, le=2_147_483_646)]


class DetectFacts(_Facts, frozen=True, kw_only=True):
    """What shows that a folder holds it: one of these files at its top; and where its version may be declared."""

    files: Annotated[tuple[Project, ...], Meta(min_length=1)]
    version_file: Project | None = None
    version_pattern: Annotated[str, Meta(max_length=200)] = r"(\d+(?:\.\d+)*)"
    """A regular expression whose first group is the version, searched line by line."""


class HealthFacts(_Facts, frozen=True, kw_only=True):
    """Checks that the last stage's own tools can make, in exec form: {url} and {port} are filled in."""

    http: Annotated[Words, Meta(min_length=1)]
    tcp: Annotated[Words, Meta(min_length=1)]
    path: Annotated[str, Meta(pattern=r"^/[A-Za-z0-9._~/-]{0,200}$", description="a path such as /health")] | None = None
    """What is asked where the folder says nothing else."""


class StackFacts(_Facts, frozen=True, kw_only=True):
    """A stack. With `extends` it is another one with what is said here in its place; else everything up to `health` has to be said."""

    id: Name
    extends: Name | None = None
    replaces: bool = False
    title: Text | None = None
    name: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    version: Version | None = None
    image: ImagePattern | None = None
    template: FileName | None = None
    detect: DetectFacts | None = None
    health: HealthFacts | None = None
    moving: ImagePattern | None = None
    """The image by a tag that moves, for where pinning is waived; else `image` with its version."""
    build_image: ImagePattern | None = None
    command: Words | None = None
    port: PortNumber | None = None
    user: OwnUserFact | None = None
    shell: bool | None = None
    unprivileged: bool | None = None
    environment: dict[Variable, str] = {}
    must_write: tuple[AbsolutePath, ...] | None = None
    given_away: tuple[AbsolutePath, ...] | None = None
    calls: tuple[CallGroup, ...] | None = None
    ignored: tuple[Annotated[str, Meta(pattern=r"^[A-Za-z0-9._*/?-]{1,80}$", description="a pattern of .dockerignore")], ...] = ()
    frameworks: tuple[Name, ...] | None = None
    package_managers: tuple[PackageManager, ...] | None = None
    built: Annotated[str, Meta(max_length=120)] = ""
    """Where it was seen to be built and run, if it was."""


class MustFact(_Facts, frozen=True, kw_only=True):
    """What every service has to have: a key of Compose and what it holds. Without a value any will do, and `example` says which."""

    key: Annotated[str, Meta(pattern=r"^[a-z][a-z_]{1,40}$", description="a key of a Compose service such as labels")]
    value: Any = None
    example: Annotated[str, Meta(max_length=200)] = ""


class ForbidFact(_Facts, frozen=True, kw_only=True):
    """What no service may have: a key of Compose of which the value, or an entry, is in `values`, matches `pattern` or does not match `unless`."""

    key: Annotated[str, Meta(pattern=r"^[a-z][a-z_]{1,40}$", description="a key of a Compose service such as image")]
    message: Text
    values: tuple[Any, ...] = ()
    pattern: Annotated[str, Meta(max_length=300)] | None = None
    unless: Annotated[str, Meta(max_length=300)] | None = None


class ProbeFact(_Facts, frozen=True, kw_only=True):
    """How a live container shows it: the way to a value in `docker inspect`, and what stands there."""

    what: Text
    inspect: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^[A-Za-z0-9_./-]{1,100}$", description="a key of docker inspect")], ...], Meta(min_length=1)
    ]
    expected: Annotated[str, Meta(max_length=200)]


class ControlFacts(_Facts, frozen=True, kw_only=True):
    """A control: the page that a person reads, and what it asks of every service."""

    id: Annotated[str, Meta(pattern=r"^[a-z]+(-[a-z]+)*$", description="words with dashes that read well after «waive», such as owner-label")]
    title: Text
    why: Text
    what_may_break: Text
    how_it_shows: Text
    references: Annotated[tuple[Text, ...], Meta(min_length=1)]
    step: Literal["enter", "run", "stay", "rise", "use-up", "spread", "take", "host"]
    stops: Text
    stands: Text
    severity: Severity = Severity.WARN
    must: tuple[MustFact, ...] = ()
    forbids: tuple[ForbidFact, ...] = ()
    remedy: Text | None = None
    probe: ProbeFact | None = None


class CatalogFacts(_Facts, frozen=True, kw_only=True):
    """A `catalog.yaml`."""

    catalog: Literal[1]
    name: Name
    companions: tuple[CompanionFacts, ...] = ()
    stacks: tuple[StackFacts, ...] = ()
    controls: tuple[ControlFacts, ...] = ()


def lacking(facts: Struct, *names: str) -> str:
    """The first of these keys that was not said; nothing where all were."""
    return next((name for name in names if getattr(facts, name) is None), "")
