"""From the voice in a spec to the engine's voice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.spec_lab import Project
from vidbuild.model import Narration, Voice

SAID = {"narration": "Hello."}


@pytest.mark.parametrize(
    ("value", "voice"),
    [
        ("espeak:en-gb", Voice("espeak", "en-gb")),
        ("edge:en-US-AriaNeural", Voice("edge", "en-US-AriaNeural")),
        ({"engine": "espeak", "name": "en-us"}, Voice("espeak", "en-us")),
        (
            {"engine": "espeak", "name": "de", "rate": 120, "pitch": -5, "volume": 80},
            Voice("espeak", "de", 120, -5, 80),
        ),
        (
            {"engine": "edge", "name": "en-US-AriaNeural", "fallback": "espeak:en-us"},
            Voice("edge", "en-US-AriaNeural", fallback=Voice("espeak", "en-us")),
        ),
        (
            {
                "engine": "edge",
                "name": "en-US-AriaNeural",
                "fallback": {"engine": "espeak", "name": "en-us", "rate": 90},
            },
            Voice("edge", "en-US-AriaNeural", fallback=Voice("espeak", "en-us", 90)),
        ),
        ("host", Voice("espeak", "fr")),
        ("slow", Voice("espeak", "en-us", 70)),
    ],
)
def test_every_way_to_name_a_voice(project: Project, value: Any, voice: Voice) -> None:
    """ENGINE:NAME, a mapping, one with a fallback, and a name from `voices` all give the voice, for all or one."""
    voices = {"host": "espeak:fr", "slow": {"engine": "espeak", "name": "en-us", "rate": 70}}
    assert project.spec(SAID, voice=value, voices=voices).scenes[0].voice == voice
    spec = project.spec({**SAID, "voice": value}, SAID, voices=voices)
    assert [scene.voice for scene in spec.scenes] == [voice, Voice("natural", "heart")]


def test_a_fallback_may_be_an_alias(project: Project) -> None:
    """A fallback can be one of the names in `voices`."""
    value = {"engine": "edge", "name": "en-US-AriaNeural", "fallback": "host"}
    found = project.spec(SAID, voice=value, voices={"host": "espeak:fr"}).scenes[0].voice.fallback
    assert found == Voice("espeak", "fr")


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ("espeak:en-uss", "espeak has no voice 'en-uss'", "en-us"),
        ("espeek:en-us", "unknown voice engine 'espeek'", "'espeak'"),
        ("xyzzy:en-us", "unknown voice engine 'xyzzy'", "use natural, espeak, edge, nanotts, piper, speech or command"),
        ("hots", "unknown voice 'hots'", "did you mean 'host'?"),
        ("xyz", "unknown voice 'xyz'", "ENGINE:NAME"),
        ("recorded:a", "a recording is not a voice", "write the scene's narration as {audio: take.wav"),
        ("edge:Aria", "edge has no voice 'Aria': expected a name such as 'en-US-AriaNeural'", None),
        ({"engine": "espeak", "name": "xx-yy"}, "espeak has no voice 'xx-yy'", None),
        ({"engine": "espeak", "name": "en-us", "fallback": "hots"}, "unknown voice 'hots'", "'host'"),
    ],
)
def test_voices_that_do_not_exist(project: Project, value: Any, message: str, hint: str | None) -> None:
    """P42: an unknown engine, voice or alias is an error with the nearest names."""
    ((_, said, given),) = project.wrong({**SAID, "voice": value}, voices={"host": "espeak:fr"})
    assert said.startswith(message)
    assert hint is None or (given is not None and hint in given)


def test_the_token_that_is_wrong(project: Project) -> None:
    """P42: of ENGINE:NAME the half that is wrong is pointed to."""
    text = """\
vidbuild: 1
title: A
voice: espeak:en-uss
scenes: [{id: a, type: title, title: A, duration: 1, voice: espeek:en}]
"""
    found = project.try_load(text).diagnostics
    assert [(item.line, item.column, item.location.end_column) for item in found if item.location] == [
        (3, 15, 21),
        (4, 61, 67),
    ]


def test_every_alias_is_checked(project: Project) -> None:
    """P42: a name in `voices` that stands for no voice is an error at its definition, used or not."""
    found = project.wrong({**SAID, "voice": "a"}, voices={"a": "espeek:en-us", "b": "a", "c": "espeak:de"})
    assert [where for where, _, _ in found] == ["voices.a", "voices.b"]


def test_recordings_have_no_voice(project: Project) -> None:
    """A recorded narration's voice is the recording, so that the spec's voice does not touch it."""
    project.write("take1.wav", b"x")
    scene = project.scene(narration={"audio": "take1.wav", "text": "Hello."}, voice="espeak:de")
    assert scene.voice == Voice("recorded", "")
    assert isinstance(scene.narration, Narration)
    assert scene.narration.audio == project.root / "take1.wav"
