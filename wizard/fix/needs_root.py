"""Why a container has to start as root, or would not work as somebody else: what its start command does, and the scripts that it runs."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from wizard.fix.dockerfile_spans import Laid
from wizard.fix.start_command import Program, Read, scripts
from wizard.run_time_installs import in_script

_STEPS_DOWN = r"gosu|su-exec|setpriv|runuser|sudo|su|fixuid|chroot|s6-setuidgid|setuidgid"
_CHANGES = r"chown|chgrp|chmod|usermod|groupmod|useradd|groupadd|adduser|addgroup|userdel|passwd|chpasswd"
_INSTALLS = r"apt-get|apt|apk|dnf|yum|microdnf|dpkg|update-ca-certificates|ldconfig"
_KERNEL = r"mount|umount|iptables|ip6tables|nft|sysctl|modprobe|setcap|wg-quick"
_SERVERS = (
    r"supervisord|crond?|sshd|rsyslogd|syslogd|nginx|apache2|apache2ctl|httpd|httpd-foreground|dockerd|containerd|dnsmasq|openvpn|keepalived|named"
    r"|squid|vsftpd|smbd|postfix|dovecot|runsvdir|runsv|s6-svscan|systemd|systemctl|service|openrc|/sbin/init|/usr/sbin/init|/sbin/my_init|/init"
)
_BUILDS = r"mvnw?|gradlew?|sbt|make|vite|tsc|webpack|nodemon|ng|corepack"
_WORD = r"(?<![\w./@-])(?:\./|/(?:usr/)?(?:local/)?s?bin/)?({})(?![\w.@/=-])"
_WHY = tuple((re.compile(_WORD.format(words)), why) for words, why in (
    (_STEPS_DOWN, "which takes root to become another user"),
    (_CHANGES, "which only root may do when it starts"),
    (_INSTALLS, "which installs as root when it starts"),
    (_KERNEL, "which takes rights over the kernel"),
    (_SERVERS, "which starts as root and steps down by itself, or writes where only root may"),
    (_BUILDS, "which writes beside the code when it starts"),
    (r"next\s+dev|(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?(?:start:)?dev|dotnet\s+(?:run|watch)|manage\.py\s+(?:collectstatic|makemigrations|compilemessages)",
     "which writes beside the code when it starts"),
))  # fmt: skip
_ROOT_FOLDERS = r"/(?:etc|usr|root|opt|lib|bin|sbin|boot|run|var/(?!tmp/))"
_WRITING = re.compile(r"\b(?:tee|mkdir|touch|cp|mv|ln|rm|install|sed\s+(?:-\S+\s+){0,3}-i\S*)\s")
_INTO = re.compile(rf"(?<![\w.-])({_ROOT_FOLDERS}[\w./-]*)")
_REDIRECTED = re.compile(rf">\s?[\"']?({_ROOT_FOLDERS}[\w./-]*)")


class Root(Struct, frozen=True):
    """Why it is left as root, and the line of the Dockerfile that says so."""

    line: int
    why: str


def needs_root(start: Program, stage: Sequence[Laid], read: Read | None, owned: Sequence[str] = ()) -> Iterator[Root]:
    """The reasons. `stage` are the instructions that the image is made of; in the folders of `owned` it may write."""
    if found := _in_text(start.text, owned):
        yield Root(start.line, f"it starts with {found}")
    for script in scripts(start, stage, read):
        if script.text is None:
            yield Root(script.line, f"what the start script {script.name} does cannot be read here")
        elif found := _in_text(re.sub(r"(?m)(?:^|\s)#.*$", "", script.text), owned):
            yield Root(script.line, f"the start script {script.name} calls {found}")


def _in_text(text: str, owned: Sequence[str]) -> str:
    for pattern, why in _WHY:
        if found := pattern.search(text):
            return f"{found[1]}, {why}"
    for _, step, _ in in_script(text):
        return f"{step}, which installs when it starts"
    for path in _written(text):
        if not any(path == folder or path.startswith(f"{folder}/") for folder in owned):
            return f"what writes to {path}, where only root may"
    return ""


def _written(text: str) -> Iterator[str]:
    """Paths in folders of root that a command writes to, as far as it shows."""
    for step in re.split(r"[|;&\n]", text):
        yield from _REDIRECTED.findall(step)
        if found := _WRITING.search(step):
            paths = _INTO.findall(step, found.end())
            if found[0].split()[0] in ("cp", "ln", "install"):  # Of what is copied only where it goes.
                paths = [path for path in paths[-1:] if step.rstrip(" \"'").endswith(path)]
            yield from paths
