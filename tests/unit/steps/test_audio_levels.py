"""The final loudness of narration: real voices, and recordings of bad quality."""

from __future__ import annotations

import array
import random
from pathlib import Path

import pytest

from tests.support.audio_lab import ENV, WEB, context, heard, loudest, result, silence, speech_request, timing, tone
from tests.support.marks import WITH_REAL_MEDIA
from tests.support.paths import REAL_MEDIA
from vidbuild.engine.graph.context import Context
from vidbuild.media.audio import loudness, mix, wav
from vidbuild.media.audio.loudness import Loudness
from vidbuild.steps import audio
from vidbuild.voices import recorded
from vidbuild.voices.registry import ENGINES

SECOND = 48_000
START = 19_200
SENTENCE = "First install it with pip, which takes a few seconds. Then run it, and see what it says!"

# Coding adds to a peak: at most this much was measured, of clipped noise; 0.1 of any voice.
OVERSHOOT = 0.3


def levelled(folder: Path, spoken: array.array[int], **params: float) -> tuple[Context, Loudness]:
    """A scene with this narration, and how loud what a decoder makes of it is."""
    samples = START + len(spoken) + SECOND // 2
    facts = timing(samples - samples % 1600 + 1600, START, len(spoken))
    step = context(folder / "step", "audio:x", {**WEB, **params}, timing=facts, narration=spoken)
    audio.run(step)
    path = folder / "decoded.raw"
    path.write_bytes(heard(step.out / "sound.aac", folder)[START : START + len(spoken)].tobytes())
    return step, loudness.measure(mix.raw_input(path, 1, "f32le"), len(spoken) / SECOND, folder, ENV)


def warnings_of(step: Context) -> list[str]:
    """Return the step's warnings."""
    return [warning.message for warning in step.warnings]


def scaled(spoken: array.array[int], factor: float, offset: int = 0) -> array.array[int]:
    """A recording made louder or softer, and clipped as a recorder clips."""
    return array.array("h", (max(-32768, min(32767, int(value * factor + offset))) for value in spoken))


def spoken_by(folder: Path, voice: str) -> array.array[int]:
    """A sentence, spoken by a voice of espeak."""
    ENGINES["espeak"].speak(speech_request(folder, SENTENCE, voice=voice))
    return wav.read(folder / "said.wav")


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> array.array[int]:
    """A sentence, with full scale well above it."""
    return spoken_by(tmp_path_factory.mktemp("voice"), "en-us")


@pytest.mark.parametrize("name", ["en-us", "en-us+f3", "en-gb-scotland", "de", "fr-fr", "es", "cmn", "hi"])
@pytest.mark.parametrize("target", [-16.0, -23.0])
def test_every_voice_reaches_its_target(tmp_path: Path, name: str, target: float) -> None:
    """V3: decoded, a built-in voice is within 0.5 LU of what was asked for, and under the ceiling."""
    spoken = spoken_by(tmp_path, name)
    step, found = levelled(tmp_path, spoken, loudness=target)
    assert found.integrated == pytest.approx(target, abs=0.5)
    assert found.peak <= -1.5 + OVERSHOOT
    assert warnings_of(step) == []


@WITH_REAL_MEDIA
@pytest.mark.parametrize("name", ["mono.mp3", "new-commentary.mp3", "example.mp4"])
@pytest.mark.parametrize("target", [-16.0, -23.0])
def test_every_recording_reaches_its_target(tmp_path: Path, name: str, target: float) -> None:
    """V3: recordings of real people come out alike, whatever they were made with."""
    recorded.read(REAL_MEDIA / name, tmp_path / "recording.wav", tmp_path, ENV)
    spoken = wav.read(tmp_path / "recording.wav")[: 15 * SECOND]
    step, found = levelled(tmp_path, spoken, loudness=target)
    assert found.integrated == pytest.approx(target, abs=0.5)
    assert found.peak <= -1.5 + OVERSHOOT
    assert warnings_of(step) == []


@pytest.mark.parametrize(("factor", "offset"), [(0.1, 0), (8, 0), (40, 0), (0.5, 9000), (0.5, -9000), (0.1, 3000)])
def test_a_bad_recording_is_as_loud_as_a_good_one(
    tmp_path: Path, voice: array.array[int], factor: float, offset: int
) -> None:
    """V3: soft, loud, clipped or off zero, speech reaches its target; an offset is neither level nor click."""
    _, found = levelled(tmp_path, scaled(voice, factor, offset))
    assert found.integrated == pytest.approx(-16, abs=0.5)
    assert found.peak <= -1.5 + OVERSHOOT
    decoded = heard(tmp_path / "step" / "out" / "sound.aac", tmp_path)
    assert loudest(decoded[: START - 2048]) < -70
    assert loudest(decoded[START - 1024 : START + 96]) < -25, "it clicks where it begins"
    assert loudest(decoded[START + len(voice) + 2048 :]) < -70


