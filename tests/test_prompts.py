"""The plain prompts: the interview with a scripted person, then the real program on a pseudo-terminal."""

import io
import os
import re
import shutil
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.tools import hear_interrupts
from wizard.prompts import Agreed
from wizard.prompts.asker import Back, Check, Option, Prompt
from wizard.prompts.interview import Interview
from wizard.prompts.lines import Lines
from wizard.prompts.proving import PROVE, offer_proof
from wizard.prove.offer import ELSEWHERE, Offer
from wizard.question import value
from wizard.questions import all_questions, question_of
from wizard.scaffold import Request, begin, outcome
from wizard.spelling import YES_NO
from wizard.stacks import STACKS
from wizard.workload import Workload

ROOT = Path(__file__).parent.parent
APPS = ROOT / "tests" / "apps"
BACK = object()
REVIEW = "What now?"
TYPED = "(typed)"

FLASK_PROMPTS = [
    "What is the service called?", "What starts it?", "Which services does it work with?", "Does it call services on the internet?",
    "Which ports does it listen on?", "Which folders does it write?", "Does it do any of these?",
    "Which secrets does it read?", "How does one see that it works?", REVIEW,
]  # fmt: skip


class Scripted:
    """A person with replies for some prompts, one after the other, who else presses Enter."""

    keys = "keys"

    def __init__(self, **replies: Any) -> None:
        self.replies = {question_of(key.replace("__", ".")).prompt if key != "review" else REVIEW: list(r) for key, r in replies.items()}
        self.put: list[tuple[str, Any]] = []
        self.said: list[str] = []
        self.problems: list[str] = []

    @property
    def messages(self) -> list[str]:
        return [message for message, _ in self.put]

    def say(self, text: str) -> None:
        self.said.append(text)

    def _reply(self, prompt: Prompt, default: Any) -> Any:
        assert len(self.put) < 200, f"endless: {self.messages[-6:]}"
        self.put.append((prompt.message, default))
        waiting = self.replies.get(prompt.message)
        reply = waiting.pop(0) if waiting else default
        if reply is BACK:
            raise Back
        return reply

    def text(self, prompt: Prompt, default: str, check: Check) -> str:
        while problem := check(reply := self._reply(prompt, default)):
            self.problems.append(problem)
        return str(reply)

    def confirm(self, prompt: Prompt, default: bool) -> bool:
        return bool(self._reply(prompt, default))

    def one(self, prompt: Prompt, options: Sequence[Option], default: str | None) -> str:
        reply = self._reply(prompt, default)
        assert reply in [option.value for option in options], (prompt, reply)
        return str(reply)

    def many(self, prompt: Prompt, options: Sequence[Option], chosen: Collection[str]) -> tuple[str, ...]:
        reply = self._reply(prompt, tuple(chosen))
        assert set(reply) <= {option.value for option in options}
        return tuple(reply)


def interview(folder: Path, person: Scripted, **request: Any) -> Agreed | None:
    made = Request(folder, folder, **request)
    return Interview(person, begin(made), made).run()


def workload(folder: Path, *settings: str) -> Workload:
    return begin(Request(folder, folder, settings)).workload


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return Path(shutil.copytree(APPS / "ledger", tmp_path / "ledger"))


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def agreed(found: Agreed | None) -> Agreed:
    assert found
    return found


# --- Enter, Enter, Enter ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("app", ["ledger", "api", "gate", "brochure"])
def test_enter_everywhere_is_the_same_as_yes_and_says_nothing_for_the_person(app: str) -> None:
    found = agreed(interview(APPS / app, Scripted()))
    assert found.session.workload == workload(APPS / app)
    assert found.session.answers.data(given=True) == {}
    assert not found.overwrite


def test_a_flask_app_takes_a_handful_of_prompts(ledger: Path) -> None:
    person = Scripted()
    interview(ledger, person)
    assert person.messages == FLASK_PROMPTS


def test_what_was_found_is_said_first_with_where(ledger: Path) -> None:
    person = Scripted()
    interview(ledger, person)
    opening = " ".join(person.said[0].split())
    assert "python 3.13 · flask" in opening
    assert "app:app (Procfile:1)" in opening
    assert "DATA_DIR=/data (settings.py:33)" in opening
    assert "keys" in person.said[1]


