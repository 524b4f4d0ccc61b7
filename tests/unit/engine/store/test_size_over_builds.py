"""The store's size over many builds, and results that are made again after they were lost."""

from __future__ import annotations

import random

from tests.support.engine_lab import Lab, digests, graph, step
from tests.support.races import dangling
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.store import gc

LIMIT = 250_000


def edited(number: int, size: int) -> Graph:
    """A project after so many edits: a step that stays, one that is new each time, and one that reads both."""
    return graph(
        step("stays", text="x" * 20_000),
        step("edited", text=f"{number}" + "x" * size),
        step("both", "length", {"one": Product("stays", "main.txt"), "two": Product("edited", "main.txt")}),
    )


def stays_within_its_limit(lab: Lab, builds: int) -> None:
    """See that after each of so many builds the cache is within its limit, and that what the last one used is there."""
    chance = random.Random(24)
    made = 0
    for number in range(builds):
        plan = edited(number, chance.randrange(1_000, 90_000))
        report = lab.build(plan, cache_limit=LIMIT, jobs=1)
        made += sum(blob.size for each in report.ran for blob in each.outputs.values())
        assert gc.info(lab.store).bytes <= LIMIT * 1.1
        assert lab.build(plan, cache_limit=LIMIT).status == "up-to-date"
        assert dangling(lab.store) == []
    assert made > 2 * LIMIT
    assert lab.ran().count("stays") == 1


def test_a_cache_stays_within_its_limit(lab: Lab) -> None:
    """P24: whatever was built before, the cache is at most a tenth over its limit and has what the last build used."""
    stays_within_its_limit(lab, 16)


def test_what_one_build_uses_may_be_more_than_the_limit(lab: Lab) -> None:
    """P24: a limit that is too small for one project removes what is not of it, and nothing that it needs."""
    for number in range(3):
        plan = edited(number, 90_000)
        lab.build(plan, cache_limit=1_000)
        assert lab.build(plan, cache_limit=1_000).status == "up-to-date"
        assert gc.info(lab.store).traces == 3


def test_a_lost_random_result_is_replaced_for_good(lab: Lab) -> None:
    """P26, P10: a step that never makes the same twice runs again where its blobs are lost, and then no more."""
    plan = graph(
        step("voice", "random_take"),
        *(step(f"film{n}", inputs={"voice": Product("voice", "main.txt")}, n=n) for n in range(3)),
    )
    takes = set()
    for _ in range(3):
        report = lab.build(plan)
        takes.add(report.steps["voice"].outputs["main.txt"].digest)
        lab.ran()
        assert lab.build(plan).status == "up-to-date"
        assert digests(lab.build(plan)) == digests(report)
        assert lab.ran() == []
        for blob in report.steps["voice"].outputs.values():
            lab.store.blobs.path(blob.digest).unlink()
    assert len(takes) == 3
