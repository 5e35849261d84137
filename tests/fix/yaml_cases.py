"""Texts, edits of them, and the texts that have to come of it, byte for byte."""

from typing import Any

WEB = ("services", "web")
_TOP = "services:\n  web:\n"


def web(body: str) -> str:
    return _TOP + "".join(f"    {line}\n" if line else "\n" for line in body.split("\n"))


PUT: list[tuple[str, tuple[str | int, ...], Any, str]] = [
    # a key that is not there stands below the last one, before what belongs to the next
    (web("image: x # c\n# end\n") + "  # next\n  db: {}\n", ("read_only",), True, web("image: x # c\nread_only: true\n# end\n") + "  # next\n  db: {}\n"),
    (web("image: x\n\n") + "  db: {}\n", ("init",), True, web("image: x\ninit: true\n\n") + "  db: {}\n"),
    (web("image: x")[:-1], ("init",), True, web("image: x\ninit: true")[:-1]),
    (web("image: x").replace("\n", "\r\n"), ("init",), True, web("image: x\ninit: true").replace("\n", "\r\n")),
    (web("image: x").replace("\n", "\r\n")[:-2], ("init",), True, web("image: x\ninit: true").replace("\n", "\r\n")[:-2]),
    (web("image: x").replace("\n", "\r"), ("init",), True, web("image: x\ninit: true").replace("\n", "\r")),
    ("\ufeff" + web("é: 'ü😀'"), ("init",), True, "\ufeff" + web("é: 'ü😀'\ninit: true")),
    (web("a: x\x85    b: y"), ("b",), 1, web("a: x\x85    b: 1")),
    ("services:\n    web:\n        ports:\n        - 1\n", ("cap_drop",), ["ALL"], "services:\n    web:\n        ports:\n        - 1\n        cap_drop:\n        - ALL\n"),
    ("services:\n   web:\n      image: x\n", ("deploy", "resources"), {"limits": {"pids": 5}},
     "services:\n   web:\n      image: x\n      deploy:\n         resources:\n            limits:\n               pids: 5\n"),
    (web("command: |\n  a\n\n\n# c"), ("init",), True, web("command: |\n  a\ninit: true\n\n\n# c")),
    (web("command: |+\n  a\n\n\n# c"), ("init",), True, web("command: |+\n  a\n\n\ninit: true\n# c")),
    (web("command: >2-\n    a\n  b"), ("init",), True, web("command: >2-\n    a\n  b\ninit: true")),
    (web("a: 1\nb: |\n  x")[:-1], ("init",), True, web("a: 1\ninit: true\nb: |\n  x")[:-1]),
    (web('a: "x\n\n  y" # c'), ("init",), True, web('a: "x\n\n  y" # c\ninit: true')),
    (web("a: x\n  y # c"), ("init",), True, web("a: x\n  y # c\ninit: true")),
    (web("a:"), ("init",), True, web("a:\ninit: true")),
    (web("? a"), ("init",), True, web("? a\ninit: true")),
    (web("? a\n: b # c"), ("init",), True, web("? a\n: b # c\ninit: true")),
    ("services:\n  web: # c\n  db:\n", ("init",), True, "services:\n  web: # c\n    init: true\n  db:\n"),
    ("services:\n  web: !override\n    a: 1\n", ("init",), True, "services:\n  web: !override\n    a: 1\n    init: true\n"),
    ("services:\n  web: &w # c\n    a: 1\n", ("init",), True, "services:\n  web: &w # c\n    a: 1\n    init: true\n"),
    ('"services":\n  "web" :\n    a: 1\n', ("init",), True, '"services":\n  "web" :\n    a: 1\n    init: true\n'),
    ("", ("init",), True, web("init: true")),
    ("# only", ("init",), True, "# only\n" + web("init: true")[:-1]),
    ("---\n# c\n", ("init",), True, "---\n# c\n" + web("init: true")),
    ("---\nservices: {}\n...\n# tail\n", ("init",), True, "---\nservices: {web: {init: true}}\n...\n# tail\n"),
    ("volumes: {}\n", ("init",), True, "volumes: {}\n" + web("init: true")),
    # of several documents, the last that has most of the path
    (web("a: 1") + "---\nvolumes: {}\n", ("init",), True, web("a: 1\ninit: true") + "---\nvolumes: {}\n"),
    (web("a: 1") + "---\n" + web("b: 1"), ("init",), True, web("a: 1") + "---\n" + web("b: 1\ninit: true")),
    (web("a: 1") + "---\n" + web("b: 1"), ("a",), 2, web("a: 2") + "---\n" + web("b: 1")),
    # flow style stays flow style
    ("services: {web: {image: x}}\n", ("cap_drop",), ["ALL"], "services: {web: {image: x, cap_drop: [ALL]}}\n"),
    ("services: {web: {image: x,}} # c\n", ("user",), "5:5", 'services: {web: {image: x, user: "5:5",}} # c\n'),
    ("services: {web: {a: }}\n", ("init",), True, "services: {web: {a: , init: true }}\n"),
    ("services: {web: { }}\n", ("init",), True, "services: {web: {init: true}}\n"),
    ("services: {web: {# c\n  }}\n", ("init",), True, "services: {web: {init: true # c\n  }}\n"),
    ("services:\n  web: {\n    a: 1, # one\n    b: 2 # two\n  }\n", ("c",), 3, "services:\n  web: {\n    a: 1, # one\n    b: 2, # two\n    c: 3\n  }\n"),
    ("services:\n  web: {\n    a: 1,\n    b: 2, # two\n  }\n", ("c",), 3, "services:\n  web: {\n    a: 1,\n    b: 2, # two\n    c: 3,\n  }\n"),
    ("services: {web: {\n  a:\n}}\n", ("c",), 3, "services: {web: {\n  a: ,\n  c: 3\n}}\n"),
    ("services: {web}\n", ("c",), 3, "services: {web: {c: 3}}\n"),
    ("services: {web: {l: [k: v]}}\n", ("l", 0, "m"), 1, "services: {web: {l: [{k: v, m: 1}]}}\n"),
    # a value in the place of another
    (web("user:  root  # c"), ("user",), "5:5", web('user:  "5:5"  # c')),
    (web("user: # c\na: 1"), ("user",), "5:5", web('user: "5:5" # c\na: 1')),
    (web("a: |- # c\n  x\n  y\n\nb: 1"), ("a",), "z", web("a: z # c\n\nb: 1")),
    (web("a: x\n  y # c"), ("a",), 1, web("a: 1\n  # c")),
    (web("a: # one\n  - x # two\n  # three\n  - y\nb: 1"), ("a",), False, web("a: false # one\n  # two\n  # three\nb: 1")),
    (web("a: # one\n  k: x # two\nb: 1"), ("a",), ["z"], web("a: # one\n  - z\n  # two\nb: 1")),
    (web("a: [x, # one\n  y] # two"), ("a",), ["z"], web("a: [z] # one\n  # two")),
    (web("ports: !override\n  - '1'"), ("ports",), ["2"], web("ports: !override\n  - \"2\"")),
    (web("ports: !reset null"), ("ports",), ["2"], web("ports:\n  - \"2\"")),
    (web("a: &n x"), ("a",), "y", web('a: &n "y"')),
    (web("a: !!str 5"), ("a",), 6, web("a: 6")),
    (web("? a\n: x"), ("a",), 6, web("? a\n: 6")),
    (web("? a\n# c\nb: 1"), ("a",), 6, web("? a\n: 6\n# c\nb: 1")),
    (web("ports:\n- '80:80' # p\n- x"), ("ports", 0), {"target": 80, "published": "1"}, web('ports:\n- target: 80 # p\n  published: "1"\n- x')),
    (web("l:\n  - a: 1 # c\n    b: 2\n  - x"), ("l", 0), "z", web("l:\n  - z # c\n  - x")),
    (web("l:\n  - a: 1\n    b: 2"), ("l", 0, "c"), 3, web("l:\n  - a: 1\n    b: 2\n    c: 3")),
    (web("l: [1, 2]"), ("l", 2), 3, web("l: [1, 2, 3]")),
    (web("a: 1"), ("a",), None, web("a:")),
    # what is the same already is left as it is spelled
    (web("a: 0o17"), ("a",), 15, web("a: 0o17")),
    (web("a: {b: 'c'}"), ("a",), {"b": "c"}, web("a: {b: 'c'}")),
    # merge keys and aliases
    ("x: &b\n  l: [1]\n" + web("<<: *b"), ("l",), [2], "x: &b\n  l: [1]\n" + web("<<: *b\nl:\n  - 2")),
    ("x: &b\n  e: {A: 1, B: 2}\n" + web("<<: *b"), ("e", "A"), 5, "x: &b\n  e: {A: 1, B: 2}\n" + web("<<: *b\ne:\n  A: 5\n  B: 2")),
    ("x: &b\n  l: [1]\n" + web("a: *b # c"), ("a",), {"l": 1}, "x: &b\n  l: [1]\n" + web("a: # c\n  l: 1")),
    ("x: &b !override [1]\n" + web("a: *b"), ("a",), [2], "x: &b !override [1]\n" + web("a: !override\n  - 2")),
    # an entry of a list by its name
    (web("environment:\n  - A=1\n  - B"), ("environment", "A"), "x y", web('environment:\n  - "A=x y"\n  - B')),
    (web("environment:\n  - A=1"), ("environment", "C"), True, web('environment:\n  - A=1\n  - "C=true"')),
]  # fmt: skip

