"""The step that writes captions and chapters."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.audio_lab import context, timing
from vidbuild.engine.graph.context import Context
from vidbuild.media.container import ffmetadata
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.steps import captions

SCENES = [
    {"id": "intro", "type": "title", "title": "Hello = world; #1"},
    {"id": "quiet", "type": "image", "title": ""},
    {"id": "end", "type": "outro", "title": "Bye"},
]


def made(tmp_path: Path, **sections: str) -> Context:
    """Three scenes of two, three and two seconds, of which the second is silent.

    sections: id of a scene -> the section that begins with it.
    """
    scenes = [{**scene, **({"section": sections[scene["id"]]} if scene["id"] in sections else {})} for scene in SCENES]
    step = context(
        tmp_path / "a",
        "captions",
        {"language": "en", "fps": 24, "scenes": scenes},
        **{
            "timing:intro": timing(96_000, 4800, 48_000, (("Hello", 4800, 24_000), ("v2.1", 24_000, 48_000))),
            "timing:quiet": timing(144_000),
            "timing:end": timing(96_000, 0, 48_000, (("Bye.", 0, 48_000),)),
        },
    )
    captions.run(step)
    return step


def test_captions_follow_the_scenes(tmp_path: Path) -> None:
    """A scene without narration shows nothing but shifts what follows; text is as written, not as pronounced."""
    step = made(tmp_path)
    assert (step.out / "captions.srt").read_text(encoding="utf-8") == (
        "1\n00:00:00,100 --> 00:00:01,100\nHello v2.1\n\n2\n00:00:05,000 --> 00:00:06,000\nBye.\n"
    )
    assert (
        (step.out / "captions.vtt").read_text(encoding="utf-8").startswith("WEBVTT\nLanguage: en\n\n00:00:00.100 -->")
    )


def test_a_short_word_stays_on_in_the_silence_behind_it(tmp_path: Path) -> None:
    """A word at the end of a scene is shown for 0.8 s if the next scenes are silent for so long."""
    for silent in (True, False):
        step = context(
            tmp_path / str(silent),
            "captions",
            {"language": "en", "fps": 24, "scenes": SCENES},
            **{
                "timing:intro": timing(48_000, 0, 48_000, (("Go!", 36_000, 48_000),)),
                "timing:quiet": timing(24_000),
                "timing:end": timing(48_000, 0, 48_000, (() if silent else (("Bye, all.", 0, 48_000),))),
            },
        )
        captions.run(step)
        first = (step.out / "captions.srt").read_text(encoding="utf-8").splitlines()[1]
        assert first == f"00:00:00,750 --> 00:00:01,{717 if silent else 417}"
        assert [each.code for each in step.warnings] == ([] if silent else ["VB220"])


def test_chapters_name_every_scene(tmp_path: Path) -> None:
    """V18: each scene is a chapter with its title, or its id where it has none, and ffmpeg reads them back."""
    step = made(tmp_path)
    args = ["-f", "ffmetadata", "-i", str(step.out / "chapters.ffmeta"), "-f", "ffmetadata", "-"]
    printed = ffmpeg.capture(args, cwd=step.scratch, env=step.env, timeout=60, what="read chapters").output.decode()
    titles = [line.removeprefix("title=") for line in printed.splitlines() if line.startswith("title=")]
    assert titles == ["Hello \\= world\\; \\#1", "quiet", "Bye"]
    assert printed.count("[CHAPTER]") == 3
    starts = [line for line in printed.splitlines() if line.startswith("START=")]
    assert starts == ["START=0", "START=96000", "START=240000"]


def chapters(step: Context) -> list[tuple[int, str]]:
    """Return the start in samples and the title of each chapter."""
    return [
        (each.start, each.title)
        for each in ffmetadata.parse((step.out / "chapters.ffmeta").read_text(encoding="utf-8"))
    ]


def test_sections_are_the_chapters_if_the_first_scene_begins_one(tmp_path: Path) -> None:
    """Sections replace scenes as chapters only if every scene is in one."""
    assert chapters(made(tmp_path / "a", intro="Start", end="End")) == [(0, "Start"), (240_000, "End")]
    assert [title for _, title in chapters(made(tmp_path / "b", end="End"))] == ["Hello = world; #1", "quiet", "Bye"]


def test_a_scene_can_be_left_out_of_the_captions(tmp_path: Path) -> None:
    """A scene with `captions: false` is spoken but not shown; its chapter and its time stay."""
    scenes = [{**SCENES[0], "captions": False}, *SCENES[1:]]
    step = context(
        tmp_path / "a",
        "captions",
        {"language": "en", "fps": 24, "scenes": scenes},
        **{
            "timing:intro": timing(96_000, 4800, 48_000, (("Hello", 4800, 24_000),)),
            "timing:quiet": timing(144_000),
            "timing:end": timing(96_000, 0, 48_000, (("Bye.", 0, 48_000),)),
        },
    )
    captions.run(step)
    shown = (step.out / "captions.srt").read_text(encoding="utf-8")
    assert "Hello" not in shown
    assert "00:00:05,000" in shown
    assert (step.out / "chapters.ffmeta").read_text(encoding="utf-8").count("[CHAPTER]") == len(SCENES)


def test_a_caption_that_is_too_fast_is_named(tmp_path: Path) -> None:
    """N12: a warning quotes the fastest caption of a scene and points at its narration."""
    words = tuple(
        (word, index * 2400, (index + 1) * 2400) for index, word in enumerate(["far", "too", "many", "words"])
    )
    scenes = [{"id": "fast", "type": "title", "title": "T"}]
    step = context(
        tmp_path / "a",
        "captions",
        {"language": "en", "fps": 24, "scenes": scenes},
        **{"timing:fast": timing(9600, 0, 9600, words)},
    )
    captions.run(step)
    warning, short = step.warnings
    assert short.message.startswith("captions too short to read: expected at least 0.8 s, got 0.12 s in 'far too many")
    assert warning.message.startswith("captions too fast to read: expected at most 20 characters a second, got ")
    assert "'far too many words'" in warning.message
    assert warning.field == "scenes.fast.narration"
    assert warning.hint is not None
    assert {"'rate'", "'text'"} <= set(re.findall(r"'\w+'", warning.hint)), "what a voice needs, and what a recording"


def test_captions_that_can_be_read_give_no_warning(tmp_path: Path) -> None:
    """N12: captions at an ordinary speed are not reported."""
    assert made(tmp_path).warnings == []
