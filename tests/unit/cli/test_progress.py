"""What watches a build for the command line: requests to the run, files of events, and which view is shown."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self, cast

import pytest

from tests.support.sample_events import BEGAN, finished, run_started, started
from tests.support.workspace import SMALL
from vidbuild.api.options import BuildOptions, Control
from vidbuild.cli import console
from vidbuild.cli.options import STANDARD
from vidbuild.cli.progress import BuildObserver, observing, view_of
from vidbuild.cli.signals import Interrupt
from vidbuild.engine.runs.events import Event, StepAborted, StepFailed, StepStarted
from vidbuild.errors import Failure
from vidbuild.report import live
from vidbuild.report.plain import Lines


class View:
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def stopping(self, running: int) -> None:
        """A signal came."""
        self.calls.append(f"stopping {running}")

    def suspend(self) -> None:
        """The process is about to be suspended."""
        self.calls.append("suspend")

    def resume(self) -> None:
        """The process goes on."""
        self.calls.append("resume")

    def __enter__(self) -> Self:
        self.calls.append("shown")
        return self

    def __exit__(self, *_: object) -> None:
        self.calls.append("gone")

    def __call__(self, event: Event) -> None:
        """Note the step of an event."""
        self.calls.append(event.step if isinstance(event, StepStarted) else "")


def observer(view: View | None, *events: Event) -> tuple[BuildObserver, Interrupt]:
    """Return an observer that has seen events, and its signals."""
    interrupt = Interrupt()
    made = BuildObserver([], cast("Lines | None", view), interrupt)
    for event in events:
        made(event)
    return made, interrupt


def interrupted(interrupt: Interrupt, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a signal have come."""
    monkeypatch.setattr(interrupt, "stop_requested", lambda: True)


def test_the_first_signal_is_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal cancels the run; the view shows once how many steps still run, without those that ended."""
    view = View()
    ended = (
        finished("a"),
        StepFailed(run="r", time=BEGAN, step="b", failure=Failure("ffmpeg stopped")),
        StepAborted(run="r", time=BEGAN, step="c", because="b"),
    )
    build = (run_started(5), started("left over"), run_started(5), *map(started, "abcde"), *ended)
    made, interrupt = observer(view, *build)
    assert made.requested() == Control.RUN
    interrupted(interrupt, monkeypatch)
    assert [made.requested(), made.requested()] == [Control.CANCEL, Control.CANCEL]
    assert view.calls == ["stopping 2"]


def test_a_view_is_shown_during_the_build() -> None:
    """The view is there before the first event, gets each, and is gone afterwards."""
    view = View()
    with observing(None, cast("Lines", view), Interrupt()) as made:
        made(started("a"))
        made(started("b"))
    assert view.calls == ["shown", "a", "b", "gone"]


def test_a_build_without_a_view_can_be_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """With -q a signal cancels the run as well."""
    made, interrupt = observer(None, started("a"))
    interrupted(interrupt, monkeypatch)
    assert made.requested() == Control.CANCEL


def test_the_view_is_gone_while_the_process_is_suspended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-Z removes the view before the process stops, and draws it again when it goes on."""
    view = View()
    made, interrupt = observer(view)
    assert made.suspend() is None
    monkeypatch.setattr(interrupt, "suspend_requested", lambda: True)
    monkeypatch.setattr(interrupt, "suspend", lambda: view.calls.append("stopped"))
    suspend = made.suspend()
    assert suspend is not None
    suspend()
    assert view.calls == ["suspend", "stopped", "resume"]


def test_without_a_view_the_process_is_suspended_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """With -q Ctrl-Z stops the process."""
    made, interrupt = observer(None)
    stopped: list[bool] = []
    monkeypatch.setattr(interrupt, "suspend_requested", lambda: True)
    monkeypatch.setattr(interrupt, "suspend", lambda: stopped.append(True))
    suspend = made.suspend()
    assert suspend is not None
    suspend()
    assert stopped == [True]


def read(lines: bytes) -> list[Any]:
    """Return the steps of lines of events."""
    return [json.loads(line).get("step") for line in lines.splitlines()]


def test_a_file_of_events_can_be_followed(tmp_path: Path) -> None:
    """Each event is in the file as soon as it has happened, whatever characters it has."""
    path = tmp_path / "events.jsonl"
    with observing(path, None, Interrupt()) as made:
        for count in (1, 2, 3):
            made(started("a", reason="ü\udcff"))
            assert read(path.read_bytes()) == ["a"] * count


def test_events_on_stdout_can_be_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--events -` each event is on stdout as soon as it has happened, whatever characters it has."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="utf-8"))
    with observing(STANDARD, None, Interrupt()) as made:
        for count in (1, 2, 3):
            made(started("a", reason="ü\udcff"))
            assert read(raw.getvalue()) == ["a"] * count


@pytest.mark.parametrize(
    ("terminal", "verbose", "lines"), [(False, False, True), (True, True, True), (True, False, False)]
)
def test_a_live_view_is_for_terminals(
    terminal: bool, verbose: bool, lines: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a terminal has a live view, and -v has lines there too."""
    monkeypatch.setattr(console, "is_terminal", lambda stream: terminal and stream is sys.stderr)
    assert isinstance(view_of([], BuildOptions(), verbose=verbose), Lines) == lines


def test_the_view_knows_the_scenes_of_the_video(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The live view finds the scenes of the spec that is built, and none if that cannot be read."""
    made: list[Callable[[str], Sequence[str]]] = []
    monkeypatch.setattr(console, "is_terminal", lambda _: True)
    monkeypatch.setattr(live, "Live", lambda _, scenes: made.append(scenes))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vidbuild.toml").touch()
    (tmp_path / "a.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(SMALL.replace("id: two", "id: other"), encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("titel: x", encoding="utf-8")
    specs = [Path(name) for name in ("a.yaml", "b.yaml", "bad.yaml")]
    view_of(specs, BuildOptions())
    view_of(specs, BuildOptions(only=("two",)))
    whole, chosen = made
    assert [tuple(whole(name)) for name in ("a.yaml", "b.yaml")] == [("one", "two"), ("one", "other")]
    assert [tuple(whole(name)) for name in ("bad.yaml", "c.yaml")] == [(), ()]
    assert tuple(chosen("a.yaml --only two")) == ("two",)
