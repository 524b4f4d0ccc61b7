"""Past and running builds from their logs, and how they are shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.support.sample_events import (
    BEGAN,
    a_run,
    estimated,
    finished,
    run_started,
    started,
    target_finished,
    target_started,
)
from vidbuild.engine.runs.event_reader import event_of
from vidbuild.engine.runs.events import Event, RunPaused, RunResumed, StateRestored, StepProgress, StepRetried
from vidbuild.engine.runs.history import History, history
from vidbuild.errors import Failure
from vidbuild.report import run_view
from vidbuild.report.run_view import RunSummary

HALFWAY = [
    run_started(4),
    estimated(4, 20.0),
    started("render:a", "title changed", at=1),
    StepProgress(run="r", time=BEGAN + 2, step="render:a", done=45, total=120, unit="frames"),
    started("speak:b", at=1),
    StepRetried(run="r", time=BEGAN + 3, step="speak:b", attempt=2, wait=4.0, failure=Failure("no answer")),
]


def history_of(events: list[Event]) -> History:
    """Return the history of these events, as from a log."""
    return history(event.to_data() for event in events)


def look(state: str = "running", *, killed: bool = False, seconds: float | None = None) -> RunSummary:
    """A build looked at ten seconds after it began."""
    return RunSummary("20260131-101500-123-3f9c", "talk.yaml", state, BEGAN, seconds, killed, BEGAN + 10)


def test_a_line_of_a_log_is_the_event_again() -> None:
    """P40: every event that was written down is read as what it was; an unknown type or field is passed over."""
    for event in [*a_run(), *HALFWAY]:
        assert event_of(event.to_data()) == event
        assert event_of({**event.to_data(), "later": 1}) == event
    assert event_of({"type": "of_tomorrow", "run": "r", "time": 1.0}) is None
    assert event_of({"type": "step_started", "run": "r"}) is None


def test_each_step_has_its_state_and_reason() -> None:
    """P39: a step's state comes from its events, with its attempts, and the progress of one that still runs."""
    steps = history_of(a_run()).steps
    assert {name: step.state for name, step in steps.items()} == {
        "draw:a": "cached",
        "speak:a": "ran",
        "render:a": "ran",
        "render:b": "failed",
        "mux": "aborted",
        "report": "aborted",
    }
    assert (steps["render:a"].reason, steps["render:a"].seconds, steps["mux"].because) == (
        "words changed",
        2.25,
        "render:b",
    )
    halfway = history_of(HALFWAY).steps
    assert (halfway["render:a"].state, halfway["render:a"].done, halfway["render:a"].unit) == ("running", 45, "frames")
    assert (halfway["speak:b"].state, halfway["speak:b"].attempts) == ("retrying", 2)


def whole(shown_run: RunSummary, found: History, **options: Any) -> list[str]:
    """All that is shown of a build."""
    return run_view.details(shown_run, found, lambda _: None, **{"everything": False, **options})


def test_a_running_build_shows_how_far_it_is() -> None:
    """Progress overall and of each step, what is tried again and why, and about how long it will be."""
    lines = whole(look(), history_of(HALFWAY))
    assert "progress  0 of 4 steps (0 %), about 0:10 left" in lines
    assert "render:a  running   9.0 s  45 of 120 frames, title changed" in lines
    assert "speak:b   retrying  9.0 s  attempt 2, never built, last: no answer" in lines


def test_a_killed_build_shows_what_it_was_doing() -> None:
    """P18: a killed build is shown as killed, with the steps that it was running; none of them looks as if it ran."""
    lines = whole(look("failed", killed=True), history_of(HALFWAY))
    assert "state     failed: killed during render:a (45 of 120 frames), speak:b" in lines
    assert not [line for line in lines if "running" in line or "left" in line]
    (row,) = run_view.rows([(look("failed", killed=True), history_of(HALFWAY))], 80)
    assert row.endswith("talk.yaml  killed")


def test_a_failed_build_shows_its_errors() -> None:
    """Failures are shown with their saved command; cached and untried steps only with an option."""
    found = history_of(a_run())
    lines = run_view.details(look("failed", seconds=5.0), found, lambda step: Path(f"{step}.sh"), everything=False)
    assert lines[-3:] == ["errors:", "render:b failed: ffmpeg stopped with code 1", "      command: render:b.sh"]
    assert not [line for line in lines if line.startswith(("draw:a", "mux"))]
    everything = whole(look("failed", seconds=5.0), found, everything=True)
    assert [line for line in everything if line.split()[:2] == ["draw:a", "cached"]]
    assert [line for line in everything if line.startswith("mux") and line.endswith("needs render:b")]


def test_pauses_and_continued_runs_are_shown() -> None:
    """A paused build shows how to resume, and its pauses are not part of the remaining time."""
    pause = [RunPaused(run="r", time=BEGAN + 4, running=1)]
    restored = [StateRestored(run="r", time=BEGAN, earlier="earlier-run", done=1, left=3)]
    lines = whole(look("paused"), history_of([*HALFWAY, *restored, *pause]))
    assert "state      paused; vidbuild runs resume 20260131-101500-123-3f9c" in lines
    assert "continues  earlier-run" in lines
    resumed = history_of([*HALFWAY, *pause, RunResumed(run="r", time=BEGAN + 9, seconds=5.0)])
    assert resumed.progress.remaining(BEGAN + 10) == 15.0


