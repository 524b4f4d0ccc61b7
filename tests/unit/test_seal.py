"""The seals of outputs, and that other readers of each format accept them."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.support import paths
from vidbuild import seal
from vidbuild.media.ffmpeg.binary import executable

VTT = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello\n"
SRT = "1\n00:00:00,000 --> 00:00:01,000\nHello\n"


def png() -> bytes:
    """A small PNG."""
    data = io.BytesIO()
    Image.new("RGB", (3, 2), (1, 2, 3)).save(data, "png")
    return data.getvalue()


def mp4() -> bytes:
    """The pinned clip with a seal."""
    target = io.BytesIO()
    writer = seal.SealedWriter(target)
    content = (paths.ROOT / "tests" / "pins" / "clip.mp4").read_bytes()
    assert writer.write(content) == len(content)
    assert writer.seal() == len(target.getvalue()) - len(content)
    return target.getvalue()


def sealed(suffix: str) -> bytes:
    """A sealed file of each format; of those without a function of their own, one of any bytes."""
    if suffix == ".mp4":
        return mp4()
    if suffix == ".png":
        return seal.sealed_png(png())
    texts = {
        ".json": seal.sealed_json(json.dumps({"a": [1, {}]}, indent=1) + "\n"),
        ".html": seal.sealed_html("<!doctype html>\n<title>T</title>\n"),
        ".vtt": seal.sealed_vtt(VTT, SRT),
        ".txt": seal.sealed_text("Sea by Diver\n" * 20),
        ".ttml": seal.sealed_ttml("<tt>\n<body/>\n</tt>\n" * 9),
        ".md": seal.sealed_markdown("# One\n\nTwo three.\n" * 9),
    }
    return texts[suffix].encode() if suffix in texts else seal.sealed(bytes(range(256)), suffix)


class Page(HTMLParser):
    """Collects the comments of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.comments: list[str] = []

    def handle_comment(self, data: str) -> None:
        """Keep it."""
        self.comments.append(data)


FORMATS = tuple(seal._TRAILERS)


