"""Secrets as files."""

import re
import shlex
from collections.abc import Iterator
from typing import Any, ClassVar

from wizard.control import Control, Flaw, Fragment, Live, Probe, Severity, Step
from wizard.foreign import Filled, Foreign, ForeignImage, Unknown
from wizard.mend import Aim, Edit, How, Left, Mend
from wizard.mistake import Lines, Mistake
from wizard.project import Project, SecretUse, Service
from wizard.public_names import is_meant_for_all
from wizard.question import Question
from wizard.spelling import ENVIRONMENT, SECRETS, Data

FOLDER = "secrets"
MOUNTED = "/run/secrets"
_CREDENTIALS = r"://[^/@\s:$]*:((?:\$\{[^}]*\}|[^/@\s])+)@"
"""An address with a password in it."""
_NAMED_LIKE_ONE = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|(?<![A-Z])PASS\Z|SECRET|TOKEN|REQUIREPASS|MASTERAUTH|ERLANG_COOKIE|CREDENTIAL"
    r"|(?:API|APP|PRIVATE|ACCESS|ENCRYPTION|SIGNING|MASTER|FERNET)_?KEY(?!_?ID\Z)", re.I)  # fmt: skip
_OPTION = re.compile(r"--([A-Za-z][\w-]*)(?:=(.*))?\Z", re.S)
_ABOUT_ONE = re.compile(r"RANDOM_ROOT_PASSWORD|ALLOW_EMPTY|_(?:FILE|LIFETIME|TTL|LENGTH|ENABLED)\Z", re.I)
"""It only says where or how one is kept, whether there is one at all, or how long it holds."""


def _gloss(row: Data) -> str:
    """How the program gets it."""
    return f"a file, and the variable {row['env']} when it starts" if "env" in row else f"a file, /run/secrets/{row.get('name', '')}"


