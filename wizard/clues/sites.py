"""A site that is built: files that any web server serves, whatever made them."""

from msgspec.structs import replace

from wizard.stack import Detected


def as_site(found: Detected) -> Detected:
    """What makes a folder of pages, as a site whose server needs none of the tools that made it; anything else as it is."""
    if "static" not in found.told:
        return found
    stack = {key: value for key, value in found.stack.items() if key != "system_packages"}
    told = {"language": stack["language"], **found.told}
    return replace(found, answers={**found.answers, "stack": {**stack, "language": "static"}}, told=told)
