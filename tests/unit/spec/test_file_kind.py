"""Files that cannot be used as they are, and the commands that convert them."""

from __future__ import annotations

import gzip
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.spec_lab import Project
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.image import image_file
from vidbuild.spec import files
from vidbuild.spec.paths import InputError

POINTERS = {
    "a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12345\n" % (b"4d" * 32),
    "a git-annex pointer": b"/annex/objects/SHA256E-s12345--4d7a.png\n",
}
TITLE: dict[str, Any] = {"type": "title", "title": "One"}


@pytest.mark.parametrize("kind", POINTERS)
@pytest.mark.parametrize(
    ("field", "scene", "top"),
    [
        ("scenes[0].src", {"type": "image", "src": "file"}, {}),
        ("scenes[0].src", {"type": "clip", "src": "file"}, {}),
        ("scenes[0].narration.audio", {**TITLE, "narration": {"audio": "file", "text": "Hello."}}, {}),
        ("scenes[0].file", {"type": "code", "file": "file"}, {}),
        ("theme", TITLE, {"theme": "./file"}),
        ("theme.logo", TITLE, {"theme": {"extends": "midnight", "logo": "file"}}),
        ("theme.fonts", TITLE, {"theme": {"extends": "midnight", "fonts": "fonts"}}),
    ],
)
def test_a_pointer_is_named_for_every_kind_of_file(
    project: Project, kind: str, field: str, scene: dict[str, Any], top: dict[str, Any]
) -> None:
    """A file of a checkout without its content is reported as such, with the command that fetches the content."""
    project.write("file", POINTERS[kind])
    project.write("fonts/a.ttf", POINTERS[kind])
    [(place, message, hint)] = project.wrong(scene, **top)
    assert place == field
    assert message.endswith(f"is {kind}, not the file itself")
    assert hint in {"run 'git lfs pull'", "run 'git annex get .'"}


def test_a_spec_that_is_a_pointer(project: Project) -> None:
    """A spec itself can be a pointer."""
    [(line, _, message, hint)] = project.problems(POINTERS["a Git LFS pointer"].decode())
    assert (line, message, hint) == (1, "'v.yaml' is a Git LFS pointer, not the file itself", "run 'git lfs pull'")


def shown(function: Any, path: Path) -> tuple[str, str | None]:
    """Return the message and hint about a file."""
    with pytest.raises(InputError) as caught:
        function(path, path.name)
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize("codec", ["libx264", "libx265", "libaom-av1"])
def test_a_raw_stream_of_video_can_be_converted(tmp_path: Path, codec: str) -> None:
    """A stream without a container is reported as such, and the command of the hint makes a clip of all its frames."""
    name = {"libx264": "a b.h264", "libx265": "a.h265", "libaom-av1": "a.obu"}[codec]
    source = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=30:d=1"]
    run(
        "-y",
        *source,
        "-c:v",
        codec,
        "-bf",
        "2",
        *(["-cpu-used", "8"] if codec == "libaom-av1" else []),
        str(tmp_path / name),
    )
    message, hint = shown(lambda path, name: files.check_playable(path, name, "a video"), tmp_path / name)
    assert "which has no times: it needs a container" in message
    follow(hint, tmp_path)
    frames = run("-i", str(tmp_path / Path(name).with_suffix(".mp4")), "-map", "0:v", "-f", "framecrc", "-")
    assert sum(not line.startswith(b"#") for line in frames.splitlines()) == 30


def test_a_foreign_image_can_be_converted(tmp_path: Path) -> None:
    """The command of the hint makes an image that can be read."""
    Image.new("RGB", (64, 48), "red").save(tmp_path / "source.png")
    for name in ("a.jxl", "a b.jp2"):
        run("-y", "-i", str(tmp_path / "source.png"), str(tmp_path / name))
        message, hint = shown(files.image_size, tmp_path / name)
        assert message.endswith(", which cannot be read")
        follow(hint, tmp_path)
        assert files.image_size(tmp_path / Path(name).with_suffix(".png"), "a.png") == [64, 48]


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.heic", b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf", "a HEIC image"),
        ("a.jpg", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "a HEIC image"),
        ("a.psd", b"8BPS\0\1", "a Photoshop image"),
        ("a.pdf", b"%PDF-1.7", "a PDF"),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0", "an EPS image"),
        ("a.dng", b"II*\0\x08\0\0\0", "a camera's raw image"),
    ],
)
def test_images_of_phones_and_designers_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, head: bytes, kind: str
) -> None:
    """Each is named, with a command; HEIC also with the extra that reads it, if that is not installed."""
    monkeypatch.setattr(image_file, "reads_heif", lambda: False)
    (tmp_path / name).write_bytes(head.ljust(64, b"\0"))
    message, hint = shown(files.image_size, tmp_path / name)
    assert message == f"'{name}' is {kind}, which cannot be read"
    assert hint is not None
    assert hint.endswith(f"and name {Path(name).with_suffix('.png')}")
    assert hint.startswith("pip install 'vidbuild[heic]', or run ") == (kind == "a HEIC image")


def test_a_compressed_svg_image_is_decompressed(tmp_path: Path) -> None:
    """The command of the hint makes an SVG image that has the name of one."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"/>'
    (tmp_path / "a b.svgz").write_bytes(gzip.compress(svg))
    message, hint = shown(files.image_size, tmp_path / "a b.svgz")
    assert message == "'a b.svgz' is a compressed SVG image, which cannot be read"
    assert hint is not None
    command, _, name = hint.removeprefix("run '").rpartition("', and name ")
    assert name == "'a b.svg'"
    subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, check=True)
    assert (tmp_path / "a b.svg").read_bytes() == svg
    assert files.image_size(tmp_path / "a b.svg", "a b.svg") == [4096, 3072]


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi", "a.ts", "a.flv", "a.mpg"])
def test_a_video_as_an_image_is_named(project: Project, name: str) -> None:
    """A video given as an image is reported as such, with the type of scene that plays it; as a logo, without."""
    coder = ("-c:v", "mpeg2video" if name == "a.mpg" else "libx264")
    run("-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=0.2", *coder, str(project.root / name))
    [(place, message, hint)] = project.wrong({"type": "image", "src": name, "duration": 1})
    assert (place, hint) == ("scenes[0].src", "use a scene of type 'clip'")
    assert message == f"'{name}' is not a {files.IMAGES} but a video"
    [(place, _, hint)] = project.wrong(TITLE, theme={"extends": "midnight", "logo": name})
    assert (place, hint) == ("theme.logo", None)


def test_an_avif_is_no_heic(tmp_path: Path) -> None:
    """An AVIF whose first brand is that of all HEIF images is read."""
    Image.new("RGB", (16, 8)).save(tmp_path / "a.avif")
    data = bytearray((tmp_path / "a.avif").read_bytes())
    data[8:12] = b"mif1"
    (tmp_path / "a.avif").write_bytes(data)
    assert files.image_size(tmp_path / "a.avif", "a.avif") == [16, 8]


def run(*args: str) -> bytes:
    """Run vidbuild's own ffmpeg."""
    return subprocess.run([str(ffmpeg.executable()), "-v", "error", *args], capture_output=True, check=True).stdout


def follow(hint: str | None, folder: Path) -> None:
    """Run the command of a hint in a folder, with vidbuild's own ffmpeg."""
    assert hint is not None
    program, *args = shlex.split(hint.split("run '", 1)[1].rsplit("', ", 1)[0])
    assert program == "ffmpeg"
    subprocess.run([str(ffmpeg.executable()), "-v", "error", *args], cwd=folder, check=True)
