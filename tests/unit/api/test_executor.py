"""The executor of a build from Python: what is chosen, what it says, and how a machine describes itself."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import vidbuild
from tests.support.executor_lab import loopback
from tests.support.workspace import SMALL
from vidbuild.api import worker_identity
from vidbuild.api.executor import ChosenExecutor
from vidbuild.api.options import BuildOptions
from vidbuild.api.tools import tools
from vidbuild.dask_executor import package
from vidbuild.errors import UsageError


def test_a_build_on_a_cluster_from_python(tmp_path: Path) -> None:
    """P29: `executor="dask"` builds the video, and the next build with any executor finds all of it cached."""
    spec = tmp_path / "video.yaml"
    spec.write_text(SMALL)
    with loopback():
        made = vidbuild.build(spec, executor="dask", jobs=2)
    assert made.status == "built"
    assert any(each.startswith("render:") for each in made.steps.ran)
    assert vidbuild.build(spec).status == "up-to-date"
    assert vidbuild.build(spec, executor="dask").status == "up-to-date"


@pytest.mark.parametrize("executor", ["dsak", "dask:tcp://host:8786"])
def test_a_wrong_executor_is_refused_before_anything_is_read(tmp_path: Path, executor: str) -> None:
    """The error comes before the spec is opened, for builds and batches."""
    with pytest.raises(UsageError, match=r"dsak|anyone who can reach"):
        vidbuild.build(tmp_path / "missing.yaml", executor=executor)


def test_workers_that_are_not_used_are_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused worker is a warning with its code; without a run there is none."""
    chosen = ChosenExecutor(BuildOptions(executor="dask:tls://host:8786"))
    assert list(chosen.notices()) == []
    refused = {"'two' on render-2": "its ffmpeg is 'a', and here it is 'b'"}
    monkeypatch.setattr(chosen, "_last", SimpleNamespace(refused=refused))
    (notice,) = chosen.notices()
    assert notice.code == "VB909"
    assert notice.message == "the worker 'two' on render-2 is not used: its ffmpeg is 'a', and here it is 'b'"


def test_a_machine_describes_its_tools(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """P29: identities are those that keys have, an unknown tool has none, and the code is that of the package."""
    names = ["ffmpeg", "fonts", "voice-espeak", "voice-of-nobody"]
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"tools": names, "plugins": True})))
    worker_identity.main()
    found = json.loads(capsys.readouterr().out)
    known = tools()
    assert [found["identities"][name] for name in names[:3]] == [known[name].identify() for name in names[:3]]
    assert found["identities"]["voice-of-nobody"].startswith("none: ")
    assert found["package"] == package.digest() == package.loaded()
    assert set(found["variables"]) >= {"PATH"}
    assert found["sandbox"] is None or found["sandbox"]["memory"] > 0


@pytest.mark.parametrize(
    ("chosen", "known"),
    [({"jobs": 3}, 3), ({"executor": "dask:tls://host:8786"}, 0), ({"executor": "dask:tls://host:8786", "jobs": 2}, 2)],
)
def test_the_jobs_of_a_cluster_are_not_those_of_this_machine(chosen: dict[str, Any], known: int) -> None:
    """Events and the expected time have no number that the workers of the scheduler do not keep to."""
    assert BuildOptions(**chosen).known_jobs == known
    assert BuildOptions().known_jobs == BuildOptions(executor="dask").known_jobs == BuildOptions().workers
