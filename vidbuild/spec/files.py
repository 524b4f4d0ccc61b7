"""Checks the files that a spec names: each must be of the expected kind, complete, and not too large."""

from __future__ import annotations

import itertools
import os
import re
import stat
from pathlib import Path, PurePath

from vidbuild.media.ffmpeg import limits
from vidbuild.media.image import svg
from vidbuild.platforms import shell_command
from vidbuild.spec import animated, file_kind, font_file
from vidbuild.spec.paths import InputError
from vidbuild.suggest import nearest

IMAGES = "PNG, JPEG, WebP, AVIF, GIF, TIFF, BMP or SVG image"
FONTS = frozenset({".ttf", ".otf", ".ttc", ".otc"})
WEB_FONTS = frozenset({".woff", ".woff2"})
MAX_PIXELS = limits.IMAGE_PIXELS
MAX_LISTED = 2000  # names of a folder that are compared with a missing file's
MAX_PDF = 500_000_000  # bytes
DECKS = frozenset({".pptx", ".ppt", ".odp", ".pps", ".ppsx"})
MAX_TEXT = 1_000_000  # bytes, more than any scene can show
_SPECS = {".yaml", ".yml"}
_KINDS = (
    {".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".bmp", ".svg", ".tif", ".tiff", ".apng"},
    {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".gif", ".mpg", ".ts"},
    {".wav", ".mp3", ".m4a", ".aac", ".flac", ".ogg", ".opus"},
    _SPECS,
)


def check_file(path: Path, name: str) -> bytes:
    """Return the start of a file; raise InputError unless it exists, can be read, and is the content and no pointer.

    name: the path as written in the spec, for messages.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise InputError(f"file '{name}' does not exist", _slashes(path, name) or similar_file(path, name)) from None
    except (OSError, ValueError) as error:
        raise InputError(f"file '{name}' cannot be read: {_reason(error)}") from None
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"'{name}' is a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"'{name}' is not a regular file")
    if status.st_size == 0:
        raise InputError(f"file '{name}' is empty")
    try:
        with path.open("rb") as file:
            head = file.read(file_kind.HEAD_BYTES)
    except OSError as error:
        raise InputError(f"file '{name}' cannot be read: {_reason(error)}") from None
    _refuse(file_kind.pointer(head), name)
    return head


def _refuse(unusable: file_kind.Unusable | None, name: str) -> None:
    if unusable is not None:
        raise InputError(f"'{name}' {unusable.problem}", unusable.hint)


def _slashes(path: Path, name: str) -> str | None:
    """Return a hint for a path with backslashes to a file that exists."""
    if "\\" not in name or path.name != PurePath(name).name:
        return None
    return f"write {name.replace(chr(92), '/')}" if Path(str(path).replace("\\", "/")).is_file() else None


def check_playable(path: Path, name: str, expected: str, if_image: str | None = None) -> None:
    """Raise InputError unless the file can be read and is no still image, which decoders accept as a video.

    expected: what the file must be, for messages ("a video"). if_image: a hint for a still image.
    """
    head = check_file(path, name)
    _refuse(file_kind.raw_video(head, name), name)
    if file_kind.is_image(head):
        if expected == "a video" and animated.is_animated(path):
            return
        raise InputError(f"'{name}' is not {expected} but an image", if_image)


def image_size(path: Path, name: str, if_video: str | None = None) -> list[int]:
    """Return [width, height] of an image, EXIF rotation applied; an SVG image has its shape. Raises InputError.

    if_video: a hint for a file that is a video.
    """
    from vidbuild.media.image import image_file

    head = check_file(path, name)
    if (size := path.stat().st_size) > limits.IMAGE_BYTES:
        raise InputError(f"'{name}' is too large: {size} bytes, the limit for an image is {limits.IMAGE_BYTES}")
    if svg.is_svg(head):
        return _svg_size(path, name)
    if not (file_kind.is_heic(head) and image_file.reads_heif()):
        _refuse(file_kind.foreign_image(head, name), name)
    if file_kind.is_video(head):
        raise InputError(f"'{name}' is not a {IMAGES} but a video", if_video)
    return _raster_size(path, name)


def _svg_size(path: Path, name: str) -> list[int]:
    try:
        return list(svg.read(path.read_bytes()).size)
    except svg.SvgError as error:
        hint = "embed in the image what it refers to, or remove it" if "refers to" in error.text else None
        raise InputError(f"'{name}': {error.text}", hint) from None


def _raster_size(path: Path, name: str) -> list[int]:
    from PIL import Image, UnidentifiedImageError

    from vidbuild.media.image import image_file

    try:
        with image_file.opened(path) as image:
            width, height = image.size
            _check_pixels(width, height, name)  # before any of them is decoded
            return list(image_file.upright((width, height), image_file.orientation(image, path)))
    except InputError:
        raise
    except Image.DecompressionBombError as error:  # Pillow's own limit; its message has the number of pixels
        pixels = "".join(re.findall(r"size \((\d+)", str(error))) or "too many"
        raise InputError(_too_many_pixels(name, pixels)) from None
    except UnidentifiedImageError:
        raise InputError(f"'{name}' is not a {IMAGES}") from None
    except Exception as error:  # noqa: BLE001 - a decoder can raise anything for bytes that were made to confuse it
        raise InputError(f"'{name}' is a damaged {IMAGES}: {_reason(error)}") from None


def _check_pixels(width: int, height: int, name: str) -> None:
    if width * height > MAX_PIXELS:
        raise InputError(_too_many_pixels(name, f"{width} x {height}"))


def _too_many_pixels(name: str, pixels: str) -> str:
    return f"'{name}' has {pixels} pixels: the maximum is {MAX_PIXELS // 1_000_000} million"


def check_pdf(path: Path, name: str) -> None:
    """Raise InputError unless the file is a PDF; the step that draws its page reads more of it."""
    head = check_file(path, name)
    if (size := path.stat().st_size) > MAX_PDF:
        raise InputError(f"'{name}' is too large: {size} bytes, the limit for a PDF is {MAX_PDF}")
    if b"%PDF-" in head[:1024]:
        return
    if file_kind.is_image(head):
        raise InputError(f"'{name}' is not a PDF but an image", "rename 'file' to 'src'")
    deck = PurePath(name).suffix.lower() in DECKS
    hint = f"convert it: libreoffice --headless --convert-to pdf {shell_command(name)}" if deck else None
    raise InputError(f"'{name}' is not a PDF", hint)


def text(path: Path, name: str) -> str:
    """Return a text file's text. Raises InputError."""
    raw = content(path, name)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"file '{name}' is not UTF-8 text") from None


