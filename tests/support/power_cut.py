"""What a disk may hold after a power cut, worked out from the order of a build's operations.

Only what was synced is sure: a file's bytes by a sync of the file, a name by a sync of its folder. Whatever was not may
be there or not, names one without the other, and the bytes of a file that was not synced may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.fault_lab import Op

Image = dict[Path, bytes | None]  # path -> its bytes, None for a folder

GARBAGE = b"\0\0 neither the old nor the new \0\0"


@dataclass
class File:
    """The bytes of one file, whatever its names: those that are sure, None where none are."""

    synced: bytes | None = None
    folder: bool = False


@dataclass(frozen=True)
class Change:
    """A change of a folder's names that is not sure yet: file None takes the name away."""

    folder: Path
    name: Path
    file: File | None


@dataclass
class Disk:
    """Names as the programs see them, names that are sure, and the changes between the two."""

    seen: dict[Path, File] = field(default_factory=dict)
    sure: dict[Path, File] = field(default_factory=dict)
    pending: list[Change] = field(default_factory=list)

    @classmethod
    def of(cls, root: Path) -> Disk:
        """All that is below a folder, and sure."""
        disk = cls()
        for path in root.rglob("*"):
            disk.sure[path] = File(folder=True) if path.is_dir() else File(path.read_bytes())
        disk.seen = dict(disk.sure)
        return disk

    def apply(self, op: Op) -> None:
        """Do what was done."""
        source = self.seen.get(op.source) if op.source else None
        match op.operation:
            case "sync" if op.content is None:
                self._make_sure(op.path)
            case "sync":
                self._file(op.path).synced = op.content
            case "write" | "lock":
                self._file(op.path)
            case "folder":
                self._change(op.path, File(folder=True))
            case "rename" | "link":
                self._change(op.path, source or File())
                if op.operation == "rename" and op.source:
                    self._change(op.source, None)
            case "remove":
                for path in [each for each in self.seen if each == op.path or each.is_relative_to(op.path)]:
                    self._change(path, None)

    def _file(self, path: Path) -> File:
        if path not in self.seen:
            self._change(path, File())
        return self.seen[path]

    def _change(self, path: Path, file: File | None) -> None:
        if file is None:
            self.seen.pop(path, None)
        else:
            self.seen[path] = file
        self.pending.append(Change(path.parent, path, file))

    def _make_sure(self, folder: Path) -> None:
        for change in self.pending:
            if change.folder == folder:
                _do(self.sure, change)
        self.pending = [change for change in self.pending if change.folder != folder]

    def images(self) -> Iterator[Image]:
        """What may be found: none, all or only the last of the unsure changes, with unsure bytes empty or garbled."""
        count = len(self.pending)
        choices: list[Callable[[int], bool]] = [
            lambda _: False,
            lambda _: True,
            lambda place: place == count - 1,
            lambda place: place % 2 == count % 2,
        ]
        for chosen in choices:
            names = dict(self.sure)
            for place, change in enumerate(self.pending):
                if chosen(place):
                    _do(names, change)
            for unsure in (b"", GARBAGE):
                yield _image(names, unsure)


def _do(names: dict[Path, File], change: Change) -> None:
    if change.file is None:
        names.pop(change.name, None)
    else:
        names[change.name] = change.file


def _image(names: dict[Path, File], unsure: bytes) -> Image:
    """Files whose folders are not there are lost with them."""
    folders = {path for path, file in names.items() if file.folder}
    top = min(names, key=lambda path: len(path.parts)).parent if names else Path("/")
    return {
        path: None if file.folder else (unsure if file.synced is None else file.synced)
        for path, file in names.items()
        if all(parent in folders for parent in path.parents if parent.is_relative_to(top) and parent != top)
    }


def images(root: Path, ops: Sequence[Op]) -> Iterator[tuple[str, Image]]:
    """Every image that a power cut may leave, before each operation and after the last; each once."""
    disk = Disk.of(root)
    seen: set[frozenset[tuple[Path, bytes | None]]] = set()
    for place in range(len(ops) + 1):
        where = f"before {place}, {ops[place].point}" if place < len(ops) else "after all"
        for image in disk.images():
            known = frozenset(image.items())
            if known not in seen:
                seen.add(known)
                yield where, image
        if place < len(ops):
            disk.apply(ops[place])


def put(image: Image) -> None:
    """Write an image to where it belongs."""
    for path, content in sorted(image.items()):
        if content is None:
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
