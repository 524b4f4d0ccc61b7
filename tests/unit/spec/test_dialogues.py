"""Narrations that are lists: their voices, speakers, languages and problems."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.spec_lab import Project
from vidbuild.model import Narration, Scene, Voice

VOICES = {
    "host": "espeak:en-us+f3",
    "new_user": "espeak:en-gb",
    "hostB": {"engine": "espeak", "name": "en-us", "speaker": "A. Reader"},
}


def scene(project: Project, narration: Any, **fields: Any) -> Scene:
    """The scene with this narration. fields: of the spec."""
    return project.spec({"narration": narration}, voices=VOICES, voice="espeak:en-us", **fields).scenes[0]


def test_voices_and_speakers(project: Project) -> None:
    """An entry's voice is its own or the scene's; its speaker its own, the voice's, or the voice's name in `voices`."""
    entries: list[Any] = [
        "One.",
        {"text": "Two.", "voice": "host"},
        {"text": "Three.", "voice": "new_user"},
        {"text": "Four.", "voice": "hostB"},
        {"text": "Five.", "voice": "hostB", "speaker": "Somebody", "pause": 1.5},
        {"text": "Six.", "voice": "espeak:de"},
    ]
    found = scene(project, entries).narration
    assert isinstance(found, Narration)
    assert [each.speaker for each in found.utterances] == ["", "Host", "New User", "A. Reader", "Somebody", ""]
    assert [each.voice.name for each in found.utterances] == ["en-us", "en-us+f3", "en-gb", "en-us", "en-us", "de"]
    assert [each.pause for each in found.utterances] == [0, 0.4, 0.4, 0.4, 1.5, 0.4]
    assert found.text == "One. Two. Three. Four. Five. Six."
    other = scene(project, ["One.", "Two."], defaults={"pause_between": 0.1}).narration
    assert isinstance(other, Narration)
    assert [each.pause for each in other.utterances] == [0, 0.1]


@pytest.mark.parametrize(
    ("language", "voice", "text", "spoken"),
    [
        ("en", "espeak:de", "Es sind 5 GB.", "Es sind 5 Gigabyte."),
        ("en", "edge:de-DE-KatjaNeural", "Es sind 5 GB.", "Es sind 5 Gigabyte."),
        ("en-GB", "espeak:en-us+m3", "It is 5 GB.", "It is five gigabytes."),
        ("en", "edge:fil-PH-AngeloNeural", "5 GB", "5 GB"),
        ("de", "natural:heart", "It is 5 GB.", "It is five gigabytes."),
        ("de", "espeak:en-gb", "It is 5 GB.", "It is five gigabytes."),
        ("de", "espeak:de+f3", "Es sind 5 GB.", "Es sind 5 Gigabyte."),
    ],
)
def test_a_text_is_read_in_the_language_of_its_voice(
    project: Project, language: str, voice: str, text: str, spoken: str
) -> None:
    """A narration and an entry of a dialogue are read in their voice's language, which need not be the spec's."""
    for narration in (text, ["One.", {"voice": voice, "text": text}]):
        fields: dict[str, Any] = {} if isinstance(narration, list) else {"voice": voice}
        found = (
            project.spec({"narration": narration, **fields}, language=language, voice="espeak:af").scenes[0].narration
        )
        assert isinstance(found, Narration)
        assert (found.utterances[1].narration if found.utterances else found).spoken == spoken


def test_the_scenes_voice_has_a_name_too(project: Project) -> None:
    """An entry without a voice has the speaker of the scene's or the spec's voice."""
    scenes = {"narration": ["One."]}, {"narration": ["Two."], "voice": "new_user"}
    spec = project.spec(*scenes, voices=VOICES, voice="host")
    speakers = [each.narration.utterances[0].speaker for each in spec.scenes if isinstance(each.narration, Narration)]
    assert speakers == ["Host", "New User"]


def test_cues_count_in_the_whole_narration(project: Project) -> None:
    """A cue of a later entry is at its word among the words of all entries."""
    items = [{"text": "A", "at": "a"}, {"text": "B", "at": "b"}]
    fields = {"type": "list", "items": items, "narration": ["One two.", "Three [[a]] four. [[b]]"]}
    found = project.spec(fields, voice="espeak:en-us").scenes[0].narration
    assert isinstance(found, Narration)
    assert found.cues == {"a": 3, "b": 4}
    assert found.utterances[1].narration.cues == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "narration", [{"de": ["Hallo."], "en": ["Hello."]}, [{"text": {"de": "Hallo.", "en": "Hello."}}]]
)
def test_a_dialogue_in_two_languages(project: Project, narration: Any) -> None:
    """A list for each language, and texts by language in a list, give the same narrations."""
    found = scene(project, narration).narration
    assert not isinstance(found, Narration)
    assert found is not None
    assert {language: each.text for language, each in found.items()} == {"de": "Hallo.", "en": "Hello."}


def test_a_missing_language_is_located_at_its_text(project: Project) -> None:
    """A text that lacks the video's language is an error at that text, which names those that it has."""
    text = (
        "vidbuild: 1\ntitle: A\nvoice: espeak:en-us\nscenes:\n  - id: a\n    type: title\n    title: A\n"
        "    narration:\n      - text: {en: Hello.}\n      - text: {de: Hallo.}\n"
    )
    message = "no narration in the video's language 'en': found 'de'"
    assert [each[:3] for each in project.problems(text)] == [(10, 15, message)]


@pytest.mark.parametrize(
    ("kind", "language", "voice"),
    [
        ("male", "en", "en-us+m3"),
        ("male", "en-GB", "en-gb+m3"),
        ("female", "de-AT", "de+f3"),
        ("male", "zh-Hant", "zh+m3"),
    ],
)
def test_voices_by_kind(project: Project, kind: str, language: str, voice: str) -> None:
    """`female` and `male` are the language's own voices of that kind."""
    plain = project.spec({"narration": "Hello."}, voice=kind, language=language)
    assert plain.scenes[0].voice == Voice("espeak", voice)
    named = project.spec({"narration": "Hello."}, voice="x", voices={"x": kind}, language=language)
    assert named.scenes[0].voice == Voice("espeak", voice)


def test_an_alias_comes_before_a_kind(project: Project) -> None:
    """A voice that the spec itself calls `female` is that one."""
    found = project.spec({"narration": "Hello."}, voice="female", voices={"female": "espeak:en-gb"})
    assert found.scenes[0].voice == Voice("espeak", "en-gb")


def test_a_kind_that_no_engine_has(project: Project) -> None:
    """For a language without a voice, a kind is an error at its place."""
    text = (
        "vidbuild: 1\ntitle: A\nlanguage: tlh\nvoice: male\nscenes:\n"
        "  - {id: a, type: title, title: A, narration: Hello.}\n"
    )
    assert (4, 8, "no male voice is known for the language 'tlh'") in [each[:3] for each in project.problems(text)]
