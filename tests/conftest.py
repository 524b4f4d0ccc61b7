"""Fixtures of every test: no real network, no real cache, and a project of its own to build."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guard import guard
from tests.support import canary
from tests.support.paths import GUARD, ROOT
from tests.support.workspace import Workspace

WHOLE_BUILDS = {"e2e", "crash", "soak", "older", "browser"}
guard.install()
for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:  # as a shell starts the tests behind `&`, and `nohup` everywhere
        signal.signal(number, usual)


def real_caches() -> list[str]:
    """The folders in which the user's own builds keep their results."""
    folders = [os.environ.get("VIDBUILD_CACHE", ""), str(ROOT / ".vidbuild"), str(Path.home() / ".vidbuild")]
    return [folder for folder in folders if folder]


class Spare:
    """A folder for the guard's note and temporary files, which tests use one after the other until one leaves a file.

    Thousands of tests leave none, and to make and remove folders takes longer than most of them.
    """

    folder: Path | None = None


def fresh_folder(factory: pytest.TempPathFactory) -> Path:
    """Return a folder that has an empty folder `temp` and nothing else."""
    own = Spare.folder
    if own is None or [each.name for each in own.iterdir()] != ["temp"] or any((own / "temp").iterdir()):
        own = factory.mktemp("guard")
        (own / "temp").mkdir()
    Spare.folder = own
    return own


@pytest.fixture(autouse=True)
def own_world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Make the network and the user's cache raise, here and in every Python that the test starts.

    The environment is full of secrets, and after a test of whole builds none of them is in anything it left.
    """
    own = fresh_folder(tmp_path_factory)
    note, temp = own / "touched", own / "temp"
    monkeypatch.setenv("TMPDIR", str(temp))
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    for name, value in canary.SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(guard.TOUCHED, str(note))
    monkeypatch.setenv(guard.FORBIDDEN, os.pathsep.join(real_caches()))
    monkeypatch.delenv(guard.LOOPBACK, raising=False)
    monkeypatch.delenv("VIDBUILD_CACHE", raising=False)
    monkeypatch.delenv("CI", raising=False)  # what is refused there is tried by the tests of that alone
    monkeypatch.setenv("PYTHONPATH", str(GUARD))
    # Workers get an environment of their own, without the guard: the only service they could ask is moved here.
    monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", "ws://127.0.0.1:9/no-service")
    monkeypatch.setenv("VIDBUILD_CONFIG", str(own / "config.toml"))
    monkeypatch.setenv("XDG_STATE_HOME", str(own / "state"))
    for name in ("VIDBUILD_SPEECH_BASE", "VIDBUILD_SPEECH_MODEL", "VIDBUILD_SPEECH_KEY", "VIDBUILD_PIPER_VOICES"):
        monkeypatch.delenv(name, raising=False)
    yield
    tried = guard.touched()
    if tried:
        pytest.fail("the test reached for the real world: " + "; ".join(tried))
    if request.path.parent.name in WHOLE_BUILDS:
        left = [temp, *([request.node.funcargs["tmp_path"]] if "tmp_path" in request.node.funcargs else [])]
        kept = [name for folder in left for name in canary.found(folder)]
        if kept:
            pytest.fail("secrets of the environment were kept: " + "; ".join(kept))


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this test talk to servers on this machine's own addresses."""
    monkeypatch.setenv(guard.LOOPBACK, "1")


@pytest.fixture
def workspace(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """Give the test an empty project; its folder is named when the test fails."""
    space = Workspace(tmp_path / "project")
    failed_before = request.session.testsfailed
    yield space
    if request.session.testsfailed > failed_before:
        sys.stderr.write(f"the project is kept in {space.root}\n")
