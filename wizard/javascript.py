"""What Node and Bun have alike: a health check in JavaScript, and Bun as installer."""

from wizard.workload import Stack

_ASK = "fetch(process.argv[1],{signal:AbortSignal.timeout(3000)}).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"
_DIAL = "require('net').connect(+process.argv[1],'127.0.0.1',()=>process.exit(0)).on('error',()=>process.exit(1))"


def health_by(program: str, url: str | None, port: int) -> tuple[str, ...]:
    """A health check in exec form that `program` evaluates: of a URL, or of a TCP port."""
    return (program, "-e", _ASK, url) if url else (program, "-e", _DIAL, str(port))


def frozen_by_bun(stack: Stack | None) -> str:
    """The option by which Bun keeps to its own lock file; from those of others it takes the versions, and has none for that."""
    return " --frozen-lockfile" if stack and stack.lockfile in ("bun.lock", "bun.lockb") else ""
