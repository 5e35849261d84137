"""What an image without setuid files stops, where no-new-privileges does not. The difference is in the image."""

from wizard.controls.no_setuid import STRIP
from wizard.demos import Build, Demo, Run
from wizard.demos.no_new_privileges import DEMOS as SETUID

_RUN = SETUID[0].steps[0]
assert isinstance(_RUN, Run)
DEMOS = (
    Demo(
        name="setuid-program",
        story="A user without rights starts one of the setuid programs of the image, where no-new-privileges was forgotten.",
        steps=(_RUN,),
        hardened=(Build((STRIP,), "1"), Run(_RUN.program, tag="1")),
        without="effective uid 0",
        held="effective uid 65534",
        also=("no-new-privileges",),
    ),
)
