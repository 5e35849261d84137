"""What a language stack is: what its folder looks like, and how its image is built. One file of `stacks/` each."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from msgspec import Struct, field

from wizard import templates
from wizard.folder import Evidence, Folder
from wizard.workload import Workload


class Detected(Struct, frozen=True):
    """What a folder says, as plain answers, each with its evidence; `reads` are variables the code asks for."""

    answers: Mapping[str, Any]
    evidence: tuple[Evidence, ...] = ()
    reads: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()
    """What was seen that may not work, in words."""
    told: Mapping[str, Any] = {}
    """What is worth telling and is no answer: other services of the folder, variables it reads, the package manager that is not built with."""
    cannot: str = ""
    """Why no Dockerfile can be made of it (yet), and what works, in one line; empty where one can."""
    strength: int = 3
    """How much speaks for this stack: 3 where it is known what starts it, 1 where there is a manifest alone."""

    @property
    def stack(self) -> Mapping[str, Any]:
        """What it is made of."""
        found: Mapping[str, Any] = self.answers.get("stack", {})
        return found


class OwnUser(Struct, frozen=True):
    """The non-root user an image brings along."""

    name: str
    uid: int
    gid: int


class SupportFile(Struct, frozen=True):
    """A file that the build needs beside the person's own."""

    path: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


class KnownStack(ABC):
    """A language whose projects are recognised. Those that can be built as well are a LanguageStack."""

    id: ClassVar[str]
    title: ClassVar[str]
    name: ClassVar[str]
    """What people call the language."""

    @abstractmethod
    def detect(self, folder: Folder) -> Detected | None:
        """What the folder says if it holds this stack, else None. Reads files only."""


class LanguageStack(KnownStack):
    """Facts and build of one language; the template is `templates/dockerfile/ID.j2`."""

    default_version: ClassVar[str]
    own_user: ClassVar[OwnUser | None] = None
    shell: ClassVar[bool] = True
    """Whether the last stage has a shell."""
    unprivileged: ClassVar[bool] = False
    """Whether its image starts as a user of its own and holds no setuid files."""
    calls: ClassVar[tuple[str, ...]] = ()
    """Groups of system calls (wizard.syscalls) that its runtime makes although most do not."""
    given_away: ClassVar[tuple[str, ...]] = ()
    """Folders of its image that belong to the very user it runs as."""
    default_command: ClassVar[tuple[str, ...] | None] = None
    """What starts it whatever the folder shows; empty where the image itself says, None where it has to be said."""
    must_write: ClassVar[tuple[str, ...]] = ()
    """Directories without which the runtime does not start."""
    secret_bytes: ClassVar[Mapping[str, int]] = {}
    """Random bytes of secrets that are taken in one length alone, by the variable that they are handed over as."""
    frameworks: ClassVar[tuple[str, ...]] = ()
    package_managers: ClassVar[tuple[str, ...]] = ()
    evidence: ClassVar[str] = ""
    """Where its facts were seen to hold."""
    template: ClassVar[str] = ""
    """The name of its template where that is not its id."""

    @abstractmethod
    def image(self, workload: Workload, pinned: bool = True) -> str:
        """The image that the last stage starts from, with its version, or the moving one."""

    def build_image(self, workload: Workload) -> str:
        """The image that the stages before the last one start from."""
        return self.image(workload)

    @abstractmethod
    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        """A health check in exec form that needs nothing but what the image has: of a URL, or of a TCP port."""

    def environment(self, workload: Workload) -> Mapping[str, str]:
        """Variables that let the runtime live on a read-only root, and the defaults of its ecosystem."""
        return {}

    def values(self, workload: Workload) -> Mapping[str, Any]:
        """What the template asks for beyond the workload."""
        return {}

    def files(self, workload: Workload) -> tuple[SupportFile, ...]:
        """Files that go beside the Dockerfile."""
        return ()

    def ignored(self) -> tuple[str, ...]:
        """Patterns for .dockerignore beyond the common ones."""
        return ()

    def dockerfile(self, values: Mapping[str, Any]) -> str:
        """The text of its Dockerfile; lines that `own()` starts belong to the control that it names."""
        return templates.render(f"dockerfile/{self.template or self.id}.j2", values)

    def left_out(self, workload: Workload) -> tuple[str, ...]:
        """The same for this very service."""
        return self.ignored()

    def usual_version(self, workload: Workload) -> str:
        """The version that is taken where none is asked for."""
        return self.default_version

    def not_built(self, manager: str | None = None, quirks: Sequence[str] = ()) -> str:
        """What of the way from a project with this package manager and these quirks to its image no test of Seawall has built yet, in words."""
        return ""

    def version(self, workload: Workload) -> str:
        """The version asked for, or the usual one."""
        return (workload.stack.version if workload.stack else None) or self.usual_version(workload)
