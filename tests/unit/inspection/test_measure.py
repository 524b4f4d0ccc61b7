"""What is measured of videos whose content is known."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.made_videos import fade, spans, tone, typing
from tests.support.render_lab import ENV, made
from vidbuild.api.inspect import inspect
from vidbuild.create.source.protocol import SourceError
from vidbuild.errors import UsageError
from vidbuild.inspection.limits import Limits
from vidbuild.inspection.measure import measure
from vidbuild.media.ffmpeg import ffmpeg

FRAME = 1 / 25


def facts(path: Path, **request: Any) -> dict[str, Any]:
    """What is measured of a file, in this process."""
    asked = {"seconds": 60, "captions": [], "timing": None, "black": 0.5, "frozen": 1.0, "silent": 0.5, **request}
    found = measure(str(path), json.dumps(asked))
    assert isinstance(found, dict)
    return found


def pairs(found: list[dict[str, float]]) -> list[tuple[float, float]]:
    """Spans as numbers."""
    return [(each["start"], each["end"]) for each in found]


def close(found: list[dict[str, float]], expected: list[tuple[float, float]], within: float) -> bool:
    """Whether spans are those expected, within a time."""
    return len(found) == len(expected) and all(
        abs(a - b) <= within
        for got, want in zip(pairs(found), expected, strict=True)
        for a, b in zip(got, want, strict=True)
    )


def test_spans_are_where_the_video_has_them(tmp_path: Path) -> None:
    """Black, frozen and silent spans of a made video begin and end at their known times, to a frame."""
    found = facts(spans(tmp_path / "a.mp4"))
    assert close(found["video"]["black"], [(0, 1.6), (6, 7)], FRAME + 0.001)
    assert close(found["video"]["frozen"], [(0, 1.6), (1.6, 4), (6, 7)], FRAME + 0.001)
    assert close(found["audio"]["silent"], [(2, 4.5)], 0.03)
    assert abs(found["duration"] - 7) <= FRAME


def test_a_letter_is_a_change_and_a_key_frame_is_none(tmp_path: Path) -> None:
    """A square of 14 x 20 pixels in 1280 x 720 ends the stillness; new key frames of a still picture do not."""
    found = facts(typing(tmp_path / "a.mp4"))
    assert close(found["video"]["frozen"], [(0, 1), (1, 3), (3, 4)], FRAME + 0.001)
    assert found["audio"] is None


def test_a_slow_fade_is_not_frozen(tmp_path: Path) -> None:
    """A fade of less than two levels a frame counts as change."""
    assert facts(fade(tmp_path / "a.mp4"))["video"]["frozen"] == []


@pytest.mark.parametrize(("decibels", "channels"), [(-20.0, 2), (-26.0, 2), (-20.0, 1), (-12.5, 2)])
def test_loudness_of_a_known_signal(tmp_path: Path, decibels: float, channels: int) -> None:
    """A sine of 997 Hz in two channels has as many LUFS as dBFS at its peaks (EBU Tech 3341); mono plays on both."""
    audio = facts(tone(tmp_path / "a.wav", decibels, 6, channels))["audio"]
    assert abs(audio["loudness"] - decibels) <= 0.1
    assert abs(audio["peak"] - decibels) <= 0.1


def test_loudness_is_that_of_the_meter(tmp_path: Path) -> None:
    """Loudness and true peak are those that ffmpeg's meter reports for the same file, when it runs alone."""
    video = spans(tmp_path / "a.mp4")
    meter = ["-i", str(video), "-af", "ebur128=peak=true", "-f", "null", "-"]
    log = ffmpeg.capture(meter, cwd=tmp_path, env=ENV, timeout=60, what="measure").text
    summary = log[log.rindex("Summary:") :]
    loudness, peak = (float(re.findall(rf"{name}:\s+(-?[\d.]+)", summary)[0]) for name in ("I", "Peak"))
    audio = facts(video)["audio"]
    assert (audio["loudness"], audio["peak"]) == (loudness, peak)


def test_a_silent_track(tmp_path: Path) -> None:
    """A silent track has no loudness, and is silent from its start to its end; JSON has no infinite number."""
    made(tmp_path / "a.wav", "-f", "lavfi", "-t", "3", "-i", "anullsrc=r=48000")
    found = inspect(tmp_path / "a.wav", Limits(min_loudness=-20, max_silent=2))
    assert found.facts["audio"] == {"track": 1, "loudness": None, "peak": None, "silent": [{"start": 0, "end": 3}]}
    assert [each["limit"] for each in found.problems] == ["min_loudness", "max_silent"]
    assert "Infinity" not in json.dumps(found.to_json())


