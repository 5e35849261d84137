"""Lines of strace are put together to calls, whatever stands in their strings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.observe.tracing.lines import Call, Reader, call, decoded, path, place


def escaped(data: bytes, others: bytes = b'"') -> str:
    """As strace prints bytes: C's escapes, octal for the rest, three digits where a digit follows."""
    short = {7: r"\a", 8: r"\b", 9: r"\t", 10: r"\n", 11: r"\v", 12: r"\f", 13: r"\r", 34: r"\"", 92: r"\\"}
    done = ""
    for at, byte in enumerate(data):
        if byte in short:
            done += short[byte]
        elif 32 <= byte < 127 and byte not in others:
            done += chr(byte)
        else:
            digit = data[at + 1 : at + 2].isdigit()
            done += f"\\{byte:03o}" if digit else f"\\{byte:o}"
    return done


ARGUMENTS = st.lists(
    st.one_of(
        st.binary(max_size=20).map(lambda data: f'"{escaped(data)}"'),
        st.binary(max_size=20).map(lambda data: f'"{escaped(data)}"...'),
        st.binary(min_size=1, max_size=20).map(lambda data: f"7</{escaped(data, b'<>')}>"),
        st.binary(min_size=1, max_size=20).map(lambda data: f"AT_FDCWD</{escaped(data, b'<>')}>"),
        st.sampled_from(["0", "NULL", "O_RDONLY|O_CLOEXEC", "[28 => 16]", "0x7ffc /* 3 vars */", "{st_mode=S_IFREG|0644, ...}", "1<<3", "3</x>(deleted)",
                         '{sa_family=AF_UNIX, sun_path="/a, b)"}', '["nginx", "-g", "daemon off;"]', "~[RTMIN RT_1]", "sin_addr=inet_addr(\"1.2.3.4\")"]),
    ), max_size=4,
)  # fmt: skip


@given(st.binary(max_size=60))
def test_strings_come_back(data: bytes) -> None:
    assert decoded(f'"{escaped(data)}"') == decoded(f'"{escaped(data)}"...') == data


@given(ARGUMENTS, st.sampled_from(["0", "-1 ENOENT (No such file or directory)", "3</tmp/a) = 4, b>", "? ERESTARTSYS (To be restarted)"]))
def test_arguments_and_result_come_back(arguments: list[str], result: str) -> None:
    whole = f"{', '.join(arguments)})   = {result}"
    assert call(1, "x", whole) == Call(1, "x", tuple(arguments), result)


@given(ARGUMENTS, st.integers(min_value=0))
def test_halves_are_put_together(arguments: list[str], at: int) -> None:
    """Strace leaves off between arguments only."""
    at %= len(arguments) + 1
    first = ", ".join(arguments[:at])
    rest = ", ".join(arguments[at:])
    reader = Reader()
    assert reader.read(f"12 openat({first} <unfinished ...>") is None
    assert reader.read("13 read(3</x>, <unfinished ...>") is None
    comma = ", " if first and rest else ""
    read = reader.read(f"12    <... openat resumed>{comma}{rest}) = 3</y>")
    assert read is not None and call(*read) == Call(12, "openat", tuple(arguments), "3</y>")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_no_line_is_too_odd(line: str) -> None:
    for one in (line, f"7 {line}", f"7 open({line}", f"7 <... open resumed>{line}"):
        if read := Reader().read(one):
            call(*read).text.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("line", "error", "well"),
    [
        ('5 mkdir("/x", 0777) = -1 EROFS (Read-only file system)', "EROFS", False),
        ('5 mkdir("/x", 0777) = 0', "", True),
        ('5 mkdir("/x", 0777 <detached ...>', "", False),
        ("5 exit_group(0) = ?", "", False),
    ],
)
def test_what_came_back(line: str, error: str, well: bool) -> None:
    read = Reader().read(line)
    assert read is not None
    found = call(*read)
    assert (found.error, found.went_well) == (error, well)


def test_places_and_paths_are_decoded() -> None:
    assert place(r"AT_FDCWD</tmp/a\74b\76c\"d\ne, f=1>") == '/tmp/a<b>c"d\ne, f=1'
    assert place("12<socket:[16189292]>") == "socket:[16189292]" and place("0") == ""
    assert path(r'"\303\251>x"') == "é>x" and path("NULL") == ""


def test_a_thread_that_becomes_another_program_has_the_first_ones_number() -> None:
    reader = Reader()
    assert reader.read('21 execve("/bin/x", ["x"], 0x1 /* 1 var */ <unfinished ...>') is None
    assert reader.read("20 +++ superseded by execve in pid 21 +++") is None
    assert reader.read("20 <... execve resumed>) = 0") == (20, "execve", '"/bin/x", ["x"], 0x1 /* 1 var */) = 0')
