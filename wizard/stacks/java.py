"""Java and Kotlin on the JVM: Maven or Gradle; Spring Boot, Quarkus, Micronaut, or a program with a main class."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wizard.bash_check import by_bash
from wizard.clues.around import look_around
from wizard.clues.commands import procfile, words
from wizard.clues.findings import Findings
from wizard.clues.java_builds import (
    GRADLE,
    NATIVE,
    SETTINGS,
    boot_layers,
    gradle_jar,
    gradle_script,
    java_version,
    local_parent,
    makes_war,
    maven_jar,
    newest_for_wrapper,
)
from wizard.clues.ports import listens, variable_port
from wizard.digests import pinned
from wizard.folder import Folder
from wizard.java_runtime import heap_percentage, line_of, shipped
from wizard.known_image import Pace
from wizard.stack import Detected, LanguageStack
from wizard.workload import Workload

_FRAMEWORKS = (
    ("spring-boot", r"(org\.springframework\.boot|spring-boot-starter)"), ("quarkus", r"(io\.quarkus)"), ("micronaut", r"(io\.micronaut)"),
    ("helidon", r"(io\.helidon)"), ("dropwizard", r"(io\.dropwizard)"), ("ktor", r"(io\.ktor|libs\.ktor)"), ("javalin", r"(io\.javalin)"),
    ("vertx", r"(io\.vertx)"),
    ("play", r"(org\.playframework|com\.typesafe\.play)"), ("spark", r"(com\.sparkjava)"), ("tomcat", r"(tomcat-embed-core)"),
)  # fmt: skip
_WEB = re.compile(
    r"spring-boot-starter-(?:web\b|webmvc|webflux|jersey|data-rest|thymeleaf|graphql|actuator)|quarkus-(?:rest|resteasy|vertx-http|reactive-routes)"
)
_SETTING_FILES = tuple(f"src/main/resources/{name}" for name in (
    "application.properties", "application.yml", "application.yaml", "application.conf", "META-INF/microprofile-config.properties",
    "application-prod.properties", "application-production.properties", "application-prod.yml",
))  # fmt: skip
_PORTS = (
    r"""^[ \t]*(?:server|quarkus\.http|micronaut\.server)\.port\s*[=:]\s*(?:\$\{[\w.]+:)?(\d{2,5})\b""",
    r"""^(?:server|micronaut):[ \t]*\n(?:[ \t]+[^\n]*\n|\n){0,12}?[ \t]+port:\s*["']?(?:\$\{[\w.]+:)?(\d{2,5})\b""",
    *variable_port(r"""(?:getenv\(|getenv\(\)\.get\w*\(|getenv\[)\s*"PORT\"[\])]?"""),
    r"""(?:\.(?:start|listen|setPort|bindNow)|\bport)\(\s*(\d{4,5})\s*[,)]""",
    r"""(?:InetSocketAddress|embeddedServer|ServerSocket|Server)\((?:\s*\w+\s*,)?\s*(?:"[\w.]*"\s*,\s*)?(?:port\s*=\s*)?(\d{4,5})\b""",
    r"""^[ \t]*port\s*=\s*(?:\$\{\?\w+\}\s*)?(\d{4,5})\b""",
    r"""\b(?:PORT|port)\s*=\s*(\d{4,5})\b""",
)
_ASKS = r"getenv\(|getenv\(\)\.get\w*\("
_BARE = r"\$\{([A-Z][A-Z0-9_]{2,60})(?=[}:])"


_THREADS = ("spring-boot", "tomcat", "javalin", "spark", "helidon")
"""Frameworks whose servers start up to 200 threads for requests, beside some thirty of the JVM: each counts as a process."""
_PORT_NAMES = {"spring-boot": "SERVER_PORT", "quarkus": "QUARKUS_HTTP_PORT", "micronaut": "MICRONAUT_SERVER_PORT"}
"""The variable by which a framework is told its port, whatever its settings say."""


class Java(LanguageStack):
    """The jar is called after the project; where that is not sure nothing is said of it.

    Of the build the last stage gets what the command starts, under the same path, so that one command is right in the folder and in the image.
    """

    id = "java"
    name = "Java"
    title = "Java (Maven, Gradle; Spring Boot)"
    default_version = "21"
    must_write = ("/tmp",)
    pace = Pace(start=90)  # The smallest service of Spring Boot took 44 s on a busy machine; with the usual 30 it may be ill after 60.
    frameworks = tuple(name for name, _ in _FRAMEWORKS)
    package_managers = ("maven", "gradle")
    evidence = "with Maven built and run by the engine tests in stand-ins; layers of Spring Boot 3.5 by hand; Gradle and wrappers not yet built"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        return f"eclipse-temurin:{line_of(self.version(workload))}-jre" if pinned else "eclipse-temurin:latest"

    def build_image(self, workload: Workload) -> str:
        version, stack = line_of(self.version(workload)), workload.stack
        if stack and "wrapper" in stack.quirks:
            return f"eclipse-temurin:{version}-jdk"
        if stack and stack.package_manager == "gradle":
            # Gradle 8 runs on 8 to 24, and builds what was written for the one before it; 9 is the first for 25.
            newest = version.isdecimal() and int(version) > 24
            return f"gradle:{9 if newest else 8}-jdk{version}"
        return f"maven:3-eclipse-temurin-{version}"

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        # A second JVM would take a third of a second of one processor every time, and its memory: bash takes some milliseconds.
        return by_bash(url, port)

    def environment(self, workload: Workload) -> Mapping[str, str]:
        options = [f"-XX:MaxRAMPercentage={heap_percentage(workload)}.0", "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData"]
        if any(path.path == "/tmp" for path in workload.writable):
            options.append("-Duser.home=/tmp")  # The JVM takes it from the user's entry, not from HOME.
        port = next((str(port.container) for port in workload.ports if port.protocol == "tcp"), "")
        own = _PORT_NAMES.get(workload.stack.framework or "", "") if workload.stack else ""
        return {"JAVA_TOOL_OPTIONS": " ".join(options)} | ({name: port for name in ("PORT", own) if name} if port else {})

    def values(self, workload: Workload) -> Mapping[str, Any]:
        stack, taken = workload.stack, shipped(workload.command)
        gradle = stack is not None and stack.package_manager == "gradle"
        tasks = ["assemble"]
        tasks += ["shadowJar"] if any(path.endswith("-all.jar") for path in taken) else []
        tasks += ["installDist"] if any("/install/" in f"/{path}" for path in taken) else []
        return {
            "builder": pinned(self.build_image(workload), workload),
            "wrapper": stack is not None and "wrapper" in stack.quirks,
            "layered": stack is not None and "jar-layers" in stack.quirks and len(taken) == 1 and taken[0].endswith(".jar"),
            "shipped": list(taken),
            "folder": taken[0].rpartition("/")[0] if taken else ".",
            "output": "build/libs" if gradle else "target",
            "tasks": tasks,
        }

    def ignored(self) -> tuple[str, ...]:
        return ("target", "*/target", "build", "*/build", ".gradle", "**/*.class", "hs_err_pid*")

    def not_built(self, manager: str | None = None, quirks: Sequence[str] = ()) -> str:
        parts = [("Gradle", manager == "gradle"), ("the project's own wrapper", "wrapper" in quirks)]
        return " and ".join(part for part, holds in parts if holds)

    def detect(self, folder: Folder) -> Detected | None:
        build = folder.first("pom.xml", *GRADLE)
        if not build and not folder.has("gradlew") and not folder.first(*SETTINGS):
            return None
        build = build or folder.first(*SETTINGS, "gradlew") or ""
        maven = build == "pom.xml"
        found = Findings(folder, self.id, build)
        found.say("stack.package_manager", "maven" if maven else "gradle", build)
        self._version(found)
        text = folder.text(build)
        for name, pattern in _FRAMEWORKS:
            if match := folder.search(rf"^(?!\s*(?://|<!--)).*?{pattern}", build):
                found.at("stack.framework", name, match)
                break
        if maven and (modules := re.findall(r"<module>([\w./-]{1,100})</module>", text)) and "<packaging>pom</packaging>" in text:
            found.tell("workspace", True, build)
            return self._parent(found, modules)
        if not maven and not folder.ending(".java", ".kt", ".groovy", ".scala"):
            return self._parent(found, ())
        if not maven and not _has_own_code(folder):
            return self._parent(found, ())
        self._start(found, build, maven)
        self._build(found, build, maven)
        self._companions_and_health(found, build, text)
        return found.done()

    @staticmethod
    def _parent(found: Findings, modules: object) -> Detected:
        """A project of several: what is started is one of its parts."""
        found.tell("workspace", True, found.evidence[0].file)
        found.strength = 1
        found.answers["stack"].pop("framework", None)
        return found.done()

    def _version(self, found: Findings) -> None:
        for folder, before in ((found.folder, ""), (found.folder.above, "../")):
            if folder and (match := java_version(folder)):
                version = match[0].replace("_", ".").removeprefix("1.").partition(".")[0]
                found.say("stack.version", version, f"{before}{match.file}", match.line)
                return
        if found.folder.has("gradlew") and (newest := newest_for_wrapper(found.folder, self.default_version)):
            found.at("stack.version", newest[0], newest, "inferred")

    def _start(self, found: Findings, build: str, maven: bool) -> None:
        folder = found.folder
        sources = folder.sources(".java", ".kt", ".groovy")
        settings = tuple(name for name in _SETTING_FILES if folder.has(name))
        started = procfile(folder)
        web = found.framework not in ("", "spring-boot") or bool(_WEB.search(folder.text(build))) or "ports" in found.answers
        usual = {"javalin": 7000, "spark": 4567, "helidon": 8080, "play": 9000, "vertx": 8888}.get(found.framework, 8080)
        if started:
            port = listens(found, started[0], _PORTS, (*settings, *sources), usual, started.file, started.line)
            found.at("command", words(started[0], port), started)
            self._threads(found, build)
            return
        if web or folder.search(r"(HttpServer|ServerSocket|@RestController|WebServer)\b", *sources):
            listens(found, "", _PORTS, (*settings, *sources), usual if found.framework else 0, build)
        if found.framework == "quarkus":
            jar = "build/quarkus-app/quarkus-run.jar" if not maven else "target/quarkus-app/quarkus-run.jar"
            found.say("command", ["java", "-jar", jar], build, 1, "inferred")
        elif script := "" if maven else gradle_script(folder, found.framework):
            found.say("command", [script], build, 1, "inferred")
        elif jar := maven_jar(folder) if maven else gradle_jar(folder, found.framework):
            found.say("command", ["java", "-jar", jar], build, 1, "inferred")
        elif found.framework == "spring-boot":
            found.tell("jar", True, build)
        elif war := makes_war(folder, build):
            found.refuse(f"{war.file}:{war.line} makes a WAR, which a server of its own runs (Tomcat, WildFly): take the image of that with "
                         "--set image=NAME:VERSION, or make a jar that starts by itself")  # fmt: skip
        self._threads(found, build)
        found.strength = 3 if sources else 2

    @staticmethod
    def _threads(found: Findings, build: str) -> None:
        if found.framework in _THREADS and "ports" in found.answers:
            found.say("limits.pids", 300, build, 1, "inferred")

    @staticmethod
    def _build(found: Findings, build: str, maven: bool) -> None:
        """What the build has to know: whether the project brings its build tool, and whether its jar comes apart in layers."""
        quirks = []
        if not maven and (npm := found.folder.search(r"""^[^/\n]*commandLine\W[^\n]{0,40}["'](npm|npx|yarn|pnpm)["']""", build)):
            found.warn(f"{npm.file}:{npm.line} runs {npm[0]}, and the image that builds has no Node.js: make these files before, or let the plugin "
                       "com.github.node-gradle.node fetch it")  # fmt: skip
        script = "mvnw" if maven else "gradlew"
        if found.folder.has(script):
            quirks.append(("wrapper", script, 1))
        layers = boot_layers(found.folder, build) if found.framework == "spring-boot" else None
        if layers:
            quirks.append(("jar-layers", layers.file, layers.line))
        if quirks:
            found.say("stack.quirks", [name for name, _, _ in quirks], *quirks[0][1:])

    def _companions_and_health(self, found: Findings, build: str, text: str) -> None:
        folder = found.folder
        if match := folder.search(r"(spring-boot-starter-actuator)", build):
            base = folder.search(r"^[ \t]*management\.endpoints\.web\.base-path\s*=\s*(/[\w/-]{0,40})", *_SETTING_FILES)
            context = folder.search(r"^[ \t]*server\.servlet\.context-path\s*=\s*(/[\w/-]{0,40})", *_SETTING_FILES)
            path = f"{context[0].rstrip('/') if context else ''}{base[0].rstrip('/') if base else '/actuator'}/health"
            found.at("health", {"http": path}, match, "inferred")
        elif match := folder.search(r"(quarkus-smallrye-health)", build):
            found.at("health", {"http": "/q/health"}, match, "inferred")
        named: dict[str, tuple[str, int]] = {}
        group = ""
        for number, line in enumerate(text.splitlines(), 1):
            if match_group := re.search(r"<groupId>([\w.-]+)</groupId>", line):
                group = match_group[1]
            if artifact := re.search(r"<artifactId>([\w.-]+)</artifactId>", line):
                named.setdefault(artifact[1], (build, number))
                named.setdefault(f"{group}:{artifact[1]}", (build, number))
            for seen in re.finditer(r"""["']([\w.-]+):([\w.-]+)(?::[^"']*)?["']""", line):
                if not line.lstrip().startswith("//") and not re.match(r"\s*test", line):
                    named.setdefault(seen[2], (build, number))
                    named.setdefault(f"{seen[1]}:{seen[2]}", (build, number))
        for name in NATIVE:
            if name in named:
                file, number = named[name]
                found.warn(f"{name} ({file}:{number}) unpacks a library into /tmp and loads it, which it may not (noexec): give it a volume, "
                           "--set writable+='/native volume native', and begin the command with java -Djava.io.tmpdir=/native")  # fmt: skip
        if parent := local_parent(folder):
            found.warn(f"pom.xml:{parent.line} has its parent {parent[0]} in the folder above, it seems, which is no part of the build: "
                       "run seawall there, and name this part's jar in the command")  # fmt: skip
        # With a database in memory beside them, the drivers of the others are for who asks for them.
        in_memory = any(name in named for name in ("com.h2database:h2", "org.hsqldb:hsqldb", "h2", "hsqldb"))
        sql = ("org.postgresql:postgresql", "com.mysql:mysql-connector-j", "mysql:mysql-connector-java", "org.mariadb.jdbc:mariadb-java-client")
        if in_memory:
            named = {name: place for name, place in named.items() if name not in sql}
        look_around(found, (*(n for n in _SETTING_FILES if folder.has(n)), *folder.sources(".java", ".kt")), _ASKS, named, _BARE)
        if in_memory and not folder.search(r"^[^#\n]*jdbc:(postgresql|mysql|mariadb)", *_SETTING_FILES[:3]):
            found.drop("companions", [{"service": name} for name in ("postgres", "mysql", "mariadb")])


def _has_own_code(folder: Folder) -> bool:
    return any(name.startswith(("src/", "app/src/")) for name in folder.ending(".java", ".kt", ".groovy", ".scala"))
