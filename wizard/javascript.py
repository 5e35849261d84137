"""What Node and Bun understand alike: a health check in JavaScript."""

_ASK = "fetch(process.argv[1],{signal:AbortSignal.timeout(3000)}).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"
_DIAL = "require('net').connect(+process.argv[1],'127.0.0.1',()=>process.exit(0)).on('error',()=>process.exit(1))"


def health_by(program: str, url: str | None, port: int) -> tuple[str, ...]:
    """A health check in exec form that `program` evaluates: of a URL, or of a TCP port."""
    return (program, "-e", _ASK, url) if url else (program, "-e", _DIAL, str(port))
