"""Seals outputs: each ends with the SHA-256 of all the bytes before, so that a file alone proves what wrote it.

A seal is part of the file's format: a box of an MP4 or M4A, an element of a WebM, a chunk of a PNG or WebP, an
extension of a GIF, a tag of an MP3, a note of a WebVTT file, a field of a JSON object, a comment of an HTML page, a
TTML, Markdown or PDF file, a line of a text. SubRip has nothing of the kind, so the WebVTT file beside it has its
digest. A seal is no signature: it detects edits, and does not prevent forgeries.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Literal

from vidbuild import git_lfs

State = Literal["intact", "changed", "absent"]

# A `uuid` box (ISO/IEC 14496-12, 11.1) is one of a vendor; players skip it.
BOX_TYPE = bytes.fromhex("0f2c6d1e5a8b4d7c9e31b64c0d52a7f8")
PNG_END = struct.pack(">I4sI", 0, b"IEND", zlib.crc32(b"IEND"))
_MARK = b"vidbuild sha256:"
_SIDECAR = b"SubRip sha256:"
_CHUNK = 1 << 20
_TAIL = 1 << 16  # in which an edited file still has its seal, if it has one


class SealedWriter:
    """Writes a file to a binary file and ends it with its seal; it hashes what passes, and keeps nothing.

    suffix: of the file's name, for the form of the seal.
    """

    def __init__(self, target: BinaryIO, suffix: str = ".mp4") -> None:
        self._target, self._suffix = target, suffix
        self._hash = hashlib.sha256()

    def write(self, data: bytes | memoryview) -> int:
        """Write bytes."""
        self._hash.update(data)
        return self._target.write(data)

    def seal(self) -> int:
        """Write the seal; return its size."""
        return self._target.write(_TRAILERS[self._suffix](self._hash.digest()))


def length(suffix: str) -> int:
    """Return how many bytes the seal of a file with this suffix has."""
    return len(_TRAILERS[suffix](bytes(32)))


def sealed_png(data: bytes) -> bytes:
    """Return a PNG with its seal before the chunk that ends it."""
    if not data.endswith(PNG_END):
        raise ValueError("the PNG has no IEND chunk at its end")
    return _sealed(data[: -len(PNG_END)], ".png")


def sealed(data: bytes, suffix: str) -> bytes:
    """Return a whole file that ends with its seal."""
    return _sealed(data, suffix)


def sealed_json(text: str) -> str:
    """Return the text of a JSON object, written over several lines, with its seal as the last field."""
    return _sealed(text.rstrip().removesuffix("}").rstrip().encode(), ".json").decode()


def sealed_html(text: str) -> str:
    """Return an HTML page with its seal as a comment at its end."""
    return _sealed(text.encode(), ".html").decode()


def sealed_markdown(text: str) -> str:
    """Return a Markdown file with its seal as a comment at its end, which no reader shows."""
    return _sealed(text.encode(), ".md").decode()


def sealed_ttml(text: str) -> str:
    """Return an XML document with its seal as a comment at its end."""
    return _sealed(text.encode(), ".ttml").decode()


def sealed_text(text: str) -> str:
    """Return a plain text with its seal as its last line."""
    return _sealed(text.encode(), ".txt").decode()


def sealed_vtt(text: str, srt: str) -> str:
    """Return a WebVTT file with the digest of the SubRip file beside it, and its seal, as notes at its end."""
    sidecar = f"\nNOTE {_SIDECAR.decode()}{hashlib.sha256(srt.encode()).hexdigest()}\n"
    return _sealed((text + sidecar).encode(), ".vtt").decode()


def state_of(path: Path) -> State:
    """Return whether a file has its seal and is intact, has one and was changed, or has none."""
    with path.open("rb") as file:
        if _is_lfs_pointer(file):
            return "intact"  # a stand-in that Git LFS made for a committed file; nothing of a person's is in it
        if path.suffix == ".srt":
            return _sidecar_state(path, file)
        trailer = _TRAILERS.get(path.suffix)
        if trailer is None:
            return "absent"
        if path.suffix in _TEXTS:  # git may have written other line ends
            return _state(io.BytesIO(_unix_lines(file.read())), trailer)
        return _state(file, trailer)


def _sealed(body: bytes, suffix: str) -> bytes:
    return body + _TRAILERS[suffix](hashlib.sha256(body).digest())


def _state(file: BinaryIO, trailer: Callable[[bytes], bytes]) -> State:
    size = file.seek(0, io.SEEK_END)
    length = len(trailer(bytes(32)))
    file.seek(0)
    digest, remaining = hashlib.sha256(), max(size - length, 0)
    while remaining and (chunk := file.read(min(_CHUNK, remaining))):
        digest.update(chunk)
        remaining -= len(chunk)
    if size >= length and file.read() == trailer(digest.digest()):
        return "intact"
    file.seek(max(size - _TAIL, 0))
    tail = file.read()
    return "changed" if _MARK in tail or BOX_TYPE in tail else "absent"


def _sidecar_state(path: Path, file: BinaryIO) -> State:
    try:
        notes = path.with_suffix(".vtt").read_bytes()
    except OSError:
        return "absent"
    if not (recorded := re.findall(rb"^NOTE " + _SIDECAR + rb"([0-9a-f]{64})\s*$", notes, re.MULTILINE)):
        return "absent"
    digest = hashlib.sha256(_unix_lines(file.read())).hexdigest().encode()
    return "intact" if digest == recorded[-1] else "changed"


def _is_lfs_pointer(file: BinaryIO) -> bool:
    start = file.read(git_lfs.MAX_BYTES + 1)
    file.seek(0)
    return git_lfs.is_pointer(start) and len(start) <= git_lfs.MAX_BYTES


def _unix_lines(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


def _box(digest: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(BOX_TYPE) + len(digest), b"uuid") + BOX_TYPE + digest


def _chunk(digest: bytes) -> bytes:
    """Return a tEXt chunk and the chunk that ends the PNG."""
    content = b"tEXtvidbuild\0" + _mark(digest)
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content)) + PNG_END


def _riff_chunk(digest: bytes) -> bytes:
    """Return a chunk of a type that readers of WebP skip."""
    content = _mark(digest)
    return struct.pack("<4sI", b"seal", len(content)) + content + bytes(len(content) % 2)


def _void_element(digest: bytes) -> bytes:
    """Return an element of a Matroska file that readers skip (RFC 9559, 5.1: Void)."""
    content = _mark(digest)
    return bytes([0xEC, 0x80 | len(content)]) + content


def _gif_comment(digest: bytes) -> bytes:
    """Return a comment and the byte that ends the GIF."""
    content = _mark(digest)
    return b"!\xfe" + bytes([len(content)]) + content + b"\0;"


def _ape_tag(digest: bytes) -> bytes:
    """Return an APEv2 tag, which readers of MP3 know at the end of a file."""
    content = _mark(digest)
    item = struct.pack("<II", len(content), 0) + b"seal\0" + content
    numbers = (2000, len(item) + 32, 1)
    header, footer = (struct.pack("<8s4I8x", b"APETAGEX", *numbers, flags) for flags in (0xA0000000, 0x80000000))
    return header + item + footer


def _mark(digest: bytes) -> bytes:
    return _MARK + digest.hex().encode()


_TRAILERS: Mapping[str, Callable[[bytes], bytes]] = {
    ".mp4": _box,
    ".m4a": _box,
    ".webm": _void_element,
    ".png": _chunk,
    ".webp": _riff_chunk,
    ".gif": _gif_comment,
    ".mp3": _ape_tag,
    ".pdf": lambda digest: b"%" + _mark(digest) + b"\n",
    ".vtt": lambda digest: b"\nNOTE " + _mark(digest) + b"\n",
    ".json": lambda digest: b',\n "seal": "' + _mark(digest) + b'"\n}\n',
    ".txt": lambda digest: b"\n" + _mark(digest) + b"\n",
    ".html": lambda digest: b"<!-- " + _mark(digest) + b" -->\n",
    ".md": lambda digest: b"\n<!-- " + _mark(digest) + b" -->\n",
    ".ttml": lambda digest: b"<!-- " + _mark(digest) + b" -->\n",
}
_TEXTS = frozenset({".vtt", ".ttml", ".md", ".json", ".html", ".txt"})
