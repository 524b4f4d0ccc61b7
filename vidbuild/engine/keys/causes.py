"""The root cause of a step's run: a changed input inherits the reasons of the step that makes it."""

from __future__ import annotations

from vidbuild.engine.graph.graph import Product
from vidbuild.engine.keys.key import KeyMaterial
from vidbuild.engine.keys.lookup import CacheLookup
from vidbuild.engine.keys.reasons import Reason, compare
from vidbuild.engine.store.index import Row


class Causes:
    """Why each step of a graph is not cached; steps must be passed in the graph's order."""

    def __init__(self, lookup: CacheLookup) -> None:
        self._lookup = lookup
        self._roots: dict[str, tuple[Reason, ...]] = {}

    def direct(
        self, step: str, material: KeyMaterial, key: str, *, row: Row | None, fresh: bool = False
    ) -> tuple[Reason, ...]:
        """Return the step's own reasons: what in its material changed, or why unchanged material has no result.

        row: the step's index row from before this build.
        fresh: whether the user forces the step.
        """
        if row is None and self._lookup.cache.trace(key) is None:
            return (Reason("new"),)
        # The material is unchanged: its trace, or a blob of it, is gone.
        if row is None or row.key == key:
            return (Reason("fresh") if fresh else Reason("evicted"),)
        return self._compare(step, material, row) or (Reason("unknown"),)

    def _compare(self, step: str, material: KeyMaterial, row: Row) -> tuple[Reason, ...]:
        trace = self._lookup.cache.trace(row.key)
        if trace is None:
            return ()
        changed = self._lookup.graph.steps[step]
        return tuple(compare(trace.material, material.lines(), changed, self._lookup.kinds[changed.kind]))

    def roots(self, step: str, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        """Return the root reasons behind the step's own, each once, and remember them for its dependents."""
        roots = (root for reason in reasons for root in self._roots_of(step, reason))
        self._roots[step] = tuple(dict.fromkeys(roots))
        return self._roots[step]

    def _roots_of(self, step: str, reason: Reason) -> tuple[Reason, ...]:
        if reason.what != "input" or reason.old is None or reason.new is None:
            return (reason,)
        source = self._lookup.graph.steps[step].inputs.get(reason.name)
        if isinstance(source, Product):
            return self._roots.get(source.step) or (reason,)
        return (reason,)
