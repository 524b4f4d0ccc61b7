"""Kills hundreds of real builds at random moments. Rounds and seed: VIDBUILD_SOAK_ROUNDS, VIDBUILD_SOAK_SEED."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.kill_rounds import Rounds, Tally
from tests.support.workspace import Workspace

ROUNDS = int(os.environ.get("VIDBUILD_SOAK_ROUNDS", "300"))
SEED = int(os.environ.get("VIDBUILD_SOAK_SEED") or int.from_bytes(os.urandom(4), "big"))
PROJECTS = 5  # after so many projects that had to be given up, enough is known


def report(lines: Iterator[str]) -> None:
    """Print past pytest, which captures what passing tests print."""
    assert sys.__stderr__
    sys.__stderr__.write("".join(f"\n  {line}" for line in lines))


def test_rounds_of_killing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """P14, P17, P19, V8: after every blow the next build needs no hand and ends as a clean one would."""
    tally, found = Tally(), []
    rounds = Rounds(Workspace(tmp_path / "0"), SEED, tally)
    for number in range(ROUNDS):
        try:
            rounds.round(number)
        except AssertionError as error:
            found.append(f"round {number} in {rounds.space.root}: {error}")
            if len(found) == PROJECTS:
                break
            rounds = Rounds(Workspace(tmp_path / str(number)), SEED, tally)
    with capfd.disabled():
        report(iter([f"killing, seed {SEED}:", *tally.lines(), *found]))
    assert found == []
