"""What a block looks like in a scene: its type and the type's fields."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidbuild.create.composer.text import cut_to, lead
from vidbuild.create.source import patches
from vidbuild.create.source.outline import (
    Block,
    Change,
    Chart,
    Code,
    Commands,
    Diagram,
    Item,
    Items,
    Page,
    Picture,
    Quotation,
    Recording,
    Table,
)
from vidbuild.json_types import Json

Fields = dict[str, Any]
MAX_ITEMS = 6
MAX_ITEM = 70  # characters of an item, before it is cut at a word
MAX_LONG_ITEM, MAX_LIST = 140, 420  # characters of an item of a short list, and of such a list
MAX_DETAIL = 90
NAME = 4  # words
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 8, 5, 40
WIDE_CELLS = {1: 120, 2: 90, 3: 60}  # characters of cells in tables of so few columns
UNNAMED = "\u2014"  # heading of a column that has none in the source
MAX_LINES = 18  # of code in one window; more of it scrolls
MAX_PASSAGES = 5  # of code that scrolls
MAX_CODE = 60  # lines that are shown of a longer text
MAX_OUTPUT = 12  # lines of one output
MAX_COMMANDS = 20  # and outputs, as a scene can have
MAX_CHANGE = 24  # lines of a patch
LOOK = 4.0  # seconds for a picture
SECONDS_TO_READ = 0.25  # a word, in silence
PASSAGE = 2.5  # seconds for a passage of code that scrolls
MAX_QUOTE = 280
MAX_ALT = 300


Place = Callable[[Picture | Page | Recording], str]  # the path of what a block shows, as the spec names it


@dataclass(frozen=True, slots=True)
class Visual:
    """A scene's type and its own fields. cut: what of the block is not shown; "" if all of it is."""

    type: str
    fields: Fields
    cut: str = ""


def visual(shown: Sequence[Block], heading: str, place: Place, cues: Sequence[str]) -> Visual:
    """Return what the blocks of a beat, all of one type, look like.

    place: returns the path of what a block shows, as the spec names it.
    cues: the cue of each block, "" without one.
    """
    return _VISUALS[type(shown[0])](shown, heading, place, cues)


def seconds_to_read(fields: Mapping[str, Any]) -> float:
    """Return about how long a viewer needs for what a scene shows."""
    if fields["type"] == "split":
        return seconds_to_read(fields["left"]) + seconds_to_read(fields["right"])
    if fields["type"] in {"diagram", "chart", "image", "slide"}:
        return LOOK
    if fields["type"] not in {"list", "table", "code", "diff"}:
        return 0.0
    if fields.get("scroll"):
        return PASSAGE * len(fields["highlight"])
    shown = [value for name, value in fields.items() if name in {"items", "columns", "rows", "code", "patch"}]
    return 1.0 + SECONDS_TO_READ * sum(map(_words, shown))


def _words(value: Json) -> int:
    if isinstance(value, str):
        return len(value.split())
    return sum(map(_words, value.values() if isinstance(value, Mapping) else value))


def _known(**fields: Json) -> Fields:
    """Return the fields that have a value."""
    return {name: value for name, value in fields.items() if value}


def _commands(blocks: Sequence[Commands], heading: str, cues: Sequence[str]) -> Visual:
    entries: list[Fields] = []
    cut = ""
    for block, cue in zip(blocks, cues, strict=True):
        for nth, command in enumerate(block.commands):
            if command.run:
                entries.append({"run": command.run, **({"at": cue} if cue and nth == 0 else {})})
                continue
            lines = command.output.split("\n")
            if len(lines) > MAX_OUTPUT:
                cut = f"{len(lines) - MAX_OUTPUT} lines of an output"
            entries.append({"output": "\n".join(lines[:MAX_OUTPUT])})
    if len(entries) > MAX_COMMANDS:
        cut = f"{len(entries) - MAX_COMMANDS} commands and outputs"
    return Visual("command", {**_known(title=heading), "commands": entries[:MAX_COMMANDS]}, cut)


