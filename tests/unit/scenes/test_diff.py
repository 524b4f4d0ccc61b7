"""The diff scene: patches of every tool, rows and folds, the words that differ, and what is rejected."""

from __future__ import annotations

import difflib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import scene_samples
from vidbuild.scenes.diff import changes, patch
from vidbuild.scenes.registry import SCENE_TYPES

DIFF = SCENE_TYPES["diff"]
GIT = """From 1234 Mon Sep 17 00:00:00 2001
Subject: [PATCH] Longer timeout

---
 src/client.py | 2 +-
diff --git a/src/client.py b/src/client.py
index 1234567..89abcde 100644
--- a/src/client.py
+++ b/src/client.py
@@ -10,4 +10,4 @@ class Client:
 one
-two
+zwei

 four
@@ -30 +30,2 @@
 last
+added
\\ No newline at end of file
diff --git a/old.py b/new.py
similarity index 90%
rename from old.py
rename to new.py
--- a/old.py
+++ b/new.py
@@ -1 +1 @@
-a
+b
diff --git a/logo.png b/logo.png
Binary files a/logo.png and b/logo.png differ
--
2.39.2
"""


def shown(rows: list[changes.Row]) -> list[str]:
    """Rows as text: the kind, both numbers, and the text or the count of a fold."""
    return [f"{row.kind[0]}{row.old or ''}:{row.new or ''} {row.text or row.count or ''}".rstrip() for row in rows]


def problems(**fields: Any) -> list[tuple[str, str]]:
    """What the type rejects in its fields."""
    return [(item.field, item.message) for item in DIFF.check(scene_samples.scene("diff", **fields).fields)]


def test_a_patch_of_git() -> None:
    """A mail of git has its files by their new names, with hunks, a binary file, and no line of its headers."""
    files = patch.parse(GIT)
    assert [(item.name, len(item.hunks), item.binary) for item in files] == [
        ("src/client.py", 2, 0),
        ("new.py", 1, 0),
        ("logo.png", 0, 30),
    ]
    assert shown(changes.rows(files[0].hunks, None)) == [
        *("f: 9", " 10:10 one", "-11: two", "+:11 zwei", " 12:12", " 13:13 four"),
        *("f: 16", " 30:30 last", "+:31 added"),
    ]


@pytest.mark.parametrize("prefix", [("a/", "b/"), ("", ""), ("i/", "w/")])
def test_names_in_headers(prefix: tuple[str, str]) -> None:
    """A name has no prefix of git, no time stamp and no quotes."""
    old, new = prefix
    text = f'--- {old}my file.py\t2026-01-01 10:00\n+++ "{new}my file.py"\t2026-01-02\n@@ -1 +1 @@\n-a\n+b\n'
    assert [item.name for item in patch.parse(text)] == ["my file.py"]


def test_names_that_git_quotes() -> None:
    """Git writes the bytes of other letters as octal numbers."""
    text = 'diff --git "a/\\303\\251 \\"x\\".py" "b/\\303\\251 \\"x\\".py"\n'
    [file] = patch.parse(text + '--- "a/\\303\\251 \\"x\\".py"\n+++ "b/\\303\\251 \\"x\\".py"\n@@ -1 +1 @@\n-a\n+b\n')
    assert file.name == 'é "x".py'
    [other] = patch.parse('--- "a/\\9.py"\n+++ "b/\\9.py"\n@@ -1 +1 @@\n-a\n+b\n')  # as no git writes it
    assert other.name == "9.py"


def test_files_that_come_and_go() -> None:
    """A new file has the numbers of its lines, a deleted one its old name."""
    text = "--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,2 @@\n+a\n+b\n--- a/gone.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
    new, gone = patch.parse(text)
    assert (new.name, shown(changes.rows(new.hunks, None))) == ("new.py", ["+:1 a", "+:2 b"])
    assert (gone.name, shown(changes.rows(gone.hunks, None))) == ("gone.py", ["-1: a"])


