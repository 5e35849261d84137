"""The pages of the wizard, in order, and the questions on each. Nothing here draws."""

from msgspec import Struct

from wizard.question import Question
from wizard.questions import PAGES as QUESTION_PAGES
from wizard.questions import question_of
from wizard.said import IMAGE, askable, unknown
from wizard.scaffold import Session

SUMMARY, CONTROLS, REVIEW, DONE = "Summary", "Controls", "Review", "Done"


class Page(Struct, frozen=True):
    """A page: its title, the key that opens it, and whether it is passed through or only opened on demand."""

    title: str
    key: str
    on_demand: bool = False


_KEYS = {
    "Workload": "o", "Companions and networks": "m", "Ports": "p", "Writable paths": "w", "Needs and capabilities": "n",
    "Secrets and environment": "s", "Health": "h", "User": "u", "Limits": "l", "Restart": "r", "Logging": "g",
    "Mounts and devices": "f", "Profiles": "x", CONTROLS: "c",
}  # fmt: skip
_ON_DEMAND = ("User", "Limits", "Restart", "Logging", "Mounts and devices", "Profiles", CONTROLS)

PAGES = (
    Page(SUMMARY, "i"),
    *(Page(title, _KEYS[title], title in _ON_DEMAND) for title in QUESTION_PAGES),
    Page(REVIEW, "v"),
)


def page_of(title: str) -> Page:
    """The page of a title."""
    return next(page for page in PAGES if page.title == title)


def pages(session: Session) -> tuple[Page, ...]:
    """The pages that have something on them now."""
    if unknown(session):
        return tuple(page for page in PAGES if page.title in (SUMMARY, "Workload", CONTROLS, REVIEW))
    return PAGES


def walk(session: Session) -> tuple[str, ...]:
    """The pages that Enter passes through, from the first to the Review."""
    return tuple(page.title for page in pages(session) if not page.on_demand)


def following(session: Session, title: str) -> str:
    """Where Enter leads; a page opened on demand leads to the Review."""
    order = walk(session)
    return order[min(order.index(title) + 1, len(order) - 1)] if title in order else REVIEW


def preceding(session: Session, title: str) -> str:
    """The page before."""
    order = [page.title for page in pages(session)]
    return order[max(order.index(title) - 1, 0)] if title in order else SUMMARY


def questions_on(session: Session, title: str) -> tuple[Question, ...]:
    """The questions of a page that make sense now."""
    asked = [*askable(session), *([question_of(IMAGE)] if unknown(session) else [])]
    return tuple(question for question in asked if question.page == title)
