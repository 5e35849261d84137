"""What a control is: one hardening rule on one page, from its reason to its proof.

A control's docstring is the page (Why, What may break, How it shows, References); its methods say what it puts into a
Compose service, a project and a Dockerfile, what it forbids, and how a live container shows it. Everything else
(comments, `explain`, tables, checks, laws) is derived from these.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from wizard.flaw import Flaw as Flaw
from wizard.flaw import Must as Must
from wizard.flaw import Severity as Severity
from wizard.flaw import forbidden, lacking, supplied
from wizard.foreign import Foreign, ForeignImage
from wizard.host_gifts import Gift
from wizard.mend import Aim, Left, Mend
from wizard.mistake import Mistake, Unshown
from wizard.probe import ByHand as ByHand
from wizard.probe import Live as Live
from wizard.probe import Probe as Probe
from wizard.probe import inspected as inspected
from wizard.probe import kernel_says as kernel_says
from wizard.project import Project, Service
from wizard.question import Question

if TYPE_CHECKING:
    from wizard.demos import Demo

Fragment = Mapping[str, Any]
"""Part of a Compose mapping in plain data, in long or short form as it will stand in the file."""

INSTEAD = "in its place: "
"""How a remedy begins that names what does for less."""

HEADINGS = ("Why", "What may break", "How it shows", "References")


class Step(StrEnum):
    """The steps of an attack, in its order."""

    ENTER = "getting in"
    RUN = "running code of one's own"
    STAY = "staying"
    RISE = "gaining rights"
    USE_UP = "using up resources"
    SPREAD = "spreading to other services"
    TAKE = "taking data out"
    HOST = "reaching the host"


class Page(Struct, frozen=True):
    """A control's docstring in its parts, each as paragraphs of plain text."""

    title: str
    sections: Mapping[str, str]

    @property
    def reason(self) -> str:
        """The first sentence of Why: what the comment in a rendered file says."""
        return re.split(r"(?<=[.!?])\s", self.sections["Why"], maxsplit=1)[0]

    @property
    def references(self) -> tuple[str, ...]:
        """One reference an entry."""
        return tuple(r.strip() for r in self.sections["References"].replace("\n", " ").rstrip(".").split(";"))


class Finding(Struct, frozen=True):
    """A control that a service does not meet, and how to mend it."""

    control: str
    severity: Severity
    service: str
    message: str
    remedy: str


class Instruction(Struct, frozen=True):
    """Lines of a Dockerfile's last stage: `root` ones stand before the program is copied in, others after USER."""

    text: str
    place: str = "root"


