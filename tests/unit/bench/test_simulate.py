"""The simulation of many workers: what goes in comes out, the same each time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench import simulate
from tests.bench.simulate import AIMS, Setting
from tests.bench.step_costs import Costs, load
from tests.support.paths import ROOT

CHAIN = Costs({"a": 1.0, "b": 2.0, "c": 3.0}, {"a": [], "b": ["a"], "c": []}, {"a": 1, "b": 1, "c": 2}, 0.0)
PERFECT = Setting(1, videos=4, latency=0.0, loss=0.0)


def test_one_worker_does_everything_in_turn() -> None:
    """Without latency, losses and a driver's time, one worker is never idle."""
    found = simulate.simulate(CHAIN, PERFECT)
    assert (found.makespan, found.useful, found.steps, found.efficiency) == (24.0, 24.0, 12, 1.0)


def test_a_video_takes_as_long_as_its_longest_way() -> None:
    """More workers than steps help no further: two steps of three run side by side, and the third one waits."""
    assert simulate.simulate(CHAIN, replace(PERFECT, workers=9, videos=1)).makespan == 3.0
    slow = replace(CHAIN, seconds={"a": 1.0, "b": 2.5, "c": 3.0})
    assert simulate.simulate(slow, replace(PERFECT, workers=9, videos=1)).makespan == 3.5
    assert CHAIN.ranks() == {"a": 3.0, "b": 2.0, "c": 3.0}


def test_a_window_ends_before_the_next_begins() -> None:
    """Three windows of one video each take three times as long as one, however many workers there are."""
    assert simulate.simulate(CHAIN, replace(PERFECT, workers=9, videos=3, window=1)).makespan == 9.0
    assert simulate.simulate(CHAIN, replace(PERFECT, workers=9, videos=3, window=3)).makespan == 3.0


def test_requests_and_the_driver_take_time() -> None:
    """A step reads once if it has inputs, and writes each output; the driver writes its record, one at a time."""
    found = simulate.simulate(CHAIN, replace(PERFECT, videos=1, latency=0.5))
    assert (found.store, found.driver) == (0.5 * (1 + 2 + 2), 0.5 * 3)
    assert found.makespan == 6.0 + found.store + found.driver
    busy = simulate.simulate(replace(CHAIN, driver=10.0), replace(PERFECT, workers=9, videos=4))
    assert busy.driver == 120.0
    assert busy.makespan >= 120.0


@pytest.mark.parametrize("workers", [1, 8, 64])
def test_every_second_is_accounted_for(workers: int) -> None:
    """With losses too, each step counts once; shares add up, and no worker is idle for less than no time."""
    costs = load()
    setting = Setting(workers, videos=40, loss=3.0)
    found = simulate.simulate(costs, setting)
    assert found.lost > 3
    assert found.steps == 40 * len(costs.seconds)
    assert found.useful == pytest.approx(40 * sum(costs.seconds.values()))
    assert found.idle >= -1e-6
    assert simulate.simulate(costs, setting) == found
    assert simulate.simulate(costs, replace(setting, seed=2)) != found


def test_the_page_has_the_figures_of_the_simulation() -> None:
    """docs/scale.md shows the table that the measured times give, and says whether each aim is met."""
    costs = load()
    page = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    table = list(simulate.table(costs, [Setting(workers) for workers in simulate.WORKERS]))
    assert "\n".join(table) in page
    for workers, aim in AIMS.items():
        met = simulate.simulate(costs, Setting(workers)).efficiency >= aim
        assert f"{workers} workers: {aim:.0%}, {'met' if met else 'missed'}" in page
