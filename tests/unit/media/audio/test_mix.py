"""The arguments that mix and encode a scene's audio."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.audio_lab import factor
from vidbuild.media.audio import mix
from vidbuild.media.audio.adts import FRAME_SAMPLES

SECOND = 48_000


@pytest.mark.parametrize(
    ("seconds", "decibels"),
    [(0, 0), (1.69, 0), (1.85, -7.5), (2, -15), (3, -15), (4, -15), (4.15, -7.5), (4.31, 0), (9, 0)],
)
def test_ducking_is_a_ramp_in_decibels(seconds: float, decibels: float) -> None:
    """A clip is 15 dB softer under the narration, reached 0.3 s before it begins and left 0.3 s after it ends."""
    expression = mix.ducking(2 * SECOND, 4 * SECOND)
    assert factor(expression, seconds) == pytest.approx(10 ** (decibels / 20), rel=0.001)


def test_the_fades_end_with_the_scene() -> None:
    """A scene fades in over its first frame of AAC and out over its last one, with the gain before."""
    arguments = mix.encode(["-i", "x"], -2.5, 10 * FRAME_SAMPLES, pairable=False, out=Path("out.aac"))
    graph = arguments[arguments.index("-af") + 1]
    assert graph == (
        f"volume=-2.50dB,afade=t=in:ss=0:ns={FRAME_SAMPLES}:curve=hsin,"
        f"afade=t=out:ss={9 * FRAME_SAMPLES}:ns={FRAME_SAMPLES}:curve=hsin"
    )
