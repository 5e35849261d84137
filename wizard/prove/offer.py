"""Whether what was just written can be proven here, and why not."""

from msgspec import Struct

from wizard.engine.docker import Docker
from wizard.errors import SeawallError

_PATIENCE = 10
"""Seconds in which an engine answers, or it is none to wait for."""
ELSEWHERE = "it builds where the program is: copy the files there, then seawall prove DIR"


class Offer(Struct, frozen=True):
    """Whether an engine answers, and in words which one it is, or why none does."""

    possible: bool
    words: str


def offer(docker: Docker | None = None) -> Offer:
    """Ask the engine that the environment names. It is asked for its version alone."""
    try:
        docker = docker or Docker(timeout=_PATIENCE)
        version = docker.version()
        docker.compose_version()
    except SeawallError as error:
        return Offer(False, str(error))
    return Offer(True, f"with a copy, on the engine here ({version})")
