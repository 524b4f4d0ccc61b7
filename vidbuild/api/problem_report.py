"""The results of a check or a build as problems by spec, scene and video, for the formats that other programs read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.errors import fault_of
from vidbuild.frozen import dataclass
from vidbuild.project import name_of
from vidbuild.report.formats.file_names import FileNames
from vidbuild.report.formats.problem import Case, Problem, Report, Suite

if TYPE_CHECKING:
    from vidbuild.api.batch_result import BatchResult
    from vidbuild.api.check import CheckResult
    from vidbuild.api.result import FailedStep, Result
    from vidbuild.errors import VidbuildError

FORMATS = ("github", "junit", "sarif")
_REPOSITORY = ".git"  # a folder, or a file in a worktree
_REST = "spec"  # the case of what is in no scene


@dataclass(frozen=True, slots=True)
class SceneLines:
    """Where a scene is in its spec: from the start of its id or first field to the last line with a value of it."""

    id: str
    start: tuple[int, int]
    last_line: int


def repository_names(folder: Path | None = None) -> FileNames:
    """Return the names of files from the repository's root, the nearest folder with .git, or else from `folder`.

    folder: what relative names are relative to; default: the current one.
    """
    here = (folder or Path.cwd()).absolute()
    root = next((each for each in (here, *here.parents) if os.path.lexists(each / _REPOSITORY)), here)
    return FileNames(root, here, os.path.realpath)


def of_check(results: Sequence[CheckResult], texts: Mapping[Path, str] | None = None) -> Report:
    """Return what a check found; texts: of specs that are in no file."""
    suites = []
    for each in results:
        scenes = scene_lines(each.spec, (texts or {}).get(each.spec))
        problems = [
            (Problem(item, fault=each.fault_of.get(item, "spec")), _scene_of(item, each.spec, scenes))
            for item in each.diagnostics
        ]
        suites.append(Suite(str(each.spec), tuple(_cases(scenes, problems, [_REST]))))
    return Report("check", tuple(suites))


def of_build(results: Sequence[Result], texts: Mapping[Path, str] | None = None) -> Report:
    """Return how builds ended, as `of_check` has the result of a check."""
    suites = []
    for each in results:
        scenes = scene_lines(each.spec, (texts or {}).get(each.spec))
        cases = [case for video in each.videos for case in _video_cases(video, scenes, several=len(each.videos) > 1)]
        suites.append(Suite(str(each.spec), tuple(cases), each.wall_seconds))
    return Report("build", tuple(suites))


def of_batch(result: BatchResult, problems: Mapping[str, Sequence[Problem]]) -> Report:
    """Return how a batch ended, a case for each row; problems: of the rows, by their ids."""
    cases = [Case(os.fspath(result.batch), tuple(map(Problem, result.warnings)))] if result.warnings else []
    for row in result.results:
        found = tuple(problems.get(row.id, ()))
        if not row.ok and not any(each.is_error for each in found):  # its videos could not be sent, for instance
            others = (
                Diagnostic("error", text, os.fspath(row.spec), hint="; ".join(row.hints) or None) for text in row.errors
            )
            found += tuple(Problem(each, fault=row.unsent or "step") for each in others)
        skipped = "" if row.ok or any(each.is_error for each in found) else f"the row was {row.status}"
        cases.append(Case(f"row {row.id}", found, skipped))
    return Report("batch", (Suite(os.fspath(result.batch), tuple(cases), result.total_seconds),))


def problems_of(result: Result) -> tuple[Problem, ...]:
    """Return the problems of a build, once what several of its videos have."""
    cases = (case for video in result.videos for case in _video_cases(video, (), several=len(result.videos) > 1))
    return tuple(dict.fromkeys(problem for case in cases for problem in case.problems))


def of_error(command: str, error: VidbuildError | str, hint: str | None = None, *, is_bug: bool = False) -> Report:
    """Return the report of a command that ended before it had results."""
    diagnostics: Sequence[Diagnostic] = getattr(error, "diagnostics", ())
    if diagnostics:
        problems = tuple(map(Problem, diagnostics))
        return Report(command, (Suite(diagnostics[0].file, (Case(_REST, problems),)),))
    message = error if isinstance(error, str) else error.message
    found = hint if isinstance(error, str) else error.hint
    fault = "bug" if is_bug else "step"
    if not isinstance(error, str) and fault_of(error) == "unreachable":
        fault = "unreachable"
    return Report(command, stopped=Diagnostic("error", message, "", hint=found), fault=fault)


def render(report: Report, chosen: str, names: FileNames | None = None) -> str | dict[str, Any]:
    """Return a report in one of FORMATS: as text without a final line end, or for SARIF as JSON values."""
    names = names or repository_names()
    if chosen == "github":
        from vidbuild.report.formats import github

        return "\n".join(github.commands(report, names))
    if chosen == "junit":
        from vidbuild.report.formats import junit

        return junit.document(report, names)
    from vidbuild import __version__
    from vidbuild.report.formats import sarif

    return sarif.log(report, names, __version__)


def scene_lines(spec: Path, text: str | None = None) -> tuple[SceneLines, ...]:
    """Return where the scenes are in a spec; none if it cannot be read. text: of a spec that is in no file."""
    from vidbuild.spec import reader

    try:
        source = spec.read_text(encoding="utf-8-sig") if text is None else text
    except (OSError, UnicodeDecodeError, ValueError):
        return ()
    document, _ = reader.read(source, str(spec))
    scenes = document.data.get("scenes") if isinstance(document.data, dict) else None
    places: dict[int, list[tuple[int, int]]] = {}
    for path, location in (*document.keys.items(), *document.values.items()):
        if path[:1] == ("scenes",) and len(path) > 1 and isinstance(path[1], int):
            places.setdefault(path[1], []).append((location.line, location.column))
    found = []
    for index, scene in enumerate(scenes if isinstance(scenes, list) else []):
        own = places.get(index)
        if own and isinstance(scene, dict) and isinstance(scene.get("id"), str):
            found.append(SceneLines(scene["id"], min(own), max(own)[0]))
    return tuple(found)


def _scene_of(item: Diagnostic, spec: Path, scenes: Iterable[SceneLines]) -> str:
    """Return the id of the scene that a problem is in, "" for none."""
    if not item.line or item.path != os.fspath(spec):
        return ""
    here = (item.line, item.column)
    return next((each.id for each in reversed([*scenes]) if each.start <= here and item.line <= each.last_line), "")


def _cases(
    scenes: Iterable[SceneLines], problems: Sequence[tuple[Problem, str]], others: Sequence[str], prefix: str = ""
) -> Iterator[Case]:
    """Yield a case for each scene, with its problems, and one for what is in none."""
    by_scene: dict[str, list[Problem]] = {each.id: [] for each in scenes}
    rest: list[Problem] = []
    for problem, scene in problems:
        (by_scene.setdefault(scene, []) if scene else rest).append(problem)
    for scene, own in by_scene.items():
        yield Case(f"{prefix}scene {scene}", tuple(own))
    for name in others:
        yield Case(f"{prefix}{name}", tuple(rest))


def _video_cases(video: Result, scenes: Sequence[SceneLines], *, several: bool) -> Iterator[Case]:
    """Yield the cases of one video of a spec."""
    prefix, label = (f"{video.name} ", f"{video.name}/") if several else ("", "")
    name = f"video {'.'.join(filter(None, (name_of(video.spec), video.name)))}"
    if video.status in {"aborted", "cancelled"} and not video.diagnostics and not video.steps.failed:
        yield from (Case(f"{prefix}scene {each.id}", skipped=f"the build was {video.status}") for each in scenes)
        yield Case(name, skipped=f"the build was {video.status}")
        return
    problems = [(Problem(each), _scene_of(each, video.spec, scenes)) for each in video.diagnostics]
    for step in video.steps.failed:
        problem = _of_step(step, video.spec, label)
        own = _step_scene(step.step, video.spec) or _scene_of(problem.diagnostic, video.spec, scenes)
        problems.append((problem, own))
    for notice in video.warnings:
        item = Diagnostic("warning", notice.message, str(video.spec), notice.location, notice.hint, code=notice.code)
        problems.append((Problem(item), _scene_of(item, video.spec, scenes)))
    for case in _cases(scenes, problems, [name]):
        if case.name != name:
            yield Case(f"{prefix}{case.name}", case.problems)
        else:  # it has not passed if it was not made
            has_failed = any(each.is_error for each in case.problems)
            why = "a scene of it failed" if video.status == "failed" else f"the build was {video.status}"
            yield Case(name, case.problems, "" if video.ok or has_failed else why)


def _of_step(failed: FailedStep, spec: Path, label: str) -> Problem:
    item = Diagnostic("error", failed.error, str(spec), failed.location, failed.hint, failed.log)
    return Problem(item, f"{label}{failed.step}", failed.fault)


def _step_scene(step: str, spec: Path) -> str:
    """Return the scene of a step's id: of a transition the first of the two, without the number of an utterance.

    What ended a build outside of its steps has the name of the spec's file, which can be any text.
    """
    if step == spec.name:
        return ""
    from vidbuild.engine.graph.step_id import StepId

    return StepId.parse(step).scene.partition("+")[0].partition(".")[0]