def test_lines_that_look_like_headers() -> None:
    """A removed line "-- x" is a line, since the hunk's header counts it."""
    [file] = patch.parse("--- a/x.sql\n+++ b/x.sql\n@@ -1,2 +1,2 @@\n--- a comment\n+++ b\n c\n")
    assert [line.text for line in file.hunks[0].lines] == ["-- a comment", "++ b", "c"]


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("nothing", "", "no hunk such as "),
        (
            "@@ -1,2 +1,2 @@\n a\n",
            "",
            ".* counts 2 old and 2 new lines, but the hunk has 1 old and 1 new lines",
        ),
        ("@@ -1,2 +1 @@\n-a\n+b\n+c\n", "", "the hunk of line 1 has more lines than '@@ -1,2 \\+1 @@' counts"),
        ("\n@@ -1 +1 @@\n a\n", "", "the patch changes no line"),
        ("@@ x @@", "", "'@@ x @@' is not a hunk's header"),
        ("@@@ -1 -1 +1 @@@", "", "a patch of a merge"),
        (GIT, "", "the patch changes 2 files"),
        (GIT, "client", "'client' is not in the patch"),
        (GIT, "logo.png", "'logo.png' is binary"),
    ],
)
def test_patches_that_cannot_be_shown(text: str, path: str, message: str) -> None:
    """What is wrong with a patch is an error with the line."""
    with pytest.raises(patch.PatchError, match=message):
        patch.choose(patch.parse(text), path)


def test_a_file_of_several() -> None:
    """A file is chosen by its path or the end of it."""
    assert patch.choose(patch.parse(GIT), "client.py").name == "src/client.py"
    assert patch.choose(patch.parse(GIT), "src/client.py").name == "src/client.py"


def test_two_texts() -> None:
    """Two texts become rows with the numbers of both sides, and a fold for what is far from the change."""
    old = [str(number) for number in range(1, 11)]
    new = [*old[:4], "five", "more", *old[5:]]
    assert shown(changes.rows(changes.compared(old, new, 1), 10)) == [
        *("f: 3", " 4:4 4", "-5: 5", "+:5 five", "+:6 more", " 6:7 6", "f: 4"),
    ]


def test_a_fold_stands_for_more_than_a_line() -> None:
    """One unchanged line is shown, as its fold would take as much room."""
    rows = changes.rows(changes.compared(list("abcdefg"), list("aBcdeFg"), 1), 7)
    assert [row.kind for row in rows].count("fold") == 0
    assert len(rows) == 9


LINES = st.lists(st.sampled_from(["a", "b", "", "  c", "x = 1"]), max_size=30)


@settings(deadline=None, max_examples=200)
@given(LINES, LINES, st.integers(0, 3))
def test_rows_hold_both_texts(old: list[str], new: list[str], context: int) -> None:
    """Whatever the texts, each line that is shown has its number in its own text, and folds count the others."""
    rows = changes.rows(changes.compared(old, new, context), len(old))
    for row in rows:
        assert row.old is None or old[row.old - 1] == row.text
        assert row.new is None or new[row.new - 1] == row.text
    folded = sum(row.count for row in rows)
    assert sum(row.old is not None for row in rows) + folded == len(old)
    assert sum(row.new is not None for row in rows) + folded == len(new)


@settings(deadline=None, max_examples=100)
@given(LINES, LINES)
def test_patches_of_difflib(old: list[str], new: list[str]) -> None:
    """A patch that the standard library writes has the same lines as the comparison of its texts."""
    text = "\n".join(difflib.unified_diff(old, new, "a/x.py", "b/x.py", lineterm=""))
    files = patch.parse(text)
    rows = changes.rows(files[0].hunks if files else [], len(old))
    assert [row.text for row in rows if row.kind == "-"] == [
        line[1:] for line in text.split("\n")[2:] if line[:1] == "-"
    ]
    for row in rows:
        assert row.old is None or old[row.old - 1] == row.text
        assert row.new is None or new[row.new - 1] == row.text


