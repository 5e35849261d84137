"""daemon.json and DAEMON.md: valid JSON, every setting with its words, of exactly these services."""

import json
import re

import pytest

from tests.tools import APPS
from wizard.daemon import PATH, SETTINGS, WORDS, Setting
from wizard.render import render
from wizard.runbook import PATH as RUNBOOK
from wizard.scaffold import Request, begin
from wizard.topics import topic_of


def files(*settings: str) -> dict[str, str]:
    """What is rendered of the ledger."""
    folder = APPS / "ledger"
    return {artifact.path: artifact.text for artifact in render(begin(Request(folder, folder, settings)).workload)}


def test_they_are_written_on_demand_alone() -> None:
    assert not {PATH, WORDS} & files().keys()
    assert not {PATH, WORDS} & files("extras=runbook").keys()
    assert files("extras=daemon").keys() - files().keys() == {PATH, WORDS}


def test_the_proposal_is_json_with_every_setting_once() -> None:
    pairs: list[str] = []
    read = json.loads(files("extras=daemon")[PATH], object_pairs_hook=lambda found: pairs.extend(key for key, _ in found) or dict(found))
    assert len(pairs) == len(set(pairs))
    assert read == {key: value for setting in SETTINGS for key, value in setting.keys.items()}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_has_its_words(setting: Setting) -> None:
    section = files("extras=daemon")[WORDS].split(f"\n## {', '.join(setting.keys)}\n")[1].split("\n## ")[0]
    for part in (setting.why, *setting.breaks, setting.back, f"  # {setting.check.prints}"):
        assert part in section
    for key in setting.keys:
        assert topic_of(key).controls, key


@pytest.mark.parametrize("asked", ["daemon.json", "rootless", "userns-remap", "icc", "live-restore", "log-opts", "userns_mode"])
def test_what_people_ask_about_it_is_explained(asked: str) -> None:
    assert len(" ".join(topic_of(asked).lines)) > 80


def test_what_concerns_these_services_is_said_of_them() -> None:
    said = files("extras=daemon", "mounts=./uploads:/uploads:rw, ./ledger.toml:/etc/ledger.toml", "ports=127.0.0.1:80:8000", "ingress=direct")[WORDS]
    assert "- ledger runs as 10001 inside and as 110001 on the host." in said
    assert "- postgres runs as 999 inside and as 100999 on the host." in said
    assert "«./uploads» of the host has to belong to 110001" in said
    assert "«./ledger.toml» of the host has to be readable by 110001" in said
    assert "chown -R 100999:100999 $NEW/ledger_postgres-data/_data" in said
    assert "- Here: ledger publishes 80, which is refused there." in said
    alone = files("extras=daemon", "companions=", "writable=/tmp tmpfs 64M")[WORDS]
    assert not re.search("postgres|Volumes begin empty|Here:", alone)


def test_the_runbook_has_the_checks_where_both_are_asked_for() -> None:
    title = "\n## The engine's own settings\n"
    assert title not in files("extras=runbook")[RUNBOOK]
    section = files("extras=runbook,daemon")[RUNBOOK].split(title)[1].split("\n## ")[0]
    assert all(f"  # {setting.check.prints}" in section for setting in SETTINGS)