ADD: list[tuple[str, str, list[Any], str]] = [
    (web("l:\n  - a # c\n  # end\nb: 1"), "l", ["x", {"k": 1, "m": ["y"]}], web('l:\n  - a # c\n  - x\n  - k: 1\n    m:\n      - "y"\n  # end\nb: 1')),
    (web("l:\n-   a"), "l", ["x", {"k": 1, "m": 2}], web("l:\n-   a\n-   x\n-   k: 1\n    m: 2")),
    (web("l:\n- a: 1\n  b: 2\nm:"), "l", ["x"], web("l:\n- a: 1\n  b: 2\n- x\nm:")),
    (web("l: [a, b]"), "l", ["c:d"], web('l: [a, b, "c:d"]')),
    (web("l: []"), "l", ["c"], web("l: [c]")),
    (web("l: [ # c\n  ]"), "l", ["d"], web("l: [d # c\n  ]")),
    (web("l: [\n  a, # c\n  b # d\n]"), "l", ["e", "f"], web("l: [\n  a, # c\n  b, # d\n  e,\n  f\n]")),
    (web("l: [\n  a,\n  b\n  # d\n  ,\n]"), "l", ["e"], web("l: [\n  a,\n  b\n  # d\n  ,\n  e,\n]")),
    (web("l: # c\nm: 1"), "l", ["x"], web("l: # c\n  - x\nm: 1")),
    (web("a: 1"), "l", ["x"], web("a: 1\nl:\n  - x")),
    (web("tmpfs: /run:size=1m # c\nm: 1"), "tmpfs", ["/tmp"], web('tmpfs: # c\n  - "/run:size=1m"\n  - /tmp\nm: 1')),
    (web("m: {tmpfs: /run}"), "m.tmpfs", ["/tmp"], web("m: {tmpfs: [/run, /tmp]}")),
    (web("l: !override\n  - a"), "l", ["x"], web("l: !override\n  - a\n  - x")),
    (web("l: &n\n- a"), "l", ["x"], web("l: &n\n- a\n- x")),
    ("x: &b\n  l: ['1']\n" + web("<<: *b"), "l", ["2"], "x: &b\n  l: ['1']\n" + web('<<: *b\nl:\n  - "1"\n  - "2"')),
    (web("a: 1"), "l", [], web("a: 1")),
]  # fmt: skip

