"""Recognizes files that cannot be used as they are, by their first bytes, and names the command that converts them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from vidbuild import git_lfs
from vidbuild.frozen import dataclass
from vidbuild.media.image import svg
from vidbuild.platforms import shell_command

HEAD_BYTES = svg.HEAD_BYTES

ANNEX = (b"/annex/objects/", b".git/annex/objects/")

HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
AVIF_BRANDS = frozenset({b"avif", b"avis"})

# Video streams without a container, which have no times: the first unit of H.264 or HEVC, which is a parameter set or a
# delimiter, and AV1's temporal delimiter.
RAW_VIDEO = (
    ("H.264", re.compile(rb"\0?\0\0\x01[\x67\x27\x47\x09]")),
    ("HEVC", re.compile(rb"\0?\0\0\x01[\x40\x46]\x01")),
    ("AV1", re.compile(rb"\x12\0\x0a[\x09-\x20]")),
)
GZIP = b"\x1f\x8b"
IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

# Matroska, FLV, Ogg, MPEG program streams and ASF.
CONTAINERS = (b"\x1aE\xdf\xa3", b"FLV\x01", b"OggS", b"\0\0\x01\xba", b"0&\xb2u\x8ef\xcf\x11")

# Each packet of a transport stream begins with "G": offset of the first, and length of a packet. On Blu-ray discs and
# in the recordings of camcorders, 4 bytes come before each.
TRANSPORT = ((0, 188), (4, 192))


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a file cannot be used, to follow its name in a message ("is a HEIC image"), and what to do about it."""

    problem: str
    hint: str


def pointer(head: bytes) -> Unusable | None:
    """Return what to do about a file that only stands for its content, as a checkout without the content has it."""
    if git_lfs.is_pointer(head):
        return Unusable("is a Git LFS pointer, not the file itself", "run 'git lfs pull'")
    if head.startswith(ANNEX):
        return Unusable("is a git-annex pointer, not the file itself", "run 'git annex get .'")
    return None


def is_image(head: bytes) -> bool:
    """Return whether a file is an image, which decoders of videos accept as a video of one frame."""
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return head.startswith(IMAGES) or webp or svg.is_svg(head) or bool(_brands(head) & (HEIF_BRANDS | AVIF_BRANDS))


def is_heic(head: bytes) -> bool:
    """Return whether a file is a HEIC image."""
    brands = _brands(head)
    return bool(brands & HEIF_BRANDS) and not brands & AVIF_BRANDS


def is_video(head: bytes) -> bool:
    """Return whether a file is in a container of videos."""
    if is_image(head):
        return False
    riff = head[:4] == b"RIFF" and head[8:12] == b"AVI "
    transport = any(head[at::size][:3] == b"GGG" for at, size in TRANSPORT)
    return head.startswith(CONTAINERS) or riff or transport or head[4:8] == b"ftyp"


def foreign_image(head: bytes, name: str) -> Unusable | None:
    """Return what to do about an image of a known format that cannot be read. name: its path, for the command."""
    extra = "pip install 'vidbuild[heic]', or " if is_heic(head) else ""
    for problem, matches, command in _foreign_images(head, name):
        if matches:
            suffix = ".svg" if head.startswith(GZIP) else ".png"
            source, target = shell_command(name), shell_command(PurePath(name).with_suffix(suffix))
            run = command.format(source=source, target=target)
            return Unusable(f"is {problem}, which cannot be read", f"{extra}run '{run}', and name {target}")
    return None


def raw_video(head: bytes, name: str) -> Unusable | None:
    """Return what to do about a video stream without a container. name: its path, for the command."""
    for codec, start in RAW_VIDEO:
        if start.match(head):
            source, target = shell_command(name), shell_command(PurePath(name).with_suffix(".mp4"))
            run = f"ffmpeg -framerate 30 -i {source} -crf 17 {target}"
            problem = f"is a raw {codec} stream, which has no times: it needs a container"
            return Unusable(problem, f"run '{run}', with the recording's frame rate, and name {target}")
    return None


def _foreign_images(head: bytes, name: str) -> Iterator[tuple[str, bool, str]]:
    camera = PurePath(name).suffix.lower() in {".dng", ".nef", ".cr2", ".arw", ".orf", ".rw2", ".pef", ".srw"}
    yield (
        "a HEIC image",
        is_heic(head),
        "heif-convert {source} {target}' or, with ffmpeg 8.1 or newer, 'ffmpeg -i {source} {target}",
    )
    jxl = head.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"))
    yield "a JPEG XL image", jxl, "ffmpeg -i {source} {target}"
    jpeg2000 = head.startswith((b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n\x87\n"))
    yield "a JPEG 2000 image", jpeg2000, "ffmpeg -i {source} {target}"
    yield "a Photoshop image", head.startswith(b"8BPS"), "magick {source}[0] {target}"
    yield "a PDF", head.startswith(b"%PDF-"), "pdftocairo -png -singlefile {source} - > {target}"
    yield "an EPS image", head.startswith((b"%!PS", b"\xc5\xd0\xd3\xc6")), "magick -density 300 {source} {target}"
    yield "a compressed SVG image", head.startswith(GZIP) and name.endswith("z"), "gunzip -c {source} > {target}"
    yield "a camera's raw image", camera and head.startswith(IMAGES), "magick {source} {target}"


def _brands(head: bytes) -> set[bytes]:
    """Return the brands of a file in the ISO base media file format (ISO 14496-12, 4.3); empty for other files."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}
