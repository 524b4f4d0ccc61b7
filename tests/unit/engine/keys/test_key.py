"""The parts of a key, and what is not part of it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from tests.support.engine_lab import Lab, digests, graph, step
from vidbuild.engine.graph.canonical import digest_lines
from vidbuild.engine.graph.graph import Kind, Product, Source
from vidbuild.engine.keys.key import KeyMaterial, plain_suffix, product_digest
from vidbuild.engine.keys.tools import Tool
from vidbuild.engine.store.blobs import Blob

MATERIAL = KeyMaterial(
    "film", 3, {"crf": 20, "title": "a"}, {"clip": "aa" * 32 + ".mp4", "motion": "bb" * 32}, {"ffmpeg": "9.0"}
)
MUTATIONS: dict[str, list[Any]] = {
    "kind": ["films", ""],
    "version": [4, 0],
    "params": [
        {"crf": 20.0, "title": "a"},
        {"crf": "20", "title": "a"},
        {"crf": 20},
        {"crf": 20, "title": ""},
        {"crf": 20, "title": None},
        {"crf": 20, "title": "a", "tune": None},
        {},
    ],
    "inputs": [
        {"clip": "aa" * 32 + ".mp4"},
        {"clip": "aa" * 32 + ".mov", "motion": "bb" * 32},
        {"clip": "bb" * 32, "motion": "aa" * 32 + ".mp4"},
        {"clip": "aa" * 32 + ".mp4", "motions": "bb" * 32},
        {},
    ],
    "tools": [{"ffmpeg": "9.1"}, {}, {"typst": "9.0"}],
}


@pytest.mark.parametrize("name", [field.name for field in fields(KeyMaterial)])
def test_every_field_is_in_the_key(name: str) -> None:
    """P5: a change of any field of the material, taken from the dataclass itself, changes the key."""
    keys = {replace(MATERIAL, **{name: value}).key() for value in MUTATIONS[name]}
    assert len(keys) == len(MUTATIONS[name])
    assert MATERIAL.key() not in keys


def test_every_field_is_shown() -> None:
    """P38: the lines that explain shows hash to the key and name every field."""
    assert digest_lines(MATERIAL.lines()) == MATERIAL.key()
    assert {line.path.partition(".")[0] for line in MATERIAL.lines()} - {""} == {
        field.name for field in fields(KeyMaterial)
    }


def test_a_golden_key() -> None:
    """P4: the key of one material is written down: changing how keys are made is a decision, not an accident."""
    assert MATERIAL.key() == "d94297f050bc6747c813fb264599f3a64671e667eaaff85ae2549100da6724fa"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"ab": "c"}, {"a": "bc"}),
        ({"a": "x", "b": "y"}, {"a": "y", "b": "x"}),
        ({"a": "x"}, {"a": "x", "b": "x"}),
        ({}, {"": "x"}),
    ],
)
def test_a_products_names_and_contents_count(one: dict[str, str], other: dict[str, str]) -> None:
    """P5: a whole product's digest holds each name with its content."""
    assert product_digest({name: Blob(text, 1) for name, text in one.items()}) != product_digest(
        {name: Blob(text, 1) for name, text in other.items()}
    )


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a/b.PNG", ".png"),
        ("x", ""),
        ("x.tar.gz", ".gz"),
        (".hidden", ""),
        ("a.b c", ""),
        ("x.é", ""),
        ("a." + "b" * 9, ""),
    ],
)
def test_only_a_plain_suffix_is_seen(name: str, suffix: str) -> None:
    """A step sees a short plain suffix, lower case, and nothing else of a file's name."""
    assert plain_suffix(name) == suffix


def test_what_cannot_change_the_bytes_is_not_in_the_key(lab: Lab) -> None:
    """P6: jobs, cache location, source path, step order and who made it leave every key and digest as it was."""
    image = lab.source("img/a.png", "picture")
    elsewhere = lab.source("other place/b.PNG", "picture")
    one = graph(step("a", x=1), step("b", inputs={"from": Product("a"), "image": image}))
    other = graph(step("b", inputs={"image": elsewhere, "from": Product("a")}), step("a", x=1))
    first = lab.build(one, jobs=1, build_name="one", keep_going=True)
    second = lab.clean().build(other, jobs=3, build_name="two")
    assert {name: found.key for name, found in first.steps.items()} == {
        name: found.key for name, found in second.steps.items()
    }
    assert digests(first) == {name: digests(second)[name] for name in first.steps}


@pytest.mark.parametrize("change", ["version", "kind", "tool", "param", "content", "suffix", "role"])
def test_what_can_change_the_bytes_is_in_the_key(lab: Lab, change: str) -> None:
    """P5: kind, its version, tools, parameters, contents, suffixes and roles each make another key."""
    image = lab.source("a.png", "picture")
    before = lab.build(graph(step("a", inputs={"image": image}, x=1))).steps["a"].key
    changed = step("a", inputs={"image": image}, x=1)
    if change == "version":
        lab.kinds["concat"] = Kind("concat", 2, "tests.support.fake_steps:concat")
    elif change == "kind":
        changed = step("a", "warn", {"image": image}, x=1)
    elif change == "tool":
        lab.tools["ffmpeg"] = Tool(list, lambda: "9.0")
        lab.kinds["concat"] = Kind("concat", 1, "tests.support.fake_steps:concat", ("ffmpeg",))
    elif change == "param":
        changed = step("a", inputs={"image": image}, x=2)
    elif change == "content":
        lab.source("a.png", "Picture")
    elif change == "suffix":
        changed = step("a", inputs={"image": lab.source("a.jpg", "picture")}, x=1)
    else:
        changed = step("a", inputs={"logo": Source(image.path)}, x=1)
    assert lab.build(graph(changed)).steps["a"].key != before
