"""From where the audio of a clip is decoded; tests/unit/steps/test_audio.py has its samples."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from vidbuild.media.audio.clip_audio import ClipAudio
from vidbuild.media.ffmpeg import packets


@pytest.mark.parametrize(
    ("start", "late", "asked", "found"),
    [
        (60.0, 0.0, [59.5], 59.5),
        (60.0, 0.1, [59.5, 57.5, 51.5, 27.5], 0.0),
        (0.5, 0.0, [], 0.0),
        (0.6, 0.0, [0.1], 0.1),
        (2.0, 1.0, [1.5], 0.0),
        (9.0, 1.0, [8.5, 6.5, 0.5], 0.0),
    ],
)
def test_decoding_begins_before_the_audio(
    monkeypatch: pytest.MonkeyPatch, start: float, late: float, asked: list[float], found: float
) -> None:
    """Half a second before it, or earlier if the file cannot be read from there; from the file's start if nowhere."""
    seeks: list[float] = []

    def read(*args: object, before: tuple[str, ...], **_: object) -> list[SimpleNamespace]:
        assert args[-1] == "1"
        seeks.append(round(float(before[before.index("-ss") + 1]), 3))
        return [SimpleNamespace(tracks={0: SimpleNamespace(count=1, last=10 + seeks[-1] + late)})]

    monkeypatch.setattr(packets, "packets", read)
    assert ClipAudio(Path("clip.mkv"), 1, 10.0, regular=True)._seek_point(start, {}) == pytest.approx(found)
    assert seeks == asked


def test_a_time_without_audio_is_no_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """If nothing can be read from a time, an earlier one is tried: here 8 s earlier, at which a packet begins."""
    last = {9.5: None, 7.5: SimpleNamespace(count=0, last=0.0), 1.5: SimpleNamespace(count=1, last=1.25)}

    def read(*_: object, before: tuple[str, ...], **__: object) -> list[SimpleNamespace]:
        found = last[float(before[before.index("-ss") + 1])]
        return [SimpleNamespace(tracks={} if found is None else {0: found})]

    monkeypatch.setattr(packets, "packets", read)
    assert ClipAudio(Path("clip.mkv"), 1, 0.0, regular=True)._seek_point(10.0, {}) == 1.5
