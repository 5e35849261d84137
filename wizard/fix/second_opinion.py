"""What Compose itself makes of a project before and after: nothing but what was meant may differ."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from wizard.fix.applying import Agrees, Group, Meant
from wizard.fix.edited import Texts
from wizard.fix.refusal import NotEditable
from wizard.text import visible_all

_SECONDS = 20.0


@cache
def command() -> tuple[str, ...]:
    """The Compose command of this machine; nothing where there is none."""
    if docker := shutil.which("docker"):
        try:
            found = subprocess.run([docker, "compose", "version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return ()
        if found.returncode == 0:
            return (docker, "compose")
    standalone = shutil.which("docker-compose")
    return (standalone,) if standalone else ()


class Compose(Agrees):
    """Asks `docker compose config`, which starts nothing and fetches nothing of a project whose parts are all on this disk."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[Path, ...], tuple[tuple[str, str], ...]], dict[str, Any] | str] = {}

    def __call__(self, before: Texts, after: Texts, group: Group, meant: Sequence[Meant]) -> None:
        """Raise NotEditable where Compose does not accept the result, or sees another difference in it than was meant."""
        was = self._config(before, group)
        if isinstance(was, str):
            return  # It did not accept what was there either, so it has no opinion.
        found = self._config(after, group)
        if isinstance(found, str):
            raise NotEditable(meant[0].place, f"docker compose config would not accept it: {found}")
        keys: dict[str, set[str]] = {}
        top: set[str] = set()
        for one in meant:
            for edit in one.mend.edits:
                (top if edit.top else keys.setdefault(one.service, set())).add(str(edit.path[0]))
        for name in was.keys() | found.keys():
            if name == "services":
                _services(was[name], found.get(name) or {}, keys, meant)
            elif name not in top and was.get(name) != found.get(name):
                raise NotEditable(meant[0].place, f"docker compose config sees another {visible_all(name)} than was meant")

    def project(self, texts: Texts, group: Group) -> Mapping[str, Any]:
        """The project as Compose puts it together; nothing where it does not accept it."""
        found = self._config(texts, group)
        return {} if isinstance(found, str) else found

    def _config(self, texts: Texts, group: Group) -> dict[str, Any] | str:
        """Asked once about each state: it takes a third of a second, and what is after one step is before the next."""
        state = group.paths, tuple(sorted(texts.after.items()))
        if state not in self._known:
            self._known[state] = config(texts, group.paths)
        return self._known[state]


def _services(was: dict[str, Any], found: dict[str, Any], keys: dict[str, set[str]], meant: Sequence[Meant]) -> None:
    for service in was.keys() | found.keys():
        before, after = was.get(service) or {}, found.get(service) or {}
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} - keys.get(service, set())
        if changed:
            place = next((one.place for one in meant if one.service == service), meant[0].place)
            raise NotEditable(place, f"docker compose config sees another {visible_all(sorted(changed)[0])} in it than was meant")


def config(texts: Texts, paths: Sequence[Path]) -> dict[str, Any] | str:
    """The project as Compose puts it together, or what it says instead."""
    with tempfile.TemporaryDirectory(prefix="seawall-") as folder:
        words = [*command(), "--project-directory", str(paths[0].parent.resolve()), "--profile", "*"]
        sources = texts.sources()
        for number, path in enumerate(paths):
            name = sources.name(path)
            copy = path.resolve()
            if name in texts.after:
                copy = Path(folder, f"{number}.yaml")
                copy.write_text(texts.after[name], encoding="utf-8", newline="")
            words += ["--file", str(copy)]
        try:
            done = subprocess.run(
                [*words, "config", "--format", "json"],
                stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False, cwd=paths[0].parent.resolve(),
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return visible_all(str(error))
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        return visible_all(last[-1])[:200]
    whole = json.loads(done.stdout)
    return whole if isinstance(whole, dict) else "no mapping"
