"""What is installed is what the checkout holds: wheel, wheel from the sdist, editable; each finds its templates and scaffolds."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.tools import ROOT, copy_app
from wizard import __version__

pytestmark = pytest.mark.slow

DIST_INFO = f"seawall-{__version__}.dist-info"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel from the checkout, the sdist, and the wheel from that sdist. Nothing is fetched."""
    base = tmp_path_factory.mktemp("dist")
    python("-m", "build", "--no-isolation", "--wheel", "--outdir", base / "checkout", ROOT, cwd=base)
    python("-m", "build", "--no-isolation", "--outdir", base / "sdist", ROOT, cwd=base)
    return {
        "wheel": only(base / "checkout", "*.whl"),
        "sdist": only(base / "sdist", "*.tar.gz"),
        "wheel from the sdist": only(base / "sdist", "*.whl"),
    }


def only(folder: Path, pattern: str) -> Path:
    """The one file that matches."""
    (found,) = folder.glob(pattern)
    return found


def python(*arguments: str | Path, cwd: Path, program: Path = Path(sys.executable), path: Path | None = None) -> str:
    """What a Python prints, which has to end well; the checkout is not on its path."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd), "LANG": "C.UTF-8", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if path:
        environment["PYTHONPATH"] = str(path)
    ran = subprocess.run([str(word) for word in (program, *arguments)], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def works(tmp_path: Path, program: Path = Path(sys.executable), path: Path | None = None) -> Path:
    """Scaffold a sample app with what is installed; the folder its templates come from."""
    app = copy_app("gate", tmp_path)
    assert "Wrote 7 files" in python("-m", "wizard", "new", app, "--yes", cwd=tmp_path, program=program, path=path)
    assert (app / ".seawall" / "healthcheck.go").is_file()
    found = python("-c", "from wizard.templates import folder; print(folder())", cwd=tmp_path, program=program, path=path)
    return Path(found.strip())


def files_below(folder: Path) -> set[str]:
    """All files below a folder, but what Python leaves behind."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


@pytest.mark.parametrize("kind", ["wheel", "wheel from the sdist"])
def test_a_wheel_holds_the_package_and_nothing_else(built: dict[str, Path], kind: str) -> None:
    with zipfile.ZipFile(built[kind]) as archive:
        names = set(archive.namelist())
        assert "seawall = wizard.__main__:main" in archive.read(f"{DIST_INFO}/entry_points.txt").decode().splitlines()
        metadata = archive.read(f"{DIST_INFO}/METADATA").decode()
        assert all(archive.read(f"wizard/{name}") == (ROOT / "wizard" / name).read_bytes() for name in files_below(ROOT / "wizard"))
    about = {name for name in names if name.startswith(DIST_INFO)}
    assert about == {f"{DIST_INFO}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")}
    package = {f"wizard/{name}" for name in files_below(ROOT / "wizard")}
    templates = {f"wizard/_templates/{name}" for name in files_below(ROOT / "templates")}
    assert names - about == package | templates
    assert "wizard/py.typed" in names
    assert "License-Expression: Apache-2.0" in metadata


@pytest.mark.parametrize("kind", ["wheel", "wheel from the sdist"])
def test_a_wheel_works_by_itself(built: dict[str, Path], tmp_path: Path, kind: str) -> None:
    installed = tmp_path / "installed"
    with zipfile.ZipFile(built[kind]) as archive:
        archive.extractall(installed)
    assert works(tmp_path, path=installed) == installed / "wizard" / "_templates"


def test_the_sdist_holds_what_the_makefile_calls(built: dict[str, Path]) -> None:
    with tarfile.open(built["sdist"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"Makefile", "README.md", "LICENSE", "pyproject.toml", "tools/run.sh", "tests/apps/ledger/app.py"} <= names
    assert not [name for name in names if name.endswith(".pyc") or name.startswith((".venv", ".git/"))]


def test_an_editable_install_works_and_follows_the_checkout(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    python("-m", "venv", "--without-pip", venv, cwd=tmp_path)
    program = venv / "bin" / "python"
    site = Path(python("-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path, program=program).strip())
    # Last on the path, so that the dependencies are found, and never an editable install that is there already.
    (site / "zz.pth").write_text(f"import sys; sys.path.append({sysconfig.get_path('purelib')!r})\n", encoding="utf-8")
    python("-m", "pip", "--python", program, "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ROOT, cwd=tmp_path)
    assert works(tmp_path, program=program) == ROOT / "templates"
    seawall = subprocess.run([venv / "bin" / "seawall", "--version"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert seawall.stdout == f"seawall {__version__}\n"
