"""Problems as the commands of GitHub's workflows, which annotate the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from vidbuild.lints import lints
from vidbuild.report.formats.file_names import FileNames
from vidbuild.report.formats.problem import Problem, Report, lines
from vidbuild.report.humanize import count
from vidbuild.sanitize import sanitize, without_commands

SHOWN = 10  # annotations of one severity that GitHub shows for one step of a job; the others are in the log alone


def commands(report: Report, names: FileNames) -> Iterator[str]:
    """Yield a line for each problem, `::error file=docs/video.yaml,line=3,...::message`."""
    problems = list(report.problems)
    if report.stopped is not None:
        problems.append(Problem(report.stopped))
    for problem in problems:
        yield _command(problem, names)
    for severity in ("error", "warning"):
        number = sum(each.diagnostic.severity == severity for each in problems)
        if number > SHOWN:
            text = f"GitHub shows {SHOWN} of {count(number, severity)}; the log has all of them"
            yield f"::notice title=vidbuild::{escape(text)}"


def escape(text: str) -> str:
    """Return a message as a command takes it, in one line; GitHub shows its lines again."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Return the value of a property as a command takes it."""
    return escape(text).replace(":", "%3A").replace(",", "%2C")


def _command(problem: Problem, names: FileNames) -> str:
    item = problem.diagnostic
    properties: dict[str, str] = {}
    if item.location is None:
        properties = {"file": names.relative(item.file)} if item.file else {}
    elif item.line:
        properties = {
            "file": names.relative(item.path),
            "line": str(item.line),
            "endLine": str(item.line),  # columns count only with both lines
            "col": str(item.column),
            "endColumn": str(max(item.location.end_column, item.column)),
        }
    properties["title"] = _title(problem)
    listed = ",".join(f"{name}={escape_property(without_commands(value))}" for name, value in properties.items())
    return f"::{item.severity} {listed}::{escape(sanitize(_text(problem)))}"


def _title(problem: Problem) -> str:
    code = problem.diagnostic.code
    if code:
        lint = lints().get(code)
        return f"{code} {lint.name}" if lint else code
    return f"{problem.step} failed" if problem.step else "vidbuild"


def _text(problem: Problem) -> str:
    item = problem.diagnostic
    # A place that is a field of a spec made in Python is in no file.
    where = f"{item.path}: " if item.location is not None and not item.line and item.path else ""
    return where + "\n".join(lines(problem))
