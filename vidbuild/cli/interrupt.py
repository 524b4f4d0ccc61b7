"""Signals that end a command: which came, and whether it is asked to end or made to. It knows no command."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Self

from vidbuild.cli.exits import Exit

_SIGNALS = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}


class Interrupt:
    """While it is entered, SIGINT and SIGTERM raise KeyboardInterrupt and are remembered.

    gentle: somebody looks at `asked` and ends by himself, so only a second signal raises.
    """

    def __init__(self) -> None:
        self.code = Exit.INTERRUPTED
        self.gentle = False
        self._times = 0

    def asked(self) -> bool:
        """Whether a signal has come."""
        return self._times > 0

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._receive) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        self.code = _SIGNALS[signal.Signals(number)]
        self._times += 1
        if not self.gentle or self._times > 1:
            raise KeyboardInterrupt
