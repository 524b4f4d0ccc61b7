"""WebM of VP9 and AV1, and MP4 of AV1, in a real browser: duration, seeks, playing, captions on the share page."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from tests.support import decoding
from tests.support.browser_page import Page
from tests.support.decoding import Decoder
from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg

SPEC = """vidbuild: 1
title: In a browser
output: {size: 320x180, %s}
voice: espeak:en-us
also: [page]
defaults: {transition: {type: fade, duration: 0.2}}
scenes:
  - {id: one, type: title, title: One, narration: "The first one of three."}
  - {id: two, type: list, items: [First, Second, Third], duration: 1.5}
  - {id: three, type: title, title: Three, duration: 1}
"""
CASES = {"vp9": ("format: webm", "webm"), "av1": ("format: webm, codec: av1", "webm"), "av1-mp4": ("codec: av1", "mp4")}
MILLISECOND = 0.001


@pytest.fixture(scope="module", params=CASES)
def built(request: pytest.FixtureRequest, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each of the videos in turn, with its page, in a folder of the site."""
    settings, suffix = CASES[request.param]
    workspace = Workspace(tmp_path_factory.mktemp(request.param) / "project")
    workspace.write("video.yaml", SPEC % settings)
    workspace.build()
    folder: Path = site / request.param
    shutil.copytree(workspace.root / "build", folder)
    return folder / f"video.{suffix}"


def test_it_loads_and_seeks(built: Path, page: Page, site: Path) -> None:
    """Size and duration are right, and a seek to any frame shows exactly the frame that ffmpeg decodes."""
    shown = decoding.strictly(built, Decoder(ffmpeg.executable(), ()))
    frames = len(shown.digests)
    fresh = page.fresh()
    found = fresh.call("load", str(built.relative_to(site)))
    assert (found["width"], found["height"]) == (320, 180)
    assert abs(found["duration"] - frames / 30) <= Fraction(1, 60)
    for frame in (frames - 1, 0, frames // 2, 7, 8, frames - 30, 1, frames // 3):
        answer = fresh.call("seek", float(Fraction(2 * frame + 1, 60)))
        assert abs(answer["mediaTime"] - frame / 30) <= MILLISECOND, f"sent to {frame}: {answer}"
        assert answer["digest"] == shown.digests[frame], f"frame {frame} is another one"


def test_it_plays_to_its_end(built: Path, page: Page, site: Path) -> None:
    """It plays all frames to the end, without a corrupt one, and its audio is decoded as long as the video."""
    frames = len(decoding.packets(built))
    fresh = page.fresh()
    fresh.call("load", str(built.relative_to(site)))
    answer = fresh.call("play", 3 * frames / 30 + 20, timeout=3 * frames / 30 + 40)
    assert answer["corrupted"] == 0
    assert answer["total"] == frames
    assert answer["at"] >= frames / 30 - 0.05
    heard = fresh.call("hear", str(built.relative_to(site)))
    assert (heard["channels"], heard["rate"]) == (2, 48_000)
    assert abs(heard["duration"] - frames / 30) <= 1024 / 48_000


def test_the_share_page_plays_it_with_captions(built: Path, page: Page, site: Path) -> None:
    """The page's source is accepted by its type, the captions are a track with cues, and a chapter seeks."""
    name = built.relative_to(site).with_suffix(".html")
    page.browser.open(f"{page.base}/{name}", "document.readyState === 'complete'")
    state = page.browser.evaluate(
        """(async () => {
        const video = document.querySelector("video");
        if (video.readyState < 2) await new Promise((yes) => video.addEventListener("loadeddata", yes, {once: true}));
        const track = video.textTracks[0];
        track.mode = "showing";
        for (let at = 0; at < 100 && !(track.cues && track.cues.length); at += 1)
          await new Promise((yes) => setTimeout(yes, 50));
        const done = new Promise((yes) => video.addEventListener("seeked", yes, {once: true}));
        document.querySelectorAll("nav a")[2].click();
        await done;
        video.pause();
        const source = document.querySelector("source");
        return {kind: track.kind, cues: track.cues.length, at: video.currentTime, error: video.error,
                playable: video.canPlayType(source.type), chosen: video.currentSrc.split("/").at(-1)};
        })()"""
    )
    assert (state["kind"], state["error"], state["playable"]) == ("captions", None, "probably")
    assert state["cues"] >= 1
    assert state["chosen"] == built.name
    assert state["at"] > 2
