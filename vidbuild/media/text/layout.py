"""Draws a writer's own layout: a Typst program from a stranger, so in a process with a limit on its time and memory."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vidbuild.errors import SpecProblem
from vidbuild.frozen import dataclass
from vidbuild.media.ffmpeg import process
from vidbuild.media.text import glyphs, layout_process
from vidbuild.media.text.fonts import StagedFonts

SECONDS = 60.0  # a layout with 40 layers at 4K takes a third
LOG_LINES = 20
FOLDER = ".vidbuild"  # of what a layout has in scope: no spec can name a file in a folder of this name
IMPORT = f'#import "/{FOLDER}/layout.typ": theme, frame, values, u, layer, fit, card, datetime\n'
READ_HINT = "list it in 'files' if it is in the project"
_PLACE = re.compile(r"┌─ (.+):(\d+):(\d+)$", re.MULTILINE)


class Source(NamedTuple):
    """A file of a layout, as it is named in its folder, and the field that it comes from."""

    name: str
    field: str


@dataclass(frozen=True, slots=True)
class Note:
    """What typst reports of a layout.

    field: the spec's field, with line and column if they are known: "body:3:14".
    code: of the lint, of a warning.
    """

    message: str
    field: str
    hint: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A layout as it was drawn.

    pictures: without any of the layers that appear later, then with one more of them each.
    pages: how many pages the layout takes; the pictures have the first.
    names: of all layers.
    """

    pictures: tuple[Path, ...]
    pages: int
    names: tuple[str, ...]
    notes: tuple[Note, ...]


def draw(
    root: Path,
    data: Mapping[str, Any],
    sources: Sequence[Source],
    staged: StagedFonts,
    env: Mapping[str, str],
    reduced: int = 1,
) -> Drawn:
    """Draw the layout in root. Raises SpecProblem.

    data: of the template; its fields name the layers that appear later.
    sources: the layout, whose first line is IMPORT, and the files that it reads.
    reduced: how many points of the layout one pixel has in width and height.
    """
    layers = len(data["fields"]["layers"])
    answer = _answer(root, {"data": data, "layers": layers, "reduced": reduced}, staged, env, SECONDS)
    if (pages := answer.get("pages", 1)) > layout_process.MAX_PAGES:
        message = f"the layout has {pages} pages: a scene shows one"
        raise SpecProblem(message, field="body", hint="draw less, or make several scenes of it")
    if "error" in answer:
        note = _error(answer["error"], root, sources)
        raise SpecProblem(note.message, field=note.field, hint=note.hint)
    notes = [Note(each["message"], each["field"], code="VB301") for each in answer["cut"]]
    notes += [_note(each, sources) for each in answer["warnings"]]
    notes += [missing for each in answer["missing"] for missing in _missing(each, sources)]
    out = root.parent / "drawn"
    pictures = [out / layout_process.picture(shown) for shown in range(layers + 1)]
    return Drawn(tuple(pictures), answer["pages"], tuple(answer["names"]), tuple(dict.fromkeys(notes)))


def _answer(
    root: Path, wanted: Mapping[str, Any], staged: StagedFonts, env: Mapping[str, str], seconds: float
) -> dict[str, Any]:
    out = root.parent / "drawn"
    out.mkdir()
    request = {
        "root": str(root),
        "main": f"{FOLDER}/main.typ",
        **wanted,
        "own": list(map(str, staged.own)),
        "default": list(map(str, staged.default)),
        "added": list(map(str, staged.added)),
        "out": str(out),
    }
    (root.parent / "request.json").write_text(json.dumps(request, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, "-P", "-m", layout_process.__name__, str(root.parent / "request.json")]
    log = process.HeadTailLog(0, LOG_LINES)
    code = process.run(command, cwd=root, env=env, seconds=seconds, err=log)
    if code is None:
        hint = "look for a loop or a recursion that does not end, or draw less"
        raise SpecProblem(f"the layout takes longer than {seconds:g} s", field="body", hint=hint)
    if code != 0:
        lines = log.texts()
        limit = f"more than {layout_process.MEMORY >> 30} GB of memory"
        full = "memory allocation" in "\n".join(lines) or "MemoryError" in "\n".join(lines)
        message = (
            f"the layout takes {limit}" if full else f"the layout cannot be drawn: typst {process.describe_exit(code)}"
        )
        raise SpecProblem(message, field="body", hint="draw less" if full else None, log=lines)
    answer: dict[str, Any] = json.loads((out / layout_process.ANSWER).read_text(encoding="utf-8"))
    return answer


def field_at(diagnostic: str, sources: Sequence[Source]) -> str:
    """Return the first place in the layout's own files that a diagnostic names, as a field: "body:3:14"."""
    fields = {source.name: source.field for source in sources}
    for name, line, column in _PLACE.findall(diagnostic):
        field = fields.get(name.lstrip("/"))
        if field == "body":
            return f"{field}:{max(1, int(line) - 1)}:{int(column) + 1}"
        if field is not None:
            return f"{field}:{line}:{int(column) + 1}"
    return "body"


def _note(diagnostic: Sequence[Any], sources: Sequence[Source]) -> Note:
    message, hints, text = diagnostic
    return Note(f"typst: {message}", field_at(text, sources), "; ".join(hints) or None, "VB318")


def _error(diagnostic: Sequence[Any], root: Path, sources: Sequence[Source]) -> Note:
    """Return typst's error in the terms of the spec, unless typst's own are those of the layout."""
    message, _, text = diagnostic
    field = field_at(text, sources)
    if "package" in message.partition("(")[0]:
        hint = "copy what you need of it into the project, and list its files in 'files'"
        return Note("a layout cannot use packages: nothing is fetched while building", field, hint)
    if found := re.match(r"(?:file not found|.* is a directory).*?\(searched at (.+)\)", message):
        path = Path(found[1])
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        return Note(f"the layout cannot read '{name}': it can read only its 'files'", field, READ_HINT)
    if "would escape the project root" in message:
        return Note("a layout can read only files in the project, which its 'files' lists", field, READ_HINT)
    if "user-defined function" in message and "datetime" in text:
        return Note("a layout has no clock: a video is the same on every day", field, "write the date into 'values'")
    return _note(diagnostic, sources)


def _missing(diagnostic: Sequence[Any], sources: Sequence[Source]) -> Iterator[Note]:
    """Yield a note for each place of a text with characters that no font can draw."""
    found: dict[str, list[str]] = {}
    for part in re.split(r"^error: ", diagnostic[2], flags=re.MULTILINE):
        found.setdefault(field_at(part, sources), []).extend(glyphs.reported(part))
    for field, texts in found.items():
        missing = sorted({character for text in texts for character in text if ord(character) > glyphs.LATIN_1})
        if missing or texts:
            known = " and ".join(glyphs.fitting_fonts(missing))
            font = f"{known}, or another font that has them," if known else "a font that has them"
            hint = f"put {font} into the folder of fonts that the theme names in 'fonts'"
            yield Note(glyphs.message(missing or texts), field, hint, "VB304")
