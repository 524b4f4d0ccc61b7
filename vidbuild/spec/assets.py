"""Checks the files that a layout reads: images that the typesetter draws, and texts."""

from __future__ import annotations

from pathlib import Path, PurePath

from vidbuild.media.image import svg
from vidbuild.spec import file_kind, files
from vidbuild.spec.paths import InputError

DRAWN = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"})
READ = "PNG, JPEG, GIF, WebP or SVG image, or UTF-8 text"


def text(path: Path, name: str) -> str | None:
    """Return the text of a file, None of an image. Raises InputError for anything else, such as a program."""
    head = files.check_file(path, name)
    if svg.is_svg(head) or file_kind.is_image(head):
        files.image_size(path, name)
        if PurePath(name).suffix.lower() not in DRAWN:
            raise InputError(
                f"'{name}' is an image that a layout cannot show: expected a {READ}", "convert it to a PNG"
            )
        return None
    try:
        return files.text(path, name)
    except InputError as error:
        if "UTF-8" not in error.message:
            raise
        raise InputError(f"'{name}' is no {READ}", error.hint) from None
