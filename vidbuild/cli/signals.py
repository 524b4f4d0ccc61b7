"""Signals that end or halt a command: which came, and whether it is asked to end or made to. It knows no command.

Ctrl-Z stops only what belongs to the terminal, and the processes that do a build's work do not: a build that looks
for itself halts them first (`stand_still`), so that nothing goes on, and no time limit runs, while it stands still.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import time
from types import FrameType, TracebackType
from typing import Self

from vidbuild.cli.exit_codes import Exit

_ENDING = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED, signal.SIGHUP: Exit.TERMINATED}
_RECENT = 1.0  # seconds in which a build that looks for itself looks again


class Interrupt:
    """While it is entered, SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt and are remembered.

    gentle: somebody looks at `asked` and ends by himself. A first signal is left to him. So is a second, as a wish to
    hurry, if he has looked at `hurried` since the first; otherwise it raises, and a third one always does.
    """

    def __init__(self) -> None:
        self.code = Exit.INTERRUPTED
        self.gentle = False
        self._times = 0
        self._looked = 0.0
        self._watched = False
        self._stand_still = False

    def asked(self) -> bool:
        """Whether a signal has come."""
        self._looked = time.monotonic()
        return self._times > 0

    def hurried(self) -> bool:
        """Whether a second one has; who looks here will see to the third as well as he can."""
        self._watched = self._times > 0
        return self._times > 1

    def stand_still_asked(self) -> bool:
        """Whether Ctrl-Z came and nobody has stood still since."""
        return self._stand_still

    def stand_still(self) -> None:
        """Stop this process as Ctrl-Z does by itself, until it is continued."""
        self._stand_still = False
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        try:
            os.kill(os.getpid(), signal.SIGTSTP)
        finally:
            signal.signal(signal.SIGTSTP, self._halt)

    def __enter__(self) -> Self:
        # What was ignored when we were started stays so: nohup has it of SIGHUP, a shell of Ctrl-C behind `&`.
        numbers = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]
        self._before = {number: signal.signal(number, self._receive) for number in numbers}
        self._before[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, self._halt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        self.code = _ENDING[signal.Signals(number)]
        self._times += 1
        if number == signal.SIGHUP:
            _forget_terminal()
        left_to_him = self.gentle and (self._times == 1 or (self._times == 2 and self._watched))  # noqa: PLR2004 - the second
        if not left_to_him:
            raise KeyboardInterrupt

    def _halt(self, _number: int, _frame: FrameType | None) -> None:
        if self.gentle and time.monotonic() - self._looked < _RECENT:
            self._stand_still = True
        else:
            self.stand_still()


def _forget_terminal() -> None:
    """The terminal has gone: what is written to it goes nowhere, instead of being an error."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        with contextlib.suppress(OSError):
            if stat.S_ISCHR(os.fstat(stream).st_mode):
                os.dup2(nothing, stream)
    os.close(nothing)
