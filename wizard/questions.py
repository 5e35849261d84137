"""Every question there is, in the only order there is: the program first, then what each control asks."""

from collections.abc import Callable
from functools import lru_cache

from msgspec.structs import replace

from wizard.companions import COMPANIONS
from wizard.controls import CONTROLS
from wizard.errors import UsageError
from wizard.question import Choice, Question
from wizard.spelling import COMMAND, ENVIRONMENT, TEXT, WAIVERS, WORDS
from wizard.spelling import COMPANIONS as COMPANION_ROWS
from wizard.stack import FURTHER
from wizard.stacks import STACKS
from wizard.workload import Workload

_FROM = ("FROM", "image")
_OFFERED = tuple(Choice(entry.id, entry.title if entry.booted else f"{entry.title} (not yet booted)") for entry in COMPANIONS)
_STACKS = tuple(Choice(stack.id, f"{stack.title} (not yet built)" if stack.not_built() else stack.title) for stack in STACKS)
_BUILD = ("RUN", "COPY")
_BUILT = "Only for a service that is built from this folder."
PAGES = ("Workload", "Companions and networks", "Ports", "Writable paths", "Needs and capabilities", "Secrets and environment",
         "Health", "User", "Limits", "Restart", "Logging", "Mounts and devices", "Profiles", "Controls")  # fmt: skip


_TAKING = {key: {stack.id for stack in STACKS if key in stack.takes} for key in FURTHER}


def _takes(key: str) -> Callable[[Workload], bool]:
    """Whether the stack's build has a use for this fact of `stack`."""
    return lambda workload: workload.stack is not None and workload.stack.language in _TAKING[key]


def _is_built(workload: Workload) -> bool:
    return workload.stack is not None


def _runtimes(workload: Workload) -> tuple[Choice, ...]:
    """The kinds of image that its stack runs on, with what each lacks."""
    stack = next((stack for stack in STACKS if workload.stack and stack.id == workload.stack.language), None)
    return tuple(Choice(kind.id, kind.title, f"It has {kind.lost}.") for kind in (stack.runtimes if stack else ()))