def content(path: Path, name: str) -> bytes:
    """Return a text file's bytes, at most MAX_TEXT. Raises InputError."""
    check_file(path, name)
    with path.open("rb") as file:
        raw = file.read(MAX_TEXT + 1)
    if len(raw) > MAX_TEXT:
        raise InputError(f"file '{name}' is too large: the maximum is {MAX_TEXT} bytes")
    return raw


def fonts(path: Path, name: str) -> list[str]:
    """Return the names of the font files in a folder. Raises InputError."""
    found = [item for item in _files(path, name) if PurePath(item).suffix.lower() in FONTS]
    if not found:
        web = next(iter(web_fonts(path, name)), None)
        problem, hint = (f": '{web}' is a web font", _conversion(f"{name}/{web}")) if web else ("", None)
        raise InputError(f"folder '{name}' has no .ttf, .otf or .ttc file{problem}", hint)
    if len(found) > limits.FONT_FILES:
        raise InputError(f"folder '{name}' has {len(found)} fonts: the maximum is {limits.FONT_FILES}")
    return found


def web_fonts(path: Path, name: str) -> dict[str, str]:
    """Return the web fonts in a folder that are there in no other format, each with a hint. Raises InputError."""
    found = _files(path, name)
    stems = {PurePath(item).stem for item in found if PurePath(item).suffix.lower() in FONTS}
    alone = [item for item in found if PurePath(item).suffix.lower() in WEB_FONTS and PurePath(item).stem not in stems]
    return {item: _conversion(f"{name}/{item}") for item in alone}


def _conversion(name: str) -> str:
    target = shell_command(PurePath(name).with_suffix(".ttf"))
    source = shell_command(name)
    return f'convert it: pip install "fonttools[woff]" && fonttools ttLib.woff2 decompress -o {target} {source}'


def _files(path: Path, name: str) -> list[str]:
    try:
        return sorted(item.name for item in path.iterdir() if item.is_file())
    except FileNotFoundError:
        raise InputError(f"folder '{name}' does not exist", similar_folder(path, name)) from None
    except NotADirectoryError:
        raise InputError(f"'{name}' is a file, not a folder") from None
    except OSError as error:
        raise InputError(f"folder '{name}' cannot be read: {_reason(error)}") from None


def check_folder(path: Path, name: str) -> None:
    """Raise InputError unless a path is a folder."""
    if not path.exists():
        raise InputError(f"folder '{name}' does not exist", similar_folder(path, name))
    if not path.is_dir():
        raise InputError(f"'{name}' is a file, not a folder")


def similar_folder(path: Path, name: str) -> str | None:
    """Return a hint with the folder of the most similar name beside a missing one."""
    try:
        with os.scandir(path.parent) as entries:
            listed = itertools.islice(entries, MAX_LISTED)
            similar = nearest(path.name, sorted(each.name for each in listed if each.is_dir(follow_symlinks=False)))
    except OSError:
        return None
    above = name.rstrip("/").rpartition("/")
    return f"did you mean '{above[0]}{above[1]}{similar}'?" if similar else None


def check_font(path: Path, name: str) -> None:
    """Raise InputError unless the file is a complete font."""
    check_file(path, name)
    try:
        problem = font_file.problem(path)
        hint = _conversion(name) if problem and font_file.is_web_font(path) else None
    except OSError as error:
        raise InputError(f"file '{name}' cannot be read: {_reason(error)}") from None
    if problem:
        raise InputError(f"'{name}' {problem}", hint)


def similar_file(path: Path, name: str, suffixes: tuple[str, ...] = ()) -> str | None:
    """Return a hint with the file of the most similar name in the same folder.

    suffixes: file names must end in one of these, if any are given.
    """
    folder = name[: name.rfind("/") + 1]
    try:
        with os.scandir(path.parent) as entries:
            names = sorted(
                entry.name
                for entry in itertools.islice(entries, MAX_LISTED)
                if not entry.is_dir(follow_symlinks=False)
                and entry.name.endswith(suffixes or "")
                and entry.name != path.name  # a symlink without a target
            )
    except OSError:
        return None
    names = [item for item in names if suffixes or _same_kind(PurePath(item), path)]
    stem = nearest(path.stem, [PurePath(item).stem for item in names])
    similar = [item for item in names if stem and PurePath(item).stem.lower() == stem.lower()]
    similar.sort(key=lambda item: PurePath(item).suffix.lower() != path.suffix.lower())
    return f"did you mean '{folder}{similar[0]}'?" if similar else None


def _same_kind(file: PurePath, wanted: PurePath) -> bool:
    """Return whether a file may be what a missing one is meant to be: of its name, or of the same kind."""
    kind = next((kind for kind in _KINDS if wanted.suffix.lower() in kind), {wanted.suffix.lower()})
    return file.suffix.lower() in kind or (file.stem == wanted.stem and file.suffix.lower() not in _SPECS)


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:]
