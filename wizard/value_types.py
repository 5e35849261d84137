"""The kinds of values that answers are made of: each with what is accepted, which a refusal says."""

from typing import Annotated, Literal

from msgspec import Meta

WITH_APT: frozenset[str] = frozenset(("python", "node", "rust", "ruby", "elixir"))
"""Languages whose programs run in an image of Debian's, which takes its packages."""
PackageManager = Literal[
    "pip", "uv", "poetry", "pipenv", "pdm", "npm", "yarn", "pnpm", "bun", "deno", "go", "cargo", "maven", "gradle", "nuget", "composer", "bundler",
    "mix", "none",
]  # fmt: skip
RuntimeName = Literal["slim", "distroless", "scratch"]
Quirk = Literal[
    "local-references", "prepare-script", "hashes", "single-page", "wrapper", "jar-layers", "locked-restore",
    "yarn-berry", "plug-n-play", "standalone-output", "pnpm-7", "pnpm-8", "pnpm-of-engines", "compiled", "from-git", "files-beside",
]  # fmt: skip
Extra = Literal["runbook", "docker-run", "daemon", "debug", "ci", "signing"]
NeedName = Literal[
    "low-port", "chown-at-start", "switch-user", "ping", "raw-packets", "lock-memory", "raise-priority",
    "set-clock", "trace-children",
]  # fmt: skip
CallGroup = Literal[
    "tracing", "personality", "clock", "scheduling", "memory-locking", "shared-memory", "message-queues", "kernel-aio", "file-handles",
    "mount-lists", "page-tricks", "old-calls", "socket-families", "32-bit",
]  # fmt: skip

NAME = r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"
Language = Annotated[str, Meta(pattern=NAME, description="the id of a stack (seawall stacks lists them)")]
CompanionKind = Annotated[str, Meta(pattern=NAME, description="the id of a companion (seawall companions lists them)")]
Name = Annotated[str, Meta(pattern=NAME, description="lower case letters, digits and dashes, at most 40")]
PortNumber = Annotated[int, Meta(ge=1, le=65535)]
Id = Annotated[int, Meta(ge=1, le=2_147_483_646, description="a number from 1 to 2147483646; 0 is root")]
Variable = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$", description="a variable's name")]
Version = Annotated[str, Meta(pattern=r"^[0-9][A-Za-z0-9._-]{0,40}$", description='a version in quotes, such as "3.13" or "17-alpine"')]
Restart = Annotated[
    str, Meta(pattern=r"^(unless-stopped|always|no|on-failure(:[1-9][0-9]?)?)$", description="unless-stopped, on-failure:5, always or no")
]
Access = Literal["r", "w", "rw"]
Seconds = Annotated[int, Meta(ge=1, le=3600, description="seconds from the stop signal to the kill")]
AbsolutePath = Annotated[str, Meta(pattern=r"^/[^\x00-\x1f:,]*$", description="an absolute path")]
ImageReference = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+([._/:-]+[a-zA-Z0-9_]+)*(@sha256:[0-9a-f]{64})?$",
        max_length=255,
        description="an image such as ghcr.io/owner/app:1.4",
    ),
]

PinnedReference = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+([._/:-]+[a-zA-Z0-9_]+)*:[a-zA-Z0-9_]+([._-]+[a-zA-Z0-9_]+)*@sha256:[0-9a-f]{64}$",
        max_length=330,
        description="NAME:TAG@sha256: and 64 hex digits",
    ),
]

Repository = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$",
        description="OWNER/NAME as on GitHub, such as acme/shop",
    ),
]
