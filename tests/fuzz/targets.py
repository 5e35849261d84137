"""What is tried with random bytes: one function a reader. Each ends well, or raises what broke."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import yaml

from wizard.answers import Answers, from_file
from wizard.check.command import FORMATS, shown
from wizard.check.dockerfile_lines import NAMES
from wizard.check.dockerfiles import dockerfile, instructions
from wizard.check.finding_files import Files, Group, find
from wizard.check.findings import Findings
from wizard.check.judging import judge, judge_image
from wizard.check.model import Report
from wizard.check.nodes import Node, documents
from wizard.check.project import load
from wizard.check.source import NotReadError, Place, decoded
from wizard.check.sources import Sources
from wizard.check.variables import env_file, filled
from wizard.check.waivers import sorted_out
from wizard.errors import UsageError
from wizard.fix.image_mends import image_mends
from wizard.fix.yaml_edits import add, put, remove, rename


@cache
def folder() -> Path:
    """An empty folder of its own."""
    return Path(mkdtemp(prefix="seawall-fuzz-"))


def compose(raw: bytes) -> None:
    """A Compose file, from its bytes to every report."""
    sources = _sources("compose.yaml", raw)
    judged = judge(load((Path("compose.yaml"),), sources), sources, alone=True)
    _reported(Report(Findings(judged.findings), services=1), sources)


def image(raw: bytes) -> None:
    """A Dockerfile, from its bytes to every report."""
    sources = _sources("Dockerfile", raw)
    found = judge_image(dockerfile(sources.texts["Dockerfile"], "Dockerfile"), ())
    _reported(Report(Findings(found), images=1), sources)


def _sources(name: str, raw: bytes) -> Sources:
    sources = Sources(folder())
    sources.given(name, raw)
    sources.text(Path(name))
    if name == "Dockerfile":
        sources.dockerfiles.add(name)
    return sources


def _reported(report: Report, sources: Sources) -> None:
    report.waived = sorted_out(report.findings, sources, {}, report.problems)
    for one in report.findings:
        assert 1 <= one.place.line <= len(sources.lines(one.place.file)), one
    for form in FORMATS:
        said = "".join(shown(report, sources, form))
        assert all(char.isprintable() or char == "\n" for char in said), form
        if form in ("json", "sarif"):
            json.loads(said)


def yaml_data(raw: bytes) -> None:
    """Our reading of YAML against PyYAML's: the same keys, entries and texts, where neither merges nor tags are at work."""
    text = decoded(raw, "x")
    ours = [_bare(root) for root in documents(text, "x")]
    if "<<" not in text and "!" not in text:
        try:
            theirs = [_texts(root) for root in yaml.load_all(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))]
        except yaml.YAMLError:
            return  # an anchor that is given twice, say: YAML 1.2 permits it
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            _alike(one, other)


def _bare(node: Node) -> object:
    if isinstance(node.value, dict):
        return {key: _bare(one) for key, one in node.value.items()}
    return [_bare(one) for one in node.value] if isinstance(node.value, list) else node.value


def _texts(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _texts(one) for key, one in value.items()}
    return [_texts(one) for one in value] if isinstance(value, list) else value


def _alike(ours: object, theirs: object) -> None:
    """The same shape; texts are equal, what we take for a number or a switch is a text to the other."""
    if isinstance(ours, dict):
        assert isinstance(theirs, dict) and len(ours) == len(theirs), (ours, theirs)
        for one, other in zip(ours.values(), theirs.values(), strict=True):
            _alike(one, other)
    elif isinstance(ours, list):
        assert isinstance(theirs, list) and len(ours) == len(theirs), (ours, theirs)
        for one, other in zip(ours, theirs, strict=True):
            _alike(one, other)
    else:
        assert not isinstance(theirs, (dict, list)), (ours, theirs)
        assert not isinstance(ours, str) or ours == theirs, (ours, theirs)


def variables(raw: bytes) -> None:
    """A .env file, and a text with variables that it fills in."""
    first, _, rest = decoded(raw, "x").partition("\n")
    filled(first, env_file(rest), Place("x"))


def answers(raw: bytes) -> None:
    """A seawall.yaml: as answers, and as waivers of what lies beside it."""
    text = decoded(raw, "x")
    try:
        Answers((from_file(text, "seawall.yaml"),)).workload()
    except UsageError as error:
        assert "\n" not in str(error)
    (folder() / "seawall.yaml").write_bytes(raw)
    sources = _sources("compose.yaml", b"services: {a: {image: x, cap_add: [NET_RAW]}}")
    judged = judge(load((Path("compose.yaml"),), sources), sources, alone=True)
    try:
        sorted_out(Findings(judged.findings), sources, {}, [])
    finally:
        (folder() / "seawall.yaml").unlink()


