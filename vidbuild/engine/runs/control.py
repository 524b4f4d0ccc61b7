"""What somebody else wishes of a running build, left as a file in its run's folder; it knows nothing of builds.

A file, because it needs no daemon, works from another terminal or container that shares the cache, and stays true if
either side dies: a build that is gone reads no wishes, and one that begins has a folder of its own.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from vidbuild.engine.disk import durable

NAME = "wish"
CANCEL = "cancel"  # a file of its own, so that nothing which is asked at the same moment can take its place


class Wish(Enum):
    """What a run is to do."""

    GO = "go"
    PAUSE = "pause"
    CANCEL = "cancel"


def ask(run: Path, wish: Wish) -> None:
    """Leave a wish in a run's folder, in place of any earlier one; a wish to cancel is never taken back."""
    durable.write(run / (CANCEL if wish is Wish.CANCEL else NAME), wish.value.encode())


def asked(run: Path) -> Wish:
    """What is wished of the run now; GO where nobody asked for anything."""
    if (run / CANCEL).exists():
        return Wish.CANCEL
    try:
        return Wish((run / NAME).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return Wish.GO
