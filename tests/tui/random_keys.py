"""Weighted random keys as a person would press them, what has to hold after each, and the shortest way to a failure.

A step is one weighted key: a key, a click, another size of the terminal, or one answer, reason or line to add that is typed or picked
as a whole (without this a thousand steps could not change every page twenty times); of a text of more than five characters all but the last
are pasted. What holds is checked after every step. Steps are plain tuples of text, so that a failure can be copied and played again:

    ("press", "f2") ("press", "down", "space") ("type", "8080") ("answer", "text that takes the place of what is in the line") ("enter", "typed, then Enter")
    ("add", "+, this text, Enter") ("waive", "w, this reason, Enter") ("click", "12", "3") ("resize", "80", "24") ("write",): Enter on the Review's «write», which nothing else may do

Keys that leave are never sent: leaving is tested by itself. `python -m tests.tui.random_keys --help` hunts and shrinks.
"""

import argparse
import asyncio
import gc
import os
import random
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from textual import events
from textual.command import CommandPalette
from textual.geometry import Offset, Size
from textual.pilot import _get_mouse_message_arguments
from textual.screen import Screen
from textual.widget import Widget

from tests.tools import copy_app
from wizard.controls import CONTROLS
from wizard.errors import UsageError
from wizard.posture import Row, posture
from wizard.question import Question
from wizard.questions import question_of
from wizard.render import render
from wizard.resolve import resolve
from wizard.said import marks, parsed, present, unknown, unresolved
from wizard.scaffold import Outcome, Request, Session, begin, outcome
from wizard.tui.addline import AddLine
from wizard.tui.app import Seawall
from wizard.tui.board import Board
from wizard.tui.choices import ChoiceField, ManyField
from wizard.tui.controls_page import ControlsPage
from wizard.tui.dialogs import PickDialog, ReasonDialog
from wizard.tui.done import Done
from wizard.tui.fields import Field, Line, TextField
from wizard.tui.handbook import Handbook
from wizard.tui.keybar import KeyBar
from wizard.tui.menu import Menu
from wizard.tui.meter import Meter
from wizard.tui.pages import CONTROLS as CONTROLS_PAGE
from wizard.tui.pages import PAGES, REVIEW, SUMMARY, page_of, pages, questions_on
from wizard.tui.preview import Preview
from wizard.tui.questions_page import QuestionsPage
from wizard.tui.review import LEAVE, WRITE, Review, sheet_of
from wizard.tui.rows import RowsField
from wizard.tui.state import State
from wizard.tui.why import WhyScreen
from wizard.tui.wrapping import shown

Step = tuple[str, ...]
SIZES = ((60, 20), (80, 24), (110, 35), (160, 50))
"""Larger ones take longer to draw and are left sooner."""
KINDS = ("TextField", "ChoiceField", "ManyField", "RowsField", "waivers", "add line")
GOAL = 20
"""How often each page and each kind of question is to be changed."""
FURTHER = 3000
"""Steps that may be taken beyond those asked for, while something was not changed that often."""
PAINTED = 10
"""Each of so many steps is painted, and each other size."""
LAST = 40
"""Steps that a failure shows."""


# --- what is pressed ---

_HOSTILE = ("'", '"', "`id`", "${HOME}", "$$", "{{ 7*7 }}", "&a *a", "a # b", "- a", ": ", "---", "../x", "a\\", "é", "日本 語", "\U0001f600", "yes",
            "0o17", "[", "{", "[1, 2", '{"a": 1}', "[]", "=", ",", ", ,", "x" * 70, "   ", "0", "-1", "99999999999999999999", "\u202eabc")  # fmt: skip
