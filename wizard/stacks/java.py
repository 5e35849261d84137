"""Java and Kotlin on the JVM: Maven or Gradle; Spring Boot, Quarkus, Micronaut, or a program with a main class."""

import re

from wizard.clues.around import look_around
from wizard.clues.commands import procfile, words
from wizard.clues.findings import Findings
from wizard.clues.manifests import tool_version
from wizard.clues.ports import listens, variable_port
from wizard.folder import Folder, Match
from wizard.stack import Detected, KnownStack

_GRADLE = ("build.gradle", "build.gradle.kts")
_SETTINGS = ("settings.gradle", "settings.gradle.kts")
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


class Java(KnownStack):
    """The jar is called after the project; where that is not sure nothing is said of it."""

    id = "java"
    name = "Java"
    title = "Java (Maven, Gradle; Spring Boot)"

    def detect(self, folder: Folder) -> Detected | None:
        build = folder.first("pom.xml", *_GRADLE)
        if not build and not folder.has("gradlew") and not folder.first(*_SETTINGS):
            return None
        build = build or folder.first(*_SETTINGS, "gradlew") or ""
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
            if folder and (match := _java_version(folder)):
                version = match[0].replace("_", ".").removeprefix("1.").partition(".")[0]
                found.say("stack.version", version, f"{before}{match.file}", match.line)
                return

    def _start(self, found: Findings, build: str, maven: bool) -> None:
        folder = found.folder
        sources = folder.sources(".java", ".kt", ".groovy")
        settings = tuple(name for name in _SETTING_FILES if folder.has(name))
        line = procfile(folder)
        web = found.framework not in ("", "spring-boot") or bool(_WEB.search(folder.text(build))) or "ports" in found.answers
        usual = {"javalin": 7000, "spark": 4567, "helidon": 8080, "play": 9000, "vertx": 8888}.get(found.framework, 8080)
        if line:
            port = listens(found, line[0], _PORTS, (*settings, *sources), usual, line.file, line.line)
            found.at("command", words(line[0], port), line)
            return
        if web or folder.search(r"(HttpServer|ServerSocket|@RestController|WebServer)\b", *sources):
            listens(found, "", _PORTS, (*settings, *sources), usual if found.framework else 0, build)
        if found.framework == "quarkus":
            jar = "build/quarkus-app/quarkus-run.jar" if not maven else "target/quarkus-app/quarkus-run.jar"
            found.say("command", ["java", "-jar", jar], build, 1, "inferred")
        elif jar := _maven_jar(folder) if maven else _gradle_jar(folder, found.framework):
            found.say("command", ["java", "-jar", jar], build, 1, "inferred")
        elif found.framework == "spring-boot":
            found.tell("jar", True, build)
        found.strength = 3 if sources else 2

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


def _java_version(folder: Folder) -> Match | None:
    pom = folder.search(r"<(?:java\.version|maven\.compiler\.release|release|"
                        r"maven\.compiler\.target|maven\.compiler\.source|source|jdk\.version|javaVersion)>"
                        r"\s*(\d[\d.]*)\s*<", "pom.xml")  # fmt: skip
    gradle = folder.search(r"(?:JavaLanguageVersion\.of\(|jvmToolchain\(|"
                           r"(?:source|target)Compatibility\s*=\s*[\"']?(?:JavaVersion\.VERSION_)?|JavaVersion\.VERSION_)"
                           r"\s*[\"']?(\d[\d._]*)", *_GRADLE, *(f"app/{name}" for name in _GRADLE))  # fmt: skip
    system = folder.search(r"^[ \t]*java\.runtime\.version\s*=\s*(\d[\d.]*)", "system.properties")
    named = folder.search(r"^[ \t]*(?:[a-z]+-)?(\d[\d.]*)", ".java-version") or folder.search(r"^java=(\d+)", ".sdkmanrc")
    other = tool_version(folder, "java") or folder.search(r"^java\s+(?:[a-z]+-)+(\d[\d.]*)", ".tool-versions")
    other = other or folder.search(r"""^java\s*=\s*["'](?:[a-z]+-)*(\d[\d.]*)""", "mise.toml")
    return system or pom or gradle or named or other


def _maven_jar(folder: Folder) -> str:
    """The jar that Maven makes, where the project says what it is called and it can be run by itself."""
    whole = folder.text("pom.xml")
    text = whole
    for tag in ("parent", "dependencyManagement", "dependencies", "build", "profiles"):
        text = _without(text, tag)
    above = whole.partition("<parent>")[2].partition("</parent>")[0]
    name = re.search(r"<finalName>([\w.-]{1,100})</finalName>", whole)
    artifact, version = re.search(r"<artifactId>([\w.-]{1,100})</artifactId>", text), re.search(r"<version>([\w.-]{1,60})</version>", text)
    parent = re.search(r"<version>([\w.-]{1,60})</version>", above)
    packaging = re.search(r"<packaging>(\w+)</packaging>", text)
    runs = re.search(r"spring-boot-maven-plugin|maven-shade-plugin|<mainClass>|maven-assembly-plugin", whole)
    if not runs or (packaging and packaging[1] not in ("jar", "war")) or not artifact:
        return ""
    ending = packaging[1] if packaging else "jar"
    number = version or parent
    if "maven-assembly-plugin" in whole and "jar-with-dependencies" in whole:
        ending = f"-jar-with-dependencies.{ending}"
        return f"target/{name[1]}{ending}" if name else f"target/{artifact[1]}-{number[1]}{ending}" if number else ""
    return f"target/{name[1]}.{ending}" if name else f"target/{artifact[1]}-{number[1]}.{ending}" if number else ""


def _without(text: str, tag: str) -> str:
    """XML without the elements of a name; patterns would take the square of its length where they are not closed."""
    kept, rest = "", text
    while True:
        before, opened, inside = rest.partition(f"<{tag}>")
        kept += before
        if not opened:
            return kept
        _, closed, rest = inside.partition(f"</{tag}>")
        if not closed:
            return kept


def _gradle_jar(folder: Folder, framework: str) -> str:
    """The jar that Gradle makes; the folder's name stands in where settings.gradle has none, so nothing is said then."""
    build = folder.first(*_GRADLE) or ""
    text = folder.text(build)
    named = folder.search(r"""archive(?:FileName|sBaseName|BaseName)\s*(?:=|\.set\()\s*["']([\w.-]{1,100})["']""", build)
    if named and named[0].endswith(".jar"):
        return f"build/libs/{named[0]}"
    root = folder.search(r"""^[ \t]*rootProject\.name\s*=\s*["']([\w.-]{1,100})["']""", *_SETTINGS)
    version = re.search(r"""^version\s*=?\s*["']([\w.-]{1,60})["']""", text, re.M)
    runs = framework == "spring-boot" or re.search(r"shadow|Main-Class", text)
    if not runs or not root or not build:
        return ""
    base, ending = named[0] if named else root[0], "-all.jar" if "shadow" in text and framework != "spring-boot" else ".jar"
    return f"build/libs/{base}{'-' + version[1] if version else ''}{ending}"
