"""Smaller variants of well known images: what runs a program needs neither a compiler nor headers, which whoever breaks in can use.

Official images come in a full variant, made to build in, and in `-slim` or `-alpine`. Ours: `-slim` for Python and Node (glibc, so that
ready-made packages fit; a shell, no compiler, no curl), distroless for Go (no shell at all), `-alpine-slim` for nginx (busybox and musl).
"""

COMPILERS = (
    "/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang", "/usr/bin/make", "/usr/local/go/bin/go", "/usr/local/cargo/bin/rustc",
    "/opt/java/openjdk/bin/javac", "/usr/share/dotnet/sdk",
)  # fmt: skip
"""What only a build needs, where the full variants of official images have it."""

_SLIM = frozenset(("node", "perl", "python", "ruby"))
"""Official images whose full variant is made from buildpack-deps, with compilers and headers."""
_STATIC = "gcr.io/distroless/static-debian13:nonroot"
_BUILDERS = {
    **dict.fromkeys(("buildpack-deps", "gcc", "golang", "rust"), _STATIC), **dict.fromkeys(("gradle", "maven"), "eclipse-temurin:21-jre"),
    "mcr.microsoft.com/dotnet/sdk": "mcr.microsoft.com/dotnet/aspnet:10.0",
}  # fmt: skip
"""Images that are for building alone, each with one that runs what they make."""
_SMALL = ("slim", "alpine", "distroless")


def too_much(reference: str) -> str | None:
    """What is wrong with an image to run from, and which to take; None for one that is small or not known."""
    path, _, tag = reference.partition("@")[0].removeprefix("docker.io/").removeprefix("library/").partition(":")
    if "@" in reference and not tag:
        return None
    if path in _SLIM and not any(word in tag for word in _SMALL):
        version = "" if tag in ("", "latest") else f"{tag}-"
        return f"image {reference} is the full variant, with compilers and headers: {path}:{version}slim has what runs"
    if path in _BUILDERS:
        return f"image {reference} is for building: copy what it makes into a small one, such as {_BUILDERS[path]}"
    if path == "eclipse-temurin" and "jre" not in tag:
        version = tag.partition("-")[0] if tag[:1].isdigit() else "21"
        return f"image {reference} is the JDK, with a compiler: {path}:{version}-jre has what runs"
    return None
