"""The root cause of a step's run: a changed input takes over the reason of the step that makes it.

It knows nothing of scheduling; steps are asked about in the graph's order.
"""

from __future__ import annotations

from vidbuild.engine.graph.graph import Product
from vidbuild.engine.keys.key import KeyMaterial
from vidbuild.engine.keys.lookup import CacheLookup
from vidbuild.engine.keys.reasons import Reason, compare
from vidbuild.engine.store.index import Row


class Causes:
    """Why each step of a graph is not what it was last."""

    def __init__(self, ledger: CacheLookup) -> None:
        self._ledger = ledger
        self._roots: dict[str, tuple[Reason, ...]] = {}

    def direct(
        self, step: str, material: KeyMaterial, key: str, *, row: Row | None, fresh: bool = False
    ) -> tuple[Reason, ...]:
        """The step's own reasons: what in its material differs, or why the same material must be made again.

        row: what the index said of the step before this build.
        """
        if row is None and self._ledger.cache.trace(key) is None:
            return (Reason("new"),)
        if row is None or row.key == key:
            return (Reason("fresh") if fresh else Reason("evicted"),)
        return self._compare(step, material, row) or (Reason("unknown"),)

    def _compare(self, step: str, material: KeyMaterial, row: Row) -> tuple[Reason, ...]:
        trace = self._ledger.cache.trace(row.key)
        if trace is None:
            return ()
        found = self._ledger.graph.steps[step]
        return tuple(compare(trace.material, material.lines(), found, self._ledger.kinds[found.kind]))

    def follow(self, step: str, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        """The root reasons behind the step's own; remembered, since later steps lead here."""
        found: dict[Reason, None] = {}
        for reason in reasons:
            found.update(dict.fromkeys(self._behind(step, reason)))
        self._roots[step] = tuple(found)
        return self._roots[step]

    def _behind(self, step: str, reason: Reason) -> tuple[Reason, ...]:
        if reason.what != "input" or reason.old is None or reason.new is None:
            return (reason,)
        source = self._ledger.graph.steps[step].inputs.get(reason.name)
        if isinstance(source, Product):
            return self._roots.get(source.step) or (reason,)
        return (reason,)
