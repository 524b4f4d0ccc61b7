"""A look at a spec for a live view, and the parts of a video that are built before the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import music_lab
from tests.support.workspace import SMALL
from vidbuild.api.live import look, missing
from vidbuild.api.live_parts import CancelledError, fragment_of, pictures_of, reasons_of, reveals_of, still_of
from vidbuild.api.options import BuildOptions, Control, RunControl
from vidbuild.errors import StepError, UsageError


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A small spec in a project of its own."""
    (tmp_path / "vidbuild.toml").write_text("")
    path = tmp_path / "video.yaml"
    path.write_text(SMALL)
    return path


class Cancelling(RunControl):
    """Cancels at once."""

    def requested(self) -> Control:
        """Return CANCEL."""
        return Control.CANCEL


def test_what_an_edit_changes(spec: Path) -> None:
    """Digests differ for what was edited and for nothing else; a comment changes none."""
    (before,) = look(spec).videos
    spec.write_text(SMALL + "# a comment\n")
    (same,) = look(spec).videos
    assert (same.digest, same.scenes) == (before.digest, before.scenes)
    spec.write_text(SMALL.replace("title: Two", "title: Zwei"))
    (after,) = look(spec).videos
    assert after.digest != before.digest
    assert after.scenes[0] == before.scenes[0]
    one, other = before.scenes[1], after.scenes[1]
    assert (one.drawing == other.drawing, one.all == other.all) == (False, False)
    spec.write_text(SMALL.replace("title: Two, duration: 0.5", "title: Two, duration: 0.7"))
    (longer,) = look(spec).videos
    assert longer.scenes[1].drawing == one.drawing
    assert longer.scenes[1].picture != one.picture


def test_the_content_of_a_file_is_a_change(spec: Path) -> None:
    """A file that a scene shows decides on its digest by its content, and is among the files to watch."""
    image = spec.parent / "image.svg"
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36"><rect width="64" height="36" fill="{}"/></svg>'
    )
    image.write_text(svg.format("red"))
    spec.write_text(SMALL + "  - {id: three, type: image, src: image.svg, alt: A square, duration: 0.5}\n")
    first = look(spec)
    assert image in first.files
    assert spec in first.files
    image.write_text(svg.format("blue"))
    (before,), (after,) = first.videos, look(spec).videos
    assert [one.drawing == other.drawing for one, other in zip(before.scenes, after.scenes, strict=True)] == [
        True,
        True,
        False,
    ]


def test_a_frame_of_a_file_that_was_saved_after_the_look(spec: Path, tmp_path: Path) -> None:
    """It is not kept as the frame of what the file said before; those of other scenes are made."""
    image = spec.parent / "image.svg"
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="{}"/></svg>'
    image.write_text(svg.format("red"))
    spec.write_text(SMALL + "  - {id: three, type: image, src: image.svg, alt: A square, duration: 0.5}\n")
    (video,) = look(spec).videos
    image.write_text(svg.format("blue"))
    path = tmp_path / "still.png"
    with pytest.raises(StepError, match="a file of the scene 'three' changed meanwhile"):
        still_of(video, "three", None, path, options=BuildOptions(jobs=1), runs=tmp_path / "runs")
    assert not path.exists()
    still_of(video, "one", None, path, options=BuildOptions(jobs=1), runs=tmp_path / "runs")
    (now,) = look(spec).videos
    still_of(now, "three", None, path, options=BuildOptions(jobs=1), runs=tmp_path / "runs")
    assert path.exists()
    from vidbuild.api.build import build

    build(spec, BuildOptions(jobs=1))
    assert [scene for scene, _ in pictures_of(now, BuildOptions())] == ["one", "two", "three"]
    assert [scene for scene, _ in pictures_of(video, BuildOptions())] == ["one", "two"]


