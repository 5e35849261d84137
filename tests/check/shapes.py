"""Compose projects in every shape that the specification allows, each as files; what they say is asked of Compose itself."""

from collections.abc import Mapping

SHAPES: Mapping[str, Mapping[str, str]] = {
    "quoted keys, flow style": {"compose.yaml": '"services":\n  "a": {"image": x, privileged: "yes", "cap_add": [NET_RAW]}\n'},
    "crlf": {"compose.yaml": "services:\r\n  a:\r\n    image: x\r\n    user: '5:5'\r\n"},
    "byte order mark": {"compose.yaml": "\ufeffservices:\n  a:\n    image: x\n    read_only: true\n"},
    "no final newline, comments, four spaces": {"compose.yaml": "services: # all\n    # one\n    a:\n        image: x # pinned\n        user: 7:7"},
    "words of YAML 1.1": {"compose.yaml": "services:\n  a: {image: x, privileged: yes, read_only: On, init: y, tty: off, stdin_open: N}\n"},
    "numbers": {"compose.yaml": "services:\n  a: {image: x, pids_limit: 010, mem_limit: 0x100000, cpus: .5, environment: {A: 0440, B: 1e3, C: 0o17, D: 1.50}}\n"},
    "anchors": {"compose.yaml": "services:\n  a: &a {image: x, cap_add: [SYS_ADMIN]}\n  b: *a\n"},
    "merge keys": {
        "compose.yaml": "x-a: &b\n  user: '5'\n  environment: {A: 1}\nservices:\n  a:\n    <<: *b\n    image: x\n    environment:\n      <<: {Z: 1}\n"
        "      Q: 2\n  b:\n    <<: [*b, {image: y, user: '7'}]\n    cap_drop: [ALL]\n"
    },
    "two documents": {"compose.yaml": "services:\n  a: {image: x, cap_add: [A]}\n---\nservices:\n  b: {image: y}\n  a: {cap_add: [B]}\n"},
    "long forms": {
        "compose.yaml": "services:\n  a:\n    image: x\n    ports: [{target: 9, published: '8', host_ip: 127.0.0.1}, {target: 5, protocol: udp, published: 6}]\n"
        "    volumes: [{type: bind, source: /s, target: /t, read_only: true}, {type: tmpfs, target: /m}]\n"
        "    deploy: {resources: {limits: {memory: 1g, pids: 5, cpus: '0.5'}}}\n"
    },
    "short forms": {
        "compose.yaml": "services:\n  a:\n    image: x\n    ports: [8080, '80:80', '127.0.0.1:81:81/udp', '[::1]:5:5']\n"
        "    volumes: ['/s:/t:ro', 'named:/n', /only, '/a:/b:rw,z']\n    tmpfs: /tmp\n    environment: [A=1, B=]\n    dns: 1.1.1.1\nvolumes: {named: }\n"
    },
    "variables": {
        ".env": "USER_ID=10\nEMPTY=\nQUOTED='a b' # said\nexport MORE=\"x${USER_ID}\"\n",
        "compose.yaml": "services:\n  a:\n    image: ${I:-x:1}\n    user: '${USER_ID}:${GID-7}${Q:+z}'\n    hostname: \"$MORE\"\n"
        "    environment: {A: $$HOME, B: '${EMPTY:-e}', C: '${EMPTY-e}', D: '${N:-a${M:-b}}', E: '${USER_ID:+set}', F: '${QUOTED}'}\n",
    },
    "override": {
        "compose.yaml": "services:\n  a:\n    image: x\n    user: '5'\n    cap_add: [A]\n    ports: ['80:80']\n    volumes: ['/a:/t', '/b:/u']\n    environment: [A=1, B=2]\n"
        "    command: [old]\n",
        "compose.override.yaml": "services:\n  a:\n    privileged: true\n    cap_add: [B]\n    ports: ['81:81']\n    volumes: ['/c:/t']\n    environment: {B: '3'}\n"
        "    command: [new]\n  b: {image: y}\n",
    },
    "override takes away": {
        "compose.yaml": "services:\n  a: {image: x, ports: ['80:80'], user: root, privileged: true, cap_add: [A]}\n  b: {image: y}\n",
        "compose.override.yaml": "services:\n  a: {ports: !override ['127.0.0.1:80:80'], user: !reset null, privileged: !reset false}\n  b: !reset null\n",
    },
    "extends": {
        "compose.yaml": "services:\n  base: {image: x, user: '5', cap_add: [A], environment: [A=1]}\n  a: {extends: base, user: '6', cap_add: [B], environment: {C: '2'}}\n"
        "  b: {extends: {service: a}, privileged: true}\n  c:\n    extends: {file: other/common.yml, service: web}\n",
        "other/common.yml": "services:\n  root: {image: y, read_only: true}\n  web: {extends: {service: root}, user: '9'}\n",
    },
    "include": {
        "compose.yaml": "include:\n  - sub/compose.yaml\n  - path: [more/a.yaml, more/b.yaml]\n    project_directory: more\nservices:\n  a: {image: x}\n",
        "sub/compose.yaml": "services:\n  b: {image: '${TAG:-none}', privileged: true}\n", "sub/.env": "TAG=inner\n",
        "more/a.yaml": "services:\n  c: {image: z, user: '1'}\n", "more/b.yaml": "services:\n  c: {user: '2'}\n",
    },
    "block scalars": {"compose.yaml": "services:\n  a:\n    image: >-\n      x\n    user: |-\n      5:5\n    environment:\n      A: |\n        # seawall: waive x\n        b\n"},
    "healthcheck and logging": {
        "compose.yaml": "services:\n  a:\n    image: x\n    healthcheck: {test: [NONE]}\n    logging: {driver: json-file, options: {max-size: 1m, max-file: '3'}}\n"
    },
    "build": {"compose.yaml": "services:\n  a: {build: .}\n  b: {build: {context: ., dockerfile: D, target: t, args: [A=1]}}\n"},
    "profiles": {"compose.yaml": "services:\n  a: {image: x}\n  b: {image: y, privileged: true, profiles: [debug]}\n"},
    "explicit tags and keys": {"compose.yaml": "services:\n  ? a\n  : {image: !!str 5, user: !!str 7}\n"},
}  # fmt: skip

