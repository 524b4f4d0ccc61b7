"""The protocol of an importer: what `create` asks of one."""

from __future__ import annotations

import codecs
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vidbuild.create.source import files
from vidbuild.create.source.outline import Outline
from vidbuild.errors import UsageError
from vidbuild.location import Location

MAX_BYTES = 64 * 2**20  # of a source
# The mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class SourceError(UsageError):
    """A source that cannot be read as its kind. location: where in it; None if it has no lines."""

    def __init__(self, message: str, location: Location | None = None, hint: str | None = None) -> None:
        place = f"{location.file}:{location.line}:{location.column}: " if location else ""
        super().__init__(f"{place}{message}", hint=hint)
        self.location = location


@dataclass(frozen=True, slots=True)
class Source:
    """What a user names after `--from`.

    kind: the importer's name.
    address: what follows the kind: mostly a file's path.
    root: the folder in which pictures and other files that the source names must be.
    is_file: whether the address is a file's path.
    pages: of slides, a PDF whose pages are shown in place of what the slides consist of.
    """

    kind: str
    address: str
    root: Path
    is_file: bool = True
    pages: Path | None = None

    @property
    def path(self) -> Path:
        """The file that the source is."""
        return Path(self.address)

    def data(self) -> bytes:
        """Return the file's bytes. Raises SourceError if it cannot be read, or is larger than MAX_BYTES."""
        try:
            with self.path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise SourceError(f"cannot read '{self.address}': {error.strerror}") from error
        if len(data) > MAX_BYTES:
            raise SourceError(f"'{self.address}' is too large: the maximum is {MAX_BYTES // 2**20} MB")
        return data

    def text(self) -> str:
        """Return the file's text, with line feeds alone.

        Raises SourceError if it is neither UTF-8 nor begins with the byte order mark of what it is.
        """
        data = self.data()
        encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8-sig")
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise SourceError(
                f"byte {data[error.start]:#04x} is not {encoding.removesuffix('-sig').upper()}",
                Location(self.address, line, 1, 1),
                hint="save the file as UTF-8",
            ) from error
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def file(self, name: str) -> Path | None:
        """Return a file that the source names, relative to it; None if it is absent or outside of the root."""
        try:
            path = (self.path.parent / name).resolve()
        except (OSError, ValueError, RuntimeError):  # a name that is none, or symlinks in a circle
            return None
        return path if not files.absence(path) and path.is_relative_to(self.root.resolve()) else None


class Importer(Protocol):
    """One kind of source. `read` depends on the source alone, and asks nothing of a network unless `network` is set.

    name: the KIND of `--from KIND:SOURCE`.
    summary: what `create --help` says of it.
    endings: the endings of files that are of this kind unless a user names another one; none if it reads no files.
    network: whether it needs the network.
    """

    name: str
    summary: str
    endings: Collection[str]
    network: bool

    def recognizes(self, source: Source) -> bool:
        """Return whether a file with one of the endings is of this kind, if several kinds have the ending.

        For a kind that reads no files: whether an address without a kind is its own.
        """

    def read(self, source: Source) -> Outline:
        """Return the source's outline. Raises SourceError."""
