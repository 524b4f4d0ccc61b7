"""The code scene.

Layers: heading, window; code-dim and code, or a part-k for each step of the reveal; for each highlight or focus i:
bar-i and focus-i; note-k for each annotation. Code that changes has a layer for each part: keep-k, gone-k, new-k.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from vidbuild import inline
from vidbuild.model import Scene
from vidbuild.scenes.code import languages, morph
from vidbuild.scenes.code.markers import MarkerError
from vidbuild.scenes.code.source import Source, changed_file, joined, problem, source_text, wide
from vidbuild.scenes.defaults import SceneDefaults, line_span, rising, texts
from vidbuild.scenes.protocol import Reveal, SceneProblem

HIDDEN = "\u2022" * 24  # what stands for a line that a callout blurs
MAX_STEPS = 40  # of a reveal: each is a layer
Entry = Mapping[str, Any] | str | int  # of `highlight` or `focus`
OF_ONE_CODE = ("code", "file", "lines", "highlight", "focus", "annotations", "scroll")


class CodeScene(SceneDefaults):
    """Code in a window; highlighted lines stay bright while the others are dimmed."""

    name = "code"
    modules = ("lines", "change")
    spec_fields: Mapping[str, str] = {"wide": "code", "old": "from", "new": "to", "notes": "annotations"}
    summary = "code in a window: revealed, highlighted, annotated, scrolled, or changing into other code"
    points_at = "lines"
    enlarges = ("window", "code")

    def extent(self, fields: Mapping[str, Any]) -> tuple[int, int]:
        """Return the first and the last line that is shown."""
        shown = Source.of(fields["code"]).shown(fields) if "code" in fields else []
        return (shown[0], shown[-1]) if shown else (1, 1)

    def moving(self, fields: Mapping[str, Any]) -> str:
        """Return what moves the lines: a change into other code, or scrolling."""
        return "to" if "from" in fields else "scroll" if fields["scroll"] else ""

    def redacted(self, fields: Mapping[str, Any], regions: Sequence[Mapping[str, int]]) -> dict[str, Any]:
        """Replace each hidden line by as many dots, whatever its text: even its length could tell what it was."""
        named = {number for each in regions for number in range(each["from"], each["to"] + 1)}
        hidden = named.intersection(Source.of(fields["code"]).marked.numbers)  # not the markers, which are not shown
        lines = fields["code"].split("\n")
        code = "\n".join(HIDDEN if number in hidden else line for number, line in enumerate(lines, 1))
        return {**fields, "code": code}

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require code from one source, and ranges of lines that it has."""
        if "from" in fields or "to" in fields:
            yield from _morph_problems(fields)
        elif fields.get("code") is None:
            yield SceneProblem("", "a code scene needs 'code' or 'file'")
        elif "at" in fields:
            yield SceneProblem("at", "'at' is the time of a change, which needs 'from' and 'to'")
        else:
            try:
                source = Source.of(fields["code"])
            except MarkerError as error:
                yield SceneProblem("code", str(error), span=line_span(fields["code"], error.line))
                return
            yield from _range_problems(fields, source)

    def lint(self, scene: Scene) -> Iterator[SceneProblem]:
        """Warn of code without colors."""
        fields = scene.fields
        if _language(fields) is not None:
            return
        named = fields["language"] or PurePath(_file(fields)).name
        hint = languages.hint(fields["language"]) if fields["language"] else f"set 'language: {languages.PLAIN}'"
        field = "language" if fields["language"] else "file" if "file" in fields else "to"
        yield SceneProblem(field, f"no syntax highlighting for '{named}'", hint, code="VB321")

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return the visible content as JSON values.

        {"title", "filename", "language": typst's name for it, "code": the shown lines, "wide": characters in it that
        take two columns, "first": the number of the first line, "highlights": [{"from", "to"}] by those numbers};
        title, file name and language can be None. What few scenes have is there only if it is set: "numbers": of the
        lines in the code as it is written, if it has markers; "bars": false if lines are in focus without a bar;
        "parts": [[from, to]] of a reveal; "notes": [{"line", "text"}]; "scroll".
        Code that changes has "old", "new" and "changes": [{"kind", "old", "new", "length"}] instead of "code".
        """
        fields = scene.fields
        filename = fields["filename"] or (PurePath(_file(fields)).name or None)
        shared = {**texts(fields, "title"), "filename": filename, "language": _language(fields) or None}
        if "from" in fields:
            old, new = _changing(fields)
            changes = [part._asdict() for part in morph.parts(old, new)]
            return {**shared, "old": joined(old), "new": joined(new), "wide": wide((*old, *new)), "changes": changes}
        source = Source.of(fields["code"])
        numbers = source.shown(fields)
        shown = [source.lines[number - 1] for number in numbers]
        first = source.counted(numbers[0]) if numbers else 1
        ranges = [source.counted_range(_lines(item)) for item in _marked(fields)]
        return {
            **shared,
            "code": joined(shown),
            "wide": wide(shown),
            "first": first,
            "highlights": [{"from": low, "to": high} for low, high in ranges],
            **({"numbers": list(numbers)} if len(source.marked.numbers) < len(source.lines) else {}),
            **({"bars": False} if fields["focus"] else {}),
            **(
                {"parts": [list(part) for part in _parts(fields["reveal"], shown)]}
                if fields["reveal"] != "none"
                else {}
            ),
            **({"notes": list(_notes(fields, source))} if fields["annotations"] else {}),
            **({"scroll": True} if fields["scroll"] else {}),
        }

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the window rise with its code, unless that is revealed step by step."""
        fields = scene.fields
        if "from" in fields:
            names = [f"{part.kind}-{index}" for index, part in enumerate(morph.parts(*_changing(fields)))]
            code = [name for name in names if not name.startswith("new")]
        else:
            code = ["code"] if fields["reveal"] == "none" else []
        return {**rising(fields, {"heading": "title"}), "window": "rise", **dict.fromkeys(code, "rise")}

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Reveal the code, then replace each highlight by the next one; the first one dims the other lines."""
        fields = scene.fields
        if "from" in fields:
            return [_change(fields)]
        source = Source.of(fields["code"])
        shown = [source.lines[number - 1] for number in source.shown(fields)]
        parts = [] if fields["reveal"] == "none" else list(_revealed(fields, shown))
        code = [layer for part in parts for layer in part.enter] or ["code"]
        marked = [_highlight(index, item, code, fields) for index, item in enumerate(_marked(fields))]
        marked[-1:] = [replace(last, until_next=()) for last in marked[-1:]]  # a note does not take its place
        notes = [
            Reveal(f"annotations.{index}", item.get("at"), inline.plain(item["text"]), {f"note-{index}": "fade"})
            for index, item in enumerate(fields["annotations"])
        ]
        return [*parts, *marked, *notes]


def _marked(fields: Mapping[str, Any]) -> Sequence[Entry]:
    """Return the entries of `focus` or `highlight`; a scene has at most one of them."""
    entries: Sequence[Entry] = fields["focus"] or fields["highlight"]
    return entries


def _lines(item: Entry) -> str | int:
    lines: str | int = item["lines"] if isinstance(item, Mapping) else item
    return lines


def _notes(fields: Mapping[str, Any], source: Source) -> Iterator[dict[str, Any]]:
    for item in fields["annotations"]:
        yield {"line": source.counted_range(item["line"])[0], **texts(item, "text")}


def _parts(reveal: str, lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return the lines [from, to) of each step of a reveal; empty lines belong to the step before them."""
    starts = [
        index
        for index, line in enumerate(lines)
        if line.strip() and (reveal != "blocks" or index == 0 or not lines[index - 1].strip())
    ]
    return list(zip(starts, [*starts[1:], len(lines)], strict=True))


