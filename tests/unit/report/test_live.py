"""Progress on a terminal."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Sequence

import pytest

from tests.support.sample_events import (
    a_run,
    estimated,
    finished,
    run_started,
    started,
    target_finished,
    target_started,
)
from vidbuild.engine.runs.events import Event, RunPaused, StepProgress, StepRetried
from vidbuild.errors import Failure
from vidbuild.report.live import Live

SCENES = ["a", "b", "c"]


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


def no_scenes(_: str) -> Sequence[str]:
    """A test that does not look at scenes."""
    return ()


def shown(events: Sequence[Event], monkeypatch: pytest.MonkeyPatch, width: int = 80) -> str:
    """What the terminal got."""
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Terminal()
    with Live(stream, lambda _: SCENES, width=width) as live:
        for event in events:
            live(event)
    return stream.getvalue()


def view(events: Sequence[Event], monkeypatch: pytest.MonkeyPatch, width: int = 80, seconds: float = 4.0) -> list[str]:
    """The lines of the view after the events, without its colors."""
    lines = colored(events, monkeypatch, width, seconds)
    return [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in lines]


def colored(
    events: Sequence[Event], monkeypatch: pytest.MonkeyPatch, width: int = 80, seconds: float = 4.0
) -> list[str]:
    """The lines of the view after the events."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(time, "time", lambda: 1_000.0 + seconds)
    live = Live(Terminal(), lambda _: SCENES, width=width)
    for event in events:
        live(event)
    with live._console.capture() as captured:
        live._console.print(live._view())
    return captured.get().splitlines()


def test_the_view_is_inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No alternate screen is entered, and the cursor is shown again at the end."""
    text = shown(a_run(), monkeypatch)
    assert "\x1b[?1049h" not in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


def test_what_ran_stays_above_the_view(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step that ran leaves a line with its reason and time, a failed one its message, a cached one nothing."""
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown(a_run(), monkeypatch))
    lines = [line.strip() for line in text.replace("\r", "\n").splitlines() if line.strip()]
    assert "speak:a  narration changed  1.5 s" in lines
    assert "render:a  words changed  2.2 s" in lines
    assert "render:b  failed: ffmpeg stopped with code 1" in lines
    assert not any(line.startswith("draw:a") for line in lines)


def test_the_view_shows_steps_scenes_elapsed_and_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a build runs, the view shows its running steps, its rendered scenes, and past and remaining time."""
    events = [
        run_started(9),
        target_started(9),
        estimated(9, 20.0),
        started("render:a"),
        finished("render:a"),
        started("render:b", at=1.0),
        StepProgress(run="r", time=0, step="render:b", done=60, total=120),
    ]
    lines = view(events, monkeypatch)
    assert re.fullmatch(r"render:b +━{12} +3\.0 s", lines[0])
    assert lines[1] == "scenes  ■■□"
    assert lines[2] == "1 of 9 steps, 1 of 3 scenes, 0:04, about 0:16 left"


def test_a_late_build_is_nearly_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that takes longer than the last one does not count below zero; without past there is no estimate."""
    assert view([run_started(2), estimated(2, 3.0)], monkeypatch)[-1].endswith("0:04, nearly done")
    assert view([run_started(2), estimated(2)], monkeypatch)[-1].endswith("0:04")


@pytest.mark.parametrize("width", [20, 80, 400])
def test_no_line_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """P50: at 20 columns and at 400 the view fits, and still has how many steps have ended."""
    names = [f"render:{'a-very-long-scene-name-' * 3}{index}" for index in range(9)]
    lines = view([run_started(20), estimated(20, 60.0), *map(started, names)], monkeypatch, width)
    assert all(len(line) <= width for line in lines)
    assert any(line.startswith("0 of 20 steps") for line in lines)
    assert "...and 3 more" in lines


def test_colors_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR removes the colors of the view and nothing else."""
    monkeypatch.setenv("NO_COLOR", "1")
    text = shown(a_run(), monkeypatch)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m|\x1b\[9[0-9]m", text)
    assert "narration changed" in text


def test_scenes_are_only_asked_for_when_there_is_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build with nothing to do does not pay for the names of its scenes."""
    asked: list[str] = []

    def scenes(entry: str) -> Sequence[str]:
        asked.append(entry)
        return SCENES

    monkeypatch.setenv("TERM", "xterm")
    with Live(Terminal(), scenes) as live:
        live(run_started(3))
        live(target_started(3))
        live(estimated(0))
        assert asked == []
        live(estimated(2))
    assert asked == ["talk.yaml"]


