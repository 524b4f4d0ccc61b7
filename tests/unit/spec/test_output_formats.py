"""The format of the output: its fields, their defaults, and those that have no effect in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.model import OutputSettings
from vidbuild.spec import output
from vidbuild.spec.load import load, try_load

HEAD = "vidbuild: 1\ntitle: A\n"
SCENES = "scenes: [{id: a, type: title, title: A, duration: 1}]\n"


def settings(folder: Path, text: str) -> OutputSettings:
    """The settings of a spec's output."""
    path = folder / "video.yaml"
    path.write_text(f"{HEAD}output: {{{text}}}\n{SCENES}", encoding="utf-8")
    return load(path).output


def errors(folder: Path, text: str) -> list[str]:
    """The errors about a spec's output."""
    path = folder / "video.yaml"
    path.write_text(f"{HEAD}output: {{{text}}}\n{SCENES}", encoding="utf-8")
    return [each.message for each in try_load(path).errors]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (5_000_000, 5_000_000),
        ("5MB", 5_000_000),
        ("5 MB", 5_000_000),
        ("5MiB", 5 * 1024 * 1024),
        ("1.5MB", 1_500_000),
        ("0.5 GiB", 1 << 29),
        ("300kB", 300_000),
        ("300KB", 300_000),
        ("64kiB", 65_536),
        ("2048B", 2048),
        (1e6, 1_000_000),
    ],
)
def test_sizes_of_files(tmp_path: Path, written: str | float, number: int) -> None:
    """Decimal and binary units differ."""
    assert output.bytes_of(written) == number
    assert settings(tmp_path, f"format: webp, max_bytes: {written}").max_bytes == number


@pytest.mark.parametrize("written", ["999", "0", "5", "-5MB", "5mb", "MB", "5 apples", "5TB", "'5000'", "5.0"])
def test_sizes_that_are_none(tmp_path: Path, written: str) -> None:
    """Anything else is refused with what is expected."""
    (message,) = errors(tmp_path, f"format: webp, max_bytes: {written}")
    assert message.startswith("'max_bytes' must be a number of bytes from 1000 on, or a size such as 5MB or 5MiB, not")


@pytest.mark.parametrize(
    ("text", "width", "rate", "fps"),
    [
        ("format: webp", 800, 15, 30),
        ("format: gif", 640, 15, 30),
        ("format: webp, fps: 12", 800, 12, 24),
        ("format: webp, fps: 20", 800, 20, 60),
        ("format: webp, fps: 25, size: 640x360", 640, 25, 25),
        ("format: gif, fps: 8, width: 320", 320, 8, 24),
        ("format: webp, size: vertical, fps: 50", 800, 50, 50),
    ],
)
def test_defaults_of_animated_images(tmp_path: Path, text: str, width: int, rate: int, fps: int) -> None:
    """The timeline has a rate of which that of the images is a part; no image is wider than the video."""
    found = settings(tmp_path, text)
    assert (found.image_width, found.rate, found.fps) == (width, rate, fps)
    assert found.fps % found.rate == 0


def test_how_often_it_loops(tmp_path: Path) -> None:
    """0 stands for ever, which is the default."""
    assert settings(tmp_path, "format: webp").loops == 0
    assert settings(tmp_path, "format: webp, loop: forever").loops == 0
    assert settings(tmp_path, "format: gif, loop: 3").loops == 3


@pytest.mark.parametrize("encoding", ["mp4", "webp", "gif", "m4a", "mp3", "png", "pdf"])
def test_a_field_is_accepted_exactly_where_it_has_an_effect(tmp_path: Path, encoding: str) -> None:
    """Every other field of the format is an error that names the formats that have it."""
    values = {"size": "720p", "fps": 24, "loudness": "web", "peak": -2, "profile": "standard", "width": 320}
    for name, value in {**values, "max_bytes": "5MB", "loop": 2}.items():
        found = errors(tmp_path, f"format: {encoding}, {name}: {value}")
        if encoding in output.APPLIES[name]:
            assert not found
        else:
            (message,) = found
            assert message.startswith(f"'{name}' has no effect in the format '{encoding}', only in ")
            assert all(each in message for each in output.APPLIES[name])


def test_a_slow_rate_is_for_images_only(tmp_path: Path) -> None:
    """A video keeps its frame rates, and a GIF has at most 30 images a second."""
    assert errors(tmp_path, "fps: 15") == ["'fps' must be 24, 25, 30, 50 or 60, not 15, in the format 'mp4'"]
    assert errors(tmp_path, "format: gif, fps: 50") == ["'fps' of a gif must be at most 30, not 50"]
    assert errors(tmp_path, "format: webp, size: 320x180, width: 322") == [
        "'width' must be at most 320, that of 'size', not 322"
    ]


def test_an_entry_inherits_what_has_an_effect(tmp_path: Path) -> None:
    """Of the spec's `output`, an entry in another format takes what it can use, but no frame rate of videos."""
    path = tmp_path / "video.yaml"
    entries = "outputs: [{name: wide}, {name: loop, format: webp}, {name: sound, format: m4a, peak: -3}]\n"
    path.write_text(
        f"{HEAD}output: {{size: 320x180, fps: 50, loudness: -20, profile: compat}}\n{entries}{SCENES}", encoding="utf-8"
    )
    wide, loop, sound = (spec.output for spec in load(path).videos)
    assert (wide.format, wide.fps, wide.profile, wide.loudness) == ("mp4", 50, "compat", -20)
    assert (loop.format, loop.width, loop.rate, loop.image_width) == ("webp", 320, 15, 320)
    assert (sound.format, sound.loudness, sound.peak) == ("m4a", -20, -3)
