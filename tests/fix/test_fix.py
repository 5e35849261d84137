"""`seawall fix` as a person runs it: what is mended, what is left and why, and that nothing else changes."""

import difflib
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.check.tools import seawall
from wizard.fix import command, second_opinion
from wizard.yaml_read import load_mapping

POSTGRES = "services:\n  db:\n    image: postgres:17\n    volumes: [data:/var/lib/postgresql/data]\nvolumes: {data: {}}\n"
REDIS = "services:\n  cache:\n    image: redis:7\n"


@pytest.fixture(autouse=True)
def _no_second_opinion(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose is asked only where a test is about that: it costs a tenth of a second."""
    if request.node.name != "test_compose_has_the_last_word":
        monkeypatch.setattr(second_opinion, "command", lambda: ())


def fixed(folder: Path, text: str, *options: str, **others: str) -> dict[str, Any]:
    """The service or services of a Compose file after `fix --apply`, plain; twice is once."""
    put(folder, {"compose.yaml": text, **others})
    seawall("fix", "--apply", *options, cwd=folder)
    once = (folder / "compose.yaml").read_bytes()
    seawall("fix", "--apply", *options, cwd=folder)
    assert (folder / "compose.yaml").read_bytes() == once
    return dict(read(once.decode()))


def put(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())


def read(text: str) -> dict[str, Any]:
    import yaml

    return dict(yaml.safe_load(text)["services"])


def test_a_known_image_gets_its_user_its_folders_and_no_capability(tmp_path: Path) -> None:
    db = fixed(tmp_path, POSTGRES)["db"]
    assert db["user"] == "999:999"
    assert db["read_only"] is True
    assert {entry.partition(":")[0] for entry in db["tmpfs"]} == {"/tmp", "/var/run/postgresql"}
    assert all("uid=999,gid=999" in entry and "size=" in entry for entry in db["tmpfs"])
    assert (db["cap_drop"], "cap_add" in db) == (["ALL"], False)
    assert db["security_opt"] == ["no-new-privileges:true"]
    assert db["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert db["restart"] == "unless-stopped"
    assert "mem_limit" not in db  # of a service that runs already nobody here knows how much it needs


def test_root_keeps_what_its_start_script_takes_and_its_folders_are_its_own(tmp_path: Path) -> None:
    """A bind mount that belongs to root keeps the image's own user from writing, so it stays root, with the least."""
    (tmp_path / "data").mkdir(mode=0o700)
    db = fixed(tmp_path, "services:\n  db:\n    image: postgres:17\n    volumes: [./data:/var/lib/postgresql/data]\n")["db"]
    assert "user" not in db
    assert set(db["cap_add"]) == {"CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID"}
    assert not any("uid=" in entry for entry in db["tmpfs"])


def test_safe_leaves_out_what_others_notice_and_what_depends_on_it(tmp_path: Path) -> None:
    db = fixed(tmp_path, POSTGRES.replace("    image", "    ports: ['5432:5432']\n    image"), "--safe")["db"]
    assert not {"user", "read_only", "tmpfs", "restart"} & db.keys()
    assert db["ports"] == ["5432:5432"]
    assert set(db["cap_add"]) >= {"CHOWN", "SETUID"}  # since it still starts as root
    assert db["init"] is True


@pytest.mark.parametrize(("service", "kept"), [
    ("image: own/app:1", {"read_only", "cap_drop", "init", "user", "healthcheck", "security_opt"}),
    ("image: postgres:17\n    entrypoint: [/start.sh]", {"read_only", "cap_drop", "user", "healthcheck"}),
    ("image: postgres:17\n    command: [sh, -c, 'x']", {"read_only", "cap_drop", "user"}),
    ("image: postgres:17\n    user: $WHO", {"read_only", "cap_drop"}),
    ("image: lscr.io/linuxserver/sonarr:4", {"init"}),
    ("image: 'redis:8'", {"read_only"}),
    ("image: redis:7\n    command: redis-server --port 6380", {"healthcheck"}),
    ("image: postgres:17\n    command: [postgres, -p, '5433']", {"healthcheck"}),
])  # fmt: skip
def test_what_is_not_known_is_left_with_its_reason(service: str, kept: set[str], tmp_path: Path) -> None:
    text = f"services:\n  one:\n    {service}\n"
    one = fixed(tmp_path, text)["one"]
    assert not (kept - {"user"} if "user: $WHO" in service else kept) & one.keys()
    said = seawall("fix", cwd=tmp_path).stdout
    assert (
        "not known" in said
        or "shell of its own" in said
        or "another one than" in said
        or "variable" in said
        or "process 1" in said
        or "nothing is mounted" in said
    )


def test_ports_of_the_web_are_left_and_others_are_taken_to_this_machine(tmp_path: Path) -> None:
    text = (
        "services:\n"
        "  web: {image: 'nginx:1.28', ports: ['8080:80']}\n"
        "  app: {image: 'own/app:1', ports: ['443:8443', \"${PORT:-9000}:9000\", 53:53/udp, '7000', {target: 1, published: 9001}, 127.0.0.1:5:5]}\n"
    )
    services = fixed(tmp_path, text)
    assert services["web"]["ports"] == ["8080:80"]
    assert services["app"]["ports"] == [
        "443:8443", "127.0.0.1:${PORT:-9000}:9000", "53:53/udp", "127.0.0.1::7000",
        {"target": 1, "published": 9001, "host_ip": "127.0.0.1"}, "127.0.0.1:5:5",
    ]  # fmt: skip


def test_a_job_says_that_it_is_one(tmp_path: Path) -> None:
    text = (
        "services:\n"
        "  app: {image: 'own/app:1', ports: ['127.0.0.1:1:1'], depends_on: {migrate: {condition: service_completed_successfully}}}\n"
        "  migrate: {image: 'own/app:1'}\n"
        "  other: {image: 'own/app:1'}\n"
    )
    services = fixed(tmp_path, text)
    assert (services["app"]["restart"], services["migrate"]["restart"]) == ("unless-stopped", "no")
    assert "restart" not in services["other"]


@pytest.mark.parametrize(
    "environment", ["      POSTGRES_PASSWORD: geheim-12  # why\n      A: b\n", "      - POSTGRES_PASSWORD=geheim-12  # why\n      - A=b\n"]
)
def test_a_secret_moves_into_a_file_that_git_does_not_see(environment: str, tmp_path: Path) -> None:
    text = f"services:\n  db:\n    image: postgres:17\n    environment:\n{environment}"
    put(tmp_path, {"compose.yaml": text})
    assert "geheim-12" not in seawall("fix", cwd=tmp_path).stdout
    services = fixed(tmp_path, text)
    assert "POSTGRES_PASSWORD_FILE" in str(services["db"]["environment"])
    assert "geheim" not in (tmp_path / "compose.yaml").read_text()
    assert "# why" in (tmp_path / "compose.yaml").read_text()
    secret = tmp_path / "secrets" / "db_postgres_password"
    assert secret.read_text() == "geheim-12"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o444
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert (tmp_path / "secrets" / ".gitignore").read_text() == "*\n"
    assert services["db"]["secrets"] == ["db_postgres_password"]
    assert load_mapping((tmp_path / "compose.yaml").read_text(), "x")["secrets"] == {
        "db_postgres_password": {"file": "./secrets/db_postgres_password"}
    }


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_secret_is_not_shown_and_what_reads_like_it_is(end: str, tmp_path: Path) -> None:
    """A password that is a common word, one that stays in the file, and one on a command line."""
    text = (
        "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: postgres\n      POSTGRES_USER: app\n"
        "  web:\n    image: own/web:1\n    environment:\n      - DATABASE_URL=postgres://app:geheim-34@db/app\n"
        "  cache:\n    image: redis:7\n    command: redis-server --requirepass geheim-56\n"
    )
    put(tmp_path, {"compose.yaml": text.replace("\n", end)})
    shown = seawall("fix", cwd=tmp_path).stdout
    assert "geheim" not in shown
    assert "POSTGRES_PASSWORD: postgres" not in shown
    assert "     image: postgres:17" in shown
    assert "POSTGRES_PASSWORD …" in shown


def test_a_secret_file_with_something_else_in_it_stays(tmp_path: Path) -> None:
    put(tmp_path, {"secrets/db_postgres_password": "another"})
    services = fixed(tmp_path, "services:\n  db:\n    image: postgres:17\n    environment: {POSTGRES_PASSWORD: geheim-12}\n")
    assert services["db"]["environment"] == {"POSTGRES_PASSWORD": "geheim-12"}
    assert (tmp_path / "secrets" / "db_postgres_password").read_text() == "another"
    assert "is there already" in seawall("fix", cwd=tmp_path).stdout


def test_a_tmpfs_gets_an_owner_together_with_the_user(tmp_path: Path) -> None:
    """Without one it would be root's after the first restart."""
    text = POSTGRES.replace("    volumes", "    tmpfs: /var/run/postgresql\n    volumes")
    db = fixed(tmp_path, text)["db"]
    assert db["tmpfs"][0] == "/var/run/postgresql:uid=999,gid=999,size=64m"
    long = POSTGRES.replace("volumes: [", "volumes: [{type: tmpfs, target: /x}, ")
    assert "user" not in fixed(tmp_path, long)["db"]
    assert "long form" in seawall("fix", cwd=tmp_path).stdout


def test_what_services_share_is_refused_or_written_out(tmp_path: Path) -> None:
    text = (
        "x-common: &common\n  tmpfs: [/tmp]  # shared\n  cap_drop: &drop [NET_RAW]\n"
        "services:\n"
        "  a:\n    <<: *common\n    image: redis:7\n"
        "  b:\n    <<: *common\n    image: redis:7\n    cap_drop: *drop\n"
        "  c: &c\n    image: redis:7\n"
        "  d: *c\n"
    )
    services = fixed(tmp_path, text)
    assert services["a"]["cap_drop"] == services["b"]["cap_drop"] == ["NET_RAW", "ALL"]
    assert services["a"]["tmpfs"] == ["/tmp:uid=999,gid=999,size=64m"]
    assert services["c"] == services["d"] == {"image": "redis:7"}
    assert (tmp_path / "compose.yaml").read_text().startswith(text[: text.index("services")])
    assert "named «&c» is taken elsewhere" in " ".join(seawall("fix", cwd=tmp_path).stdout.split())


def test_an_override_is_edited_where_it_has_the_last_word(tmp_path: Path) -> None:
    over = "services:\n  db:\n    user: root\n    ports: ['5432:5432']\n"
    fixed(tmp_path, POSTGRES, **{"compose.override.yaml": over})
    changed = read((tmp_path / "compose.override.yaml").read_text())["db"]
    assert changed == {"user": "999:999", "ports": ["127.0.0.1:5432:5432"]}


def test_a_file_that_others_may_extend_is_not_edited(tmp_path: Path) -> None:
    base = "services:\n  base:\n    image: postgres:17\n    tmpfs: /tmp\n    ports: ['5432:5432']\n"
    services = fixed(tmp_path, "services:\n  db:\n    extends: {service: base, file: base.yml}\n", **{"base.yml": base})
    assert (tmp_path / "base.yml").read_text() == base
    assert "user" not in services["db"]  # since its tmpfs would need an owner there
    assert "CHOWN" in services["db"]["cap_add"]


def test_waived_findings_are_left_as_they_are(tmp_path: Path) -> None:
    text = "services:\n  # seawall: waive init-and-grace: it reaps\n  cache:\n    image: redis:7\n"
    put(tmp_path, {"seawall.yaml": "waivers: [{control: read-only-rootfs, service: cache, why: modules are built at start}]\n"})
    cache = fixed(tmp_path, text)["cache"]
    assert not {"init", "read_only"} & cache.keys()
    assert cache["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("text", [
    "services:\r\n  cache: # c\r\n    image: \"redis:7\"\r\n    environment:\r\n      - A=1 # one\r\n  # end",
    "\ufeff# a stack\nservices:\n    cache:\n        image: redis:7   # pinned\n\n\n    # another\n    db: {image: 'postgres:17', x-a: [1, 2]}  # flow\n\n# end\n",
    "---\nservices:\n  cache:\n    image: redis:7\n    labels:\n    - a=b\n    command: >\n      redis-server\n      --appendonly yes\n...\n",
])  # fmt: skip
def test_untouched_lines_stay_byte_for_byte(text: str, tmp_path: Path) -> None:
    put(tmp_path, {"compose.yaml": text})
    seawall("fix", "--apply", cwd=tmp_path)
    after = (tmp_path / "compose.yaml").read_bytes().decode()
    removed = [line for line in difflib.ndiff(text.splitlines(True), after.splitlines(True)) if line.startswith("- ")]
    assert after != text
    assert all("postgres" in line for line in removed)  # a mapping in flow style grows in its line
    assert (tmp_path / "compose.yaml.orig").read_bytes().decode() == text
    assert all(comment in after for comment in ("# c", "# one", "# end", "# a stack", "# pinned", "# another", "# flow") if comment in text)


