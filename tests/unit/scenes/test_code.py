"""The code scene beyond highlights: markers, focus, steps of a reveal, notes, scrolling and code that changes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import scene_samples
from vidbuild.scenes.code import markers, morph
from vidbuild.scenes.code.source import Source
from vidbuild.scenes.registry import SCENE_TYPES

CODE = SCENE_TYPES["code"]
MARKED = """import acme

# [start:setup]
client = acme.Client()
client.retries = 3
# [end:setup]
# [start:run]
client.run()
# [end:run]
"""


def drawing(**fields: Any) -> dict[str, Any]:
    """What the template gets."""
    return scene_samples.drawing("code", **fields)


def problems(**fields: Any) -> list[tuple[str, str]]:
    """What the type rejects in its fields."""
    return [(item.field, item.message) for item in CODE.check(scene_samples.scene("code", **fields).fields)]


def reveals(**fields: Any) -> list[Any]:
    """The later appearances."""
    return CODE.reveals(scene_samples.scene("code", **fields))


@pytest.mark.parametrize(
    "line",
    [
        *("# [start:a]", "// [start:a]", "-- [start:a]", "; [start:a]", "% [start:a]", "/* [start:a] */", "'[start:a]"),
        *(
            "<!-- [start:a] -->",
            "(* [start:a] *)",
            "{# [start:a] #}",
            "REM [start:a]",
            "    # [start:a]",
            "\t//[start:a]",
        ),
        *('" [start:a]', "#[start: a ]", "dnl [start:a]", "{/* [start:a] */}", ".. [start:a]", "## [start:a]"),
    ],
)
def test_markers_in_every_comment(line: str) -> None:
    """A marker is found in the comments of every language."""
    found = markers.read([line, "x", line.replace("start", "end")])
    assert (found.numbers, found.ranges) == ([2], {"a": (2, 2)})


@pytest.mark.parametrize(
    "line",
    ["x = y[start:end]", "[start:a]", "print('[start:a]')", "a [start:a]", "# see [start:a] below", "# [begin:a]"],
)
def test_code_that_is_no_marker(line: str) -> None:
    """Slices, texts and sentences with brackets are code."""
    assert markers.read([line]).numbers == [1]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("# [start:a]\nx", "'[start:a]' in line 1 has no '[end:a]' below it", 1),
        ("x\n# [end:a]", "'[end:a]' in line 2 has no '[start:a]' above it", 2),
        ("# [start:a]\n# [start:a]\n# [end:a]", "'[start:a]' is there twice, in lines 1 and 2", 2),
        ("# [start:a]\n# [end:a]\n# [end:a]", "'[end:a]' is there twice; the second is in line 3", 3),
    ],
)
def test_markers_without_their_counterpart(text: str, message: str, line: int) -> None:
    """A range that does not begin, end, or begins twice, is an error at its line."""
    with pytest.raises(markers.MarkerError) as caught:
        markers.read(text.split("\n"))
    assert (str(caught.value), caught.value.line) == (message, line)


def test_ranges_in_ranges() -> None:
    """Ranges can be in each other, and end at lines that are shown."""
    found = markers.read(["# [start:a]", "# [start:b]", "x", "# [end:b]", "y", "# [end:a]"])
    assert (found.numbers, found.ranges) == ([3, 5], {"a": (3, 5), "b": (3, 3)})


def test_markers_are_not_shown() -> None:
    """Lines are numbered as if there were no markers, and callouts get the numbers of the file."""
    seen = drawing(code=MARKED, highlight=[{"lines": "run"}])
    assert seen["code"].split("\n") == [
        "import acme",
        "",
        "client = acme.Client()",
        "client.retries = 3",
        "client.run()",
    ]
    assert (seen["first"], seen["highlights"], seen["numbers"]) == (1, [{"from": 5, "to": 5}], [1, 2, 4, 5, 8])
    seen = drawing(code=MARKED, lines="setup", highlight=[{"lines": "5"}])
    assert (seen["code"], seen["first"], seen["highlights"]) == (
        "client = acme.Client()\nclient.retries = 3",
        3,
        [{"from": 4, "to": 4}],
    )
    assert CODE.extent(scene_samples.scene("code", code=MARKED, lines="setup").fields) == (4, 5)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(["x", "", "# [start:a]", "# [end:a]", "// [start:b]", "// [end:b]"]), max_size=12))
def test_any_markers(lines: list[str]) -> None:
    """Whatever the markers, either a line is to blame, or each line that is shown is code with its own number."""
    source, blamed = None, 0
    try:
        source = Source.of("\n".join(lines))
    except markers.MarkerError as error:
        blamed = error.line
    if source is None:
        assert "[" in lines[blamed - 1]
        return
    assert [source.lines[number - 1] for number in source.marked.numbers] == [
        line for line in source.lines if "[" not in line
    ]


def test_focus() -> None:
    """Lines in focus have no bar; without a time they are spread as highlights are."""
    fields: dict[str, Any] = {"code": "a\nb\nc", "focus": ["2", {"lines": 3, "at": "x"}]}
    assert drawing(**fields)["bars"] is False
    assert [(item.field, item.at, dict(item.enter), item.leave) for item in reveals(**fields)] == [
        ("focus.0", None, {"code-dim": "cut", "focus-0": "fade"}, ("code",)),
        ("focus.1", "x", {"focus-1": "fade"}, ()),
    ]


@pytest.mark.parametrize(
    ("reveal", "parts"),
    [("lines", [[0, 1], [1, 3], [3, 4]]), ("blocks", [[0, 3], [3, 4]]), ("type", [[0, 1], [1, 3], [3, 4]])],
)
def test_steps_of_a_reveal(reveal: str, parts: list[list[int]]) -> None:
    """Each step has its lines and the empty ones after them, and all go when lines are highlighted."""
    fields: dict[str, Any] = {"code": "a\nb\n\nc", "reveal": reveal, "highlight": [{"lines": 1}]}
    assert drawing(**fields)["parts"] == parts
    *steps, highlight = reveals(**fields)
    layers = [f"part-{index}" for index in range(len(parts))]
    assert [list(step.enter) for step in steps] == [[layer] for layer in layers]
    assert highlight.leave == tuple(layers)
    assert CODE.entrances(scene_samples.scene("code", **fields)) == {"window": "rise"}


def test_typed_code() -> None:
    """Lines are typed one after the other, and a highlight waits for the last one."""
    first, second, highlight = reveals(code="ab\n  cd", reveal="type", highlight=[{"lines": 1}])
    assert (first.characters, first.after_previous) == (2, False)
    assert (second.characters, second.after_previous) == (2, True)
    assert highlight.after_previous


def test_too_many_steps() -> None:
    """Steps are layers, so there is a limit."""
    many = "\n".join("x" for _ in range(41))
    assert problems(code=many, reveal="lines") == [("reveal", "41 steps of 'reveal: lines': the maximum is 40")]
    assert problems(code=many, reveal="blocks") == []


def test_notes() -> None:
    """A note appears with its words or at its time, beside the line that its number or marker stands for."""
    fields: dict[str, Any] = {
        "code": MARKED,
        "annotations": [{"line": "setup", "text": "the `client`"}, {"line": 8, "text": "go", "at": 2}],
    }
    assert [note["line"] for note in drawing(**fields)["notes"]] == [3, 5]
    assert [(item.field, item.at, item.words, dict(item.enter)) for item in reveals(**fields)] == [
        ("annotations.0", None, "the client", {"note-0": "fade"}),
        ("annotations.1", 2, "go", {"note-1": "fade"}),
    ]


def test_a_note_does_not_end_a_highlight() -> None:
    """The last highlight or focus stays when notes appear; only another one takes its place."""
    fields: dict[str, Any] = {"code": "a\nb", "annotations": [{"line": 1, "text": "note"}]}
    first, second, note = reveals(**fields, focus=[1, 2])
    assert (first.until_next, second.until_next, note.until_next) == (("focus-0",), (), ())


def test_scrolling() -> None:
    """With each highlight the code moves to its next stop, and what was highlighted before goes along."""
    first, second = reveals(code="a\nb", scroll=True, highlight=[{"lines": 1}, {"lines": 2}])
    assert dict(first.zooms) == {"code": 0, "code-dim": 0}
    assert dict(second.zooms) == {"code": 1, "code-dim": 1, "bar-0": 0, "focus-0": 0}


def test_code_that_changes() -> None:
    """Kept lines move, removed ones leave and new ones follow, at one time."""
    fields: dict[str, Any] = {"from": "a\nb\nc", "to": "a\nx\ny\nc", "at": "now"}
    seen = scene_samples.SAMPLES["code"]
    assert seen is not None
    scene = scene_samples.scene("code", **fields)
    assert [list(part.values()) for part in CODE.drawing(scene)["changes"]] == [
        ["keep", 0, 0, 1],
        ["gone", 1, 0, 1],
        ["new", 0, 1, 2],
        ["keep", 2, 3, 1],
    ]
    [reveal] = CODE.reveals(scene)
    assert (reveal.field, reveal.at) == ("to", "now")
    assert (dict(reveal.moves), reveal.leave, dict(reveal.enter)) == (
        {"keep-0": 0, "keep-3": 0},
        ("gone-1",),
        {"new-2": "follow"},
    )
    assert CODE.entrances(scene) == {"window": "rise", "keep-0": "rise", "gone-1": "rise", "keep-3": "rise"}
    assert CODE.drawing(scene)["filename"] is None


LINES = st.lists(st.sampled_from(["a", "b", "", "c"]), max_size=20)


@settings(deadline=None, max_examples=200)
@given(LINES, LINES)
def test_parts_are_both_codes(old: list[str], new: list[str]) -> None:
    """Kept and removed lines are the code before, kept and new ones the code after, each line once."""
    parts = morph.parts(old, new)
    before = [old[part.old + nth] for part in parts if part.kind != "new" for nth in range(part.length)]
    after = [new[part.new + nth] for part in parts if part.kind != "gone" for nth in range(part.length)]
    assert (before, after) == (old, new)
    for part in parts:
        if part.kind == "keep":
            assert old[part.old : part.old + part.length] == new[part.new : part.new + part.length]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"from": "a"}, ("from", "'from' needs 'to'")),
        ({"from": "a", "to": "a\n"}, ("to", "'from' and 'to' are equal: no line changes")),
        ({"from": "a", "to": "b", "reveal": "lines"}, ("reveal", "'reveal' and 'to' cannot both be given")),
        ({"from": "a", "to": "# [start:x]"}, ("to", "'[start:x]' in line 1 has no '[end:x]' below it")),
        ({"from": "a", "to": "b\n" * 61}, ("to", "code of 61 lines cannot change: the maximum is 60")),
        ({"from": "a", "to": "# [start:x]\n# [end:x]"}, ("to", "a code without a line cannot change")),
        ({"code": "# [start:x]\n# [end:x]"}, ("code", "the code has no line to show, only markers or empty lines")),
        ({"code": "a", "at": 1}, ("at", "'at' is the time of a change, which needs 'from' and 'to'")),
    ],
)
def test_fields_that_do_not_fit(fields: dict[str, Any], problem: tuple[str, str]) -> None:
    """What cannot be meant together is an error at one of the fields."""
    given_fields = dict(scene_samples.scene("code", **fields).fields.items())
    assert [(item.field, item.message) for item in CODE.check(given_fields)] == [problem]
