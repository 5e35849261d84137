"""How people spell answers: one text form for the form, the prompts, `--set` and the answers file.

Every `parse_*` takes what a person types and gives plain data; every `format_*` does the reverse. A value that the
short spelling cannot hold is spelled as JSON, which every parser accepts, so `parse(format(value)) == value` always.
Parsers raise ValueError saying what is accepted; whether the data is valid is decided by `workload.make`.
"""

import json
import re
import shlex
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wizard.text import slug, visible

Data = Any
"""Plain data as YAML or JSON holds it: text, numbers, booleans, lists, mappings, nothing."""

_TEMPORARY = ("/tmp", "/run", "/var/run", "/var/tmp", "/var/cache", "/cache")


class Spelling(Struct, frozen=True):
    """A pair of functions between text and plain data, and an example that helps a person."""

    parse: Callable[[str], Data]
    format: Callable[[Data], str]
    example: str = ""
    each: "Spelling | None" = None
    """For a list: the spelling of one row. Only a list can be extended with `+=`."""
    nothing: Data = None
    """What empty text says."""


def _json(text: str) -> Data:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{visible(text)} starts like JSON but is not: {error.args[0]}") from None


def looks_like_json(text: str) -> bool:
    """Whether `text` is a JSON list or mapping by its brackets; `[::1]:80:80` is a port."""
    text = text.strip()
    return (text[:1] + text[-1:]) in ("{}", "[]")


def item(parse: Callable[[str], Data], short: Callable[[Data], str], example: str = "") -> Spelling:
    """A spelling with JSON as the way out for values that `short` cannot hold."""

    def either(text: str) -> Data:
        return _json(text) if looks_like_json(text) else parse(text)

    def format_(data: Data) -> str:
        try:
            text = short(data)
            if either(text) == data:
                return text
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            pass
        return json.dumps(data, ensure_ascii=False)

    return Spelling(either, format_, example)


def rows(each: Spelling, example: str = "") -> Spelling:
    """Items separated by commas; one with a comma or a quote in it stands in double quotes, as in CSV."""

    def parse(text: str) -> Data:
        if looks_like_json(text):
            return _json(text)
        return [each.parse(part) for part in split_commas(text)]

    def format_(data: Data) -> str:
        text = _join_commas([each.format(part) for part in data])
        try:
            if parse(text) == data:
                return text
        except ValueError:
            pass
        return json.dumps(data, ensure_ascii=False)

    return Spelling(parse, format_, example or each.example, each, nothing=[])


