"""Several videos of one spec, built by the command: files, equal steps, choices, layouts and other commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support import decoding, event_log
from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: {en: Two words, de: Zwei Worte, ar: كلمتان}
languages: [en, de, ar]
output: {size: 320x180, fps: 25}
voice: espeak:en-us
theme: paper
defaults: {pause_before: 0, pause_after: 0, transition: cut}
scenes:
  - id: sign
    type: image
    src: sign.png
    narration: {en: Look at this sign., de: Schau auf dieses Schild., ar: انظر إلى هذه العلامة.}
  - id: list
    type: list
    title: {en: Words, de: Worte, ar: كلمات}
    items: [{en: One, de: Eins, ar: واحد}]
    duration: 1
"""
LANGUAGES = ("en", "de", "ar")
SHAPES = """\
vidbuild: 1
title: A
output: {size: 320x180, fps: 25}
outputs: [{name: wide}, {name: tall, size: 180x320, scenes: [two]}]
theme: paper
scenes:
  - {id: one, type: title, title: One, duration: 0.4, only: [wide]}
  - {id: two, type: title, title: Two, duration: 0.4, on: {tall: {title: Zwei}}}
"""
SHARED = """\
vidbuild: 1
title: Two lines
languages: [en, de]
output: {size: 320x180, fps: 25}
voice: espeak:en-us
scenes:
  - id: code
    type: code
    language: python
    code: |
      print("one")
      print("two")
    highlight: [{lines: 1}, {lines: 2}]
    narration:
      en: The first line and the second.
      de: Hier sehen wir nun zuerst die erste Zeile und danach, ein ganzes Stück später, auch die zweite Zeile.
"""
SUFFIXES = (".mp4", ".srt", ".vtt", ".timing.json", ".report.html", ".poster.png")


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """A spec in three languages, with a picture that has no text."""
    workspace.write("video.yaml", SPEC)
    Image.new("RGB", (32, 18), "#224466").save(workspace.root / "sign.png")
    return workspace


def build(space: Workspace, *args: str, code: int = 0) -> dict[str, Any]:
    """Build the spec and return the JSON object that the command printed."""
    outcome = space.run("build", "--json", "--events", "events.jsonl", *args)
    assert outcome.code == code, outcome.stderr
    return outcome.data


def started(space: Workspace) -> list[str]:
    """The steps that the last build ran, with the names of their videos."""
    events = event_log.read(space.root / "events.jsonl")
    event_log.check(events)
    return [each["step"] for each in events if each["type"] == "step_started"]


def layers(space: Workspace, *args: str) -> dict[str, str]:
    """Step -> key of the steps that draw."""
    steps = space.run("explain", "video.yaml", "--all", "--json", *args).data["steps"]
    return {each["step"]: each["key"] for each in steps if each["kind"] == "draw"}


def test_each_language_is_a_video(project: Workspace) -> None:
    """N11: one run makes all outputs in each language, and one more language runs no step of the others."""
    project.write("video.yaml", SPEC.replace("[en, de, ar]", "[en, de]"))
    data = build(project)
    assert [(each["name"], each["language"], each["status"]) for each in data["videos"]] == [
        ("en", "en", "built"),
        ("de", "de", "built"),
    ]
    names = {path.name for path in (project.root / "build").iterdir() if path.name[0] != "."}
    assert names == {f"video.{language}{suffix}" for language in ("en", "de") for suffix in SUFFIXES}
    assert sum(step.endswith("draw:sign") for step in started(project)) == 1, "a picture without text is drawn once"
    timing = json.loads(project.read("build/video.de.timing.json"))
    assert (timing["title"], timing["language"], timing["scenes"][0]["words"][0]["text"]) == (
        "Zwei Worte",
        "de",
        "Schau",
    )
    assert "Schau auf dieses Schild." in project.read("build/video.de.vtt")
    assert "video.de.mp4" in project.read("build/video.de.report.html")

    project.write("video.yaml", SPEC)
    data = build(project)
    assert [each["status"] for each in data["videos"]] == ["up-to-date", "up-to-date", "built"]
    assert {step.partition("/")[0] for step in started(project)} == {"ar"}
    again = build(project)
    assert (again["status"], again["steps"]["ran"], started(project)) == ("up-to-date", [], [])


def test_a_scene_is_rendered_once_for_languages_of_other_lengths(workspace: Workspace) -> None:
    """P3, N11: what shows the same in all languages is rendered once, though words and reveals come at other times."""
    workspace.write("video.yaml", SHARED)
    build(workspace, "--verify")
    ran = [step.partition("/")[2] for step in started(workspace)]
    assert {kind: ran.count(f"{kind}:code") for kind in ("timeline", "draw", "render", "audio")} == {
        "timeline": 2,
        "draw": 1,
        "render": 1,
        "audio": 2,
    }
    lengths = [json.loads(workspace.read(f"build/video.{each}.timing.json"))["duration"] for each in ("en", "de")]
    assert lengths[1] > lengths[0] + 1
    for language, length in zip(("en", "de"), lengths, strict=True):
        video = decoding.packets(workspace.root / f"build/video.{language}.mp4")
        assert len(video) == round(length * 25)


