"""What a version in an image's name stops. Whoever makes the image is this machine: a tag is moved here, nothing is fetched."""

from wizard.demos import Build, Demo, Run

_SAYS = """
import os
print("the service runs release", os.environ["RELEASE"])
"""
_FIRST, _SECOND = ("ENV RELEASE=1.0",), ("ENV RELEASE=2.0",)
DEMOS = (
    Demo(
        name="moved-tag",
        story="The service is started; the image's maker publishes a release; the service is started again, from the same Compose file.",
        steps=(Build(_FIRST, "latest"), Run(_SAYS, tag="latest"), Build(_SECOND, "latest"), Run(_SAYS, tag="latest")),
        hardened=(Build(_FIRST, "1.0"), Run(_SAYS, tag="1.0"), Build(_SECOND, "latest"), Run(_SAYS, tag="1.0")),
        without="release 1.0\nthe service runs release 2.0",
        held="release 1.0\nthe service runs release 1.0",
    ),
)
