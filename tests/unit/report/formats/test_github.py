"""Commands of GitHub's workflows."""

from __future__ import annotations

import pytest

from tests.support.problems import HARD, NAMES, commands_read, diagnostic, report
from vidbuild.diagnostic import Diagnostic
from vidbuild.location import Location
from vidbuild.report.formats.github import commands
from vidbuild.report.formats.problem import Problem, Report


def written(made: Report) -> str:
    """The lines on stdout."""
    return "\n".join(commands(made, NAMES))


def test_a_warning_is_at_its_place_and_named_by_its_lint() -> None:
    """File, line and columns are those of the problem; the hint is a line of the message."""
    item = diagnostic("it is long", severity="warning", code="VB306", hint="shorten it")
    assert written(report(item)).startswith(
        "::warning file=docs/video.yaml,line=3,endLine=3,col=5,endColumn=9,title=VB306 "
    )
    ((name, properties, message),) = commands_read(written(report(item)))
    assert name == "warning"
    assert message == "it is long [VB306]\nhint: shorten it"
    assert properties["title"].startswith("VB306 ")


def test_nothing_in_a_message_is_obeyed_or_lost() -> None:
    """A message of several lines is one command, in which no other command is hidden."""
    text = written(report(diagnostic(HARD, log=("ffmpeg: ::error::x", "%0A::stop-commands::z"))))
    assert "\n" not in text
    assert "\r" not in text
    ((name, properties, message),) = commands_read(text)
    assert (name, properties["line"]) == ("error", "3")
    assert 'a: b, 100% of "x" <&> ]]> \U0001f3ac 視\n' in message
    assert "ffmpeg: ::error::x\n%0A" in message
    for hidden in ("##[", "\x1b", "\x00", "\n::"):
        assert hidden not in message


def test_names_of_files_are_escaped() -> None:
    """Commas, colons, percent signs and line ends of a name end no property."""
    ((_, properties, _),) = commands_read(written(report(diagnostic(file="a,b:c%3A\n::error::.yaml"))))
    assert properties["file"] == "a,b:c%3A\n::error::.yaml"


@pytest.mark.parametrize(
    ("item", "file", "message"),
    [
        (diagnostic(place=None), "docs/video.yaml", "it is wrong"),
        (Diagnostic("error", "no spec", ""), None, "no spec"),
        (Diagnostic("error", "bad", "s.py", Location("scenes[1].title", 0, 0, 0)), None, "scenes[1].title: bad"),
        (Diagnostic("error", "bad", "s.py", Location("", 0, 0, 0)), None, "bad"),
    ],
)
def test_a_problem_without_a_line(item: Diagnostic, file: str | None, message: str) -> None:
    """It has no line, and no file if it is in none."""
    ((_, properties, text),) = commands_read(written(report(item)))
    assert properties.get("file") == file
    assert "line" not in properties
    assert text == message


def test_a_failed_step_is_named() -> None:
    """The title has the step; of what stopped the command there is one error."""
    made = report(Problem(diagnostic(log=("last line",)), "render:one", "step"))
    ((_, properties, message),) = commands_read(written(made))
    assert properties["title"] == "render:one failed"
    assert message == "it is wrong\nlast line"
    stopped = Report("build", stopped=Diagnostic("error", "no spec", "", hint="name one"))
    assert written(stopped) == "::error title=vidbuild::no spec%0Ahint: name one"


@pytest.mark.parametrize(
    ("count", "notices"), [(10, []), (11, ["GitHub shows 10 of 11 errors; the log has all of them"])]
)
def test_github_shows_ten(count: int, notices: list[str]) -> None:
    """All problems are written, once each and by their places; a last line says that GitHub shows fewer."""
    items = [diagnostic(f"error {line}", place=(line, 1, 2)) for line in range(count, 0, -1)]
    found = commands_read(written(report(*items, *items, diagnostic(severity="warning", place=(1, 1, 1)))))
    assert [message for name, _, message in found if name == "error"] == [f"error {line + 1}" for line in range(count)]
    assert [message for name, _, message in found if name == "notice"] == notices
