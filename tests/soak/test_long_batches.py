"""Kills a batch with a shared cache again and again, beside a live page with a loaded voice.

VIDBUILD_SOAK_ROUNDS, VIDBUILD_SOAK_SEED: as in test_long_killing.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.test_long_killing import ROUNDS, SEED, report
from tests.support import http_store
from tests.support.team_rounds import OpenPage, TeamRounds


@pytest.mark.usefixtures("loopback")
def test_rounds_of_killing_a_batch(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """P14, P22, N24: videos, caches and page are as if nothing had been killed, after every blow."""
    with http_store.running() as (address, kept, _):
        rounds = TeamRounds(tmp_path / "project", address, kept, SEED)
        with rounds.server, OpenPage(rounds.server) as page:
            try:
                for number in range(ROUNDS):
                    rounds.round(number)
            finally:
                with capfd.disabled():
                    report(iter([f"batches, seed {SEED}, {page.events} events on the page:", *rounds.tally.lines()]))
            assert page.events > ROUNDS
