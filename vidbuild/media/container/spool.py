"""The samples of a track in a temporary file, one after the other as an MP4 stores them."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self


class Spool:
    """A file that is written from its start, then read from its start: no more of a track is in memory than a chunk."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b")

    def __enter__(self) -> Self:
        """Return the spool."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()

    def add(self, samples: bytes) -> None:
        """Add samples."""
        self._file.write(samples)

    def rewind(self) -> None:
        """End the writing; `read` starts at the first sample."""
        self._file.seek(0)

    def read(self, size: int) -> bytes:
        """Return the samples of which the next bytes are; fewer bytes at the end of the file."""
        return self._file.read(size)
