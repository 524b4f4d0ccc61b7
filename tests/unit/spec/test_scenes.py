"""Checks of one scene that the schema cannot express, and the scene that results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.spec_lab import Project
from vidbuild.model import Narration, Voice
from vidbuild.plan.variant import VideoSpec, own_variant

CODE = {"type": "code", "code": "one\ntwo\nthree\n"}


def test_defaults_and_spec_wide_values(project: Project) -> None:
    """A scene takes values that it does not set from `defaults` and from the schema."""
    plain = project.scene(narration="Hello.")
    assert (plain.pause_before, plain.pause_after, plain.min_duration) == (0.4, 0.6, 0.0)
    assert (plain.duration, plain.max_duration, plain.background) == (None, None, None)
    assert (plain.captions, plain.alt, plain.voice) == (True, "", Voice("natural", "heart"))
    assert plain.fields == {"title": "A", "kicker": "", "subtitle": ""}
    wide = project.spec({}, {"pause_after": 2}, defaults={"pause_before": 0, "pause_after": 1}).scenes
    assert [(scene.pause_before, scene.pause_after) for scene in wide] == [(0, 1), (0, 2)]


def test_numbers_are_floats(project: Project) -> None:
    """Times are floats whether the spec writes 4 or 4.0, so that nothing else follows from how they are written."""
    scene = project.scene(duration=4, min_duration=1, max_duration=9, pause_before=1, pause_after=0)
    times = (scene.duration, scene.min_duration, scene.max_duration, scene.pause_before, scene.pause_after)
    assert times == (4, 1, 9, 1, 0)
    assert all(isinstance(time, float) for time in times)


@pytest.mark.parametrize(
    ("own", "default", "expected"),
    [
        (..., ..., ("cut", 0.0)),
        (..., "fade", ("fade", 0.4)),
        (..., {"type": "fade", "duration": 1}, ("fade", 1.0)),
        ("cut", "fade", ("cut", 0.0)),
        ("fade", "cut", ("fade", 0.4)),
        ({"type": "fade"}, {"type": "fade", "duration": 1}, ("fade", 0.4)),
        ({"type": "fade", "duration": 0}, ..., ("cut", 0.0)),
        ({"type": "cut", "duration": 1}, ..., ("cut", 0.0)),
    ],
)
def test_transitions(project: Project, own: Any, default: Any, expected: tuple[str, float]) -> None:
    """A scene's transition wins over the default; one that takes no time is a cut; the last scene has none."""
    top = {} if default is ... else {"defaults": {"transition": default}}
    first, last = project.spec({"transition": own}, {"transition": own}, **top).scenes
    assert (first.transition.type, first.transition.seconds) == expected
    assert (last.transition.type, last.transition.seconds) == ("cut", 0.0)


def test_narration_in_several_languages(project: Project) -> None:
    """A scene keeps its narration in every language; the one in the spec's language must be there."""
    said = {"narration": {"en": "Hello.", "de": "Hallo."}}
    for language, text in (("en", "Hello."), ("de", "Hallo.")):
        narrations = project.spec(said, language=language).scenes[0].narration
        assert isinstance(narrations, Mapping)
        assert narrations[language].text == text
    message = "no narration in the video's language 'fr': found 'en', 'de'"
    assert project.wrong(said, language="fr") == [("scenes[0].narration", message, "add 'fr: ...' to the narration")]


def test_recorded_narration(project: Project) -> None:
    """A recording has its text, its cues and its file."""
    project.write("take1.wav", b"x")
    scene = project.scene(
        type="list", items=[{"text": "a", "at": "go"}], narration={"audio": "take1.wav", "text": "Now [[go]]."}
    )
    assert isinstance(scene.narration, Narration)
    assert (scene.narration.text, scene.narration.cues) == ("Now.", {"go": 1})
    assert project.wrong({"narration": {"audio": "take2.wav", "text": "Hello."}}) == [
        ("scenes[0].narration.audio", "file 'take2.wav' does not exist", "did you mean 'take1.wav'?")
    ]


