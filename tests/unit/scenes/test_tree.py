"""The tree scene: trees as text and as folders, what appears when, and what is rejected."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support import scene_samples
from tests.support.drawing import drawn
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.scenes.tree.entries import Entry, TreeError, matching, of_listing, of_text
from vidbuild.spec.folder_listing import MAX_NAMES, listing
from vidbuild.spec.load import try_parse
from vidbuild.spec.paths import InputError

TREE = SCENE_TYPES["tree"]
DRAWN = """.
├── src/
│   ├── app.py   # the server
│   └── models
│       └── user.py
└── README.md

3 directories, 3 files
"""


def shown(text: str) -> list[tuple[str, bool, str]]:
    """The path, the kind and the comment of each entry of a tree."""
    return [("/".join(entry.path), entry.folder, entry.comment) for entry in of_text(text)]


def problems(**fields: Any) -> list[tuple[str, str]]:
    """What the type rejects in its fields."""
    given = scene_samples.scene("tree", **fields).fields
    return [(problem.field, problem.message) for problem in TREE.check(given)]


def reveals(**fields: Any) -> list[tuple[str, str | float | None, str, list[str]]]:
    """The field, time, words and layers of each reveal."""
    found = TREE.reveals(scene_samples.scene("tree", **fields))
    return [(item.field, item.at, item.words, list(item.enter)) for item in found]


def test_a_drawn_tree() -> None:
    """Lines of `tree` become paths; what has entries below it is a folder, and the summary is no entry."""
    assert shown(DRAWN) == [
        (".", True, ""),
        ("./src", True, ""),
        ("./src/app.py", False, "the server"),
        ("./src/models", True, ""),
        ("./src/models/user.py", False, ""),
        ("./README.md", False, ""),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a/\n  b\n  c/\n    d",
        "a/\n\tb\n\tc/\n\t\td",
        "a/\n|-- b\n`-- c/\n    `-- d",
        "a/\n+-- b\n\\-- c/\n    \\-- d",
        "a\n├── b\n└── c\n    └── d",
        "a\n├─b\n└─c\n  └─d",
        "a/\n┣━━ b\n┗━━ c/\n    ┗━━ d",
        "a/\n│\n├── b\n│\n└── c/\n    └── d\n",
        "a/\n├──\u00a0b\n└──\u00a0c/\n\u00a0\u00a0\u00a0 └──\u00a0d",
    ],
)
def test_every_way_to_draw_a_tree(text: str) -> None:
    """Indentation, tabs, ASCII and box drawing of any weight are one tree."""
    assert [("/".join(entry.path), entry.folder) for entry in of_text(text)] == [
        ("a", True),
        ("a/b", False),
        ("a/c", True),
        ("a/c/d", False),
    ]


@pytest.mark.parametrize(
    ("line", "name", "comment"),
    [
        ("app.py # the server", "app.py", "the server"),
        ("app.py  — the server", "app.py", "the server"),
        ("app.py  // the server", "app.py", "the server"),
        ("app.py <-- here", "app.py", "here"),
        ("a file with blanks.txt", "a file with blanks.txt", ""),
        ("notes-2024.md", "notes-2024.md", ""),
        ("C#/", "C#", ""),
        ("current -> releases/7", "current -> releases/7", ""),
        ("--help.txt", "--help.txt", ""),
        ("[slug].tsx  # a route", "[slug].tsx", "a route"),
    ],
)
def test_comments(line: str, name: str, comment: str) -> None:
    """A comment begins with a sign after a blank; what belongs to a name stays there."""
    [entry] = of_text(line)
    assert (entry.name, entry.comment) == (name, comment)


def test_indentation_that_no_entry_has() -> None:
    """A line between two levels is an error with its number, not an entry at a guessed level."""
    with pytest.raises(TreeError, match="'c' is indented by 2, unlike every line above it"):
        of_text("a/\n    b\n  c")


def test_paths_of_entries() -> None:
    """A path names the entry that it is the whole path of, or else all whose paths end in it."""
    entries = of_text("a/\n  x\n  b/\n    x")
    assert matching(entries, "a/x") == [1]
    assert matching(entries, "x") == [1, 3]
    assert matching(entries, "b/x/") == [3]
    assert matching(entries, "/a/b") == [2]
    assert matching(entries, "c") == []


def test_a_listing_of_a_folder() -> None:
    """A folder's listing gives the entries in its order."""
    assert of_listing(["src/", "src/a.py"]) == [Entry(("src",), folder=True), Entry(("src", "a.py"))]


