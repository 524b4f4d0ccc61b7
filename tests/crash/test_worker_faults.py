"""Workers that exit in the middle of a write, and builds through the API that cannot write their auxiliary files."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine_lab import Lab, diamond, digests, names
from tests.support.fault_lab import AT_ONCE, CRASHED, FaultLab, sound
from tests.support.paths import TESTS
from tests.support.workspace import SMALL
from vidbuild.api.build import build
from vidbuild.engine.disk import durable
from vidbuild.engine.store.store import Store

FAULTY = TESTS / "support" / "exit_at_fault"


@pytest.mark.parametrize("point", ["write /tmp/", "sync /out/", "folder /cas/", "rename /cas/", "sync /cas/"])
def test_a_worker_that_ends_anywhere(lab: Lab, point: str) -> None:
    """P14: a worker gone in the middle of a write is a step that failed; the next build equals a clean one."""
    plan = diamond(lab)
    expected = digests(lab.clean().build(plan))
    lab.ran()
    done = lab.root / "done"
    lab.env = {
        **lab.env,
        "PYTHONPATH": os.pathsep.join([str(FAULTY), lab.env["PYTHONPATH"]]),
        "VIDBUILD_FAULT": point,
        "VIDBUILD_FAULT_DONE": str(done),
    }
    report = lab.build(plan, retry=AT_ONCE)
    assert done.exists(), "the point was not reached"
    (failed,) = report.failed
    assert failed.failure is not None
    assert f"exit code {CRASHED}" in failed.failure.message
    report = lab.build(plan)
    assert digests(report) == expected
    assert lab.build(plan).status == "up-to-date"
    sound(FaultLab(lab.root))


def test_auxiliary_files_that_cannot_be_written_warn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P20: a build that can write its results but none of its auxiliary files succeeds, with one warning."""
    (tmp_path / "vidbuild.toml").touch()
    spec = tmp_path / "video.yaml"
    spec.write_text(SMALL)
    light = ("index", "memos", "files", "placed", "usage", "state.json", "events.jsonl")

    def full(operation: str, path: Path | str, _source: Any = None) -> None:
        parts = Path(path).parts
        if operation in {"write", "rename"} and ("memos" in parts or "index" in parts or Path(path).name in light):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(durable, "fault_point", full)
    for status in ("built", "up-to-date"):
        result = build(spec)
        assert result.status == status
        (warning,) = [each.message for each in result.warnings]
        assert warning.startswith(f"cannot write '{tmp_path}/.vidbuild/")
        assert warning.endswith("no space left on device; the next build may have more to do")
    home = Store(tmp_path / ".vidbuild").home
    assert not {"files", "placed", "usage"} & set(names(home))
