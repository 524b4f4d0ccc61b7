"""The levels of utterances and the volumes of voices in a scene's audio."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.audio_lab import ENV, WEB, context, heard, loudest, result, timing, tone
from vidbuild.engine.graph.context import Context
from vidbuild.media.audio import loudness
from vidbuild.steps import audio

SECOND = 48_000


def talk(folder: Path, levels: list[float], **params: Any) -> Context:
    """Run the audio step of a scene in which tones of a second are spoken every two seconds, at these levels."""
    timed = timing(2 * SECOND * len(levels), 0, 2 * SECOND * len(levels))
    timed["utterances"] = [2 * SECOND * nth for nth in range(len(levels))]
    spoken: dict[str, Any] = {
        f"narration:{nth}": tone(SECOND, level=level, hertz=1000) for nth, level in enumerate(levels, 1)
    }
    step = context(folder, "audio:a", {**WEB, **params}, timing=timed, **spoken)
    audio.run(step)
    return step


def level(step: Context, nth: int, scratch: Path) -> float:
    """Return the loudness of what is spoken at this place."""
    source = ["-ss", str(2 * nth + 0.1), "-t", "0.8", "-i", str(step.out / "sound.aac")]
    return loudness.measure(source, 0.8, scratch, ENV).integrated


def test_each_utterance_is_leveled(tmp_path: Path) -> None:
    """Whatever their levels are, all utterances come out at the target, with silence between them."""
    step = talk(tmp_path / "a", [-38.0, -12.0, -24.0])
    for nth in range(3):
        assert level(step, nth, tmp_path) == pytest.approx(-16, abs=0.3)
    decoded = heard(step.out / "sound.aac", tmp_path)
    assert loudest(decoded[SECOND + 2048 : 2 * SECOND - 2048]) < -70
    gains = [each["gain_db"] for each in result(step, "sound.json")["utterances"]]
    assert gains[0] - gains[1] == pytest.approx(26, abs=0.2)


@pytest.mark.parametrize(("volume", "decibels"), [(50, -6.02), (25, -12.04), (80, -1.94), (150, 3.52)])
def test_volume_is_relative_to_the_leveled_narration(tmp_path: Path, volume: int, decibels: float) -> None:
    """A volume changes the amplitude of its utterance, not of the others."""
    step = talk(tmp_path / "a", [-20.0, -30.0], **{"volume:2": volume})
    assert level(step, 0, tmp_path) == pytest.approx(-16, abs=0.3)
    assert level(step, 1, tmp_path) == pytest.approx(-16 + decibels, abs=0.3)
    assert step.warnings == []


def test_a_volume_that_the_peak_limits_is_a_warning(tmp_path: Path) -> None:
    """More volume than the maximum peak allows is as loud as it allows, with a warning that says by how much."""
    step = talk(tmp_path / "a", [-20.0], peak=-14.0, **{"volume:1": 200})
    (warning,) = step.warnings
    assert warning.field == "voice:1"
    assert warning.message.startswith("volume 200 makes the narration")
    assert "instead of 6.0 dB" in warning.message
    assert loudest(heard(step.out / "sound.aac", tmp_path)) < -13


def test_a_soft_utterance_is_named(tmp_path: Path) -> None:
    """The warning about an utterance that stays soft is at that utterance."""
    step = talk(tmp_path / "a", [-20.0, -55.0])
    assert [each.field for each in step.warnings] == ["narration:2"]