def test_law_4_check_finds_nothing_but_what_is_left(tmp_path: Path) -> None:
    put(tmp_path, {"compose.yaml": POSTGRES + "\n", "Dockerfile": "FROM python:3.12-slim\nCOPY a.py /a.py\nCMD python /a.py\n"})
    left = json.loads(seawall("fix", "--apply", "--format", "json", cwd=tmp_path).stdout)
    found = json.loads(seawall("check", "--format", "json", "--fail-on", "stop", cwd=tmp_path).stdout)["findings"]
    assert {(one["control"], one["service"], one["message"]) for one in found} == {
        (one["control"], one["service"], one["message"]) for one in left["needs_you"]
    }
    assert all(one["why"] for one in left["needs_you"])
    assert left["applied"]
    assert sorted(left["written"]) == ["Dockerfile", "compose.yaml"]


def test_the_exit_code_is_what_check_would_say_of_the_files_now(tmp_path: Path) -> None:
    put(tmp_path, {"compose.yaml": POSTGRES})
    assert seawall("fix", cwd=tmp_path).returncode == 1
    assert seawall("fix", "--apply", cwd=tmp_path).returncode == 0
    assert seawall("fix", "--fail-on", "info", cwd=tmp_path).returncode == 1
    assert seawall("fix", "nothing-here", cwd=tmp_path).returncode == 2
    put(tmp_path, {"compose.yaml": "services: [\n"})
    assert seawall("fix", "--apply", cwd=tmp_path).returncode == 2


