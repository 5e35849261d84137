"""What is rendered for Java and .NET: images by version, the way from the build to the last stage, memory, and what is said of what no test has built."""

import json
import re
import socket
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.test_laws import FULL
from wizard.bash_check import by_bash
from wizard.detect import detect
from wizard.detect_report import as_json, as_text
from wizard.java_runtime import heap_percentage, line_of, shipped
from wizard.render import notes, render
from wizard.resolve import resolve
from wizard.stacks import stack_of
from wizard.workload import make

_BOOT = """<project>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>{version}</version>
  </parent>
  <artifactId>orders</artifactId>
  <version>1</version>
  <dependencies><dependency><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies>
  <build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId>{more}</plugin></plugins></build>
</project>
"""


def answers(language: str, command: str, **stack: Any) -> dict[str, Any]:
    return {**FULL, "stack": {"language": language, **stack}, "command": command.split(), "secrets": []}


def dockerfile(language: str, command: str, **stack: Any) -> str:
    return next(made.text for made in render(make(answers(language, command, **stack)), annotate=False) if made.path == "Dockerfile")


def stages(text: str) -> tuple[str, str]:
    build, _, last = text.rpartition("\nFROM ")
    return build, f"FROM {last}"


@pytest.mark.parametrize(
    ("version", "line"), [("8", "8"), ("7", "8"), ("9", "11"), ("16", "17"), ("21", "21"), ("22", "25"), ("26", "26"), ("21.0.5", "21.0.5")]
)
def test_the_images_are_those_of_a_line_that_is_maintained(version: str, line: str) -> None:
    assert line_of(version) == line


@pytest.mark.parametrize(("command", "parts"), [
    ("java -jar target/orders-1.2.0.jar", ("target/orders-1.2.0.jar",)),
    ("java -jar ./build/libs/stock.jar --port 1", ("build/libs/stock.jar",)),
    ("java -jar target/quarkus-app/quarkus-run.jar", ("target/quarkus-app",)),
    ("java -cp target/classes:target/dependency/* shop.Main", ("target/classes", "target/dependency")),
    ("build/install/shop/bin/shop", ("build/install/shop",)),
    ("java -jar web/target/web.jar", ("web/target/web.jar",)),
    ("java -Dfile=target/../../etc/passwd -jar app.jar", ()),
    ("java -jar /opt/target/x.jar", ()),
    ("java -jar app.jar", ()),
])  # fmt: skip
def test_what_the_command_starts_is_shipped(command: str, parts: tuple[str, ...]) -> None:
    assert shipped(command.split()) == parts
    _, last = stages(dockerfile("java", command))
    copied = re.findall(r"^COPY --from=build /src/(\S+) /app/(\S+)$", last, re.M)
    assert copied == [(part, part) for part in parts or ("app.jar",)]
    assert f"CMD {json.dumps(command.split())}" in last


def test_a_shell_line_of_a_procfile_ships_its_jar() -> None:
    assert shipped(("/bin/sh", "-c", "exec java $JAVA_OPTS -jar target/shop.jar")) == ("target/shop.jar",)


@pytest.mark.parametrize(("stack", "builder", "run"), [
    ({"package_manager": "maven", "version": "17"}, "maven:3-eclipse-temurin-17", "mvn --batch-mode --no-transfer-progress -DskipTests package"),
    ({"package_manager": "maven", "quirks": ["wrapper"]}, "eclipse-temurin:21-jdk", "sh mvnw --batch-mode --no-transfer-progress -DskipTests package"),
    ({"package_manager": "gradle"}, "gradle:8-jdk21", "gradle --no-daemon assemble"),
    ({"package_manager": "gradle", "version": "25"}, "gradle:9-jdk25", "gradle --no-daemon assemble"),
    ({"package_manager": "gradle", "quirks": ["wrapper"]}, "eclipse-temurin:21-jdk", "sh gradlew --no-daemon assemble"),
])  # fmt: skip
def test_each_build_tool_has_its_image_and_its_cache(stack: dict[str, Any], builder: str, run: str) -> None:
    build, last = stages(dockerfile("java", "java -jar build/libs/a.jar", **stack))
    cache = "/gradle" if stack["package_manager"] == "gradle" else "/root/.m2"
    assert build.startswith(f"FROM {builder} AS build\n")
    assert f"RUN --mount=type=cache,target={cache} \\\n    {run}\n" in build
    assert last.startswith(f"FROM eclipse-temurin:{stack.get('version', '21')}-jre\n")


