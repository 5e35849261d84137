"""The path that answers whether a service is well, as its code declares it."""

from collections.abc import Sequence

from wizard.clues.findings import Findings

_PATH = r"/?(?:api/|v1/|api/v1/)?(?:healthz?|livez|readyz?|health/live|health[-_]check|healthcheck|up|ping|status|_health|-/healthy)/?"
_ROUTE = (
    r"""(?:\.(?:get|route|head|all|use|add_get|add_route|add_url_rule|handle(?:func)?|map\w*|at|any|group|match|api_route|any)\s*\(\s*"""
    r"""|\b(?:path|re_path|url|get|match|resource|web::resource|Route::get|HandleFunc|Handle|MapGet|MapHealthChecks|map|route|web\.get"""
    r"""|GetMapping|RequestMapping|Path|Get|HttpGet|Controller|live|forward|scope)\s*[( ]\s*(?:value\s*=\s*|path\s*=\s*)?\(?)\s*"""
    rf"""["'`](?:GET )?\^?({_PATH})\$?["'`]"""
)
_SAID = rf"""["'](?:GET )?(/{_PATH.removeprefix("/?")})["']"""
_CALLS = r"(?:fetch|axios|curl|https?://|requests\.|\$http|httpx|client\.|supertest|request\()"


def look_for_health(found: Findings, sources: Sequence[str]) -> None:
    """Say the health path: one that is declared as a route, else one that the code only names."""
    for pattern, certainty in ((_ROUTE, "inferred"), (_SAID, "assumed")):
        match = found.folder.search(rf"(?i:^(?!.*{_CALLS}).*?{pattern})", *sources)
        if match and match[0]:
            path = "/" + match[0].lstrip("/")
            found.at("health", {"http": path}, match, "inferred" if certainty == "inferred" else "assumed")
            return
