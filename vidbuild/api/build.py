"""Build specs: plan them all, build them in one run, and put each video's outputs beside its spec."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vidbuild.api.build_command import BuildCommand, BuildRow, NullFacts, together
from vidbuild.api.listeners import Listeners
from vidbuild.api.options import BuildOptions, RunControl, options_of
from vidbuild.api.result import Result
from vidbuild.api.spec_args import SpecLike, distinct, refuse_same_names

if TYPE_CHECKING:
    from vidbuild.api.plan import Plan
    from vidbuild.choice import Choice


def build(
    spec: SpecLike,
    options: BuildOptions | None = None,
    *,
    on_event: Listeners | None = None,
    control: RunControl | None = None,
    **changes: Any,  # noqa: ANN401 - the values of any fields of BuildOptions
) -> Result:
    """Build one spec (its path, or a Spec made in Python) and put its outputs beside it.

    The result of a spec with several videos has one for each in `videos`.

    on_event: a listener for every event, or type of event -> listener (see `listeners`).
    control: polled several times a second; it can pause, cancel and suspend the build.
    changes: fields of BuildOptions by their names, such as `jobs=4`.

    A step that fails is in the result. Raises SpecError if the spec is wrong, UsageError or StoreError if the build
    cannot begin.
    """
    return _built(BuildCommand([spec], options_of(options, changes), control), spec, on_event)


def build_planned(
    spec: SpecLike,
    plans: Mapping[Choice | None, Plan],
    options: BuildOptions,
    *,
    on_event: Listeners | None = None,
    control: RunControl | None = None,
) -> Result:
    """Build one spec as `build` does, without planning again: plans: of its videos, or None -> that of the only one."""
    command = BuildCommand([spec], options, control)
    command.planned = plans
    return _built(command, spec, on_event)


def build_all(
    specs: Iterable[SpecLike],
    options: BuildOptions | None = None,
    *,
    on_event: Listeners | None = None,
    control: RunControl | None = None,
    on_null_build: Callable[[NullFacts], None] | None = None,
    **changes: Any,  # noqa: ANN401 - as for build
) -> list[Result]:
    """Build specs in one run, as `build` builds one; return a result for each spec, in their order.

    Steps with equal keys run once. Each video's outputs are put into their places as soon as all its steps are done.
    A wrong spec has a failed result. Without keep_going, nothing is built if a spec is wrong, and the run stops after a
    step failed; the result of a video that was not finished for such a reason is "aborted".

    on_null_build: called if the only video was up to date, for a record of what that depends on (`null_record`).
    """
    command = BuildCommand(distinct(specs), options_of(options, changes), control, on_null_build=on_null_build)
    refuse_same_names(command.specs, command.options)
    with command.listening(on_event):
        results = command.build()
    command.check_remote()
    return results


def build_rows(
    rows: Sequence[BuildRow], options: BuildOptions, on_event: Listeners | None, control: RunControl | None
) -> list[Result]:
    """Build rows in one run, as `build_all` builds specs; return a result for each row, in their order.

    options: of the run; each row has its own for its video.
    """
    command = BuildCommand([each.spec for each in rows], options, control, rows)
    with command.listening(on_event):
        results = command.build()
    command.check_remote()
    return results


def _built(command: BuildCommand, spec: SpecLike, on_event: Listeners | None) -> Result:
    with command.listening(on_event):
        videos = command.prepare()
        for error in command.refuse(videos).values():
            raise error
        result = together(spec, command.run(videos))
    command.check_remote()
    return result
