"""What an image starts as, with where that is known from: the Dockerfile that builds it, the catalogue, or nothing."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from wizard.check.dockerfiles import Dockerfile, Stage, expanded, variables
from wizard.check.known import IMAGES, PUBLISHERS
from wizard.foreign import Start, Unknown
from wizard.known_image import Known


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
    return _catalogued(reference)


@lru_cache(1000)  # many services run the same few images
def _catalogued(reference: str) -> Start:
    name, tag = split(reference)
    source = f"the catalogue, of {name}"
    if name == "scratch":
        return Start("scratch, which is empty", user="0", health=False)
    if name.startswith("gcr.io/distroless/"):
        return Start(source, user="65532" if "nonroot" in tag else "0", health=False)
    known = _facts(name)
    if known is None:
        return Start()
    facts = known.at(tag)
    memory = {folder.path: folder.size.lower() for folder in sorted(facts.scratch, key=lambda folder: folder.path)}
    data = tuple(folder.path for folder in facts.kept)
    # Official images have no health check of their own.
    health = False if facts.checked is None and "/" not in name else facts.checked
    return Start(
        source, facts.start, health, facts.own, facts.root, writes=(*memory, *data), memory=memory, data=data, carried=facts.carried,
        health_test=facts.health, pace=facts.pace, secret_files=facts.secrets, mem_limit=facts.mem_limit.lower(), own_init=facts.own_init,
        keeps=all(folder.declared for folder in facts.kept),
    )  # fmt: skip


def _facts(name: str) -> Known | None:
    """By its name, or by the publisher of whom all images start alike."""
    return IMAGES.get(name) or next((facts for publisher, facts in PUBLISHERS.items() if name.startswith(publisher)), None)


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
        return Start(where if user is not None else "", user, health, own_init=base.own_init, carried=base.carried)
    return Start(where, user, health, base.suggestion, base.root_capabilities, own_init=base.own_init, carried=base.carried)