@pytest.mark.parametrize(
    ("fields", "where", "message"),
    [
        ({"duration": ...}, "id", "scene 's0' has neither 'narration' nor 'duration'"),
        (
            {"min_duration": 6, "max_duration": 5, "narration": "A."},
            "max_duration",
            "max_duration 5 is less than min_duration 6",
        ),
        ({"duration": 2, "min_duration": 2.5}, "duration", "duration 2 is less than min_duration 2.5"),
        ({"duration": 9, "max_duration": 5}, "duration", "duration 9 is more than max_duration 5"),
        ({"type": "code"}, "id", "a code scene needs 'code' or 'file'"),
        ({**CODE, "lines": "2-9"}, "lines", "lines 2 to 9 are not in the code, which has lines 1 to 3"),
        (
            {**CODE, "highlight": [{"lines": "4"}]},
            "highlight[0].lines",
            "line 4 is not in the code, which has lines 1 to 3",
        ),
        ({**CODE, "highlight": [{"lines": "3-2"}]}, "highlight[0].lines", "lines '3-2' end before they start"),
        (
            {"type": "command", "commands": [{"run": "a"}, {"at": 1}]},
            "commands[1]",
            "an entry of 'commands' needs 'run' or 'output'",
        ),
        (
            {"type": "clip", "src": "clip.mp4", "start": 3, "end": 3},
            "end",
            "'end' must be after 'start' (3 s), not 3 s",
        ),
        ({"type": "image", "src": "gone/x.png"}, "src", "file 'gone/x.png' does not exist"),
        (
            {"type": "image", "src": "clip.mp4"},
            "src",
            "'clip.mp4' is not a PNG, JPEG, WebP, AVIF, GIF, TIFF, BMP or SVG image",
        ),
        ({"type": "image", "src": "../x.png"}, "src", "'../x.png' is outside the project folder '.'"),
        ({"type": "clip", "src": "rtmp://x/y"}, "src", "'rtmp://x/y' is not a path: 'rtmp:' is a protocol"),
        ({"type": "code", "file": "dot.png"}, "file", "file 'dot.png' is not UTF-8 text"),
        ({**CODE, "file": "v.py"}, "file", "'file' and 'code' cannot both be given"),
    ],
)
def test_what_the_schema_cannot_express(project: Project, fields: dict[str, Any], where: str, message: str) -> None:
    """P42: conflicts between fields, and files of the wrong kind, are errors at the field."""
    assert [(place, said) for place, said, _ in project.wrong(fields)] == [(f"scenes[0].{where}", message)]


def test_a_silent_clip_needs_no_duration(project: Project) -> None:
    """A clip lasts as long as it plays."""
    assert project.scene(type="clip", src="clip.mp4", duration=...).duration is None


def test_cues_must_be_defined(project: Project) -> None:
    """P42: an `at` that no narration defines is an error with the nearest cue, which is then not unused."""
    items = [{"text": "a", "at": "tpyed"}, {"text": "b", "at": "done"}, {"text": "c", "at": 2}]
    said = "Go [[typed]] on [[done]]."
    assert project.wrong({"type": "list", "items": items, "narration": said}) == [
        ("scenes[0].items[0].at", "no narration defines cue 'tpyed'", "did you mean 'typed'?")
    ]
    assert project.wrong({"type": "list", "items": items[:1]}) == [
        ("scenes[0].items[0].at", "no narration defines cue 'tpyed'", "add a 'narration' with '[[tpyed]]' in it")
    ]


def test_cues_of_one_language(project: Project) -> None:
    """Cues are those of the language that is spoken."""
    scene = {"type": "list", "items": [{"text": "a", "at": "x"}], "narration": {"en": "a [[x]]", "de": "b"}}
    assert project.wrong(scene, language="en") == []
    assert [said for _, said, _ in project.wrong(scene, language="de")] == ["no narration defines cue 'x'"]


def test_unused_cues_are_doubtful(project: Project) -> None:
    """A cue that nothing uses is a warning at the mark."""
    scene = "  - id: a\n    type: title\n    title: A\n    narration: >\n      Say\n      it [[now]].\n"
    examined = project.try_load(f"vidbuild: 1\ntitle: A\nscenes:\n{scene}")
    assert examined.spec is not None
    (found,) = examined.diagnostics
    assert (found.severity, found.message, found.line, found.column) == (
        "warning",
        "no 'at' uses cue 'now'",
        9,
        10,
    )