def _items(block: Items, heading: str) -> Visual:
    items = block.items[:MAX_ITEMS]
    cut = f"{len(block.items) - MAX_ITEMS} items of a list" if len(block.items) > MAX_ITEMS else ""
    style = "checks" if block.done and all(block.done) else "numbers" if block.ordered else "bullets"
    limit = max(MAX_ITEM, min(MAX_LONG_ITEM, MAX_LIST // len(items)))
    return Visual(
        "list", {**_known(title=heading), "style": style, "items": [_item(each, limit) for each in items]}, cut
    )


def _item(item: Item, limit: int) -> str | Fields:
    text = lead(item.text, limit)
    detail = lead(item.detail or _below([each.text for each in item.items]), MAX_DETAIL)
    return {"text": text, "detail": detail} if detail else text


def _below(texts: Sequence[str]) -> str:
    """Return what is below an item as one text: names with commas, and longer texts as sentences."""
    if all(len(each.split()) <= NAME for each in texts):
        return ", ".join(texts)
    return " ".join(each if each.endswith((".", "!", "?", ":")) else f"{each}." for each in texts)


def _code(block: Code, heading: str) -> Visual:
    lines = block.code.split("\n")
    cut = f"{len(lines) - MAX_CODE} lines of code" if len(lines) > MAX_CODE else ""
    fields: Fields = {**_known(title=heading, language=block.language, filename=block.filename)}
    fields["code"] = "\n".join(lines[:MAX_CODE])
    if len(lines) > MAX_LINES:
        fields |= {"scroll": True, "highlight": [{"lines": each} for each in _passages(lines[:MAX_CODE])]}
    return Visual("code", fields, cut)


def _passages(lines: Sequence[str]) -> list[str]:
    """Return ranges of lines to scroll through, such as "1-6": passages between empty lines, at most MAX_PASSAGES."""
    size = max(math.ceil(len(lines) / MAX_PASSAGES), 4)
    found: list[str] = []
    start = 0
    for index, line in enumerate(lines):
        is_last = index == len(lines) - 1
        if is_last or (not line.strip() and index - start >= size) or index - start >= 2 * size:
            end = index if line.strip() else index - 1
            found.append(f"{start + 1}-{max(end, start) + 1}")
            start = index + 1
    return found


def _table(block: Table, heading: str) -> Visual:
    width = min(len(block.columns), MAX_COLUMNS)
    limit = WIDE_CELLS.get(width, MAX_CELL)
    rows = [[lead(cell, limit) for cell in row[:width]] for row in block.rows[:MAX_ROWS]]
    left = [
        *([f"{len(block.rows) - MAX_ROWS} rows"] if len(block.rows) > MAX_ROWS else []),
        *(
            [f"{len(block.columns) - width} column{'s' if len(block.columns) - width > 1 else ''}"]
            if len(block.columns) > width
            else []
        ),
    ]
    columns = [cut_to(each, MAX_CELL)[0] or UNNAMED for each in block.columns[:width]]
    cut = f"{' and '.join(left)} of a table" if left else ""
    return Visual("table", {**_known(title=heading), "columns": columns, "rows": rows}, cut)


def _chart(block: Chart, heading: str) -> Visual:
    series = [{"name": name, "values": list(map(_short, values))} for name, values in block.series]
    return Visual(
        "chart",
        {**_known(title=block.title or heading), "kind": block.kind, "labels": list(block.labels), "series": series},
    )


def _change(block: Change, heading: str) -> Visual:
    kept, left = patches.cut(block.patch, MAX_CHANGE)
    cut = f"{left} lines of a patch" if left else ""
    return Visual("diff", {**_known(title=heading if heading != block.path else ""), "patch": kept}, cut)


def _short(value: float | None) -> float | None:
    """Return a whole number without its decimals."""
    return int(value) if value is not None and value == int(value) else value


def _picture(block: Picture, place: Place) -> Visual:
    return Visual("image", _known(src=place(block), fit="contain", caption=block.caption, alt=block.alt))


def _page(block: Page, place: Place) -> Visual:
    alt, _ = cut_to(block.text, MAX_ALT)
    return Visual("slide", _known(file=place(block), page=block.number, alt=alt))


def _recording(block: Recording, heading: str, place: Place) -> Visual:
    fields = {**_known(title=heading), "cast": place(block), **_known(start=block.start, end=block.end)}
    return Visual("command", fields)


def _quotation(block: Quotation) -> Visual:
    text, cut = cut_to(block.text, MAX_QUOTE)
    return Visual("quote", {"text": text, **_known(by=block.by)}, "the end of a quotation" if cut else "")


_VISUALS: Mapping[type[Block], Callable[[Sequence[Any], str, Place, Sequence[str]], Visual]] = {
    Commands: lambda shown, heading, _, cues: _commands(shown, heading, cues),
    Items: lambda shown, heading, *_: _items(shown[0], heading),
    Code: lambda shown, heading, *_: _code(shown[0], heading),
    Table: lambda shown, heading, *_: _table(shown[0], heading),
    Picture: lambda shown, _, place, __: _picture(shown[0], place),
    Page: lambda shown, _, place, __: _page(shown[0], place),
    Diagram: lambda shown, heading, *_: Visual(
        "diagram", {"diagram": shown[0].text, "notation": shown[0].notation, **_known(caption=heading)}
    ),
    Chart: lambda shown, heading, *_: _chart(shown[0], heading),
    Change: lambda shown, heading, *_: _change(shown[0], heading),
    Recording: lambda shown, heading, place, _: _recording(shown[0], heading, place),
    Quotation: lambda shown, *_: _quotation(shown[0]),
}
