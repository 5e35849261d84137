"""What a secret in a file stops."""

from wizard.demos import SERVICE, Ask, Demo, Run

_REPORT = """
import subprocess
child = subprocess.run(["env"], capture_output=True, text=True)
held = [entry for entry in child.stdout.splitlines() if "DB_PASSWORD" in entry.upper()]
print("a helper crashes, and its report lists the variables:", *(held or ["no password among them"]))
try:
    print("the program reads its file:", len(open("/run/secrets/db_password").read()), "characters")
except OSError as error:
    print("the program reads its file:", error.strerror)
"""
_WORKS = """
import time
print("works", flush=True)
time.sleep(30)
"""


def _variables(said: str) -> str:
    held = [variable for variable in said.strip("[]\n").split(" ") if "DB_PASSWORD" in variable.upper()]
    return "\n".join(held) or "no password among them"


DEMOS = (
    Demo(
        name="crash-report",
        story="A helper that the program starts crashes, and sends all its variables to whoever collects crash reports.",
        steps=(Run(_REPORT),),
        without="variables: DB_PASSWORD=",
        held="no password among them",
        facts={"secrets": [{"name": "db_password"}]},
    ),
    Demo(
        name="inspect",
        story="Whoever may look at containers, a dashboard say, looks at this one.",
        steps=(
            Run(_WORKS, background=True),
            Ask(("inspect", "--format", "{{.Config.Env}}", SERVICE), read=_variables),
        ),
        without="DB_PASSWORD=",
        held="no password among them",
        facts={"secrets": [{"name": "db_password"}]},
    ),
)
