"""Kills real builds at a random moment: the next build needs no repair and ends as a clean build would."""

from __future__ import annotations

import pytest

from tests.support.kill_rounds import Rounds
from tests.support.workspace import Workspace

SEED = 4


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    """One project for all rounds, so that each begins with what the one before left."""
    return Rounds(Workspace(tmp_path_factory.mktemp("killed") / "project"), SEED)


@pytest.mark.parametrize("number", range(8))
def test_a_killed_build_is_completed_by_the_next(rounds: Rounds, number: int) -> None:
    """P14, P15, P17, P19, V8: whatever is killed, no process is left, and nothing is incomplete or done twice."""
    rounds.round(number)
