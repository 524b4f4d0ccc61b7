"""The states of a step during a build, and the moves between them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class State(Enum):
    """The state of a step; each value's comment is what holds in it."""

    WAITING = "waiting"  # a step that it needs has not ended, so its key is not known
    READY = "ready"  # its key is known, it is not cached, and it waits for a worker or for its next attempt
    LOCKED = "locked"  # its key is being made by another step or build
    FETCHING = "fetching"  # remote tiers of the cache are asked for its result
    RUNNING = "running"  # a worker has it
    CACHED = "cached"  # ended: the cache has its result
    BUILT = "built"  # ended: it ran, and its trace is written
    FAILED = "failed"  # ended: it could not be made, and left no result
    ABORTED = "aborted"  # ended: it was not attempted, or was stopped


ENDED = frozenset({State.CACHED, State.BUILT, State.FAILED, State.ABORTED})
DONE = frozenset({State.CACHED, State.BUILT})

MOVES: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.READY, State.CACHED, State.FAILED, State.ABORTED}),
    State.READY: frozenset({State.LOCKED, State.FETCHING, State.RUNNING, State.CACHED, State.FAILED, State.ABORTED}),
    State.LOCKED: frozenset({State.READY, State.RUNNING, State.CACHED, State.FAILED, State.ABORTED}),
    State.FETCHING: frozenset({State.READY, State.CACHED, State.ABORTED}),
    State.RUNNING: frozenset({State.READY, State.BUILT, State.FAILED, State.ABORTED}),
    **dict.fromkeys(ENDED, frozenset()),
}


class StateTable:
    """The state of every step of one target.

    unfinished: how many steps have not ended.
    """

    def __init__(self, steps: Iterable[str]) -> None:
        self.states = dict.fromkeys(steps, State.WAITING)
        self.unfinished = len(self.states)

    def __getitem__(self, step: str) -> State:
        return self.states[step]

    def move(self, step: str, to: State) -> None:
        """Move a step; AssertionError for a move that is not in MOVES."""
        now = self.states[step]
        if to not in MOVES[now]:
            raise AssertionError(f"step '{step}' cannot move from {now.value} to {to.value}")
        self.states[step] = to
        self.unfinished -= to in ENDED

    def having(self, *states: State) -> list[str]:
        """Return the steps in any of these states, in the graph's order."""
        return [step for step, state in self.states.items() if state in states]

    def count(self, state: State) -> int:
        """Return how many steps are in this state."""
        return sum(1 for found in self.states.values() if found is state)
