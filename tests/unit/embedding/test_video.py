"""What a page has of a video is what its outputs have."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.api.embed import Embeddable
from vidbuild.choice import Choice
from vidbuild.embedding.settings import Settings
from vidbuild.embedding.video import paths_of, read

CAPTIONS = "WEBVTT\nLanguage: en\n\n00:00:00.400 --> 00:00:03.530\nPlease\nNOTE this &amp; that.\n"
SEAL = "\nNOTE SubRip sha256:78b7\n\nNOTE vidbuild sha256:ce0f\n"


@pytest.mark.parametrize("ending", [".mp4", ".m4a"])
def test_a_caption_may_begin_as_a_note(tmp_path: Path, ending: str) -> None:
    """Notes of the file are left out; a line that is spoken and begins with the same word is not."""
    kind = "audio" if ending == ".m4a" else "video"
    files = {kind: ending, "captions": ".vtt"}
    item = Embeddable(Choice(), "talk", "Talk", "", "en", False, files, (0, 0), "video/mp4", {}, ())
    (tmp_path / f"talk{ending}").write_bytes(b"0")
    (tmp_path / "talk.vtt").write_text(f"{CAPTIONS}{SEAL}")
    video = read(item, paths_of(item, tmp_path), "abc", Settings())
    assert video.captions == CAPTIONS.strip()
    assert video.chapters[0].paragraphs == [("", "Please NOTE this & that.")]
