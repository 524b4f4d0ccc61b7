"""Looks whether a file is what a spec takes it for; it knows nothing of which field named it."""

from __future__ import annotations

import itertools
import os
import re
import stat
import warnings
from pathlib import Path, PurePath

from vidbuild.media.ffmpeg import limits
from vidbuild.spec import font_file, paths
from vidbuild.suggest import nearest

FORMATS = limits.IMAGE_FORMATS
IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")  # how they begin; WebP begins as WAVE does
FONTS = frozenset({".ttf", ".otf", ".ttc"})
MAX_PIXELS = limits.IMAGE_PIXELS
LISTED = 2000  # names of a folder among which the nearest is looked for
MAX_TEXT = 1_000_000  # bytes: more than anyone would show
TURNED = range(5, 9)  # EXIF orientations in which width and height change places
ORIENTATION = 0x0112


class FileProblemError(Exception):
    """A file that is not what it is taken for."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def look(path: Path, name: str) -> None:
    """Raise FileProblemError unless there is a file with something in it that can be read. name: as the spec has it."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise FileProblemError(f"file '{name}' does not exist", neighbour(path, name)) from None
    except (OSError, ValueError) as error:
        raise FileProblemError(f"file '{name}' cannot be read: {_reason(error)}") from None
    if stat.S_ISDIR(status.st_mode):
        raise FileProblemError(f"'{name}' is a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise FileProblemError(f"'{name}' is not a regular file")
    if status.st_size == 0:
        raise FileProblemError(f"file '{name}' is empty")
    try:
        path.open("rb").close()
    except OSError as error:
        raise FileProblemError(f"file '{name}' cannot be read: {_reason(error)}") from None


def playable(path: Path, name: str, wanted: str) -> None:
    """As look, and not an image, which a decoder would take for a film of one picture. wanted: "a video", say."""
    look(path, name)
    with path.open("rb") as file:
        head = file.read(12)
    if head.startswith(IMAGES) or (head[:4] == b"RIFF" and head[8:] == b"WEBP"):
        raise FileProblemError(f"'{name}' is an image, not {wanted}", "a scene of type 'image' shows it")


def image_size(path: Path, name: str) -> list[int]:
    """[width, height] of an image as it is seen. Raises FileProblemError for what is no image of a known format."""
    from PIL import Image, UnidentifiedImageError

    look(path, name)
    if (size := path.stat().st_size) > limits.IMAGE_BYTES:
        raise FileProblemError(f"'{name}' has {size} bytes, and the limit for an image is {limits.IMAGE_BYTES}")
    known = "PNG, JPEG, WebP or GIF image"
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=FORMATS) as image:
            width, height = _bounded(*image.size, name)
            turned = image.getexif().get(ORIENTATION) in TURNED
    except FileProblemError:
        raise
    except Image.DecompressionBombError as error:  # twice Pillow's own limit, which is lower than ours
        raise FileProblemError(
            _too_large(name, "".join(re.findall(r"size \((\d+)", str(error))) or "too many")
        ) from None
    except UnidentifiedImageError:
        raise FileProblemError(f"'{name}' is not a {known}") from None
    except Exception as error:  # noqa: BLE001 - a decoder may raise anything for bytes that were made to confuse it
        raise FileProblemError(f"'{name}' is not a {known} that can be read: {_reason(error)}") from None
    return [height, width] if turned else [width, height]


def _bounded(width: int, height: int, name: str) -> tuple[int, int]:
    """The size, before anything asks for pixels."""
    if width * height > MAX_PIXELS:
        raise FileProblemError(_too_large(name, f"{width} x {height}"))
    return width, height


def _too_large(name: str, found: str) -> str:
    return f"'{name}' has {found} pixels, more than {MAX_PIXELS // 1_000_000} million"


def text(path: Path, name: str) -> str:
    """A text file's text. Raises FileProblemError."""
    raw = content(path, name)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileProblemError(f"file '{name}' is not UTF-8 text") from None


def content(path: Path, name: str) -> bytes:
    """A text file's bytes, of which there are not too many. Raises FileProblemError."""
    look(path, name)
    with path.open("rb") as file:
        raw = file.read(MAX_TEXT + 1)
    if len(raw) > MAX_TEXT:
        raise FileProblemError(f"file '{name}' has more than {MAX_TEXT} bytes")
    return raw


def own_content(path: Path, root: Path, most: int) -> bytes:
    """A spec's own bytes, and one more than `most` where there are more. OSError, ValueError or PathProblemError."""
    with open(path, "rb", opener=_without_waiting) as file:
        paths.check_own(path, root)
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is not a regular file")
        return file.read(most + 1)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def fonts(path: Path, name: str) -> list[str]:
    """The names of the font files in a folder. Raises FileProblemError."""
    try:
        found = sorted(item.name for item in path.iterdir() if item.suffix.lower() in FONTS and item.is_file())
    except FileNotFoundError:
        raise FileProblemError(f"folder '{name}' does not exist") from None
    except NotADirectoryError:
        raise FileProblemError(f"'{name}' is a file, not a folder") from None
    except OSError as error:
        raise FileProblemError(f"folder '{name}' cannot be read: {_reason(error)}") from None
    if not found:
        raise FileProblemError(f"folder '{name}' has no .ttf or .otf file in it")
    if len(found) > limits.FONT_FILES:
        raise FileProblemError(f"folder '{name}' has {len(found)} fonts, and the limit is {limits.FONT_FILES}")
    return found


def font(path: Path, name: str) -> None:
    """As look, and a whole font. Raises FileProblemError."""
    look(path, name)
    try:
        wrong = font_file.problem(path)
    except OSError as error:
        raise FileProblemError(f"file '{name}' cannot be read: {_reason(error)}") from None
    if wrong:
        raise FileProblemError(f"'{name}' {wrong}")


def neighbour(path: Path, name: str, endings: tuple[str, ...] = ()) -> str | None:
    """The file beside it that was probably meant. endings: of those that can be."""
    folder = name[: name.rfind("/") + 1]
    try:
        with os.scandir(path.parent) as entries:
            names = sorted(
                entry.name
                for entry in itertools.islice(entries, LISTED)
                if not entry.is_dir(follow_symlinks=False)
                and entry.name.endswith(endings or "")
                and entry.name != path.name  # a symlink that leads nowhere
            )
    except OSError:
        return None
    found = nearest(path.stem, {PurePath(item).stem for item in names})
    meant = [item for item in names if PurePath(item).stem == found]
    return f"did you mean '{folder}{meant[0]}'?" if meant else None


def _reason(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return said[:1].lower() + said[1:]
