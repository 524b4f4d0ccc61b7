"""Progress where there is no terminal."""

from __future__ import annotations

from told import a_run, run_started, started

from vidbuild.report.lines import Lines


def test_each_step_that_runs_has_its_reason() -> None:
    """A line for each step that runs, none for what is cached, and one for what fails."""
    lines: list[str] = []
    with Lines(lines.append) as listener:
        for event in a_run():
            listener(event)
    assert lines == [
        "speak:a  narration changed",
        "film:a  words changed",
        "film:b  never built",
        "film:b  failed: ffmpeg stopped with code 1",
    ]


def test_no_line_has_escape_codes() -> None:
    """P50: plain lines hold no escape code and no carriage return."""
    lines: list[str] = []
    listener = Lines(lines.append, several=True)
    for event in a_run():
        listener(event)
    assert not any("\x1b" in line or "\r" in line for line in lines)


def test_several_specs_are_told_apart() -> None:
    """With several specs each one's lines begin with its name, and one with nothing to do has no lines at all."""
    lines: list[str] = []
    listener = Lines(lines.append, several=True)
    told = [run_started(1, "a.yaml"), started("join"), run_started(1, "quiet.yaml"), run_started(2, "b.yaml")]
    for event in (*told, started("film:a"), started("join")):
        listener(event)
    assert lines == ["a.yaml:", "join  never built", "b.yaml:", "film:a  never built", "join  never built"]