def test_rows_fit_any_width() -> None:
    """P50: a long spec is shown by its end, so that rows fit, and short ones take no more than they need."""
    deep = replace(look(), spec="docs/" + "long-folder/" * 9 + "talk.yaml")
    rows = run_view.rows(
        [(deep, history_of(HALFWAY)), (look("completed", seconds=1.0), history_of([run_started(1)]))], 80
    )
    assert max(map(len, rows)) <= 80
    assert rows[0].split()[2] == "...talk.yaml"
    assert rows[1].endswith("up to date, 1.0 s")


def test_a_suspended_build_has_no_estimate() -> None:
    """A build suspended by Ctrl-Z is shown as that, in its row and in full, without an estimate."""
    going = run_view.rows([(look(), history_of(HALFWAY))], 80)[0]
    assert "left" in going
    suspended = replace(look(), suspended=True)
    (row,) = run_view.rows([(suspended, history_of(HALFWAY))], 80)
    lines = run_view.details(suspended, history_of(HALFWAY), lambda _: None, everything=False)
    assert row.endswith("steps, suspended")
    assert "state     running, suspended by Ctrl-Z; fg resumes it" in lines
    assert not any("left" in line for line in [row, *lines])


def test_the_explanation_agrees_with_the_events() -> None:
    """P39: one line for each step that ran with its outcome, the values below it, and a count of what was cached."""
    changed = replace(started("render:c", "title changed"), reasons=('field title changed: "a" -> "b"',))
    found = history_of([run_started(2), changed, finished("render:c")])
    lines = run_view.explanation(look("completed", seconds=1.0), found, None, everything=False)
    assert lines[1:] == ["render:c  ran: title changed", '  field title changed: "a" -> "b"']
    assert run_view.explanation(look(), history_of(a_run()), None, everything=False)[-1] == "1 of 6 steps cached"


def test_the_explanation_of_one_step_is_about_it_alone() -> None:
    """P39: of the step that is named its outcome, all reasons and its time are shown, and no line of another step."""
    reasons = tuple(f"field title.{number} changed" for number in range(7))
    found = history_of([run_started(2), replace(started("render:c"), reasons=reasons), finished("render:c"), *a_run()])
    lines = run_view.explanation(look("completed", seconds=1.0), found, "render:c", everything=False)
    assert lines[1:] == ["render:c  ran: never built", *(f"  {reason}" for reason in reasons), "  took 1.5 s"]


def test_of_many_reasons_the_first_are_shown() -> None:
    """Of five reasons of one step among others three are shown, and the number of those left out."""
    reasons = tuple(f"field title.{number} changed" for number in range(5))
    found = history_of([run_started(2), replace(started("render:c"), reasons=reasons), finished("render:c")])
    lines = run_view.explanation(look("completed", seconds=1.0), found, None, everything=False)
    assert lines[2:] == [*(f"  {reason}" for reason in reasons[:3]), "  ...and 2 more"]
    found = history_of([run_started(2), replace(started("render:c"), reasons=reasons[:4]), finished("render:c")])
    lines = run_view.explanation(look("completed", seconds=1.0), found, None, everything=False)
    assert lines[2:] == [f"  {reason}" for reason in reasons[:4]]


def test_each_video_of_a_run_has_a_row() -> None:
    """A video that is done has its status, time and counts; one that is being built has neither time nor counts."""
    targets = [target_started(6, "a"), target_started(4, "b"), target_finished("a", ran=2, cached=4)]
    lines = whole(look(), history_of([run_started(10), *targets]))
    videos = lines[lines.index("videos:") + 1 :][:2]
    assert [line.split() for line in videos] == [
        ["a", "built", "1.0", "s", "2", "ran,", "4", "cached"],
        ["b", "running", "4", "steps"],
    ]


def test_the_counts_of_a_run_name_what_ended() -> None:
    """A run's steps are counted by how they ended; before the first one has, the row reports that."""
    assert "steps     none has ended" in whole(look(), history_of([run_started(4), started("render:a")]))
    done = whole(look("failed", seconds=5.0), history_of(a_run()))
    assert [line for line in done if line.startswith("steps")] == ["steps     2 ran, 1 cached, 1 failed, 2 not run"]


def test_a_step_that_has_just_begun_took_its_real_time() -> None:
    """Short times of running steps are exact, and never negative after the clock was set back."""
    for at, shown in ((9.6, "0.40 s"), (12.0, "0.00 s")):
        (line,) = whole(look(), history_of([run_started(1), started("render:a", at=at)]))[-1:]
        assert line == f"render:a  running  {shown}  never built"


def test_progress_is_in_percent() -> None:
    """Of six steps three are done."""
    assert "progress  3 of 6 steps (50 %)" in [
        line[:29] for line in whole(look("failed", seconds=5.0), history_of(a_run()))
    ]


def test_problems_of_a_spec_have_their_place_and_hint() -> None:
    """A problem is shown with line and column, if it has them, and its hint, if there is one."""
    found = History(
        problems=[
            {"file": "a.yaml", "line": 3, "column": 5, "message": "wrong", "hint": "write 1"},
            {"file": "b.yaml", "line": None, "column": None, "message": "missing", "hint": None},
        ]
    )
    lines = whole(look("failed", seconds=1.0), found)
    assert lines[-3:] == ["a.yaml:3:5: wrong", "      hint: write 1", "b.yaml: missing"]
