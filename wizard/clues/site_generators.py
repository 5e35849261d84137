"""Sites that a program makes out of texts, which is no package of the project's own language: Hugo, Zola, MkDocs, Jekyll."""

from wizard.clues.commands import publish
from wizard.clues.findings import Findings
from wizard.clues.python_packages import look_for_manager, look_for_version, packages_of
from wizard.folder import Folder
from wizard.stack import Detected

_GENERATORS = (
    ("hugo", ("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config/_default/hugo.toml", "config/_default/config.toml"), "", "public"),
    ("hugo", ("config.toml", "config.yaml", "config.yml"), r"(?i)^[\"']?(baseURL)[\"']?\s*[=:]", "public"),
    ("zola", ("config.toml",), r"^(base_url)\s*=", "public"),
    ("mkdocs", ("mkdocs.yml", "mkdocs.yaml"), "", "site"),
    ("jekyll", ("_config.yml", "_config.yaml"), r"^(title|theme|remote_theme|baseurl|markdown|permalink|plugins)\s*:", "_site"),
)
MKDOCS, MATERIAL = "mkdocs==1.6.1", "mkdocs-material==9.8.1"
"""What is installed where no file of the folder lists it."""


def look_for_generator(folder: Folder) -> Detected | None:
    """A site that a program makes out of texts, and the folder it makes it in."""
    for name, configs, pattern, output in _GENERATORS:
        config = folder.first(*configs)
        if not config or (pattern and not (match := folder.search(pattern, config))):
            continue
        if name == "hugo" and pattern and not any(file.startswith(("content/", "layouts/", "themes/", "archetypes/")) for file in folder.files):
            continue
        if name == "jekyll" and folder.search(r"\"(hexo)\"", "package.json"):
            continue
        found = Findings(folder, "static", config, match.line if pattern and match else 1)
        found.say("stack.framework", name, config)
        if name == "mkdocs":
            output = _mkdocs(found, config)
        else:
            _not_yet(found, name, config, output)
        found.add("ports", publish(8080), config, 1, "assumed")
        found.say("health", {"http": "/"}, config, 1, "inferred")
        found.tell("static", output, config, 1, "inferred")
        return found.done()
    return None


def _mkdocs(found: Findings, config: str) -> str:
    """The packages of a site of MkDocs, and the folder that it makes."""
    folder, packages = found.folder, packages_of(found.folder)
    lacking = []
    if "mkdocs" not in packages and "mkdocs-material" not in packages:
        lacking = [MATERIAL if folder.search(r"^\s*name:\s*[\"']?(material)\b|^theme:\s*[\"']?(material)\b", config) else MKDOCS]
        found.say("stack.packages", lacking, config, 1, "inferred")
        found.say("stack.package_manager", "pip", config, 1, "inferred")
    else:
        look_for_manager(found, packages)
        look_for_version(found, "3.13")
    named = folder.search(r"^site_dir:\s*[\"']?(\w[\w/-]{0,60})[\"']?\s*$", config)
    output = named[0] if named else "site"
    found.say("stack.build", ["mkdocs", "build"], config, 1, "inferred")
    found.say("stack.source", output, config, named.line if named else 1, "stated" if named else "inferred")
    return output


def _not_yet(found: Findings, name: str, config: str, output: str) -> None:
    gems = name == "jekyll" and found.folder.has("Gemfile")
    found.say("stack.package_manager", "bundler" if gems else "none", "Gemfile" if gems else config)
    found.refuse(
        f"{name} makes a site of files in {output}, which Seawall does not build yet: "
        f"build it and run seawall in {output}, or give an image with --set image=NAME:VERSION"
    )
