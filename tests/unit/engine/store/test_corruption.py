"""Files of the store and of runs that become corrupt one at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.corruption import DAMAGES, flipped, ranges, swapped
from tests.support.engine_lab import Lab, digests, graph, step
from vidbuild.engine.disk import durable
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.run_log import past_runs, read_events
from vidbuild.engine.schedule.options import RunOptions
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store import gc
from vidbuild.engine.store.blobs import signature
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.memo import Memos
from vidbuild.engine.store.outputs import Outputs
from vidbuild.errors import StoreError

KINDS = ("cas", "traces", "index", "files", "placed", "usage", "memos", "locks", "use", "runs")


def project(lab: Lab) -> Graph:
    """Two steps, one after the other, and a source."""
    image = lab.source("image.png", "picture")
    return graph(step("a", inputs={"image": image}), step("b", inputs={"a": Product("a", "main.txt")}))


def build(lab: Lab) -> BuildReport:
    """Build, put an output where the user wants it, and keep a memo."""
    report = lab.build(project(lab), jobs=1)
    assert report.status in {"built", "up-to-date"}, [each.failure for each in report.failed]
    outputs = Outputs(lab.store)
    for placed in outputs.place_all([(report.steps["b"].outputs["main.txt"], lab.root / "out" / "b.txt")]):
        assert placed.aside is None
    Memos(lab.store).put("0" * 64, {"a": 1})
    runs = lab.store.root / "runs"
    for run in past_runs(runs):
        assert all(event["type"] for event in read_events(runs, run.id))
    return report


def files(lab: Lab) -> list[Path]:
    """Every file of the store, and those of the last run."""
    last = max((lab.store.root / "runs").iterdir())
    return sorted(path for root in (lab.store.home, last) for path in root.rglob("*") if path.is_file())


def of_kind(lab: Lab, kind: str) -> list[Path]:
    """The files of one kind."""
    if kind == "locks":
        (lab.store.home / "locks").mkdir(exist_ok=True)
        (lab.store.home / "locks" / build(lab).steps["a"].key).touch()
    made = {blob for outputs in digests(build(lab)).values() for blob in outputs.values()}
    found = [path for path in files(lab) if kind in path.relative_to(lab.store.root).parts]
    return [path for path in found if kind != "cas" or path.name in made]  # a source's copy is not checked


def repaired(lab: Lab, expected: dict[str, dict[str, str]], what: str) -> BuildReport:
    """Build, and check that everything is as before; return the report."""
    report = build(lab)
    assert digests(report) == expected, what
    assert (lab.root / "out" / "b.txt").read_bytes() == report.path("b", "main.txt").read_bytes(), what
    assert build(lab).status == "up-to-date", what
    source = durable.hash_file(lab.root / "image.png")
    assert set(gc.verify(lab.store).corrupt) <= {f"cas/{source}"}, what
    return report


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_goes_bad_is_made_good(lab: Lab, kind: str) -> None:
    """P21: files of each kind, damaged in each way, one at a time: the same results, and a sound store."""
    expected = digests(build(lab))
    build(lab)
    some = of_kind(lab, kind)
    assert some
    for number, damage in enumerate(DAMAGES):
        path = some[number % len(some)]
        if path.exists():
            damage(path)
            repaired(lab, expected, f"{kind} {damage.__name__} {path.name}")


@pytest.mark.parametrize("kind", ["cas", "traces"])
def test_corrupt_files_are_counted(lab: Lab, kind: str) -> None:
    """P21: blobs and traces whose bytes are flipped or swapped are replaced, and the build reports how many."""
    expected = digests(build(lab))
    mains = {outputs["main.txt"] for outputs in expected.values()}
    first, second = (path for path in of_kind(lab, kind) if kind == "traces" or path.name in mains)
    swapped(first, second)
    flipped(second, 5, 9)
    assert damaged(lab) == 2
    repaired(lab, expected, kind)
    assert damaged(lab) == 0


def damaged(lab: Lab) -> int:
    """Build, and return how many files were found corrupt."""
    engine = lab.engine()
    (report,) = engine.build([Target(project(lab))], RunOptions(jobs=1))
    assert report.ok
    return engine.store.corrupt


def test_a_corrupt_copy_of_a_source_is_not_read(lab: Lab) -> None:
    """P21: if a step runs again, the corrupt copy of its source is taken from the source again."""
    build(lab)
    source = durable.hash_file(lab.root / "image.png")
    flipped(lab.store.blobs.path(source), 0, 3)
    changed = graph(step("a", inputs={"image": lab.source("image.png", "picture")}, another=1))
    assert digests(lab.build(changed)) == digests(lab.clean().build(changed))
    assert durable.hash_file(lab.store.blobs.path(source)) == source


def test_corruption_that_keeps_the_stat_is_found_when_copied(lab: Lab) -> None:
    """P21: a corrupt blob whose stat is unchanged never reaches an output, and building again repairs it."""
    report = build(lab)
    blob = report.steps["b"].outputs["main.txt"]
    flipped(lab.store.blobs.path(blob.digest), 0, 3)
    table = DigestCache(lab.store.home / "files")
    location = lab.store.blobs.location(blob.digest)
    table.record(location, signature(location), blob.digest)
    table.save()
    good = (lab.root / "out" / "b.txt").read_bytes()
    (lab.root / "out" / "b.txt").unlink()
    with pytest.raises(StoreError, match="was corrupt"):
        build(lab)
    assert not (lab.root / "out" / "b.txt").exists()
    build(lab)
    assert (lab.root / "out" / "b.txt").read_bytes() == good


def test_damaged_lines_of_a_log_are_left_out(lab: Lab) -> None:
    """P21: of a log with bytes that are no text, no JSON or no event, the other lines are read."""
    report = build(lab)
    log = lab.store.root / "runs" / report.run / "events.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    for bad in (b"\xff\xfe\n", b'{"type":\n', b"[1]\n", b'{"tyqe":"x"}\n', b"[" * 100_000 + b"\n"):
        log.write_bytes(b"".join([bad, *lines, b'{"type":"torn"']))
        assert len(list(read_events(log.parents[1], report.run))) == len(lines)


def every_byte_counts(lab: Lab, most: int) -> int:
    """Flip all bytes of every blob and trace, in so many ranges each, and see what comes of it; how many there were."""
    count = 0
    expected = digests(build(lab))
    for path in [*of_kind(lab, "cas"), *of_kind(lab, "traces")]:
        for start, end in ranges(path.stat().st_size, most):
            flipped(path, start, end)
            count += 1
            assert digests(build(lab)) == expected, f"{path.name} {start}-{end}"
            assert gc.verify(lab.store).corrupt == (), f"{path.name} {start}-{end}"
    return count


def test_every_byte_counts(lab: Lab) -> None:
    """P21: all bytes of every blob and trace flipped, range by range: never another result."""
    assert every_byte_counts(lab, 2) == 12
