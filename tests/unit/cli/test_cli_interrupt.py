"""Signals that end a command."""

from __future__ import annotations

import os
import signal

import pytest

from vidbuild.cli.exits import Exit
from vidbuild.cli.interrupt import Interrupt


def send(number: signal.Signals) -> None:
    """Send this process a signal; Python runs its handler before the call returns."""
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)])
def test_a_signal_interrupts_and_is_remembered(number: signal.Signals, code: Exit) -> None:
    """P41: either signal ends the command, and which it was decides on the exit code."""
    with Interrupt() as interrupt, pytest.raises(KeyboardInterrupt):
        send(number)
    assert interrupt.code == code
    assert interrupt.asked()


def test_who_looks_for_himself_is_asked_once() -> None:
    """A build that looks at `asked` is not torn out of what it does by the first signal, and is by the second."""
    with Interrupt() as interrupt:
        interrupt.gentle = True
        assert not interrupt.asked()
        send(signal.SIGTERM)
        assert interrupt.asked()
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGTERM)
    assert interrupt.code == Exit.TERMINATED


def test_the_handlers_that_were_there_come_back() -> None:
    """After the command the process treats both signals as it did before."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with Interrupt():
        assert signal.getsignal(signal.SIGTERM) not in before
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
