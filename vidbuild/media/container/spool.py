"""The samples of a track, one after the other as an MP4 stores them: in memory, or if they are many, in a file."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

MOST_IN_MEMORY = 32 << 20
"""Bytes of a track that are kept in memory: some ten minutes of a video."""


class Spool:
    """Samples that are written from the first, then read from the first; a file has them if they are many.

    path: of the file.
    most: bytes that are kept in memory.
    """

    def __init__(self, path: Path, most: int = MOST_IN_MEMORY) -> None:
        self._path, self._most = path, most
        self._pieces: deque[bytes | memoryview] = deque()
        self._size = 0
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        """Return the spool."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def add(self, samples: bytes | memoryview) -> None:
        """Add samples, which do not change any more."""
        self._size += len(samples)
        if self._file is not None:
            self._file.write(samples)
            return
        self._pieces.append(samples)
        if self._size > self._most:
            self._file = self._path.open("w+b")
            while self._pieces:
                self._file.write(self._pieces.popleft())

    def rewind(self) -> None:
        """End the writing; `read` starts at the first sample."""
        if self._file is not None:
            self._file.seek(0)

    def read(self, size: int) -> bytes | memoryview:
        """Return the samples of which the next bytes are; fewer bytes at the end."""
        if self._file is not None:
            return self._file.read(size)
        taken: list[bytes | memoryview] = []
        while size > 0 and self._pieces:
            piece = self._pieces.popleft()
            if len(piece) > size:
                whole = memoryview(piece)
                piece = whole[:size]
                self._pieces.appendleft(whole[size:])
            taken.append(piece)
            size -= len(piece)
        return taken[0] if len(taken) == 1 else b"".join(taken)
