"""WebVTT captions in a real browser: every character is shown, and none of them at the start of the next chapter."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.browser_page import Page
from tests.support.workspace import Workspace

TEXTS = ("A Vec<String> & {braces} at C:\\new --> <b>bold</b>.", "Yes.", "No.", "The end.")
SPEC = """\
vidbuild: 1
title: Captions
voice: espeak:en-us
output: {size: 160x90, fps: 25}
scenes:
"""


@pytest.fixture(scope="module")
def captioned(site: Path, tmp_path_factory: pytest.TempPathFactory) -> list[float]:
    """A video with captions on the site; return when its scenes start, in seconds."""
    workspace = Workspace(tmp_path_factory.mktemp("captions") / "project")
    scenes = [
        f"  - {{id: s{index}, type: title, title: T, narration: '{text}', pause_after: 0, pause_before: 0}}\n"
        for index, text in enumerate(TEXTS)
    ]
    workspace.write("video.yaml", SPEC + "".join(scenes))
    workspace.build()
    for name in ("video.mp4", "video.vtt"):
        shutil.copy(workspace.root / "build" / name, site)
    timing = json.loads(workspace.read("build/video.timing.json"))
    return [scene["start"] for scene in timing["scenes"]]


def test_the_browser_shows_every_character(page: Page, captioned: list[float]) -> None:
    """N12: the text of each cue is what was written, with nothing taken for markup."""
    assert len(captioned) == len(TEXTS)
    page.fresh()
    page.call("load", "video.mp4")
    cues = page.call("captions", "video.vtt")
    assert " ".join(" ".join(cue["text"].split()) for cue in cues) == " ".join(TEXTS)


def test_no_caption_is_shown_again_in_the_next_chapter(page: Page, captioned: list[float]) -> None:
    """N12: at the very start of a scene, the caption of the scene before is not active."""
    page.fresh()
    page.call("load", "video.mp4")
    cues = page.call("captions", "video.vtt")
    for start in captioned[2:]:
        before = [cue["text"] for cue in cues if cue["start"] < start]
        end = max(cue["end"] for cue in cues if cue["start"] < start)
        assert start - end < 2 / 25 + 0.002, "it lasts as long as it may"
        active = page.call("active", start)
        assert not set(active) & set(before), (start, active)
    assert page.call("active", (cues[0]["start"] + cues[0]["end"]) / 2) == [cues[0]["text"]], "captions are shown"
