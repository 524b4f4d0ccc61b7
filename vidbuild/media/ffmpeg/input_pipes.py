"""Write into the inputs of a running program through pipes."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Self

# In arguments, the prefix of a name that stands for a pipe.
SCHEME = "input-pipe:"

# Seconds to wait for a writer after the program has exited: another process may hold its pipe open.
JOIN_SECONDS = 5.0

# Produces the data for the input of that name, piece by piece while the program reads it.
PipeSource = Callable[[str], Iterable[bytes]]


def no_input(_name: str) -> Iterable[bytes]:
    """The source for a program without piped inputs."""
    return ()


class InputPipes:
    """The pipes of one run: call `start` when the program has inherited them, leave the block when it has exited.

    args: the arguments, with pipes in place of the names.
    read_ends: file descriptors that the program must inherit.
    failures: errors raised while producing data. If the program stops reading, that is no error here: its exit code
    says why.
    """

    def __init__(self, args: Sequence[str], source: PipeSource) -> None:
        self.args = list(args)
        self.read_ends: list[int] = []
        self.failures: list[Exception] = []
        self._source = source
        self._waiting: list[tuple[str, int]] = []
        self._writers: list[threading.Thread] = []
        for index, argument in enumerate(args):
            if argument.startswith(SCHEME):
                read_end, write_end = os.pipe()
                self.read_ends.append(read_end)
                self._waiting.append((argument.removeprefix(SCHEME), write_end))
                self.args[index] = f"pipe:{read_end}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close(self.read_ends)
        self._close([write_end for _, write_end in self._waiting])
        for writer in self._writers:
            writer.join(JOIN_SECONDS)

    def start(self) -> None:
        """Start writing. Close our copies of the read ends, so that writers notice when the program exits."""
        self._close(self.read_ends)
        while self._waiting:
            writer = threading.Thread(target=self._write, args=self._waiting.pop(), daemon=True)
            self._writers.append(writer)
            writer.start()

    def _write(self, name: str, write_end: int) -> None:
        try:
            with contextlib.suppress(BrokenPipeError), os.fdopen(write_end, "wb", buffering=0) as pipe:
                for piece in self._source(name):
                    unwritten = memoryview(piece)
                    while unwritten:
                        unwritten = unwritten[pipe.write(unwritten) :]
        except Exception as error:  # noqa: BLE001 - the caller of the program raises it
            self.failures.append(error)

    @staticmethod
    def _close(descriptors: list[int]) -> None:
        while descriptors:
            os.close(descriptors.pop())