def _revealed(fields: Mapping[str, Any], lines: Sequence[str]) -> Iterator[Reveal]:
    source = "file" if "file" in fields else "code"
    for index, (first, last) in enumerate(_parts(fields["reveal"], lines)):
        if fields["reveal"] == "type":
            count = sum(len(line.strip()) for line in lines[first:last])
            enter, typed = {f"part-{index}": "type"}, index > 0
            yield Reveal(field=source, enter=enter, characters=count, after_previous=typed)
        else:
            yield Reveal(field=source, enter={f"part-{index}": "rise" if fields["reveal"] == "blocks" else "fade"})


def _highlight(index: int, item: Entry, code: Sequence[str], fields: Mapping[str, Any]) -> Reveal:
    field, scroll, waits = "focus" if fields["focus"] else "highlight", fields["scroll"], fields["reveal"] == "type"
    bar = field == "highlight"
    layers = (*((f"bar-{index}",) if bar else ()), f"focus-{index}")
    # What is highlighted before scrolls away with the code while it fades.
    before = [layer.replace(f"-{index}", f"-{index - 1}") for layer in layers] if index else []
    dim = {"code-dim": "cut"} if index == 0 else {}  # it is under the whole code, which fades away above it
    return Reveal(
        field=f"{field}.{index}",
        at=item.get("at") if isinstance(item, Mapping) else None,
        enter={**dim, **dict.fromkeys(layers, "follow" if scroll else "fade")},
        leave=tuple(code) if index == 0 else (),
        until_next=layers,
        after_previous=waits and index == 0,
        zooms={"code": index, "code-dim": index, **dict.fromkeys(before, 0)} if scroll else {},
    )


