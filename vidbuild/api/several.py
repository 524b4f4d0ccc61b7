"""The videos of one spec in a command: the target of each, and their results together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from vidbuild.api.options import BuildOptions
from vidbuild.api.plan import SeveralVideosError
from vidbuild.api.result import Result, Steps
from vidbuild.api.spec_args import SpecLike, path_of
from vidbuild.api.video import Video
from vidbuild.choice import Choice, selected
from vidbuild.errors import UsageError
from vidbuild.frozen import replaced

RANKS = ("cancelled", "failed", "aborted", "built", "would-build")  # the status of several results is the first of them


def target_name(spec: str, choice: Choice | None) -> str:
    """Return the name of a video's target; spec: that of the spec in the run, "" for a run's only one."""
    return "/".join(filter(None, (spec, choice.name if choice else "")))


def choices_of(several: SeveralVideosError, spec: SpecLike, options: BuildOptions) -> list[Choice]:
    """Return the videos of a spec that has several that a command asks for."""
    found = selected(several.choices, options.language, options.output_name, str(path_of(spec)))
    if len(found) > 1 and options.output is not None:
        from vidbuild.api.output_place import video_file

        if video_file(options.output):
            hint = "-o a folder, or choose one of them with --language and --output-name"
            raise UsageError(f"'{options.output}' is one file, but the spec has {len(found)} videos", hint=hint)
    return found


def check_choice(video: Video, options: BuildOptions) -> Video:
    """Return the only video of a spec; UsageError if a command asks for another one."""
    if options.language or options.output_name:
        selected([video.plan.choice], options.language, options.output_name, str(video.path))
    return video


def together(spec: Path, results: Sequence[Result]) -> Result:
    """Return the results of a spec's videos as one; ids of steps begin with the video's name."""
    if len(results) == 1:
        return results[0]
    statuses = [each.status for each in results]
    status: Any = next((each for each in RANKS if each in statuses), "up-to-date")
    return Result(
        status,
        spec,
        next((each.run for each in results if each.run), ""),
        tuple(chain.from_iterable(each.outputs for each in results)),
        _steps(results),
        round(sum(each.video_seconds for each in results), 3),
        max(each.wall_seconds for each in results),
        _once(chain.from_iterable(each.warnings for each in results)),
        _once(chain.from_iterable(each.diagnostics for each in results)),
        parts=tuple(results),
        remote=results[0].remote,
        draft=results[0].draft,
    )


def _steps(results: Iterable[Result]) -> Steps:
    named = [(f"{each.name}/" if each.name else "", each.steps) for each in results]
    return Steps(
        total=sum(steps.total for _, steps in named),
        ran=tuple(f"{name}{step}" for name, steps in named for step in steps.ran),
        cached=sum(steps.cached for _, steps in named),
        failed=tuple(replaced(each, step=f"{name}{each.step}") for name, steps in named for each in steps.failed),
        aborted=tuple(f"{name}{step}" for name, steps in named for step in steps.aborted),
        reasons={f"{name}{step}": why for name, steps in named for step, why in steps.reasons.items()},
        retried=sum(steps.retried for _, steps in named),
        would_run=tuple(f"{name}{step}" for name, steps in named for step in steps.would_run),
    )


def _once(found: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(found))
