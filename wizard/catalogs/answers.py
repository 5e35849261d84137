"""Default answers of a catalog: an answers file without what says what one service is."""

from wizard.errors import UsageError
from wizard.text import visible
from wizard.workload import Workload
from wizard.yaml_read import line_of, load_mapping

_OF_ONE_SERVICE = ("seawall", "name", "catalogs", "stack", "image", "command")


def refuse_other_keys(text: str, source: str) -> None:
    """Raises UsageError with the line for a key that cannot be a default."""
    known = sorted(set(Workload.__struct_fields__) - set(_OF_ONE_SERVICE))
    for key in load_mapping(text, source):
        if key not in known:
            where = line_of(text, str(key))
            raise UsageError(f"{source}:{where}: {visible(str(key))} is no answer that can be a default; accepted: {', '.join(known)}")
