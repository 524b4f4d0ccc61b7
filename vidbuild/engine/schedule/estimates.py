"""How long steps are expected to take, and so which to start first; it knows nothing of whether they will run.

Past times tell. Where a step has none, the times of others of its kind do, each by how much work it was (`weights`);
where there are none either, the weights alone: so the longest is started first in the very first build as well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.store.index import Index

_UNKNOWN = 1.0


class Estimates:
    """Expected seconds from each step's last run, or from others of its kind.

    weights: step -> how much work it is beside others; 1 for a step that is not in it.
    """

    def __init__(self, graph: Graph, index: Index, weights: Mapping[str, float] | None = None) -> None:
        self._graph = graph
        self._weights = weights or {}
        self._known = {name: row.seconds for name in graph.steps if (row := index.row(name)) is not None}
        by_kind: dict[str, list[float]] = {}
        for name, seconds in self._known.items():
            by_kind.setdefault(graph.steps[name].kind, []).append(seconds / self._weight(name))
        self._by_kind = {kind: sorted(values)[len(values) // 2] for kind, values in by_kind.items()}

    def expected(self, step: str) -> float | None:
        """Seconds, or None where neither the step nor one of its kind ran before."""
        if step in self._known:
            return self._known[step]
        each = self._by_kind.get(self._graph.steps[step].kind)
        return None if each is None else each * self._weight(step)

    def _weight(self, step: str) -> float:
        return self._weights.get(step, 1.0) or 1.0

    def ranks(self) -> Mapping[str, float]:
        """Step -> seconds from its start to the end of all that follows from it, were there workers enough."""
        ranks: dict[str, float] = {}
        after: dict[str, float] = {}
        for name, step in reversed(list(self._graph.steps.items())):
            expected = self.expected(name)
            ranks[name] = after.get(name, 0.0) + (_UNKNOWN * self._weight(name) if expected is None else expected)
            for need in step.needs():
                after[need] = max(after.get(need, 0.0), ranks[name])
        return ranks

    def ahead(self, steps: Collection[str], jobs: int) -> float | None:
        """A rough number of seconds for these steps, None where nothing is known of any."""
        known = [seconds for step in steps if (seconds := self.expected(step)) is not None]
        if not known:
            return None
        ranks = self.ranks()
        work = sum(known) * len(steps) / len(known)
        return max(work / max(jobs, 1), *(ranks[step] for step in steps))
