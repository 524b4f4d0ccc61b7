"""Real builds that are struck down at a random moment: the next one needs no hand and ends as a clean build would."""

from __future__ import annotations

import pytest

from tests.support.kill_rounds import Rounds
from tests.support.workspace import Workspace

SEED = 4


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    """One project for all rounds, so that each begins with what the one before left."""
    return Rounds(Workspace(tmp_path_factory.mktemp("killed") / "project"), SEED)


@pytest.mark.parametrize("number", range(20))
def test_a_struck_build_is_made_good_by_the_next(rounds: Rounds, number: int) -> None:
    """P14, P15, P17, P19, V8: whoever is killed and whenever, nothing is left alive, half done or done twice."""
    rounds.round(number)
