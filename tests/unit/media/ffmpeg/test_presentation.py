"""How long a file is presented, and how much is decoded to find that out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import clip_files
from tests.support.clip_lab import decoded_samples
from tests.support.render_lab import ENV, made
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import ffmpeg, packets, presentation
from vidbuild.media.ffmpeg.packets import Listing
from vidbuild.media.ffmpeg.probe import describe, probe

FRAME = 1 / clip_files.FPS


def lasts(path: Path) -> float:
    """How long a file is, in seconds."""
    return probe(path, env=ENV).duration


@pytest.mark.parametrize(
    ("edits", "seconds"),
    [
        (((2.0, 1.5),), 2.0),
        (((1.7, 1.3),), 1.7),
        (((0.4, 0.0),), 0.4),
        (((1.0, 0.0), (1.0, 3.0)), 2.0),
        (((1.0, 3.0), (0.6, 1.0), (0.6, 0.0)), 2.2),
    ],
)
def test_edit_lists_decide(tmp_path: Path, edits: tuple[tuple[float, float], ...], seconds: float) -> None:
    """N2: an MP4 lasts as long as its edit lists say, and not as long as the media in it (ISO 14496-12, 8.6.6)."""
    assert abs(lasts(clip_files.with_edits(*edits)(tmp_path / "a.mp4")) - seconds) <= 1.01 * FRAME


@pytest.mark.parametrize(
    "name", ["picture-ends-first.mp4", "picture-ends-first.ts", "recorder.webm", "one-picture.mkv"]
)
def test_the_sound_can_be_longer_than_the_picture(tmp_path: Path, name: str) -> None:
    """N2: a recorder that writes no frames while nothing moves, or a podcast of one picture, lasts until its end."""
    assert abs(lasts(clip_files.FILES[name](tmp_path / name)) - clip_files.SECONDS) <= FRAME


@pytest.mark.parametrize(("name", "seconds"), [("joined.ts", 5.0), ("joined.mpg", 5.0), ("clock-wraps.ts", 3.0)])
def test_times_that_start_again_go_on(tmp_path: Path, name: str, seconds: float) -> None:
    """N2: joined recordings last as long as all of their parts, and a clock that wraps around goes on."""
    assert abs(lasts(clip_files.FILES[name](tmp_path / name)) - seconds) <= FRAME


def test_times_that_cannot_go_on_end_the_clip(tmp_path: Path) -> None:
    """N2: a second Matroska file behind the first cannot be placed: the file ends where its times start again."""
    info = probe(clip_files.FILES["joined.mkv"](tmp_path / "joined.mkv"), env=ENV)
    assert info.restart == pytest.approx(clip_files.SECONDS, abs=FRAME)
    assert info.duration == info.restart


def test_late_frames_between_others_are_no_restart(tmp_path: Path) -> None:
    """Packets are stored in another order than they are shown in, by any time in a recording with pauses."""
    info = probe(clip_files.FILES["recorder-alone.mp4"](tmp_path / "a.mp4"), env=ENV)
    assert info.restart is None
    assert info.duration == pytest.approx(22 * FRAME, abs=0.001)


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts", "flv"])
def test_no_picture_and_little_sound_is_decoded_to_measure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, container: str
) -> None:
    """Of a long recording, only the end of its sound is decoded."""
    inputs = (*clip_files.picture(30), *clip_files.beeps(30))
    path = made(tmp_path / f"a.{container}", *inputs, *clip_files.H264, *clip_files.AAC)
    info = describe(path, env=ENV)
    commands: list[list[str]] = []

    def recorded(args: list[str], *more: Any, **options: Any) -> Any:
        commands.append([str(arg) for arg in args])
        return ffmpeg.stream(args, *more, **options)

    monkeypatch.setattr(packets, "ffmpeg", _Recording(recorded))
    assert abs(presentation.measure(path, info, ENV).duration - 30) <= 2 * FRAME
    copies = [command for command in commands if "copy" in command]
    (decoding,) = (command for command in commands if "copy" not in command)
    assert len(copies) == 1
    assert "0:V:0" not in decoding
    assert 0 < decoded_samples(decoding, tmp_path) <= 4 * 48_000


class _Recording:
    """The module that runs ffmpeg, with every run recorded."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(ffmpeg, name)


def test_an_encrypted_file_is_called_encrypted(tmp_path: Path) -> None:
    """A file that needs a key is not damaged: the error says what it is."""
    key = ("-encryption_scheme", "cenc-aes-ctr", "-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb")
    inputs = (*clip_files.picture(), *clip_files.beeps())
    encrypted = (*key, "-encryption_kid", "a7e61c373e219033c21091fa607bf3b8")
    path = made(tmp_path / "a.mp4", *inputs, *clip_files.H264, *clip_files.AAC, *encrypted)
    with pytest.raises(StepError, match=r"'a\.mp4' is encrypted: expected a file that plays without a key") as caught:
        probe(path, env=ENV, field="src")
    assert caught.value.failure.field == "src"


def test_a_length_of_one_tick_is_none() -> None:
    """An AVI gives each picture a length of one tick of its clock; the last picture is as long as others are."""
    listing = Listing()
    listing(b"#tb 0: 1/600\n0, 0, 0, 1, 9, 0x0\n0, 24, 24, 1, 9, 0x0\n")
    assert (listing.tracks[0].last, listing.tracks[0].last_length, listing.tracks[0].shortest) == (0.04, 0.0, 0.0)


def test_discarded_packets_do_not_count() -> None:
    """What is only decoded for others, or for nothing, is not presented; lines may arrive in pieces."""
    listing = Listing()
    text = b"#tb 0: 1/25\n0, 0, 0, 1, 9, 0x0\n0, 1, 1, 5, 9, 0x0, F=0x0\n0, 2, 30, 1, 9, 0x0, F=0x5, S=1, x, 10, 0x0\n"
    for at in range(0, len(text), 7):
        listing(text[at : at + 7])
    assert (listing.tracks[0].count, listing.tracks[0].end) == (2, 0.24)
