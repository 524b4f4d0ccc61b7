"""The states of a step and the moves between them."""

from __future__ import annotations

import itertools

import pytest

from vidbuild.engine.graph.step_state import DONE, ENDED, MOVES, State, StateTable

LEGAL = {
    "waiting": "ready cached failed aborted",
    "ready": "locked fetching running cached failed aborted",
    "locked": "ready running cached failed aborted",
    "fetching": "ready cached aborted",
    "running": "ready built failed aborted",
    "cached": "",
    "built": "",
    "failed": "",
    "aborted": "",
}


@pytest.mark.parametrize(("here", "there"), list(itertools.product(State, State)))
def test_only_legal_moves_are_made(here: State, there: State) -> None:
    """Every pair of states is either a move in the table or raises; what ended never moves again."""
    board = StateTable(["a"])
    board.states["a"] = here
    if there.value in LEGAL[here.value].split():
        board.move("a", there)
        assert board["a"] is there
    else:
        with pytest.raises(AssertionError, match=f"cannot move from {here.value} to {there.value}"):
            board.move("a", there)
        assert board["a"] is here


def test_every_state_has_its_moves() -> None:
    """No state is forgotten in the table, and every one can come to an end."""
    assert set(MOVES) == set(State)
    assert all(MOVES[state] & ENDED for state in set(State) - ENDED)
    assert DONE < ENDED


def test_unfinished_steps_are_listed() -> None:
    """Steps are unfinished until they end, and are listed in the graph's order."""
    board = StateTable("abc")
    board.move("c", State.READY)
    board.move("a", State.CACHED)
    assert board.unfinished == 2
    assert board.having(State.WAITING, State.READY) == ["b", "c"]
    board.move("c", State.RUNNING)
    board.move("c", State.BUILT)
    board.move("b", State.ABORTED)
    assert board.unfinished == 0
    assert board.count(State.BUILT) == 1
