"""Records the commands of a scene: runs them in a scratch folder, and returns what they printed."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.record import confinement, environment, fixture
from vidbuild.record.dialog import Dialog
from vidbuild.record.fault import RecordError
from vidbuild.record.processes import Descendants
from vidbuild.record.settle import MAX_LINES, TooManyLinesError, settled
from vidbuild.record.terminal import MAX_OUTPUT, EndedError, StoppedError, Terminal, UnansweredError
from vidbuild.scenes.command import masks
from vidbuild.scenes.command.transcript import DEMO, TIMEOUT, Ran

_HOME = "user"  # in the scratch folder, as it is shown
_SHOWN_LINES = 8  # last ones of an output, in an error


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands of a scene, as plain data.

    runs: each with the exit status that is expected.
    settings: the scene's `record`; fixture: its folder, None for an empty one; root: the project's.
    sandboxed: whether files and network are restricted.
    """

    runs: Sequence[tuple[str, int]]
    settings: Mapping[str, Any]
    fixture: Path | None
    root: Path
    sandboxed: bool = True


def record(commands: Commands) -> list[Ran]:
    """Run the commands and return what they printed. Raises RecordError; nothing is left behind."""
    with _scratch() as scratch, Descendants() as started:
        try:
            return _Recording(commands, scratch).run()
        finally:
            started.kill()


class _Recording:
    """The commands of one scene while they are run."""

    def __init__(self, commands: Commands, scratch: Path) -> None:
        self._commands, self._scratch, self._settings = commands, scratch, commands.settings
        home, temp = scratch / _HOME, scratch / "tmp"
        self._folder = home / (commands.fixture.name if commands.fixture else DEMO)
        temp.mkdir()
        if commands.fixture is None:
            self._folder.mkdir(parents=True)
        else:
            fixture.copy(commands.fixture, self._folder, commands.root)
        for folder in (self._folder, home):
            os.utime(folder, (fixture.TIME, fixture.TIME))
        self._env, self._taken = environment.environment(home, temp, self._settings.get("env", ()))
        self._masks = [mask for mask in masks.masks(self._settings.get("mask", ())) if mask.shown]

    def run(self) -> list[Ran]:
        network = bool(self._settings.get("network"))
        enter = confinement.entering(self._scratch, network=network, sandboxed=self._commands.sandboxed)
        terminal = Terminal(self._folder, self._env, enter)
        try:
            for index, command in enumerate(self._settings.get("setup", ())):
                self._run(terminal, (command, 0), f"record.setup.{index}", Dialog(()))
            dialog = Dialog(self._settings.get("expect", ()))
            runs = self._commands.runs
            found = [
                self._run(terminal, each, f"commands.{index}", dialog, last=index + 1 == len(runs))
                for index, each in enumerate(runs)
            ]
        finally:
            terminal.close()
        if dialog.pending is not None:
            index, text = dialog.pending
            message = f"no command printed '{text}'" + (" after the text before it" if index else "")
            raise RecordError(f"record.expect.{index}", message, None, self._tail(found[-1].output))
        return found

    def _run(
        self, terminal: Terminal, command: tuple[str, int], field: str, dialog: Dialog, *, last: bool = False
    ) -> Ran:
        run, expected = command
        timeout = float(self._settings.get("timeout", TIMEOUT))
        try:
            output, status = terminal.run(run, timeout, dialog)
        except EndedError as ended:
            output, status = ended.output, ended.status
            if not last:
                hint = "leave out 'exit', or make it the last command"
                raise RecordError(field, "the shell ended with this command", hint, self._tail(output)) from None
        except UnansweredError as unanswered:
            index = dialog.met - 1
            message = "the command ended before this answer was typed"
            raise RecordError(f"record.expect.{index}", message, None, self._tail(unanswered.output)) from None
        except StoppedError as stopped:
            raise self._stopped(stopped, field, timeout, dialog) from None
        shown = self._shown(output, field)
        if status != expected:
            message = f"the command exited with {status}: expected {expected}"
            advice = f"write 'exit: {status}' if that is what the video shows"
            raise RecordError(field, message, advice if "commands" in field else None, self._tail(output))
        return Ran(run, shown, status)

    def _shown(self, output: str, field: str) -> str:
        """Return what the video shows of an output. Raises RecordError for one that no video may show."""
        output = self._without_scratch(output)
        try:
            lines = settled(output)
        except TooManyLinesError:
            message = f"the command printed more than {MAX_LINES} lines"
            raise RecordError(field, message, "show a part of them: '| tail -20'", self._tail(output)) from None
        text = "\n".join(map(masks.plain, lines))
        for name, value in self._taken.items():
            if len(value) >= environment.SHORTEST_SECRET and value in text.replace("\n", ""):
                message = f"the output has the value of '{name}', which the recording would make public"
                raise RecordError(field, message, f"set a made-up value: write {name}=VALUE in 'env'")
        return masks.to_text([masks.masked(line, self._masks) for line in lines])

    def _stopped(self, stopped: StoppedError, field: str, timeout: float, dialog: Dialog) -> RecordError:
        log = self._tail(stopped.output)
        if stopped.limit == "output":
            message = f"the command printed more than {MAX_OUTPUT // 1_000_000} MB"
            return RecordError(field, message, "show a part of it: '| tail -20'", log)
        if dialog.pending is not None and not field.startswith("record"):
            index, text = dialog.pending
            message = f"'{text}' was not printed within {timeout:g} s"
            return RecordError(f"record.expect.{index}", message, "expect what the last line says", log)
        message = f"the command did not end within {timeout:g} s"
        if log and not stopped.output.endswith("\n"):
            hint = f"if it waits for an answer, write 'expect: [{{text: \"{log[-1].strip()}\", send: ANSWER}}]'"
        else:
            hint = "give it more time with 'record.timeout', answer it with 'record.expect', or run one that ends"
        return RecordError(field, message, hint, log)

    def _tail(self, output: str) -> list[str]:
        """Return the last lines of an output, for an error; without values that must stay secret."""
        with contextlib.suppress(TooManyLinesError):
            lines = settled(self._without_scratch(output)[-_SHOWN_LINES * 1000 :])
            shown = [masks.plain(line) for line in lines if masks.plain(line)][-_SHOWN_LINES:]
            for name, value in self._taken.items():
                if len(value) >= environment.SHORTEST_SECRET:
                    shown = [line.replace(value, f"${name}") for line in shown]
            return shown
        return []

    def _without_scratch(self, output: str) -> str:
        """Return an output in which the scratch folder is the root folder."""
        for place in sorted({str(self._scratch), str(self._scratch.resolve())}, key=len, reverse=True):
            output = output.replace(place, "")
        return output


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    """Make a folder, and remove it with all that was put in it."""
    folder = Path(tempfile.mkdtemp(prefix="vidbuild-record-"))
    try:
        yield folder
    finally:
        open_folders(folder)
        shutil.rmtree(folder, ignore_errors=True)


def open_folders(folder: Path) -> None:
    """Make all folders below one removable, whatever rights the commands have left on them."""
    for path, names, _ in os.walk(folder):
        for name in names:
            inner = Path(path, name)
            with contextlib.suppress(OSError):
                if not inner.is_symlink():
                    inner.chmod(stat.S_IRWXU)