_PROGRAM = (
    Question("name", "Workload", "What is the service called?", "It is its name in the Compose file and on the network.", TEXT, settings=("name",)),
    Question("stack.language", "Workload", "What is it written in?", "It decides the base image and how it is built.", TEXT,
             choices=_STACKS, fact=True, settings=_FROM, when=lambda w: w.image is None),
    Question("stack.version", "Workload", "Which version of the language?", "The base image is named by it.", TEXT,
             "pinned-base-image", fact=True, settings=_FROM, when=_is_built),
    Question("stack.runtime", "Workload", "Which kind of image does it run on?", "What is smaller has less to break in with.", TEXT,
             "pinned-base-image", basic=False, settings=_FROM, when=lambda w: bool(_runtimes(w)), given=_runtimes),
    Question("command", "Workload", "What starts it?", "The program and its arguments, as in a shell, without a shell.", COMMAND,
             fact=True, settings=("CMD", "ENTRYPOINT", "command", "entrypoint")),
    Question("image", "Workload", "Which image does it run?", "An image that exists, in place of building one here.", TEXT,
             "pinned-base-image", basic=False, settings=_FROM),
    Question("stack.framework", "Workload", "Which framework?", _BUILT, TEXT, basic=False, settings=_BUILD, when=_is_built),
    Question("stack.package_manager", "Workload", "Which package manager?", _BUILT, TEXT, basic=False, settings=_BUILD, when=_is_built),
    Question("stack.lockfile", "Workload", "Which file lists its packages?", _BUILT, TEXT, basic=False, settings=_BUILD, when=_is_built),
    Question("stack.build", "Workload", "Which command builds it?", _BUILT, COMMAND, basic=False, settings=_BUILD, when=_is_built),
    Question("stack.packages", "Workload", "Which packages beside its own?", "As NAME==VERSION: a server, say.", WORDS,
             basic=False, settings=_BUILD, when=_takes("packages")),
    Question("stack.system_packages", "Workload", "Which system packages does it need at run time?",
             "Debian's names. They are installed in the image: while it runs, nothing can be.", replace(WORDS, example="curl, libpq5"),
             basic=False, settings=("RUN",), when=_takes("system_packages")),
    Question("stack.extensions", "Workload", "Which extensions does it need?", "PHP's own names, such as pdo_pgsql; most are in the image already.",
             replace(WORDS, example="intl, pdo_pgsql"), basic=False, settings=("RUN",),
             when=_takes("extensions")),
    Question("stack.quirks", "Workload", "What does its build have to know?", "Found in its manifests; seldom changed.", WORDS,
             many=True, basic=False, settings=_BUILD, when=_is_built,
             choices=(Choice("local-references", "its manifests name files beside them", "Everything is copied before packages are installed."),
                      Choice("prepare-script", "its prepare script is for developers", "It is left out with their packages."),
                      Choice("hashes", "a checksum of each package", "What is fetched has to be what the list says."),
                      Choice("single-page", "one page shows all paths", "A path without a file is answered with index.html."),
                      Choice("wrapper", "it brings its build tool along", "mvnw or gradlew, in place of that of the image."),
                      Choice("jar-layers", "its jar takes itself apart", "Spring Boot 3.3 or later: what seldom changes is a layer of its own."),
                      Choice("locked-restore", "packages.lock.json holds", "NuGet takes no other versions."),
                      Choice("yarn-berry", "Yarn 2 or later", "In the version that packageManager names."),
                      Choice("plug-n-play", "packages without node_modules", "Node is told of Yarn's own list of them."),
                      Choice("standalone-output", "Next.js copies what it needs", "That copy alone is in the image."),
                      Choice("pnpm-7", "a lock file of pnpm 7 or before", "Newer ones refuse it."),
                      Choice("pnpm-8", "a lock file of pnpm 8", "Newer ones refuse it."),
                      Choice("pnpm-of-engines", "its engines name a pnpm", "Another one refuses the project."),
                      Choice("compiled", "packages without wheels", "The build stage has a compiler."),
                      Choice("from-git", "packages of repositories", "The build stage has git."),
                      Choice("files-beside", "the program reads files of its folder", "They are in the image, beside what is compiled."))),
    Question("stack.arguments", "Workload", "Which variables is its build given?",
             "What ends in the pages of a site, such as the address of its API: no secrets. Without a value whoever builds may give one.",
             ENVIRONMENT, basic=False, settings=_BUILD, when=_takes("arguments")),
    Question("stack.source", "Workload", "Which folder is served or built?", "A root of pages, what a build makes, a package, a crate.", TEXT,
             basic=False, settings=_BUILD, when=_takes("source")),
    Question("extras", "Workload", "What else is written?", "Beside the Dockerfile and compose.yaml.", WORDS, many=True, basic=False,
             choices=(Choice("runbook", "a runbook for these services", "What is set and why, how to verify, watch and respond."),
                      Choice("docker-run", "docker-run.sh: the same as docker run commands", "For where there is no Compose."),
                      Choice("daemon", "daemon.json: settings of the engine", "With DAEMON.md: why, what breaks, how to apply it by hand."),
                      Choice("debug", "compose.debug.yaml: a debugger beside it, on request", "In place of SYS_PTRACE for the service itself."),
                      Choice("ci", "a workflow for GitHub Actions", "Builds, starts, scans, pushes and signs: .github/workflows/container.yml."),
                      Choice("signing", "a policy for Kubernetes: signed images only", "For Sigstore's policy-controller, in deploy/policy/."))),
    Question("repository", "Workload", "Where is its code on GitHub?",
             "As OWNER/NAME: what its workflow signs may run, and nothing else. Without it a key of your own signs.", TEXT,
             "pinned-base-image", basic=False, when=lambda w: "signing" in w.extras),
    Question(
        "companions", "Companions and networks", "Which services does it work with?",
        "Each is hardened as well, and reached on an internal network of its own.",
        COMPANION_ROWS, "internal-networks", _OFFERED, many=True,
        settings=("depends_on",),
    ),
)  # fmt: skip

_LAST = (
    Question("waivers", "Controls", "Which controls are left out?", "Each with its reason, which is reported every time.",
             WAIVERS, basic=False),
)  # fmt: skip


@lru_cache
def all_questions() -> tuple[Question, ...]:
    """All questions in order, page by page."""
    asked = (*_PROGRAM, *(question for control in CONTROLS for question in control.questions), *_LAST)
    return tuple(sorted(asked, key=lambda question: PAGES.index(question.page)))


def question_of(key: str) -> Question:
    """The question for a key of the answers file. Raises UsageError for a key that has none."""
    found = next((question for question in all_questions() if question.key == key), None)
    if found is None:
        import difflib

        keys = [question.key for question in all_questions()]
        close = difflib.get_close_matches(key, keys, 1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        from wizard.text import visible

        raise UsageError(f"{visible(key)} is no key{hint}; accepted: {', '.join(sorted(keys))}")
    return found
