"""Law 9, first half: for every question `parse(format(value)) == value`, and odd values survive their spelling."""

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import strategies as drawn
from wizard.question import Question
from wizard.questions import all_questions, question_of
from wizard.spelling import PORTS, WRITABLE
from wizard.value_types import Extra

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "command": st.lists(drawn.TEXT, max_size=4),
    "user": st.fixed_dictionaries({"uid": st.integers(0, 99999), "gid": st.integers(0, 99999)}),
    "groups": st.lists(st.integers(0, 99999), max_size=3),
    "ports": st.lists(
        st.fixed_dictionaries({"container": drawn.PORT}, optional={"publish": drawn.PUBLISHED, "protocol": st.sampled_from(("tcp", "udp"))}),
        max_size=4,
    ),
    "writable": st.lists(drawn.WRITABLE, max_size=4),
    "extras": st.lists(st.sampled_from(get_args(Extra)), max_size=3, unique=True),
    "digests": st.lists(st.just(f"redis:8@sha256:{'a' * 64}"), max_size=2),
    "needs": st.lists(st.sampled_from(("ping", "low-port")), max_size=2),
    "calls": st.lists(st.sampled_from(("kernel-aio", "32-bit")), max_size=2),
    "capabilities": st.lists(st.fixed_dictionaries({"name": st.just("NET_RAW"), "why": drawn.TEXT}), max_size=2),
    "companions": st.lists(drawn.COMPANION, max_size=3),
    "secrets": st.lists(st.fixed_dictionaries({"name": drawn.NAME}, optional={"env": drawn.VARIABLE}), max_size=3),
    "environment": st.dictionaries(drawn.VARIABLE, drawn.TEXT, max_size=4),
    "mounts": st.lists(
        st.fixed_dictionaries({"path": drawn.PATH, "source": st.one_of(st.just("./a"), drawn.TEXT)}, optional={"read_only": st.just(False), "relabel": st.just("shared")}),
        max_size=2,
    ),
    "devices": st.lists(drawn.DEVICE, max_size=2),
    "device_rules": st.lists(drawn.DEVICE_RULE, max_size=2),
    "waivers": st.lists(st.fixed_dictionaries({"control": drawn.NAME, "why": drawn.TEXT}, optional={"service": drawn.NAME}), max_size=2),
    "health": drawn.HEALTH,
    "internet": st.booleans(),
    "limits.cpus": st.floats(0.01, 512).map(lambda number: round(number, 3)),
    "limits.pids": drawn.PORT, "limits.nofile": drawn.PORT, "limits.shares": drawn.PORT, "limits.oom_score_adj": drawn.PORT,
    "limits.disk_weight": drawn.PORT, "limits.ulimits": st.lists(drawn.ULIMIT, max_size=3), "limits.disks": st.lists(drawn.DISK, max_size=2),
    "logs.files": drawn.PORT, "stop_grace": drawn.PORT,
    "stack.build": st.lists(drawn.TEXT, max_size=3),
    "stack.arguments": st.dictionaries(drawn.VARIABLE, drawn.TEXT, max_size=3),
    "stack.extensions": st.lists(st.just("intl"), max_size=1),
    "stack.quirks": st.lists(st.just("prepare-script"), max_size=1),
    "stack.system_packages": st.lists(st.sampled_from(("curl", "libpq5", "g++")), max_size=2),
    "stack.packages": st.lists(st.just("gunicorn==23.0.0"), max_size=2),
    "egress": st.lists(st.sampled_from(("api.example.com", "*.example.org:8443", "203.0.113.7:8443", "xn--bcher-kva.example")), max_size=3),
    "dns": st.lists(st.sampled_from(("9.9.9.9", "::1")), max_size=2),
}  # fmt: skip
"""What a question's value may be, for those that are not plain text."""


@pytest.mark.parametrize("question", all_questions(), ids=lambda question: question.key)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_law_9_format_and_parse_are_inverse(question: Question, data: st.DataObject) -> None:
    value = data.draw(VALUES.get(question.key, drawn.TEXT))
    assert question.parse(question.format(value)) == value


@pytest.mark.parametrize(("text", "data"), [
    ("8080", [{"container": 8080, "publish": "127.0.0.1:8080"}]),
    ("8080:80", [{"container": 80, "publish": "127.0.0.1:8080"}]),
    ("127.0.0.1:8080:80/udp", [{"container": 80, "publish": "127.0.0.1:8080", "protocol": "udp"}]),
    ("*:443:8443, 9000 inside", [{"container": 8443, "publish": "0.0.0.0:443"}, {"container": 9000}]),
    ("[::1]:80:80", [{"container": 80, "publish": "[::1]:80"}]),
    ("", []),
])  # fmt: skip
def test_ports_as_people_type_them(text: str, data: Any) -> None:
    assert PORTS.parse(text) == data


@pytest.mark.parametrize(("text", "data"), [
    ("/data volume", {"path": "/data", "volume": "data"}),
    ("/cache tmpfs 64M", {"path": "/cache", "tmpfs": "64M"}),
    ("/tmp", {"path": "/tmp", "tmpfs": "64M"}),
    ("/var/lib/app", {"path": "/var/lib/app", "volume": "var-lib-app"}),
    ("/data volume:x", None),
    ("/data disk", None),
])  # fmt: skip
def test_writable_paths_as_people_type_them(text: str, data: Any) -> None:
    if data is None:
        with pytest.raises(ValueError, match="accepted"):
            WRITABLE.parse(text)
    else:
        assert WRITABLE.parse(text) == [data]


@pytest.mark.parametrize("text", ["eighty", "80:", ":80", "1:2:3:4", "80/", "80 outside", "{", '{"a"', "80,,x"])
def test_bad_ports_say_what_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match=r"accepted|JSON"):
        PORTS.parse(text)


def test_a_text_that_is_no_key_is_helped() -> None:
    from wizard.errors import UsageError

    with pytest.raises(UsageError, match="did you mean ports"):
        question_of("port")