def several(*more: Event) -> list[Event]:
    """A run of three videos, and what else happened in it."""
    begun = [target_started(3, name, f"{name}.yaml") for name in ("a", "docs/b", "c")]
    return [run_started(9, "a.yaml, docs/b.yaml, c.yaml"), *begun, estimated(9, 20.0), *more]


def test_several_videos_have_a_mark_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a run of several videos each has a mark, and a step's id begins with its video's name."""
    events = several(started("docs/b/render:one", at=1.0), target_finished("a"))
    lines = view(events, monkeypatch)
    assert re.fullmatch(r"docs/b/render:one +━{12} +3\.0 s", lines[0])
    assert lines[1:] == ["videos  ■■□", "0 of 9 steps, 0:04, about 0:16 left"]
    step, marks, _ = colored(events, monkeypatch)
    assert step.startswith("\x1b[2mdocs/b/\x1b[0m\x1b[36mrender\x1b[0m\x1b[1m:one\x1b[0m ")
    assert re.findall(r"\x1b\[([0-9]+)m[■□]", marks) == ["32", "36", "90"]


def test_a_video_that_failed_has_a_mark_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A video that is not whole at its end is marked in red."""
    events = several(target_finished("a", "failed", failed=1, aborted=2))
    assert re.findall(r"\x1b\[([0-9]+)m[■□]", colored(events, monkeypatch)[0]) == ["31", "90", "90"]


def test_the_scenes_of_several_videos_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a run of several videos the view reads no spec for the ids of its scenes."""

    def scenes(entry: str) -> Sequence[str]:
        raise AssertionError(entry)

    monkeypatch.setenv("TERM", "xterm")
    with Live(Terminal(), scenes) as live:
        for event in several():
            live(event)


def test_more_videos_than_columns_have_no_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the marks of all videos do not fit into a line, the view has the other rows alone."""
    begun = [target_started(1, f"v{index}", f"v{index}.yaml") for index in range(80)]
    lines = view([run_started(80), *begun, estimated(80)], monkeypatch)
    assert lines == ["0 of 80 steps, 0:04"]


def test_nothing_of_the_view_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception inside the build takes the view away and passes through."""
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()

    def interrupted() -> None:
        with Live(stream, no_scenes) as live:
            live(run_started(3))
            live(started("render:a"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")


def test_a_paused_build_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is paused there is no estimate; the command to resume stays above the view."""
    events = [run_started(9), target_started(9), estimated(9, 20.0), RunPaused(run="r1", time=1_001.0, running=0)]
    assert view(events, monkeypatch)[-1] == "0 of 9 steps, 0 of 3 scenes, 0:04, paused"
    assert "paused; vidbuild runs resume r1" in shown(events, monkeypatch)


def test_a_retried_step_shows_its_next_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until its next attempt a step shows the time of that, and then its number."""
    again = StepRetried(run="r", time=1_003.0, step="speak:a", attempt=2, wait=5.0, failure=Failure("no answer"))
    events = [run_started(2), estimated(2), started("speak:a"), again]
    assert view(events, monkeypatch)[0].endswith("attempt 2 in 0:04")
    assert view(events, monkeypatch, seconds=9.0)[0].endswith("9.0 s, attempt 2")
    assert "speak:a  retrying in 5.0 s (attempt 2): no answer" in shown(events, monkeypatch)


def test_a_fault_of_many_steps_is_printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """If several steps fail for the same reason, only retries of the first are printed above the view."""
    again = [
        StepRetried(run="r", time=1_003.0, step=step, attempt=2, wait=5.0, failure=Failure("the disk is full"))
        for step in ("draw:a", "draw:b")
    ]
    text = shown([run_started(2), estimated(2), started("draw:a"), started("draw:b"), *again], monkeypatch)
    assert text.count("retrying") == 1


def test_the_terminal_is_given_away_and_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """During Ctrl-Z the view is gone and the cursor is visible; afterwards the view is drawn again."""
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Terminal()
    with Live(stream, lambda _: SCENES, width=80) as live:
        live(run_started(9))
        live.suspend()
        away = stream.getvalue()
        assert away.rindex("\x1b[?25h") > away.rindex("\x1b[?25l")
        live.resume()
        assert stream.getvalue().rindex("\x1b[?25l") > stream.getvalue().rindex("\x1b[?25h")
        live.stopping(1)
    text = stream.getvalue()
    assert "stopping: 1 step runs to its end; interrupt again to kill them" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