def _change(fields: Mapping[str, Any]) -> Reveal:
    """Move the kept lines to their new places while others go, then let the new ones come."""
    parts = {f"{part.kind}-{index}": part.kind for index, part in enumerate(morph.parts(*_changing(fields)))}
    of_kind = {kind: [name for name, own in parts.items() if own == kind] for kind in ("keep", "gone", "new")}
    return Reveal(
        field="to",
        at=fields.get("at"),
        enter=dict.fromkeys(of_kind["new"], "follow"),
        leave=tuple(of_kind["gone"]),
        moves=dict.fromkeys(of_kind["keep"], 0),
    )


def _changing(fields: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the lines before and after a change, without markers. Raises MarkerError."""
    old, new = (Source.of(source_text(fields[side])) for side in ("from", "to"))
    first, second = ([each.lines[number - 1] for number in each.marked.numbers] for each in (old, new))
    return first, second


def _morph_problems(fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
    given = next(name for name in ("from", "to") if name in fields)
    missing = next((name for name in ("from", "to") if name not in fields), None)
    other = next((name for name in OF_ONE_CODE if fields.get(name)), None)
    if missing:
        yield SceneProblem(given, f"'{given}' needs '{missing}'")
        return
    if other or fields["reveal"] != "none":
        other = other or "reveal"
        yield SceneProblem(other, f"'{other}' and 'to' cannot both be given", "remove it")
        return
    try:
        old, new = _changing(fields)
    except MarkerError as error:
        yield SceneProblem("to", str(error))
        return
    if old == new or not old or not new:
        message = "'from' and 'to' are equal: no line changes" if old == new else "a code without a line cannot change"
        yield SceneProblem("to", message)
    for side, lines in (("from", old), ("to", new)):
        if len(lines) > morph.MAX_LINES:
            yield SceneProblem(side, f"code of {len(lines)} lines cannot change: the maximum is {morph.MAX_LINES}")
            return
    count = len(morph.parts(old, new))
    if count > morph.MAX_PARTS:
        yield SceneProblem(
            "to", f"the change has {count} parts: the maximum is {morph.MAX_PARTS}", "change less at once"
        )


def _range_problems(fields: Mapping[str, Any], source: Source) -> Iterator[SceneProblem]:
    if not source.marked.numbers:
        yield SceneProblem("code", "the code has no line to show, only markers or empty lines")
        return
    if "lines" in fields and (found := problem("lines", fields["lines"], source, None)):
        yield found
        return
    shown = source.shown(fields) if "lines" in fields else None
    if fields["focus"] and fields["highlight"]:
        yield SceneProblem("focus", "'focus' and 'highlight' cannot both be given", "remove one of them")
    ranges = [(f"highlight.{index}.lines", item["lines"]) for index, item in enumerate(fields["highlight"])]
    for index, item in enumerate(fields["focus"]):
        ranges.append((f"focus.{index}.lines" if isinstance(item, Mapping) else f"focus.{index}", _lines(item)))
    ranges += [(f"annotations.{index}.line", item["line"]) for index, item in enumerate(fields["annotations"])]
    for field, lines in ranges:
        if found := problem(field, lines, source, shown):
            yield found
    lines = [source.lines[number - 1] for number in source.shown(fields)]
    steps = len(_parts(fields["reveal"], lines)) if fields["reveal"] != "none" else 0
    if steps > MAX_STEPS:
        hint = "show fewer 'lines'" if fields["reveal"] == "blocks" else "set 'reveal: blocks', or show fewer 'lines'"
        yield SceneProblem("reveal", f"{steps} steps of 'reveal: {fields['reveal']}': the maximum is {MAX_STEPS}", hint)
    if fields["scroll"] and fields["reveal"] != "none":
        yield SceneProblem("scroll", "'scroll' and 'reveal' cannot both be given", "remove one of them")


def _file(fields: Mapping[str, Any]) -> str:
    """Return the file that the code comes from; "" if the spec has it."""
    if "from" in fields:
        return changed_file(fields)
    return str(fields.get("file", ""))


def _language(fields: Mapping[str, Any]) -> str | None:
    """Return typst's name for the language; "" for plain text, None if typst does not know it."""
    file = _file(fields)
    if fields["language"] or not file:
        return languages.typst_name(fields["language"])
    return languages.of_file(file, source_text(fields["to"]) if "to" in fields else fields["code"])


SCENE = CodeScene()
