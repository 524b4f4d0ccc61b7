"""Symlinks whose target changed since a spec was last read, or that lead out of the project where builds write."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.workspace import SMALL, Workspace
from vidbuild.api.plan import plan_of
from vidbuild.engine.store.store import Store
from vidbuild.spec.diagnostics import SpecError
from vidbuild.spec.load import try_load

SPEC = """\
vidbuild: 1
title: Shown
scenes:
  - {id: one, type: code, file: link.txt, duration: 1}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose spec shows a file through a symlink, and a secret outside."""
    root = tmp_path.resolve() / "project"
    (root / "docs").mkdir(parents=True)
    (root / "vidbuild.toml").touch()
    (root / "docs" / "real.yaml").write_text(SPEC, encoding="utf-8")
    (root / "docs" / "inside.txt").write_text("inside", encoding="utf-8")
    (root / "docs" / "link.txt").symlink_to("inside.txt")
    (root / "docs" / "v.yaml").symlink_to("real.yaml")
    (tmp_path / "outside.txt").write_text("hunter2", encoding="utf-8")
    (tmp_path / "outside.yaml").write_text(SPEC.replace("link.txt", "inside.txt"), encoding="utf-8")
    time.sleep(0.1)  # what changed a moment ago is not remembered
    return root


@pytest.mark.parametrize(("link", "target"), [("link.txt", "outside.txt"), ("v.yaml", "outside.yaml")])
def test_a_link_that_was_turned_is_looked_at_again(
    project: Path, monkeypatch: pytest.MonkeyPatch, link: str, target: str
) -> None:
    """V26: a plan that is remembered does not stand for a symlink that now leads out, be it a file's or the spec's."""
    spec, store = project / "docs" / "v.yaml", Store(project / ".vidbuild")
    plan_of(spec, store=store)
    with monkeypatch.context() as patch:
        patch.setattr("vidbuild.spec.load.try_load", lambda *_: pytest.fail("the plan was not remembered"))
        plan_of(spec, store=store)
    (project / "docs" / link).unlink()
    (project / "docs" / link).symlink_to(f"../../{target}")
    with pytest.raises(SpecError, match="symlink to a file outside the project folder"):
        plan_of(spec, store=store)


def test_what_is_planned_is_where_the_link_led(project: Path) -> None:
    """V26: a step is given the file that was checked, not the symlink, so that turning it later changes nothing."""
    examined = try_load(project / "docs" / "v.yaml")
    assert examined.spec is not None
    assert examined.spec.scenes[0].fields["file"] == str(project / "docs" / "inside.txt")


@pytest.mark.parametrize(
    ("link", "hint"), [("build", "-o another folder"), (".vidbuild", "VIDBUILD_CACHE=another folder")]
)
def test_a_folder_that_leads_out_is_not_written(workspace: Workspace, tmp_path: Path, link: str, hint: str) -> None:
    """V26: a symlink in the project redirects no output out of it, unless an option names the folder."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    workspace.write("video.yaml", SMALL)
    (workspace.root / link).symlink_to(elsewhere)
    outcome = workspace.run("build", "video.yaml")
    assert outcome.code == 2
    assert outcome.stderr.splitlines() == [
        f"vidbuild: '{link if link == 'build' else workspace.root / link}' leads out of the project, to '{elsewhere}'",
        f"      hint: {hint}",
    ]
    assert list(elsewhere.iterdir()) == []
    chosen = ("-o", "build") if link == "build" else ()
    env = {} if link == "build" else {"VIDBUILD_CACHE": str(elsewhere)}
    assert workspace.run("build", "video.yaml", *chosen, env=env).code == 0
    assert list(elsewhere.iterdir()) != []