def test_where_there_is_no_sound_it_is_silent(tmp_path: Path) -> None:
    """A track that begins late and ends early is silent before and after, and as loud as it is."""
    tone(tmp_path / "a.wav", -20, 3)
    made(
        tmp_path / "a.mkv", "-f", "lavfi", "-t", "7", "-i", "testsrc=s=64x36:r=25", "-itsoffset", "1.5",
        "-i", str(tmp_path / "a.wav"), "-c:v", "libx264", "-c:a", "flac",
    )  # fmt: skip
    audio = facts(tmp_path / "a.mkv")["audio"]
    assert close(audio["silent"], [(0, 1.5), (4.5, 7)], 0.03)
    assert abs(audio["loudness"] + 20) <= 0.1


def test_streams_and_chapters(tmp_path: Path) -> None:
    """Streams have their language, and chapters their start and title, whatever is in the title."""
    (tmp_path / "meta").write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=3000\ntitle=One\\=1 \\; x\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=3000\nEND=7000\ntitle=日本語\n",
        encoding="utf-8",
    )
    spans(tmp_path / "a.mp4")
    made(
        tmp_path / "b.mp4", "-i", str(tmp_path / "a.mp4"), "-i", str(tmp_path / "meta"), "-map_metadata", "1",
        "-c", "copy", "-metadata:s:a:0", "language=deu",
    )  # fmt: skip
    found = facts(tmp_path / "b.mp4")
    assert found["chapters"] == [{"start": 0, "title": "One=1 ; x"}, {"start": 3, "title": "日本語"}]
    kinds = [(each["kind"], each["codec"], each["language"]) for each in found["streams"]]
    assert kinds[:2] == [("video", "h264", None), ("audio", "aac", "deu")]


def test_a_soft_track_is_read(tmp_path: Path) -> None:
    """The captions of a subtitle track are read with their times."""
    (tmp_path / "c.srt").write_text("1\n00:00:01,000 --> 00:00:03,000\nOne <b>two</b>\n", encoding="utf-8")
    spans(tmp_path / "a.mp4")
    made(
        tmp_path / "b.mp4", "-i", str(tmp_path / "a.mp4"), "-i", str(tmp_path / "c.srt"), "-map", "0", "-map", "1",
        "-c", "copy", "-c:s", "mov_text", "-metadata:s:s:0", "language=ara",
    )  # fmt: skip
    (track,) = facts(tmp_path / "b.mp4")["captions"]
    assert (track["language"], track["checked"], track["cues"]) == ("ara", True, [[1.0, 3.0, "One two"]])


def test_a_truncated_file_is_damaged(tmp_path: Path) -> None:
    """What is left of a truncated file is measured, and the damage is a problem without any limit."""
    whole = spans(tmp_path / "a.ts", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-f", "mpegts")
    made(tmp_path / "b.mp4", "-i", str(whole), "-c", "copy", "-movflags", "+faststart")
    data = (tmp_path / "b.mp4").read_bytes()
    (tmp_path / "c.mp4").write_bytes(data[: len(data) * 2 // 3])
    found = inspect(tmp_path / "c.mp4")
    assert [each["limit"] for each in found.problems] == ["damaged"]
    assert found.facts["video"]["black"][0]["start"] == 0


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(40), "is an image"),
        ("a.mp4", b"\xff\xd8\xff\xe0" + bytes(40), "is an image"),
        ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "is a PDF"),
        ("a.txt", "Zwölf Boxkämpfer\n".encode() * 400, "is a text"),
        ("a.yaml", b"vidbuild: 1\n", "is a spec"),
        ("a.mp4", b"", "is empty"),
        ("a.mp4", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is a Git LFS pointer"),
        ("a.docx", b"PK\x03\x04" + bytes(30), "is an archive or a document"),
    ],
)
def test_what_is_no_video_is_named(tmp_path: Path, name: str, data: bytes, what: str) -> None:
    """A file of another kind is refused with what it is, whatever its ending."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match=f"^'{re.escape(str(tmp_path / name))}' {what}: expected a video or an audio"):
        inspect(tmp_path / name)


def test_the_time_limit_is_the_one_that_is_stated(tmp_path: Path) -> None:
    """All passes over a file share one time limit."""
    with pytest.raises(SourceError, match=r"took more than 0\.001 s to read"):
        facts(spans(tmp_path / "a.mp4"), seconds=0.001)
