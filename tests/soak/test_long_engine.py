"""What the suite tries a few times of races, rot and limits, tried many times."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.test_concurrent_builds import build_beside_caretakers, ten_at_once
from tests.support.engine_lab import Lab
from tests.support.workspace import Workspace
from tests.unit.engine.store.test_corruption import every_byte_counts
from tests.unit.engine.store.test_size_over_builds import stays_within_its_limit


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A project with fake steps."""
    return Lab(tmp_path / "project")


def test_a_hundred_builds_stay_within_the_limit(lab: Lab) -> None:
    """P24: over a hundred builds the cache is never more than a tenth over its limit."""
    stays_within_its_limit(lab, 100)


def test_every_few_bytes_count(lab: Lab) -> None:
    """P21: a few bytes of each blob and trace flipped at a time, all in turn: never another result."""
    assert every_byte_counts(lab, 150) > 400


@pytest.mark.parametrize("number", range(10))
def test_ten_builds_again_and_again(workspace: Workspace, number: int) -> None:
    """P28: ten builds at once on one cache."""
    ten_at_once(workspace)
    assert number < 10


def test_builders_beside_caretakers(workspace: Workspace) -> None:
    """P25: four builders over and over, beside trimming, verifying and clearing."""
    build_beside_caretakers(workspace, 15)
