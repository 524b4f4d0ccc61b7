"""The wheel: all that is needed is in it, and it works where the checkout is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.paths import ROOT

OURS = ROOT / "vidbuild"


def pip(*args: str) -> None:
    """Run pip without any index."""
    line = [sys.executable, "-m", "pip", "--disable-pip-version-check", *args, "--no-deps", "--no-index", "--quiet"]
    subprocess.run(line, check=True, capture_output=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", str(ROOT), "--no-build-isolation", "--wheel-dir", str(folder))
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", str(wheel), "--target", str(folder))
    return folder


def vidbuild(installed: Path, cwd: Path, *args: str) -> str:
    """Run the installed command in a folder and return its stdout."""
    done = subprocess.run(
        [sys.executable, "-m", "vidbuild", *args],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(installed), os.environ["PYTHONPATH"]])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    """The wheel has the modules, templates, themes, schemas, styles and starter project, but no tests or generators."""
    names = set(zipfile.ZipFile(wheel).namelist())
    files = {path for path in OURS.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    missing = {str(path.relative_to(ROOT)) for path in files} - names
    assert not missing
    assert {f"vidbuild/schemas/{name}.schema.json" for name in ("video", "brand", "events")} <= names
    assert not any(name.startswith(("tests/", "tools/")) for name in names)


def test_the_installed_package_is_the_one_that_runs(installed: Path, tmp_path: Path) -> None:
    """The test below looks at the wheel's files and not at the checkout's."""
    code = "import vidbuild, sys; sys.stdout.write(vidbuild.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout).is_relative_to(installed)


def test_the_schema_is_found_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """An installed vidbuild prints the same schema as the checkout's."""
    printed = json.loads(vidbuild(installed, tmp_path, "schema"))
    assert printed == json.loads((ROOT / "schemas" / "video.schema.json").read_text(encoding="utf-8"))


def test_an_installed_vidbuild_starts_a_project_and_checks_it(installed: Path, tmp_path: Path) -> None:
    """From the wheel alone a project is written, found to be right, and planned."""
    vidbuild(installed, tmp_path, "init", "talk")
    assert vidbuild(installed, tmp_path, "check", "talk") == "talk/video.yaml: ok\n"
    assert "mux" in vidbuild(installed, tmp_path, "graph", "talk")
