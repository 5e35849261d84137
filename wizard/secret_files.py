"""Secrets of a project as files: made at random where there are none, never overwritten, never shown."""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from wizard.controls.secrets import FOLDER
from wizard.errors import UsageError
from wizard.existing import existing_text
from wizard.files import File
from wizard.project import Project, SecretFile, Service

_LARGEST = 64 * 1024
_MODE, _FOLDER_MODE = 0o444, 0o700
"""A file secret keeps owner and mode of the host inside the container, whose user is another one: so everybody may read
the file, and only the owner may enter the folder (measured, containers.md T9)."""


def secret_files(project: Project, folder: Path) -> tuple[File, ...]:
    """The files under secrets/ that a project needs, with a .gitignore that keeps the folder out of git.

    What exists in `folder` is kept, and what is made from it (a database URL) is made from what exists.
    Raises UsageError for a secret that is there but cannot be read.
    """
    if not project.secrets:
        return ()
    values: dict[str, str] = {}
    made = [_file(secret, folder, values) for secret in project.secrets]
    variables = [_variables(service, values) for service in project.services
                 if "secrets-as-files" in service.waived and service.secrets]  # fmt: skip
    own = existing_text(folder / FOLDER / ".gitignore", f"{FOLDER}/.gitignore", _LARGEST) or ""
    covered = own.rstrip("\n").split("\n")[-1] == "*"
    ignore = File(f"{FOLDER}/.gitignore", own if covered else f"{own.rstrip()}\n*\n".lstrip("\n"), folder_mode=_FOLDER_MODE)
    return (ignore, *made, *variables)


def stale(project: Project, folder: Path) -> tuple[str, ...]:
    """Secrets made from others that do not hold the present value of these any more."""
    texts = {secret.name: _existing(folder / FOLDER / secret.name, secret.name) for secret in project.secrets}
    return tuple(
        f"{FOLDER}/{secret.name} does not hold the present {name}; delete it to have it made again"
        for secret in project.secrets
        for name in re.findall(r"\{(\w+)\}", secret.template)
        if (text := texts[secret.name]) and (part := texts.get(name)) and quote(part.rstrip("\n"), safe="") not in text
    )


def _file(secret: SecretFile, folder: Path, values: dict[str, str]) -> File:
    existing = _existing(folder / FOLDER / secret.name, secret.name)
    if existing is not None:
        value = existing
    elif secret.template:
        value = secret.template.format_map({name: quote(text.rstrip("\n"), safe="") for name, text in values.items()})
    else:
        value = secrets.token_urlsafe(secret.size)
    values[secret.name] = value
    return File(f"{FOLDER}/{secret.name}", value, _MODE, keep=True, folder_mode=_FOLDER_MODE)


def _existing(path: Path, name: str) -> str | None:
    text = existing_text(path, f"{FOLDER}/{name}", _LARGEST, for_everyone=True)
    if text is not None and not text.strip():
        raise UsageError(f"{FOLDER}/{name}: is empty; put the secret there, or delete the file to have one made")
    return text


def handed_variables(service: Service) -> dict[str, str]:
    """For a waived control: each variable that holds a secret itself, and the secret's name."""
    prefix = "/run/secrets/"
    files = {name.removesuffix("_FILE"): path.removeprefix(prefix) for name, path in service.environment.items() if path.startswith(prefix)}
    return files | {use.env: use.name for use in service.secrets if use.env}


def _variables(service: Service, values: Mapping[str, str]) -> File:
    """For a waived control: the variables that stand for files, with the secrets themselves."""
    text = "".join(f"{name}={values[secret].strip()}\n" for name, secret in handed_variables(service).items() if secret in values)
    return File(f"{FOLDER}/{service.name}.env", text, 0o600, keep=True, folder_mode=_FOLDER_MODE)
