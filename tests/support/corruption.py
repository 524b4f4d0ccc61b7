"""Ways in which a file can become corrupt on the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

Damage = Callable[[Path], None]


def flipped(path: Path, start: int, end: int) -> None:
    """Turn every bit of a range of bytes around."""
    raw = path.read_bytes()
    _put(path, raw[:start] + bytes(byte ^ 0xFF for byte in raw[start:end]) + raw[end:])


def truncated(path: Path) -> None:
    """Lose the second half."""
    raw = path.read_bytes()
    _put(path, raw[: len(raw) // 2])


def emptied(path: Path) -> None:
    """Lose all bytes."""
    _put(path, b"")


def grown(path: Path) -> None:
    """Gain a byte."""
    _put(path, path.read_bytes() + b"\n")


def deleted(path: Path) -> None:
    """Be gone."""
    path.unlink()


def unreadable(path: Path) -> None:
    """Make a file unreadable even for root: a link that leads to itself."""
    path.unlink()
    path.symlink_to(path)


def a_folder(path: Path) -> None:
    """Be a folder with something in it."""
    path.unlink()
    path.mkdir()
    (path / "inside").write_text("x")


def a_link(path: Path) -> None:
    """Be a link to a file of somebody else's, which holds something else."""
    other = path.with_name(f"{path.name}-other")
    other.write_bytes(b"somebody else's")
    path.unlink()
    path.symlink_to(other)


def swapped(path: Path, other: Path) -> None:
    """Hold what another file of the same kind holds."""
    raw = other.read_bytes()
    _put(path, raw)


DAMAGES: tuple[Damage, ...] = (truncated, emptied, grown, deleted, unreadable, a_folder, a_link)
"""Each of these, but for flips and swaps, which need a position."""


def ranges(size: int, most: int) -> Iterator[tuple[int, int]]:
    """All bytes of a file, in at most so many ranges."""
    width = max(1, -(-size // most))
    yield from ((start, min(size, start + width)) for start in range(0, size, width))


def _put(path: Path, raw: bytes) -> None:
    """A new file: one that is read-only can rot as well."""
    path.unlink()
    path.write_bytes(raw)