def test_each_prompt_says_where_its_answer_comes_from_and_why_it_is_asked(ledger: Path) -> None:
    seen: dict[str, Prompt] = {}

    class Looking(Scripted):
        def _reply(self, prompt: Prompt, default: Any) -> Any:
            seen[prompt.message] = prompt
            return super()._reply(prompt, default)

    interview(ledger, Looking())
    notes = {message: prompt.note for message, prompt in seen.items()}
    assert notes["What starts it?"] == "Procfile:1"
    assert notes["What is the service called?"] == "default"
    assert notes["Which secrets does it read?"] == "default: none"
    ports = " ".join(seen["Which ports does it listen on?"].why.split())
    question = question_of("ports")
    assert question.help in ports
    assert f"For example: {question.spelling.example}" in ports
    assert "Why: A published port" in ports
    assert "What may break:" in ports
    assert all(prompt.why for prompt in seen.values())


# --- Law 9: an answer through the prompts is an answer through --set --------------------------------------------------

SAMPLES = {
    "name": "shop", "stack.language": "static", "stack.version": "3.12", "command": "python -m 'my app'", "image": "ghcr.io/o/app:1.4",
    "stack.framework": "django", "stack.package_manager": "uv", "stack.lockfile": "uv.lock", "stack.build": "make 'all of it'",
    "stack.packages": "gunicorn==23.0.0", "stack.system_packages": "curl,libpq5", "stack.source": "./cmd/app", "stack.extensions": "intl,pdo_pgsql", "stack.runtime": "scratch", "stack.quirks": "local-references", "stack.arguments": "VITE_API=https://a.example", "companions": "postgres:17,redis as cache",
    "ports": "8080,0.0.0.0:53:5353/udp,9000 inside", "writable": "/tmp,/srv/x volume,/cache tmpfs 32M", "needs": "ping,low-port",
    "capabilities": "SYS_PTRACE: looks at its children", "internet": "yes", "ingress": "direct", "egress": "api.example.com,*.example.org:8443", "dns": "9.9.9.9",
    "hostname": "box", "secrets": "api_key,token as API_TOKEN", "environment": "DATA_DIR=/data,MODE=fast,LIST=a b", "health": "tcp 8000",
    "user": "2000:2001", "groups": "44,55", "limits.memory": "1G", "limits.reservation": "64M", "limits.cpus": "0.5",
    "limits.pids": "64", "limits.nofile": "2048", "limits.shm": "32M",
    "limits.swap": "64M", "limits.shares": "512", "limits.cpuset": "0-1,3", "limits.oom_score_adj": "500", "limits.disk_weight": "300",
    "limits.ulimits": "core=0,memlock=1M:64M", "limits.disks": "/dev/sda read=10M write-iops=50", "logs.size": "5M", "logs.files": "2", "stop_grace": "5", "restart": "always",
    "mounts": "./app.toml:/etc/app.toml", "devices": "/dev/ttyUSB0 r: reads the meter", "device_rules": "c 188:* rw: plugged in", "seccomp": "profiles/app.json",
    "apparmor": "tight", "calls": "kernel-aio, 32-bit", "selinux": "type:container_t", "extras": "docker-run", "repository": "acme/shop.api", "digests": f"redis:8@sha256:{'a' * 64}",
    "waivers": "read-only-rootfs=writes beside its code",
}  # fmt: skip
_APP = {"stack.extensions": "brochure", "stack.arguments": "brochure", "stack.source": "gate", "stack.runtime": "gate"}
_BEFORE = {"stack.extensions": ("stack.language=php",), "calls": ("seccomp=trimmed",), "repository": ("extras=signing",)}
"""What has to be said before a question is asked."""


def test_every_question_has_a_sample() -> None:
    assert set(SAMPLES) == {question.key for question in all_questions()}


@pytest.mark.parametrize("key", [key for key in SAMPLES if key != "image"])
def test_any_answer_changed_at_the_end_equals_set(key: str) -> None:
    question, app = question_of(key), APPS / _APP.get(key, "ledger")
    typed: Any = SAMPLES[key]
    replies = (
        [True]
        if question.spelling is YES_NO
        else [[TYPED], typed]
        if question.many
        else [TYPED, typed]
        if question.choices or question.given
        else [typed]
    )
    asked_before = 1 if question.prompt in FLASK_PROMPTS else 0
    person = Scripted(review=["change", "write"])
    person.replies["Which answer?"] = [key]
    person.replies[question.prompt] = [None] * asked_before + replies
    person = _enter_for_none(person)
    before = _BEFORE.get(key, ())
    found = agreed(interview(app, person, settings=before))
    assert found.session.workload == workload(app, *before, f"{key}={SAMPLES[key]}")
    assert value(found.session.workload, key) != value(workload(app), key)
    assert not person.problems