class Control:
    """Base of all controls; a subclass overrides what applies to it. `id` reads well after «waive»."""

    id: ClassVar[str]
    severity: ClassVar[Severity] = Severity.INVALID
    lacking: ClassVar[Severity | None] = None
    """What it means that its part is missing, where the policy takes that for less than what it forbids."""

    settings: ClassVar[tuple[str, ...]] = ()
    questions: ClassVar[tuple[Question, ...]] = ()
    keys: ClassVar[tuple[str, ...]] = ()
    """Keys whose mere presence satisfies the check (a person's own limit is as good as ours)."""

    step: ClassVar[Step]
    """The step of an attack that it stops."""

    stops: ClassVar[str]
    """What cannot be done while it holds: one concrete sentence."""

    stands: ClassVar[str]
    """What is still in the way when it is waived; the other controls are named by their ids, in brackets."""

    mistakes: ClassVar[tuple[Mistake, ...]] = ()
    """How it is got wrong, what is then seen and what mends it; `seawall learn` shows the first."""

    unshown: ClassVar[tuple[Unshown, ...]] = ()
    """What its page quotes and no engine at hand can show, with the proof of that."""

    undemonstrated: ClassVar[Unshown | None] = None
    """Why nothing is demonstrated, with the proof of that."""
    remedy: ClassVar[str] = "remove it, or waive this control with a reason"
    """How what it forbids is mended."""

    judged: ClassVar[tuple[str, ...]] = ()
    """Keys that it forbids something in, beyond `settings`."""

    must: ClassVar[tuple[Must, ...]] = ()
    """What it puts into every service, and asks of those of others."""

    violation: ClassVar[Fragment] = {}
    """For a control that forbids: the least that breaks it, for its demonstration and its test."""

    @cached_property
    def page(self) -> Page:
        """The docstring in its parts. Raises ValueError when a heading is missing or out of order."""
        return parse_page(inspect.getdoc(type(self)) or "")

    @property
    def title(self) -> str:
        """What it does in one line."""
        return self.page.title

    @cached_property
    def demos(self) -> "tuple[Demo, ...]":
        """What `seawall demo` shows of it: wizard/demos has a module of the same name."""
        from wizard.demos import demos_of

        return demos_of(type(self).__module__)

    def service(self, service: Service) -> Fragment:
        """What it puts into a Compose service: unless overridden, what every service must have."""
        return {must.key: must.value for must in self.must if must.value is not None}

    def without(self, service: Service) -> Fragment:
        """What stands in its place where it is waived, so that the service still works."""
        return {}

    def project(self, project: Project) -> Fragment:
        """What it puts beside the services: networks, volumes, secrets."""
        return {}

    def image(self, service: Service) -> tuple[Instruction, ...]:
        """What it puts into the last stage of the Dockerfile."""
        return ()

    def forbids(self, fragment: Mapping[str, Any]) -> Iterator[str]:
        """Messages for what must not be in a (normalised) Compose service."""
        return iter(())

    def gifts(self, fragment: Mapping[str, Any]) -> Iterator[Gift]:
        """The same, each with what it means and what does instead, for a control that stops."""
        return (Gift(message) for message in self.forbids(fragment))

    def notes(self, service: Service) -> tuple[str, ...]:
        """What a person should know of this very service: what was not added and why, what is not closed."""
        return ()

    def left_out(self) -> str:
        """What a person has to look at themselves where it is waived; nothing for most."""
        return ""

    def probes(self, service: Service) -> tuple[Probe, ...]:
        """How a live container shows it."""
        return ()

    def check(self, service: Service, fragment: Mapping[str, Any]) -> Iterator[Finding]:
        """Findings for a Compose service that should follow `service`: missing parts and forbidden ones."""
        from wizard.compose import missing

        for key, value in self.service(service).items():
            if key in self.keys and key in fragment:
                continue
            if lacking := missing(key, value, fragment.get(key)):
                yield self._finding(service, f"{key} lacks {lacking}", f"add {key}: {value}", self.lacking)
        for message in self.forbids(fragment):
            yield self._finding(service, message, self.remedy)

    def judge(self, seen: Foreign) -> Iterator[Flaw]:
        """Flaws of a service that somebody wrote: what every service must have and it lacks, and what is forbidden."""
        yield from self.lacks(seen)
        yield from self.refuses(seen)

    def lacks(self, seen: Foreign) -> Iterator[Flaw]:
        """What a whole service lacks of what every one must have."""
        if not self.must or not seen.whole:
            return
        for flaw in lacking(self.must, seen, self.beside(seen)):
            yield replace(flaw, severity=self.lacking) if self.lacking and not flaw.severity else flaw

    def beside(self, seen: Foreign) -> str:
        """What has to come with what is added, so that the service still works: the end of a remedy."""
        return ""

    def refuses(self, seen: Foreign) -> Iterator[Flaw]:
        """What is forbidden in a service, with the key or entry that it stands in; the remedy is what does instead, where that is known."""
        if type(self).forbids is Control.forbids:
            return
        cheaper: dict[str, str] | None = None
        for flaw in forbidden(self.forbids, seen.known, self.remedy):
            if cheaper is None:
                cheaper = {gift.message: gift.instead for gift in self.gifts(seen.known) if gift.instead}
            instead = cheaper.get(flaw.message)
            yield replace(flaw, remedy=f"{INSTEAD}{instead}; or waive this control with a reason") if instead else flaw

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """How what a service of somebody's lacks is put into it, or why a person has to do that: unless overridden, what every one must have."""
        if seen.whole:
            yield from (Mend(self.id, (edit,), self.page.reason, self.changes(seen)) for edit in supplied(self.must, seen))

    def changes(self, seen: Foreign) -> str:
        """What its parts change for those who use a service of somebody's; nothing for most."""
        return ""

    def judge_image(self, image: ForeignImage) -> Iterator[Flaw]:
        """Flaws of a Dockerfile that somebody wrote."""
        return iter(())

    def _finding(self, service: Service, message: str, remedy: str, severity: Severity | None = None) -> Finding:
        return Finding(self.id, severity or self.severity, service.name, message, remedy)


def parse_page(docstring: str) -> Page:
    """A docstring with the fixed headings in its parts. Raises ValueError when it does not have them in order."""
    title, *rest = docstring.split("\n\n", 1)
    found = re.split(rf"^({'|'.join(HEADINGS)}):$", rest[0] if rest else "", flags=re.M)
    names, bodies = found[1::2], found[2::2]
    if tuple(names) != HEADINGS:
        raise ValueError(f"headings are {names}, not {list(HEADINGS)}: {title}")
    sections = {name: re.sub(r"\s*\n\s*", " ", body.strip()) for name, body in zip(names, bodies, strict=True)}
    return Page(" ".join(title.split()).rstrip("."), sections)