def test_gradle_is_asked_for_what_the_command_starts() -> None:
    assert "assemble shadowJar\n" in dockerfile("java", "java -jar build/libs/shop-all.jar", package_manager="gradle")
    assert "assemble installDist\n" in dockerfile("java", "build/install/shop/bin/shop", package_manager="gradle")


def test_a_layered_jar_is_taken_apart_so_that_the_same_command_starts_it() -> None:
    build, last = stages(dockerfile("java", "java -jar target/orders-1.jar", quirks=["jar-layers"]))
    assert (
        "RUN java -Djarmode=tools -jar target/orders-1.jar extract --layers --destination /layers \\\n    && chmod -R u=rwX,go=rX /layers\n" in build
    )
    layers = ("dependencies", "spring-boot-loader", "snapshot-dependencies", "application")
    assert re.findall(r"^COPY .*", last, re.M) == [f"COPY --from=build /layers/{layer}/ /app/target/" for layer in layers]
    assert "jarmode" not in dockerfile("java", "java -jar app.jar", quirks=["jar-layers"])


@pytest.mark.parametrize(("version", "more", "quirks"), [
    ("3.4.0", "", ["jar-layers"]), ("4.0.1", "", ["jar-layers"]), ("3.2.9", "", None), ("2.7.18", "", None),
    ("3.4.0", "<configuration><executable>true</executable></configuration>", None),
])  # fmt: skip
def test_layers_are_for_versions_that_make_them(tmp_path: Path, version: str, more: str, quirks: list[str] | None) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/A.java").write_text("class A {}\n")
    (tmp_path / "pom.xml").write_text(_BOOT.format(version=version, more=more))
    assert detect(tmp_path).stack.get("quirks") == quirks


def test_a_wrapper_is_used_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/A.java").write_text("class A {}\n")
    (tmp_path / "pom.xml").write_text(_BOOT.format(version="3.5.1", more=""))
    (tmp_path / "mvnw").write_text("#!/bin/sh\n")
    found = detect(tmp_path)
    assert found.stack["quirks"] == ["wrapper", "jar-layers"]
    assert "not yet built by a test of Seawall: the project's own wrapper" in as_text(found)
    assert json.loads(as_json(found))["not_built"] == "the project's own wrapper"


@pytest.mark.parametrize(("memory", "tmpfs", "percent"), [("512M", "64M", 50), ("1G", "64M", 75), ("256M", "16M", 25), ("4G", "64M", 75)])
def test_the_heap_leaves_room_for_the_rest(memory: str, tmpfs: str, percent: int) -> None:
    workload = make(answers("java", "java -jar app.jar") | {"limits": {"memory": memory}, "writable": [{"path": "/tmp", "tmpfs": tmpfs}]})
    assert heap_percentage(workload) == percent
    assert f"-XX:MaxRAMPercentage={percent}.0 " in stack_of("java").environment(workload)["JAVA_TOOL_OPTIONS"]


@pytest.mark.parametrize(("stack", "said"), [
    ({"language": "java"}, False), ({"language": "java", "package_manager": "gradle"}, True), ({"language": "java", "quirks": ["wrapper"]}, True),
    ({"language": "dotnet"}, True), ({"language": "python"}, False),
])  # fmt: skip
def test_what_no_test_has_built_is_said(stack: dict[str, Any], said: bool) -> None:
    messages = [message for _, _, message in notes(resolve(make({**FULL, "stack": stack})))]
    assert any(message.startswith("not yet built by a test of Seawall: ") for message in messages) == said


@pytest.mark.parametrize(("stack", "path", "published"), [
    ({}, ".", "publish . "),
    ({"lockfile": "Weather.csproj"}, ".", "publish Weather.csproj "),
    ({"lockfile": "Shop.Api.csproj", "source": "src/Shop.Api"}, "src/Shop.Api", "publish src/Shop.Api/Shop.Api.csproj "),
])  # fmt: skip
def test_dotnet_publishes_one_project(stack: dict[str, Any], path: str, published: str) -> None:
    build, last = stages(dockerfile("dotnet", "dotnet Weather.dll", version="9.0", framework="aspnetcore", **stack))
    assert build.startswith("FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build\n")
    assert f"dotnet {published}--configuration Release --output /app\n" in build
    assert last.startswith("FROM mcr.microsoft.com/dotnet/aspnet:9.0\n")
    assert "\nUSER 1654:1654\n" in last
    assert "sdk" not in last


