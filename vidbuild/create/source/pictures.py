"""Pictures that a source shows: files of the project, bytes that it embeds, badges, and pictures of the network."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from vidbuild.create.source.outline import Omission, Picture
from vidbuild.create.source.protocol import Source

MAX_BYTES = 32 * 2**20  # of one picture that a source embeds
# Endings of the formats that an image scene draws.
ENDINGS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "image/bmp": ".bmp",
    "image/svg+xml": ".svg", "image/tiff": ".tiff",
}  # fmt: skip
_DRAWN = frozenset({*ENDINGS.values(), ".jpeg", ".tif", ".heic", ".heif", ".avif"})
_BADGE = re.compile(
    r"shields\.io|badge|badgen\.net|codecov\.io|travis-ci|goreportcard|godoc\.org|isitmaintained", re.IGNORECASE
)


def decoded(content: str | bytes) -> bytes:
    """Return the bytes that a text in base64 stands for; none if it is damaged."""
    try:
        return base64.b64decode(content)
    except ValueError:  # also signs beyond ASCII
        return b""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in a text. linked: whether it is all that a link consists of."""

    source: str
    alt: str
    linked: bool = False

    @property
    def is_remote(self) -> bool:
        """Whether its bytes are not in a file."""
        return bool(urlsplit(self.source).scheme or self.source.startswith("//"))

    @property
    def is_badge(self) -> bool:
        """Whether it shows a state of the project instead of something to look at."""
        return self.is_remote and (self.linked or bool(_BADGE.search(self.source)))


@dataclass(slots=True)
class Omissions:
    """What no scene of a source will show."""

    source: Source
    omissions: list[Omission] = field(default_factory=list)

    def leave_out(self, what: str, line: int = 0) -> None:
        """Record what is left out. line: counted from 1; 0 if the source has no lines."""
        self.omissions.append(Omission(what, line))

    def file(self, image: Image, line: int = 0, caption: str = "") -> Iterator[Picture]:
        """Yield a picture that is a file of the project."""
        name = unquote(re.sub(r"[?#].*", "", image.source))
        if image.is_badge:
            self.leave_out("a badge", line)
        elif image.is_remote:
            self.leave_out(f"a picture from the network: {image.source}", line)
        elif (path := self.source.file(name)) is None:
            self.leave_out(f"a picture that is not in the project: {image.source}", line)
        elif path.suffix.lower() not in _DRAWN:
            self.leave_out(f"a picture in a format that no scene shows: {image.source}", line)
        else:
            yield Picture(image.alt, path, caption=caption)

    def embedded(self, data: bytes, ending: str, alt: str, line: int = 0, caption: str = "") -> Iterator[Picture]:
        """Yield a picture whose bytes the source has."""
        if ending.lower() not in _DRAWN:
            self.leave_out(f"a picture in a format that no scene shows: {ending or 'unknown'}", line)
        elif len(data) > MAX_BYTES:
            self.leave_out(f"a picture of more than {MAX_BYTES // 2**20} MB", line)
        elif data:
            yield Picture(alt, data=data, name=f"picture{ending.lower()}", caption=caption)
