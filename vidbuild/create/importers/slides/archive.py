"""Limits of zip archives, checked before a library unpacks one."""

from __future__ import annotations

import zipfile

from vidbuild.create.source.protocol import Source, SourceError

MAX_ENTRIES = 20_000
MAX_UNPACKED = 512 * 2**20  # of all entries
MAX_XML = 64 * 2**20  # of one entry that a library parses
RATIO = 200  # times that an entry of more than SMALL bytes may be as large as it is packed: bombs have 1000
SMALL = 2**20
ENCRYPTED = 0x1
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check(source: Source, what: str) -> None:
    """Raise SourceError if a file is no zip archive, or one that is larger unpacked than any real file is.

    what: what the file should be ("PowerPoint presentation").
    """
    address = source.address
    try:
        with source.path.open("rb") as file:
            if file.read(len(_OLE)) == _OLE:
                raise SourceError(
                    f"'{address}' is encrypted, or of the format before 2007",
                    hint="save it without a password, in the format with an 'x' at its ending's end",
                )
        with zipfile.ZipFile(source.path) as archive:
            entries = archive.infolist()
    except OSError as error:
        raise SourceError(f"cannot read '{address}': {error.strerror}") from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise SourceError(f"'{address}' is no {what}: it is no zip archive, or one that was cut off") from error
    if len(entries) > MAX_ENTRIES:
        raise SourceError(f"'{address}' has {len(entries)} parts: the maximum is {MAX_ENTRIES}")
    total = sum(each.file_size for each in entries)
    if total > MAX_UNPACKED:
        raise SourceError(
            f"'{address}' is {total // 2**20} MB unpacked: the maximum is {MAX_UNPACKED // 2**20} MB",
            hint="compress its pictures, or remove its videos",
        )
    for each in entries:
        if each.filename.endswith((".xml", ".rels")) and each.file_size > MAX_XML:
            raise SourceError(f"'{address}': '{each.filename}' is larger than {MAX_XML // 2**20} MB")
        if each.file_size > SMALL and each.file_size > RATIO * each.compress_size:
            raise SourceError(f"'{address}': '{each.filename}' is {RATIO} times as large as it is packed")
        if each.flag_bits & ENCRYPTED:
            raise SourceError(f"'{address}' is encrypted", hint="save it without a password")