def test_a_lock_file_of_nuget_is_held_to(tmp_path: Path) -> None:
    (tmp_path / "job.csproj").write_text(
        '<Project Sdk="Microsoft.NET.Sdk"><OutputType>Exe</OutputType><TargetFramework>net8.0</TargetFramework></Project>\n'
    )
    (tmp_path / "packages.lock.json").write_text("{}\n")
    stack = dict(detect(tmp_path).stack)
    assert (stack["lockfile"], stack["quirks"]) == ("job.csproj", ["locked-restore"])
    text = next(
        made.text
        for made in render(make({"name": "job", "stack": stack, "command": ["dotnet", "job.dll"]}), annotate=False)
        if made.path == "Dockerfile"
    )
    assert "--output /app -p:RestoreLockedMode=true\n" in text
    assert "\nFROM mcr.microsoft.com/dotnet/runtime:8.0\n" in text


@pytest.mark.parametrize(("answer", "path", "code"), [
    ("HTTP/1.1 200 OK\r\n", "/health", 0), ("HTTP/1.1 204\r\n", "/", 0), ("HTTP/1.1 302 Found\r\n", "/", 0), ("HTTP/1.0 503 No\r\n", "/health?a=1&b=2", 1),
    ("HTTP/1.1 404 \r\n", "/x", 1), ("", "/", 1), ("nonsense\r\n", "/", 1),
])  # fmt: skip
def test_the_check_in_bash_reads_the_status(answer: str, path: str, code: int) -> None:
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve() -> None:
            client, _ = server.accept()
            with client:
                with client.makefile("rb") as sent:
                    lines = list(iter(sent.readline, b"\r\n"))
                asked.append(b"".join(lines).decode())
                client.sendall(answer.encode())

        thread = threading.Thread(target=serve)
        thread.start()
        done = subprocess.run(by_bash(f"http://127.0.0.1:{port}{path}", port), capture_output=True, timeout=20)
        thread.join()
    assert done.returncode == code
    assert asked[0] == f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
    assert subprocess.run(by_bash(None, port), capture_output=True, timeout=20).returncode != 0, "nothing listens any more"


def test_what_a_project_of_the_jvm_brings_trouble_with_is_said(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/A.java").write_text("class A {}\n")
    pom = (
        _BOOT.format(version="3.5.1", more="").replace("org.springframework.boot", "org.example", 1).replace("spring-boot-starter-parent", "parts", 1)
    )
    native = "<dependency><groupId>org.xerial</groupId>\n<artifactId>sqlite-jdbc</artifactId></dependency>"
    (tmp_path / "pom.xml").write_text(pom.replace("<dependencies>", f"<dependencies>{native}"))
    found = detect(tmp_path)
    assert [message.partition(" (pom")[0].partition(" has its parent")[0] for message in found.warnings] == ["sqlite-jdbc", "pom.xml:2"]
    assert found.answers["limits"] == {"pids": 300}, "a thread for each request, up to 200"
    (tmp_path / "pom.xml").write_text(pom.replace("</parent>", "<relativePath/></parent>"))
    assert detect(tmp_path).warnings == ()
    (tmp_path / "pom.xml").write_text(_BOOT.format(version="3.5.1", more=""))
    assert detect(tmp_path).warnings == ()


def test_a_jvm_may_take_its_time_to_start_and_the_proxy_waits_longer() -> None:
    project = resolve(make(answers("java", "java -jar app.jar")))
    proxy = next(service for service in project.services if service.role == "ingress")
    assert (project.app.pace.start, proxy.pace.start) == (90, 150)
    assert "--start-period=90s" in dockerfile("java", "java -jar app.jar")
    assert "--start-period=30s" in dockerfile("dotnet", "dotnet a.dll")


@pytest.mark.parametrize(("code", "warned"), [
    ("builder.Services.AddRazorPages();\n", True), ("builder.Services.AddControllers();\n", False),
    ("builder.Services.AddRazorPages();\nservices.AddDataProtection().PersistKeysToFileSystem(keys);\n", False),
])  # fmt: skip
def test_keys_that_sign_cookies_are_to_be_kept(tmp_path: Path, code: str, warned: bool) -> None:
    (tmp_path / "Shop.csproj").write_text('<Project Sdk="Microsoft.NET.Sdk.Web"><TargetFramework>net8.0</TargetFramework></Project>\n')
    (tmp_path / "Program.cs").write_text(code)
    assert any("PersistKeysToFileSystem" in message for message in detect(tmp_path).warnings) == warned
