"""The cases that measure looks: each is a spec that builds, and differs from its reference in what it is named for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.bench import cases, looks
from tests.bench.cases import Case
from vidbuild.api.check import check


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of all cases, so that their large image is made once."""
    return tmp_path_factory.mktemp("looks")


def given(case: Case) -> list[dict[str, Any]]:
    """The scenes of a case's spec, read back."""
    scenes: list[dict[str, Any]] = yaml.safe_load(cases.spec(case))["scenes"]
    return scenes


def errors(folder: Path, case: Case) -> list[str]:
    """What `check` refuses of a case."""
    (checked,) = check([cases.write(case, folder)])
    return [str(each) for each in checked.diagnostics if each.severity == "error"]


@pytest.mark.parametrize("kind", looks.CALLOUTS)
def test_each_callout_is_valid(folder: Path, kind: str) -> None:
    """A scene with any kind of callout is valid, and is otherwise the scene without it."""
    case = replace(looks.IMAGES, fields={"motion": None, "callouts": looks.CALLOUTS[kind]})
    assert errors(folder, case) == []
    assert [{**scene, "callouts": looks.CALLOUTS[kind]} for scene in given(looks.IMAGES)] == given(case)


@pytest.mark.parametrize(
    ("case", "fields"),
    [
        *((looks.TWO, {"overlays": each}) for each in looks.OVERLAYS.values()),
        *((looks.TWO, {"exit": name}) for name in looks.EXITS),
        (looks.TWO, {"background": looks.DRIFT}),
        (looks.IMAGES, {"motion": "zoom-in"}),
        (looks.EDITED, looks.MARKED),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value.types[0],
)
def test_each_look_is_valid(folder: Path, case: Case, fields: dict[str, Any]) -> None:
    """Overlays, exits and backgrounds are valid, and every scene has them."""
    marked = replace(case, fields={**case.fields, **fields})
    assert errors(folder, marked) == []
    assert all({**scene, **fields} == scene for scene in given(marked))


def test_a_recording_replaces_commands(folder: Path) -> None:
    """A command scene that replays a recording of its length is valid, and has no commands left."""
    case = replace(looks.TWO, types=("command",), fields={"cast": cases.CAST, "commands": None})
    assert errors(folder, case) == []
    assert all("commands" not in scene for scene in given(case))
    assert len((folder / cases.CAST).read_text(encoding="utf-8").splitlines()) > 100