def test_folders_first_and_numbers_by_value(tmp_path: Path) -> None:
    """A folder is listed in an order that no file system changes, without hidden and excluded names."""
    for name in ("b10.txt", "B2.txt", "a.pyc", ".hidden", ".git/config", "zed/deep/deeper/x", "node_modules/m"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = listing(tmp_path, "p", {"depth": 2, "exclude": ["*.pyc", "node_modules"]})
    assert found.names == ["zed/", "zed/deep/", "B2.txt", "b10.txt"]
    assert found.folders == [tmp_path, tmp_path / "zed"]
    assert listing(tmp_path, "p", {"depth": 1, "exclude": ["[Bb]*", "zed"], "hidden": True}).names == [
        "node_modules/",
        ".hidden",
        "a.pyc",
    ]


def test_names_that_are_no_usual_text(tmp_path: Path) -> None:
    """Digits without a value of their own are letters, and bytes that are no UTF-8 are shown as such."""
    for name in ("10²", "9²", "²"):
        (tmp_path / name).mkdir()
    (tmp_path / os.fsdecode(b"a\xff") / "b").mkdir(parents=True)
    assert listing(tmp_path, "p", {"depth": 2}).names == ["9²/", "10²/", "a�/", "a�/b/", "²/"]


def test_symlinks_are_names(tmp_path: Path) -> None:
    """A symlink is listed but never followed, so that a listing stays in the project and ends."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "out").symlink_to("/")
    (tmp_path / "in" / "loop").symlink_to(tmp_path)
    assert listing(tmp_path, "p", {"depth": 8}).names == ["in/", "in/loop", "in/out"]


def test_listings_end(tmp_path: Path) -> None:
    """A folder of any size is read only as far as its limit."""
    for index in range(MAX_NAMES + 50):
        (tmp_path / f"f{index}").touch()
    assert len(listing(tmp_path, "p", {"depth": 1}).names) == MAX_NAMES


def test_folders_that_cannot_be_listed(tmp_path: Path) -> None:
    """A folder that is missing or is a file is an error."""
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="folder 'no' does not exist"):
        listing(tmp_path / "no", "no", {})
    with pytest.raises(InputError, match="'file' is a file, not a folder"):
        listing(tmp_path / "file", "file", {})


def test_a_folder_in_a_spec(tmp_path: Path) -> None:
    """A scene shows the names in a folder of the project, and its plan depends on each folder that was read."""
    (tmp_path / "src" / "models").mkdir(parents=True)
    (tmp_path / "src" / "app.py").touch()
    scene = {"id": "s", "type": "tree", "folder": "src", "duration": 2}
    examined = try_parse({"vidbuild": 1, "title": "A", "scenes": [scene]}, tmp_path / "v.yaml")
    assert examined.spec is not None
    assert [item.message for item in examined.diagnostics] == []
    drawing = TREE.drawing(examined.spec.scenes[0])
    assert [entry["name"] for entry in drawing["entries"]] == ["models/", "app.py"]
    assert drawing["filename"] == "src"
    assert {tmp_path / "src", tmp_path / "src" / "models"} <= set(examined.spec.files)


def test_what_connects_entries() -> None:
    """A line leads to each entry from the one before it in its folder, or else from the folder."""
    drawing = scene_samples.drawing("tree", tree="a/\n  b/\n    c\n  d\ne")
    assert [entry["from"] for entry in drawing["entries"]] == [-1, 0, 1, 1, -1]


def test_entries_one_by_one() -> None:
    """Entries appear with their words; a highlight follows its own."""
    assert reveals(tree="a/\n  .env\n  …", reveal="entries", highlight=[{"path": ".env"}]) == [
        ("tree", None, "a", ["step-0"]),
        ("tree", None, "env", ["step-1"]),
        ("tree", None, "", ["step-2"]),
        ("highlight.0", None, "env", ["bar-0", "focus-0"]),
    ]


def test_listed_entries_appear_later_than_the_others() -> None:
    """Entries in a list appear in its order, the others with the window; lines pass what is not there yet."""
    fields: dict[str, Any] = {"tree": "a/\n  b\n  c\n  d", "reveal": [{"path": "b", "at": "go"}, {"path": "d"}]}
    scene = scene_samples.scene("tree", **fields)
    assert reveals(**fields) == [("reveal.0", "go", "b", ["step-1"]), ("reveal.1", None, "d", ["step-2"])]
    assert TREE.entrances(scene) == {"window": "rise", "step-0": "rise"}
    entries = TREE.drawing(scene)["entries"]
    assert [(entry["step"], entry["from"]) for entry in entries] == [(0, -1), (1, 0), (0, 0), (2, 2)]


def test_no_layer_is_left_if_all_entries_are_listed() -> None:
    """With every entry in the list, the window rises alone; an entry that is named twice is an error."""
    assert TREE.entrances(scene_samples.scene("tree", tree="a", reveal=[{"path": "a"}])) == {"window": "rise"}
    assert problems(tree="a", reveal=[{"path": "a"}, {"path": "./a"}]) == [("reveal.1.path", "'./a' appears twice")]


def test_entries_level_by_level_and_at_once() -> None:
    """With levels, each level is one layer; at once, all entries rise with the window."""
    assert reveals(tree="a/\n  b\nc", reveal="levels") == [
        ("tree", None, "", ["step-0"]),
        ("tree", None, "", ["step-1"]),
    ]
    assert reveals(tree="a/\n  b") == []
    assert TREE.entrances(scene_samples.scene("tree", tree="a")) == {"window": "rise", "step-0": "rise"}


def test_limits_and_paths() -> None:
    """Too many entries, and paths that name none or several, are errors at their fields."""
    many = "\n".join(f"f{index}" for index in range(101))
    assert problems(tree=many) == [("tree", "the tree has 101 entries: the maximum is 100")]
    fewer = "\n".join(f"f{index}" for index in range(49))
    assert problems(tree=fewer, reveal="entries") == [("tree", "49 entries appear one by one: the maximum is 48")]
    assert problems(tree=fewer) == []
    assert problems(tree="a", highlight=[{"path": "b"}]) == [("highlight.0.path", "'b' is not in the tree")]
    assert problems(tree="a/\n  a", highlight=[{"path": "a"}]) == []
    assert problems(tree="b/\n  a\nc/\n  a", highlight=[{"path": "a"}]) == [
        ("highlight.0.path", "'a' is in the tree 2 times")
    ]
    assert problems() == [("", "a tree scene needs 'tree' or 'folder'")]


def test_comments_are_below_names_that_leave_no_room(tmp_path: Path) -> None:
    """A name that fills its row has its comment below, in wide frames too, rather than none of it."""
    text = f"src/\n  {'a_long_name_' * 6}.py  # what is in this file, in some words\n  b.py  # short\n"
    made = drawn(tmp_path, "tree", scene_samples.drawing("tree", tree=text), size=(1920, 1080))
    assert made.warnings == []
