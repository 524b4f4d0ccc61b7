"""The quick check of valid specs agrees with jsonschema about every value."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import scene_samples
from tests.support.paths import ROOT
from vidbuild.spec import conformity, reader, schema

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.0, 1.5, 1e9, float("nan"), "", "x", "1", "a b", "#ff0000", "en", "intro", "\n"),
    *([], ["x"], [1, 1], {}, {"x": 1}, {"text": "x"}, {1: 2}, [{}], "x" * 70_000),
)


def documents() -> Iterator[Any]:
    """Specs with scenes of every type and most fields."""
    for path in (ROOT / "examples" / "gallery.yaml", *sorted((ROOT / "examples").glob("*/video.yaml"))):
        data = reader.read(path.read_text(encoding="utf-8"), str(path))[0].data
        if isinstance(data, dict) and "scenes" in data:
            yield data
    yield {"vidbuild": 1, "title": "Samples", "scenes": scene_samples.scenes("word")}


def places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in the data with each of its keys."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield data, key
        yield from places(value)


def mutated(data: Any, chance: random.Random) -> Any:
    """Return the data with one to three random changes."""
    data = copy.deepcopy(data)
    for _ in range(chance.randint(1, 3)):
        container, key = chance.choice(list(places(data)))
        kind = chance.randrange(5)
        if kind == 0:
            del container[key]
        elif kind == 1 and isinstance(container, dict):
            container[chance.choice(("x-own", "unknown", "title", "items", "src", "narration"))] = chance.choice(VALUES)
        elif kind == 2 and isinstance(container, list):
            container.append(copy.deepcopy(container[key]))
        else:
            container[key] = copy.deepcopy(chance.choice(VALUES))
    return data


def agrees(data: Any, definition: str = "") -> bool:
    """Return whether the data conforms, and expect that jsonschema agrees."""
    try:
        expected = next(schema.validator(definition).iter_errors(data), None) is None
    except TypeError:  # a key that is no text, which the reader of specs rejects
        assert not conformity.conforms(data, definition)
        return False
    assert conformity.conforms(data, definition) == expected, data
    return expected


def test_every_definition_is_known() -> None:
    """No definition has a keyword that would silently be left to jsonschema."""
    for definition in ("", *schema.load()["$defs"]):
        assert conformity._check_of(definition) is not None, definition


def test_both_agree_on_valid_specs() -> None:
    """What the examples and samples are made of conforms, templates apart."""
    assert sum(agrees(data) for data in documents()) > 5


@pytest.mark.parametrize("seed", range(8))
def test_both_agree_on_changed_specs(seed: int) -> None:
    """After random changes, both still agree."""
    chance = random.Random(seed)
    known = [data for data in documents() if len(data["scenes"]) < 40]
    found = [agrees(mutated(chance.choice(known), chance)) for _ in range(60)]
    assert any(found)
    assert not all(found)


@pytest.mark.parametrize("value", VALUES)
def test_both_agree_on_each_definition(value: object) -> None:
    """Every definition is checked with values of every kind."""
    for definition in schema.load()["$defs"]:
        agrees(value, definition)
        agrees([value], definition)
        agrees({"type": value, "id": value, "text": value}, definition)


def test_a_new_keyword_is_left_to_jsonschema(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a keyword that is not known here, nothing is claimed to conform."""
    root = {**schema.load(), "unevaluatedProperties": False}
    monkeypatch.setattr(schema, "load", lambda: root)
    assert conformity._check_of("") is None
    assert not conformity.conforms({"vidbuild": 1})
    others: tuple[Any, ...] = ({"if": {}, "then": {}}, {"enum": [[1]]}, {"$ref": "other.json"}, {"items": 1})
    for wrong in others:
        with pytest.raises(conformity._UnknownKeywordError):
            conformity._Compiler(root).check(wrong)