@pytest.mark.parametrize("milliseconds", [50, 200, 399, 401, 900])
def test_a_short_word_is_as_loud_as_a_sentence(tmp_path: Path, voice: array.array[int], milliseconds: int) -> None:
    """V3: less than the 0.4 s in which loudness is counted is counted too, as if it went on."""
    first = next(index for index, value in enumerate(voice) if abs(value) > 4000)
    step, found = levelled(tmp_path, voice[first : first + 48 * milliseconds])
    assert found.integrated == pytest.approx(-16, abs=0.7)
    assert found.peak <= -1.5 + OVERSHOOT
    assert warnings_of(step) == []


def clicks(samples: int) -> array.array[int]:
    """High peaks in a soft sound."""
    spoken = tone(samples, level=-40)
    for index in range(2400, samples, 9600):
        spoken[index] = 30_000
    return spoken


@pytest.mark.parametrize("peak", [-1.5, -6.0])
def test_narration_that_its_peaks_keep_soft_is_a_warning(tmp_path: Path, peak: float) -> None:
    """Narration that the ceiling keeps 2 LU or more under its target is a warning at its scene's narration."""
    step, found = levelled(tmp_path, clicks(2 * SECOND), peak=peak)
    facts = result(step, "sound.json")
    assert facts["gain_db"] == pytest.approx(peak - facts["peak_in"], abs=0.011)
    assert found.peak <= peak + OVERSHOOT
    short = -16 - facts["loudness_in"] - facts["gain_db"]
    assert short > 15
    words = f"this narration is {short:.1f} LU below the target of -16 LUFS"
    assert warnings_of(step) == [f"{words}: more gain would raise its peaks above {peak:g} dBTP"]
    assert step.warnings[0].field == "narration"


def test_a_small_difference_is_no_warning(tmp_path: Path) -> None:
    """A ceiling that costs less than 2 LU is inaudible and causes no warning."""
    step, found = levelled(tmp_path, tone(2 * SECOND, level=-20, hertz=1000), peak=-17.0)
    assert found.integrated == pytest.approx(-17, abs=0.3)
    assert result(step, "sound.json")["gain_db"] == pytest.approx(3, abs=0.2)
    assert warnings_of(step) == []


def test_a_very_soft_recording_is_raised_and_a_warning(tmp_path: Path) -> None:
    """A recording that 30 dB do not lift to its target stays softer, since more gain would make its noise audible."""
    step, _ = levelled(tmp_path, tone(SECOND, level=-50, hertz=1000))
    assert result(step, "sound.json")["gain_db"] == 30.0
    (words,) = warnings_of(step)
    assert words.endswith(
        " LU below the target of -16 LUFS: recording too quiet: needs more than the maximum gain of 30 dB"
    )


@pytest.mark.parametrize("spoken", [silence(SECOND), array.array("h", [5000]) * SECOND, tone(SECOND, level=-80)])
def test_a_silent_narration_is_a_warning(tmp_path: Path, spoken: array.array[int]) -> None:
    """Narration of silence, or of an offset only, is left as it is, with a warning."""
    step, found = levelled(tmp_path, spoken)
    assert found.silent
    assert result(step, "sound.json")["gain_db"] == 0.0
    assert warnings_of(step) == ["this narration is silent"]


@pytest.mark.parametrize("kind", ["noise", "square", "tone"])
def test_coding_does_not_break_the_ceiling(tmp_path: Path, kind: str) -> None:
    """The worst there is for a coder, as loud as a spec allows, comes out as loud as that and is not clipped."""
    chance = random.Random(4)
    if kind == "noise":
        spoken = array.array("h", (chance.choice((-32768, 32767)) for _ in range(SECOND)))
    elif kind == "square":
        spoken = array.array("h", (32767 if index // 60 % 2 else -32768 for index in range(SECOND)))
    else:
        spoken = tone(SECOND, level=-0.1, hertz=1000)
    _, found = levelled(tmp_path, spoken, loudness=-8.0)
    assert found.integrated == pytest.approx(-8, abs=0.5)
    assert found.peak < -1.0
