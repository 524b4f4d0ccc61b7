"""Code that changes under `vidbuild serve` and `build --watch`: they start again, and build nothing with what was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.test_serve import attached, fetch, settle, started
from tests.support import plugin_lab
from tests.support.background_build import wait_until
from tests.support.live_server import LiveServer
from tests.support.paths import ROOT
from tests.support.workspace import Workspace

pytestmark = pytest.mark.usefixtures("loopback")
SPEC = plugin_lab.SPEC.replace("    voice: chime:low\n", "")


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A project with a scene of a plug-in."""
    space = Workspace(tmp_path / "project")
    space.write("video.yaml", SPEC)
    return space


def made_afresh(space: Workspace) -> bytes:
    """Return what `build` makes of the spec without anything that is in the cache."""
    clean = Workspace(space.root.parent / f"clean-{len(list(space.root.parent.iterdir()))}")
    clean.write("video.yaml", space.read("video.yaml"))
    clean.build()
    return (clean.root / "build" / "video.mp4").read_bytes()


def is_built(server: LiveServer, made: bytes) -> Callable[[], bool]:
    """Return whether the server shows these bytes."""
    return lambda: fetch(server, settle(server)["media"]["url"])[1] == made


def test_a_plug_in_that_is_edited(space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit of a plug-in's Python or Typst is seen, and what was loaded before makes no result for the cache."""
    folder = plugin_lab.copied(tmp_path / "plugins")
    monkeypatch.setenv("PYTHONPATH", plugin_lab.env(folder)["PYTHONPATH"])
    log = tmp_path / "stderr.txt"
    with started(space.root, log, "video.yaml", "--no-open", "--port", "0") as (process, address):
        server = attached(space, address)
        first = fetch(server, settle(server)["media"]["url"])[1]
        for name, old, new in (
            ("gauge/__init__.py", '''f"{fields['value']:g}{fields['unit']}"''', '''f"{fields['value']:g} of 100"'''),
            ("gauge/template.typ", "#let ", "// another one\n#let "),
        ):
            path = folder / "vidbuild_example" / name
            text = path.read_text()
            assert old in text
            path.write_text(text.replace(old, new, 1))
            made = made_afresh(space)
            wait_until(is_built(server, made), "the new code", 60)
        assert made != first
        assert process.poll() is None
    text = log.read_text()
    assert text.count("the scene type 'gauge' of the plug-in vidbuild-example 1.0 has changed: starting again") == 2
    assert "Traceback" not in text


def test_vidbuild_that_is_updated(space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server goes on as the new version on the same port, with the same address; it waits for one that works."""
    home = tmp_path / "installed"
    shutil.copytree(ROOT / "vidbuild", home / "vidbuild", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(home), os.environ["PYTHONPATH"]]))
    space.write("video.yaml", plugin_lab.PLAIN)
    log = tmp_path / "stderr.txt"
    with started(space.root, log, "video.yaml", "--no-open", "--port", "0") as (process, address):
        server = attached(space, address)
        settle(server)
        init = home / "vidbuild" / "__init__.py"
        text = init.read_text()
        init.write_text(f"{text}\nraise ImportError('half of it')\n")
        wait_until(lambda: "ImportError: half of it): waiting for a change" in log.read_text(), "a message", 60)
        version = text.partition('__version__ = "')[2].partition('"')[0]
        init.write_text(text.replace(version, "9.9.9"))
        wait_until(lambda: log.read_text().count("Ctrl-C ends it") == 2, "the new version", 60)
        assert b"9.9.9" in fetch(server, "/")[1]
        settle(server)
        assert process.poll() is None
    assert "vidbuild has changed: starting again" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_a_plug_in_under_watch(space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--watch` builds with the new code, too; a package that is installed meanwhile is found."""
    monkeypatch.setenv("PYTHONPATH", plugin_lab.env(tmp_path / "plugins")["PYTHONPATH"])
    (tmp_path / "plugins").mkdir()
    log = tmp_path / "log.txt"
    with log.open("w") as output:
        line = [sys.executable, "-m", "vidbuild", "build", "--watch", "video.yaml"]
        process = subprocess.Popen(line, cwd=space.root, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: "unknown scene type 'gauge'" in log.read_text(), "an error", 60)
        folder = plugin_lab.copied(tmp_path / "plugins")
        video = space.root / "build" / "video.mp4"
        wait_until(video.exists, "a video", 60)
        path = folder / "vidbuild_example" / "gauge" / "__init__.py"
        path.write_text(path.read_text().replace("fields['unit']}", "fields['unit']}!"))
        made = made_afresh(space)
        wait_until(lambda: video.read_bytes() == made, "the new code", 60)
    finally:
        process.terminate()
        assert process.wait(30) == 143
    assert "what is installed with pip has changed" in log.read_text()
    assert "Traceback" not in log.read_text()
