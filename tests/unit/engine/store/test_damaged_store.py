"""Missing and corrupt files in the store."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine_lab import Lab, diamond, digests, graph, step
from vidbuild.engine.disk import checksummed, durable
from vidbuild.engine.graph.graph import Product
from vidbuild.engine.store.blobs import signature
from vidbuild.engine.store.digest_cache import DigestCache


@pytest.mark.parametrize("name", ["a", "left", "right", "top"])
def test_a_missing_blob_is_made_again(lab: Lab, name: str) -> None:
    """P26: the step whose blob is gone reruns, nothing else does, and the results are what they were."""
    first = lab.build(diamond(lab))
    lab.ran()
    first.path(name, "main.txt").unlink()
    second = lab.build(diamond(lab))
    assert lab.ran() == [name]
    assert second.steps[name].reason == "output evicted"
    assert digests(second) == digests(first)
    assert lab.build(diamond(lab)).status == "up-to-date"


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "delete"])
def test_any_damage_is_repaired(lab: Lab, damage: str) -> None:
    """P21: whatever file of the store is damaged, the next build gives the same results without an error."""
    first = lab.build(diamond(lab))
    expected = digests(first)
    files = [path for path in lab.store.home.rglob("*") if path.is_file()]
    assert len(files) > 15
    for path in files:
        raw = path.read_bytes() if path.exists() else b""
        path.unlink(missing_ok=True)
        if damage != "delete":
            path.parent.mkdir(parents=True, exist_ok=True)
            changed = {"truncate": raw[: len(raw) // 2], "empty": b"", "flip": bytes(reversed(raw))}[damage]
            path.write_bytes(changed)
        report = lab.build(diamond(lab))
        assert digests(report) == expected, path
        assert all(report.path(one, name).is_file() for one in report.steps for name in report.steps[one].outputs)
    assert lab.build(diamond(lab)).status == "up-to-date"


@pytest.mark.parametrize("name", ["main.txt", "sum/digest.txt"])
def test_corruption_that_keeps_the_stat_is_found_when_read(lab: Lab, name: str) -> None:
    """P21: nothing is made from a corrupt blob whose stat is unchanged, and the next build makes it again."""
    first = lab.build(diamond(lab))
    blob = first.steps["a"].outputs[name]
    path = first.path("a", name)
    path.chmod(0o644)
    path.write_bytes(bytes(reversed(path.read_bytes())))
    table = DigestCache(lab.store.home / "files")
    table.record(str(path), signature(path), blob.digest)  # as if its stat were the one it always had
    table.save()
    assert lab.build(diamond(lab)).status == "up-to-date"
    reader = "left" if name == "main.txt" else "right"
    plan = diamond(lab, **{reader: "other"})
    report = lab.build(plan, keep_going=True)
    failure = report.steps[reader].failure
    assert failure is not None
    assert failure.message == "corrupt cached input removed"
    assert (failure.hint, failure.field, failure.transient) == ("build again", "from", False)
    assert not path.exists()
    assert digests(lab.build(plan)) == digests(lab.clean().build(plan))


def test_the_store_may_be_deleted(lab: Lab) -> None:
    """Without the store everything is made again, and the same."""
    first = lab.build(diamond(lab))
    shutil.rmtree(lab.store.root)
    second = lab.build(diamond(lab))
    assert len(second.ran) == 5
    assert digests(second) == digests(first)


def test_a_random_result_is_one_for_all_who_read_it(lab: Lab) -> None:
    """P10: within a build and after it, everything follows from one take; a lost take is replaced everywhere."""
    plan = graph(
        step("voice", "random_take"),
        *[step(f"film{n}", inputs={"voice": Product("voice", "main.txt")}, n=n) for n in range(3)],
    )
    first = lab.build(plan)
    first.path("voice", "main.txt").unlink()
    for report in (first, lab.build(plan), lab.build(plan)):
        take = report.steps["voice"].outputs["main.txt"].digest
        for n in range(3):
            trace = lab.store.trace(report.steps[f"film{n}"].key)
            assert trace is not None
            assert trace.inputs == {"voice": take + ".txt"}
    assert report.status == "up-to-date"


def test_combinations_of_damage_and_edits(lab: Lab) -> None:
    """P1: every pair of edits, with a blob lost in between, ends as a clean build would."""
    edits: list[dict[str, Any]] = [{}, {"a": "two"}, {"right": 2}, {"image": b"Picture"}]
    for before, after in itertools.permutations(edits, 2):
        first = lab.build(diamond(lab, **before))
        first.path("right", "main.txt").unlink()
        second = lab.build(diamond(lab, **after))
        lab.store.home.rename(lab.root / "old")
        assert digests(lab.build(diamond(lab, **after))) == digests(second)
        shutil.rmtree(lab.store.home)
        (lab.root / "old").rename(lab.store.home)


def test_a_trace_comes_after_its_blobs(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P16: when a trace is written, every blob that it names is there under its final name, read-only and whole."""
    write = durable.write
    seen: list[bool] = []

    def checking_write(target: Path, data: bytes, *, synced: bool = True) -> None:
        if "traces" in target.parts:
            trace = checksummed.loads(data)
            assert trace is not None
            digests_named = [digest for digest, _ in trace["outputs"].values()]
            seen.append(all(durable.hash_file(lab.store.blobs.path(digest)) == digest for digest in digests_named))
        write(target, data, synced=synced)

    monkeypatch.setattr(durable, "write", checking_write)
    lab.build(diamond(lab))
    assert seen == [True] * 5