def _enter_for_none(person: Scripted) -> Scripted:
    """None as a reply is Enter."""
    inner = person._reply

    def reply(prompt: Prompt, default: Any) -> Any:
        given = inner(prompt, default)
        return default if given is None else given

    person._reply = reply  # type: ignore[method-assign]
    return person


@pytest.mark.parametrize(("key", "choice"), [(q.key, c.value) for q in all_questions() if not q.many for c in q.choices])
def test_every_choice_equals_set(key: str, choice: str) -> None:
    person = Scripted(review=["change", "change", "write"])
    person.replies["Which answer?"] = [key, "command"]  # another language has another command
    person.replies["What starts it?"] = ["gunicorn app:app", "run it"]
    person.replies[question_of(key).prompt] = [choice]
    found = agreed(interview(APPS / "ledger", person))
    assert found.session.workload == workload(APPS / "ledger", f"{key}={choice}", "command=run it")


@pytest.mark.parametrize("choices", [("ping",), ("low-port", "set-clock"), ()])
def test_needs_are_marked(choices: tuple[str, ...]) -> None:
    found = agreed(interview(APPS / "ledger", Scripted(needs=[choices])))
    assert found.session.workload == workload(APPS / "ledger", f"needs={','.join(choices)}")


@pytest.mark.parametrize(("text", "key"), [(SAMPLES[q.key], q.key) for q in all_questions() if q.prompt in FLASK_PROMPTS and not q.many])
def test_any_answer_in_the_walk_equals_set(key: str, text: str) -> None:
    person = Scripted(**{key: [True if key == "internet" else text]})
    assert agreed(interview(APPS / "ledger", person)).session.workload == workload(APPS / "ledger", f"{key}={text}")


def test_only_the_answer_given_is_saved(ledger: Path) -> None:
    found = agreed(interview(ledger, Scripted(ports=["9000"])))
    assert found.session.answers.data(given=True) == {"ports": [{"container": 9000, "publish": "127.0.0.1:9000"}]}


def test_nothing_typed_is_an_empty_list_and_a_later_answer_has_to_follow(ledger: Path) -> None:
    person = Scripted(ports=[""], writable=[""], health=["/health", "none: it is a worker"])
    found = agreed(interview(ledger, person))
    assert (found.session.workload.ports, found.session.workload.writable) == ((), ())
    assert len(person.problems) == 1
    assert "port" in person.problems[0]


def test_a_default_follows_what_was_answered_before(ledger: Path) -> None:
    (ledger / "app.py").write_text("app = Flask(__name__)\n")
    person = Scripted(ports=["9000"])
    interview(ledger, person)
    assert dict(person.put)["How does one see that it works?"] == "tcp 9000"


# --- companions keep what the marks cannot show -----------------------------------------------------------------------


def test_companions_that_stay_keep_their_details(ledger: Path) -> None:
    settings = ("companions=postgres:17,redis:8 as cache,redis as queue",)
    person = Scripted(companions=[("postgres", "redis")])
    assert agreed(interview(ledger, person, settings=settings)).session.workload == workload(ledger, *settings)
    person = Scripted(companions=[("redis",)])
    left = agreed(interview(ledger, person, settings=settings)).session.workload
    assert left == workload(ledger, "companions=redis:8 as cache,redis as queue")
    person = Scripted(companions=[("redis", "postgres")])
    more = agreed(interview(ledger, person, settings=("companions=redis:8",))).session.workload
    assert more == workload(ledger, "companions=redis:8,postgres")


def test_an_answer_that_no_choice_offers_stays(ledger: Path) -> None:
    person = Scripted(review=["change", "write"])
    person.replies["Which answer?"] = ["restart"]
    found = agreed(interview(ledger, person, settings=("restart=on-failure:3",)))
    assert found.session.workload.restart == "on-failure:3"


# --- answers that cannot be taken -------------------------------------------------------------------------------------


