"""Looking up steps that make the same bytes."""

from __future__ import annotations

import pytest

from tests.support.engine_lab import Lab, graph, step
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store.blobs import Blob, signature


@pytest.mark.parametrize("late", [True, False], ids=["the first answers last", "in order"])
def test_the_same_bytes_from_two_workers(lab: Lab, late: bool) -> None:
    """V25: whichever worker answers last, the blob's stat is remembered, and the next build does not read it."""
    plan = graph(step("a"))
    (lookup,) = lab.engine()._lookups([Target(plan)], [plan])
    heard = []
    for _ in range(2):
        made = lab.root / "made-again"
        made.write_bytes(bytes(1 << 17))  # of a small file, the second is found to be there
        (added,) = lab.store.blobs.move_in({"main.txt": made}).values()
        heard.append(added)
    blob: Blob = heard[0][0]
    assert heard[0][1] != heard[1][1]
    for _, left in reversed(heard) if late else heard:
        lookup._blob_added(blob.digest, list(left))
    location = lab.store.blobs.location(blob.digest)
    assert lookup.table.lookup(location, signature(location)) == blob.digest
    before = lookup.table.hashed
    assert lookup.table.has_intact(lab.store.blobs, blob.digest)
    assert lookup.table.hashed == before