REFUSED: Mapping[str, tuple[str, str]] = {
    "a key twice": ("services:\n  a:\n    image: x\n    image: y\n", "compose.yaml:4: the key «image» is already there in line 3"),
    "a service twice": ("services:\n  a: {image: x}\n  a: {image: y}\n", "compose.yaml:3: the key «a» is already there in line 2"),
    "not YAML": ("services:\n  a: [\n", "compose.yaml:3"),
    "a tab": ("services:\n\ta: {}\n", "compose.yaml:2"),
    "an unknown anchor": ("services:\n  a: *b\n", "compose.yaml:2"),
    "an anchor in itself": ("services:\n  a: &a\n    x: *a\n", "compose.yaml:3"),
    "a list where a mapping has to be": ("services:\n  - a\n", "compose.yaml:1: services is no mapping"),
    "a text for a list": ("services:\n  a:\n    image: x\n    cap_drop: ALL\n", "compose.yaml:4: cap_drop takes a list"),
    "a number for a switch": ("services:\n  a:\n    image: x\n    privileged: 1\n", "compose.yaml:4: privileged takes true or false"),
    "a service that is a text": ("services:\n  a: x\n", "compose.yaml:2"),
    "an empty service": ("services:\n  a:\n", "compose.yaml:2"),
    "it extends itself": ("services:\n  a: {image: x, extends: b}\n  b: {extends: a}\n", "extends itself"),
    "it extends nothing": ("services:\n  a: {image: x, extends: b}\n", "compose.yaml:2: extends the service «b»"),
    "an include that is not there": ("include: [b.yaml]\nservices: {a: {image: x}}\n", "compose.yaml:1"),
    "a variable without a name": ("services:\n  a: {image: '${1}'}\n", "compose.yaml:2"),
    "an open variable": ("services:\n  a: {image: '${X'}\n", "compose.yaml:2"),
}


def bomb() -> str:
    """A file that would hold 10^9 values if its aliases were written out."""
    rows = ["x-a: &a [x,x,x,x,x,x,x,x,x,x]"]
    rows += [f"x-{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]" for n in range(9)]
    return "\n".join((*rows, "services: {a: {image: x, labels: *j}}\n"))


UNREAD: Mapping[str, tuple[bytes, str]] = {
    "a bomb": (bomb().encode(), "values once its aliases are written out"),
    "deep flow": (b"services: " + b"[" * 3000 + b"]" * 3000, "compose.yaml:1"),
    "deep block": ("".join(f"{' ' * n}a:\n" for n in range(1200)).encode(), "nested deeper"),
    "deep mappings": (b"services: " + b"{a: " * 3000 + b"}" * 3000, "compose.yaml:1"),
    "binary": (b"\x7fELF\0\0\0", "no text file"),
    "not UTF-8": (b"services: {a: {image: \xff\xfe}}", "UTF-8"),
    "huge": (b"#" * (1024 * 1024 + 1), "larger"),
    "a control character": (b"services: {a: {image: 'x\x07'}}", "compose.yaml:1"),
    "empty": (b"", "no service"),
    "only comments": (b"# nothing\n", "no service"),
    "no services": (b"volumes: {a: }\n", "no service"),
    "empty services": (b"services: {}\n", "no service"),
    "another kind of file": (b"apiVersion: v1\nkind: Pod\n", "no service"),
    "a list": (b"- a\n", "no mapping"),
}
