"""Measuring commands: costs from the kernel, in turns, with every failure reported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench import measure
from tests.bench.measure import Cost

MEGA = 1_000_000


def python(code: str) -> list[str]:
    """The command for a program in Python."""
    return [sys.executable, "-c", code]


def test_the_peak_is_that_of_the_largest_descendant(tmp_path: Path) -> None:
    """A process started by a process counts: 800 MB of a grandchild are seen, though its parent is small."""
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'bytearray({800 * MEGA})'])"
    peak = measure.run(python(code), tmp_path).peak  # no less than what these tests have come to themselves
    assert 800 * MEGA < peak < 900 * MEGA


def test_the_time_of_processors_is_that_of_all(tmp_path: Path) -> None:
    """What a child burns is in its parent's figure; waiting is in the time that passed alone."""
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    code = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {burn!r}]); time.sleep(0.2)"
    cost = measure.run(python(code), tmp_path)
    assert cost.cpu >= 0.3
    assert cost.wall >= 0.5


def test_a_command_that_fails_is_never_a_figure(tmp_path: Path) -> None:
    """A failed command raises, with its exit code and the end of what it wrote."""
    with pytest.raises(measure.BenchError, match=r"exit code 3: .*\n(.*\n)*no such luck"):
        measure.run(python("import sys; sys.stderr.write('no such luck'); sys.exit(3)"), tmp_path)


def test_a_real_cache_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A measured command keeps its results in its own folder, whatever the environment names as the cache."""
    monkeypatch.setenv("VIDBUILD_CACHE", "/nowhere")
    measure.run(python("import os, sys; sys.exit('VIDBUILD_CACHE' in os.environ)"), tmp_path)


def test_turns_alternate() -> None:
    """Each turn runs every command once, in order, and each command's costs are returned together."""
    order: list[str] = []

    def one(name: str) -> Cost:
        order.append(name)
        return Cost(float(len(order)), 0.0)

    first, second = measure.alternately(3, lambda: one("a"), lambda: one("b"))
    assert "".join(order) == "ababab"
    assert [cost.wall for cost in first] == [1, 3, 5]
    assert [cost.wall for cost in second] == [2, 4, 6]


def test_a_ratio_is_taken_within_turns() -> None:
    """A machine that is three times as slow during one turn moves no ratio; an odd turn is outvoted."""
    ours = [Cost(1.0, 2.0), Cost(3.0, 6.0), Cost(9.0, 2.0)]
    plain = [Cost(2.0, 2.0), Cost(6.0, 6.0), Cost(2.0, 2.0)]
    assert measure.ratio(ours, plain) == (0.5, 1.0)


def test_the_median_outvotes_but_the_peak_counts() -> None:
    """Times are medians, each by itself; memory is the most there ever was."""
    costs = [Cost(1.0, 9.0, 5), Cost(2.0, 1.0, 7), Cost(90.0, 2.0, 6)]
    assert measure.median(costs) == Cost(2.0, 2.0, 7)