def test_what_is_not_valid_is_said_in_words_and_asked_again(ledger: Path) -> None:
    person = Scripted(ports=["http", "99999", "8081"], name=["A b", "shop"], command=["'open", "", "python app.py"])
    found = agreed(interview(ledger, person))
    assert [port.container for port in found.session.workload.ports] == [8081]
    assert found.session.workload.name == "shop"
    assert len(person.problems) == 5
    assert "«http» is no port; accepted: 8080" in " ".join(person.problems)
    assert "ports[0].container: «99999» is not accepted; accepted: a number from 1 to 65535" in person.problems
    assert all("your answer" not in problem for problem in person.problems)
    assert "it has to be said what starts it" in person.problems[2] + person.problems[3] + person.problems[1]


def test_marks_that_do_not_go_together_are_said_and_asked_again(ledger: Path) -> None:
    person = Scripted(name=["redis", "ledger"], companions=[("postgres",), ("postgres", "redis")])
    found = agreed(interview(ledger, person))  # the folder finds redis, so the name is refused first
    assert "«redis» is there twice" in person.problems[0]
    assert found.session.workload.name == "ledger"
    person = Scripted(companions=[("redis",), ()])
    found = agreed(interview(ledger, person, settings=("name=redis", "companions=")))
    assert any("«redis» is there twice" in said for said in person.said)
    assert found.session.workload.companions == ()


def test_an_answer_that_could_not_be_rendered_is_refused_where_it_is_given() -> None:
    person = Scripted(secrets=["token as TOKEN", "token"])
    found = agreed(interview(APPS / "gate", person))
    assert "the image has no shell" in person.problems[0]
    assert [secret.env for secret in found.session.workload.secrets] == [None]


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "x\u202ey", "[bold]x[/]", "<b>x</b>", "{{ 7*7 }}", "%s %n"])
def test_nothing_that_a_terminal_obeys_is_shown(ledger: Path, text: str) -> None:
    person = Scripted(name=[text, "ok"], environment=[], review=["change", "write"])
    person.replies["Which answer?"] = ["environment"]
    person.replies["Which variables does it get?"] = [f"A={text}", "A=1"]
    interview(ledger, person)
    assert person.problems
    shown = "".join([*person.said, *person.problems, *person.messages])
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", shown)


def test_a_saved_answer_with_line_breaks_stays_as_it_is(ledger: Path) -> None:
    (ledger / "seawall.yaml").write_text('command: [python, -c, "print(1)\\nprint(2)"]\n')
    person = Scripted()
    found = agreed(interview(ledger, person))
    assert found.session.workload.command == ("python", "-c", "print(1)\nprint(2)")
    assert "print(1)\\nprint(2)" in person.said[0]


# --- back --------------------------------------------------------------------------------------------------------------


def test_back_asks_the_question_before_with_its_answer_and_loses_nothing(ledger: Path) -> None:
    person = Scripted(ports=["9000"], writable=["/tmp"], needs=[BACK])
    found = agreed(interview(ledger, person))
    at = person.messages.index("Does it do any of these?")
    assert person.put[at + 1] == ("Which folders does it write?", "/tmp tmpfs 64M")
    assert found.session.workload == workload(ledger, "ports=9000", "writable=/tmp")


def test_back_and_another_answer_takes_the_place_of_the_first(ledger: Path) -> None:
    person = Scripted(ports=["9000", "9001"], writable=[BACK])
    found = agreed(interview(ledger, person))
    assert found.session.workload == workload(ledger, "ports=9001")
    assert len(found.session.person) == 1


def test_back_to_what_was_found_is_no_longer_an_answer_of_the_person(ledger: Path) -> None:
    person = Scripted(ports=["9000", "8000"], writable=[BACK])
    assert agreed(interview(ledger, person)).session.answers.data(given=True) == {}


def test_back_from_the_first_question_stays_there(ledger: Path) -> None:
    person = Scripted(name=[BACK, "shop"])
    assert agreed(interview(ledger, person)).session.workload.name == "shop"
    assert "This is the first question." in person.said


def test_back_from_the_review_leads_to_the_last_question(ledger: Path) -> None:
    person = Scripted(review=[BACK], health=["/health", "/"])
    found = agreed(interview(ledger, person))
    assert found.session.workload == workload(ledger, "health=/")


def test_back_from_a_change_changes_nothing(ledger: Path) -> None:
    person = Scripted(review=["change", "change", "write"])
    person.replies["Which answer?"] = [BACK, "restart"]
    person.replies["When is it started again?"] = [BACK]
    assert agreed(interview(ledger, person)).session.workload == workload(ledger)