_NOISE = tuple(
    [chr(code) for code in range(32, 127)]
    + list("éß日😀")
    + [f"ctrl+{letter}" for letter in "abdefghiklnorstuvwxyz"]
    + ["f1", "f2", "f3", "f4", "f5", "f10", "escape", "enter", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown"]
    + ["backspace", "delete", "insert", "shift+up", "shift+down", "shift+left", "shift+home", "ctrl+left", "ctrl+right", "ctrl+home", "ctrl+end"]
)


def _sample(key: str, r: random.Random) -> tuple[str, ...]:
    """Good answers to a question, one row of it where it is a list, then bad ones behind «!»."""
    n, port = r.randrange(1000), r.randrange(1024, 60000)
    control = r.choice(CONTROLS).id
    return {
        "name": ("ledger", "shop-api", f"web{n}", "x1", "!Bad Name", "!-a", "!", "ingress"),
        "stack.version": ("3.12", "3.13", "22", "1.24", "", "!bad version"),
        "command": ("python -m app", f"gunicorn --bind 0.0.0.0:{port} app:app", "sh -c 'a b'", "!unclosed 'quote", "!"),
        "image": ("nginx:1.29", f"ghcr.io/x/y{n}:1.2", f"shop:{n}", "", "!bad image"),
        "stack.framework": ("flask", "django", "", "!Bad!"),
        "stack.package_manager": ("pip", "uv", "npm", "", "!apt"),
        "stack.lockfile": ("requirements.txt", "uv.lock", "", "!../b"),
        "stack.build": ("npm run build", "", "make all", "!'"),
        "stack.packages": (f"gunicorn==23.0.{n}", f"x{n}==1.0", "!gunicorn"),
        "stack.system_packages": (f"libx{n}", "curl", "g++", "!Curl", "!a b"),
        "stack.arguments": (f"VITE_K{n}=v{n}", "PUBLIC_X=", "!novalue"),
        "stack.quirks": ("local-references", "prepare-script", "!odd"),
        "stack.source": (".", "public", f"cmd/s{n}", "!../x"),
        "stack.runtime": ("slim", "distroless", "scratch", "!alpine"),
        "ports": (f"{port}", f"0.0.0.0:{port}:{port}", f"{port}:80", f"{port}/udp", f"{port} inside", f"[::1]:{port}:{port}", "!99999", "!http"),
        "writable": (f"/data/x{n}", f"/cache{n} tmpfs 2M", f"'/v {n}' volume v{n}", f"/srv/{n}", "!/etc", "!data", "!/x tmpfs 900G"),
        "companions": (f"postgres as db{n}", f"redis as c{n}", "postgres", "redis:8", f"postgres:17 as p{n}", "!mysql", "!postgres as"),
        "capabilities": ("NET_RAW: pings", "SYS_PTRACE: a debugger", "cap_chown: owns", "!NET_RAW", "!ALL: x y z"),
        "secrets": (f"key{n}", f"api_key{n}", f"token{n}", f"t{n} as TOKEN{n}", "!Bad Key", "!a as b c"),
        "environment": (f"K{n}=v{n}", f'"L{n}=a,b"', "MODE=fast", f"U{n}=http://x?a=1&b", "!novalue", "!=x", "!1A=x"),
        "mounts": (f"./f{n}.toml:/etc/f{n}.toml", f"./g{n}:/g{n}", f"/opt/data{n}:/x{n}:rw", "!./a", "!../a:/a", "!/srv/x:/y"),
        "device_rules": (f"c {n}:* rw: plugged in", f"c 188:{n} r: reads it", "!c 188:*", "!x 1:1: y z y"),
        "devices": (f"/dev/ttyUSB{n}: reads the meter", f"/dev/ttyACM{n} r: listens", "!/dev/ttyUSB0", "!tty: why not"),
        "waivers": (f"{control}=it is so", f"{control}=until autumn, then no more", "!read-only-rootfs@other=for now", "!read-only-rootfs", "!nothing=why not"),
        "egress": (f"api{n}.example.com", f"*.e{n}.example.org", f"x.example.net:{port}", "10.0.0.1", "!localhost", "!https://x.example.com/", "!*"),
        "dns": ("9.9.9.9", "::1", f"10.0.{n % 256}.1", "!x"),
        "repository": ("acme/shop", f"acme/x{n}", "", "!acme", "!a/../b"),
        "digests": (f"redis:8@sha256:{n:064x}", f"postgres:17@sha256:{n:064x}", f"x{n}:1@sha256:{n:064x}", "!redis:8", f"!redis@sha256:{n:064x}"),
        "groups": (f"{port}", "20", "!wheel"),
        "hostname": (f"host{n}", "", "!Bad Host"),
        "health": ("/health", f"tcp {port}", "command: ./check it", "none: it is a job", "", "!maybe", "!tcp x"),
        "user": (f"{port}:{port}", "10001:10001", "1000:1000", "", "!root", "!1000"),
        "limits.memory": ("1G", f"{600 + n}M", "2G", "!much", "!1M"),
        "limits.reservation": ("64M", f"{1 + n % 200}M", "", "!9G!"),
        "limits.cpus": ("0.5", f"{1 + n % 8}", "1.25", "!one"),
        "limits.pids": (f"{20 + n}", "200", "!-1", "!x"),
        "limits.nofile": (f"{64 + n}", "4096", "!1", "!x"),
        "limits.swap": ("64M", f"{1 + n}M", "", "!some"),
        "limits.shares": ("512", f"{2 + n}", "", "!1", "!x"),
        "limits.cpuset": ("0", "0-1", f"{n % 64}", "", "!3-1", "!x"),
        "limits.oom_score_adj": (f"{n}", "", "!-5", "!1001"),
        "limits.ulimits": ("core=0", f"nproc={20 + n}", f"fsize={1 + n}M", f"memlock=1M:{1 + n}M", "!core", "!nofile=5", "!nproc=9:5"),
        "limits.disks": (f"/dev/sd{'abcdef'[n % 6]} read=10M", f"/dev/nvme{n}n1 write=1M write-iops={1 + n}", "!/dev/sda", "!sda read=1M"),
        "limits.disk_weight": (f"{10 + n % 900}", "", "!9"),
        "limits.shm": ("8M", f"{1 + n % 64}M", "", "!900G"),
        "logs.size": (f"{1 + n}M", "10M", "!much"),
        "logs.files": (f"{1 + n % 9}", "3", "!0"),
        "stop_grace": (f"{1 + n}", "10", "!soon", "!0"),
        "seccomp": ("default", "trimmed", "audit", f"./p{n}.json", "!../x.json"),
        "calls": ("kernel-aio", "32-bit, tracing", "", "!everything"),
        "apparmor": ("rendered", f"profile{n}", "", "!a b"),
        "selinux": ("type:container_t", f"level:s{n}", "", "!disable"),
    }.get(key, ("x", "!"))  # fmt: skip


def _line_to_add(r: random.Random, crowded: bool) -> str:
    keys = ["ports", "writable", "environment", "environment", "secrets", "mounts", "devices", "capabilities"]
    key = r.choice(keys if crowded else [*keys, "companions"])
    text = r.choice([row for row in _sample(key, r) if row[:1] not in ("!", "'", '"')])
    return f"secret {text}" if key == "secrets" else text.upper() if key == "capabilities" else text


_OF_PAGE = {"Needs and capabilities": ("ManyField",), CONTROLS_PAGE: ("waivers",), "Restart": ("ChoiceField",)}
"""Where a kind of question is found that is rare elsewhere."""


@dataclass
class Person:
    """Chooses the next step from what is on the screen, mostly sensibly; `changed` is what lacks changes, so as to go there."""

    random: random.Random
    pages: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    goal: int = GOAL
    going: str = ""
    """The page that is looked for in the command palette."""
    wanted: str = ""
    """The question without whose answer there are no files, if there is such a one."""

    def next(self, app: Seawall) -> Step:
        """The next step."""
        r = self.random
        lacks = "image" if unknown(app.state.session) else app.derived.lacks
        self.wanted = lacks if lacks in ("image", "user", "name", "command") else ""
        luck = r.random()
        if luck < 0.03:
            return ("press", r.choice(_NOISE))
        if luck < (0.05 if app.size.width < 100 else 0.2):
            return ("resize", *map(str, r.choices(SIZES, (4, 6, 2, 1))[0]))
        if luck < 0.085 and (place := self._place(app)):
            return ("click", *map(str, place))
        screen = app.screen
        return self._on_board(app) if isinstance(screen, Board) else self._over(app)

    def _pick(self, **weights: float) -> str:
        names = [name for name, weight in weights.items() if weight > 0]
        return self.random.choices(names, [weights[name] for name in names])[0].replace("__", "+")

    def _press(self, **weights: float) -> Step:
        return ("press", self._pick(**weights))

    def _place(self, app: Seawall) -> tuple[int, int] | None:
        """A place that can be clicked."""
        r, screen = self.random, app.screen
        seen = [
            w for w in screen.query("Menu, Line, Preview, FileBar, Steps, PageLinks, KeyBar, .keys, WhyPanel, .prompt") if w.region and w.is_on_screen
        ]
        if not seen:
            return None
        region = r.choice(seen).region.intersection(screen.size.region)
        return (r.randrange(region.x, region.right), r.randrange(region.y, region.bottom)) if region else None

    def _over(self, app: Seawall) -> Step:
        """On a dialog, the palette, the handbook or a page to read."""
        r, screen = self.random, app.screen
        if isinstance(screen, ReasonDialog):
            if r.random() < 0.8:
                return ("enter", self._reason())
            return self._press(escape=2, enter=1, tab=1, ctrl__z=1)
        if isinstance(screen, PickDialog):
            if r.random() < 0.3:
                return ("answer", r.choice(("net", "post", "raw", "sys", "nothing at all")))
            return self._press(enter=4, down=3, up=1, pagedown=1, escape=1, tab=1)
        if isinstance(screen, CommandPalette):
            if self.going:
                going, self.going = self.going, ""
                return ("type", going)
            if r.random() < 0.2:
                return ("type", r.choice(("page", "file", "control read", "health", "zzz")))
            return self._press(enter=4, escape=2, down=1, up=1)
        if isinstance(screen, Handbook):
            if r.random() < 0.2:
                return ("answer", r.choice(("root", "network", "zzz", "")))
            return self._press(escape=5, down=2, up=1, enter=1, f1=1, f3=0.5, tab=1)
        if isinstance(screen, WhyScreen):
            return self._press(escape=5, f1=2, enter=2, q=1, down=1, pagedown=1, f3=0.3)
        return self._press(enter=2, escape=2, down=1, space=1)

    def _reason(self) -> str:
        return self.random.choice(("because it is so", "its cache is beside the code", '«why», it\'s "so": #1', "", "x", "日本語の理由"))

    def _need(self, page: str) -> int:
        """How much a page, or a kind of question on it, lacks."""
        return max(0, self.goal - self.pages[page]) + sum(max(0, self.goal - self.kinds[kind]) for kind in _OF_PAGE.get(page, ()))

    def _elsewhere(self, app: Seawall) -> Step:
        """Towards another page, one that lacks changes rather than not."""
        r, state = self.random, app.state
        there = [page.title for page in pages(state.session) if page.title != state.page]
        if self.wanted and state.page != question_of(self.wanted).page and r.random() < 0.7:
            title = question_of(self.wanted).page
        else:
            title = r.choices(there, [0.1 + 3 * self._need(title) for title in there])[0]
        if not isinstance(app.focused, Line):
            return ("press", page_of(title).key)
        luck = r.random()
        if luck < 0.06:
            self.going = title
            return ("press", "ctrl+p")
        return ("press", "f2", page_of(title).key) if r.random() < 0.75 else self._press(f2=1, enter=1, ctrl__b=1)

    def _on_board(self, app: Seawall) -> Step:
        r, body, focused, page = self.random, app.board.body, app.focused, app.state.page
        if app.derived.trouble and not self.wanted and app.state.past and r.random() < 0.4:
            return ("press", "ctrl+z")
        if self.wanted and page != question_of(self.wanted).page and r.random() < 0.5:
            return self._elsewhere(app)
        if r.random() < 0.05:
            return self._press(ctrl__z=5, ctrl__y=4, ctrl__b=2, f1=2, f3=1, f2=2, escape=2, tab=2, shift__tab=1, ctrl__p=0.5)
        if isinstance(focused, Line) and focused.id == "add":
            if focused.value and r.random() < 0.2:
                return self._press(enter=4, escape=1, ctrl__u=1)
            wanted = self.kinds["add line"] < self.goal or (page in (SUMMARY, REVIEW) and self._need(page))
            if r.random() < (0.75 if wanted else 0.15):
                crowded = len(app.state.session.answers.data().get("companions") or ()) > 3
                bad = r.random() < 0.15
                return ("enter", r.choice((*_HOSTILE, "http", "mysql", "NET_RAW")) if bad else _line_to_add(r, crowded))
            return self._press(escape=4, shift__tab=1, f2=2) if page not in (SUMMARY, REVIEW) else self._elsewhere(app)
        elsewhere = any(self._need(title) for title in [p.title for p in PAGES] if title != page)
        if r.random() < ((0.8 if elsewhere else 0.2) if not self._need(page) else 0.06):
            return self._elsewhere(app)
        if isinstance(focused, Preview):
            if r.random() < (0.75 if elsewhere else 0.4):
                return self._elsewhere(app)
            return self._press(escape=4, f2=3, down=1, up=1, end=1, home=1, pagedown=1, left=1, right=1, enter=1, plus=1)
        if isinstance(body, Review):
            return self._on_review(app, body)
        if isinstance(body, QuestionsPage):
            return self._on_questions(app, body, focused)
        if page == SUMMARY and r.random() < 0.6:
            return self._add(app)
        return self._press(plus=1, down=2, up=1, space=1, enter=1 if not isinstance(body, Done) else 0, end=0.5, f2=0.5)

    def _add(self, app: Seawall) -> Step:
        crowded = len(app.state.session.answers.data().get("companions") or ()) > 3
        return ("add", _line_to_add(self.random, crowded))

    def _on_review(self, app: Seawall, body: Review) -> Step:
        if body.action == WRITE and self.random.random() < (0.12 if self.writes < 4 else 0.01):
            return ("write",)
        if self.random.random() < 0.6:
            return self._add(app)
        return self._press(plus=2, down=2, up=1, end=1, home=1, space=1, enter=1, ctrl__b=1)

    def _on_questions(self, app: Seawall, body: QuestionsPage, focused: Widget | None) -> Step:
        r, inside = self.random, body.focused_field
        if r.random() < 0.03:
            return self._press(plus=1, tab=1) if not isinstance(focused, Line) else self._press(tab=1)
        if r.random() < 0.08:
            return self._press(tab=3, shift__tab=1)
        if isinstance(body, ControlsPage) and focused is body.menu:
            if r.random() < 0.35:
                return ("waive", self._reason())
            return self._press(w=4, down=4, up=1, pagedown=0.5, end=0.5, home=0.5, tab=0.7, f1=0.3)
        page = body.title_text
        lacks = [kind for kind in _OF_PAGE.get(page, ()) if self.kinds[kind] < self.goal]
        if self.pages[page] >= self.goal and lacks and type(inside).__name__ not in lacks and r.random() < 0.5:
            return self._press(shift__tab=1) if r.random() < 0.5 else self._elsewhere(app)
        if self.wanted and isinstance(inside, Field) and inside.question.key != self.wanted and r.random() < 0.8:
            return self._press(tab=1)
        if isinstance(inside, TextField):
            if inside.wrong:
                return self._press(ctrl__z=3, enter=1, tab=1, backspace=1) if r.random() < 0.6 else ("answer", self._answer(inside.question))
            if r.random() < 0.85:
                return ("answer", self._answer(inside.question))
            return self._press(tab=6 if len(body.fields) > 1 else 0.5, enter=0.5, backspace=1, home=0.5, shift__tab=0.5, ctrl__z=0.5)
        if isinstance(inside, RowsField):
            return self._in_rows(inside, focused)
        if isinstance(inside, Field):
            kind = type(inside).__name__
            if r.random() < 0.6:
                return ("press", r.choice(("up", "down")), "space")
            return self._press(down=4, up=3, space=7, tab=1 if self.kinds[kind] < self.goal else 3, enter=0.3)
        return self._press(tab=3, down=1, shift__tab=1, escape=1)

    def _in_rows(self, inside: RowsField, focused: Widget | None) -> Step:
        r, many = self.random, len(inside.menu.rows)
        if isinstance(focused, Menu):
            return self._press(d=4 if many > 2 else 2, e=1, down=1, up=1, space=0.5, delete=0.7, tab=1, f4=0.2)
        if inside.wrong and r.random() < 0.4:
            return self._press(escape=1, ctrl__z=1) if not many else ("press", "escape", "shift+tab")
        if isinstance(focused, Line) and focused.value:
            return self._press(enter=3, escape=1, ctrl__z=1) if r.random() < 0.4 else ("enter", self._answer(inside.question))
        if many > 4 and r.random() < 0.6:
            return ("press", "shift+tab", *(("d",) if r.random() < 0.7 else ()))
        if r.random() < 0.8:
            return ("enter", self._answer(inside.question))
        return self._press(shift__tab=2 if many else 0, tab=2, f4=1, enter=0.3)

    def _answer(self, question: Question) -> str:
        r = self.random
        if r.random() < 0.06:
            return r.choice(_HOSTILE)
        samples = _sample(question.key, r)
        if question.key == self.wanted:
            return samples[0]
        bad = [text[1:] for text in samples if text.startswith("!")]
        good = [text for text in samples if not text.startswith("!")]
        return r.choice(bad if bad and r.random() < 0.12 else good)


# --- what has to hold ---


class Broken(AssertionError):
    """Something did not hold; `steps` led there."""

    def __init__(self, what: str, steps: Sequence[Step], start: str) -> None:
        shown_steps = "\n".join(f"    {step!r}," for step in steps[-LAST:])
        super().__init__(f"{what}\nafter {len(steps)} steps from «{start}», the last of which were:\n{shown_steps}")
        self.what, self.steps, self.start = what, list(steps), start


@dataclass(frozen=True)
class Truth:
    """What follows from a session, worked out beside the wizard."""

    session: Session
    trouble: str
    files: tuple[tuple[str, tuple[str, ...]], ...] = ()
    meter: tuple[Row, ...] = ()


def truth(session: Session, annotate: bool = True) -> Truth:
    """Render the answers as the command line would."""
    if trouble := unresolved(session):
        return Truth(session, trouble)
    try:
        workload = session.workload
        artifacts = render(workload, annotate)
        rows = posture(resolve(workload))
    except UsageError as error:
        return Truth(session, str(error))
    return Truth(session, "", tuple((artifact.path, tuple(line.text for line in artifact.lines)) for artifact in artifacts), rows)


def files_in(folder: Path) -> dict[str, tuple[int, int]]:
    """All files of a folder with what would show that one was written."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            status = path.lstat()
            found[str(path.relative_to(folder))] = (status.st_mtime_ns, status.st_ino)
    return found


# --- the runner ---


@dataclass
class Tally:
    """What was done: changed answers by page and by kind of question, steps by what they are, and real keys."""

    pages: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    keys: int = 0
    goal: int = GOAL
    seconds: float = 0.0
    writes: int = 0
    whole: int = 0
    """Steps after which there were files to see."""
    late: int = 0
    """Steps after which the screen had to be waited for."""

    @property
    def lacking(self) -> dict[str, int]:
        """Pages and kinds that were changed less often than the goal."""
        done = {**{page.title: self.pages[page.title] for page in PAGES}, **{kind: self.kinds[kind] for kind in KINDS}}
        return {name: count for name, count in done.items() if count < self.goal}

    def __str__(self) -> str:
        total = sum(self.steps.values())
        return "\n".join([
            f"{total} steps ({self.keys} keys) in {self.seconds:.1f} s: {total / max(self.seconds, 0.001):.0f} steps, {self.keys / max(self.seconds, 0.001):.0f} keys a second;"
            f" {self.writes} times written, files to see after {self.whole}, {self.late} times waited for",
            "  steps    " + ", ".join(f"{name} {count}" for name, count in self.steps.most_common()),
            "  pages    " + ", ".join(f"{page.title} {self.pages[page.title]}" for page in PAGES),
            "  kinds    " + ", ".join(f"{kind} {self.kinds[kind]}" for kind in KINDS),
        ])  # fmt: skip


class Stage:
    """One wizard in one folder, the steps that were taken, and what has to hold after each."""

    def __init__(self, start: str, folder: Path, app: Seawall, tally: Tally) -> None:
        self.start, self.folder, self.app, self.tally = start, folder, app, tally
        self.steps: list[Step] = []
        self._files = files_in(folder)
        self._truth = truth(app.state.session)
        self._outcome: tuple[Any, Outcome | str] | None = None
        self._unpainted: set[Screen[Any]] = set()
        # What differs is painted once, when all of a step is handled; all the rest is done as often as ever.
        Screen._compositor_refresh = lambda screen: self._paint_later(screen)  # type: ignore[method-assign,assignment]

    def _paint_later(self, screen: Screen[Any]) -> None:
        if screen is self.app.screen:
            screen._dirty_widgets.clear()
            self._unpainted.add(screen)
        else:
            _paint(screen)

    async def take(self, step: Step) -> None:
        """Take a step, then look whether all holds."""
        app, tally = self.app, self.tally
        before, who, page = app.state, _who(app), app.state.page
        self.steps.append(step)
        tally.steps[step[0]] += 1
        written = False
        try:
            written = await self._do(step)
            await self.settle()
        except Broken:
            raise
        except Exception as error:
            if app._exception is None:
                raise self._broken(f"the step failed: {type(error).__name__}: {error}") from error
        await self._check(before, step, written)
        tally.whole += bool(self._truth.files)
        undone = step in (("press", "ctrl+z"), ("press", "ctrl+y")) or (step[0] == "click" and self._undone_by_click(before))
        if app.state.session != before.session and not undone:
            tally.pages[page] += 1
            tally.kinds["add line" if step[0] == "add" else _who(app) if step[0] == "click" else who] += 1

    def _broken(self, what: str) -> Broken:
        return Broken(what, self.steps, self.start)

    async def _do(self, step: Step) -> bool:
        """Send it; whether it was the choice to write."""
        what, *rest = step
        match what:
            case "press":
                for number, key in enumerate(rest):
                    if number and key in ("enter", "space"):
                        await self.settle()
                    await self._key(key)
            case "add" | "waive":
                await self._key("plus" if what == "add" else "w")
                await self.settle()
                await self._do(("enter", rest[0]))
            case "type":
                await self._text(rest[0])
            case "answer":
                await self._text(rest[0], "end", "ctrl+u")
            case "enter":
                await self._text(rest[0], "end", "ctrl+u")
                await self.settle()
                await self._key("enter")
            case "resize":
                size = Size(int(rest[0]), int(rest[1]))
                self.app._driver._size = size  # type: ignore[union-attr]
                self.app.post_message(events.Resize(size, size))
            case "click":
                await self._click(int(rest[0]), int(rest[1]))
            case "write" if _on_review(self.app) == WRITE:
                self._send("enter")
                self.tally.writes += 1
                return True
        return False

    async def _text(self, text: str, *first: str) -> None:
        if isinstance(self.app.focused, Line) or isinstance(self.app.screen, CommandPalette):
            pasted = text[:-1] if len(text) > 5 else ""
            line = self.app.focused
            if isinstance(line, Line) and not line.value:
                first = ()
            for key in (*first, *(() if pasted else text)):
                self._send(key)
            if pasted:
                if first:
                    await self.settle()
                self.app.post_message(events.Paste(pasted))
                await self.settle()
                self._send(text[-1])
        else:
            for key in text:
                await self._key(key)
                await self.settle()

    async def _key(self, key: str) -> None:
        """Send a key, unless it would leave, write or start an editor."""
        if key in ("enter", "space", " ") and _on_review(self.app) in (WRITE, LEAVE, "done"):
            return
        if key not in ("ctrl+c", "ctrl+q"):
            self._send(key)

    def _send(self, key: str) -> None:
        from textual.app import REPLACED_KEYS  # type: ignore[attr-defined]
        from textual.keys import _character_to_key, _get_unicode_name_from_key

        self.tally.keys += 1
        if len(key) == 1:
            event = events.Key(_character_to_key(key) if not key.isalnum() else key, key)
        else:
            try:
                char: str | None = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
            except KeyError:
                char = None
            event = events.Key(key, char)
        event.set_sender(self.app)
        self.app.post_message(event)

    async def _click(self, x: int, y: int) -> None:
        app = self.app
        if not (x < app.size.width and y < app.size.height):
            return
        widget, _ = app.get_widget_at(x, y)
        above = list(widget.ancestors_with_self)
        body = app.board.body
        if isinstance(app.screen, Board):
            bar = any(isinstance(node, KeyBar) for node in above)
            if isinstance(body, Done) and (bar or any(isinstance(node, Menu) for node in above)):
                return
            if isinstance(body, Review):
                if bar and _on_review(app) in (WRITE, LEAVE):
                    return
                if isinstance(widget, Menu) and widget.rows[app.screen.get_style_at(x, y).meta.get("option", 0)].id in (WRITE, LEAVE):
                    return
        self.tally.keys += 1
        # As a pilot clicks, without its pauses.
        where = _get_mouse_message_arguments(app.screen, (x, y), button=1)
        app.mouse_position = Offset(x, y)
        screen = app.screen
        for kind in (events.MouseMove, events.MouseDown, events.MouseUp, events.Click):
            screen._forward_event(kind(**where))
            await self.settle()

    async def settle(self) -> None:
        """Wait until everything that was sent was handled and drawn."""
        app, until = self.app, monotonic() + 20
        while monotonic() < until:
            if app._exception is not None or not app.is_running:
                return
            screen = app.screen
            if busy := self._busy():
                if busy.endswith("drawn"):
                    screen._on_timer_update()
                await asyncio.sleep(0 if busy.endswith("drawn") else 0.001)
                continue
            if isinstance(screen, CommandPalette):
                await asyncio.sleep(0.1)
            await self._handled()
            if app._exception is None and app.is_running:
                app.screen._on_timer_update()
                if app.screen is screen and not self._busy():
                    if screen in self._unpainted and (len(self.steps) % PAINTED == 0 or self.steps[-1][0] == "resize"):
                        _paint(screen)
                        self._unpainted.clear()
                    return
        raise self._broken(f"it never comes to rest: {self._busy()}")

    async def _handled(self) -> None:
        """Wait until the nodes on the way of a key came to the end of what they handle; others have handlers that never wait."""
        app = self.app
        barrier = _Barrier()
        for node in app.focused.ancestors_with_self if app.focused else (app.screen, app):
            barrier.left += node.post_message(events.Callback(callback=barrier))
        until = monotonic() + 1
        while barrier.left > 0 and monotonic() < until and app._exception is None:
            await asyncio.sleep(0)

    def _busy(self) -> str:
        """What is still to be handled; nothing if the screen is at rest."""
        app, screen = self.app, self.app.screen
        if getattr(app, "_waiting", ()) or getattr(app, "_handled", None) is not None:
            return "keys"
        if getattr(app, "_owed", False) or getattr(app.board, "_resting", False):
            return "what was put off"
        waiting = (node for node in (app, *screen.walk_children(with_self=True)) if node.message_queue_size or node._next_callbacks)
        if node := next(waiting, None):
            return f"messages of {node}"
        if screen._layout_required or screen._scroll_required or screen._repaint_required or screen._dirty_widgets or screen._callbacks:
            return f"{screen} is drawn"
        return ""

    async def _check(self, before: State, step: Step, written: bool) -> None:
        wrong = self._wrong(before, step, written)
        for wait in (0.02, 0.1, 0.5, 1.0):
            if not wrong or self.app._exception is not None:
                break
            # A screen may follow a little later, but it has to follow.
            self.tally.late += wait == 0.02
            await asyncio.sleep(wait)
            await self.settle()
            wrong = self._wrong(before, step, written)
        if wrong:
            raise self._broken(wrong)

    def _wrong(self, before: State, step: Step, written: bool) -> str:
        """What does not hold; nothing if all does."""
        app = self.app
        if error := app.failure or app._exception:
            return f"it crashed: {type(error).__name__}: {error}{_where(error)}"
        if app.ended or not app.is_running:
            return "it ended without being told to"
        now = files_in(self.folder)
        if now != self._files:
            if not written:
                return f"written without the Review: {sorted(path for path in {*now, *self._files} if now.get(path) != self._files.get(path))}"
            if not isinstance(app.board.body, Done):
                return "it wrote, and does not say so"
            self._files = now
            for path, lines in self._truth.files:
                if path != ".dockerignore" and (self.folder / path).read_text(encoding="utf-8").splitlines() != list(lines):
                    return f"{path} was written, but not as it is rendered"
        return self._wrong_state(before, step) or self._wrong_sides() or self._wrong_page() or self._wrong_focus()

    def _wrong_state(self, before: State, step: Step) -> str:
        state = self.app.state
        if self._truth.session is not state.session:
            self._truth = truth(state.session)
        if state.past and _moment(state.undone().redone()) != _moment(state):
            return "undo, then redo is another state"
        if state.future and _moment(state.redone().undone()) != _moment(state):
            return "redo, then undo is another state"
        if state.session is before.session or (step[0] == "click" and self._undone_by_click(before)):
            return ""
        if step == ("press", "ctrl+z") and isinstance(self.app.screen, Board):
            if not before.past or state.session != before.past[-1].session:
                return "undo led to answers that were not the last ones"
            if len(state.future) != len(before.future) + 1 or state.future[0].session != before.session:
                return "undo cannot be redone"
        elif step == ("press", "ctrl+y") and isinstance(self.app.screen, Board):
            if not before.future or state.session != before.future[0].session:
                return "redo led to other answers"
        elif state.session != before.session and state.future:
            return "an answer left something to redo"
        elif state.session != before.session and state.page in [p.title for p in PAGES] and not state.past:
            return "an answer cannot be undone"
        return ""

    def _undone_by_click(self, before: State) -> bool:
        return bool(before.past) and self.app.state.session == before.past[-1].session and len(self.app.state.future) == len(before.future) + 1

    def _wrong_sides(self) -> str:
        """The preview, what of it is painted, the meter."""
        app, known = self.app, self._truth
        pane, body = app.board.files, app.board.body
        sheets = [(sheet.name, tuple(line.text for line in sheet.lines)) for sheet in pane.sheets]
        open_sheet = pane.preview._sheet
        if isinstance(body, Review) and not known.trouble:
            wanted = self._diffs(app.state.session)
            if isinstance(wanted, str):
                if body.outcome is not None or wanted not in body.trouble:
                    return f"the Review does not say what is wrong: {wanted}"
            elif sheets != wanted:
                return f"the Review shows other diffs: {_differ(sheets, wanted)}"
        elif known.trouble:
            if known.trouble not in "\n".join("\n".join(lines) for _, lines in sheets):
                return f"the preview does not say what is wrong: {known.trouble}"
        elif sheets != list(known.files):
            return f"the preview is not what is rendered: {_differ(sheets, list(known.files))}"
        if open_sheet not in pane.sheets:
            return f"the preview shows a sheet that is gone: {open_sheet.name}"
        for y in range(pane.preview.size.height if pane.preview.is_on_screen else 0):
            text = pane.preview.render_line(y).text
            if found := re.match(r"[▌ ][+ ] *(\d+)[▸ ](.*)$", text):
                line = open_sheet.lines[int(found[1]) - 1] if int(found[1]) <= len(open_sheet.lines) else None
                if line is None or not shown(line.text).startswith(found[2].rstrip()):
                    return f"row {y} of the preview shows {text!r} for {line}"
        meter = str(app.board.query_one(Meter).visual)
        if not all(re.search(rf"{row.label}.*{re.escape(row.before)}.*{re.escape(row.after)}", meter) for row in known.meter):
            return f"the meter is not the posture: {meter}"
        if not known.meter and meter.strip():
            return f"the meter shows a service that cannot be made: {meter}"
        return ""

    def _diffs(self, session: Session) -> list[tuple[str, tuple[str, ...]]] | str:
        key = (session, tuple(sorted(self._files.items())))
        if self._outcome is None or self._outcome[0] != key:
            try:
                self._outcome = (key, outcome(session, self.app.request))
            except UsageError as error:
                self._outcome = (key, str(error))
        made = self._outcome[1]
        if isinstance(made, str):
            return made
        return [(sheet.name, tuple(line.text for line in sheet.lines)) for sheet in map(sheet_of, made.plan.changes)]

    def _wrong_page(self) -> str:
        """The page of the state, with the questions that make sense and the answers that hold."""
        app, body, session = self.app, self.app.board.body, self.app.state.session
        if not isinstance(body, QuestionsPage):
            return "" if type(body).__name__ == app.state.page else f"{app.state.page} is open, but {type(body).__name__} is seen"
        if body.title_text != app.state.page:
            return f"{app.state.page} is open, but {body.title_text} is seen"
        here, wanted = [f.question.key for f in body.fields], {q.key for q in questions_on(session, app.state.page)}
        if set(here) != wanted:
            return f"the page asks {here}, not {sorted(wanted)}"
        return next((f"{f.question.key}: {wrong}" for f in body.fields if (wrong := _wrong_field(f, session))), "")

    def _wrong_focus(self) -> str:
        """Keys reach something that is seen."""
        app = self.app
        if not isinstance(app.screen, Board):
            return ""
        if app.focused is None:
            return "nothing has the focus"
        if not all(node.display for node in app.focused.ancestors_with_self if isinstance(node, Widget)):
            return f"the focus is on what is not seen: {app.focused!r} at {app.size}"
        return ""


_paint = Screen._compositor_refresh


class _Barrier:
    """Counts the nodes that have still to come to it."""

    _param_count = 0
    left = 0

    def __call__(self) -> None:
        self.left -= 1


def _wrong_field(shown_field: Field, session: Session) -> str:
    question, now = shown_field.question, present(session, shown_field.question)
    if isinstance(shown_field, TextField):
        if shown_field.wrong:
            return ""
        try:
            said = parsed(question, shown_field.line.value)
        except ValueError as error:
            return f"{shown_field.line.value!r} is wrong and nothing says so: {error}"
        return "" if said == now else f"{shown_field.line.value!r} is in the line, {now!r} holds"
    rows = shown_field.query_one(Menu).rows
    if isinstance(shown_field, ChoiceField):
        chosen = [row.id for row in rows if "•" in row.mark]
        return "" if chosen == ([question.format(now)] if now is not None else []) else f"{chosen} is marked, {now!r} holds"
    if isinstance(shown_field, ManyField):
        chosen = [row.id for row in rows if "x" in row.mark]
        return "" if sorted(chosen) == sorted(marks(question, now or ())) else f"{chosen} are marked, {now!r} holds"
    return "" if len(rows) == len(now or ()) else f"{[row.text for row in rows]} are shown, {now!r} holds"


def _moment(state: State) -> tuple[object, ...]:
    return (state.session, state.page, state.focus, state.past, state.future)


def _differ(seen: list[tuple[str, tuple[str, ...]]], wanted: list[tuple[str, tuple[str, ...]]]) -> str:
    if [name for name, _ in seen] != [name for name, _ in wanted]:
        return f"{[name for name, _ in seen]} in place of {[name for name, _ in wanted]}"
    name, lines, others = next((name, lines, others) for (name, lines), (_, others) in zip(seen, wanted, strict=True) if lines != others)
    return f"{name}: {next(((a, b) for a, b in zip(lines, others, strict=False) if a != b), (len(lines), len(others)))}"


def _where(error: BaseException) -> str:
    import traceback

    return "".join(f"\n    {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-6:])


def _on_review(app: Seawall) -> str:
    """What Enter or Space does on the Review's actions, «done» on the last page."""
    body = app.board.body
    if not isinstance(app.screen, Board) or not isinstance(body, (Review, Done)):
        return ""
    if isinstance(body, Done):
        return "done" if not isinstance(app.focused, Preview) and not _adding(app) else ""
    return body.action if isinstance(app.focused, Menu) else ""


def _adding(app: Seawall) -> bool:
    return app.focused is not None and any(isinstance(node, AddLine) for node in app.focused.ancestors_with_self)


def _who(app: Seawall) -> str:
    """The kind of question that is being answered."""
    if isinstance(app.screen, ReasonDialog):
        return "waivers"
    body, focused = app.board.body, app.focused
    if _adding(app):
        return "add line"
    if isinstance(body, ControlsPage) and focused is body.menu:
        return "waivers"
    inside = body.focused_field if isinstance(body, QuestionsPage) else None
    return type(inside).__name__ if inside else "nothing"


STARTS = ("ledger", "empty", "conflict")
"""Where it begins: an app that is found, an empty folder, and the app with files of the person's own in the way."""


def _folder(start: str, place: Path) -> Path:
    if start != "empty":
        folder = copy_app("ledger", place)
        if start == "conflict":
            (folder / "compose.yaml").write_text("services:\n  mine:\n    image: nginx\n", encoding="utf-8")
            (folder / ".dockerignore").write_text("*.log\n!keep.log\n", encoding="utf-8")
        return folder
    (place / "nothing").mkdir()
    return place / "nothing"


async def _played(start: str, source: Sequence[Step] | Person, count: int, tally: Tally, further: int = 0) -> list[Step]:
    began = monotonic()
    with tempfile.TemporaryDirectory(prefix="seawall-keys-") as place, _own_state(Path(place, "state")):
        folder = _folder(start, Path(place))
        request = Request(folder, folder)
        app = Seawall(State(begin(request)), request)
        stage: Stage | None = None
        broken: Broken | None = None
        async with app.run_test(size=(80, 24)):
            stage = Stage(start, folder, app, tally)
            try:
                await stage.settle()
                number = -1
                while (number := number + 1) < count or (number < count + further and tally.lacking):
                    if isinstance(source, Person):
                        source.pages, source.kinds, source.writes = tally.pages, tally.kinds, tally.writes
                    await stage.take(source.next(app) if isinstance(source, Person) else source[number])
            except Broken as error:
                # Nothing that comes while it closes hides what broke.
                broken = error
                app._handle_exception = lambda error: None  # type: ignore[method-assign]
                app._exception = None
        Screen._compositor_refresh = _paint  # type: ignore[method-assign]
        tally.seconds += monotonic() - began
        if broken:
            raise broken
        return stage.steps if stage else []


class _own_state:
    """Drafts of this run are kept in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        self._before = os.environ.get("XDG_STATE_HOME")
        os.environ["XDG_STATE_HOME"] = str(self._folder)

    def __exit__(self, *_: object) -> None:
        if self._before is None:
            del os.environ["XDG_STATE_HOME"]
        else:
            os.environ["XDG_STATE_HOME"] = self._before


def run(seed: int, count: int, starts: Sequence[str] = STARTS, rounds: int = 1, goal: int = GOAL) -> Tally:
    """Take `count` steps from a seed, and some more until all was changed `goal` times. Raises Broken.

    They are shared between the starts, each of which is begun anew in every round.
    """
    tally, person = Tally(goal=goal), Person(random.Random(seed), goal=goal)
    gc.collect()
    gc.freeze()
    games = list(starts) * rounds
    for number, start in enumerate(games):
        share = count // len(games) + (number < count % len(games))
        further = FURTHER if number == len(games) - 1 else 0
        person.going = ""
        asyncio.run(_played(start, person, share, tally, further))
    return tally


def replay(start: str, steps: Sequence[Step]) -> Broken | None:
    """Take these steps; what broke."""
    try:
        asyncio.run(_played(start, list(steps), len(steps), Tally()))
    except Broken as broken:
        return broken
    return None


def shrunk(broken: Broken, seconds: float = 240) -> Broken:
    """The same failure after fewer steps: the end of the list first, then without ever smaller pieces of it."""
    until = monotonic() + seconds
    kind, best = _kind(broken), broken

    def fails(steps: Sequence[Step]) -> bool:
        nonlocal best
        found = replay(broken.start, steps) if monotonic() < until else None
        if found and _kind(found) == kind and len(found.steps) < len(best.steps):
            best = found
            return True
        return False

    for length in (3, 6, 12, 25, 50, 100, 200):
        if length < len(broken.steps) and fails(broken.steps[-length:]):
            break
    size = max(1, len(best.steps) // 2)
    while monotonic() < until:
        at = 0
        smaller = False
        while at < len(best.steps):
            if fails([*best.steps[:at], *best.steps[at + size :]]):
                smaller = True
            else:
                at += size
        if size == 1 and not smaller:
            break
        size = max(1, size // 2)
    return best


def _kind(broken: Broken) -> str:
    return re.sub(r"[0-9'\"\[{(].*", "", broken.what.splitlines()[0])[:60]


def main() -> None:
    """Hunt: many seeds one after the other, each failure shrunk and printed."""
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--seeds", type=int, default=1, help="how many, one after the other")
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--start", choices=STARTS, action="append")
    options.add_argument("--shrink", type=float, default=0, help="seconds for each failure")
    given = options.parse_args()
    failed = 0
    for seed in range(given.seed, given.seed + given.seeds):
        try:
            tally = run(seed, given.count, given.start or STARTS)
        except Broken as broken:
            failed += 1
            print(f"seed {seed}: {broken}", flush=True)
            if given.shrink:
                print(f"seed {seed}, shrunk: {shrunk(broken, given.shrink)}", flush=True)
        else:
            print(f"seed {seed}: {tally}\n  lacking  {tally.lacking or 'nothing'}", flush=True)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
