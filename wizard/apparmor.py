"""An AppArmor profile from the same facts as the Compose file: what it writes, which capabilities and sockets it has.

In the spirit of the engine's docker-default, but an allow-list for writing: what no rule names is refused, so no rule has to
deny «everything else» (a deny wins over every allow). No kernel with AppArmor was at hand: `apparmor_parser -Q` accepts it,
and that it is enforced was not seen.
"""

import re

from wizard import templates
from wizard.artifact import Artifact, Line
from wizard.controls.capabilities import granted
from wizard.project import Service
from wizard.recent import recent

CONTROL = "confinement-profiles"


def path_of(service: Service) -> str:
    """Where the profile of a service is written, relative to the project folder."""
    return f".seawall/{service.name}.apparmor"


def is_rendered(service: Service) -> bool:
    """Whether a profile is written for this service."""
    return service.profile_written and CONTROL not in service.waived


@recent(16)
def artifact(service: Service) -> Artifact:
    """The profile as a file."""
    workload, waived = service.workload, service.waived
    writable = workload.writable if "writable-paths" not in waived else ()
    values = {
        "name": service.apparmor,
        "path": path_of(service),
        "capabilities": [name.lower() for name in granted(service)],
        "everything": "read-only-rootfs" in waived,
        "memory": [as_pattern(path.path) for path in writable if path.tmpfs],
        "kept": [as_pattern(path.path) for path in writable if path.volume],
        "mounted": [as_pattern(mount.path) for mount in workload.mounts if not mount.read_only],
        "devices": [as_pattern(device.path) for device in workload.devices],
        "stream": any(port.protocol == "tcp" for port in workload.ports) or bool(service.inside) or workload.internet,
        "raw": "NET_RAW" in granted(service),
        "tracing": "trace-children" in workload.needs,
        "any_capability": "minimal-capabilities" in waived,
    }
    text = templates.render("apparmor.j2", values)
    return Artifact(path_of(service), tuple(Line(line, CONTROL, "security_opt", service.name) for line in text.rstrip("\n").split("\n")))


def as_pattern(path: str) -> str:
    """A path as a rule takes it: whatever could mean something there becomes `?`, which stands for any one byte but a slash."""
    return re.sub(rb"[^A-Za-z0-9_./-]", b"?", path.encode()).decode()