REMOVE: list[tuple[str, tuple[str | int, ...], str]] = [
    (web("# above\na: 1 # on\nb: 2"), ("a",), web("# above\n# on\nb: 2")),
    (web("a: 1\nb: # one\n  # two\n  c: [x, # three\n    y]\n# below"), ("b",), web("a: 1\n# one\n# two\n# three\n# below")),
    (web("a: 1\nb: 2")[:-1], ("b",), web("a: 1")),
    (web("a: 1 # c"), ("a",), "services:\n  web: {}\n    # c\n"),
    (web("l:\n  - x # c"), ("l", 0), web("l: []\n  # c")),
    (web("l:\n- x # c\n- y"), ("l", 0), web("l:\n# c\n- y")),
    (web("l:\n  - a: 1\n    b: 2"), ("l", 0, "a"), web("l:\n  - b: 2")),
    (web("l:\n  - a: 1 # c\n    b: 2"), ("l", 0, "a"), web("l:\n  - # c\n    b: 2")),
    (web("l:\n  - a: 1\n    # c\n    b: 2"), ("l", 0, "a"), web("l:\n  -\n    # c\n    b: 2")),
    (web("? a\n: 1\nb: 2"), ("a",), web("b: 2")),
    (web("m: {a: 1, b: 2, c: 3}"), ("m", "a"), web("m: {b: 2, c: 3}")),
    (web("m: {a: 1, b: 2, c: 3}"), ("m", "b"), web("m: {a: 1, c: 3}")),
    (web("m: {a: 1, b: 2, c: 3 }"), ("m", "c"), web("m: {a: 1, b: 2 }")),
    (web("m: {a: 1}"), ("m", "a"), web("m: {}")),
    (web("l: [\n  a, # one\n  b # two\n]"), ("l", 0), web("l: [\n  # one\n  b # two\n]")),
    (web("l: [\n  a, # one\n  b # two\n]"), ("l", 1), web("l: [\n  a # one\n  # two\n]")),
    (web("l: [\n  a,\n  b,\n]"), ("l", 1), web("l: [\n  a,\n]")),
    (web("a: |\n  x\nb: 1\n  # c\nd: 1"), ("b",), web("a: |\n  x\n# c\nd: 1")),
    (web("a: |+\n  x\nb: 1\n\nd: 1"), ("b",), web("a: |+\n  x\nd: 1")),
    (web("environment: [A=1, B=2]"), ("environment", "A"), web("environment: [B=2]")),
    (web("a: 1"), ("b",), web("a: 1")),
    (web("a: &n 1\nb: 2"), ("a",), web("b: 2")),
]  # fmt: skip

RENAME = [
    (web("e:\n  # pw\n  P: x # s\n  B: 1"), "P", "/run/s", web("e:\n  # pw\n  P_FILE: /run/s # s\n  B: 1")),
    (web("e:\n  # pw\n  - P=x # s\n  - B"), "P", "/run/s", web('e:\n  # pw\n  - "P_FILE=/run/s" # s\n  - B')),
    (web("e: {'P' : x, B: 1}"), "P", "/run/s", web("e: {P_FILE : /run/s, B: 1}")),
    (web("e: [B, 'P=x']"), "P", "/run/s", web('e: [B, "P_FILE=/run/s"]')),
    (web("e:\n  ? P\n  : x"), "P", "/run/s", web("e:\n  ? P_FILE\n  : /run/s")),
    (web("e:\n  P: |\n    # no\n\n  B: 1"), "P", None, web("e:\n  P_FILE:\n\n  B: 1")),
    (web("e:\n  - P"), "P", "a b", web('e:\n  - "P_FILE=a b"')),
]  # fmt: skip
