"""Variables a program reads: from its code and from the example that it comes with. Values that look secret are not repeated."""

import re

from wizard.clues.findings import Findings
from wizard.public_names import is_public

EXAMPLES = (".env.example", ".env.sample", ".env.dist", ".env.template", "env.example", ".env.local.example", "example.env", "sample.env")
_LINE = re.compile(r"^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]{0,127})[ \t]*=[ \t]*(.*?)[ \t]*$", re.M)
_SECRET = re.compile(r"(?:^|_)(?:SECRET|PASSWORD|PASSWD|PASS|PWD|TOKEN|APIKEY|CREDENTIALS?|DSN)(?:_|$)|(?:_|^)(?:(?:API|APP|ACCESS|PRIVATE|SIGNING|ENCRYPTION|SERVICE|MASTER|AUTH|SERVER|ADMIN|STRIPE|SENDGRID)_)KEY(?:_|$)|_KEY_BASE$|_SECRET_|(?:^|_)(?:DATABASE|DB|REDIS|MONGO(?:DB)?|POSTGRES|MYSQL|AMQP|RABBITMQ)_UR[IL]$")  # fmt: skip  # noqa: E501
_PLAIN_VALUE = re.compile(r"[\w ./:@,+-]{1,120}\Z")
_MOST = 200
_OF_OTHERS = frozenset(("PATH", "HOME", "PWD", "USER", "SHELL", "LANG", "TMPDIR", "HOSTNAME", "DEV", "PROD", "SSR", "MODE", "BASE_URL", "EXPO_OS"))
"""What the system, the engine or a bundler sets: nobody has to."""


def is_secret(name: str) -> bool:
    """Whether a variable of this name holds what nobody else may see."""
    return bool(_SECRET.search(name.upper())) and not is_public(name)


def look_for_variables(found: Findings) -> None:
    """Tell the variables: with the example's value where there is one that is no secret, and the names of secrets apart."""
    variables: dict[str, str] = {}
    secrets: list[str] = []
    example = found.folder.first(*EXAMPLES)
    text = found.folder.text(example) if example else ""
    for match in list(_LINE.finditer(text))[:_MOST]:
        name, value = match[1], re.sub(r"\s+#.*", "", match[2]).strip("\"'")
        if is_secret(name):
            secrets.append(name)
        else:
            variables.setdefault(name, value if _PLAIN_VALUE.match(value) else "")
    for name in sorted(found.reads - _OF_OTHERS)[:_MOST]:
        if is_secret(name) and name not in secrets:
            secrets.append(name)
        elif not is_secret(name):
            variables.setdefault(name, "")
    where = example or found.evidence[0].file
    if variables:
        found.tell("variables", variables, where, 1, "stated" if example else "inferred")
    if secrets:
        found.tell("secrets", secrets, where, 1, "stated" if example else "inferred")
