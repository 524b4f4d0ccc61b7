"""Fixtures of the browser tests: one browser, one server, and the videos that are played in it, each made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.guard import guard
from tests.support import decoding, sample_videos
from tests.support.axe import AXE
from tests.support.browser_page import Page, Playable
from tests.support.chromium import Chromium, executable
from tests.support.file_server import served
from tests.support.workspace import Workspace

HERE = Path(__file__).parent


def pytest_sessionstart() -> None:
    """Report once what is missing, not in every test."""
    try:
        executable()
        assert AXE.exists(), f"there is no '{AXE}': make test-browser installs it"
    except AssertionError as error:
        pytest.exit(str(error), returncode=1)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is served: the player's page and the videos."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(HERE / "player.html", folder)
    return folder


@pytest.fixture(scope="session")
def page(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page in a real browser that is served from this machine."""
    with ExitStack() as stack:
        browser = stack.enter_context(Chromium(tmp_path_factory.mktemp("chromium")))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(guard.LOOPBACK, "1")
            base = stack.enter_context(served(site))
        yield Page(browser, base)


@pytest.fixture(scope="session", params=("every-scene", "larger", "long-holds"))
def playable(
    request: pytest.FixtureRequest, page: Page, site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Playable:
    """Each of the videos in turn."""
    video = sample_videos.built(Workspace(tmp_path_factory.mktemp(request.param) / "project"), request.param)
    shutil.copy(video.path, site / f"{request.param}.mp4")
    keys = tuple(at for at, packet in enumerate(decoding.packets(video.path)) if packet.key)
    shown = decoding.strictly(video.path, decoding.pinned()[0])
    return Playable(video, f"{request.param}.mp4", page, shown, keys)
