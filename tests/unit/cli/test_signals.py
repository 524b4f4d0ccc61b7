"""Signals that end a command."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from vidbuild.cli import signals as module
from vidbuild.cli.exit_codes import Exit
from vidbuild.cli.signals import Interrupt


def send(number: signal.Signals) -> None:
    """Send this process a signal; Python runs its handler before the call returns."""
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)])
def test_a_signal_interrupts_and_is_recorded(number: signal.Signals, code: Exit) -> None:
    """P41: either signal ends the command and sets its exit code."""
    with Interrupt() as interrupt, pytest.raises(KeyboardInterrupt):
        send(number)
    assert interrupt.code == code
    assert interrupt.stop_requested()


def test_a_build_that_polls_ends_by_itself() -> None:
    """P41: a build that polls sees the first signal as a request to stop, the second to kill; the third raises."""
    with Interrupt() as interrupt:
        interrupt.graceful = True
        assert not interrupt.stop_requested()
        send(signal.SIGTERM)
        assert interrupt.stop_requested()
        assert not interrupt.kill_requested()
        send(signal.SIGTERM)
        assert interrupt.kill_requested()
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGTERM)
    assert interrupt.code == Exit.TERMINATED


@pytest.mark.parametrize("polled_before", [False, True])
def test_a_second_signal_ends_a_build_that_does_not_poll(polled_before: bool) -> None:
    """P41: if `kill_requested` was not polled since the first signal, the second one raises."""
    with Interrupt() as interrupt:
        interrupt.graceful = True
        if polled_before:
            assert not interrupt.kill_requested()
        send(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGINT)


def test_signals_raise_nothing_while_one_ends_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """P41: Ctrl-C that is held down raises once a second, so that the end of a run gets into its log."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with Interrupt():
        for seconds, raises in ((0.0, True), (0.05, False), (0.9, False), (0.1, True), (0.5, False)):
            now[0] += seconds
            with pytest.raises(KeyboardInterrupt) if raises else contextlib.nullcontext():
                send(signal.SIGINT)


def test_a_terminal_that_closes_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """P41: SIGHUP ends a command as SIGTERM does, and discards what it still writes to the terminal."""
    forgotten: list[bool] = []
    monkeypatch.setattr(module, "_forget_terminal", lambda: forgotten.append(True))
    with Interrupt() as interrupt, pytest.raises(KeyboardInterrupt):
        send(signal.SIGHUP)
    assert interrupt.code == Exit.TERMINATED
    assert forgotten == [True]


WRITER = textwrap.dedent("""
    import os, signal, sys
    from vidbuild.cli.signals import Interrupt

    def descriptors():
        return len(os.listdir("/proc/self/fd"))

    before = descriptors()
    with Interrupt():
        try:
            os.kill(os.getpid(), signal.SIGHUP)
        except KeyboardInterrupt:
            print("to stdout", flush=True)
            print("to stderr", file=sys.stderr, flush=True)
            assert sys.stdin.read() == ""
            assert descriptors() == before
""")


@pytest.mark.parametrize("redirected", [False, True])
def test_what_is_written_to_a_closed_terminal_is_discarded(redirected: bool, tmp_path: Path) -> None:
    """P41: after a terminal has closed, writing to it and reading from it are no errors; files still get all."""
    controller, terminal = pty.openpty()
    os.close(controller)
    log = tmp_path / "log"
    with log.open("w") as file:
        command = [sys.executable, "-c", WRITER]
        out = file if redirected else terminal
        process = subprocess.Popen(command, stdin=terminal, stdout=out, stderr=file)
    os.close(terminal)
    assert process.wait(60) == 0, log.read_text(encoding="utf-8")
    assert log.read_text(encoding="utf-8") == ("to stdout\n" if redirected else "") + "to stderr\n"


def test_ctrl_z_waits_for_a_build_that_polls() -> None:
    """A build that polls is asked to suspend, so that it stops its workers first."""
    with Interrupt() as interrupt:
        interrupt.graceful = True
        interrupt.stop_requested()
        assert not interrupt.suspend_requested()
        send(signal.SIGTSTP)
        assert interrupt.suspend_requested()


@pytest.mark.parametrize(("graceful", "since", "at_once"), [(True, 0.9, 0), (True, 1.0, 1), (False, 0.0, 1)])
def test_ctrl_z_does_not_wait_for_a_command_that_does_not_poll(
    graceful: bool, since: float, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has not polled for a second, or never does, is suspended at once."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    suspended: list[bool] = []
    with Interrupt() as interrupt:
        monkeypatch.setattr(interrupt, "suspend", lambda: suspended.append(True))
        interrupt.graceful = graceful
        interrupt.stop_requested()
        now[0] += since
        send(signal.SIGTSTP)
        assert len(suspended) == at_once
        assert interrupt.suspend_requested() == (not at_once)


def test_suspending_stops_the_process_as_the_system_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is suspended Ctrl-Z has its usual effect; then it is a request again, and the last one is served."""
    seen: list[object] = []
    with Interrupt() as interrupt:
        handler = signal.getsignal(signal.SIGTSTP)
        interrupt.graceful = True
        interrupt.stop_requested()
        send(signal.SIGTSTP)
        with monkeypatch.context() as patched:
            patched.setattr(os, "kill", lambda pid, number: seen.append((pid, number, signal.getsignal(number))))
            interrupt.suspend()
        assert seen == [(os.getpid(), signal.SIGTSTP, signal.SIG_DFL)]
        assert not interrupt.suspend_requested()
        assert signal.getsignal(signal.SIGTSTP) == handler


def test_the_earlier_handlers_are_restored() -> None:
    """After the command the process handles the signals as it did before."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP)
    before = [signal.getsignal(number) for number in numbers]
    with Interrupt():
        assert signal.getsignal(signal.SIGTERM) not in before
    assert [signal.getsignal(number) for number in numbers] == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_ignored_signal_stays_ignored(number: signal.Signals) -> None:
    """P41: a build started with `&` survives a Ctrl-C that is meant for the program in the foreground."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with Interrupt() as interrupt:
            send(number)
            assert not interrupt.stop_requested()
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_a_system_without_some_signals_has_the_others() -> None:
    """Windows has neither SIGHUP nor SIGTSTP: SIGINT and SIGTERM interrupt there as elsewhere."""
    code = textwrap.dedent("""
        import os, signal
        from vidbuild import platforms
        platforms.SIGHUP = platforms.SIGTSTP = 0
        from vidbuild.cli.signals import Interrupt

        with Interrupt() as interrupt:
            try:
                os.kill(os.getpid(), signal.SIGTERM)
            except KeyboardInterrupt:
                print(int(interrupt.code))
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("143\n", "")