def test_files_are_absolute_and_listed(project: Project) -> None:
    """A scene's files are absolute paths, and the spec lists all that was looked at, each once."""
    project.write("src/a.py", "print(1)\n")
    project.write("take1.wav", b"x")
    spec = project.spec(
        {"type": "image", "src": "dot.png"},
        {"type": "image", "src": "./dot.png"},
        {"type": "clip", "src": "clip.mp4"},
        {"type": "code", "file": "src/a.py"},
        {"narration": {"audio": "take1.wav", "text": "A."}},
    )
    root = project.root
    assert spec.scenes[0].fields["src"] == str(root / "dot.png")
    assert spec.scenes[0].fields["image_size"] == [6, 4]
    assert spec.scenes[3].fields["code"] == "print(1)\n"
    assert [path for path in spec.files if path.is_relative_to(root)] == [
        root / name for name in ("dot.png", "clip.mp4", "src/a.py", "take1.wav")
    ]


def test_places(project: Project) -> None:
    """A scene has the place of each of its fields; its own is its id's; inherited values have the place in the spec."""
    text = (
        "vidbuild: 1\ntitle: A\nvoice: espeak:en-us\ndefaults: {transition: fade}\nscenes:\n"
        "  - type: list\n    id: a\n    items: [x, {text: y, at: 1}]\n    duration: 4\n"
        "  - {id: b, type: title, title: B, duration: 3, voice: 'espeak:de', transition: cut}\n"
    )
    spec = project.try_load(text).spec
    assert spec is not None
    one, two = (scene.locations for scene in spec.scenes)
    assert {name: place.line for name, place in one.items()} == {
        "": 7,
        "type": 6,
        "id": 7,
        "items": 8,
        "items.0": 8,
        "items.1": 8,
        "items.1.text": 8,
        "items.1.at": 8,
        "duration": 9,
        "voice": 3,
        "transition": 4,
    }
    assert (two["voice"].line, two["transition"].line, two[""].column) == (10, 10, 10)
    assert (spec.locations["title"].line, spec.locations["defaults.transition"].column) == (2, 24)
    assert not any(name.startswith("scenes") for name in spec.locations)


V18 = [
    '"',
    "'",
    ";",
    ":",
    "%",
    "\\",
    "[0:v]",
    "{}",
    "{",
    "}",
    "🎉",
    "👩‍💻",
    "שלום",
    "日本語",
    "a=b,c",
    "$(x)",
    "`x`",
    "#",
    "<b>&amp;",
    "%{pts}",
]


@pytest.mark.parametrize("text", V18)
def test_every_text_in_every_field(project: Project, text: str) -> None:
    """V18: quotes, separators, filter labels, emoji, right-to-left and wide text pass whole through every field."""
    project.write("x.py", text)
    spec = project.spec(
        {"title": text, "subtitle": text, "kicker": text, "alt": text, "notes": text, "narration": f"word {text} b"},
        {"type": "list", "title": text, "items": [text, {"text": text, "detail": text}]},
        {"type": "command", "commands": [{"run": text, "output": text}], "prompt": text, "shell": text},
        {"type": "code", "code": text, "filename": text, "language": text},
        {"type": "image", "src": "dot.png", "caption": text},
        {"type": "outro", "title": text, "subtitle": text, "links": [text]},
        title=text,
        description=text,
        pronounce={"word": text},
        reading="verbatim",
    )
    one, two, three, four, five, six = (scene.fields for scene in spec.scenes)
    assert (spec.title, spec.description) == (text, text)
    assert one == {"title": text, "subtitle": text, "kicker": text}
    assert isinstance(spec.scenes[0].narration, Narration)
    plain = text.strip("`")  # a narration has no markup
    assert spec.scenes[0].narration.text == f"word {plain} b"
    assert spec.scenes[0].narration.spoken == f"{text} {plain} b"
    assert two["items"] == [text, {"text": text, "detail": text}]
    assert (three["commands"], three["prompt"]) == ([{"run": text, "output": text}], text)
    assert (four["code"], four["filename"], five["caption"], six["links"]) == (text, text, text, [text])


def test_a_language_serves_for_its_regions(project: Project) -> None:
    """A spec in en-GB takes the narration in en, and so does its video; en does not take that in en-GB."""
    scene = {"type": "list", "items": [{"text": "a", "at": "x"}], "narration": {"en": "Hello [[x]] there.", "de": "b"}}
    assert project.wrong(scene, language="en-GB") == []
    spec = project.spec(scene, language="en-GB")
    narration = VideoSpec.of(spec, own_variant(spec)).narration(spec.scenes[0])
    assert narration is not None
    assert narration.text == "Hello there."
    only = {**scene, "narration": {"en-GB": "Hello [[x]] there."}}
    found = [message for _, message, _ in project.wrong(only, language="en")]
    assert found == ["no narration in the video's language 'en': found 'en-GB'"]