# --- the review ---------------------------------------------------------------------------------------------------------


def test_the_review_lists_what_would_be_written(ledger: Path) -> None:
    person = Scripted(needs=[("raw-packets",)], review=["diff", "leave"])
    assert interview(ledger, person) is None
    assert "new       compose.yaml" in person.said[-3]
    assert "NET_RAW, SETGID and SETUID are not added" in " ".join(person.said[-3].split())
    assert "+FROM python:3.13-slim" in person.said[-2]
    assert not (ledger / "compose.yaml").exists()


def test_every_question_that_makes_sense_can_be_changed(ledger: Path) -> None:
    offered: list[str] = []

    class Looking(Scripted):
        def one(self, prompt: Prompt, options: Sequence[Option], default: str | None) -> str:
            if prompt.message == "Which answer?":
                offered.extend(option.value for option in options)
            return super().one(prompt, options, default)

    person = Looking(review=["change", "write"])
    person.replies["Which answer?"] = [BACK]
    interview(ledger, person)
    assert offered == [question.key for question in all_questions() if question.when(workload(ledger))]
    assert "waivers" in offered


def test_a_file_of_the_persons_is_said_first_and_replaced_on_a_yes_only(ledger: Path) -> None:
    (ledger / "compose.yaml").write_text("services: {}\n")
    person = Scripted()
    assert interview(ledger, person) is None, "Enter, Enter, Enter replaces nothing and comes to an end"
    assert "compose.yaml  (+" in person.said[1]
    assert "compose.yaml.orig" in person.said[1]
    reviews = [default for message, default in person.put if message == REVIEW]
    assert reviews == ["diff", "write", "leave"]
    person = Scripted(review=["write"])
    person.replies["Replace compose.yaml? (kept as NAME.orig)"] = [True]
    assert agreed(interview(ledger, person)).overwrite


def test_what_would_stay_as_it_is_is_no_conflict(ledger: Path) -> None:
    request = Request(ledger, ledger)
    made = outcome(begin(request), request)
    (ledger / "Dockerfile").write_text(next(c.file.text for c in made.plan.changes if c.file.path == "Dockerfile"))
    person = Scripted()
    assert agreed(interview(ledger, person)).overwrite is False
    assert "unchanged Dockerfile" in person.said[-1]


# --- a folder that shows nothing ----------------------------------------------------------------------------------------


def test_an_empty_folder_asks_for_what_is_needed(empty: Path) -> None:
    person = Scripted(stack__language=["python"], command=["", "python app.py"], ports=["8000"])
    found = agreed(interview(empty, person))
    assert found.session.workload == workload(empty, "stack.language=python", "command=python app.py", "ports=8000")
    assert person.messages[:4] == ["What is the service called?", "What is it written in?", "Which version of the language?", "What starts it?"]
    assert "Nothing here shows" in person.said[0]
    assert person.put[1][1] is None, "no language is offered where none was seen"


def test_a_static_site_needs_no_command(empty: Path) -> None:
    found = agreed(interview(empty, Scripted(stack__language=["static"])))
    assert found.session.workload == workload(empty, "stack.language=static")


def test_another_language_takes_its_version_and_command_away(empty: Path) -> None:
    person = Scripted(stack__language=["python", "go"], stack__version=["3.12"], command=["python app.py", BACK, BACK, "/app"], companions=[BACK])
    person.replies["Which version of the language?"] = ["3.12", BACK]
    found = agreed(interview(empty, person))
    assert found.session.workload == workload(empty, "stack.language=go", "command=/app")


def test_an_image_that_exists_can_stand_in_for_a_language(empty: Path) -> None:
    person = Scripted(stack__language=["image", "image"], image=[BACK, "ghcr.io/o/app:1.4"], user=["10001:10001"])
    found = agreed(interview(empty, person))
    assert found.session.workload == workload(empty, "image=ghcr.io/o/app:1.4", "user=10001:10001")
    assert any("who ghcr.io/o/app:1.4 runs as is not known" in " ".join(said.split()) for said in person.said)


def test_an_image_can_be_taken_back_for_a_language(empty: Path) -> None:
    person = Scripted(stack__language=["image", "static"], image=["ghcr.io/o/app:1.4"], command=[BACK])
    assert agreed(interview(empty, person)).session.workload == workload(empty, "stack.language=static")


# --- the line-based asker -------------------------------------------------------------------------------------------------


