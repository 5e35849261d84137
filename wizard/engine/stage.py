"""What a demonstration makes on the engine, by its label: made for one scene, gone after it, also after an interruption.

The label names this machine and process. What carries that of a process which is gone was left by one that was killed: the next
demonstration removes it. Nothing else is ever touched.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import count
from pathlib import Path

from wizard.engine import labelled
from wizard.engine.docker import Docker
from wizard.errors import SeawallError

LABEL = "org.seawall.demo"
SECONDS = 60
_FOLDER, _IMAGE = "seawall-demo-", "image"
_scenes = count(1)


class Stage:
    """Containers, networks, images and a folder of one scene, by short names. Use it in a `with`."""

    def __init__(self, docker: Docker) -> None:
        self._docker = docker
        self._prefix = f"seawall-demo-{os.getpid()}-{next(_scenes)}"
        self.containers: dict[str, str] = {}
        """The network of each container."""
        self._networks: set[str] = set()
        self._images: list[str] = []

    @cached_property
    def folder(self) -> str:
        """Where secrets lie, which only this user may enter."""
        return labelled.folder(_FOLDER)

    def named(self, short: str) -> str:
        """What a container, network or image is called on the engine."""
        return f"{self._prefix}-{short}"

    def shortened(self, text: str) -> str:
        """A text with the short names in it."""
        return text.replace(f"{self._prefix}-", "")

    def tell(self, *words: str, seconds: float = SECONDS, text: str = "") -> str:
        """Do what has to succeed, and what it says. Raises SeawallError."""
        code, said = self._docker.do(words, seconds, text)
        if code:
            raise SeawallError(f"docker {words[0]}: {' '.join(self.shortened(said).split())[-300:]}")
        return said

    def ask(self, *words: str) -> str:
        """What a command says about containers, whatever it is, with short names."""
        return self.shortened(self._docker.do([self.named(w) if w in self.containers else w for w in words], SECONDS)[1])

    def network(self, short: str, options: Callable[[], Sequence[str]]) -> str:
        """A network, made when it is first asked for."""
        if short == "none":
            return short
        if short not in self._networks:
            self._networks.add(short)
            self.tell("network", "create", "--label", _label(), *options(), self.named(short))
        return self.named(short)

    def image(self, tag: str) -> str:
        """What an image is called on the engine."""
        return self.named(f"{_IMAGE}:{tag}")

    def build(self, lines: Sequence[str], tag: str) -> None:
        """An image with a tag."""
        name = self.image(tag)
        self._images.append(f"{_IMAGE}:{tag}")
        self.tell("build", "--quiet", "--label", _label(), "--tag", name, "-", text="\n".join(lines) + "\n", seconds=2 * SECONDS)

    def run(self, short: str, network: str, words: Sequence[str], background: bool) -> str:
        """A container: what it said when it ended, or first said where it goes on. Raises SeawallError for one that does not start."""
        self.containers[short] = network
        name = self.named(short)
        begin = ["run", *(["--detach"] if background else []), "--pull", "never", "--name", name, "--label", _label()]
        code, said = self._docker.do([*begin, *words], SECONDS, folder=self.folder)
        if code in (125, 126, 127):
            raise SeawallError(f"the container did not start: {' '.join(self.shortened(said).split())[-300:]}")
        return self.shortened(said)

    def forget(self, short: str) -> None:
        """Remove a container, so that another may have its name."""
        self.tell("rm", "--force", "--volumes", self.named(short))
        del self.containers[short]

    def reach(self, short: str) -> tuple[str, str]:
        """The address and port at which the host answers for a container, by its network's address of the host."""
        address = self._docker.inspect("network", self.named(self.containers[short]))["IPAM"]["Config"][0]["Gateway"]
        published = self.tell("port", self.named(short)).splitlines()[0]
        return str(address).partition("/")[0], published.rpartition(":")[2]

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_: object) -> None:
        # Whatever fails, the rest is removed, and a scene's own error is the one to see.
        self._remove(("rm", "--force", "--volumes"), self.containers)
        self._remove(("network", "rm"), sorted(self._networks))
        self._remove(("image", "rm", "--force"), dict.fromkeys(self._images))
        if "folder" in self.__dict__:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _remove(self, words: Sequence[str], names: Iterable[str]) -> None:
        if real := [self.named(name) for name in names]:
            with contextlib.suppress(SeawallError):
                self._docker.do([*words, *real], SECONDS)


def _label() -> str:
    return f"{LABEL}={labelled.owner()}"


def sweep(docker: Docker) -> None:
    """Remove what killed demonstrations of this machine left."""
    labelled.sweep(docker, LABEL)
    labelled.sweep_folders(_FOLDER)


def disks() -> Iterator[str]:
    """Disks of this host whose rates can be limited, the one that holds the engine's data by default first."""
    for path in ("/var/lib/docker", "/"):
        with contextlib.suppress(OSError):
            number = os.stat(path).st_dev
            link = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}").resolve(strict=True)
            whole = link.parent if (link / "partition").exists() else link
            if Path("/dev", whole.name).is_block_device():
                yield f"/dev/{whole.name}"
    yield from (f"/dev/{disk.name}" for disk in sorted(Path("/sys/block").glob("[!lrz]*")) if Path("/dev", disk.name).is_block_device())
