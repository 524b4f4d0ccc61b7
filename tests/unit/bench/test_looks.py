"""The cases that measure looks: each is a spec that builds, and differs from its reference in what it is named for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.bench import cases, looks
from tests.bench.cases import Case
from vidbuild.api.check import check

RECORDED = replace(looks.TWO, types=("command",), fields={"cast": cases.CAST, "commands": None})
CALLED_OUT = {
    kind: replace(looks.IMAGES, fields={"motion": None, "callouts": each}) for kind, each in looks.CALLOUTS.items()
}
LOOKS: list[tuple[Case, dict[str, Any]]] = [
    *((looks.TWO, {"overlays": each}) for each in looks.OVERLAYS.values()),
    *((looks.TWO, {"exit": name}) for name in looks.EXITS),
    (looks.TWO, {"background": looks.DRIFT}),
    (looks.IMAGES, {"motion": "zoom-in"}),
    (looks.EDITED, looks.MARKED),
]
MARKED = [replace(case, fields={**case.fields, **fields}) for case, fields in LOOKS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of all cases."""
    return tmp_path_factory.mktemp("looks")


@pytest.fixture(scope="module")
def errors(folder: Path) -> Callable[[Case], list[str]]:
    """What `check` refuses of a case: all are checked together, with their large image and equal scenes drawn once."""
    every = [RECORDED, *CALLED_OUT.values(), *MARKED]
    small = [replace(case, size="640x360") for case in every]  # in which the same fields are valid
    specs = [cases.write(case, folder).rename(folder / f"{number}.yaml") for number, case in enumerate(small)]
    found = check(specs)
    assert [each.spec.name for each in found] == [path.name for path in specs]
    return lambda case: [str(each) for each in found[every.index(case)].diagnostics if each.severity == "error"]


def given(case: Case) -> list[dict[str, Any]]:
    """The scenes of a case's spec, read back."""
    scenes: list[dict[str, Any]] = yaml.safe_load(cases.spec(case))["scenes"]
    return scenes


@pytest.mark.parametrize("kind", looks.CALLOUTS)
def test_each_callout_is_valid(errors: Callable[[Case], list[str]], kind: str) -> None:
    """A scene with any kind of callout is valid, and is otherwise the scene without it."""
    case = CALLED_OUT[kind]
    assert errors(case) == []
    assert [{**scene, "callouts": looks.CALLOUTS[kind]} for scene in given(looks.IMAGES)] == given(case)


@pytest.mark.parametrize("number", range(len(LOOKS)))
def test_each_look_is_valid(errors: Callable[[Case], list[str]], number: int) -> None:
    """Overlays, exits and backgrounds are valid, and every scene has them."""
    fields, marked = LOOKS[number][1], MARKED[number]
    assert errors(marked) == []
    assert all({**scene, **fields} == scene for scene in given(marked))


def test_a_recording_replaces_commands(errors: Callable[[Case], list[str]], folder: Path) -> None:
    """A command scene that replays a recording of its length is valid, and has no commands left."""
    assert errors(RECORDED) == []
    assert all("commands" not in scene for scene in given(RECORDED))
    assert len((folder / cases.CAST).read_text(encoding="utf-8").splitlines()) > 100
