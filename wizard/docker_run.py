"""The services of a project as one script of `docker run` commands: what Compose does with compose.yaml, flag by flag.

docker run cannot give a health check that starts without a shell (`--health-cmd` is text for /bin/sh), nor a path that is relative
to a file; everything else has a flag of its own. Compared with what Compose starts by tests/engine/test_docker_run.py.
"""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from wizard.artifact import WORKLOAD, Artifact, Line
from wizard.compose import Part, combined
from wizard.control import Fragment
from wizard.project import Project, Service
from wizard.run_flags import FLAGS

PATH = "docker-run.sh"
Words = tuple[str, ...]
"""A flag with its value, as the shell has to hand it over."""

_FLAGS: Mapping[str, str] = {
    **{flag.setting.partition(".")[0]: f"--{flag.name}" for flag in reversed(FLAGS) if flag.setting},
    "secrets": "--mount", "networks": "--network",
}  # fmt: skip
"""The flag for a key of a Compose service: the first that says it. Secrets are files, and a network is named in another way."""
ELSEWHERE = ("image", "build", "command", "depends_on")
"""Keys that are no flags: what is run, and when."""

_HEAD = """\
#!/bin/sh
# The services of compose.yaml as docker run commands, for where there is no Compose; the reasons stand there.
#   sh {path}         starts them
#   sh {path} down    removes them and their networks; volumes keep their data
set -eu
cd "$(dirname "$0")"
case $PWD in *[,\\"]*) echo "docker run cannot mount from $PWD: it has a comma or a quotation mark in it" >&2; exit 1 ;; esac

healthy() { # waits until a container says so
    for _ in $(seq 180); do
        case $(docker inspect --format '{{.State.Status}} {{.State.Health.Status}}' "$1") in
            "running healthy") return ;;
            running*) sleep 1 ;;
            *) break ;;
        esac
    done
    docker logs --tail 20 "$1" >&2
    echo "$1 did not become healthy" >&2
    exit 1
}
"""
_TAIL = """\
case ${1-up} in
    up) up ;;
    down) down ;;
    *) echo "usage: sh {path} [up|down]" >&2; exit 2 ;;
esac
"""


def docker_run(project: Project, parts: Callable[[Service], Mapping[str, Sequence[Part]]], shared: Fragment) -> Artifact:
    """The script; `parts` gives a service's merged mapping, `shared` are the networks, volumes and secrets of the project."""
    name = project.app.name
    services = _in_order(project.services)
    bare = ", ".join(service.name for service in services if not service.image.shell)
    lines = [Line(line) for line in _HEAD.replace("{path}", PATH).splitlines()]
    if bare:
        lines += [
            Line(""),
            Line(f"# Without a health check, unlike in compose.yaml: {bare}. docker run hands it to a shell, which the image lacks.", "health-check"),
        ]
    lines += [Line(""), Line("up() {")]
    if project.app.stack:
        lines.append(Line(f"    docker build --tag {shlex.quote(name)} .", service=name))
    for service in services:
        if service.context:
            words = shlex.join(["--tag", _container(project, service), service.context])
            lines.append(Line(f"    docker build {words}", service=service.name))
    for network, options in shared.get("networks", {}).items():
        words = shlex.join([*network_options(options or {}), f"{name}-{network}"])
        exists = f"docker network inspect {shlex.quote(f'{name}-{network}')} >/dev/null 2>&1"
        lines.append(Line(f"    {exists} || docker network create {words} >/dev/null", "internal-networks", "networks"))
    for volume in shared.get("volumes", {}):
        lines.append(Line(f"    docker volume create {shlex.quote(f'{name}_{volume}')} >/dev/null", "writable-paths", "volumes"))
    for service in services:
        lines += [Line(""), *_started(project, service, parts(service))]
    containers = shlex.join(_container(project, service) for service in reversed(services))
    networks = shlex.join(f"{name}-{network}" for network in shared.get("networks", {}))
    lines += [Line("}"), Line(""), Line("down() {"), Line(f"    docker rm --force {containers}")]
    lines += [Line(f"    docker network rm {networks}")] if networks else []
    lines += [Line("}"), Line(""), *(Line(line) for line in _TAIL.replace("{path}", PATH).splitlines())]
    return Artifact(PATH, tuple(lines))


def _in_order(services: Sequence[Service]) -> list[Service]:
    """Each behind those that it waits for."""
    done: dict[str, Service] = {}
    while len(done) < len(services):
        ready = [s for s in services if s.name not in done and all(above in done for above in s.depends_on)]
        done |= {service.name: service for service in ready or [s for s in services if s.name not in done][:1]}
    return list(done.values())


def _container(project: Project, service: Service) -> str:
    return f"{project.app.name}-{service.name}"