def split_commas(text: str) -> list[str]:
    """The comma separated parts of `text`, read as one CSV record."""
    import csv

    if "\n" in text and '"' not in text:
        raise ValueError(f'{visible(text)} holds a line break; accepted: items separated by commas, quoted with " where they hold one')
    try:
        records = list(csv.reader([text.strip(" ")], skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise ValueError(f'{visible(text)}: {error}; accepted: items separated by commas, quoted with " where they hold one') from None
    return [part.strip(" ") for part in (records[0] if records else []) if part.strip(" ")]


def _join_commas(parts: Sequence[str]) -> str:
    import csv
    import io

    cells = []
    for part in parts:
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow([part])
        cells.append(out.getvalue())
    return ", ".join(cells)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ValueError(f"{visible(text)}: {error}; accepted: words as in a shell, quoted where they hold spaces") from None


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,19}", text):
        raise ValueError(f"{visible(text)} is no whole number")
    return int(text)


def _boolean(text: str) -> bool:
    words = {"yes": True, "y": True, "true": True, "on": True, "no": False, "n": False, "false": False, "off": False}
    if text.strip().lower() not in words:
        raise ValueError(f"{visible(text)} is not accepted; accepted: yes or no")
    return words[text.strip().lower()]


def _decimal(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text.strip()):
        raise ValueError(f"{visible(text)} is no number; accepted: 1, 0.5, 2.0")
    return float(text)


def _port(text: str) -> Data:
    spelled, _, word = text.partition(" ")
    if word.strip() not in ("", "inside"):
        raise ValueError(f"{visible(text)} is no port; accepted: 8080, 8080:80, 0.0.0.0:443:8443, 53/udp, «9000 inside»")
    ports, slash, protocol = spelled.partition("/")
    if slash and not protocol:
        raise ValueError(f"{visible(text)} has no protocol; accepted: 53/udp")
    match = re.fullmatch(r"(?:(?:(\[[0-9a-fA-F:.]+\]|[0-9.]+|\*):)?([0-9]{1,10}):)?([0-9]{1,10})", ports)
    if not match:
        raise ValueError(f"{visible(text)} is no port; accepted: 8080, 8080:80, 0.0.0.0:443:8443, 53/udp, «9000 inside»")
    address, published, container = match.groups()
    data: dict[str, Data] = {"container": int(container)}
    if not word:
        data["publish"] = f"{'0.0.0.0' if address == '*' else address or '127.0.0.1'}:{int(published or container)}"
    elif published:
        raise ValueError(f"{visible(text)}: a port that stays inside has no port on the host")
    return data | ({"protocol": protocol} if slash else {})


def _port_text(data: Data) -> str:
    suffix = f"/{data['protocol']}" if "protocol" in data else ""
    if data.get("publish") is None:
        return f"{data['container']}{suffix} inside"
    if data["publish"] == f"127.0.0.1:{data['container']}":
        return f"{data['container']}{suffix}"
    return f"{data['publish']}:{data['container']}{suffix}"


def _writable(text: str) -> Data:
    words = _words(text)
    if not words or len(words) > 3:
        raise ValueError(f"{visible(text)} is no writable path; accepted: /tmp, «/cache tmpfs 64M», «/data volume»")
    path, kind, detail = [*words, "", ""][:3]
    if not kind:
        temporary = any(path == t or path.startswith(t + "/") for t in _TEMPORARY)
        kind = "tmpfs" if temporary else "volume"
    if kind == "tmpfs":
        return {"path": path, "tmpfs": detail or "64M"}
    if kind == "volume":
        return {"path": path, "volume": detail or slug(path)}
    raise ValueError(f"{visible(text)}: {visible(kind)} is not accepted; accepted: tmpfs or volume")


def _writable_text(data: Data) -> str:
    if "tmpfs" in data:
        return f"{shlex.quote(data['path'])} tmpfs {data['tmpfs']}"
    return f"{shlex.quote(data['path'])} volume {data['volume']}"


def reasoned(key: str) -> Callable[[str], Data]:
    """A parser of «NAME: reason» that keeps the name under `key`."""

    def parse(text: str) -> Data:
        name, colon, why = text.partition(":")
        if not colon or not why.strip():
            raise ValueError(f"{visible(text)} has no reason; accepted: «{name.strip() or 'NAME'}: why it is needed»")
        return {key: name.strip(), "why": why.strip()}

    return parse


def _capability(text: str) -> Data:
    data = reasoned("name")(text)
    return {**data, "name": data["name"].upper().removeprefix("CAP_")}


def _waiver(text: str) -> Data:
    for sign in ("=", ":"):
        name, found, why = text.partition(sign)
        if found and why.strip():
            control, _, service = name.strip().partition("@")
            return {"control": control, "why": why.strip()} | ({"service": service} if service else {})
    raise ValueError(f"{visible(text)} has no reason; accepted: CONTROL=REASON or CONTROL@SERVICE=REASON")


def _waiver_text(data: Data) -> str:
    where = f"@{data['service']}" if "service" in data else ""
    return f"{data['control']}{where}={data['why']}"


def _companion(text: str) -> Data:
    match = re.fullmatch(r"([a-z][a-z0-9-]*)(?::([^ ]+))?(?: as ([^ ]+))?", text)
    if not match:
        raise ValueError(f"{visible(text)} is no companion; accepted: postgres, postgres:17, «redis:8 as cache»")
    data = {"service": match[1], "version": match[2], "name": match[3]}
    return {key: value for key, value in data.items() if value is not None}


def _companion_text(data: Data) -> str:
    version = f":{data['version']}" if "version" in data else ""
    return f"{data['service']}{version}" + (f" as {data['name']}" if "name" in data else "")


def _secret(text: str) -> Data:
    name, _, variable = text.partition(" as ")
    return {"name": name.strip()} | ({"env": variable.strip()} if variable else {})


def _mount(text: str) -> Data:
    match = re.fullmatch(r"([^:]+):(/[^:]*)(?::(ro|rw))?", text)
    if not match:
        raise ValueError(f"{visible(text)} is no mount; accepted: ./app.toml:/etc/app.toml, with :rw at the end if it may write")
    return {"path": match[2], "source": match[1]} | ({"read_only": False} if match[3] == "rw" else {})


def _pair(text: str) -> Data:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise ValueError(f"{visible(text)} is no variable; accepted: NAME=value")
    return (name, value)


def _environment(text: str) -> Data:
    return dict(_pair(part) for part in split_commas(text))


def _environment_text(data: Data) -> str:
    return _join_commas([f"{name}={value}" for name, value in data.items()]) if data else ""


def _health(text: str) -> Data:
    if text.startswith("/"):
        return {"http": text}
    kind, _, detail = text.partition(" ") if text.startswith("tcp ") else text.partition(":")
    detail = detail.strip()
    match kind.strip():
        case "http":
            return {"http": detail}
        case "tcp":
            return {"tcp": _number(detail)}
        case "none":
            return {"none": detail}
        case "command":
            return {"command": _words(detail)}
    raise ValueError(f"{visible(text)} is no health check; accepted: /path, «tcp 8000», «command: WORDS», «none: reason»")


def _health_text(data: Data) -> str:
    if "http" in data:
        return str(data["http"])
    if "tcp" in data:
        return f"tcp {data['tcp']}"
    if "command" in data:
        return f"command: {shlex.join(data['command'])}"
    return f"none: {data['none']}"


def _user(text: str) -> Data:
    uid, colon, gid = text.partition(":")
    if not colon:
        raise ValueError(f"{visible(text)} is no user; accepted: UID:GID, both numeric, such as 10001:10001")
    return {"uid": _number(uid), "gid": _number(gid)}


TEXT = Spelling(str, str)
ANY_JSON = Spelling(_json, json.dumps)
YES_NO = Spelling(_boolean, lambda data: "yes" if data else "no", "yes or no")
WHOLE = Spelling(lambda text: _number(text.strip()), str)
DECIMAL = Spelling(_decimal, lambda data: f"{data:f}".rstrip("0").rstrip("."), "0.5")
COMMAND = replace(item(_words, shlex.join, "gunicorn --bind 0.0.0.0:8000 app:app"), nothing=[])
WORDS = rows(TEXT)
NUMBERS = rows(Spelling(lambda text: _number(text.strip()), str))
PORTS = rows(item(_port, _port_text, "8000, 127.0.0.1:8080:80, 53/udp, «9000 inside»"))
WRITABLE = rows(item(_writable, _writable_text, "/tmp, /data volume, /cache tmpfs 64M"))
CAPABILITIES = rows(item(_capability, lambda d: f"{d['name']}: {d['why']}", "NET_RAW: ICMP probes"))
COMPANIONS = rows(item(_companion, _companion_text, "postgres:17, redis as cache"))
SECRETS = rows(item(_secret, lambda d: d["name"] + (f" as {d['env']}" if "env" in d else ""), "api_key, token as API_TOKEN"))
MOUNTS = rows(item(_mount, lambda d: f"{d['source']}:{d['path']}" + ("" if d.get("read_only", True) else ":rw"), "./app.toml:/etc/app.toml"))
WAIVER = item(_waiver, _waiver_text, "read-only-rootfs=writes its cache beside the code")
WAIVERS = rows(WAIVER)
ENVIRONMENT = replace(item(_environment, _environment_text, "LOG_LEVEL=info, MODE=fast"), nothing={})
HEALTH = item(_health, _health_text, "/health, «tcp 8000», «command: ./check», «none: reason»")
USER = item(_user, lambda d: f"{d['uid']}:{d['gid']}", "10001:10001")