def test_the_layout_is_mirrored_for_languages_read_from_the_right(project: Workspace) -> None:
    """A list has its bullets at the left in English and German, and at the right in Arabic."""
    inks = {}
    for language in LANGUAGES:
        outcome = project.run("still", "video.yaml", "list", "--language", language, "--json")
        assert outcome.code == 0, outcome.stderr
        path = project.root / outcome.data["path"]
        assert path.name == f"video.{language}.list.png"
        inks[language] = _ink(path)
    assert inks["en"][0] < 0.15
    assert inks["de"][0] < 0.15
    assert inks["ar"][1] > 0.85
    assert inks["ar"][0] > 0.4


def _ink(path: Path) -> tuple[float, float]:
    """Where the text of a frame begins and ends, in shares of its width; the theme's background is light."""
    with Image.open(path) as image:
        dark = image.convert("L").point(lambda value: 255 * (value < 110))
        box = dark.getbbox()
        assert box is not None
        return box[0] / image.width, box[2] / image.width


def test_keys_have_no_language_that_nothing_shows(project: Workspace) -> None:
    """Pictures with equal texts have equal keys in languages that are read in one direction."""
    keys = layers(project)
    assert keys["en/draw:sign"] == keys["de/draw:sign"]
    assert len({keys[f"{each}/draw:list"] for each in LANGUAGES}) == 3
    alone = SPEC.replace("languages: [en, de, ar]", "language: en").replace(
        "{en: Two words, de: Zwei Worte, ar: كلمتان}", "Two words"
    )
    alone = alone.replace("{en: Words, de: Worte, ar: كلمات}", "Words").replace("{en: One, de: Eins, ar: واحد}", "One")
    project.write("video.yaml", alone)
    assert layers(project) == {f"draw:{name}": keys[f"en/draw:{name}"] for name in ("sign", "list")}


def test_a_missing_text_is_refused_only_with_strict(project: Workspace) -> None:
    """`check` and `build` warn of a missing text at its place, and refuse it with --strict."""
    project.write("video.yaml", SPEC.replace("{en: Words, de: Worte, ar: كلمات}", "{en: Words, ar: كلمات}"))
    checked = project.run("check", "video.yaml", "--json").data
    (warning,) = checked["specs"][0]["warnings"]
    assert (warning["line"], warning["message"]) == (15, "no 'title' in 'de': the one in 'en' takes its place")
    assert project.run("check", "video.yaml", "--strict").code == 2
    strict = project.run("build", "video.yaml", "--strict")
    assert strict.code == 2
    assert "15:12: no 'title' in 'de'" in strict.stderr
    assert project.run("check", "video.yaml", "--language", "en", "--strict").code == 0


def test_each_output_is_a_video(workspace: Workspace) -> None:
    """Outputs have their own size, scenes and fields; --output-name builds one of them."""
    workspace.write("video.yaml", SHAPES)
    data = build(workspace, "--output-name", "tall")
    assert [(each["name"], each["status"]) for each in data["videos"]] == [("tall", "built")]
    assert data["steps"]["ran"][0] == "timeline:two", "one video needs no name in its steps"
    timing = json.loads(workspace.read("build/video.tall.timing.json"))
    assert [each["id"] for each in timing["scenes"]] == ["two"]
    with Image.open(workspace.root / "build/video.tall.poster.png") as poster:
        assert poster.size == (180, 320)
    data = build(workspace)
    assert [(each["name"], each["status"]) for each in data["videos"]] == [("wide", "built"), ("tall", "up-to-date")]
    assert {step.partition("/")[0] for step in started(workspace)} == {"wide"}
    planned = workspace.run("graph", "video.yaml").stdout
    assert "wide/render:one" in planned
    assert "tall/render:two" in planned


def test_wrong_choices_name_what_there_is(project: Workspace) -> None:
    """A language or output that the spec does not have is a usage error with the nearest one."""
    wrong = project.run("build", "video.yaml", "--language", "fr")
    assert (wrong.code, wrong.stderr) == (
        2,
        "vidbuild: 'video.yaml' has no language 'fr'\n      hint: there are en, de, ar\n",
    )
    single = project.run("build", "video.yaml", "-o", "one.mp4")
    assert single.code == 2
    assert "is one file, but the spec has 3 videos" in single.stderr


def test_a_wrong_language_stops_no_other_with_keep_going(project: Workspace) -> None:
    """With -k a video whose text is wrong fails alone, with the others in their places."""
    wrong = SPEC.replace("de: Schau auf dieses Schild.", "de: 'Schau [[.'")
    project.write("video.yaml", wrong)
    data = build(project, "-k", code=2)
    assert [each["status"] for each in data["videos"]] == ["failed", "built", "built"]
    assert {each["name"] for each in data["videos"] if each["status"] == "failed"} == {"de"}
    assert (project.root / "build/video.ar.mp4").exists()
    assert [each["line"] for each in data["errors"]] == [12]


def test_videos_are_verified_one_by_one(workspace: Workspace) -> None:
    """`build --verify` rebuilds each of a spec's videos and compares its outputs."""
    workspace.write("video.yaml", SHAPES)
    outcome = workspace.run("build", "video.yaml", "--verify")
    assert outcome.code == 0, outcome.stderr
    assert outcome.stdout.count("identical when rebuilt from an empty cache") == 2
