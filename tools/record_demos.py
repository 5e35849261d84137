"""Play every demonstration on the engine and record what was said: `python tools/record_demos.py`, into wizard/demos/recorded.json."""

import datetime
import sys

from wizard.controls import CONTROLS
from wizard.demos.recorded import Recording, save
from wizard.engine.demo import play, prepared


def main() -> int:
    """Record all of them, or none where one does not go as expected."""
    docker = prepared()
    controls = {control.id: tuple(scene for demo in control.demos for scene in play(control, demo, docker)) for control in CONTROLS}
    failed = [scene for scenes in controls.values() for scene in scenes if not scene.held]
    for scene in failed:
        print(f"{scene.demo}: expected {scene.expected!r}, said {scene.said!r}", file=sys.stderr)
    if not failed:
        today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
        save(Recording(docker.version().partition("+")[0], today, {name: scenes for name, scenes in controls.items() if scenes}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
