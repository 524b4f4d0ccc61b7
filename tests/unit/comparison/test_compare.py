"""Which scenes have changed between two versions, and how."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from vidbuild.comparison.compare import compare
from vidbuild.comparison.side import SceneSide, Side
from vidbuild.comparison.text_diff import compare as compare_texts


def scene(name: str, **fields: Any) -> SceneSide:
    """A built scene of 4 s at 10 fps."""
    frames = [f"{name}-{index}" for index in range(40)]
    made = SceneSide(
        name, "title", f"About {name}.", 4.0, [[0.4, 2.0, f"About {name}."]], frames, [f"{name}.a", "silence"]
    )
    return replace(made, **fields)


def side(*scenes: SceneSide, language: str = "en") -> Side:
    """A version with these scenes."""
    return Side("x", "T", language, scenes, 4.0 * len(scenes))


A, B, C, D = map(scene, "abcd")


def changes(before: Side, after: Side) -> list[tuple[str, str, tuple[str, ...]]]:
    """What has changed."""
    return [(each.id, each.state, each.what) for each in compare(before, after).changes]


def with_frames(old: SceneSide, *numbers: int) -> SceneSide:
    """A scene in which some frames are others."""
    frames = list(old.frames or ())
    for number in numbers:
        frames[number] = "other"
    return replace(old, frames=frames)


def test_the_same_versions() -> None:
    """Nothing has changed between a version and itself."""
    found = compare(side(A, B), side(A, B))
    assert (found.same, found.changes, found.unchanged) == (True, (), ("a", "b"))


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"text": "Über a."}, ("narration",)),
        ({"text": "About  a."}, ()),
        ({"seconds": 4.1}, ("duration",)),
        ({"seconds": 4.001}, ()),
        ({"captions": [[0.4, 2.1, "About a."]]}, ("captions",)),
        ({"captions": [[0.401, 2.001, "About a."]]}, ()),
        ({"captions": None}, ()),
        ({"sounds": ["other", "silence"]}, ("sound",)),
        ({"sounds": ["a.a", "silence", "silence"]}, ()),
        ({"sounds": ["a.a"]}, ()),
        ({"sounds": ["a.a", "silence", "x", "y"]}, ("sound",)),
    ],
)
def test_each_part_of_a_scene(fields: dict[str, Any], what: tuple[str, ...]) -> None:
    """Each part of a scene is compared by itself; rounded times and a packet of silence are no change."""
    found = changes(side(A, B), side(replace(A, **fields), B))
    assert found == ([("a", "changed", what)] if what else [])


def test_one_frame_that_differs_is_found() -> None:
    """One other frame in the middle, at the start or at the end is a change of the picture."""
    for number in (20, 0, 39):
        assert changes(side(A, B, C), side(A, with_frames(B, number), C)) == [("b", "changed", ("picture",))]


def test_frames_beside_a_changed_scene() -> None:
    """Frames that differ only beside a changed scene are those of a transition; further inside, they are a change."""
    assert changes(side(A, B, C), side(with_frames(A, 37, 38, 39), with_frames(B, 20), C)) == [
        ("a", "changed", ("transition",)),
        ("b", "changed", ("picture",)),
    ]
    assert changes(side(A, B, C), side(with_frames(A, 30, 39), with_frames(B, 20), C))[0][2] == ("picture",)


@pytest.mark.parametrize(
    ("numbers", "what"),
    [
        ((0, 1, 2), "transition"),  # from its first frame on, beside the changed scene before it
        ((0,), "transition"),
        ((1, 2, 3), "picture"),  # an entrance of its own: the first frame is as before
        ((37, 38, 39), "picture"),  # beside the scene after it, which is the same
        ((0, 39), "picture"),
    ],
)
def test_a_change_of_its_own_near_a_border_is_no_transition(numbers: tuple[int, ...], what: str) -> None:
    """Frames count as a transition's only on the side of a changed scene, and right up to it."""
    after = side(with_frames(A, 20), with_frames(B, *numbers), C)
    assert changes(side(A, B, C), after)[1] == ("b", "changed", (what,))


def test_added_removed_moved_and_renamed_scenes() -> None:
    """Scenes are matched by id, and renamed ones by their frames; removed ones are listed where they were."""
    assert changes(side(A, B, C), side(A, D, C)) == [("b", "removed", ()), ("d", "added", ())]
    assert changes(side(A, B, C), side(B, C, A)) == [("a", "changed", ("position",))]
    renamed = replace(B, id="new")
    assert changes(side(A, B, C), side(A, renamed, C)) == [("new", "renamed", ())]


def test_versions_that_are_not_built() -> None:
    """Without frames, scenes are compared by what they follow from; a scene that is built on one side is unknown."""
    bare: dict[str, Any] = {"frames": None, "sounds": None, "captions": None, "seconds": None}
    old = replace(A, **bare, digests={"picture": "1", "sound": "1"})
    assert changes(side(old), side(replace(old))) == []
    other = replace(old, digests={"picture": "2", "sound": "1"})
    assert changes(side(old), side(other)) == [("a", "changed", ("unknown",))]
    same = [replace(each, digests={**each.digests, "segment": "s"}) for each in (old, other)]
    assert changes(side(same[0]), side(same[1])) == []
    differ = [replace(each, digests={**each.digests, "segment": each.digests["picture"]}) for each in (old, other)]
    assert changes(side(differ[0]), side(differ[1])) == [("a", "changed", ("picture",))]
    assert changes(side(A), side(old)) == [("a", "changed", ("unknown",))]


@pytest.mark.parametrize(
    ("before", "after", "language", "expected"),
    [
        ("First this, then that.", "First this, then it.", "en", "First this, then [-that.-]{+it.+}"),
        ("", "New.", "en", "{+New.+}"),
        (
            "まず新しいファイルを開きます。",
            "まず古いファイルを開きます。",
            "ja",
            "まず[-新しい-]{+古い+}ファイルを開きます。",
        ),
        ("افتح الملف الجديد الآن.", "افتح المجلد الجديد الآن.", "ar", "افتح [-الملف -]{+المجلد +}الجديد الآن."),
        ("Gone <b>now</b>", "Gone", "en", "[-Gone <b>now</b>-]{+Gone+}"),
    ],
)
def test_texts(before: str, after: str, language: str, expected: str) -> None:
    """Texts are compared word by word, also where no spaces are between words; both can be put together again."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    parts = compare_texts(before, after, language)
    assert "".join(part.text for part in parts if part.what != "added").strip() == before
    assert "".join(part.text for part in parts if part.what != "removed").strip() == after
    assert "".join(marks[part.what].format(part.text) for part in parts) == expected
