"""A shell in a pseudo-terminal, to which commands are given one by one.

The shell reads the commands from a pipe of its own, so that the terminal is left to the programs, and nothing has to
type ahead. After each command it prints a mark with the exit status, which no program can guess: that is the prompt by
which the end of a command is recognized.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import secrets
import select
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from vidbuild.errors import UsageError
from vidbuild.record.dialog import Dialog
from vidbuild.scenes.command.transcript import COLUMNS, ROWS

SHELL = "bash"
MAX_OUTPUT = 1_000_000  # bytes of a command
_OWN = 87  # the shell's descriptor of the terminal, which programs do not get
_STATUS = "_vidbuild_status"  # a function that returns its argument
_POLL = 0.1  # seconds between two looks at whether the shell lives
_QUIET = 0.15  # seconds without output after which a program is taken to wait for its answer
_PATIENCE = 1.0  # seconds after which an answer is typed to a program that never stops printing
_CHUNK = 1 << 16


class EndedError(Exception):
    """The shell has ended before its command. output: of that command; status: of the shell."""

    def __init__(self, output: str, status: int) -> None:
        super().__init__(status)
        self.output, self.status = output, status


class StoppedError(Exception):
    """A command has reached a limit. output: what it had printed; limit: "time" or "output"."""

    def __init__(self, output: str, limit: str) -> None:
        super().__init__(limit)
        self.output, self.limit = output, limit


class UnansweredError(Exception):
    """A command has ended before its answer was typed. output: what it had printed."""

    def __init__(self, output: str) -> None:
        super().__init__()
        self.output = output


class Terminal:
    """The shell, as long as it lives."""

    def __init__(self, folder: Path, env: Mapping[str, str], enter: Callable[[], None]) -> None:
        from ptyprocess import PtyProcess  # type: ignore[import-untyped] # it has no types

        program = shutil.which(SHELL, path=env["PATH"])
        if program is None:
            raise UsageError(f"recording needs '{SHELL}', which is not on your PATH")
        reader, self._script = os.pipe()
        os.set_inheritable(reader, True)
        options = ["--norc", "--noprofile", "--noediting", "-i", f"/dev/fd/{reader}"]
        environment = {**env, "SHELL": program}
        try:
            self._process = PtyProcess.spawn(
                [program, *options],
                cwd=str(folder),
                env=environment,
                preexec_fn=enter,
                dimensions=(ROWS, COLUMNS),
                pass_fds=(reader,),
            )
        finally:
            os.close(reader)
        self._last = 0  # the exit status of the last command
        self._mark = f"\x1e{secrets.token_hex(16)}:".encode()
        # "!" is a character like any other (H), and only commands in the background are jobs (m).
        self._give(f"exec {_OWN}>&1 {reader}<&-; set +Hm; unset MAILCHECK; {_STATUS}() {{ return $1; }}")

    def run(self, command: str, timeout: float, dialog: Dialog) -> tuple[str, int]:
        """Run a command; return what it printed, and its exit status.

        Raises EndedError if the shell ends with it, StoppedError if the command reaches a limit, and UnansweredError if
        it does not wait for its answer.
        """
        quoted = "'" + command.replace("'", "'\\''") + "'"
        mark = self._mark.decode().replace("\x1e", "\\036")
        self._give(f"{_STATUS} {self._last}; eval {quoted} {_OWN}>&-")  # `$?` is that of the command before
        self._give(f"printf '{mark}%s\\036' $? >&{_OWN}; jobs >/dev/null")  # what has ended is no job any more
        ended = re.compile(re.escape(self._mark) + rb"([0-9]+)\x1e")
        decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a chunk can end within a character
        output, deadline = b"", time.monotonic() + timeout
        answer, due = None, 0.0
        while True:
            chunk = self._read(_QUIET if answer is not None else _POLL)
            if chunk:
                output += chunk
                tail = max(0, len(output) - len(chunk) - len(self._mark) - 8)
                if found := ended.search(output, tail):
                    dialog.read(decoder.decode(output[len(output) - len(chunk) : found.start()]))
                    if answer is not None or dialog.answer() is not None:
                        raise UnansweredError(_text(output[: found.start()]))
                    self._last = int(found[1])
                    return _text(output[: found.start()]), self._last
                dialog.read(decoder.decode(chunk))
            elif answer is None and (chunk is None or not self._process.isalive()):
                raise EndedError(_text(output + self._rest()), self._status())
            if answer is not None and (not chunk or time.monotonic() > due):
                self._type(answer)
                answer = None
            elif answer is None and (answer := dialog.answer()) is not None:
                due = time.monotonic() + _PATIENCE
            if len(output) > MAX_OUTPUT:
                raise StoppedError(_text(output), "output")
            if time.monotonic() > deadline:
                raise StoppedError(_text(output), "time")

    def close(self) -> None:
        """Close the terminal, which hangs up the processes in it."""
        with contextlib.suppress(OSError):
            os.close(self._script)
        with contextlib.suppress(OSError):
            self._process.fileobj.close()
        self._process.closed = True  # its own method would wait for the shell, which is killed next

    def _type(self, line: str) -> None:
        """Type a line, as a person would: Enter sends a carriage return."""
        with contextlib.suppress(OSError):  # the shell has ended, which reading finds
            self._process.write(f"{line}\r".encode())

    def _give(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # the shell has ended, which reading finds
            os.write(self._script, f"{line}\n".encode())

    def _read(self, seconds: float) -> bytes | None:
        """Return what is printed within so many seconds; None at the terminal's end."""
        if not select.select([self._process.fd], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self._process.fd, _CHUNK) or None
        except OSError:  # Linux reports the end of a terminal as an error
            return None

    def _rest(self) -> bytes:
        """Return what was printed before the shell ended."""
        output = b""
        while (chunk := self._read(_POLL)) and len(output) <= MAX_OUTPUT:
            output += chunk
        return output

    def _status(self) -> int:
        with contextlib.suppress(Exception):
            self._process.wait()
        status, number = self._process.exitstatus, self._process.signalstatus
        return int(status) if status is not None else 128 + int(number or 0)


def _text(output: bytes) -> str:
    return output.decode("utf-8", "replace")
