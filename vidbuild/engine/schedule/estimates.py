"""Estimates how long steps take, and so which of them should start first.

A step's last duration counts first. A step without one is estimated from others of its kind, in any target, scaled by
the weights; without those the weights alone count, so the longest work starts first in the very first build as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store.index import Index

_UNKNOWN = 1.0


class Estimates:
    """Expected seconds and priorities of all steps of a run, by their ids in the run (`Target.label`).

    parts: for each target the graph to build, and its index.
    priorities: step -> seconds from its start to the end of all that depends on it, given unlimited workers.
    """

    def __init__(self, parts: Iterable[tuple[Target, Graph, Index]]) -> None:
        self._parts = list(parts)
        self._known: dict[str, float] = {}
        self._kinds: dict[str, tuple[str, ...]] = {}
        self._weights: dict[str, float] = {}
        by_kind: dict[tuple[str, ...], list[float]] = {}
        for target, graph, index in self._parts:
            prefix = target.prefix
            for name, step in graph.steps.items():
                label = prefix + name
                kind = self._kinds[label] = (step.kind, *step.tools)  # another voice engine takes another time
                weight = self._weights[label] = target.weights.get(name, 1.0) or 1.0
                if (row := index.row(name)) is not None:
                    self._known[label] = row.seconds
                    by_kind.setdefault(kind, []).append(row.seconds / weight)
        self._by_kind = {kind: sorted(values)[len(values) // 2] for kind, values in by_kind.items()}
        self.priorities = self._critical_paths()

    def expected(self, step: str) -> float | None:
        """Return the step's seconds; None if neither it nor one of its kind ran before."""
        if step in self._known:
            return self._known[step]
        each = self._by_kind.get(self._kinds[step])
        return None if each is None else each * self._weights[step]

    def _critical_paths(self) -> Mapping[str, float]:
        paths: dict[str, float] = {}
        for target, graph, _ in self._parts:
            prefix = target.prefix
            after: dict[str, float] = {}
            for name, step in reversed(list(graph.steps.items())):
                label = prefix + name
                expected = self.expected(label)
                own = _UNKNOWN * self._weights[label] if expected is None else expected
                path = paths[label] = after.get(name, 0.0) + own
                for need in step.needs():
                    after[need] = max(after.get(need, 0.0), path)
        return paths

    def remaining(self, steps: Collection[str], jobs: int) -> float | None:
        """Return a rough number of seconds for these steps; None if nothing is known of any of them.

        jobs: how many run at a time; 0 if that is not known, and so no number either.
        """
        known = [seconds for step in steps if (seconds := self.expected(step)) is not None]
        if not known or not jobs:
            return None
        work = sum(known) * len(steps) / len(known)
        return max(work / jobs, *(self.priorities[step] for step in steps))
