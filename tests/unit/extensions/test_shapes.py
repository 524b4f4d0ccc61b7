"""Values of plug-ins beside the types that vidbuild declares."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from vidbuild.create.source.outline import Chart, Item, Items, Outline, Page, Picture, Prose, Section
from vidbuild.create.writers.protocol import Answer
from vidbuild.extensions.shapes import misfit
from vidbuild.stock.protocol import Candidate


def raw(value: Any) -> Any:
    """A value as plug-ins may give it, whatever its type."""
    return value


def of(*blocks: Any) -> Outline:
    """An outline with these blocks."""
    return Outline("A title", (Section("One", (Prose("Fine."),)), Section("Two", blocks)))


def test_what_fits() -> None:
    """Each kind of field takes its type; lists stand for tuples, and whole numbers for those with a point."""
    chart = Chart("bar", ("a", "b"), (("x", (1, None)),))
    blocks = (chart, Items((Item("a", items=(Item("b"),)),)), Picture("x", Path("a.png")), Page(Path("a.pdf"), 1))
    assert misfit(of(*blocks), Outline) is None
    assert misfit(Outline("A title", raw([Section("One", raw([Prose("Ωμέγα")]))])), Outline) is None
    assert misfit([Candidate(id="1", versions=(), seconds=4)], Sequence[Candidate]) is None


@pytest.mark.parametrize(
    ("value", "expected", "message"),
    [
        (None, Outline, "expected Outline, got NoneType"),
        (Outline("A title", raw(None)), Outline, "sections: expected tuple, got NoneType"),
        (of(Prose(raw(None))), Outline, "sections[1].blocks[0].text: expected str, got NoneType"),
        (of(Items((Item("a", items=raw(("b",))),))), Outline, "sections[1].blocks[0].items[0].items[0]: expected Item"),
        (of(Prose("a\ud800b")), Outline, "sections[1].blocks[0].text: half of a surrogate pair in a text"),
        (of(Picture("x", raw("a.png"))), Outline, "path: expected Path or NoneType, got str"),
        (
            of(Chart("bar", ("a",), (("x", raw(("1",))),))),
            Outline,
            "series[0][1][0]: expected float or NoneType, got str",
        ),
        (of("text"), Outline, "sections[1].blocks[0]: expected Prose or Items or"),
        (Answer(raw(b"{}"), "host"), Answer, "text: expected str, got bytes"),
        ([Candidate(id="1", versions=()), "2"], Sequence[Candidate], "[1]: expected Candidate, got str"),
        ("text", Sequence[Candidate], "expected Sequence, got str"),
    ],
)
def test_what_does_not_fit_is_named(value: object, expected: Any, message: str) -> None:
    """The place of what is wrong is in the terms of vidbuild's classes."""
    assert message in str(misfit(value, expected))
