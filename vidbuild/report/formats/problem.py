"""The problems of a command, as the formats for other programs take them."""

from __future__ import annotations

from collections.abc import Iterator

from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem.

    step: the step that failed; "" if none did.
    fault: why it failed (vidbuild.errors.Failure.fault); "spec" where no step did.
    """

    diagnostic: Diagnostic
    step: str = ""
    fault: str = "spec"

    @property
    def is_error(self) -> bool:
        """Whether the command failed for it."""
        return self.diagnostic.severity == "error"


@dataclass(frozen=True, slots=True)
class Case:
    """What can fail by itself: a scene, a video, or the rest of a spec.

    skipped: why it was not tried; "" if it was.
    """

    name: str
    problems: tuple[Problem, ...] = ()
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """One spec.

    file: its path, relative to the current folder or absolute; it need not exist.
    seconds: how long it took; None if that was not measured.
    """

    file: str
    cases: tuple[Case, ...]
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """How a command ended: `check`, `build`.

    stopped: what ended it before it had results; None if it went on to its end.
    fault: why it was stopped (vidbuild.errors.Failure.fault).
    """

    command: str
    suites: tuple[Suite, ...] = ()
    stopped: Diagnostic | None = None
    fault: str = "step"

    @property
    def problems(self) -> Iterator[Problem]:
        """Yield the problems of each suite by their places; once what several videos of a spec have."""
        for suite in self.suites:
            found = dict.fromkeys(each for case in suite.cases for each in case.problems)
            yield from sorted(found, key=lambda each: each.diagnostic.order())


def lines(problem: Problem) -> Iterator[str]:
    """Yield what there is to say of a problem: its message and code, the tool's last lines, and a hint."""
    item = problem.diagnostic
    yield f"{item.message} [{item.code}]" if item.code else item.message
    yield from item.log
    if item.hint:
        yield f"hint: {item.hint}"
