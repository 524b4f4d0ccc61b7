"""Speech with pauses, to the sample."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.audio_lab import ENV, context, result, silence
from tests.support.fake_edge import FakeEdge
from vidbuild.media.audio import wav
from vidbuild.steps import pauses, speak
from vidbuild.steps.pauses import Part
from vidbuild.voices.edge import ENDPOINT

ESPEAK = {"engine": "espeak", "name": "en-us", "rate": 100, "pitch": 0}
EDGE = {**ESPEAK, "engine": "edge", "name": "en-US-AriaNeural"}


def spoken(folder: Path, text: str, silences: list[list[int]], voice: dict[str, Any], **env: str) -> Any:
    """Run the step; return its context."""
    written = [[at, f"{samples / 48_000:.9g} s"] for at, samples in silences]
    params = {"narration": text, "voice": voice, "language": "en", **({"pauses": written} if written else {})}
    step = context(folder, "speak:a", params, env={**ENV, **env})
    speak.run(step)
    return step


def test_espeak_is_silent_for_exactly_that_long(tmp_path: Path) -> None:
    """The audio is that of the parts, with as many samples of silence between and around them as the spec asks for."""
    first, second = (
        wav.read(spoken(tmp_path / str(nth), text, [], ESPEAK).out / "narration.wav")
        for nth, text in enumerate(("Hello there.", "Bye now."))
    )
    step = spoken(tmp_path / "both", "Hello there. Bye now.", [[0, 7], [13, 38_401], [21, 1]], ESPEAK)
    audio = wav.read(step.out / "narration.wav")
    assert audio == silence(7) + first + silence(38_401) + second + silence(1)
    words = result(step, "words.json")
    assert words["samples"] == len(audio)
    assert [(word["text"], word["at"]) for word in words["words"]] == [
        ("Hello", 0),
        ("there.", 6),
        ("Bye", 13),
        ("now.", 17),
    ]
    assert words["words"][1]["end"] <= 7 + len(first)
    assert words["words"][2]["start"] >= 7 + len(first) + 38_401


@pytest.mark.usefixtures("loopback")
def test_an_online_voice_is_silent_for_exactly_that_long(tmp_path: Path) -> None:
    """The same with a service, which gets each part as a request of its own."""
    with FakeEdge(tmp_path, ENV) as server:
        env = {ENDPOINT: server.endpoint}
        both = spoken(tmp_path / "a", "Hello there. Bye now.", [[13, 24_000]], EDGE, **env)
        turns = list(server.turns)
        first, second = (
            wav.read(spoken(tmp_path / text[:3], text, [], EDGE, **env).out / "narration.wav")
            for text in ("Hello there.", "Bye now.")
        )
    assert [("Hello" in turn, "Bye" in turn) for turn in turns] == [(True, False), (False, True)]
    assert wav.read(both.out / "narration.wav") == first + silence(24_000) + second
    words = result(both, "words.json")["words"]
    assert words[2]["start"] >= len(first) + 24_000 > words[1]["end"]


@pytest.mark.usefixtures("loopback")
def test_a_fallback_speaks_all_parts(tmp_path: Path) -> None:
    """If the service fails at the second part, the fallback speaks the first one too: no narration has two voices."""
    voice = {**EDGE, "fallback": ESPEAK}
    with FakeEdge(tmp_path, ENV, plan=["ok", *["403"] * 9]) as server:
        step = spoken(tmp_path / "a", "Hello there. Bye now.", [[13, 24_000]], voice, **{ENDPOINT: server.endpoint})
    alone = spoken(tmp_path / "b", "Hello there. Bye now.", [[13, 24_000]], ESPEAK)
    assert result(step, "words.json")["voice"] == "espeak:en-us"
    assert (step.out / "narration.wav").read_bytes() == (alone.out / "narration.wav").read_bytes()


def test_parts_of_a_text() -> None:
    """Each part has its place in the text; sounds in IPA go to the part that they are in."""
    found, last = pauses.parts("One two three", [(4, 10), (13, 5)])
    assert (found, last) == ([Part("One", 0, 0), Part("two three", 4, 10)], 5)
    assert list(found[1].own([(0, 3, "a"), (8, 13, "b")])) == [(4, 9, "b")]


@pytest.mark.parametrize("text", ["Hello there.", "x"])
def test_without_a_pause_nothing_changes(tmp_path: Path, text: str) -> None:
    """A narration without pauses is the same bytes as before."""
    one, other = (spoken(tmp_path / name, text, [], ESPEAK) for name in "ab")
    assert (one.out / "words.json").read_bytes() == (other.out / "words.json").read_bytes()
