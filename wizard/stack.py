"""What a language stack is: what its folder looks like, and how its image is built. One file of `stacks/` each."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from msgspec import Struct, field

from wizard import templates
from wizard.errors import AnswerError, UsageError
from wizard.folder import Evidence, Folder
from wizard.known_image import Pace
from wizard.value_types import RuntimeName
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


class Runtime(Struct, frozen=True):
    """A kind of image that the last stage can start from, and what is lost with it."""

    id: RuntimeName
    title: str
    lost: str
    """What people are used to and it lacks."""
    own_user: OwnUser | None = None
    shell: bool = True
    """Whether it has a shell, and the tools that a RUN instruction takes."""
    unprivileged: bool = False
    """Whether it starts as a user of its own and holds no setuid files."""
    given_away: tuple[str, ...] = ()
    """Folders of it that belong to the very user it runs as."""
    evidence: str = ""
    """Where its facts were seen to hold."""


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


FURTHER = ("packages", "system_packages", "extensions", "arguments", "source")
"""Facts of `stack` that only some stacks take: see `LanguageStack.takes`."""


class LanguageStack(KnownStack):
    """Facts and build of one language; the template is `templates/dockerfile/ID.j2`."""

    default_version: ClassVar[str]
    runtimes: ClassVar[tuple[Runtime, ...]] = ()
    """The kinds of image that it runs on, where a person may choose: the usual one first. Without any, the next four facts say what its image is."""
    own_user: ClassVar[OwnUser | None] = None
    shell: ClassVar[bool] = True
    """Whether the last stage has a shell."""
    unprivileged: ClassVar[bool] = False
    """Whether its image starts as a user of its own and holds no setuid files."""
    given_away: ClassVar[tuple[str, ...]] = ()
    """Folders of its image that belong to the very user it runs as, or that everybody may write."""
    calls: ClassVar[tuple[str, ...]] = ()
    """Groups of system calls (wizard.syscalls) that its runtime makes although most do not."""
    default_command: ClassVar[tuple[str, ...] | None] = None
    """What starts it whatever the folder shows; empty where the image itself says, None where it has to be said."""
    pace: ClassVar[Pace] = Pace()
    """How its health check is asked, and how long a first start may take until failures count."""
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
    takes: ClassVar[frozenset[str]] = frozenset()
    """Answers of its own that its build takes, of `FURTHER`; they are asked for it alone."""

    @abstractmethod
    def image(self, workload: Workload, pinned: bool = True) -> str:
        """The image that the last stage starts from, with its version, or the moving one."""

    def runtime(self, workload: Workload) -> Runtime:
        """What is known of the image that the last stage starts from. Raises UsageError for a kind that is not offered."""
        offered = self.runtimes or (Runtime("slim", "", "", self.own_user, self.shell, self.unprivileged, self.given_away),)
        asked = workload.stack.runtime if workload.stack else None
        found = next((runtime for runtime in offered if asked in (None, runtime.id)), None)
        if found is None or (asked and not self.runtimes):
            raise UsageError(f"stack.runtime: {self.name} is not run on {asked} here; accepted: {', '.join(r.id for r in self.runtimes) or 'none'}")
        return found

    def refuse(self, workload: Workload) -> None:
        """Raises UsageError for answers that its images cannot serve."""
        runtime = self.runtime(workload)
        asked = workload.stack
        for key in FURTHER:
            if asked and key not in self.takes and getattr(asked, key) not in ((), {}, "."):
                why = "the image has no apt" if key == "system_packages" else f"the build for {self.name} takes none"
                raise AnswerError("", f"stack.{key}", f"{why}; accepted: none")
        if asked and asked.system_packages and not runtime.shell:
            other = next((f", or say --set stack.runtime={other.id}" for other in self.runtimes if other.shell), "")
            raise UsageError(f"stack.system_packages: the image that it runs on ({runtime.title or 'no shell'}) has no apt; accepted: none{other}")

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
