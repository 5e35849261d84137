"""The catalogue of companions: what is said of each holds together, and one project can have all of them."""

import pytest

from tests.test_laws import FULL
from wizard.check.images import known_image
from wizard.check.known import IMAGES
from wizard.companion import CatalogueEntry
from wizard.companions import COMPANIONS, entry_of
from wizard.errors import UsageError
from wizard.known_image import Known
from wizard.render import notes, render
from wizard.resolve import resolve
from wizard.workload import Companion, evolve, make

each = pytest.mark.parametrize("entry", COMPANIONS, ids=lambda entry: entry.id)
ALL = evolve(make(FULL), companions=[{"service": entry.id} for entry in COMPANIONS])


def test_what_an_answer_may_name_is_the_catalogue() -> None:
    with pytest.raises(UsageError) as refused:
        resolve(evolve(make(FULL), companions=[{"service": "redis"}, {"service": "no-such"}]))
    named = str(refused.value).removeprefix("companions[1].service: «no-such» is not accepted; accepted: ")
    assert named.split(", ") == sorted(entry.id for entry in COMPANIONS)


def test_each_image_is_the_business_of_one_entry() -> None:
    names = [name for entry in COMPANIONS for name in (entry.image, *entry.names)]
    assert len(names) == len(set(names))
    assert all(IMAGES[name] == entry_of(entry.id).known for entry in COMPANIONS for name in (entry.image, *entry.names))


@each
def test_check_and_the_wizard_read_the_same_page(entry: CatalogueEntry) -> None:
    companion = Companion(entry.id)  # type: ignore[arg-type]
    start = known_image(f"{entry.image}:{entry.tag(entry.version(companion))}")
    user = entry.user(entry.version(companion))
    assert start.suggestion in ("", f"{user.uid}:{user.gid}")
    assert set(start.data) == {kept.path for kept in entry.known.at(entry.tag(entry.version(companion))).kept}


@pytest.mark.parametrize("name", IMAGES)
def test_a_variant_changes_what_there_is(name: str) -> None:
    assert all(set(variant.changes) < set(Known.__struct_fields__) for variant in IMAGES[name].variants)


@each
def test_it_never_starts_as_root_and_keeps_no_more_than_it_carries(entry: CatalogueEntry) -> None:
    service = next(service for service in resolve(ALL).services if service.name == entry.id)
    assert service.user and service.user.uid > 0
    assert {capability.name for capability in service.workload.capabilities} == set(entry.known.carried)
    assert service.health


@pytest.mark.parametrize("version", ["prometheus:3.5.0-distroless", "mongo:5.0"])
def test_a_variant_that_nothing_in_it_could_check_is_refused(version: str) -> None:
    service, _, tag = version.partition(":")
    with pytest.raises(UsageError, match=r"nothing in .* could tell whether it works; accepted: another version"):
        resolve(evolve(make(FULL), companions=[{"service": service, "version": tag}]))


@each
def test_what_was_not_started_yet_is_said(entry: CatalogueEntry) -> None:
    said = [message for _, service, message in notes(resolve(ALL)) if service == entry.id and "has started it yet" in message]
    assert bool(said) != bool(entry.booted)


def test_secrets_of_different_companions_do_not_meet() -> None:
    made = [file.name for entry in COMPANIONS for file in entry.secret_files(Companion(entry.id))]  # type: ignore[arg-type]
    assert len(made) == len(set(made))


@pytest.mark.parametrize("entry", [entry for entry in COMPANIONS if entry.configuration], ids=lambda entry: entry.id)
def test_its_settings_are_written_unless_somebody_brings_others(entry: CatalogueEntry) -> None:
    assert entry.configuration
    path = f".seawall/companions/{entry.id}.conf"
    files = {artifact.path: artifact.text for artifact in render(ALL)}
    assert f"source: ./{path}" in files["compose.yaml"]
    assert "{{" not in files[path] and "{%" not in files[path]
    own = {"service": entry.id, "mounts": [{"path": entry.configuration.path, "source": "./own.conf"}]}
    files = {artifact.path: artifact.text for artifact in render(evolve(make(FULL), companions=[own]))}
    assert path not in files
    assert path not in files["compose.yaml"]
    assert "source: ./own.conf" in files["compose.yaml"]


@pytest.mark.parametrize("entry", [entry for entry in COMPANIONS if entry.configuration], ids=lambda entry: entry.id)
def test_an_app_that_listens_on_nothing_has_settings_as_well(entry: CatalogueEntry) -> None:
    alone = evolve(make(FULL), ports=[], health={"none": "a job"}, companions=[{"service": entry.id}])
    text = next(artifact.text for artifact in render(alone) if artifact.path == f".seawall/companions/{entry.id}.conf")
    assert "None" not in text and "shop:" not in text
