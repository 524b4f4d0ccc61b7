"""The last line, and the repeated details of a failure."""

from __future__ import annotations

from typing import Any

import pytest

from vidbuild.report.summary import BuildSummary, FailureText, failure_lines, last_line, overall_status


def ended(status: str, **changes: Any) -> BuildSummary:
    """The build that the design's example is about."""
    facts: dict[str, Any] = {
        "status": status,
        "video": "getting-started.mp4",
        "video_seconds": 64.2,
        "total": 42,
        "ran": ("speak:install", "render:install", "mux"),
        "cached": 39,
        "failed": (),
        "wall_seconds": 1.8,
    }
    return BuildSummary(**{**facts, **changes})


def test_a_build_with_nothing_to_do() -> None:
    """The line has the number of steps, and how long the build took."""
    line = last_line(ended("up-to-date", ran=(), cached=42, wall_seconds=0.108))
    assert line == "up to date: getting-started.mp4 (42 steps, 0.11 s)"


def test_a_build_that_ran_some_steps() -> None:
    """The line names the video, its length, and how many steps of each kind ran."""
    assert last_line(ended("built")) == (
        "built getting-started.mp4 (1:04): 3 of 42 steps ran (1 speak, 1 render, 1 mux), 39 cached, 1.8 s"
    )


def test_steps_of_a_kind_are_counted_together_across_languages() -> None:
    """The render steps of two languages are counted together; a first build shows no cached steps."""
    line = last_line(ended("built", ran=("de/render:a", "en/render:a", "mux"), cached=0, total=3))
    assert line == "built getting-started.mp4 (1:04): 3 of 3 steps ran (2 render, 1 mux), 1.8 s"


def test_repeated_attempts_are_counted() -> None:
    """P44: the number of retries is shown, if there were any."""
    line = last_line(ended("built", retried=2))
    assert line.endswith("3 of 42 steps ran (1 speak, 1 render, 1 mux), 39 cached, 2 retried, 1.8 s")


def test_a_failed_build_names_what_failed() -> None:
    """The failed steps come first, and what was not tried is counted."""
    line = last_line(ended("failed", ran=("speak:a",), cached=3, failed=("render:a",), total=9))
    assert line == (
        "failed: getting-started.mp4: 1 step failed (render:a), 1 of 9 steps ran (1 speak), 3 cached, 4 not run, 1.8 s"
    )


def test_many_failures_are_not_all_named() -> None:
    """P44: the count is of all, the names are the first ones and how many more."""
    failed = [f"render:{index}" for index in range(15)]
    line = last_line(ended("failed", ran=(), cached=0, failed=failed, total=15))
    assert "15 steps failed (render:0, render:1, ...and 13 more)" in line


def test_a_cancelled_build_shows_what_is_kept() -> None:
    """Steps that ran before the interruption are counted, and so are those that were not tried."""
    line = last_line(ended("cancelled", ran=("speak:a",), cached=3, total=9))
    assert line == "cancelled: getting-started.mp4: 1 of 9 steps ran (1 speak), 3 cached, 5 not run, 1.8 s"


def test_a_failure_has_place_log_and_command() -> None:
    """The spec's line, the step, the tool's last lines, the saved command and the hint, in this order."""
    printed = failure_lines(
        FailureText(
            "render:a", "ffmpeg stopped", "v.yaml:14:3", "try again", ("first", "last"), ".vidbuild/runs/r/film-a.sh"
        )
    )
    assert printed == [
        "v.yaml:14:3: render:a failed: ffmpeg stopped",
        "      | first",
        "      | last",
        "      command: .vidbuild/runs/r/film-a.sh",
        "      hint: try again",
    ]


def test_a_long_log_shows_its_end() -> None:
    """Of a long log the last lines are shown, since tools report errors there."""
    printed = failure_lines(FailureText("mux", "x", log=[f"line {index}" for index in range(40)]))
    assert printed[0] == "mux failed: x"
    assert printed[1] == "      | ...28 lines before"
    assert printed[-1] == "      | line 39"
    assert len(printed) == 14


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        (["built", "up-to-date"], "built"),
        (["up-to-date", "up-to-date"], "up-to-date"),
        (["built", "failed"], "failed"),
        (["failed", "cancelled"], "cancelled"),
    ],
)
def test_several_builds_have_one_status(statuses: list[str], status: str) -> None:
    """The worst of them is the whole command's."""
    assert overall_status(statuses) == status
