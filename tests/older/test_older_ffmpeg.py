"""The ffmpeg that a distribution ships, years older than vidbuild's own, decodes every sample video, strictly."""

from __future__ import annotations

import decoding
import pytest
import samples
from workspace import Workspace

LOOKS = 20


@pytest.fixture(scope="module", params=samples.VIDEOS)
def video(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> samples.Video:
    """Each of the sample videos in turn."""
    return samples.built(Workspace(tmp_path_factory.mktemp(request.param) / "project"), request.param)


def test_a_video_is_the_same_to_the_older(video: samples.Video) -> None:
    """Without a warning, the older ffmpeg shows what vidbuild's own shows, also when it is sent there."""
    decoders = (decoding.older(), decoding.pinned()[0])
    keys = tuple(at for at, packet in enumerate(decoding.packets(video.path)) if packet.key)
    decoding.prove(video.path, video.frames, video.fps, seeks=video.worth_a_look(keys, LOOKS), decoders=decoders)


def test_a_segment_is_the_same_to_the_older(video: samples.Video) -> None:
    """So do the bare streams of which it is made."""
    for segment in video.segments:
        decoding.check_alike(segment.path, (decoding.older(), decoding.pinned()[0]))
