"""Limits of presentations, checked before python-pptx unpacks all of one."""

from __future__ import annotations

from vidbuild.create.source import archives
from vidbuild.create.source.protocol import Source, SourceError

MAX_UNPACKED = 512 * 2**20  # of all entries
MAX_XML = 64 * 2**20  # of one entry that a library parses
RATIO = 200  # times that an entry of more than SMALL bytes may be as large as it is packed: bombs have 1000
SMALL = 2**20


def check(source: Source) -> None:
    """Raise SourceError if a file is no archive, or one that is larger unpacked than any real presentation is."""
    address = source.address
    try:
        with source.path.open("rb") as file:
            entries = archives.entries(file, source, "PowerPoint presentation", MAX_UNPACKED)
    except OSError as error:
        raise SourceError(f"cannot read '{address}': {error.strerror}") from error
    for each in entries:
        if each.filename.endswith((".xml", ".rels")) and each.file_size > MAX_XML:
            raise SourceError(f"'{address}': '{each.filename}' is larger than {MAX_XML // 2**20} MB")
        if each.file_size > SMALL and each.file_size > RATIO * each.compress_size:
            raise SourceError(f"'{address}': '{each.filename}' is {RATIO} times as large as it is packed")
