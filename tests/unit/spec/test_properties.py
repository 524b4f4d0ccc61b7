"""No input, however odd, ends in a traceback, and every problem is located."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.paths import ROOT
from vidbuild.spec.diagnostics import render
from vidbuild.spec.load import LoadResult, try_parse
from vidbuild.spec.reader import read

ERRORS = ROOT / "examples" / "errors"
SEEDS = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(ERRORS.glob("*.yaml"))]
VALID: dict[str, Any] = {
    "vidbuild": 1,
    "title": "Acme",
    "vars": {"a": "b"},
    "output": {"size": "320x180"},
    "voices": {"host": "espeak:de"},
    "defaults": {"transition": {"type": "fade"}},
    "pronounce": {"a": "b"},
    "scenes": [
        {"id": "a", "type": "title", "title": "{{ a }}", "narration": "One [[x]] two."},
        {"id": "b", "type": "list", "items": ["a", {"text": "b", "at": "x"}], "narration": {"en": "[[x]] b"}},
        {"id": "c", "type": "command", "commands": [{"run": "a", "at": 1}, {"output": "b"}], "duration": 4},
        {"id": "d", "type": "code", "code": "a\nb", "highlight": [{"lines": "1-2"}], "duration": 4, "voice": "host"},
        {"id": "e", "type": "image", "src": "media/dot.png", "duration": 4, "transition": "cut"},
        {"id": "f", "type": "clip", "src": "media/words.png", "start": 1, "end": 2},
        {"id": "g", "type": "outro", "title": "A", "links": ["a"], "duration": 2},
    ],
}
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(
        ["{{ a }}", "{{", "{% if %}", "[[x]]", "[[", "../x", "/x", "#fff", "espeak:de", "1-2", "2-1", "fade"]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
RELAXED = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def fine(examined: LoadResult) -> None:
    """Either a spec without errors or none with located ones; and whatever it is can be shown."""
    errors = [item for item in examined.diagnostics if item.severity == "error"]
    assert (examined.spec is None) == bool(errors)
    for item in examined.diagnostics:
        assert item.message
        assert "\n" not in item.message
        assert item.location is not None
    assert render(examined.diagnostics, examined.sources).count("^") >= sum(
        bool(item.line) for item in examined.diagnostics
    )


@RELAXED
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    """P42: any text is a spec or has located problems."""
    fine(try_parse(text, ERRORS / "any.yaml"))


@RELAXED
@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`,? \n\t\\{{}}1", max_size=120))
def test_any_punctuation(text: str) -> None:
    """P42: YAML's own punctuation in any order is read or has located problems."""
    fine(try_parse(text, ERRORS / "any.yaml"))


@settings(RELAXED, max_examples=150)
@given(st.sampled_from(SEEDS), st.data())
def test_damaged_specs(seed: str, data: st.DataObject) -> None:
    """P42: a spec with a piece cut out, doubled or replaced is read or has located problems."""
    start = data.draw(st.integers(0, len(seed)))
    end = data.draw(st.integers(start, min(len(seed), start + 40)))
    piece = data.draw(st.one_of(st.just(""), st.just(seed[start:end] * 2), st.text(max_size=8)))
    fine(try_parse(seed[:start] + piece + seed[end:], ERRORS / "any.yaml"))


def paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value below the top."""
    found = [path] if path else []
    if isinstance(data, dict):
        for key, value in data.items():
            found += paths(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            found += paths(value, (*path, index))
    return found


PATHS = paths(VALID)


def test_the_seed_is_valid() -> None:
    """What the next tests damage has nothing wrong with it."""
    assert [item for item in try_parse(VALID, ERRORS / "any.yaml").diagnostics if item.severity == "error"] == []


@settings(RELAXED, max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(PATHS), VALUES), min_size=1, max_size=3), st.booleans())
def test_any_value_anywhere(changes: list[tuple[tuple[Any, ...], Any]], as_text: bool) -> None:
    """P42: any value in the place of any other, in data or in YAML, is a spec or has located problems."""
    data = copy.deepcopy(VALID)
    for path, value in changes:
        inner: Any = data
        for part in path[:-1]:
            if not isinstance(inner, dict | list) or (isinstance(inner, dict) and part not in inner):
                break
            if isinstance(inner, list) and (not isinstance(part, int) or part >= len(inner)):
                break
            inner = inner[part]
        else:
            if isinstance(inner, dict) or (
                isinstance(inner, list) and isinstance(path[-1], int) and path[-1] < len(inner)
            ):
                inner[path[-1]] = value
    fine(try_parse(yaml.safe_dump(data) if as_text else data, ERRORS / "any.yaml"))


@RELAXED
@given(st.sampled_from(PATHS))
def test_anything_left_out(path: tuple[Any, ...]) -> None:
    """P42: a spec without any one of its values is a spec or has located problems."""
    data = copy.deepcopy(VALID)
    inner: Any = data
    for part in path[:-1]:
        inner = inner[part]
    del inner[path[-1]]
    fine(try_parse(data, ERRORS / "any.yaml"))


PLAIN = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff"
)
LEAVES = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(PLAIN, max_size=8)
KEYS = st.text("abcXYZ", min_size=1, max_size=5)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


@RELAXED
@given(JSON.filter(lambda value: value is not None))
def test_json_is_read_as_json(value: Any) -> None:
    """Any JSON text means the same here as in JSON, and every value in it has its place."""
    text = json.dumps(value, ensure_ascii=False)
    document, problems = read(text, "v.yaml")
    if not problems:
        assert document.data == value
        assert document.value(()).line == 1


@pytest.mark.parametrize("name", ["message", "hint"])
def test_tone(name: str) -> None:
    """Messages and hints are lower case at the start and have no full stop at the end."""
    for path in sorted(ERRORS.glob("*.yaml")):
        examined = try_parse(path.read_text(encoding="utf-8", errors="replace"), path)
        for item in examined.diagnostics:
            text = getattr(item, name)
            if text:
                assert not text.endswith("."), text
                assert text[0] == text[0].lower() or text.startswith(("ENGINE", "YAML")), text
