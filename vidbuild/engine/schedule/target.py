"""What one run builds: one target for each video, and what its caller does as the run goes on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import Event, Listener
from vidbuild.frozen import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """A graph to build, and what the run remembers of it.

    name: tells the targets of one run apart, in front of their steps (`NAME/render:intro`); "" for a run's only one.
    build_name: the name under which the steps' last results are remembered, for explain and for expected times.
    goals: ids of the steps to build, with all that they need; None for every step.
    weights: step -> how much work it is compared with others, used if no earlier time is known.
    metadata: what the caller wants to find in the run's record, as JSON values.
    continues: the id of an earlier run that this target continues, "" for none.
    """

    graph: Graph
    name: str = ""
    build_name: str = ""
    goals: Collection[str] | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    continues: str = ""

    def label(self, step: str) -> str:
        """Return the id in the whole run of a step of the graph."""
        return f"{self.name}/{step}" if self.name else step

    def local(self, label: str) -> str:
        """Return the id in the graph; the inverse of `label`."""
        return label.removeprefix(f"{self.name}/")


class RunHooks:
    """What a caller does while a run goes on; each default does nothing.

    on_event: receives every event, in order.
    """

    def __init__(self, on_event: Listener | None = None) -> None:
        self.on_event = on_event

    def derive_events(self, target: Target | None, event: Event) -> Iterable[Event]:
        """Return the caller's own events that follow one of the engine's; target: the one it is about, if any."""
        del target, event
        return ()

    def on_success(self, target: Target, report: BuildReport) -> None:
        """Use what a target made, as soon as all of it is there; an error fails the target."""
        del target, report