def lines(monkeypatch: pytest.MonkeyPatch, *typed: str) -> Lines:
    waiting = iter(typed)
    monkeypatch.setattr("builtins.input", lambda: next(waiting))
    return Lines()


_OPTIONS = (Option("a", "First", "the one"), Option("b", "Second"), Option("c", "Third"))


def test_lines_choose_by_number_or_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(monkeypatch, "2").one(Prompt("Q"), _OPTIONS, "a") == "b"
    assert lines(monkeypatch, "c").one(Prompt("Q"), _OPTIONS, "a") == "c"
    assert lines(monkeypatch, "").one(Prompt("Q"), _OPTIONS, "a") == "a"
    assert lines(monkeypatch, "", "0", "4", "²", "9" * 5000, "3").one(Prompt("Q"), _OPTIONS, None) == "c"
    assert capsys.readouterr().out.count("Type a number from 1 to 3.") == 5


def test_lines_mark_many(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(monkeypatch, "").many(Prompt("Q"), _OPTIONS, ["b"]) == ("b",)
    assert lines(monkeypatch, "-").many(Prompt("Q"), _OPTIONS, ["b"]) == ()
    assert lines(monkeypatch, "3, 1").many(Prompt("Q"), _OPTIONS, ["b"]) == ("a", "c")
    assert "2 Second (chosen)" in capsys.readouterr().out


def test_lines_say_yes_or_no(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lines(monkeypatch, "maybe", "Yes").confirm(Prompt("Q"), False) is True
    assert lines(monkeypatch, "n").confirm(Prompt("Q"), True) is False
    assert lines(monkeypatch, "").confirm(Prompt("Q"), True) is True


def test_lines_take_text_and_say_why(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    check: Callable[[str], str | None] = lambda text: "Not that." if text == "bad" else None  # noqa: E731
    assert lines(monkeypatch, "").text(Prompt("Q"), "old", check) == "old"
    assert lines(monkeypatch, "-").text(Prompt("Q"), "old", check) == ""
    assert lines(monkeypatch, "?", "bad", "new").text(Prompt("Q", "Procfile:1", "because"), "old", check) == "new"
    out = capsys.readouterr().out
    assert "Q (Procfile:1)\n[old] > because\nQ (Procfile:1)\n[old] > ! Not that.\n" in out
    with pytest.raises(Back):
        lines(monkeypatch, "<").text(Prompt("Q"), "old", check)


def test_lines_end_of_input_is_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended() -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", ended)
    with pytest.raises(KeyboardInterrupt):
        Lines().confirm(Prompt("Q"), True)


# --- the real thing on a pseudo-terminal -----------------------------------------------------------------------------------

NO_ENGINE = "unix:///nowhere/docker.sock"
"""What is proven on an engine costs time: most of these end with the files."""
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")
_STYLED = r"(?:\x1b\[[0-9;]*m| )+"
FILES = ["Dockerfile", ".dockerignore", "compose.yaml", "seawall.yaml"]


class Run:
    """The program on a terminal of 80 by 24; each step waits for what it answers."""

    def __init__(self, folder: Path, *options: str, **variables: str) -> None:
        kept = {name: text for name, text in os.environ.items() if name not in ("NO_COLOR", "TMUX", "COLUMNS", "LINES")}
        # nobody here answers where the cursor is
        env = {**kept, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", "PYTHONPATH": str(ROOT), "DOCKER_HOST": NO_ENGINE, **variables}
        command = ["-m", "wizard", str(folder), "--plain", *options]
        self.child = pexpect.spawn(sys.executable, command, cwd=str(ROOT), env=env, dimensions=(24, 80), encoding="utf-8", timeout=30,
                                   preexec_fn=hear_interrupts)  # fmt: skip
        self.raw = ""
        self.dumb = env["TERM"] == "dumb"

    def see(self, text: str) -> "Run":
        self.child.expect(_STYLED.join(re.escape(word) for word in text.split(" ")))
        self.raw += self.child.before + self.child.after
        return self

    def asks(self, prompt: str) -> "Run":
        """Wait for a prompt, not for the line that repeats what was answered."""
        if self.dumb:
            return self.see(prompt).see("> ")
        self.child.expect(r"\?(?:\x1b\[[0-9;]*m)* " + re.escape(prompt))
        self.raw += self.child.before + self.child.after
        return self

    def type(self, keys: str) -> "Run":
        self.child.send(keys)
        return self

    def enter_through(self, prompts: Sequence[str]) -> "Run":
        for prompt in prompts:
            self.asks(prompt).type("\r")
        return self

    def end(self) -> int:
        self.child.expect(pexpect.EOF)
        self.raw += self.child.before
        self.child.close()
        assert self.child.signalstatus is None
        return int(self.child.exitstatus)

    @property
    def text(self) -> str:
        return _ESCAPES.sub("", self.raw)


@pytest.fixture
def run() -> Iterator[Callable[..., Run]]:
    started: list[Run] = []

    def start(folder: Path, *options: str, **variables: str) -> Run:
        started.append(Run(folder, *options, **variables))
        return started[-1]

    yield start
    for each in started:
        each.child.close(force=True)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


# pexpect forks; a test runner with threads is warned of that from Python 3.12 on
forks = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@forks
@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_enter_enter_enter_writes_what_yes_writes(ledger: Path, run: Callable[..., Run], term: str) -> None:
    program = run(ledger, TERM=term).enter_through(FLASK_PROMPTS)
    assert program.end() == 0, program.text
    assert set(FILES) <= files(ledger)
    request = Request(APPS / "ledger", ledger)
    result = {change.file.path: change.status for change in outcome(begin(Request(ledger, ledger)), request).plan.changes}
    assert all(result[name] == "unchanged" for name in FILES)
    if term == "dumb":
        assert "\x1b" not in program.raw


@forks
def test_keys_back_why_and_an_error_under_the_field(ledger: Path, run: Callable[..., Run]) -> None:
    program = run(ledger).see("Ctrl+B").asks("What is the service called?").type("\x02").see("This is the first question.")
    program.asks("What is the service called?").type("?\r").see("It is its name").asks("What is the service called?").type("\r")
    program.asks("What starts it?").type("\r").asks("Which services").see("Redis").type("?")
    program.see("Why: A service that cannot reach out").asks("Which services").see("Redis").type("\x1bOP").see("What may break").see("Redis")
    program.type("\x02").asks("What starts it?").see("app:app").type("\x1b[Z").asks("What is the service called?").type("\r")
    program.asks("What starts it?").type("\r").asks("Which services").see("Redis").type("\r")
    program.asks("Does it call services").type("\r").asks("Which ports").see("8000").type("\x15").type("99999\r").see(
        "a number from 1 to 65535"
    ).type("\x15").type("9000\r")
    program.enter_through(FLASK_PROMPTS[5:])
    assert program.end() == 0, program.text
    assert '"127.0.0.1:9000"' in (ledger / "compose.yaml").read_text() or "9000" in (ledger / "compose.yaml").read_text()
    assert "publish: 127.0.0.1:9000" in (ledger / "seawall.yaml").read_text().replace('"', "")


@forks
@pytest.mark.parametrize(
    ("term", "key", "steps"),
    [
        *(("xterm-256color", "\x03", steps) for steps in (0, 2, 6, 9)),
        *(("dumb", key, steps) for key in "\x03\x04" for steps in (0, 9)),
        ("xterm-256color", "\x04", 0),
    ],
)
def test_an_interruption_writes_nothing(ledger: Path, run: Callable[..., Run], term: str, key: str, steps: int) -> None:
    before = files(ledger)
    program = run(ledger, TERM=term).enter_through(FLASK_PROMPTS[:steps]).asks(FLASK_PROMPTS[steps])
    if key == "\x04" and term != "dumb":
        program.type("\x15")
    program.type(key)
    assert program.end() == 130, program.text
    assert files(ledger) == before
    assert "nothing was written" in program.text
    assert "Traceback" not in program.text


@forks
def test_a_conflict_is_said_before_the_first_question_and_needs_a_yes(ledger: Path, run: Callable[..., Run]) -> None:
    (ledger / "compose.yaml").write_text("services: {}\n")
    program = run(ledger).see("compose.yaml  (+").see("kept then as").see("compose.yaml.orig").enter_through(FLASK_PROMPTS[:-1])
    program.asks("What now?").see("» Show the diff").type("\r").see("-services: {}").see("» Write the files").type("\r")
    program.asks("Replace compose.yaml?").type("y").see("Yes").type("\r")
    assert program.end() == 0, program.text
    assert (ledger / "compose.yaml.orig").read_text() == "services: {}\n"


@forks
def test_enter_alone_replaces_nothing(ledger: Path, run: Callable[..., Run]) -> None:
    (ledger / "compose.yaml").write_text("services: {}\n")
    program = run(ledger).enter_through(FLASK_PROMPTS)
    program.see("» Write the files").type("\r").asks("Replace compose.yaml?").type("\r").see("» Leave without writing").type("\r")
    assert program.end() == 130, program.text
    assert (ledger / "compose.yaml").read_text() == "services: {}\n"
    assert not (ledger / "Dockerfile").exists()


@forks
def test_an_empty_folder_is_asked_about(empty: Path, run: Callable[..., Run]) -> None:
    program = run(empty).see("Nothing here shows").see("called?").type("\r").asks("What is it written in?").see("exists").type("\x1b[B")
    program.see("» Node.js").type("\r").asks("Which version").type("\r").asks("What starts it?").type("\r").see("it has to be said what starts it")
    program.type("node server.js\r").enter_through(FLASK_PROMPTS[2:])
    assert program.end() == 0, program.text
    assert "FROM node:" in (empty / "Dockerfile").read_text()


@forks
def test_an_empty_folder_is_asked_about_in_lines(empty: Path, run: Callable[..., Run]) -> None:
    number = [stack.id for stack in STACKS].index("static") + 1
    program = run(empty, TERM="dumb").see("< goes back").see("called?").see("> ").type("\r").see("written in?").see("> ").type(f"{number}\r")
    program.see("version").see("> ").type("\r").see("What starts it?").see("> ").type("<\r").see("version").see("> ").type("?\r")
    program.see("Why: ").see("version").see("> ").type("\r").enter_through(["What starts it?", *FLASK_PROMPTS[2:]])
    assert program.end() == 0, program.text
    assert "nginx" in (empty / "Dockerfile").read_text()


@forks
@pytest.mark.parametrize("setting", ["1", ""])
def test_no_color_means_no_colours(ledger: Path, run: Callable[..., Run], setting: str) -> None:
    program = run(ledger, NO_COLOR=setting).enter_through(FLASK_PROMPTS)
    assert program.end() == 0
    codes = [code for found in re.findall(r"\x1b\[([0-9;]*)m", program.raw) for code in found.split(";") if code]
    coloured = any(30 <= int(code) <= 49 or int(code) >= 90 for code in codes)
    assert coloured == (not setting)


@forks
def test_no_line_is_wider_than_the_terminal_where_it_would_be_cut(ledger: Path, run: Callable[..., Run]) -> None:
    """The long description of a choice wraps: its last words are on the screen."""
    program = run(ledger).enter_through(FLASK_PROMPTS[:6]).asks("Does it do any of these?").see("since 20.10")
    program.type("\x03")
    assert program.end() == 130


def test_questions_are_left_to_questions() -> None:
    """Nobody but `questions.py` and the controls words or orders questions: the prompts name few keys."""
    source = "".join(path.read_text() for path in (ROOT / "wizard" / "prompts").glob("*.py"))
    named = {question.key for question in all_questions() if f'"{question.key}"' in source}
    about_the_program = {question.key for question in all_questions() if question.page == "Workload"}
    assert named <= about_the_program | {"health", "user"}


@forks
def test_where_no_engine_answers_that_is_said_and_nothing_is_asked(ledger: Path, run: Callable[..., Run]) -> None:
    program = run(ledger, TERM="dumb").enter_through(FLASK_PROMPTS)
    assert program.end() == 0, program.text
    said = program.text.split("Next:")[1]
    assert "Not proven yet: no container engine answers" in said or "Not proven yet: no docker command here" in said
    assert PROVE not in said


@pytest.mark.parametrize("answer", ["y", "", "<", None])
def test_the_proof_is_offered_after_writing_and_nothing_is_done_without_a_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str | None
) -> None:
    proven: list[Path] = []
    monkeypatch.setattr("wizard.prove.offer.offer", lambda: Offer(True, "on the engine here"))
    monkeypatch.setattr("wizard.prove.command.run", lambda folder, *_: proven.append(folder) or 1)
    monkeypatch.setattr("sys.stdin", io.StringIO("" if answer is None else f"{answer}\n"))
    assert offer_proof(Lines(), tmp_path, away=False) == (1 if answer == "y" else 0)
    assert proven == ([tmp_path] if answer == "y" else [])
    assert offer_proof(Lines(), tmp_path, away=True) == 0
    assert ELSEWHERE in " ".join(capsys.readouterr().out.split())
