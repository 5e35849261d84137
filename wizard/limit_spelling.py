"""How people spell the rows of limits: `core=0`, `nproc=200:300`; `/dev/sda read=10M write-iops=500`."""

import re

from wizard.spelling import Data, item, rows
from wizard.text import visible

_ULIMIT = "core=0, memlock=64M, nproc=200:300"
_DISK = "/dev/sda read=10M write=10M"


def _amount(text: str) -> int | str:
    return int(text) if re.fullmatch(r"[0-9]{1,19}", text) else text


def _ulimit(text: str) -> Data:
    name, _, value = text.partition("=")
    soft, colon, hard = value.partition(":")
    if not name.strip() or not soft.strip() or bool(colon) != bool(hard.strip()):
        raise ValueError(f"{visible(text)} is no ulimit; accepted: NAME=LIMIT or NAME=SOFT:HARD, such as core=0 or nproc=200:300")
    return {"name": name.strip(), "soft": _amount(soft.strip())} | ({"hard": _amount(hard.strip())} if hard else {})


def _ulimit_text(data: Data) -> str:
    return f"{data['name']}={data['soft']}" + (f":{data['hard']}" if "hard" in data else "")


def _disk(text: str) -> Data:
    path, *rates = text.split() or [""]
    data: dict[str, Data] = {"path": path}
    for rate in rates:
        name, _, value = rate.partition("=")
        key = name.replace("-", "_")
        if key not in ("read", "write", "read_iops", "write_iops") or not value or key in data:
            raise ValueError(f"{visible(rate)} is no rate; accepted: read=10M, write=10M, read-iops=500, write-iops=500, each once")
        data[key] = _amount(value)
    return data


def _disk_text(data: Data) -> str:
    return " ".join([data["path"], *(f"{key.replace('_', '-')}={value}" for key, value in data.items() if key != "path")])


ULIMITS = rows(item(_ulimit, _ulimit_text, _ULIMIT))
DISKS = rows(item(_disk, _disk_text, _DISK))
