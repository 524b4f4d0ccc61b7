"""The ffmpeg that a distribution ships, years older than vidbuild's own: what it decodes, and what it mixes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import audio_lab, decoding, sample_videos
from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg

LOOKS = 20


@pytest.fixture(scope="module", params=sample_videos.VIDEOS)
def video(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> sample_videos.Video:
    """Each of the sample videos in turn."""
    return sample_videos.built(Workspace(tmp_path_factory.mktemp(request.param) / "project"), request.param)


def test_a_video_is_the_same_to_the_older(video: sample_videos.Video) -> None:
    """Without a warning, the older ffmpeg shows what vidbuild's own shows, also when it is sent there."""
    decoders = (decoding.older(), decoding.pinned()[0])
    keys = tuple(at for at, packet in enumerate(decoding.packets(video.path)) if packet.key)
    decoding.prove(video.path, video.frames, video.fps, seeks=video.worth_a_look(keys, LOOKS), decoders=decoders)


def test_a_segment_is_the_same_to_the_older(video: sample_videos.Video) -> None:
    """So do the bare streams of which it is made."""
    for segment in video.segments:
        decoding.check_alike(segment.path, (decoding.older(), decoding.pinned()[0]))


def test_delayed_sounds_are_all_mixed_by_the_older_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V17: mixed by the older ffmpeg, of ten sounds in five scenes none is lost and none begins early."""
    monkeypatch.setenv(ffmpeg.VARIABLE, str(decoding.older().program))
    for scene in audio_lab.delayed(tmp_path, 5):
        for found, planned in zip((scene.narration, scene.clip), scene.planned, strict=True):
            assert found == pytest.approx(planned, abs=1100)
