"""Services that run one image get its user together, or none of them does."""

from pathlib import Path

import pytest

from wizard.fix import images
from wizard.fix.applying import Agrees
from wizard.fix.fixing import Fixed, fix
from wizard.fix.volumes import Volume

_DOCKERFILE = 'FROM python:3.12-slim\nCOPY . /srv\nCMD ["python", "/srv/app.py"]\n'


@pytest.fixture(autouse=True)
def no_volumes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine's engine has is not asked."""
    monkeypatch.setattr(images, "held", lambda project, mounts, folder: ())


def _fixed(folder: Path, services: str, dockerfile: str = _DOCKERFILE, take_over: bool = False) -> Fixed:
    (folder / "compose.yaml").write_text(f"services:\n{services}")
    (folder / "Dockerfile").write_text(dockerfile)
    return fix([folder], lambda one: "", lambda texts, group: Agrees(), take_over)


def _dockerfile(result: Fixed) -> str:
    return next((after for name, (_, after) in result.texts.changed.items() if name.endswith("Dockerfile")), "")


def _why(result: Fixed, service: str) -> str:
    return next(one.why for one in result.needs if one.finding.control == "non-root-user" and one.finding.service == service)


def test_all_of_them_get_it_with_the_folders_of_all(tmp_path: Path) -> None:
    result = _fixed(
        tmp_path,
        '  web: {build: ., volumes: ["alpha:/a"]}\n  worker: {build: ., command: python work.py, volumes: ["beta:/b"]}\nvolumes: {alpha: , beta: }\n',
    )
    assert [one.service for one in result.done if one.mend.control == "non-root-user"] == ["web", "worker"]
    assert "mkdir -p /a /b && chown -R 10001:10001 /a /b" in _dockerfile(result)
    assert _dockerfile(result).count("USER 10001:10001") == 1


@pytest.mark.parametrize("service, why", [
    ('worker: {build: ., volumes: ["./x:/x"]}', "./x is not on this disk"),
    ("worker: {build: ., command: sh -c 'chown -R app /data && exec app'}", "it starts with chown"),
    ("worker: {build: ., entrypoint: [apt-get, update]}", "it starts with apt-get"),
    ('other: {image: "busybox:1", volumes: ["alpha:/elsewhere"]}', "the volume alpha is written by other as well"),
    ("worker: {build: .}  # seawall: waive non-root-user: it needs the device\n  x: {image: redis:7}", "stays root by its waiver"),
])  # fmt: skip
def test_one_that_has_to_stay_root_keeps_the_others(tmp_path: Path, service: str, why: str) -> None:
    result = _fixed(tmp_path, f'  web: {{build: ., volumes: ["alpha:/a"]}}\n  {service}\nvolumes: {{alpha: }}\n')
    assert not _dockerfile(result)
    assert why in _why(result, "web")


def test_data_of_one_keeps_the_others_unless_it_may_change_hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "held", lambda project, mounts, folder: tuple(Volume(f"p_{name}", target, "p") for name, target in mounts.items()))
    services = '  web: {build: .}\n  worker: {build: ., volumes: ["jobs:/jobs"]}\nvolumes: {jobs: }\n'
    result = _fixed(tmp_path, services)
    assert not _dockerfile(result)
    assert _why(result, "web") == _why(result, "worker") and "p_jobs (/jobs) belongs to root" in _why(result, "web")
    result = _fixed(tmp_path, services, take_over=True)
    assert "USER 10001:10001" in _dockerfile(result)
    assert [(one.service, one.volume.name) for one in result.taken] == [("worker", "p_jobs")]


def test_who_has_a_user_keeps_it(tmp_path: Path) -> None:
    result = _fixed(tmp_path, '  web: {build: .}\n  worker: {build: ., user: "5:5", volumes: ["./x:/x"]}\n')
    assert "USER 10001:10001" in _dockerfile(result)


def test_a_service_that_names_the_image_belongs_to_it(tmp_path: Path) -> None:
    result = _fixed(tmp_path, '  web: {build: ., image: "shop:1"}\n  job: {image: "shop:1", volumes: ["./x:/x"]}\n')
    assert not _dockerfile(result) and "./x is not on this disk" in _why(result, "web")


def test_it_is_said_that_volumes_on_other_machines_may_be_roots(tmp_path: Path) -> None:
    result = _fixed(tmp_path, '  web: {build: .}\n  worker: {build: ., volumes: ["jobs:/jobs"]}\nvolumes: {jobs: }\n')
    said = {one.service: one.mend.behaviour for one in result.done if one.mend.control == "non-root-user"}
    assert "on another machine" in said["worker"] and "on another machine" not in said["web"]
