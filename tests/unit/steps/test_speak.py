"""The step that speaks."""

from __future__ import annotations

import array
from pathlib import Path
from typing import Any

import pytest

from tests.support.audio_lab import ENV, context, result, tone
from tests.support.fake_edge import FakeEdge
from vidbuild.errors import StepError, UnreachableError
from vidbuild.media.audio import wav
from vidbuild.media.text.words import Speech
from vidbuild.steps import speak
from vidbuild.voices import registry
from vidbuild.voices.edge import ENDPOINT, Edge
from vidbuild.voices.espeak import Espeak
from vidbuild.voices.network import Timeouts
from vidbuild.voices.protocol import SpeechRequest
from vidbuild.voices.registry import ENGINES

VOICE = {"engine": "espeak", "name": "en-us", "rate": 100, "pitch": 0}
EDGE = {**VOICE, "engine": "edge", "name": "en-US-AriaNeural"}


def params(text: str = "Hello there", **voice: Any) -> dict[str, Any]:
    """Parameters as the plan makes them."""
    return {"narration": text, "voice": {**VOICE, **voice}, "language": "en"}


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the network engine very short timeouts."""
    quick = Edge(Timeouts(connect=1, receive=1, attempt=2.0, total=5.0, waits=(0.0,)))
    monkeypatch.setattr(speak, "ENGINES", {**ENGINES, "edge": quick})


def test_narration_and_words_are_written(tmp_path: Path) -> None:
    """The product is a WAV file and its words in samples, nothing else."""
    step = context(tmp_path / "a", "speak:intro", params())
    speak.run(step)
    words = result(step, "words.json")
    assert sorted(path.name for path in step.out.iterdir()) == ["narration.wav", "words.json"]
    assert words["voice"] == "espeak:en-us"
    assert [word["text"] for word in words["words"]] == ["Hello", "there"]
    assert words["samples"] == len(wav.read(step.out / "narration.wav"))
    assert step.warnings == []


def test_the_same_step_makes_the_same_bytes(tmp_path: Path) -> None:
    """P1: two runs in two folders give one result."""
    made = []
    for name in ("a", "b"):
        step = context(tmp_path / name, "speak:intro", params())
        speak.run(step)
        made.append({path.name: path.read_bytes() for path in step.out.iterdir()})
    assert made[0] == made[1]


def test_a_recording_is_an_input(tmp_path: Path) -> None:
    """A recorded narration comes from its file and has no word times."""
    step = context(
        tmp_path / "a",
        "speak:intro",
        {},
        recording=tone(4800),
    )
    speak.run(step)
    words = {"samples": 4800, "voice": "recorded", "words": [], "phrases": [[0, 4800]], "source": ""}
    assert result(step, "words.json") == words


@pytest.mark.usefixtures("loopback")
def test_only_the_declared_fallback_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V20: if the service fails, the voice that the spec names as its fallback speaks, with a warning."""
    impatient(monkeypatch)
    with FakeEdge(tmp_path, ENV, ["503"]) as server:
        env = {**ENV, ENDPOINT: server.endpoint}
        asked = {"narration": "Hello", "voice": {**EDGE, "fallback": VOICE}, "language": "en"}
        step = context(tmp_path / "a", "speak:intro", asked, env=env)
        speak.run(step)
    assert result(step, "words.json")["voice"] == "espeak:en-us"
    (warning,) = step.warnings
    assert warning.message == (
        "voice 'edge:en-US-AriaNeural' is unavailable (the edge voice service refused (503)); "
        "used fallback 'espeak:en-us'"
    )
    assert (warning.field, warning.hint) == ("voice", "vidbuild build --fresh {step}")


@pytest.mark.usefixtures("loopback")
def test_without_a_fallback_the_step_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V20: a service that fails is a failed step, and writes nothing that could be cached."""
    impatient(monkeypatch)
    with FakeEdge(tmp_path, ENV, ["sentences"]) as server:
        env = {**ENV, ENDPOINT: server.endpoint}
        step = context(tmp_path / "a", "speak:intro", {"narration": "Hello", "voice": EDGE, "language": "en"}, env=env)
        with pytest.raises(UnreachableError):
            speak.run(step)
    assert list(step.out.iterdir()) == []


def test_a_fallback_does_not_hide_a_wrong_spec(tmp_path: Path) -> None:
    """An error in the narration is reported; no other voice is tried."""
    step = context(tmp_path / "a", "speak:intro", params("…", fallback=VOICE))
    with pytest.raises(StepError, match="can be spoken") as caught:
        speak.run(step)
    assert caught.value.fault == "step"
    assert list(step.out.iterdir()) == []


def test_an_engine_receives_only_the_variables_that_it_declares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P9: another engine's variables do not reach an engine, and the programs that it starts receive none."""
    requests: list[SpeechRequest] = []

    class Keyed(Espeak):
        def __init__(self, *variables: str) -> None:
            self.env = variables

        def speak(self, request: SpeechRequest) -> Speech:
            requests.append(request)
            return super().speak(request)

    engines = {"one": Keyed("ONE_KEY", "PROXY"), "two": Keyed("TWO_KEY", "PROXY"), "none": Keyed()}
    monkeypatch.setattr(speak, "ENGINES", engines)
    monkeypatch.setattr(registry, "OWN", engines)
    env = {**ENV, "ONE_KEY": "1", "TWO_KEY": "2", "PROXY": "p"}
    for name in engines:
        speak.run(context(tmp_path / name, "speak:intro", params(engine=name), env=env))
    assert [request.variables for request in requests] == [
        {"ONE_KEY": "1", "PROXY": "p"},
        {"TWO_KEY": "2", "PROXY": "p"},
        {},
    ]
    assert all(set(request.env) == set(ENV) for request in requests)


def test_a_mute_take_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A voice that exists and makes no sound is an error at the voice, not a silent scene."""

    class Mute(Espeak):
        """A voice without its dictionary."""

        def speak(self, request: SpeechRequest) -> Speech:
            """Write silence."""
            wav.write(request.wav_path, array.array("h", bytes(9600)))
            return Speech((), 4800)

    monkeypatch.setattr(speak, "ENGINES", {**ENGINES, "espeak": Mute()})
    step = context(tmp_path / "a", "speak:intro", params())
    with pytest.raises(StepError, match=r"the voice 'espeak:en-us' is silent: 0\.1 s without a sound") as caught:
        speak.run(step)
    assert caught.value.failure.field == "voice"
