"""The path that answers whether a service is well, as its code declares it."""

import re
from collections.abc import Sequence

from wizard.clues.findings import Findings
from wizard.folder import Match

_QUOTED = re.compile(
    r"""["'`](?:GET )?\^?(/?(?:api/|v1/|api/v1/)?(?:healthz?|livez|readyz?|health/live|health[-_]?check|up|ping"""
    r"""|_health|-/healthy)/?)\$?["'`]"""
)
"""It begins with what few places of a text hold, so that a text is gone through fast."""
_ROUTE = re.compile(
    r"""(?:(?:(\w+)\.|\b)(?:get|route|head|all|add_get|add_route|add_url_rule|handle|handlefunc|map|mapget|maphealthchecks|at|match|api_route"""
    r"""|path|re_path|resource|getmapping|httpget|controller|live|any|static_resource)"""
    r"""|@(?:get|path|requestmapping)|web\.get|\.route)\s*[(<\[ ]\s*(?:(?:value|path|pattern)\s*=\s*)?[({]?\s*\Z""",
    re.I,
)
_CALLS = re.compile(r"\b(?:fetch|axios|curl|requests|httpx|client|supertest|test_client|request)\b|https?:|\$http", re.I)
_MOUNTED = re.compile(r"(?:router|routes?|bp|blueprint|group|scope|api|v\d|namespace|ns|g|sub)\Z", re.I)
"""What an object is called that stands for a part of the paths: which part, the line does not say."""
_UNDER_A_CLASS = re.compile(r"@RequestMapping\(\s*[\"'{]|@Controller\(\s*[\"'][^\"'/]|@Path\(\s*\"/?\w[^\"]*\"\)\s*(?:@\w+\s*)*(?:public\s+)?class")


def look_for_health(found: Findings, sources: Sequence[str]) -> None:
    """Say the health path: one that is declared as a route of the program itself, else one that the code only names."""
    named: tuple[str, Match] | None = None
    for name in sources:
        text = found.folder.text(name)
        for seen in _QUOTED.finditer(text):
            head = text[text.rfind("\n", 0, seen.start()) + 1 : seen.start()][-200:]
            tail = text[seen.end() : seen.end() + 60].partition("\n")[0]
            if _CALLS.search(head) or head.lstrip().startswith(("import ", "from ", "#include", "require")) or "include(" in tail:
                continue
            match = Match(name, text.count("\n", 0, seen.start()) + 1, ())
            route = _ROUTE.search(head)
            if name.endswith("urls.py") and not _is_root(found, name):
                continue
            if route and (not _MOUNTED.match(route[1] or "") or (name.endswith(".go") and route[1] in ("r", "router"))):
                if not _UNDER_A_CLASS.search(text) or "ontroller" in route[0]:
                    found.at("health", {"http": "/" + seen[1].lstrip("/")}, match, "inferred")
                    return
            elif not route and not named and seen[1].startswith("/"):
                named = (seen[1], match)
    if named:
        found.at("health", {"http": named[0]}, named[1], "assumed")


def _is_root(found: Findings, name: str) -> bool:
    """Whether a urls.py of Django is the one that all paths begin in: those of an application stand below a prefix."""
    module = name.removesuffix(".py").replace("/", ".")
    root = found.folder.search(r"^ROOT_URLCONF\s*=\s*[\"']([\w.]+)[\"']", *found.folder.sources(".py"))
    return root is not None and (module == root[0] or module.endswith(f".{root[0]}"))
