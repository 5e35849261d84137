"""Pinned base image."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from msgspec.structs import replace

from wizard.base_images import COMPILERS, too_much
from wizard.control import Control, Flaw, Live, Probe, Severity, Step
from wizard.foreign import Foreign, ForeignImage
from wizard.mistake import Lines, Mistake
from wizard.project import Service
from wizard.question import Question
from wizard.spelling import WORDS
from wizard.stand_ins import REGISTRY

BASE_LABEL = "org.opencontainers.image.base.name"
BASE_DIGEST = "org.opencontainers.image.base.digest"
_MOVING = frozenset(("latest", "stable", "slim", "alpine", "mainline", "stable-alpine-slim", "nonroot", "edge", "lts"))


class PinnedBaseImage(Control):
    """Images are small and named by a version.

    Why:
    A tag such as `latest` is another program tomorrow: two builds of one commit differ, and a rollback may not roll back. Who gets
    at the account that pushes it has their program in your next build. A version is the least; a digest (`name:1.2@sha256:...`)
    is exact, and needs a tool that renews it, or it freezes the fixes out. Only what runs belongs in it: a compiler builds
    whoever breaks in the tools to go on with. So `-slim` for Python and Node, distroless for Go.

    What may break:
    Nothing at first. A version that reaches its end of life gets no fixes any more: raise it on purpose, and build again for the fixes
    below it. A small image lacks what one is used to: `-slim` has no compiler and no curl, distroless no shell, and alpine's C
    library is musl, for which many ready-made packages are not made. Stages that only build are no part of the image, and are named
    by a version all the same.

    How it shows:
    A service changes without a commit: what said `this is release 1` yesterday says `this is release 2` today; or, for a tag
    that was removed, `manifest unknown` when pulling.

    References:
    CIS Docker 4.2, 5.28; OWASP Docker rule 13; NIST SP 800-190 4.1.5; Docker docs: Building best practices, «Pin base
    image versions».
    """

    id = "pinned-base-image"
    severity = Severity.WARN
    step = Step.ENTER
    stops = "Who takes over an image's maker moves its tag, and the next start here would run their program."
    stands = (
        "Their program runs as a user without rights (non-root-user), keeps nothing (read-only-rootfs) and has no way to call home "
        "(internal-networks)."
    )
    remedy: ClassVar[str] = "name a version, such as :1.2; a digest is exact"
    settings: ClassVar[tuple[str, ...]] = ("image", "FROM")
    questions = (
        Question(
            "digests", "Workload", "Which images are named by digest?",
            "As NAME:TAG@sha256:..., for images of this project. --pin-digests takes them from this engine. Off by default: a digest gets no fixes "
            "by itself, so have Dependabot or Renovate renew it.",
            WORDS, "pinned-base-image", basic=False, settings=("image", "FROM"),
        ),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "The image is named without a version, and its makers have released the next one.",
            {"image": "CONTAINER:latest"}, "this is release 2", {"image": "CONTAINER:1.0"}, "this is release 1",
            program='echo "this is release $RELEASE"',
            before=r"""
                printf 'FROM IMAGE\nENV RELEASE=1\n' | docker build --quiet --tag CONTAINER:1.0 - >/dev/null 2>&1
                printf 'FROM IMAGE\nENV RELEASE=2\n' | docker build --quiet --tag CONTAINER:latest - >/dev/null 2>&1
            """,
            why="latest follows what is released; a version stays the program that was tested.",
        ),
        Mistake(
            "The Dockerfile names a tag that its makers took back.",
            Lines("shell", "docker pull $(docker port CONTAINER-registry 5000)/CONTAINER:3.1"), "manifest unknown",
            Lines("shell", "docker pull $(docker port CONTAINER-registry 5000)/CONTAINER:3.2"), "Downloaded newer image",
            before=f"""
                docker run --detach --name CONTAINER-registry --label org.seawall.learn=yes --publish 127.0.0.1::5000 \\
                    IMAGE python -uc '{REGISTRY}' >/dev/null
                for n in $(seq 99); do docker logs CONTAINER-registry 2>&1 | grep -q Serving && break; sleep 0.1; done
            """,
            why="name a version that is there; where a digest is kept as well, a rebuilt tag is noticed.",
        ),
    )  # fmt: skip

    def forbids(self, fragment: Mapping[str, Any]) -> Iterator[str]:
        # Beside build, image is only the name that what is built gets.
        if "image" in fragment and "build" not in fragment and is_moving(str(fragment["image"])):
            yield f"image {fragment['image']} moves"
        if "image" in fragment and (message := too_much(str(fragment["image"]))):
            yield message

    def refuses(self, seen: Foreign) -> Iterator[Flaw]:
        for flaw in super().refuses(seen):
            yield flaw if flaw.message.endswith(" moves") else replace(flaw, remedy="take the small one; build in a stage of its own")

    def judge_image(self, image: ForeignImage) -> Iterator[Flaw]:
        for base, line in image.bases:
            if base is None:
                yield Flaw("FROM hangs on an argument without a value: unknown", "give the argument a default that names a version", line=line)
            elif is_moving(base):
                yield Flaw(f"FROM {base} moves", "name a version", line=line)

    def notes(self, service: Service) -> tuple[str, ...]:
        reference = service.image.reference
        moving = (f"{reference} moves: name a version, so that the next build is this program",) if is_moving(reference) else ()
        read = "no test of Seawall has started it yet: whom it runs as and what it writes was read in its Dockerfile and start script"
        unseen = (f"{reference}: {read}",) if service.image.unseen else ()
        return (*moving, *unseen, *((message,) if (message := too_much(reference)) else ()))

    def probes(self, service: Service) -> tuple[Probe, ...]:
        named = Probe("image named by a version", "pinned", _observe)
        return (named,) if service.image.origin == "unknown" else (named, Probe("no compiler in the image", "none", _compilers))


def is_moving(reference: str) -> bool:
    """Whether the tag of an image can come to mean another program: none, or a word without a version. `scratch` is no image.

    gcr.io/distroless names carry their version in the name (`static-debian13`).
    """
    if "@sha256:" in reference or reference == "scratch":
        return False
    name, _, tag = reference.rpartition("/")[2].partition(":")
    return not tag or (tag in _MOVING and not any(c.isdigit() for c in name))


def _compilers(live: Live) -> str:
    return ", ".join(path for path in COMPILERS if not live.stat(path).startswith("E")) or "none"


def _observe(live: Live) -> str:
    labels = live.image().get("Config", {}).get("Labels") or {}
    reference = labels.get(BASE_LABEL) or live.inspect()["Config"]["Image"]
    return f"{reference} moves" if is_moving(reference) else "pinned"
