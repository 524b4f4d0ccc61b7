"""Credits of stock media: who is named where, and the warning about licenses that ask for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.spec_lab import Project
from tests.unit.spec.test_stock import CLIP, locked
from vidbuild.plan.compile import compile_graph, outputs
from vidbuild.plan.variant import own_variant
from vidbuild.spec import credit, lock_file
from vidbuild.spec.lock_file import Lock, Request, StockEntry

SEA = Request("pexels", "video", "blue sea", min_seconds=2)
OUTRO = "  - {id: end, type: outro, title: Thanks, duration: 2, credits: true}\n"


def with_licence(project: Project, licence: str, creator: str = "The Archive") -> StockEntry:
    """Lock the clip of the spec with a license."""
    entry = replace(
        locked(project.root, SEA, b"\0\0\0\x18ftypisom-a-clip"), licence=licence, creator=creator, title="Sea"
    )
    project.write("vidbuild.lock", lock_file.text_of(Lock({SEA: entry})))
    return entry


@pytest.mark.parametrize(
    ("licence", "asks"),
    [
        ("CC BY 4.0", True),
        ("CC-BY-SA-3.0", True),
        ("cc by-nd 2.0", True),
        ("Attribution", True),
        ("GFDL", True),
        ("CC0", False),
        ("Public domain", False),
        ("Pexels License", False),
        ("Bye license", False),
    ],
)
def test_a_license_that_asks_for_credit_gets_a_warning(project: Project, licence: str, *, asks: bool) -> None:
    """The warning is at the words of the spec, and names the creator and what gives credit."""
    with_licence(project, licence)
    found = [each for each in project.try_load(CLIP).diagnostics if "asks for credit" in each.message]
    assert bool(found) is asks
    if asks:
        assert (found[0].line, found[0].column, found[0].severity) == (4, 40, "warning")
        assert "no scene names 'The Archive'" in found[0].message


@pytest.mark.parametrize("scene", [OUTRO, "  - {id: end, type: title, title: Thanks to The Archive, duration: 2}\n"])
def test_credit_that_is_given_needs_no_warning(project: Project, scene: str) -> None:
    """A scene with `credits: true`, or one that names the creator, is enough."""
    with_licence(project, "CC BY 4.0")
    assert project.try_load(CLIP + scene).diagnostics == ()


def test_a_part_of_a_word_is_no_credit(project: Project) -> None:
    """A creator of a short name is not named by a word that has these letters in it."""
    with_licence(project, "CC BY 4.0", creator="Al")
    scene = "  - {id: end, type: title, title: All of it, duration: 2}\n"
    (warning,) = project.try_load(CLIP + scene).diagnostics
    assert "no scene names 'Al'" in warning.message
    assert project.try_load(CLIP + scene.replace("All of it", "Thanks to Al.")).diagnostics == ()


def test_credits_are_in_the_scene_and_in_a_file(project: Project) -> None:
    """The scene's lines and the credits file name title, creator and license; without stock there is no file."""
    with_licence(project, "CC BY 4.0")
    spec = project.try_load(CLIP + OUTRO).spec_or_raise()
    assert spec.scenes[1].fields["credits"] == ["Sea by The Archive, CC BY 4.0, on Pexels"]
    assert spec.credits == (
        "Media in 'A'\n\nSea\n  by The Archive\n  license: CC BY 4.0\n  shown in part, in scene: sea\n"
    )
    graph = compile_graph(spec, own_variant(spec))
    assert graph.steps["report"].params["credits"] == spec.credits
    assert outputs(spec, own_variant(spec))[-1].suffix == ".credits.txt"
    plain = project.spec({})
    assert ".credits.txt" not in {each.suffix for each in outputs(plain, own_variant(plain))}


def test_files_of_one_creator_share_a_line() -> None:
    """Several files of one creator and license are one line; a long title is cut, and an unknown creator left out."""
    entry = StockEntry(
        request=Request("folder", "video", "a"),
        id="1",
        title="Sea",
        creator="Us",
        licence="CC0",
        file="a",
        sha256="",
        bytes=1,
        width=1,
        height=1,
    )
    others = [replace(entry, id="2", title="x" * 60), replace(entry, id="3", creator="", title="Sky")]
    assert credit.lines([entry, *others]) == (f"Sea, {'x' * 47}… by Us, CC0", "Sky, CC0")


def test_credits_without_stock_are_a_warning(project: Project) -> None:
    """`credits: true` in a spec without stock media shows nothing, and says so."""
    text = "vidbuild: 1\ntitle: A\nscenes:\n" + OUTRO
    (warning,) = project.try_load(text).diagnostics
    assert warning.message == "the spec has no stock media to give credit for"
    assert (warning.line, warning.severity) == (4, "warning")


def test_credits_of_stock_that_is_not_locked_are_no_warning(project: Project) -> None:
    """The missing lock is the only problem."""
    (error,) = project.try_load(CLIP + OUTRO).diagnostics
    assert error.message == "stock 'blue sea' is not locked"
