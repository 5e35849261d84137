"""Each control has three depths: a line, a paragraph, the page; and every term that people read is in the glossary."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.test_laws import FULL, each_control
from wizard.capabilities import CAPABILITIES, FACTS, Fact, fact_of, mask
from wizard.capability_sets import FIELDS
from wizard.check.judging import NOT_READ
from wizard.companions import COMPANIONS
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.controls.capabilities import NEEDS, Need
from wizard.errors import UsageError
from wizard.explain import explained
from wizard.glossary import GLOSSARY, pattern, terms_in
from wizard.project import Project
from wizard.questions import all_questions, question_of
from wizard.render import notes
from wizard.resolve import resolve
from wizard.settings import COMPOSE, DOCKERFILE, ELSEWHERE
from wizard.stacks import STACKS
from wizard.workload import evolve, make

PLAIN = {
    "FastAPI": "a product", "TypeScript": "a product", "NuGet": "a product", "PostgreSQL": "a product", "SQLite": "a product",
    "NAME": "stands for what is typed", "OWNER": "stands for what is typed", "TAG": "stands for what is typed", "GitHub": "a product", "DEBUG_IMAGE": "stands for what is typed", "CRIU": "a product", "PORT": "stands for what is typed", "VARIABLE": "stands for what is typed",
    "VERSION": "stands for what is typed", "API_TOKEN": "an example", "LOG_LEVEL": "an example", "NODE_OPTIONS": "a variable of Node's",
    "MODE": "an example", "ttyUSB0": "an example",
    "PATH": "the variable that every shell has", "MiB": "a unit",
    "SP": "special publication, part of the name of NIST's guide", "USA": "a country",
    "runAsNonRoot": "a field of Kubernetes", "allowPrivilegeEscalation": "a field of Kubernetes", "seccompProfile": "a field of Kubernetes",
    "runAsUser": "a field of Kubernetes", "appArmorProfile": "a field of Kubernetes", "seLinuxOptions": "a field of Kubernetes",
    "hostPID": "a field of Kubernetes", "hostIPC": "a field of Kubernetes",
    "Privileged": "a field of docker inspect", "privileged": "a setting of Compose, on its page", "PidMode": "a field of docker inspect", "RestartCount": "a field of docker inspect",
    "compose": "part of a command or a file's name, in the entry of Compose",
    "passwd": "a program of the system", "ping": "a program of the system", "ps": "a program of the system", "lsblk": "a program of the system", "devices": "part of the name of a file, devices.list",
    "unhealthy": "a state that docker ps shows", "Restarting": "a state that docker ps shows",
    "unless-stopped": "explained where it is chosen", "on-failure:5": "explained where it is chosen",
    "host-gateway": "a value, on the page of its setting", "json-file": "a value, on the page of its setting",
    "local": "a value, on the page of its setting", "none": "a value, on the page of its setting", "false": "a value, on the page of its setting",
    "unconfined": "a value, on the page of its setting", "builtin": "a value, on the page of its setting", "default": "a value, on the page of its setting",
    "docker-default": "a value, on the page of its setting", "svirt_sandbox_file_t": "a value, on the page of its setting",
    "com.docker.network.bridge.enable_icc": "an option of networks, so named",
    "CONNECT": "a word of curl's, as it shows it", "TCP_DENIED": "a word of squid's log", "http_proxy": "HTTP_PROXY in small letters",
    "deploy.resources": "a setting of Compose that is not used", "max-file": "an option of logging", "max-size": "an option of logging",
}  # fmt: skip
"""Words that look like terms and need no entry, with the reason."""

TECHNICAL = (
    "allow-list", "capabilit", "cgroup", "chown", "chroot", "compose", "container", "daemon", "device", "digest", "dockerfile",
    "edge", "engine", "entry script", "entrypoint", "errno", "exit code", "file capabilit", "firewall", "fork bomb", "gid", "gosu", "health check",
    "image", "init", "internal network", "kernel", "layer", "loopback", "masquerad", "memlock", "mlock", "mount", "name server",
    "namespace", "noexec", "non-root", "packet", "privileged", "proxy", "publish", "pull", "read-only", "registr", "root", "seccomp", "secret",
    "setgid", "setuid", "shared memory", "shell", "sidecar", "signal", "socket", "soft limit", "sudo", "swap", "system call", "tmpfs", "uid",
    "ulimit", "variable", "volume", "waive", "zombie",
)  # fmt: skip
"""Beginnings of words that a developer may have heard and not met: wherever one stands, an entry explains it."""

SETTINGS = {*COMPOSE, *DOCKERFILE, *ELSEWHERE, *(setting for control in CONTROLS for setting in control.settings)}
NAMES = {word.strip(",()") for entry in COMPANIONS for word in entry.title.split()}
"""Names of programs, which stand for themselves."""
EXPLAINED = {*PLAIN, *NAMES, *CAPABILITIES, *(word for setting in SETTINGS for word in setting.split())}
"""Names that need no entry: the page of a control, or the list of capabilities, says what they are."""

PAGES = ("daemon.json", "DAEMON.md", "rootless")
"""Names that `explain` has more to say of than an entry could."""


def project() -> Project:
    """A project in which much is said: every need, a capability by name, an odd image beside it."""
    return resolve(evolve(make(FULL), needs=[need.id for need in NEEDS], capabilities=[{"name": "NET_RAW", "why": "probes"}], ingress="direct"))


def texts() -> Iterator[tuple[str, str]]:
    """Everything that people read of the registries, and where it stands."""
    for control in CONTROLS:
        yield control.id, explained(control.id, "text")
    for question in all_questions():
        choices = (text for choice in (*question.choices, *question.offers) for text in (choice.title, choice.help))
        yield question.key, "\n".join((question.page, question.prompt, question.help, question.spelling.example, *choices))
    for entry in COMPANIONS:
        yield entry.id, "\n".join((entry.title, *entry.warnings, entry.evidence))
    for stack in STACKS:
        yield stack.id, f"{stack.title}\n{stack.evidence}"
    for fact in FACTS:
        yield fact.name, f"{fact.purpose}\n{fact.risk}\n{fact.needed}\n{fact.instead}\n{fact.non_root}"
    for kind, known in (("setting", COMPOSE), ("instruction", DOCKERFILE), ("elsewhere", ELSEWHERE)):
        for name, note in known.items():
            yield f"{kind} {name}", note.about
    yield from FIELDS.items()
    for control_id, service, message in notes(project()):
        yield f"note of {control_id} for {service}", message
    for service_ in project().services:
        probes = [probe for control in CONTROLS for probe in control.probes(service_)]
        yield f"probes of {service_.name}", "\n".join(f"{probe.what}: {probe.expected}" for probe in probes)


TEXTS = dict(texts())
ENTRIES = {f"glossary: {term}": text for term, text in GLOSSARY.items()}


def unexplained(text: str) -> list[str]:
    """What looks like a term in a text and has no entry: `settings`, acronyms, and words of the technical kind."""
    known = "|".join((*(control.id for control in CONTROLS), *map(re.escape, PAGES), r"`(?:docker|awk) [^`]*`"))
    left = pattern().sub("", re.sub(known, "", text))
    ticked = re.findall(r"`([a-z][\w.:-]*)`", left)
    acronyms = [word for word in re.findall(r"[A-Za-z]\w*", left) if sum(char.isupper() for char in word) > 1]
    technical = [word for stem in TECHNICAL for word in re.findall(rf"(?<![\w./-])(?i:{stem})[a-z]*(?![\w/])", left)]
    return [word for word in (*ticked, *acronyms) if word not in EXPLAINED] + [word for word in technical if not (word in PLAIN or word.isupper())]


def words(text: str) -> str:
    """Text without its blanks: lines are broken at hyphens, too."""
    return "".join(text.split())


@each_control
def test_the_line_of_a_control_fits_beside_others(control: Control) -> None:
    assert 10 <= len(control.title) <= 60
    assert control.title.isascii(), "a character is a cell"
    assert control.title == control.title.strip(" .").replace("\n", " ")


@each_control
def test_the_paragraph_of_a_control_is_a_paragraph(control: Control) -> None:
    why = control.page.sections["Why"]
    assert 20 <= len(why.split()) <= 90
    assert why.endswith(".")
    assert control.title not in why


@each_control
def test_the_page_of_a_control_holds_the_other_two(control: Control) -> None:
    page = words(explained(control.id, "text").replace("`", ""))  # A long literal stands in a line of its own, without them.
    assert all(words(text.replace("`", "")) in page for text in (control.title, *control.page.sections.values()))


@pytest.mark.parametrize("where", [*TEXTS, *ENTRIES])
def test_every_term_has_an_entry(where: str) -> None:
    assert unexplained((TEXTS | ENTRIES)[where]) == []


@pytest.mark.parametrize("term", GLOSSARY)
def test_an_entry_is_short_used_and_about_something_else_than_itself(term: str) -> None:
    entry = GLOSSARY[term]
    assert 20 <= len(entry) <= 200
    assert entry.endswith((".", "!"))
    assert entry[0].isupper()
    others = (text for other, text in GLOSSARY.items() if other != term)
    # Reports of check have one of them in the place of a control.
    assert term == NOT_READ or any(term in terms_in(text) for text in (*TEXTS.values(), *others)), "no text uses it"


def test_no_plain_word_or_stem_is_stale() -> None:
    whole = "\n".join((*TEXTS.values(), *ENTRIES.values()))
    assert [word for word in PLAIN if not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", whole)] == []
    assert [stem for stem in TECHNICAL if not re.search(rf"(?i:{stem})", whole)] == []
    assert [word for word in PLAIN if word in GLOSSARY] == []


@pytest.mark.parametrize(("text", "terms"), [
    ("", ()),
    ("Nothing of it here.", ()),
    ("Capabilities beside a capability, then tmpfs.", ("capability", "tmpfs")),
    ("It is mounted; mounts of registries.", ("mount", "registry")),
    ("a file\n  capability, then the bounding\tset", ("file capability", "bounding set")),
    ("PID 1 is no PID, nor are PIDs pids.", ("PID 1", "PID")),
    ("owasp, OWASP; api, APIs", ("OWASP", "API")),
    ("read-only-rootfs, mem_swap, imaged.json, s600 and a-root are words of their own", ()),
    ("Read-only, under /dev/shm/x and /proc/1/status", ("read-only", "/dev/shm", "/proc")),
])  # fmt: skip
def test_terms_are_found_in_the_order_of_a_text(text: str, terms: tuple[str, ...]) -> None:
    assert terms_in(text) == terms


@pytest.mark.parametrize("term", GLOSSARY)
def test_every_term_is_found_as_itself(term: str) -> None:
    assert terms_in(f"Say {term}, and {term}.") == (term,)


def test_the_capabilities_are_those_of_the_kernel_and_the_engine() -> None:
    assert len(CAPABILITIES) == len(set(CAPABILITIES)) == 41
    assert (CAPABILITIES[0], CAPABILITIES[21], CAPABILITIES[40]) == ("CHOWN", "SYS_ADMIN", "CHECKPOINT_RESTORE")
    granted = tuple(fact.name for fact in FACTS if fact.default)
    assert len(granted) == 14
    assert mask(granted) == "00000000a80425fb", "CapBnd of a container that was started with nothing said"


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_a_capability_says_what_it_permits_and_what_it_is_worth_to_an_intruder(fact: Fact) -> None:
    assert fact_of(fact.name) is fact
    assert 10 <= len(fact.purpose) <= 70
    assert 8 <= len(fact.risk) <= 90
    assert not (fact.purpose + fact.risk).endswith(".")
    page = words(explained(f"cap_{fact.name.lower()}", "text"))
    assert words(f"{fact.name}: {fact.purpose}risk {fact.level}; ") in page
    assert words(f"What an intruder does with it {fact.risk[0].upper()}{fact.risk[1:]}.") in page
    assert page.count(words("given to every container by default;")) == fact.default
    shown, *_ = json.loads(explained(fact.name, "json"))
    assert {"name": fact.name, "purpose": fact.purpose, "risk": fact.risk, "default": fact.default}.items() <= shown["capability"].items()
    assert shown["needs"] == [f"{need.question} {need.help}" for need in NEEDS if fact.name in need.costs]


def test_an_unknown_capability_is_none() -> None:
    with pytest.raises(ValueError, match="index"):
        fact_of("NET_COOKED")
    with pytest.raises(UsageError, match="no control, setting, capability"):
        explained("NET_COOKED", "text")


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.id)
def test_a_need_shows_its_cost_and_the_cheaper_way(need: Need) -> None:
    choice = next(choice for choice in question_of("needs").choices if choice.value == need.id)
    assert choice.title == need.question
    assert choice.title.endswith("?")
    assert need.costs
    assert set(need.root) <= set(need.costs) <= set(CAPABILITIES)
    assert choice.help.startswith("Would cost ")
    assert choice.help.count(". ") == 1, "two short sentences"
    assert len(choice.help) <= 150
    assert all(name in choice.help for name in need.costs)
    assert choice.help.endswith(f"{need.way}.")
    (said,) = (message for control, _, message in notes(resolve(evolve(make(FULL), needs=[need.id]))) if control == "minimal-capabilities")
    assert said.endswith(f" not added. {need.way}")
    assert all(name in said for name in need.costs)
