"""The mutation campaign: what is changed, and what is reported."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tools import mutate
from tools.mutants import mutants

SOURCE = b"""\
\"\"\"A docstring stays, 1 too.\"\"\"
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    x = 1
LIMIT: int = 7
LARGE = 5_000
def f(a: int, b: int) -> bool:
    if not a:
        notify(a)
        raise ValueError(f"{a} + 1")
    while a < b and b is not None:
        a = g(b, a, 2) + 1
    return zip(a, b, strict=True)
"""


def test_each_kind_of_mutation_is_found() -> None:
    """Comparisons, constants, operators, conditions, calls and arguments are changed; texts and types are not."""
    text = SOURCE.decode()
    found = [(mutant.kind, text[mutant.start : mutant.end].strip(), mutant.text.strip()) for mutant in mutants(SOURCE)]
    assert found == [
        ("constant", "7", "(7 + 1)"),
        ("constant", "5_000", "(5_000 * 2)"),
        ("negation", "not a", "(a)"),
        ("condition", "not a", "(not (not a))"),
        ("removed call", "notify(a)", "None"),
        ("condition", "a < b and b is not None", "(not (a < b and b is not None))"),
        ("comparison", "<", "<="),
        ("boolean operator", "and", "or"),
        ("comparison", "is not", "is"),
        ("swapped arguments", "b, a", "a, b"),
        ("constant", "2", "(2 + 1)"),
        ("operator", "+", "-"),
        ("constant", "1", "(1 + 1)"),
        ("swapped arguments", "a, b", "b, a"),
    ]


@pytest.mark.parametrize("module", ["columns.py", "engine/disk/durable.py", "scenes/command/grid.py", "spec/reader.py"])
def test_every_mutant_can_be_parsed_and_differs(module: str) -> None:
    """A mutant is a program, and another one than the code."""
    source = (ROOT / "vidbuild" / module).read_bytes()
    tree = ast.dump(ast.parse(source))
    found = mutants(source)
    assert len(found) > 5
    for mutant in found:
        assert ast.dump(ast.parse(mutant.apply(source))) != tree


def test_a_sample_is_repeatable_and_leaves_out_equivalent_mutants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same seed has the same mutants; those that are listed as equivalent are passed over."""
    first = mutate.cases("engine/disk", 5, seed=3)
    assert first == mutate.cases("engine/disk", 5, seed=3) != mutate.cases("engine/disk", 5, seed=4)
    monkeypatch.setattr(mutate, "EQUIVALENT", tmp_path / "equivalent.txt")
    (tmp_path / "equivalent.txt").write_text(f"# a reason\n{first[0].describe()}\n")
    assert mutate.cases("engine/disk", 4, seed=3) == first[1:]


def test_every_room_has_tests() -> None:
    """Each room's mutants are judged by test files."""
    assert {"engine/disk", "scenes/command", "spec", "."} <= set(mutate.rooms())
    assert "tests/unit/engine/disk/test_lock.py" in mutate.tests_of("engine/disk")
    assert "tests/unit/steps/test_draw_code.py" in mutate.tests_of("scenes/code")
    assert "tests/unit/steps/test_audio.py" in mutate.tests_of("media/audio")


def test_equivalent_mutants_are_mutants() -> None:
    """A line of the list that is no mutant of the code anymore is removed from it."""
    sources = {path: (ROOT / path).read_bytes() for path in {line.split(":")[0] for line in mutate.equivalent()}}
    known = {
        mutate.Case("", path, mutant, source).describe()
        for path, source in sources.items()
        for mutant in mutants(source)
    }
    assert sorted(set(mutate.equivalent()) - known) == [], (
        "change or remove these lines in tools/equivalent_mutants.txt"
    )