def waivers(raw: bytes) -> None:
    """Comments that waive, in a Compose file and in a Dockerfile."""
    for name, begin in (("compose.yaml", b"services: {a: {image: x}}\n"), ("Dockerfile", b"FROM x\n")):
        sources = _sources(name, begin + raw.replace(b"~", b"# seawall: waive "))
        try:
            documents_of(sources, name)
        except UsageError as error:
            assert "\n" not in str(error)
        assert not sorted_out(Findings(), sources, {}, problems := [])
        assert all(problem.isprintable() for problem in problems)


def documents_of(sources: Sources, name: str) -> None:
    """Read a file as what it is named like."""
    if name == "Dockerfile":
        list(instructions(sources.texts[name], name))
    else:
        sources.documents(Path(name))


def gitignore(raw: bytes) -> None:
    """A .gitignore over a few files, and odd names of files."""
    here = folder() / "ignoring"
    (here / "a" / "b").mkdir(parents=True, exist_ok=True)
    for name in ("compose.yaml", "a/Dockerfile", "a/b/compose.yml"):
        (here / name).touch()
    (here / ".gitignore").write_bytes(raw)
    found = find([here])
    assert isinstance(found, Files) and all(isinstance(group, Group) for group in found.groups)


def yaml_edits(raw: bytes) -> None:
    """Edits of the first service of a Compose file: what they put there is there, and twice is once."""
    text = decoded(raw, "x")
    root = next(documents(text, "x"), None)
    services = root.value.get("services") if root and isinstance(root.value, dict) else None
    if not services or not isinstance(services.value, dict):
        return
    for service, node in list(services.value.items())[:2]:
        at = ("services", service)
        for key, value in (("read_only", True), ("user", "5:5"), ("logging", {"driver": "local", "options": {"max-size": "1m"}}), ("image", None)):
            if done := _edited(put, text, (*at, key), value):
                assert put(done, "x", (*at, key), value) == done
        _edited(add, text, (*at, "cap_drop"), ["ALL"])
        for key, one in list(node.value.items())[:3] if isinstance(node.value, dict) else ():
            _edited(remove, text, (*at, key))
            if isinstance(one.value, dict) and one.value:
                _edited(rename, text, (*at, key, next(iter(one.value))), "OTHER", "y")


def _edited(edit: Callable[..., str], text: str, *said: object) -> str:
    """The text after an edit, which is YAML; nothing where it was refused in one line."""
    try:
        done = edit(text, "x", *said)
    except UsageError as error:
        assert str(error).isprintable()
        return ""
    list(documents(done, "x"))
    return done


def image_edits(raw: bytes) -> None:
    """All mends of a Dockerfile: what comes out is one, and twice is once."""
    text = decoded(raw, "Dockerfile")
    done = image_mends(text, "Dockerfile").text
    dockerfile(done, "Dockerfile")
    assert image_mends(done, "Dockerfile").text == done


def buildkit(raw: bytes) -> None:
    """Our reading of Dockerfiles against BuildKit's own parser, where both take them: the same instructions in the same lines."""
    import dockerfile as oracle

    text = decoded(raw, "x")
    try:
        theirs = oracle.parse_string(text)
    except (oracle.GoParseError, ValueError, UnicodeEncodeError):
        return
    try:
        ours = list(instructions(text, "x"))
    except NotReadError:
        return
    told = [((one.cmd or "").upper(), one.start_line) for one in theirs]
    if {name for name, _ in told} <= NAMES:
        assert [(one.name, one.line) for one in ours] == told, (ours, theirs)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    one.__name__: one for one in (compose, image, yaml_data, variables, answers, waivers, gitignore, buildkit, yaml_edits, image_edits)
}
LONGEST_CPU = 1.0
"""Seconds of this process that one input may take."""


def tried(target: str, raw: bytes) -> None:
    """One input: it ends well or is refused in one line, in time. Raises whatever else happens."""
    from time import process_time

    began = process_time()
    try:
        TARGETS[target](raw)
    except UsageError as error:
        assert str(error).isprintable()
    took = process_time() - began
    assert took < LONGEST_CPU, f"{target} took {took:.1f} s"
