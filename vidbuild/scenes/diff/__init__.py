"""The diff scene. Layers: heading, window, code, then for each change i: gone-i (removed lines) and added-i."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

from vidbuild.model import Scene
from vidbuild.scenes import isolation
from vidbuild.scenes.code import languages
from vidbuild.scenes.code.source import changed_file, code_lines, joined, source_text, unknown_language, wide
from vidbuild.scenes.defaults import SceneDefaults, line_span, rising, texts
from vidbuild.scenes.diff import changes, patch
from vidbuild.scenes.diff.changes import Row
from vidbuild.scenes.named import repeated
from vidbuild.scenes.protocol import Reveal, SceneProblem

MAX_ROWS = 120  # more than any frame can show
MAX_CHANGES = 20  # each has two layers
MAX_COLORED = 3000  # lines of a file that are highlighted as a whole, so that colors do not depend on what is shown


class DiffScene(SceneDefaults):
    """A file's changes in a window: removed lines are marked, then added lines appear, one change after the other."""

    name = "diff"
    summary = "the changes of a file, from two texts or a patch, one after the other"
    follows_language = True
    spec_fields: Mapping[str, str] = {"old": "from", "new": "to", "wide": "to", "rows": "to", "source": "to"}

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require changes from one source: at least one, and not more than a frame can show."""
        if problem := _source_problem(fields):
            yield problem
            return
        source = _source(fields)
        try:
            found = _diff(fields)
        except patch.PatchError as error:
            span = line_span(fields["patch"], error.line) if error.line else None
            field = "patch" if span else "path" if "path" in fields else source
            yield SceneProblem(field, str(error), error.hint, span)
            return
        except changes.TooManyLinesError:
            message = f"more than {changes.MAX_COMPARED} lines differ between 'from' and 'to'"
            yield SceneProblem(source, message, "give a 'patch' with a part of the changes")
            return
        count = _count(found)
        if count == 0:
            yield SceneProblem("to", "'from' and 'to' are equal: there is no change to show")
        elif len(found.rows) > MAX_ROWS:
            hint = "show a part of the patch" if source != "to" else "show a part of the texts, or less 'context'"
            yield SceneProblem(source, f"the diff has {len(found.rows)} lines: the maximum is {MAX_ROWS}", hint)
        elif count > MAX_CHANGES:
            yield SceneProblem(source, f"the diff has {count} changes: the maximum is {MAX_CHANGES}")
        else:
            yield from _unknown_changes(fields, count)

    def lint(self, scene: Scene) -> Iterator[SceneProblem]:
        """Warn of code without colors."""
        yield from unknown_language("language", scene.fields["language"])

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return the visible content as JSON values.

        {"title", "filename", "language": typst's name for it, "old", "new": lines before and after, "wide": characters
        in them that take two columns, "source": the field to which warnings belong, "rows": [{"kind", "old", "new":
        numbers, "line": index in "old", or in "new" for an added line, "change", "marks", "count"}], "changes": how
        many}.
        """
        found = _diff(scene.fields)
        old, new = found.old, found.new
        return {
            **texts(scene.fields, "title"),
            "filename": scene.fields["filename"] or found.name or None,
            "language": found.language or None,
            "old": joined(old),
            "new": joined(new),
            "wide": wide((*old, *new)),
            "source": _source(scene.fields),
            "rows": list(_drawn(found)),
            "changes": _count(found),
        }

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the window rise with the lines as they were, and the changes that have no time of their own."""
        found = _diff(scene.fields)
        later = {index for _, index, _ in _revealed(scene.fields, found)}
        shown = [layer for index in range(_count(found)) if index not in later for layer in _layers(found, index)]
        return {
            **rising(scene.fields, {"heading": "title"}),
            **dict.fromkeys(("window", "code", *shown), "rise"),
        }

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Mark the removed lines of each change, then let the added ones appear."""
        found = _diff(scene.fields)
        reveals = []
        for field, index, at in _revealed(scene.fields, found):
            first, *following = _layers(found, index)
            reveals.append(Reveal(field=field, at=at, enter={first: "fade", **dict.fromkeys(following, "follow")}))
        return reveals


class _Diff(NamedTuple):
    """Rows, the lines before and after in which they are, and the name and typst's language of the file.

    whole: whether `old` and `new` are the whole file; otherwise, they are the lines of the rows.
    """

    rows: Sequence[Row]
    old: Sequence[str]
    new: Sequence[str]
    whole: bool
    name: str
    language: str | None


