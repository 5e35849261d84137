"""What Maven's and Gradle's files say: the version of Java, what the jar is called, whether a jar of Spring Boot comes apart in layers."""

import re

from wizard.clues.manifests import tool_version
from wizard.folder import Folder, Match

GRADLE = ("build.gradle", "build.gradle.kts")
SETTINGS = ("settings.gradle", "settings.gradle.kts")


def java_version(folder: Folder) -> Match | None:
    pom = folder.search(r"<(?:java\.version|maven\.compiler\.release|release|"
                        r"maven\.compiler\.target|maven\.compiler\.source|source|jdk\.version|javaVersion)>"
                        r"\s*(\d[\d.]*)\s*<", "pom.xml")  # fmt: skip
    gradle = folder.search(r"(?:JavaLanguageVersion\.of\(|jvmToolchain\(|"
                           r"(?:source|target)Compatibility\s*=\s*[\"']?(?:JavaVersion\.VERSION_)?|JavaVersion\.VERSION_)"
                           r"\s*[\"']?(\d[\d._]*)", *GRADLE, *(f"app/{name}" for name in GRADLE))  # fmt: skip
    system = folder.search(r"^[ \t]*java\.runtime\.version\s*=\s*(\d[\d.]*)", "system.properties")
    named = folder.search(r"^[ \t]*(?:[a-z]+-)?(\d[\d.]*)", ".java-version") or folder.search(r"^java=(\d+)", ".sdkmanrc")
    other = tool_version(folder, "java") or folder.search(r"^java\s+(?:[a-z]+-)+(\d[\d.]*)", ".tool-versions")
    other = other or folder.search(r"""^java\s*=\s*["'](?:[a-z]+-)*(\d[\d.]*)""", "mise.toml")
    return system or pom or gradle or named or other


def maven_jar(folder: Folder) -> str:
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


def gradle_jar(folder: Folder, framework: str) -> str:
    """The jar that Gradle makes; the folder's name stands in where settings.gradle has none, so nothing is said then."""
    build = folder.first(*GRADLE) or ""
    text = folder.text(build)
    named = folder.search(r"""archive(?:FileName|sBaseName|BaseName)\s*(?:=|\.set\()\s*["']([\w.-]{1,100})["']""", build)
    if named and named[0].endswith(".jar"):
        return f"build/libs/{named[0]}"
    root = folder.search(r"""^[ \t]*rootProject\.name\s*=\s*["']([\w.-]{1,100})["']""", *SETTINGS)
    version = re.search(r"""^version\s*=?\s*["']([\w.-]{1,60})["']""", text, re.M)
    runs = framework == "spring-boot" or re.search(r"shadow|Main-Class", text)
    if not runs or not root or not build:
        return ""
    base, ending = named[0] if named else root[0], "-all.jar" if "shadow" in text and framework != "spring-boot" else ".jar"
    return f"build/libs/{base}{'-' + version[1] if version else ''}{ending}"


def newest_for_wrapper(folder: Folder, usual: str) -> Match | None:
    """The newest line of Java that the Gradle of the wrapper runs on, where that is older than the usual one."""
    match = folder.search(r"^distributionUrl=.*?gradle-(\d{1,2})\.(\d{1,2})", "gradle/wrapper/gradle-wrapper.properties")
    if not match:
        return None
    version = next((java for java, least in _RUNS_ON if (int(match[0]), int(match[1])) >= least), "8")
    return Match(match.file, match.line, (version,)) if int(version) < int(usual) else None


_RUNS_ON = (("25", (9, 1)), ("21", (8, 5)), ("17", (7, 3)), ("11", (5, 0)))
"""Since which version Gradle itself runs on a line of Java (its compatibility matrix)."""


def gradle_script(folder: Folder, framework: str) -> str:
    """The start script that the application plugin makes beside all jars that it needs (installDist), in the project or in its part app/."""
    for place in ("", "app/"):
        build = folder.first(*(f"{place}{name}" for name in GRADLE))
        text = folder.text(build) if build else ""
        if framework == "spring-boot" or not _APPLICATION.search(text) or "shadow" in text:
            continue
        own = re.search(r"""^[ \t]*applicationName\s*=\s*["']([\w.-]{1,100})["']""", text, re.M)
        root = folder.search(r"""^[ \t]*rootProject\.name\s*=\s*["']([\w.-]{1,100})["']""", *SETTINGS)
        name = own[1] if own else "app" if place else root[0] if root else ""
        return f"{place}build/install/{name}/bin/{name}" if name else ""
    return ""


_APPLICATION = re.compile(
    r"""^[ \t]*(?:id\s*\(?\s*["']application["']|application[ \t]*$|`application`|apply\s+plugin:\s*["']application["'])""", re.M
)


def makes_war(folder: Folder, build: str) -> Match | None:
    """Where it says that it makes a WAR, which does not start by itself."""
    return folder.search(r"""^[ \t]*(?:id\s*\(?\s*["'](war)["']|(war)[ \t]*$|`(war)`|apply\s+plugin:\s*["'](war)["'])|<packaging>(war)<""", build)


def local_parent(folder: Folder) -> Match | None:
    """The parent that a project has, where that is none of those that frameworks publish and it is not said to lie in a repository."""
    if "<parent>" not in folder.text("pom.xml") or folder.search(r"(<relativePath\s*/>)", "pom.xml"):
        return None
    match = folder.search(r"<parent>(?:\s*<(?!artifactId)[^>]{1,60}>[^<]{0,200}</[^>]{1,60}>)*\s*<artifactId>([\w.-]{1,100})</artifactId>", "pom.xml")
    above = folder.text("pom.xml").partition("<parent>")[2].partition("</parent>")[0]
    return None if _PUBLISHED.search(above) else match


_PUBLISHED = re.compile(
    r"<(?:groupId|artifactId)>\s*(?:org\.springframework|io\.micronaut|io\.quarkus|io\.helidon|io\.dropwizard|org\.apache|spring-boot-)"
)
NATIVE = ("sqlite-jdbc", "snappy-java", "zstd-jni", "rocksdbjni", "jna", "netty-tcnative-boringssl-static", "onnxruntime")
"""Libraries that carry native code in their jar and load it from a temporary file."""


def boot_layers(folder: Folder, build: str) -> Match | None:
    """Where it says that it is built with a Spring Boot whose jars take themselves apart (`-Djarmode=tools`, since 3.3), if it does.

    A jar that starts as a program of its own cannot (Spring Boot reference, Dockerfiles).
    """
    declared = folder.search(r"spring-boot-(?:starter-parent|dependencies)</artifactId>\s*<version>(\d+)\.(\d+)", build)
    declared = declared or folder.search(r"<spring-boot\.version>\s*(\d+)\.(\d+)", build)
    declared = declared or folder.search(r"""org\.springframework\.boot["']?\)?\s+version\s*\(?["'](\d+)\.(\d+)""", build)
    if not declared or (int(declared[0]), int(declared[1])) < (3, 3):
        return None
    whole = folder.search(r"(<executable>\s*true|launchScript|<layout>|<layers>\s*<enabled>\s*false|layered\s*\{\s*enabled)", build)
    return None if whole else declared