def state(folder: Path, suffix: str, content: bytes) -> seal.State:
    """The state of a file with this content."""
    path = folder / f"video{suffix}"
    path.write_bytes(content)
    return seal.state_of(path)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_sealed_file_is_intact_until_it_is_changed(tmp_path: Path, suffix: str) -> None:
    """N4: a seal proves its file; any changed, added or removed byte shows."""
    content = sealed(suffix)
    assert state(tmp_path, suffix, content) == "intact"
    for changed in (b"x" + content, content + b"x", content[1:], content[:4] + b"1234" + content[8:]):
        assert state(tmp_path, suffix, changed) == "changed"
    for other in (b"", b"x", content[: len(content) // 3]):
        assert state(tmp_path, suffix, other) == "absent"


@given(st.data())
def test_no_flipped_bit_goes_unnoticed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """N4: a file with one other bit is not intact."""
    suffix = data.draw(st.sampled_from(FORMATS))
    content = bytearray(sealed(suffix))
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert state(tmp_path_factory.getbasetemp(), suffix, bytes(content)) != "intact"


@pytest.mark.parametrize("suffix", sorted(seal._TEXTS))
def test_line_ends_are_git_s_business(tmp_path: Path, suffix: str) -> None:
    """N4: a text whose line ends git changed is intact."""
    assert state(tmp_path, suffix, sealed(suffix).replace(b"\n", b"\r\n")) == "intact"


def test_subrip_is_proved_by_the_webvtt_file_beside_it(tmp_path: Path) -> None:
    """N4: SubRip has no comments: the WebVTT file has its digest, even after a person edited that file's cues."""
    assert state(tmp_path, ".srt", SRT.encode()) == "absent"
    (tmp_path / "video.vtt").write_text(seal.sealed_vtt(VTT, SRT), encoding="utf-8")
    assert state(tmp_path, ".srt", SRT.encode()) == "intact"
    assert state(tmp_path, ".srt", SRT.replace("\n", "\r\n").encode()) == "intact"
    assert state(tmp_path, ".srt", SRT.replace("Hello", "Hallo").encode()) == "changed"
    (tmp_path / "video.vtt").write_text(seal.sealed_vtt(VTT, SRT).replace("Hello", "Hallo"), encoding="utf-8")
    assert state(tmp_path, ".srt", SRT.encode()) == "intact"


def test_other_files_have_no_seal(tmp_path: Path) -> None:
    """A file of another format is never taken for an output."""
    assert state(tmp_path, ".css", sealed(".html")) == "absent"


def test_a_png_without_an_end_is_refused() -> None:
    """A truncated PNG cannot be sealed."""
    with pytest.raises(ValueError, match="IEND"):
        seal.sealed_png(png()[:-1])


def test_other_readers_accept_each_format(tmp_path: Path) -> None:
    """N4: readers that know nothing of seals read every sealed file, without a warning."""
    with Image.open(io.BytesIO(sealed(".png"))) as image:
        image.load()
        assert image.info == {"vidbuild": f"vidbuild sha256:{hashlib.sha256(png()[:-12]).hexdigest()}"}
        assert image.getpixel((0, 0)) == (1, 2, 3)
    data = json.loads(sealed(".json"))
    assert data.pop("seal").startswith("vidbuild sha256:")
    assert data == {"a": [1, {}]}
    page = Page()
    page.feed(sealed(".html").decode())
    assert page.comments == [f" {line[5:-4]} " for line in sealed(".html").decode().splitlines() if "<!--" in line]
    path = tmp_path / "clip.mp4"
    path.write_bytes(sealed(".mp4"))
    command = [str(executable()), "-v", "warning", "-xerror", "-i", str(path), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(("after", "found"), [(0, "changed"), (-1, "changed"), (1, "absent")])
def test_a_seal_is_looked_for_in_the_last_64_kib(tmp_path: Path, after: int, found: str) -> None:
    """A file to whose end a person added is an edited output while its seal begins in the last 64 KiB."""
    mark = seal.sealed_html("")
    added = 65_536 - len(mark) + mark.index("vidbuild") + after
    assert state(tmp_path, ".html", (mark + "x" * added).encode()) == found


def test_large_files_are_read_in_parts(tmp_path: Path) -> None:
    """The seal of a file is checked whatever its size is: a byte less or more than the parts that are read."""
    for size in ((1 << 20) - 1, 1 << 20, (1 << 20) + 1, (2 << 20) + 7):
        content = seal.sealed_html("x" * size).encode()
        assert state(tmp_path, ".html", content) == "intact"
        assert state(tmp_path, ".html", content.replace(b"xx", b"xy", 1)) == "changed"


def test_the_seal_of_an_mp4_is_a_box_of_its_size() -> None:
    """The boxes of a sealed MP4, each as long as it says, end where the file ends; the last is the seal."""
    content, at, kinds = mp4(), 0, []
    while at < len(content):
        kinds.append(content[at + 4 : at + 8])
        at += int.from_bytes(content[at : at + 4], "big")
    assert at == len(content)
    assert kinds[-1] == b"uuid"
    assert content[-32:] == hashlib.sha256(content[:-56]).digest()


@pytest.mark.parametrize(("size", "found"), [(1024, "intact"), (1025, "absent")])
def test_a_pointer_of_git_lfs_has_at_most_1024_bytes(tmp_path: Path, size: int, found: str) -> None:
    """A file that begins as a pointer is one, and no person's work, if it is as short as pointers are."""
    content = b"version https://git-lfs.github.com/spec/v1\n".ljust(size, b"x")
    assert state(tmp_path, ".mp4", content) == found


def test_a_seal_alone_is_found(tmp_path: Path) -> None:
    """A seal of nothing is intact, and what is left of one at a file's very start shows that it was changed."""
    assert state(tmp_path, ".html", seal.sealed_html("").encode()) == "intact"
    assert state(tmp_path, ".html", b"vidbuild sha256:0") == "changed"
