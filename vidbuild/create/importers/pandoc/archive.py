"""Documents that are archives (docx, odt, epub): their size before they are read, and the pictures in them."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from vidbuild.create.source import archives, pictures
from vidbuild.create.source.protocol import Source

MAX_UNPACKED = 256 * 2**20


def check(data: bytes, source: Source) -> None:
    """Raise SourceError if a document is no archive, or a bomb."""
    archives.entries(io.BytesIO(data), source, f"{source.path.suffix.lower()} document", MAX_UNPACKED)


def entry(data: bytes, name: str) -> bytes | None:
    """Return a file of an archive that pandoc names, at most one byte more than a picture may have; None without it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = _path(archive, name)
            if found is None:
                return None
            with archive.open(found) as file:
                return file.read(pictures.MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError, NotImplementedError):
        return None


def _path(archive: zipfile.ZipFile, name: str) -> str | None:
    """Return an entry by the end of its path: the names in a document are relative to one of its folders."""
    wanted = PurePosixPath(name).parts
    fitting = [each for each in archive.namelist() if PurePosixPath(each).parts[-len(wanted) :] == wanted]
    return min(fitting, key=len, default=None) if wanted else None