def _source(fields: Mapping[str, Any]) -> str:
    return "file" if "file" in fields else "patch" if "patch" in fields else "to"


def _source_problem(fields: Mapping[str, Any]) -> SceneProblem | None:
    pair = [name for name in ("from", "to") if name in fields]
    if "patch" in fields and pair:
        source = "file" if "file" in fields else "patch"
        return SceneProblem(source, f"'{source}' and '{pair[0]}' cannot both be given", "remove it")
    if "patch" in fields or pair == ["from", "to"]:
        return None
    if pair:
        missing = "to" if pair == ["from"] else "from"
        return SceneProblem(pair[0], f"'{pair[0]}' needs '{missing}'")
    return SceneProblem("", "a diff scene needs 'from' and 'to', 'patch' or 'file'")


def _count(found: _Diff) -> int:
    return 1 + max((row.change for row in found.rows), default=-1)


def _layers(found: _Diff, change: int) -> list[str]:
    """Return the layers of a change: of its removed lines, then of its added ones."""
    kinds = {row.kind for row in found.rows if row.change == change}
    return [f"{layer}-{change}" for layer, kind in (("gone", "-"), ("added", "+")) if kind in kinds]


def _revealed(fields: Mapping[str, Any], found: _Diff) -> list[tuple[str, int, str | float | None]]:
    """Return the field, the index and the time of each change that appears later."""
    reveal = fields["reveal"]
    if isinstance(reveal, str):
        return [(_source(fields), index, None) for index in range(_count(found) if reveal == "changes" else 0)]
    return [(f"reveal.{nth}", item["change"] - 1, item.get("at")) for nth, item in enumerate(reveal)]


def _unknown_changes(fields: Mapping[str, Any], count: int) -> Iterator[SceneProblem]:
    listed = [] if isinstance(fields["reveal"], str) else [item["change"] for item in fields["reveal"]]
    for nth, change in enumerate(listed):
        if change > count:
            message = f"no change {change} in the diff, which has {count} change{'s' if count != 1 else ''}"
            yield SceneProblem(f"reveal.{nth}.change", message)
    if (twice := repeated(listed)) is not None:
        yield SceneProblem(f"reveal.{twice}.change", f"change {listed[twice]} appears twice")


def _diff(fields: Mapping[str, Any]) -> _Diff:
    """Raises PatchError or TooManyLinesError."""
    if "patch" in fields:
        chosen = patch.choose(patch.parse(isolation.without_controls(fields["patch"])), fields.get("path", ""))
        found = [_expanded(hunk) for hunk in chosen.hunks]
        name, rows = PurePath(chosen.name).name, changes.rows(found, None)
        old, new = ([row.text for row in rows if row.kind in kinds] for kinds in (" -", " +"))
        return _Diff(rows, old, new, False, name, _language(fields, chosen.name, "\n".join(new)))
    old, new = (code_lines(source_text(fields[side])) for side in ("from", "to"))
    rows = changes.rows(changes.compared(old, new, fields["context"]), len(old))
    name = PurePath(changed_file(fields)).name
    whole = max(len(old), len(new)) <= MAX_COLORED
    if not whole:
        old, new = ([row.text for row in rows if row.kind in kinds] for kinds in (" -", " +"))
    return _Diff(rows, old, new, whole, name, _language(fields, name, "\n".join(new)))


def _expanded(hunk: patch.Hunk) -> patch.Hunk:
    """Return the hunk with its lines as the code scene draws lines."""
    lines = [patch.Line(line.kind, (code_lines(line.text) or [""])[0]) for line in hunk.lines]
    return patch.Hunk(hunk.old, hunk.new, tuple(lines))


def _language(fields: Mapping[str, Any], name: str, code: str) -> str | None:
    if fields["language"] or not name:
        return languages.typst_name(fields["language"])
    return languages.of_file(name, code)


def _drawn(found: _Diff) -> Iterator[dict[str, Any]]:
    before = after = 0  # lines of the rows so far
    for row in found.rows:
        line = after if row.kind == "+" else before
        if found.whole:
            line = ((row.new if row.kind == "+" else row.old) or 1) - 1
        before += row.kind in " -"
        after += row.kind in " +"
        numbers = {"old": row.old, "new": row.new, "line": line, "count": row.count}
        yield {"kind": row.kind, "change": row.change, "marks": [list(mark) for mark in row.marks], **numbers}


SCENE = DiffScene()