def test_a_patch_that_git_writes(tmp_path: Path) -> None:
    """The rows of a patch from git itself have the numbers of the files."""
    git = shutil.which("git")
    assert git is not None
    old = [f"line {number}" for number in range(40)]
    new = [*old[:5], "new", *old[5:20], *old[22:], "end"]
    (tmp_path / "a.txt").write_text("\n".join(old) + "\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("\n".join(new), encoding="utf-8")
    command = [git, "diff", "--no-index", "a.txt", "b.txt"]
    text = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, text=True).stdout
    rows = changes.rows(patch.choose(patch.parse(text), "").hunks, len(old))
    for row in rows:
        assert row.old is None or old[row.old - 1] == row.text
        assert row.new is None or new[row.new - 1] == row.text
    assert [row.text for row in rows if row.kind == "+"] == ["new", "end"]


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("f(a, timeout=5)", "f(a, timeout=30)", [(13, 14)], [(13, 15)]),
        ("f(a)", "f(a, b)", [], [(3, 6)]),
        ("日本 = 1", "日本 = 2", [(7, 8)], [(7, 8)]),
        ("nothing", "like(it)", [], []),
        ("שלום = 1", "שלום = 2", [], []),
        ("\U0001e900\U0001e901 = 1", "\U0001e900\U0001e901 = 2", [], []),
    ],
)
def test_words_that_differ(old: str, new: str, before: list[Any], after: list[Any]) -> None:
    """In a changed line the words that differ are marked by their columns; lines that are unlike have no marks."""
    removed, added = changes.rows(changes.compared([old], [new], 0), 1)
    assert (removed.marks, added.marks) == (before, after)


def test_texts_that_differ_too_much() -> None:
    """Texts that would take long to compare are rejected by name of the limit; long ones alike are not."""
    many = "\n".join(f"a{number}" for number in range(1500))
    other = "\n".join(f"b{number}" for number in range(1500))
    assert problems(**{"from": many, "to": other}) == [("to", "more than 1000 lines differ between 'from' and 'to'")]
    assert problems(**{"from": many, "to": many.replace("a700\n", "x\n")}) == []


def test_limits() -> None:
    """A diff has at most the lines and the changes that a frame can show."""
    many = "\n".join(f"a{number}" for number in range(130))
    assert problems(**{"from": "x", "to": many}) == [("to", "the diff has 131 lines: the maximum is 120")]
    old = "\n".join(f"a{number}" for number in range(42))
    new = "\n".join(f"{'b' if number % 2 else 'a'}{number}" for number in range(42))
    assert problems(**{"from": old, "to": new}) == [("to", "the diff has 21 changes: the maximum is 20")]


def test_removed_lines_go_first() -> None:
    """Each change marks its removed lines, then its added ones follow; it comes at its own time."""
    fields = {"from": "a\nb\nc\n", "to": "A\nb\nc\nd\n", "reveal": [{"change": 2, "at": "one"}, {"change": 1}]}
    found = DIFF.reveals(scene_samples.scene("diff", **fields))
    assert [(item.field, item.at, dict(item.enter)) for item in found] == [
        ("reveal.0", "one", {"added-1": "fade"}),
        ("reveal.1", None, {"gone-0": "fade", "added-0": "follow"}),
    ]


@pytest.mark.parametrize(
    ("reveal", "later", "shown"),
    [
        ("changes", ["gone-0", "added-0", "added-1"], set()),
        ("none", [], {"gone-0", "added-0", "added-1"}),
        ([{"change": 2}], ["added-1"], {"gone-0", "added-0"}),
    ],
)
def test_what_appears_later(reveal: Any, later: list[str], shown: set[str]) -> None:
    """Changes appear one by one, except those that `reveal` does not list: they are there from the start."""
    scene = scene_samples.scene("diff", **{"from": "a\nb\nc\n", "to": "A\nb\nc\nd\n", "reveal": reveal})
    assert [layer for item in DIFF.reveals(scene) for layer in item.enter] == later
    assert DIFF.entrances(scene).keys() - {"heading", "window", "code"} == shown


def test_what_is_drawn() -> None:
    """The drawing has both texts as a whole, so that a fold changes no colors, and no path."""
    fields = {"from": {"file": "/secret/old.py", "code": "a\n"}, "to": {"file": "/secret/new.py", "code": "b\n"}}
    drawing = scene_samples.drawing("diff", **fields)
    assert (drawing["filename"], drawing["language"]) == ("new.py", "py")
    assert (drawing["old"], drawing["new"], drawing["changes"]) == ("a", "b", 1)
    assert [row["line"] for row in drawing["rows"]] == [0, 0]
    drawing = scene_samples.drawing("diff", patch=GIT, path="client.py")
    assert drawing["filename"] == "client.py"
    lines = {"+": drawing["new"].split("\n"), "-": drawing["old"].split("\n"), " ": drawing["old"].split("\n")}
    texts = [lines[row["kind"]][row["line"]] for row in drawing["rows"] if row["kind"] != "fold"]
    assert texts == ["one", "two", "zwei", "", "four", "last", "added"]
