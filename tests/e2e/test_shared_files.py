"""What goes with a video by choice, and the mark that its speech is synthetic, through the command."""

from __future__ import annotations

import re

import pytest

from tests.support.workspace import Workspace
from vidbuild.media.container.xmp import BOX_TYPE

SPEC = """\
vidbuild: 1
title: "Talk of <two>"
language: {language}
voices: {{a: {{engine: espeak, name: en-us, speaker: Ada}}, b: {{engine: espeak, name: en-gb, speaker: Bo}}}}
voice: espeak:en-us
output: {{size: 128x72, fps: 24}}
also: [transcript, chapters, page]
scenes:
  - id: one
    type: title
    title: One & only
    alt: A title.
    narration: [{{voice: a, text: "First I speak. Then *I* go on."}}, {{voice: b, text: "Now I do."}}]
  - {{id: two, type: title, title: Two, duration: 11}}
"""


def test_files_are_written_by_choice(workspace: Workspace) -> None:
    """`also` adds files, of which the video's own steps know nothing, and a build with nothing to do keeps them."""
    spec = SPEC.format(language="en")
    workspace.write("video.yaml", spec.replace("also:", "x-also:"))
    workspace.build()
    before = {path.name for path in (workspace.root / "build").iterdir()}
    workspace.write("video.yaml", spec)
    workspace.build()
    assert workspace.ran() == ["transcript"]
    added = {path.name for path in (workspace.root / "build").iterdir()} - before
    assert added == {"video.transcript.md", "video.transcript.html", "video.chapters.txt", "video.html"}
    workspace.build()
    assert workspace.ran() == []


def test_the_transcript_names_speakers_and_pictures(workspace: Workspace) -> None:
    """Each turn is a paragraph with its speaker's name, below the chapter and the alternative text."""
    workspace.write("video.yaml", SPEC.format(language="en"))
    workspace.build()
    text = workspace.read("build/video.transcript.md").partition("<!--")[0]
    assert re.sub(r"Two \(0:0\d\)", "Two (0:0X)", text).strip().split("\n\n") == [
        r"# Talk of \<two\>",
        r"## One \& only (0:00)",
        "*A title.*",
        "**Ada:** First I speak. Then I go on.",
        "**Bo:** Now I do.",
        "## Two (0:0X)",
    ]
    assert workspace.read("build/video.chapters.txt").startswith("0:00 Two\n\nNot listed")
    page = workspace.read("build/video.transcript.html")
    assert "<p><b>Bo:</b> Now I do.</p>" in page


@pytest.mark.parametrize(("language", "direction"), [("en", ""), ("ar", ' dir="rtl"')])
def test_the_page_is_self_contained(workspace: Workspace, language: str, direction: str) -> None:
    """The page refers to the video and its poster alone, and is read in the direction of its language."""
    workspace.write("video.yaml", SPEC.format(language=language))
    workspace.build()
    page = workspace.read("build/video.html")
    assert f'<html lang="{language}"{direction}>' in page
    targets = set(re.findall(r'(?:src|poster|href)="([^"#]+)', page))
    assert {target for target in targets if not target.startswith("data:")} == {"video.mp4", "video.poster.png"}
    assert "http" not in page.replace('http-equiv="', "")


def test_synthetic_speech_is_marked(workspace: Workspace) -> None:
    """The file says which voices speak; one without any says nothing."""
    workspace.write("video.yaml", SPEC.format(language="en"))
    workspace.build()
    data = (workspace.root / "build" / "video.mp4").read_bytes()
    assert data.count(BOX_TYPE) == 1
    assert b"digitalsourcetype/compositeSynthetic<" in data
    assert b"synthetic voices: espeak:en-gb, espeak:en-us<" in data
    silent = (
        SPEC.format(language="en").partition("  - id: one")[0] + "  - {id: a, type: title, title: A, duration: 1}\n"
    )
    workspace.write("video.yaml", silent)
    workspace.build()
    assert BOX_TYPE not in (workspace.root / "build" / "video.mp4").read_bytes()