def test_a_file_that_is_not_understood_does_not_keep_others_from_being_mended(tmp_path: Path) -> None:
    put(tmp_path, {"a/compose.yaml": "services: [\n", "b/compose.yaml": POSTGRES})
    done = seawall("fix", "--apply", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "999:999" in (tmp_path / "b" / "compose.yaml").read_text()


def test_a_link_is_not_edited_but_the_file_that_it_leads_to(tmp_path: Path) -> None:
    put(tmp_path, {"real/compose.yaml": POSTGRES, "Dockerfile.real": "FROM debian:13\nCMD true\n"})
    (tmp_path / "compose.yaml").symlink_to("real/compose.yaml")
    (tmp_path / "Dockerfile").symlink_to("Dockerfile.real")
    done = seawall("fix", "--apply", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "it is a link to real/compose.yaml: mend that file" in done.stdout
    assert "999:999" in (tmp_path / "real" / "compose.yaml").read_text()
    assert (tmp_path / "compose.yaml").is_symlink()
    assert (tmp_path / "Dockerfile").is_symlink()


def test_without_apply_nothing_is_written(tmp_path: Path) -> None:
    put(tmp_path, {"compose.yaml": POSTGRES})
    before = sorted(os.listdir(tmp_path))
    seawall("fix", cwd=tmp_path)
    assert sorted(os.listdir(tmp_path)) == before
    assert (tmp_path / "compose.yaml").read_text() == POSTGRES


def test_without_a_terminal_nothing_is_asked(tmp_path: Path) -> None:
    put(tmp_path, {"compose.yaml": POSTGRES})
    result = seawall("fix", "--interactive", cwd=tmp_path)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "no terminal" in result.stderr


def test_what_lies_in_the_container_itself_is_warned_of(tmp_path: Path) -> None:
    put(tmp_path, {"compose.yaml": REDIS.replace("redis:7", "redis:8")})
    assert "keeps /data in the container itself" in seawall("fix", cwd=tmp_path).stdout
    put(tmp_path, {"compose.yaml": REDIS})
    assert "in the container itself" not in seawall("fix", cwd=tmp_path).stdout


def test_compose_has_the_last_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it sees another difference than was meant, or does not accept the result, the file stays as it is."""
    if not second_opinion.command():
        pytest.skip("no Compose here")
    assert fixed(tmp_path, POSTGRES)["db"]["user"] == "999:999"
    other = tmp_path / "other"
    put(other, {"compose.yaml": POSTGRES})
    seen = second_opinion.config
    calls: list[int] = []

    def lying(texts: Any, paths: Any) -> Any:
        calls.append(1)
        found = seen(texts, paths)
        return {**found, "services": {**found["services"], "db": {**found["services"]["db"], "cpus": len(calls)}}}

    monkeypatch.setattr(second_opinion, "config", lying)
    assert "sees another cpus in it than was meant" in " ".join(seawall("fix", "--apply", cwd=other).stdout.split())
    assert (other / "compose.yaml").read_text() == POSTGRES


def test_remote_parts_are_not_fetched_by_compose_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wizard.fix.applying import Agrees, Group
    from wizard.fix.edited import Texts

    path = tmp_path / "compose.yaml"
    put(tmp_path, {"compose.yaml": "include: [https://example.com/a.git]\n" + POSTGRES})
    monkeypatch.setattr(second_opinion, "command", lambda: ("docker", "compose"))
    assert type(command.second_opinion(Texts(tmp_path), Group((path,), (path,)))) is Agrees
