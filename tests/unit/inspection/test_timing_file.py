"""Reading timing files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from vidbuild.create.source.protocol import SourceError
from vidbuild.inspection import timing_file

SCENE = {
    "id": "one", "type": "title", "start": 0.0, "end": 3.0, "narration": {"start": 0.4, "end": 2.5},
    "words": [{"text": "日", "start": 0.45, "end": 1}, {"text": "本", "start": 1, "end": 2, "joined": True},
              {"text": "now", "start": 2, "end": 2.5}],
}  # fmt: skip
TIMING: dict[str, Any] = {"title": "T", "language": "ja", "fps": 25, "duration": 3.0, "scenes": [SCENE]}


def read(tmp_path: Path, text: str) -> dict[str, Any]:
    """Read a text as a timing file."""
    path = tmp_path / "a.timing.json"
    path.write_text(text, encoding="utf-8")
    return timing_file.read(path)


def test_a_scene(tmp_path: Path) -> None:
    """Speech starts with the first word, and words without a space between them are joined."""
    (scene,) = read(tmp_path, json.dumps(TIMING))["scenes"]
    assert scene["speech"] == {"start": 0.45, "end": 2.5}
    assert scene["text"] == "日本 now"
    assert read(tmp_path, json.dumps({**TIMING, "scenes": [{**SCENE, "narration": None, "words": []}]}))["scenes"][0][
        "speech"
    ] is None  # fmt: skip


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_not_finite_is_located(tmp_path: Path, number: str) -> None:
    """A number beyond all numbers is an error with its line and column."""
    text = json.dumps({**TIMING, "title": "1e999 NaN"}, indent=1).replace('"duration": 3.0', f'"duration": {number}')
    line = next(index for index, each in enumerate(text.split("\n"), 1) if '"duration"' in each)
    expected = rf"a\.timing\.json:{line}:14: expected a finite number, got {re.escape(number)}$"
    with pytest.raises(SourceError, match=expected):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fps": "25"}, 'fps: expected a number of at least 0, got "25"'),
        ({"duration": -1}, "duration: expected a number of at least 0, got -1"),
        ({"duration": True}, "duration: expected a number of at least 0, got true"),
        ({"scenes": {}}, "scenes: expected a list, got {}"),
        ({"scenes": [SCENE, 3]}, r"scenes[1]: expected an object"),
        ({"scenes": [{**SCENE, "narration": {"start": 1}}]},
         "scenes[0].narration.end: expected a number of at least 0, got nothing"),
        ({"fps": 1e8}, "fps: expected at most 1000, got 1e+08"),
        ({"scenes": [SCENE, {**SCENE, "start": 3, "end": 4}]}, "scenes[1].id: 'one' is the id of an earlier scene"),
        ({"scenes": [SCENE, {**SCENE, "id": "two"}]},
         "scenes[1]: expected a start at 3 s or later, and an end after it, got 0 and 3"),
        ({"scenes": [{**SCENE, "words": [{"text": 5}]}]}, "scenes[0].words[0].text: expected a text, got 5"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    """A wrong field is named with its place in the file."""
    with pytest.raises(SourceError, match=re.escape(message) + "$"):
        read(tmp_path, json.dumps({**TIMING, **change}))


def test_a_file_that_is_no_json_is_located(tmp_path: Path) -> None:
    """A syntax error has its line."""
    with pytest.raises(SourceError, match=r"a\.timing\.json:2:1: no valid JSON"):
        read(tmp_path, '{"title":\n}')
