"""Sources that are zip archives: what they are, and how large, before a library unpacks them."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from vidbuild.create.source.protocol import Source, SourceError

MAX_ENTRIES = 20_000
ENCRYPTED = 0x1
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # of Office before 2007, and of encrypted files since then


def entries(file: BinaryIO, source: Source, what: str, most: int) -> list[zipfile.ZipInfo]:
    """Return the entries of a source's archive. Raises SourceError if it is none, encrypted or too large.

    what: what it should be ("PowerPoint presentation"); most: the bytes that its entries may have unpacked.
    """
    address = source.address
    if file.read(len(_OLE)) == _OLE:
        hint = f"save it without a password, as a new {source.path.suffix.lower()} file"
        raise SourceError(f"'{address}' is encrypted, or of the format before 2007", hint=hint)
    try:
        with zipfile.ZipFile(file) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise SourceError(
            f"'{address}' is no {what}: it is no zip archive, or one that was cut off",
            hint="save it again with the program that made it",
        ) from error
    if len(found) > MAX_ENTRIES:
        raise SourceError(f"'{address}' has {len(found)} parts: the maximum is {MAX_ENTRIES}")
    total = sum(each.file_size for each in found)
    if total > most:
        raise SourceError(
            f"'{address}' is {total // 2**20} MB unpacked: the maximum is {most // 2**20} MB",
            hint="compress its pictures, or remove its videos",
        )
    if any(each.flag_bits & ENCRYPTED for each in found):
        raise SourceError(f"'{address}' is encrypted", hint="save it without a password")
    return found
