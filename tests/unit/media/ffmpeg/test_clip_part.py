"""The part of a file that a clip plays, and what is reported about the file and the fields of the spec."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.support import clip_files
from tests.support.render_lab import ENV, made
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import process
from vidbuild.media.ffmpeg.clip_part import ClipPart, clip_part

BOTH = (*clip_files.picture(), *clip_files.beeps())
TWO = (*clip_files.picture(), *clip_files.beeps(), *clip_files.beeps(), "-map", "0", "-map", "1", "-map", "2")


def part(path: Path, *, audible: bool = True, track: int | None = None, end_ms: int | None = None) -> ClipPart:
    """The part of a file that plays from its start."""
    return clip_part(path, 0, end_ms, audible=audible, track=track, env=ENV)


def reported(found: ClipPart) -> list[tuple[str, str, str | None]]:
    """The warnings of a part."""
    return [(warning.field, warning.message, warning.hint) for warning in found.warnings]


def recoded(path: Path, old: bytes, new: bytes) -> Path:
    """A file whose track has another codec than any decoder knows."""
    made(path, *BOTH, *clip_files.H264, "-c:a", "pcm_s16le")
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


@pytest.mark.parametrize(("name", "default"), [("two-sounds.mkv", 2), ("two-sounds.mov", 1), ("two-sounds.ts", 1)])
def test_the_default_track_is_used_and_named(tmp_path: Path, name: str, default: int) -> None:
    """Of several audio tracks the file's default is used, else the first, with a warning that says how to choose."""
    found = part(clip_files.FILES[name](tmp_path / name))
    assert found.info.audio_track == default
    message = f"the file has 2 audio tracks; its default, track {default}, is used"
    assert reported(found) == [("src", message, "set 'audio_track' to the one to use, from 1 to 2")]


def test_a_track_that_the_spec_selects_needs_no_warning(tmp_path: Path) -> None:
    """A selected track is used; one that the file lacks is an error at its field; a muted clip needs none."""
    path = clip_files.FILES["two-sounds.mkv"](tmp_path / "two-sounds.mkv")
    assert (part(path, track=1).info.audio_track, reported(part(path, track=1))) == (1, [])
    assert reported(part(path, audible=False)) == []
    with pytest.raises(StepError, match="audio track: expected at most 2, got 3") as caught:
        part(path, track=3)
    assert caught.value.failure.field == "audio_track"


def test_a_codec_that_no_decoder_knows_is_named(tmp_path: Path) -> None:
    """Sound that cannot be decoded fails a clip that plays it, with the codec's name, and not a muted one."""
    path = recoded(tmp_path / "a.mov", b"sowt", b"apac")
    message = r"'a\.mov': audio codec: expected one that ffmpeg decodes, got '\w*apac'"
    with pytest.raises(StepError, match=message) as caught:
        part(path)
    assert caught.value.hint is not None
    assert "audio: mute" in caught.value.hint
    muted = part(path, audible=False)
    assert muted.seconds == pytest.approx(3.0, abs=0.03)
    assert muted.warnings == ()


def test_a_picture_that_no_decoder_knows_is_named(tmp_path: Path) -> None:
    """A video codec without a decoder is an error with its name, or the code that the file has for it."""
    path = recoded(tmp_path / "a.mov", b"avc1", b"prrw")
    with pytest.raises(StepError, match=r"'a\.mov': video codec: expected one that ffmpeg decodes, got 'prrw'"):
        part(path)


def test_an_empty_track_is_silence(tmp_path: Path) -> None:
    """A track without packets, as recorders write without a microphone, is silent, with a warning."""
    whole = made(tmp_path / "whole.mp4", *BOTH, *clip_files.H264, *clip_files.AAC)
    data = bytearray(whole.read_bytes())
    for table, count in ((b"stts", 8), (b"stsc", 8), (b"stco", 8), (b"stsz", 12)):  # the sound's are the last
        at = data.rfind(table) + count
        data[at : at + 4] = bytes(4)
    path = tmp_path / "a.mp4"
    path.write_bytes(data)
    found = part(path)
    assert (found.info.has_video, found.info.has_audio) == (True, False)
    assert found.seconds == pytest.approx(3.0, abs=0.03)
    assert reported(found) == [("src", "audio track 1 of the file is empty", "set 'audio: mute'")]
    assert reported(part(path, audible=False)) == []


def test_joined_files_without_one_clock_are_reported(tmp_path: Path) -> None:
    """N2: what follows times that start again is not used, and the warning says so."""
    ((field, message, hint),) = reported(part(clip_files.FILES["joined.mkv"](tmp_path / "joined.mkv")))
    assert (field, message) == ("src", "the times of the file start again after 3.0 s; what follows is not used")
    assert hint


def test_an_end_after_the_file_is_reported(tmp_path: Path) -> None:
    """N2: `end` is on the clock of the presentation: of an edited file, not of the media in it."""
    path = clip_files.with_edits((2.0, 1.5))(tmp_path / "a.mp4")
    assert reported(part(path, end_ms=3000)) == [("end", "'end' is 3 s, but the clip lasts only 2 s", None)]
    assert part(path, end_ms=1500).seconds == 1.5
    with pytest.raises(StepError, match=r"'start' is 2\.5 s, but the clip lasts only 2 s") as caught:
        clip_part(path, 2500, None, audible=True, env=ENV)
    assert caught.value.failure.field == "start"


def test_a_picture_that_begins_late_is_found(tmp_path: Path) -> None:
    """A file whose picture begins 12 s after its sound is a video."""
    inputs = (*clip_files.picture(1, late=12), *clip_files.beeps(13))
    found = part(made(tmp_path / "a.mp4", *inputs, *clip_files.H264, *clip_files.AAC))
    assert found.info.has_video
    assert found.seconds == pytest.approx(13.0, abs=0.03)


@pytest.mark.parametrize("killed", range(4))
def test_a_killed_ffmpeg_says_nothing_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: int) -> None:
    """V8: an ffmpeg that is killed while it reads a clip is run again, and no fault is found in the file."""
    path = made(tmp_path / "a.mp4", *BOTH, *clip_files.H264, *clip_files.AAC)
    run, calls = process.run, itertools.count()

    def killing(*args: Any, **options: Any) -> int | None:
        code = run(*args, **options)
        return process.KILLED if next(calls) == killed else code

    monkeypatch.setattr(process, "run", killing)
    with pytest.raises(StepError, match="was ended by SIGKILL") as caught:
        part(path)
    assert caught.value.failure.transient
