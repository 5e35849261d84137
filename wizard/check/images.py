"""What an image starts as, with where that is known from: the Dockerfile that builds it, the catalogue, or nothing."""

from collections.abc import Mapping
from typing import Any

from wizard.check.dockerfiles import Dockerfile, Stage, expanded, variables
from wizard.check.known import IMAGES
from wizard.foreign import Start, Unknown


def split(reference: str) -> tuple[str, str]:
    """Name and tag of an image, the default registry taken off."""
    bare = reference.partition("@")[0]
    for prefix in ("docker.io/", "index.docker.io/", "registry-1.docker.io/"):
        bare = bare.removeprefix(prefix)
    bare = bare.removeprefix("library/")
    name, colon, tag = bare.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (bare, "")


def known_image(reference: str | None) -> Start:
    """What the catalogue knows of an image; nothing is asked of a registry."""
    if not reference or isinstance(reference, Unknown):
        return Start()
    name, tag = split(reference)
    source = f"the catalogue, of {name}"
    if name == "scratch":
        return Start("scratch, which is empty", user="0", health=False)
    if name.startswith("gcr.io/distroless/"):
        return Start(source, user="65532" if "nonroot" in tag else "0", health=False)
    known = IMAGES.get(name)
    if known is None:
        return Start()
    start = known.start
    if name == "mariadb" and "ubi" in tag:
        start = "mysql"
    elif name == "prom/prometheus" and "distroless" in tag:
        start = "65532"
    # Official images have no health check of their own.
    return Start(source, start, None if "/" in name else False, known.user(tag), known.root, (*known.memory, *known.data))


def built_image(file: Dockerfile, stage: Stage, arguments: Mapping[str, Any] | None = None) -> Start:
    """What a stage of a Dockerfile makes: its own words first, then those of the image that it begins with."""
    *_, first = stage.lineage()
    base = known_image(first.base)
    user, where = base.user, base.known_from and f"{base.known_from} ({file.name}:{first.line})"
    if said := stage.last("USER"):
        text = expanded(said.rest, variables(stage, file.known, arguments))
        user, where = (None if isinstance(text, Unknown) or not text else text), f"{file.name}:{said.line}"
    check = stage.last("HEALTHCHECK")
    health = base.health if check is None else check.words[:1] != ("NONE",)
    if said:
        return Start(where if user is not None else "", user, health)
    return Start(where, user, health, base.suggestion, base.root_capabilities)
