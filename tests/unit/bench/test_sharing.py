"""The batch that is measured, and what it and a remote cache must not run again: counts, no times."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import vidbuild
from tests.bench import sharing
from tests.bench.cases import Case
from tests.bench.sharing import BRANDS, LANGUAGES, SPECS, Batch, Remote
from vidbuild.api.batch import planned
from vidbuild.engine.runs.events import Event

ROWS = SPECS * len(BRANDS) * len(LANGUAGES)
TINY = Case(scenes=2, types=("title", "list"), size="160x90", fps=24, seconds=6.0, reveals=1)


def test_the_batch_has_24_rows_without_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is one video of its own."""
    monkeypatch.chdir(Batch.made(tmp_path / "batch").folder)
    rows = planned()
    assert len({each.files for each in rows}) == len(rows) == ROWS
    assert [each.errors for each in rows if each.errors] == []


def test_rows_share_intros_outros_and_what_shows_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """N18: each brand renders its intro and outro once, titles once in each language, lists once for all languages."""
    monkeypatch.setattr(sharing, "CASE", replace(sharing.CASE, size="160x90", fps=24, reveals=1))
    monkeypatch.chdir(Batch.made(tmp_path / "batch").folder)
    ran: Counter[str] = Counter()

    def count(event: Event) -> None:
        data = json.loads(event.to_line())
        ran[data["step"].rpartition("/")[2].partition("-")[0].partition(".")[0]] += 1

    result = vidbuild.batch(on_event={"step_finished": count})
    assert result.success_count == ROWS
    pairs = SPECS * len(BRANDS)
    assert (ran["render:intro"], ran["render:outro"]) == (len(BRANDS), len(BRANDS))
    assert ran["render:scene"] == pairs * len(LANGUAGES) + pairs
    assert ran["speak:scene"] == SPECS * len(LANGUAGES) * sharing.CASE.scenes


def test_a_fresh_machine_runs_no_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A warm remote cache has everything: nothing runs, and nothing of another machine is built again."""
    remote = Remote.made(tmp_path, TINY)
    monkeypatch.chdir(remote.project.folder)
    remote.project.forget()
    ran: list[Event] = []
    result = vidbuild.build("video.yaml", on_event={"step_started": ran.append})
    assert (result.status, ran, result.steps.ran) == ("built", [], ())
    assert result.remote is not None
    assert (result.remote.misses, result.remote.rejected, result.remote.written) == (0, 0, 0)
