"""How people spell the devices that a service is given: `/dev/ttyUSB0 r: reads the meter`, `c 188:* rw: those plugged in later`."""

import re

from wizard.spelling import Data, item, reasoned, rows
from wizard.text import visible


def _device(text: str) -> Data:
    data = reasoned("path")(text)
    path, _, access = data["path"].partition(" ")
    return {**data, "path": path} | ({"access": access.strip()} if access else {})


def _device_rule(text: str) -> Data:
    match = re.fullmatch(r"([a-z] +[0-9*]+:[0-9*]+)(?: +([a-z]+))? *: *(.+)", text.strip())
    if not match:
        raise ValueError(f"{visible(text)} is no rule with a reason; accepted: «c 188:* rw: why it is needed»")
    return {"devices": " ".join(match[1].split()), "why": match[3].strip()} | ({"access": match[2]} if match[2] else {})


def _device_text(data: Data, name: str) -> str:
    return f"{name}{' ' + data['access'] if 'access' in data else ''}: {data['why']}"


DEVICES = rows(item(_device, lambda d: _device_text(d, d["path"]), "/dev/ttyUSB0 r: reads the meter"))
DEVICE_RULES = rows(item(_device_rule, lambda d: _device_text(d, d["devices"]), "c 188:* rw: serial ports plugged in later"))
