"""What fuzzing starts from: a few small inputs of every kind, taken from the other tests."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.bench import mixed
from tests.check.shapes import SHAPES

FOUND = Path(__file__).parent / "found"
"""Inputs that once broke something, a folder for each target: replayed by tests/fuzz/test_found.py."""
_CORPUS = Path(__file__).parent.parent / "check" / "corpus"
_ANSWERS = """seawall: 1
name: shop-api
stack: {language: python, version: "3.12", framework: flask, package_manager: pip}
command: [gunicorn, --bind, "0.0.0.0:8000", "app:app"]
user: {uid: 10001, gid: 10001}
ports: [{container: 8000, publish: "127.0.0.1:8000", protocol: tcp}]
writable: [{path: /tmp, tmpfs: 64M}, {path: /data, volume: data}]
capabilities: [{name: NET_RAW, why: "ICMP probes"}]
limits: {memory: 512M, cpus: 1.0, pids: 100}
health: {none: "it answers nobody"}
companions: [{service: postgres, version: "17"}]
secrets: [db_password]
environment: {LOG_LEVEL: info}
waivers: [{control: read-only-rootfs, service: shop-api, why: "it updates itself"}]
"""
_OTHERS: Mapping[str, tuple[str, ...]] = {
    "variables": ("${A:-b${C?d}}$$ $E\nexport A='b'\nC=\"$A\" # said\nD: e\n", "${A+b}\nA=\n", "${A:?no}${\nA=${A}\n"),
    "answers": (_ANSWERS, "name: a\nimage: nginx:1.27\n", "waivers: [{control: health-check, why: x}]\nhealth: {none: y}\n"),
    "waivers": ("~health-check: it is a job\nx-a: b # seawall: waive no-such: x\n", "RUN a \\\n~non-root-user: b\n  c\nUSER 5 ~non-root-user:\n"),
    "gitignore": ("*\n!*/\n!compose.yaml\n", "a/**/b\n/a\\ \n[a-z]/?\n# x\n\\!y\n", "**\n/**/\n!\n[!]\n"),
}


def seeds(target: str) -> Iterator[bytes]:
    """The first inputs of a target, those that were found included."""
    for text in _OTHERS.get(target, ()):
        yield text.encode()
    if target in ("compose", "yaml_data", "yaml_edits"):
        yield from (text.encode() for files in SHAPES.values() for name, text in files.items() if name.endswith("yaml"))
        yield from (path.read_bytes()[:4000] for path in sorted(_CORPUS.glob("*.yaml")))
        yield mixed.compose(5).encode()
    if target in ("image", "buildkit", "image_edits"):
        yield from (mixed.dockerfile(number).encode() for number in range(8))
        yield b"# escape=`\nARG V=1\nFROM x:$V as a\nrun a `\n # b\n c\nONBUILD USER 5\nFROM a\nCOPY --from=a <<A <<-B /x\n1\nA\n\t2\n\tB\nUSER a:b"
    yield from (path.read_bytes() for path in sorted((FOUND / target).glob("*")))
