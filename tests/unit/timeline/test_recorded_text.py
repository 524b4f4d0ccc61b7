"""Texts that cannot be what is spoken in a recording, and those that can."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from vidbuild.media.audio import activity, wav
from vidbuild.media.text.words import EngineWord, Speech, Token
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.timeline.params import TimelineParams, UtteranceParams
from vidbuild.timeline.recorded_text import warnings
from vidbuild.voices.protocol import SpeechRequest
from vidbuild.voices.registry import ENGINES

TEXTS = {
    "en-us": "It installs in 2 seconds, and then it builds your video from one file.",
    "de": "Die Installation dauert nur wenige Sekunden.",
    "cmn": "安装只需要几秒钟。",
    "ja": "インストールはすうびょうでおわります。",
    "ar": "يستغرق التثبيت بضع ثوان.",
    "hi": "इंस्टॉल करने में कुछ सेकंड लगते हैं।",
    "ko": "설치는 몇 초면 끝납니다.",
    "en-gb": "Yes.",
    "en-029": "HTTP, USB and 1234567 of 2026.",
}


def params(text: str) -> TimelineParams:
    """The parameters of a scene with these words."""
    return TimelineParams(
        fps=30, pause_before=0, pause_after=0, narration=tuple(Token(word, word) for word in text.split())
    )


def recording(*phrases: float) -> Speech:
    """Phrases of so many seconds with a second of silence after each."""
    spans, at = [], 0
    for seconds in phrases:
        spans.append((at, at + round(seconds * SAMPLE_RATE)))
        at = spans[-1][1] + SAMPLE_RATE
    return Speech((), at, spans)


@pytest.mark.parametrize("rate", [50, 100, 200])
@pytest.mark.parametrize("language", TEXTS)
def test_what_is_spoken_has_no_warning(tmp_path: Path, language: str, rate: int) -> None:
    """A text as a voice speaks it, slow or fast, in any language, fits its recording."""
    path, text = tmp_path / "take.wav", TEXTS[language]
    request = SpeechRequest(
        text=text,
        voice=language,
        language=language,
        wav_path=path,
        scratch=tmp_path,
        env=dict(os.environ),
        variables={},
        rate=rate,
        pitch=0,
        on_retry=lambda *_: None,
    )
    ENGINES["espeak"].speak(request)
    samples = wav.read(path)
    assert list(warnings(params(text), [Speech((), len(samples), activity.phrases(samples))])) == []


@pytest.mark.parametrize(
    ("words", "phrases", "message"),
    [
        (30, (1.0,), "the text is too long for its recording: 30 words for 1.0 s of speech"),
        (200, (2.5, 2.5), "the text is too long for its recording: 200 words for 5.0 s of speech"),
        (3, (20.0, 40.0), "the text is too short for its recording: 3 words for 60.0 s of speech"),
        (1, (10.0,), "the text is too short for its recording: 1 word for 10.0 s of speech"),
    ],
)
def test_another_text_is_a_warning(words: int, phrases: tuple[float, ...], message: str) -> None:
    """A text far longer or shorter than the speech of its recording is a warning at the text."""
    ((field, found, hint),) = warnings(params("given " * words), [recording(*phrases)])
    assert (field, found, hint) == ("narration.text", message, "write what is spoken in the recording, all of it")


@pytest.mark.parametrize(("words", "phrases"), [(1, (0.2,)), (1, (3.0,)), (30, (6.0,)), (30, (40.0,)), (100, (60.0,))])
def test_fast_slow_and_short_speech_has_no_warning(words: int, phrases: tuple[float, ...]) -> None:
    """Words that are drawn out or rushed, and a little noise, are none."""
    assert list(warnings(params("given " * words), [recording(*phrases)])) == []


def test_only_recordings_are_judged() -> None:
    """A voice has times of its own, a scene may be without speech, and a silent recording has its own warning."""
    spoken = Speech([EngineWord("a", 0, 100)], 100 * SAMPLE_RATE, [(0, 100 * SAMPLE_RATE)])
    speeches: list[list[Speech]] = [[], [spoken], [Speech((), SAMPLE_RATE)]]
    for each in speeches:
        assert list(warnings(params("a"), each)) == []


def test_each_recording_of_a_dialogue_is_judged() -> None:
    """Of two recordings in a list, the one with the wrong text has the warning, at its own text."""
    words = params("given " * 33)
    listed = replace(words, utterances=(UtteranceParams(words=3), UtteranceParams(words=30)))
    ((field, message, _),) = warnings(listed, [recording(1.0), recording(1.0)])
    assert (field, message) == (
        "narration.1.text",
        "the text is too long for its recording: 30 words for 1.0 s of speech",
    )
