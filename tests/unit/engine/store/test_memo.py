"""Small records that the caller stores."""

from __future__ import annotations

from pathlib import Path

from tests.support.engine_lab import Lab, graph, step
from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.store.memo import Memos
from vidbuild.engine.store.store import Store

DIGEST = "ab" * 32


def test_a_plan_comes_back(lab: Lab) -> None:
    """A graph kept as data comes back with the same keys."""
    plan = graph(step("a", x=1.0), step("b", image=None))
    Memos(lab.store).put(DIGEST, plan.to_data())
    data = Memos(Store(lab.store.root)).get(DIGEST)
    assert data == plan.to_data()
    assert Graph.from_data(data) == plan


def test_a_corrupt_memo_is_a_miss(lab: Lab) -> None:
    """A corrupt memo is a miss, and the next put replaces it."""
    memos = Memos(lab.store)
    assert memos.get(DIGEST) is None
    memos.put(DIGEST, [1])
    path = lab.store.home / "memos" / "ab" / DIGEST
    path.write_bytes(path.read_bytes().replace(b"1", b"2"))
    assert memos.get(DIGEST) is None
    memos.put(DIGEST, [3])
    assert memos.get(DIGEST) == [3]


def test_a_memo_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """A full disk makes a memo a miss and nothing else."""
    (tmp_path / "v1").write_text("a file where a folder should be")
    memos = Memos(Store(tmp_path))
    memos.put(DIGEST, [1])
    assert memos.get(DIGEST) is None
