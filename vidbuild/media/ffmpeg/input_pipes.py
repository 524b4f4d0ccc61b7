"""Writes into the inputs of a running program through pipes; it knows nothing of what it writes, nor of ffmpeg."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Self

SCHEME = "feed:"  # before a feed's name, in arguments: the input that it is written into
LAST = 5.0
"""Seconds that a writer is waited for when the program has gone: what it wrote to may live on in somebody else."""

Feed = Callable[[str], Iterable[bytes]]
"""What is written into the input of that name, made piece by piece while it is read."""


def nothing(_name: str) -> Iterable[bytes]:
    """The feed of what has none."""
    return ()


class InputPipes:
    """The pipes of one run: `start` them when the program has their ends, leave the block when the program has gone.

    args: the arguments with pipes in the feeds' places. ends: the file descriptors that the program must be given.
    failures: what went wrong in making what is written. That a program stops reading is none: its exit code tells.
    """

    def __init__(self, args: Sequence[str], feed: Feed) -> None:
        self.args = list(args)
        self.ends: list[int] = []
        self.failures: list[Exception] = []
        self._feed = feed
        self._waiting: list[tuple[str, int]] = []
        self._writers: list[threading.Thread] = []
        for place, argument in enumerate(args):
            if argument.startswith(SCHEME):
                end, own = os.pipe()
                self.ends.append(end)
                self._waiting.append((argument.removeprefix(SCHEME), own))
                self.args[place] = f"pipe:{end}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close(self.ends)
        self._close([own for _, own in self._waiting])
        for writer in self._writers:
            writer.join(LAST)

    def start(self) -> None:
        """Begin to write; only the program has the ends from now on, so that its own end is noticed."""
        self._close(self.ends)
        while self._waiting:
            writer = threading.Thread(target=self._write, args=self._waiting.pop(), daemon=True)
            self._writers.append(writer)
            writer.start()

    def _write(self, name: str, own: int) -> None:
        try:
            with contextlib.suppress(BrokenPipeError), os.fdopen(own, "wb", buffering=0) as pipe:
                for piece in self._feed(name):
                    left = memoryview(piece)
                    while left:
                        left = left[pipe.write(left) :]
        except Exception as error:  # noqa: BLE001 - whoever waits for the program tells it
            self.failures.append(error)

    @staticmethod
    def _close(ends: list[int]) -> None:
        while ends:
            os.close(ends.pop())
