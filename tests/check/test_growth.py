"""Hostile files take time and memory in proportion to their size, or are refused: four times the size is never sixteen times the work."""

import tracemalloc
from collections.abc import Callable, Mapping
from contextlib import chdir
from pathlib import Path
from time import process_time

import pytest

from wizard.check.command import Options, run

Files = Mapping[str, str]
SERVICE = "services:\n a:\n  image: x\n"
CASES: Mapping[str, tuple[int, Callable[[int], Files]]] = {
    "services": (120, lambda n: {"compose.yaml": "services:\n" + "".join(f" s{i}: {{image: x}}\n" for i in range(n))}),
    "entries": (700, lambda n: {"compose.yaml": f"{SERVICE}  ports:\n" + "".join(f"   - {i}\n" for i in range(n))}),
    "entries in one line": (300, lambda n: {"compose.yaml": f"{SERVICE}  ports: [{','.join(map(str, range(n)))}] # {'x' * 700 * n}\n"}),
    "secrets in one line": (700, lambda n: {"compose.yaml": f"{SERVICE}  environment: {{{','.join(f'TOKEN{i}: x' for i in range(n))}}}\n"}),
    "unknown values": (700, lambda n: {"compose.yaml": f"{SERVICE}  ports:\n" + "".join(f"   - $U{i}\n" for i in range(n))}),
    "keys": (4000, lambda n: {"compose.yaml": f"{SERVICE}  labels:\n" + "".join(f"   T{i}: x\n" for i in range(n))}),
    "waivers": (120, lambda n: {"compose.yaml": "services:\n" + "".join(f" s{i}: {{image: x}} # seawall: waive health-check: y\n" for i in range(n))}),
    "waivers that are none": (1500, lambda n: {"compose.yaml": SERVICE + "# seawall: waive no-such: y\n" * n}),
    "services of another file": (100, lambda n: {
        "compose.yaml": "services:\n" + "".join(f" s{i}: {{extends: {{file: b.yml, service: s{i}}}}}\n" for i in range(n)),
        "b.yml": "services:\n" + "".join(f" s{i}: {{image: x, labels: {{a: $A}}}}\n" for i in range(n)),
    }),
    "overridden entries": (500, lambda n: {
        name: f"{SERVICE}  ports: [{','.join(map(str, range(n)))}]\n" for name in ("compose.yaml", "compose.override.yaml")
    }),
    "services of one image": (60, lambda n: {
        "compose.yaml": "services:\n" + "".join(f" s{i}: {{build: .}}\n" for i in range(n)), "Dockerfile": "FROM x\n" + "ENV A=b\n" * n * 10,
    }),
    "instructions": (2000, lambda n: {"Dockerfile": "FROM x\n" + "COPY --chown=a a b\n" * n}),
    "continued lines": (20000, lambda n: {"Dockerfile": "FROM x\nRUN a \\\n" + "b \\\n# c\n" * n + " c\n"}),
    "stages": (1000, lambda n: {"Dockerfile": "".join(f"FROM x AS s{i}\n" for i in range(n))}),
    "heredocs": (1500, lambda n: {"Dockerfile": "FROM x\n" + "RUN <<A\nb\nA\n" * n}),
    "variables of a .env": (4000, lambda n: {"compose.yaml": SERVICE, ".env": "".join(f"A{i}=$A{i - 1}x\n" for i in range(n))}),
}  # fmt: skip


def _seconds(folder: Path, files: Files) -> float:
    """CPU time of this process for the whole of `check`, its report included."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    with chdir(folder):
        began = process_time()
        assert sum(map(len, run([Path()], Options()).pieces))
        return process_time() - began


@pytest.mark.parametrize("name", CASES)
def test_the_work_grows_with_the_size(name: str, tmp_path: Path) -> None:
    size, files = CASES[name]
    _seconds(tmp_path / "warm", files(2))
    once = four = float("inf")
    for turn in range(6):  # A busy machine only ever adds time: what was least is nearest to the work itself.
        once, four = (min(least, _seconds(tmp_path / f"{turn}-{times}", files(times * size))) for times, least in ((1, once), (4, four)))
        if four < 10 * max(once, 0.02):
            return
    raise AssertionError(f"{four / once:.1f} times the work for four times the size")


BOMBS: Mapping[str, tuple[str, Files]] = {
    "lines of a .env that double": ("", {"compose.yaml": f"{SERVICE}  hostname: $A40\n",
                                         ".env": f"A0={'a' * 30}\n" + "".join(f"A{i + 1}=$A{i}$A{i}\n" for i in range(40))}),
    "variables of a Dockerfile that double": ("", {"Dockerfile": "FROM x\nENV A0=aaaaaaaaaa\n" + "".join(f"ENV A{i + 1}=$A{i}$A{i}\n" for i in range(40)) + "USER $A40\n"}),
    "one long value many times": ("compose.yaml:",  {"compose.yaml": f"{SERVICE}  labels:\n" + "".join(f"   T{i}: $A\n" for i in range(2000)), ".env": f"A={'a' * 4000}\n"}),
    "one long value often in a text": ("compose.yaml:4: more than", {"compose.yaml": f"{SERVICE}  hostname: {'$A' * 2000}\n", ".env": f"A={'a' * 4000}\n"}),
    "extended without end": ("compose.yaml:", {
        "compose.yaml": "services:\n" + f" s0: {{image: x, labels: {{{','.join(f'a{i}: b' for i in range(2000))}}}}}\n" + "".join(f" s{i}: {{extends: s0}}\n" for i in range(1, 400)),
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_little_text_never_takes_much_memory(name: str, tmp_path: Path) -> None:
    refused, files = BOMBS[name]
    for file, text in files.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    tracemalloc.start()
    try:
        with chdir(tmp_path):
            result = run([Path()], Options())
            assert sum(map(len, result.pieces)) or refused
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * 1024 * 1024
    assert [problem.startswith(refused) for problem in result.problems] == ([True] if refused else [])