class SecretsAsFiles(Control):
    """Secrets are files, not container variables or image layers.

    Why:
    A variable is shown by `docker inspect`, inherited by every child process, and lands in crash reports and logs; a
    layer is in every copy of the image. A file is read by who may read it. The files lie in a folder that only its owner may
    enter; inside it they are readable, since the engine keeps owner and mode of the host and the service has another user.

    What may break:
    Programs that only read a variable: `NAME as VARIABLE` hands the file's content to the process when it starts; then
    it is in that process's environment, but not in the image, the Compose file or `docker inspect`.

    How it shows:
    `Permission denied` on /run/secrets/NAME when the file on the host is 0600; `invalid mount config ... does not exist`
    when it is missing.

    References:
    CIS Docker 4.10; OWASP Docker rule 12; NIST SP 800-190 4.1.4; docker/compose issues 9648 and 13287.
    """

    id = "secrets-as-files"
    step = Step.SPREAD
    stops = "A crash report, a debug page or `docker inspect` does not hand out the database's password."
    stands = (
        "Who has the password still has to get to the database: to its network (internal-networks), or to a port that only this machine "
        "reaches (loopback-ports)."
    )
    settings: ClassVar[tuple[str, ...]] = ("secrets", "environment", "env_file", "entrypoint")
    questions = (
        Question(
            "secrets", "Secrets and environment", "Which secrets does it read?",
            "Each is made at random in secrets/ unless you put one there. «token as API_TOKEN» for programs that read a variable.",
            SECRETS, "secrets-as-files", settings=("secrets",), gloss=_gloss,
        ),
        Question(
            "environment", "Secrets and environment", "Which variables does it get?", "Settings, never secrets.",
            ENVIRONMENT, "secrets-as-files", basic=False, settings=("environment", "ENV"),
        ),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "The secret's file on the host may only be read by its owner.",
            Lines("shell", "install -D -m 0600 /dev/null secrets/token"), "Permission denied",
            Lines("shell", "install -D -m 0444 /dev/null secrets/token && chmod 0700 secrets"), "it was read",
            given={"user": "10001:10001", "secrets": ["token"]}, program="cat /run/secrets/token && echo it was read",
            why="Compose mounts the file as it is: 0444 for the service, in a folder of mode 0700 for the others on the host.",
        ),
        Mistake(
            "The secret is named, and its file was never made.",
            {"secrets": ["token"]}, "invalid mount config ... does not exist",
            Lines("shell", "install -D -m 0444 /dev/null secrets/token && chmod 0700 secrets"), "it was read",
            given={"user": "10001:10001"}, program="cat /run/secrets/token && echo it was read",
            why="nothing starts without its secrets; seawall writes them where they are missing.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        if not service.secrets:
            return {}
        fragment: dict[str, Any] = {"secrets": [use.name for use in service.secrets]}
        if handed := [use for use in service.secrets if use.env]:
            fragment["entrypoint"] = _handing_over(handed)
            fragment["command"] = list(service.workload.command)
        return fragment

    def without(self, service: Service) -> Fragment:
        return {"env_file": [f"./{FOLDER}/{service.name}.env"]} if service.secrets else {}

    def project(self, project: Project) -> Fragment:
        used = [use.name for service in project.services if self.id not in service.waived for use in service.secrets]
        return {"secrets": {name: {"file": f"./{FOLDER}/{name}"} for name in used}} if used else {}

    def judge(self, seen: Foreign) -> Iterator[Flaw]:
        """Variables that hold a secret, by their name or as part of an address; those from elsewhere are shown by inspect as well."""
        for name, value in (seen.fragment.get("environment") or {}).items():
            text = "" if value is None else str(value)
            address = re.search(_CREDENTIALS, text)
            if not address and (not is_named_like_a_secret(name) or value == "" or text.startswith(f"{MOUNTED}/")):
                continue
            here = value is not None and not isinstance(value, (Filled, Unknown))
            where = "stands in the file" if here else "is a variable of the container, which docker inspect shows"
            what = f"the password in {name}" if address else f"the secret {name}"
            yield Flaw(f"{what} {where}", f"make it one of secrets, a file in {MOUNTED}, and name that ({name}_FILE where the image knows it)",
                       "environment", name, None if here else Severity.WARN)  # fmt: skip
        for entry, names in seen.from_files.items():
            for name in names:
                if is_named_like_a_secret(name):
                    yield Flaw(f"the secret {name} of {seen.fragment['env_file'][entry]} becomes a variable, which docker inspect shows",
                               f"make it one of secrets, a file in {MOUNTED}", "env_file", entry, Severity.WARN)  # fmt: skip
        for key in ("entrypoint", "command"):
            for option, value in _options(seen.fragment.get(key)):
                here = not isinstance(value, (Filled, Unknown))
                yield Flaw(f"the secret of {option} stands in the {key}, which docker inspect and the list of processes show",
                           f"have it read from a file in {MOUNTED}: an option or a configuration file of the program names that",
                           key, severity=None if here else Severity.WARN)  # fmt: skip

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """A secret that stands in the file moves into one of its own, where the image reads it from there."""
        for flaw in self.judge(seen):
            name = str(flaw.entry)
            other = seen.image.secret_files.get(name)
            value = (seen.fragment.get("environment") or {}).get(name)
            if flaw.key != "environment" or not other or flaw.severity is not None or re.search(_CREDENTIALS, str(value)):
                continue
            secret = f"{seen.name}_{name}".lower().replace("-", "_").replace(".", "_")
            edits = (
                Edit(("environment", name), (other, f"{MOUNTED}/{secret}"), How.RENAME),
                Edit(("secrets",), [secret], How.ADD),
                Edit(("secrets", secret), {"file": f"./{FOLDER}/{secret}"}, top=True),
            )
            yield Mend(self.id, edits, self.page.reason, files={secret: str(value)})

    def judge_image(self, image: ForeignImage) -> Iterator[Flaw]:
        for one in image.instructions:
            for name in one.sets:
                if is_named_like_a_secret(name):
                    yield Flaw(f"{one.name} {name} puts a secret into the image, or its history",
                               "RUN --mount=type=secret while it is built; a file when it runs",
                               line=one.line)  # fmt: skip

    def notes(self, service: Service) -> tuple[str, ...]:
        named = [f"{name} in environment looks like a secret: everyone who may inspect the container reads it; make it one of secrets"
                 for name in service.workload.environment if service.role == "app" and is_named_like_a_secret(name)]  # fmt: skip
        handed = [f"{use.name} becomes the variable {use.env} of the process: its children inherit it"
                  for use in service.secrets if use.env]  # fmt: skip
        replaced = [f"the entrypoint of {service.image.reference} is replaced by a shell that hands the secret over, then runs the command"
                    for use in service.secrets if use.env and service.image.origin == "unknown"][:1]  # fmt: skip
        return (*named, *handed, *replaced)

    def probes(self, service: Service) -> tuple[Probe, ...]:
        if not service.secrets:
            return ()
        user = service.owner

        def observe(live: Live) -> str:
            return ", ".join(f"{use.name} {live.read(f'{MOUNTED}/{use.name}', user.uid, user.gid)}" for use in service.secrets)

        return (Probe("secrets as files for the user", ", ".join(f"{use.name} readable" for use in service.secrets), observe),)


def _options(command: Any) -> Iterator[tuple[str, str]]:
    """The options of a command that take a secret, each with it; neither those that name a file, nor what a shell fills in."""
    words = command if isinstance(command, list) else _words(command)
    for word, following in zip(words, (*words[1:], "-"), strict=False):
        if not isinstance(word, str) or not isinstance(following, str) or not (match := _OPTION.match(word)):
            continue
        value = type(word)(match[2]) if match[2] is not None else following
        if value[:1] not in ("", "-", "/", ".", "$", "%") and is_named_like_a_secret(match[1].replace("-", "_")):
            yield f"--{match[1]}", value


def _words(command: Any) -> list[str]:
    kind = type(command) if isinstance(command, (Filled, Unknown)) else str
    try:
        return [kind(word) for word in shlex.split(command)] if isinstance(command, str) else []
    except ValueError:
        return []  # a shell's own quotes: what is a word in it is not known


def is_named_like_a_secret(name: str) -> bool:
    """Whether a variable's name says that it holds a secret itself, rather than the path of one."""
    return bool(_NAMED_LIKE_ONE.search(name)) and not _ABOUT_ONE.search(name) and not is_meant_for_all(name)


def _handing_over(uses: list[SecretUse]) -> list[str]:
    """An entrypoint that exports each secret and becomes the command; names and paths are validated words."""
    exports = "".join(f'{use.env}="$(cat {MOUNTED}/{use.name})"; export {use.env}; ' for use in uses)
    return ["/bin/sh", "-c", f'set -e; {exports}exec "$@"', "sh"]
