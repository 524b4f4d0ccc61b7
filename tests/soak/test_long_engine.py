"""What the suite tries a few times of races, rot and limits, tried many times."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from workspace import Workspace

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "e2e"), str(TESTS / "unit" / "engine")]

from enginelab import Lab  # noqa: E402 - found through the line above
from test_engine_bounds import stays_within_its_limit  # noqa: E402 - the same
from test_engine_rot import every_byte_counts  # noqa: E402 - the same
from test_raced_builds import build_beside_caretakers, ten_at_once  # noqa: E402 - the same


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
