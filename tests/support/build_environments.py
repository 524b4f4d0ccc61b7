"""One project, built in many environments, with what each build left: outputs and keys."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.paths import ROOT
from vidbuild.engine.store.store import Store

QUICKSTART = ROOT / "examples" / "quickstart" / "video.yaml"
VIDBUILD = (sys.executable, "-m", "vidbuild")


def quickstart() -> str:
    """The quickstart's spec, at a small size."""
    text = QUICKSTART.read_text(encoding="utf-8")
    assert text.count("size: 1080p") == 1
    return text.replace("size: 1080p", "size: 160x90")


@dataclass(frozen=True)
class Made:
    """What a build left: output -> bytes, and step -> key."""

    outputs: Mapping[str, bytes]
    keys: Mapping[str, str]


@dataclass(frozen=True)
class Surroundings:
    """Where and how a build is started.

    spec: how the spec is named on the command line, the project's folder being the current one unless cwd says so.
    before: what stands before `build`. terminal: whether stdout and stderr are one.
    """

    args: Sequence[str] = ("-j", "2")
    env: Mapping[str, str] = field(default_factory=dict)
    spec: str = "video.yaml"
    cwd: Path | None = None
    before: Sequence[str] = VIDBUILD
    umask: int = 0o022
    terminal: bool = False


def project(folder: Path, text: str) -> Path:
    """A project of its own with this spec."""
    folder.mkdir(parents=True)
    (folder / "vidbuild.toml").touch()
    (folder / "video.yaml").write_text(text, encoding="utf-8")
    return folder


def build(folder: Path, how: Surroundings, *more: str) -> None:
    """Build the project in these surroundings; AssertionError with the output if that fails."""
    command = [*how.before, "build", how.spec, *how.args, *more]
    ours, theirs = pty.openpty() if how.terminal else (-1, subprocess.PIPE)
    child = subprocess.Popen(
        command,
        cwd=how.cwd or folder,
        env={**os.environ, **how.env},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs if how.terminal else subprocess.STDOUT,
        umask=how.umask,
    )
    said = _heard(ours, theirs) if how.terminal else child.communicate(timeout=300)[0]
    assert child.wait(300) == 0, said.decode(errors="replace")
    if how.terminal:
        assert b"\x1b[" in said, "it did not know that it was on a terminal"


def _heard(ours: int, theirs: int) -> bytes:
    os.close(theirs)
    said = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # a terminal without writers raises this
            break
        said += piece
    os.close(ours)
    return said


def made(folder: Path, cache: Path | None = None) -> Made:
    """What a build of the project left."""
    outputs = {path.name: path.read_bytes() for path in sorted((folder / "build").iterdir())}
    store = Store(cache or folder / ".vidbuild")
    traces = [store.trace(path.name) for path in (store.home / "traces").glob("*/*")]
    return Made(outputs, {trace.step: trace.key for trace in traces if trace is not None})


def checkout(folder: Path) -> Path:
    """A copy of vidbuild itself, to be imported from there."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "vidbuild", folder / "vidbuild", ignore=ignored)
    shutil.copytree(ROOT / "schemas", folder / "schemas", ignore=ignored)
    return folder
