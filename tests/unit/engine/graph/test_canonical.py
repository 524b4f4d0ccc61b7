"""The canonical form of values: stable, sensitive, and consistent with what explain shows."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.engine.graph.canonical import Line, digest, digest_lines, lines

GOLDEN = {
    "null": (None, "0:n0:"),
    "true": (True, "0:b4:true"),
    "one": (1, "0:i1:1"),
    "minus": (-42, "0:i3:-42"),
    "one point oh": (1.0, "0:f3:1.0"),
    "small": (1e-9, "0:f5:1e-09"),
    "text": ("1", "0:s1:1"),
    "no text": ("", "0:s0:"),
    "beyond ascii": ("é→😀", "0:s3:é→😀"),
    "no list": ([], "0:l1:0"),
    "list": (["a", 2], "0:l1:21:0s1:a1:1i1:2"),
    "no mapping": ({}, "0:m1:0"),
    "mapping": ({"b": 1, "a": {"c": None}}, "0:m1:21:am1:13:a.cn0:1:bi1:1"),
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def typed(value: Any) -> str:
    """A value as text in which 1, 1.0, true and "1" differ; keys in order."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_vectors(name: str) -> None:
    """P4: the canonical form of each type is written down, and its hash is that of these very bytes."""
    value, form = GOLDEN[name]
    assert digest(value) == hashlib.sha256(form.encode()).hexdigest()


def test_a_golden_digest() -> None:
    """P4: one digest is written down whole, so that no change of the form can pass unseen."""
    value = {"kind": "film", "version": 3, "params": {"size": [1920, 1080], "crf": 20.5, "tune": None, "fast": True}}
    assert digest(value) == "211200a31e37987a39c4b014813c86b19642b93e2391780dd39813ba42422fcd"


@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "2", "TZ": "Pacific/Auckland"},
        {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
        {"PYTHONUTF8": "0", "LC_ALL": "C"},
    ],
    ids=str,
)
def test_digests_do_not_depend_on_the_surroundings(surroundings: dict[str, str], tmp_path: Path) -> None:
    """P4: hash seed, time zone, locale and working directory do not change a digest."""
    program = (
        "from vidbuild.engine.graph.canonical import digest\n"
        "print(digest({'Ii': ['\\u0131', 0.1, {'z': 1, 'a': 2}], **{str(n): n for n in range(50)}}))"
    )
    value = {"Ii": ["\u0131", 0.1, {"a": 2, "z": 1}], **{str(n): n for n in reversed(range(50))}}
    env = {"PATH": os.defpath, "PYTHONPATH": os.environ["PYTHONPATH"], **surroundings}
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=env, capture_output=True, check=True)
    assert done.stdout.decode().strip() == digest(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", 1),
        (1, 1.0),
        (1, True),
        (0, False),
        (0.0, -0.0),
        ("", None),
        (["ab", "c"], ["a", "bc"]),
        (["a,b"], ["a", "b"]),
        ([], {}),
        ([], None),
        ([[]], []),
        ([[1], 2], [[1, 2]]),
        ({"a": ""}, {}),
        ({"a": None}, {}),
        ({"a": {"b": 1}}, {"a.b": 1}),
        ({"a": {"": 1}}, {"a.": 1}),
        ({"": {"": 1}}, {"": 1}),
        ({"ab": "c"}, {"a": "bc"}),
        (["n0:"], [None]),
        ("é", "e\u0301"),
        ("\udcff", "\\udcff"),
    ],
    ids=repr,
)
def test_values_that_differ_have_digests_that_differ(one: Any, other: Any) -> None:
    """P5: type, framing, emptiness and spelling all count."""
    assert digest(one) != digest(other)


@given(JSON, JSON)
def test_equal_digests_mean_equal_values(one: Any, other: Any) -> None:
    """P5: two values have one digest exactly if they are the same JSON."""
    assert (digest(one) == digest(other)) == (typed(one) == typed(other))


@given(JSON)
def test_what_is_shown_is_what_is_hashed(value: Any) -> None:
    """P38: the hash of the lines that a person reads is the digest."""
    assert digest_lines(lines(value)) == digest(value)


@given(JSON)
def test_a_value_that_went_through_json_is_the_same(value: Any) -> None:
    """A value read back from a file has the digest it had before."""
    assert digest(json.loads(json.dumps(value))) == digest(value)


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=6))
def test_the_order_of_keys_does_not_count(value: dict[str, Any]) -> None:
    """P4: a mapping's order is no part of its value."""
    assert digest(dict(reversed(value.items()))) == digest(value)


def test_tuples_and_other_mappings_are_lists_and_mappings() -> None:
    """Python's own kinds of list and mapping have the digest that their JSON has."""
    assert digest(MappingProxyType({"a": (1, 2)})) == digest({"a": [1, 2]})


def test_lines_name_the_path_of_each_value() -> None:
    """The lines name each value by its dotted path."""
    assert lines({"scene": {"items": ["x", None]}})[1:] == [
        Line("scene", "m", "1"),
        Line("scene.items", "l", "2"),
        Line("scene.items.0", "s", "x"),
        Line("scene.items.1", "n", ""),
    ]


@pytest.mark.parametrize(
    "value", [{1: "a"}, {"a": {2}}, b"x", float("nan"), float("inf"), object()], ids=lambda value: type(value).__name__
)
def test_what_is_not_json_is_refused(value: Any) -> None:
    """A value without a canonical form raises instead of being hashed by what it looks like."""
    with pytest.raises(TypeError, match=r"not a JSON value|not text"):
        digest({"field": value})
