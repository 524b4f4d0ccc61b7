"""What a run builds: targets, such as one for each video, and what its caller does meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import Event, Listener
from vidbuild.frozen import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """A graph to build, and what the run records of it.

    name: distinguishes the targets of one run, and precedes their steps (`NAME/render:intro`); "" for a run's only one.
    build_name: the name under which the index has the steps' last results, for explain and for expected times.
    goals: ids of the steps to build, with all that they need; None for every step.
    weights: step -> its relative amount of work, for steps without past durations.
    metadata: recorded with the run for the caller, as JSON values.
    continues: the id of an earlier run that this target continues, "" for none.
    """

    graph: Graph
    name: str = ""
    build_name: str = ""
    goals: Collection[str] | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    continues: str = ""

    @property
    def prefix(self) -> str:
        """What precedes the ids of its steps in the run."""
        return f"{self.name}/" if self.name else ""

    def label(self, step: str) -> str:
        """Return the id in the run of a step of the graph."""
        return self.prefix + step

    def local(self, label: str) -> str:
        """Return the id in the graph of a step of the run; the inverse of `label`."""
        return label.removeprefix(self.prefix)


class RunHooks:
    """What a caller does during a run; each default does nothing.

    on_event: receives every event, in order.
    derived_from: the types of events that `derive_events` is called with.
    """

    derived_from: tuple[type[Event], ...] = ()

    def __init__(self, on_event: Listener | None = None) -> None:
        self.on_event = on_event

    def derive_events(self, target: Target, event: Event) -> Iterable[Event]:
        """Return the caller's own events that follow one of the engine's about this target."""
        del target, event
        return ()

    def on_success(self, target: Target, report: BuildReport) -> None:
        """Use a target's results as soon as the cache has them all; a VidbuildError or OSError fails the target."""
        del target, report
