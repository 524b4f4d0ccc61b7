"""What each step of an entry was last."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.support.engine_lab import Lab, digests, graph, step
from vidbuild.engine.graph.context import StepWarning
from vidbuild.engine.graph.graph import Product
from vidbuild.engine.schedule.estimates import Estimates
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store.blobs import Blob, Signature
from vidbuild.engine.store.index import Index, Row
from vidbuild.frozen import replaced

ROW = Row("aa" * 32, {"x": Blob("bb" * 32, 3)}, 1.5, Signature(1, 2, 3, 4), (StepWarning("w", "f", None),), "a changed")


def test_rows_come_back(tmp_path: Path) -> None:
    """A row is kept whole; steps that are no more are dropped."""
    index = Index(tmp_path / "index")
    index.put("a", ROW)
    index.put("gone", ROW)
    index.save("entry", {"a": None})
    again = Index(tmp_path / "index")
    assert again.row("a") == ROW
    assert again.row("gone") is None


def test_rows_of_a_newer_version_are_read(tmp_path: Path) -> None:
    """A row to which a newer vidbuild adds a value is read without it."""
    index = Index(tmp_path / "index")
    index.put("a", replaced(ROW, unchanged=True))
    index._raw["a"].append("new")
    index.save("entry", {"a": None})
    row = Index(tmp_path / "index").row("a")
    assert row is not None
    assert (row.key, row.unchanged) == (ROW.key, True)


def test_only_a_name_that_was_built_has_an_index(tmp_path: Path) -> None:
    """An index is empty until a step of its name was built."""
    index = Index(tmp_path / "index")
    assert index.empty
    index.put("a", ROW)
    index.save("entry", {"a": None})
    assert not Index(tmp_path / "index").empty


def test_a_name_has_one_index(tmp_path: Path) -> None:
    """The index of a name is a file named by 32 hex digits of the name's SHA-256, as other versions expect it."""
    assert Index.location(tmp_path, "a.yaml") == tmp_path / "index" / hashlib.sha256(b"a.yaml").hexdigest()[:32]


@pytest.mark.parametrize("raw", [b"", b"nonsense", b"0" * 64 + b"\n[]\n"])
def test_a_damaged_index_is_an_empty_one(tmp_path: Path, raw: bytes) -> None:
    """The index may be spoilt or thrown away."""
    (tmp_path / "index").write_bytes(raw)
    assert Index(tmp_path / "index").row("a") is None


def test_an_unchanged_index_is_only_touched(tmp_path: Path) -> None:
    """A null build writes nothing but the time of its use."""
    index = Index(tmp_path / "index")
    index.put("a", ROW)
    index.save("entry", {"a": None})
    before = (tmp_path / "index").stat()
    again = Index(tmp_path / "index")
    assert again.row("a") == ROW
    again.put("a", ROW)
    again.save("entry", {"a": None})
    after = (tmp_path / "index").stat()
    assert after.st_ino == before.st_ino
    assert after.st_mtime_ns > before.st_mtime_ns


@pytest.mark.parametrize("name", ["a.yaml", "ä b.yaml", "../../x", "\udcff", ""])
def test_any_name_is_an_entry(tmp_path: Path, name: str) -> None:
    """An entry's name never becomes a path."""
    assert Index.location(tmp_path, name).parent == tmp_path / "index"


def test_without_the_index_builds_are_the_same(lab: Lab) -> None:
    """The index spares work and decides nothing: without it the next build is a null build too."""
    plan = graph(step("a"), step("b", "warn", {"a": Product("a")}))
    first = lab.build(plan)
    for path in (lab.store.home / "index").iterdir():
        path.unlink()
    second = lab.build(plan)
    assert (second.status, digests(second)) == ("up-to-date", digests(first))
    assert [len(one.warnings) for one in second.steps.values()] == [0, 1]
    assert lab.explain(plan)["b"].state == "cached"


def test_a_trace_that_changed_since_is_read_again(lab: Lab) -> None:
    """A row counts only while its trace's file is the one it was made from."""
    plan = graph(step("a"))
    report = lab.build(plan)
    trace = Path(lab.store.trace_location(report.steps["a"].key))
    trace.write_bytes(trace.read_bytes()[:-2])
    assert lab.build(plan).status == "built"
    trace.unlink()
    assert lab.build(plan).status == "built"


def test_expected_times_follow_the_last_run(tmp_path: Path) -> None:
    """A step is expected to take what it took, a new one what its kind takes, and chains add up."""
    plan = graph(step("a", "fast"), step("b", "slow", {"a": Product("a")}), step("c", "slow"), step("d", "new"))
    index = Index(tmp_path / "index")
    for name, seconds in (("a", 2.0), ("b", 5.0)):
        index.put(name, Row("k", {}, seconds, Signature(1, 2, 3, 4)))
    outlook = Estimates([(Target(plan), plan, index)])
    assert {name: outlook.expected(name) for name in plan.steps} == {"a": 2.0, "b": 5.0, "c": 5.0, "d": None}
    assert outlook.priorities == {"a": 7.0, "b": 5.0, "c": 5.0, "d": 1.0}
    assert outlook.remaining(["a", "b"], 4) == 7.0
    assert outlook.remaining(["b", "c"], 1) == 10.0
    assert outlook.remaining(["d"], 1) is None
    assert outlook.remaining(["a", "b"], 0) is None


def test_expected_times_of_a_kind_follow_the_work(tmp_path: Path) -> None:
    """A step that never ran is expected to take what others of its kind took, by how much work each was."""
    plan = graph(step("a", "slow"), step("b", "slow"), step("c", "slow"), step("d", "new"), step("e", "slow"))
    index = Index(tmp_path / "index")
    for name, seconds in (("a", 2.0), ("b", 8.0)):
        index.put(name, Row("k", {}, seconds, Signature(1, 2, 3, 4)))
    outlook = Estimates([(Target(plan, weights={"a": 4.0, "b": 16.0, "c": 10.0, "d": 3.0, "e": 0.0}), plan, index)])
    assert {name: outlook.expected(name) for name in plan.steps} == {"a": 2.0, "b": 8.0, "c": 5.0, "d": None, "e": 0.5}
    assert outlook.priorities["d"] == 3.0
