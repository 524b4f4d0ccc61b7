"""The Dockerfile: linted, and built as far as that is possible without Docker, as a wheel from its context."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.support.paths import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COPIES = re.findall(r"^COPY (?!--from)(.+) (\S+)$", DOCKERFILE, re.MULTILINE)


def context(folder: Path) -> Path:
    """Copy what COPY copies to a folder, without what .dockerignore leaves out."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    ignored = [line for line in lines if line and line[0] not in "#!*"] + [line for line in lines if line[:2] == "**"]
    kept = [line[1:] for line in lines if line[:1] == "!"]
    assert "*" in lines, "all else is left out"
    names = [pattern.rpartition("/")[2] for pattern in ignored]
    for sources, target in COPIES:
        for source in sources.split():
            assert any(source == each or source.startswith(f"{each}/") for each in kept), f"'{source}' is ignored"
            place = folder / target / source if target == "./" else folder / target
            place.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns(*names))
            else:
                shutil.copy(ROOT / source, place)
    return folder


def test_the_linter_has_nothing_to_say() -> None:
    """Hadolint, with all its rules and those of ShellCheck for RUN."""
    program = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([program, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.usefixtures("loopback")  # pip tries whether this machine has IPv6
def test_the_wheel_of_the_image_is_that_of_the_checkout(tmp_path: Path) -> None:
    """The context has all that the package is built from, and no file that it does not need."""
    context(tmp_path / "context")
    line = [sys.executable, "-m", "pip", "wheel", str(tmp_path / "context"), "--no-build-isolation", "--no-deps"]
    subprocess.run([*line, "--no-index", "--quiet", "--wheel-dir", str(tmp_path)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    found = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    ours = {path for path in (ROOT / "vidbuild").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {path.relative_to(ROOT).as_posix() for path in ours} <= found
    assert {"vidbuild/schemas/video.schema.json", "vidbuild/samples/gallery.yaml"} <= found


def test_no_secret_and_no_history_is_in_the_context() -> None:
    """Everything is left out that is not named, such as .git, caches and environments."""
    kept = {source for sources, _ in COPIES for source in sources.split()}
    assert not any(fnmatch(each, pattern) for each in kept for pattern in (".*", "tests*", "docs*", "*.pem", "."))


def test_the_image_runs_as_nobody_special() -> None:
    """The user has a number, no shell and no rights, and is set last."""
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["10001:10001"]
    assert "--uid 10001" in DOCKERFILE
    assert DOCKERFILE.index("USER 10001") > DOCKERFILE.rindex("RUN ")
