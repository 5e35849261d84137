"""What a proof cannot show is exactly this, per kind of engine; anything else that is left out fails here."""

import pytest

from tests.engine.running import Projects
from wizard.engine.docker import Docker
from wizard.errors import SeawallError
from wizard.prove import probing
from wizard.prove.evidence import NotProvable

pytestmark = pytest.mark.engine

WHY = "looking into a container takes root on the engine's own Linux host"
OF_EVERY_SERVICE = {
    ("pinned-base-image", "no compiler in the image"),
    ("non-root-user", "user and group of the process"),
    ("read-only-rootfs", "creating a file in / with all rights"),
    ("writable-paths", "creating a file in /tmp as the user of the process"),
    ("writable-paths", "mount at /tmp"),
    ("minimal-capabilities", "bounding set of capabilities"),
    ("no-new-privileges", "NoNewPrivs of the process"),
    ("confinement-profiles", "seccomp mode of the process (2: filter)"),
    ("no-host-access", "devices of the host"),
    ("declared-listeners", "what it listens on"),
    ("resource-limits", "limits in the cgroup"),
}
"""What takes the kernel's word: of a remote engine, Docker Desktop's or Podman's machine, another user's rootless one, or without root, there is none."""
ELSEWHERE = {
    *(("brochure", *one) for one in OF_EVERY_SERVICE),
    ("brochure", "files-owned-by-root", "files of the image that the user could change"),
    ("brochure", "no-setuid-files", "setuid, setgid and file capabilities"),
    *(("ingress", *one) for one in OF_EVERY_SERVICE),
    ("ingress", "no-host-access", "mount /etc/nginx/nginx.conf"),
    ("ingress", "resource-limits", "size of /dev/shm"),
}
HERE: set[tuple[str, str, str]] = set()
"""An engine of this machine shows all that is rendered, whichever its version and its cgroups are."""


@pytest.mark.parametrize(("seen_from", "expected"), [("here", HERE), ("elsewhere", ELSEWHERE)])
def test_what_cannot_be_shown_is_this_and_nothing_else(
    projects: Projects, monkeypatch: pytest.MonkeyPatch, seen_from: str, expected: set[tuple[str, str, str]]
) -> None:
    def refused(*_: object) -> None:
        raise SeawallError(WHY)

    if seen_from == "elsewhere":
        monkeypatch.setattr(probing, "live", refused)
    running = projects.get("brochure")
    found = [
        one
        for service in running.project.services
        for one in probing.by_probes(probing.look(Docker(), running.container(service.name), service.name, touch=True), service, "started")
    ]
    unseen = [one for one in found if isinstance(one, NotProvable)]
    assert {(one.service, one.control, one.what) for one in unseen} == expected
    assert {one.why for one in unseen} <= {WHY}
    assert [one for one in found if not isinstance(one, NotProvable) and not one.passed] == []