def _started(project: Project, service: Service, parts: Mapping[str, Sequence[Part]]) -> Iterator[Line]:
    """One service: created, connected with its other networks, started; what it waits for is healthy by then."""
    container, project_name = _container(project, service), project.app.name
    for above, condition in service.depends_on.items():
        if condition == "service_healthy":
            yield Line(f"    healthy {shlex.quote(f'{project_name}-{above}')}", service=service.name, setting="depends_on")
    networks = combined("networks", parts["networks"]) if "networks" in parts else []
    others = networks[1:]
    for key in (key for key in parts if key not in ELSEWHERE and key not in _FLAGS):
        yield Line(f"    # Without {key}, unlike in compose.yaml: docker run has nothing for it.", parts[key][0].control, key, service.name)
    yield Line(f"    docker {'create' if others else 'run --detach'} --name {shlex.quote(container)} \\", service=service.name)
    shares = ((key, share) for key, found in parts.items() if key not in ELSEWHERE and key in _FLAGS for share in found)
    for key, share in shares:
        if key == "healthcheck" and not service.image.shell:
            continue  # It would need a shell; the head of the script says so.
        for flag in flags(key, share.value, project_name, service.name):
            # A value with line breaks keeps them, between its quotes.
            for text in f"        {quoted(flag)} \\".split("\n"):
                yield Line(text, share.control, key, service.name)
    image = (project_name if service.stack else container) if service.built else service.image.reference
    entry = combined("entrypoint", parts["entrypoint"])[1:] if "entrypoint" in parts else []
    command = combined("command", parts["command"]) if "command" in parts else []
    for text in f"        {shlex.join([image, *entry, *command])}".split("\n"):
        yield Line(text, WORKLOAD, "command", service.name)
    for network in others:
        connected = shlex.join(["--alias", service.name, f"{project_name}-{network}", container])
        yield Line(f"    docker network connect {connected}", "internal-networks", "networks", service.name)
    if others:
        yield Line(f"    docker start {shlex.quote(container)}", service=service.name)


class _Shell(str):
    """Text that is quoted for the shell already: the folder of the script is the only thing that it fills in."""


def quoted(words: Words) -> str:
    """A flag as it is typed in a shell."""
    return " ".join(word if isinstance(word, _Shell) else shlex.quote(word) for word in words)


def flags(key: str, value: Any, project: str, service: str) -> Iterator[Words]:
    """What a key of a Compose service is on the command line. Raises KeyError for a key without a flag."""
    flag = _FLAGS[key]
    match key:
        case "init" | "read_only" | "privileged" | "oom_kill_disable":
            yield from [(flag,)] if value else []
        case "environment" | "labels" | "annotations" | "sysctls":
            rows = [f"{name}={text}" for name, text in value.items()] if isinstance(value, Mapping) else value
            yield from ((flag, str(row)) for row in rows)
        case "volumes":
            yield from (_mount(flag, mount, project) for mount in value)
        case "secrets":
            yield from ((flag, _bind(f"./secrets/{name}", f"/run/secrets/{name}", True)) for name in value)
        case "ulimits":
            yield from ((flag, f"{name}={limit['soft']}:{limit['hard']}") for name, limit in value.items())
        case "blkio_config":
            yield from _disks(flag, value)
        case "stop_grace_period":
            yield flag, str(value).removesuffix("s")
        case "logging":
            yield flag, value["driver"]
            yield from (("--log-opt", f"{name}={text}") for name, text in value["options"].items())
        case "healthcheck":
            yield from _health(value)
        case "networks":
            yield from [(flag, f"{project}-{value[0]}"), ("--network-alias", service)] if value else []
        case "entrypoint":
            yield flag, value[0]
        case _:
            yield from ((flag, str(entry)) for entry in (value if isinstance(value, (list, tuple)) else [value]))


def _disks(flag: str, limits: Mapping[str, Any]) -> Iterator[Words]:
    if "weight" in limits:
        yield flag, str(limits["weight"])
    for name in ("device_read_bps", "device_read_iops", "device_write_bps", "device_write_iops"):
        yield from ((f"--{name.replace('_', '-')}", f"{disk['path']}:{disk['rate']}") for disk in limits.get(name, ()))


def _health(check: Mapping[str, Any]) -> Iterator[Words]:
    if check.get("disable"):
        yield ("--no-healthcheck",)
        return
    kind, *command = check["test"]
    yield "--health-cmd", shlex.join(command) if kind == "CMD" else command[0]
    for name in ("interval", "timeout", "retries", "start_period"):
        if name in check:
            yield f"--health-{name.replace('_', '-')}", str(check[name])


def _mount(flag: str, mount: Mapping[str, Any], project: str) -> Words:
    if label := mount.get("bind", {}).get("selinux"):
        # Only the short form can relabel; such a source is a file of the project.
        options = ",".join([*(["ro"] if mount.get("read_only") else []), label])
        return "--volume", _Shell('"$PWD"' + shlex.quote(f"{_below(mount['source'])}:{mount['target']}:{options}"))
    if mount["type"] == "bind":
        return flag, _bind(mount["source"], mount["target"], mount.get("read_only", False))
    fields = ["type=volume", f"source={project}_{mount['source']}", f"target={mount['target']}"]
    return flag, ",".join(_field(field) for field in (*fields, *(["readonly"] if mount.get("read_only") else [])))


def _bind(source: str, target: str, read_only: bool) -> str:
    fields = [f"target={target}", *(["readonly"] if read_only else [])]
    if source.startswith("/"):
        return ",".join(_field(field) for field in ("type=bind", f"source={source}", *fields))
    # A path in the project: only the shell knows where that is.
    rest = ",".join(["", *(_field(field) for field in fields)])
    return _Shell(f'type=bind,source="$PWD"{shlex.quote(_below(source) + rest)}')


def _below(source: str) -> str:
    """A path in the project as what follows the project's folder."""
    return "/" + source.removeprefix("./")


def _field(text: str) -> str:
    """A field of --mount, which is a line of CSV."""
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def network_options(options: Mapping[str, Any]) -> Iterator[str]:
    if options.get("internal"):
        yield "--internal"
    for name, value in options.get("driver_opts", {}).items():
        yield f"--opt={name}={value}"
