"""Every point of a build, each time it is passed, and every image that a power cut may leave: hundreds of builds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.test_fault_points import crashes, fails
from tests.crash.test_power_cut import cuts
from tests.support.fault_lab import FaultLab, lab_at


@pytest.fixture(params=["first build", "later build"])
def faults(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[FaultLab]:
    """A lab whose steps run in this process, with or without results of an earlier version."""
    with lab_at(tmp_path / "project") as (lab, _):
        if request.param == "later build":
            lab.prepare()
        lab.source("image.png", "picture two")
        yield lab


def every(found: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """All of them."""
    return found


def test_an_exit_at_every_operation(faults: FaultLab) -> None:
    """P14: one build ended at each write, rename, sync, removal and lock, and a next one that makes it good."""
    assert crashes(faults, "two", every) > 100


def test_a_full_disk_at_every_operation(faults: FaultLab) -> None:
    """P20: the same for a disk that is full at each of them."""
    assert fails(faults, "two", every)


def test_every_image_of_a_power_cut(faults: FaultLab) -> None:
    """P16: the next build on each image that a power cut may leave."""
    assert cuts(faults, 1_000_000) > 200
