"""All controls, in the order of asking and rendering: the table of contents of what Seawall does."""

from functools import cache
from typing import TYPE_CHECKING

from wizard.catalog import chosen, with_own
from wizard.control import Control
from wizard.controls.base_image import PinnedBaseImage
from wizard.controls.capabilities import MinimalCapabilities
from wizard.controls.disks import DiskRates
from wizard.controls.egress import EgressAllowList
from wizard.controls.fair_share import FairShare
from wizard.controls.files_owned_by_root import FilesOwnedByRoot
from wizard.controls.health import HealthCheck
from wizard.controls.host_access import NoHostAccess
from wizard.controls.init import InitAndGrace
from wizard.controls.limits import ResourceLimits
from wizard.controls.listeners import DeclaredListeners
from wizard.controls.logs import LogRotation
from wizard.controls.networks import InternalNetworks
from wizard.controls.no_new_privileges import NoNewPrivileges
from wizard.controls.no_setuid import NoSetuidFiles
from wizard.controls.ports import LoopbackPorts
from wizard.controls.profiles import ConfinementProfiles
from wizard.controls.read_only import ReadOnlyRoot
from wizard.controls.restart import RestartPolicy
from wizard.controls.secrets import SecretsAsFiles
from wizard.controls.ulimits import ProcessLimits
from wizard.controls.user import NonRootUser
from wizard.controls.writable import WritablePaths

BUILT_IN: tuple[Control, ...] = (
    PinnedBaseImage(),
    InitAndGrace(),
    NonRootUser(),
    FilesOwnedByRoot(),
    NoSetuidFiles(),
    ReadOnlyRoot(),
    WritablePaths(),
    MinimalCapabilities(),
    NoNewPrivileges(),
    ConfinementProfiles(),
    NoHostAccess(),
    SecretsAsFiles(),
    LoopbackPorts(),
    DeclaredListeners(),
    InternalNetworks(),
    EgressAllowList(),
    HealthCheck(),
    ResourceLimits(),
    ProcessLimits(),
    FairShare(),
    DiskRates(),
    RestartPolicy(),
    LogRotation(),
)


@cache
def _controls() -> tuple[Control, ...]:
    return with_own(BUILT_IN, (control for catalog in chosen() for control in catalog.controls))


if TYPE_CHECKING:
    CONTROLS: tuple[Control, ...]
    """Those of Seawall, then those of the catalogs in use."""
else:

    def __getattr__(name: str) -> tuple[Control, ...]:
        """CONTROLS is put together when it is first asked for, so that a catalog can be made of what is in this package."""
        if name != "CONTROLS":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return _controls()


def control_of(name: str) -> Control:
    """The control with this id. Raises KeyError for an unknown one."""
    return {control.id: control for control in _controls()}[name]
