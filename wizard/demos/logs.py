"""What rotated logs stop."""

from wizard.demos import SERVICE, Ask, Demo, Run

_FLOOD = """
for number in range(20000):
    print("request", number, "x" * 90)
"""
_MANY = 1_500_000


def _kept(said: str) -> str:
    return (
        "all 2 MB are kept, and the next 2 will be" if len(said) > _MANY else "the newest lines, less than 300 KB" if len(said) < 300_000 else "more"
    )


DEMOS = (
    Demo(
        name="full-disk",
        story="Somebody asks and asks, and each request is a line in the log: 2 MB of it here, with two files of 100 KB allowed.",
        steps=(Run(_FLOOD, background=True), Ask(("wait", SERVICE)), Ask(("logs", SERVICE), read=_kept)),
        without="all 2 MB are kept",
        held="less than 300 KB",
        facts={"logs": {"size": "100K", "files": 2}},
    ),
)