def test_errors_are_in_the_look(spec: Path) -> None:
    """A spec with errors has them with its files, and no videos; so has one that does not exist."""
    spec.write_text(SMALL.replace("type: title", "type: titel"))
    found = look(spec)
    assert not found.ok
    assert found.videos == ()
    assert spec in found.files
    assert all(each.line for each in found.diagnostics)
    spec.unlink()
    gone = missing(spec)
    assert not gone.ok
    assert "cannot read" in gone.diagnostics[0].message
    assert spec in gone.files


def test_every_video_of_a_spec(spec: Path) -> None:
    """A spec with several videos has one look at each, or at those that are chosen."""
    spec.write_text(SMALL.replace("title: A small video", "title: A small video\nlanguages: [en, de]"))
    assert [each.language for each in look(spec).videos] == ["en", "de"]
    assert [each.name for each in look(spec, language=["de"]).videos] == ["video.de"]
    assert not look(spec, language=["fr"]).ok


def test_parts_of_a_video(spec: Path, tmp_path: Path) -> None:
    """A picture, a scene alone and its small picture use one cache; reasons name what was edited."""
    options, runs = BuildOptions(jobs=1), tmp_path / "runs"
    (video,) = look(spec).videos
    with pytest.raises(CancelledError):
        still_of(video, "one", None, tmp_path / "x.png", options=options, control=Cancelling(), runs=runs)
    still_of(video, "one", 0.2, tmp_path / "one.png", options=options, runs=runs)
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")
    made = fragment_of(video, "two", tmp_path / "parts", options=options, runs=runs)
    assert made.path.read_bytes()[4:8] == b"ftyp"
    assert (made.seconds, made.words, made.cues) == (0.5, (), {})
    assert [scene for scene, _ in pictures_of(video, options)] == ["two"]
    assert reveals_of(video, options)["two"] == []
    assert not (spec.parent / ".vidbuild" / "runs").exists()
    assert not (spec.parent / "build").exists()
    assert len(list(runs.iterdir())) == 3
    from vidbuild.api.build import build

    build(spec, options)
    spec.write_text(SMALL.replace("title: Two", "title: Zwei"))
    (edited,) = look(spec).videos
    assert reasons_of(edited, ["two"], options) == {"two": "title changed"}
    assert reasons_of(edited, ["one"], options) == {}


def test_the_reason_of_music(spec: Path) -> None:
    """Scenes whose audio waits for music that was added have its reason, and none that they had before."""
    from vidbuild.api.build import build

    options = BuildOptions(jobs=1)
    build(spec, options)
    music_lab.write(spec.parent / "bed.wav", music_lab.sine(440), 1.0)
    spec.write_text(SMALL.replace("title: A small video", "title: A small video\nmusic: bed.wav"))
    (video,) = look(spec).videos
    assert reasons_of(video, ["one", "two"], options) == dict.fromkeys(("one", "two"), "music: never built")


def test_reasons_in_words_of_the_spec(spec: Path) -> None:
    """A new theme is one reason, and that of a neighbor into which a scene fades begins with its name."""
    from vidbuild.api.build import build

    options = BuildOptions(jobs=1)
    build(spec, options)
    spec.write_text(SMALL.replace("title: A small video", "title: A small video\ntheme: confetti"))
    (video,) = look(spec).videos
    assert reasons_of(video, ["one", "two"], options) == dict.fromkeys(("one", "two"), "theme changed")
    faded = SMALL.replace("title: One,", "title: One, transition: {type: fade, duration: 0.2},")
    spec.write_text(faded)
    build(spec, options)
    spec.write_text(faded.replace("title: Two", "title: Zwei"))
    (video,) = look(spec).videos
    assert reasons_of(video, ["one", "two"], options) == {"one": "two: title changed", "two": "title changed"}


def test_audio_has_no_pictures(spec: Path, tmp_path: Path) -> None:
    """No frame of an output that is audio can be asked for."""
    spec.write_text(SMALL.replace("size: 160x90, fps: 24", "format: m4a").replace("duration: 0.5", "narration: A."))
    (video,) = look(spec).videos
    assert not video.has_pictures
    with pytest.raises(UsageError, match="is audio, and has no pictures"):
        still_of(video, "one", None, tmp_path / "x.png", options=BuildOptions())
