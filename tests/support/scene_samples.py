"""One sample of each scene type, from which all tests that need a scene of every type take theirs.

A new scene type needs an entry in SAMPLES: `tests/unit/scenes/test_scene_samples.py` fails without it.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from vidbuild.location import Location
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.model import Scene, Voice
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec import schema
from vidbuild.transitions import Transition

IMAGE, CLIP = "image.png", "clip.mp4"
FREE_TEXT = {None, r"\S"}  # patterns of text fields that take any text
# Stand-ins for what the reader takes from a file or folder, by its kind.
READ = {"image": [320, 200], "text": "print(1)\n", "folder": ["src/", "src/app.py"]}

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """A scene type's own fields, as a spec has them. Files are IMAGE and CLIP (see write_media).

    full: typical content, with a value in every text field.
    layers: the layers that the draw step makes of `full`, from the bottom up.
    brief: returns a scene as small as possible, which shows the given word if it shows any text.
    numbered: returns one of many scenes, no two alike: its index, its words (a reveal for each if it has any), and its
        length in seconds.
    not_drawn: text fields that are settings, not text on the screen.
    """

    full: Fields
    layers: tuple[str, ...]
    brief: Callable[[str], Fields]
    numbered: Callable[[int, Sequence[str], float], Fields]
    not_drawn: frozenset[str] = frozenset()


CODE = """import httpx

r = httpx.get("https://www.example.org/")
print(r.status_code)      # 200
print(r.headers["content-type"])
data = {"user": {"name": "Tom", "tags": ["{{ not a template }}"]}}"""


def _numbered_code(index: int, words: Sequence[str], _seconds: float) -> Fields:
    lines = [f"import acme  # number {index + 1}", *(f'{word} = acme.make("{word}", {index + 1})' for word in words)]
    highlights = [{"lines": str(line + 2)} for line in range(len(words))]
    return {"title": f"Code {index + 1}", "language": "python", "code": "\n".join(lines), "highlight": highlights}


def _numbered_diff(index: int, words: Sequence[str], _seconds: float) -> Fields:
    old = [f"import acme  # number {index + 1}", *(line for word in words for line in (f"{word} = 1", "acme.run()"))]
    new = [line.replace("= 1", f"= {index + 2}") for line in old]
    return {"title": f"Change {index + 1}", "language": "python", "from": "\n".join(old), "to": "\n".join(new)}


def _numbered_layout(index: int, words: Sequence[str], _seconds: float) -> Fields:
    named = list(dict.fromkeys(words))[:6]
    body = "\n".join(f'#layer("{word}")[{word.capitalize()}]' for word in named) or "text"
    return {"title": f"Layout {index + 1}", "body": body, "reveal": [{"layer": word} for word in named]}


SAMPLES: Mapping[str, Sample] = {
    "title": Sample(
        full={"kicker": "Quickstart", "title": "HTTPX in one minute", "subtitle": "A next-generation HTTP client"},
        layers=("kicker", "title", "subtitle"),
        brief=lambda word: {"title": word},
        numbered=lambda index, words, _: {
            "kicker": f"Part {index + 1}",
            "title": " ".join(words[:3]).capitalize(),
            "subtitle": f"All of {index + 1}",
        },
    ),
    "list": Sample(
        full={
            "title": "What you get",
            "style": "checks",
            "items": ["A command line client", {"text": "HTTP/2", "detail": "and HTTP/1.1"}],
        },
        layers=("heading", "item-0-past", "item-0", "item-1-past", "item-1"),
        brief=lambda word: {"items": ["one", word]},
        numbered=lambda index, words, _: {
            "title": f"Scene {index + 1}",
            "items": [f"{word.capitalize()} is item {index + 1}" for word in words],
        },
    ),
    "command": Sample(
        full={
            "title": "Install it",
            "shell": "bash",
            "prompt": "$ ",
            "commands": [
                {"run": "pip install httpx \\\n  --upgrade"},
                {"output": "Successfully installed httpx-0.28.1"},
                {"run": "httpx --help", "output": "Usage: httpx\n\n  -h  help"},
            ],
        },
        layers=(
            *("heading", "window", "prompt-0", "line-0-0", "line-0-1", "output-1"),
            *("prompt-2", "line-2-0", "output-2", "cursor"),
        ),
        brief=lambda word: {"commands": [{"run": "l"}, {"output": word}]},
        numbered=lambda index, words, _: {
            "title": f"Terminal {index + 1}",
            "commands": [{"run": f"acme {word} --number {index + 1}", "output": f"{word}: done"} for word in words[:3]],
        },
    ),
    "code": Sample(
        full={
            "title": "Your first request",
            "filename": "hello.py",
            "language": "python",
            "code": CODE,
            "highlight": [{"lines": 3}, {"lines": "4-5"}],
            "annotations": [{"line": 3, "text": "one request"}],
        },
        layers=("heading", "window", "bar-0", "bar-1", "code-dim", "code", "focus-0", "focus-1", "note-0"),
        brief=lambda word: {"code": f"print({word!r})"},
        numbered=_numbered_code,
        not_drawn=frozenset({"language"}),
    ),
    "diff": Sample(
        full={
            "title": "A longer timeout",
            "filename": "client.py",
            "language": "python",
            "from": "import httpx\n\nr = httpx.get(url, timeout=5)\nprint(r)\n",
            "to": "import httpx\n\nr = httpx.get(url, timeout=30)\nprint(r)\nr.close()\n",
        },
        layers=("heading", "window", "gone-0", "code", "added-0", "added-1"),
        brief=lambda word: {"from": "a = 1", "to": f"a = {word!r}"},
        numbered=_numbered_diff,
        not_drawn=frozenset({"language"}),
    ),
    "tree": Sample(
        full={
            "title": "Where things are",
            "filename": "acme",
            "tree": "acme/\n├── app.py   # the server\n├── models/\n│   └── user.py\n└── pyproject.toml",
            "reveal": "entries",
        },
        layers=("heading", "window", "step-0", "step-1", "step-2", "step-3", "step-4"),
        brief=lambda word: {"tree": word},
        numbered=lambda index, words, _: {
            "title": f"Files {index + 1}",
            "tree": "\n".join(f"{word}-{index + 1}.py" for word in words),
            "reveal": "entries",
        },
    ),
    "image": Sample(
        full={"title": "A picture", "caption": "What it shows", "src": IMAGE, "frame": "window"},
        layers=("heading", "window", "picture", "caption"),
        brief=lambda _: {"src": IMAGE},
        numbered=lambda index, words, _: {
            "src": IMAGE,
            "motion": ("zoom-in", "zoom-out")[index % 2],
            "frame": "window",
            "caption": f"{words[0].capitalize()} {index + 1}",
        },
    ),
    "slide": Sample(
        full={"title": "A page", "caption": "What it shows", "src": IMAGE},
        layers=("heading", "window", "picture", "caption"),
        brief=lambda _: {"src": IMAGE},
        numbered=lambda index, words, _: {"src": IMAGE, "caption": f"{words[0].capitalize()} {index + 1}"},
    ),
    "clip": Sample(
        full={
            "title": "A recording",
            "caption": "What it shows",
            "src": CLIP,
            "fit": "contain",
            "speed": 2,
            "loop": 3,
            "at": 0.1,
            "poster": IMAGE,
            "freeze": [{"at": 0.2, "for": 0.1}],
        },
        layers=("heading", "window", "clip", "poster", "caption"),
        brief=lambda _: {"src": CLIP},
        numbered=lambda index, words, seconds: {
            "src": CLIP,
            "end": seconds,
            "audio": "duck",
            "caption": f"{words[0].capitalize()} {index + 1}",
        },
    ),
    "quote": Sample(
        full={
            "title": "From 1975",
            "text": "Simplicity is prerequisite for reliability.",
            "by": "Edsger W. Dijkstra",
            "role": "EWD 498, 1975",
            "portrait": IMAGE,
        },
        layers=("heading", "mark", "quote", "portrait", "by", "role"),
        brief=lambda word: {"text": word},
        numbered=lambda index, words, _: {"text": " ".join(words).capitalize(), "by": f"Speaker {index + 1}"},
    ),
    "table": Sample(
        full={
            "title": "Plans",
            "columns": ["Plan", {"name": "Price", "title": "Price per month", "decimals": 2}],
            "rows": [["Free", 0], ["Team", "12.50"]],
            "reveal": "rows",
            "highlight": [{"row": 2}, {"row": 1, "column": 2}, {"column": 2}],
            "caption": "In euros",
        },
        layers=("heading", "window", "header", "row-0", "row-1", "mark-0", "mark-1", "mark-2", "caption"),
        brief=lambda word: {"rows": [[word]]},
        numbered=lambda index, words, _: {
            "title": f"Table {index + 1}",
            "columns": ["Word", "Number"],
            "rows": [[word.capitalize(), index * 10 + at] for at, word in enumerate(words)],
            "reveal": "rows",
        },
        not_drawn=frozenset({"name"}),
    ),
    "chart": Sample(
        full={
            "title": "Downloads",
            "kind": "stacked",
            "labels": ["Spring", "Summer", "Autumn"],
            "series": [{"name": "Linux", "values": [3, 4.5, 6]}, {"name": "macOS", "values": [2, None, 4]}],
            "prefix": "~",
            "unit": "k",
            "axis": {"title": "Downloads in a month"},
            "reveal": "series",
            "highlight": [{"series": 1, "label": 3, "text": "the release"}],
            "caption": "Our own counts",
        },
        layers=(
            *("heading", "axes", "part-0-past", "part-1-past", "part-0", "part-1"),
            *("mark-0", "caption"),
        ),
        brief=lambda word: {"labels": [word], "values": [1]},
        numbered=lambda index, words, _: {
            "title": f"Chart {index + 1}",
            "labels": ["a", "b", "c"],
            "series": [{"name": word.capitalize(), "values": [index + 1, at, 2]} for at, word in enumerate(words[:8])],
            "reveal": "series",
        },
        not_drawn=frozenset({"prefix", "unit"}),
    ),
    "compare": Sample(
        full={
            "title": "What changes",
            "left": {"title": "Before", "tone": "bad", "items": ["A server", {"text": "Forty steps"}]},
            "right": {"title": "After", "tone": "good", "items": ["One file", {"text": "One command"}]},
        },
        layers=(
            *("heading", "left-panel", "right-panel", "left-0-past", "left-0", "left-1-past", "left-1"),
            *("right-0-past", "right-0", "right-1-past", "right-1"),
        ),
        brief=lambda word: {"left": {"title": "a", "items": [word]}, "right": {"title": "b", "items": ["c"]}},
        numbered=lambda index, words, _: {
            "title": f"Choice {index + 1}",
            "left": {
                "title": "Before",
                "tone": "bad",
                "items": [f"{word.capitalize()} is item {index + 1}" for word in words[:4]],
            },
            "right": {"title": "After", "tone": "good", "items": ["Nothing"]},
        },
    ),
    "cards": Sample(
        full={
            "title": "What you get",
            "cards": [
                {"title": "Alerts", "text": "That say what changed", "image": IMAGE},
                {"title": "Uptime", "number": "99.9%"},
                "Reports",
            ],
        },
        layers=(
            *("heading", "card-0-past", "card-0", "card-0-image", "card-1-past", "card-1"),
            *("card-2-past", "card-2"),
        ),
        brief=lambda word: {"cards": ["one", word]},
        numbered=lambda index, words, _: {
            "title": f"Grid {index + 1}",
            "cards": [
                {"title": f"{word.capitalize()} in card {index + 1}", "text": f"A card about {word}"}
                for word in (*words, "one", "two")[: max(2, min(len(words), 9))]
            ],
        },
    ),
    "number": Sample(
        full={
            "title": "Every day",
            "value": "2",
            "prefix": "~",
            "suffix": "+",
            "unit": "k",
            "label": "builds a day",
            "change": {"text": "+12% since May", "tone": "good"},
        },
        layers=("heading", "number-0", "number-1", "number-2", "label", "change"),
        brief=lambda word: {"value": 3, "label": word},
        numbered=lambda index, words, _: {"value": 1200 + index, "label": " ".join(words[:3])},
    ),
    "keys": Sample(
        full={
            "title": "Two shortcuts",
            "keys": ["mod+alt+k mod+s", {"keys": "ctrl+shift+up", "text": "Open the palette"}],
        },
        layers=("heading", "platforms", "keys-0-past", "keys-0", "keys-0-down", "keys-1", "keys-1-down"),
        brief=lambda word: {"keys": [{"keys": "a", "text": word}]},
        numbered=lambda index, words, _: {
            "title": f"Shortcuts {index + 1}",
            "keys": [{"keys": f"mod+{word[0]}", "text": f"{word.capitalize()} it"} for word in words[:6]],
        },
        not_drawn=frozenset({"keys"}),
    ),
    "steps": Sample(
        full={
            "title": "Your first check",
            "steps": [
                "Write a check",
                {"text": "Run it", "detail": "in a terminal", "code": "lighthouse run --all", "language": "bash"},
                {"text": "Read the report", "image": IMAGE},
            ],
        },
        layers=(
            *("heading", "step-0-past", "step-0", "step-1-past", "step-1", "step-2-past", "step-2"),
            *("window-1", "code-1", "picture-2"),
        ),
        brief=lambda word: {"steps": ["one", word]},
        numbered=lambda index, words, _: {
            "title": f"How to {index + 1}",
            "steps": [
                {"text": f"{word.capitalize()} in step {index + 1}", "code": f"run {word}"} for word in words[:6]
            ],
        },
        not_drawn=frozenset({"language"}),
    ),
    "diagram": Sample(
        full={
            "title": "How it works",
            "diagram": "browser -> api: HTTPS\napi -> db\ndb [cylinder]: Users\n",
            "reveal": "nodes",
            "caption": "Since version 2",
        },
        layers=(*("heading", "part-0-past", "part-1-past", "part-2-past", "part-0", "part-1", "part-2", "caption"),),
        brief=lambda word: {"diagram": word},
        numbered=lambda index, words, _: {
            "title": f"Diagram {index + 1}",
            "diagram": "\n".join(f"start -> {word}: number {index + 1}" for word in words),
            "reveal": "edges",
        },
        not_drawn=frozenset({"diagram"}),
    ),
    "split": Sample(
        full={
            "title": "One import",
            "left": {"type": "list", "title": "Why", "items": ["No setup", {"text": "No server", "detail": "at all"}]},
            "right": {"type": "image", "src": IMAGE, "caption": "What it shows"},
        },
        layers=(
            *("heading", "left-heading", "left-item-0-past", "left-item-0", "left-item-1-past", "left-item-1"),
            *("right-picture", "right-caption"),
        ),
        brief=lambda word: {"left": {"type": "title", "title": word}, "right": {"type": "title", "title": "b"}},
        numbered=lambda index, words, _: {
            "title": f"Both {index + 1}",
            "left": {"type": "list", "items": [f"{word.capitalize()} on the left" for word in words[:6]]},
            "right": {"type": "code", "code": f"number = {index + 1}", "language": "python"},
        },
    ),
    "typst": Sample(
        full={
            "title": "One client",
            "body": '#layer("sync")[For scripts], #layer("async")[for servers]',
            "reveal": [{"layer": "sync"}, {"layer": "async", "enter": "rise"}],
        },
        layers=("layout", "reveal-0", "reveal-1"),
        brief=lambda word: {"body": "#values.word", "values": {"word": word}},
        numbered=_numbered_layout,
        not_drawn=frozenset({"body", "layer"}),
    ),
    "outro": Sample(
        full={"title": "Try it today", "subtitle": "pip install httpx", "links": ["www.python-httpx.org"]},
        layers=("title", "subtitle", "link-0"),
        brief=lambda word: {"title": word},
        numbered=lambda index, words, _: {
            "title": f"The end of {index + 1}",
            "links": [f"www.{word}.example" for word in words[:4]],
        },
    ),
}


def full(kind: str, /, **fields: Any) -> Fields:
    """Return a copy of a type's full sample with some fields replaced."""
    return {**copy.deepcopy(SAMPLES[kind].full), **fields}


def with_text(kind: str, text: str) -> Fields:
    """Return the full sample with the text in every text field.

    A field of several lines gets the text in each of them; a field of limited length gets the text's beginning.
    """

    def replaced(value: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, dict):
            return {key: replaced(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [replaced(item, (*path, index)) for index, item in enumerate(value)]
        node = _free_text(kind, path) if isinstance(value, str) else None
        if node is None:
            return value
        return "\n".join([text] * len(value.splitlines()))[: node.get("maxLength")]

    made: Fields = replaced(full(kind), ())
    return made


def scene(kind: str, /, **fields: Any) -> Scene:
    """Return a scene as the reader makes it, with the type's own fields as given."""
    given = {"id": "s", "type": kind, **fields}
    own = schema.complete(given, schema.definition("scene"))
    _add_read(own, schema.definition(f"scene_{kind}"))
    return Scene(
        id="s",
        type=kind,
        index=0,
        narration=None,
        voice=Voice("espeak", "en-us"),
        duration=5.0,
        pause_before=0.4,
        pause_after=0.6,
        min_duration=0.0,
        max_duration=None,
        transition=Transition(),
        background=None,
        fields={name: value for name, value in own.items() if name not in schema.SHARED},
        locations={"": Location("v.yaml", 1, 1, 2)},
    )


def _add_read(value: Any, node: schema.Schema) -> None:
    """Add to each mapping with a path what the reader takes from the file."""
    branch = schema.fitting(value, node)
    if isinstance(value, list):
        for item in value:
            _add_read(item, branch.get("items", {}))
    elif isinstance(value, dict):
        for name, field in branch.get("properties", {}).items():
            if name not in value:
                continue
            uses = [each.get("x-path", {}) for each in schema.branches(field, value[name])]
            if isinstance(value[name], str) and (use := next((each for each in uses if "into" in each), None)):
                value.setdefault(use["into"], copy.deepcopy(READ[use["kind"]]))
            else:
                _add_read(value[name], field)


def with_fields(made: Scene, **fields: Any) -> Scene:
    """Return a scene with some of its own fields replaced."""
    return dataclasses.replace(made, fields={**made.fields, **fields})


def drawing(kind: str, /, **fields: Any) -> Fields:
    """Return the template's fields for a scene with the given fields."""
    return SCENE_TYPES[kind].drawing(scene(kind, **fields))


def scenes(word: str, **extra: Fields) -> list[Fields]:
    """Return a brief scene of every type, with its type as id and half a second long unless it says otherwise.

    extra: scene type -> fields added to its scene.
    """
    made = []
    for kind, sample in SAMPLES.items():
        fields = {**sample.brief(word), **extra.get(kind, {})}
        timed = SCENE_TYPES[kind].plays(fields) or {"narration", "duration"} & fields.keys()
        made.append({"id": kind, "type": kind, **fields, **({} if timed else {"duration": 0.5})})
    return made


def write_media(
    folder: Path, seconds: float = 0.4, size: tuple[int, int] = (64, 36), clip_size: tuple[int, int] | None = None
) -> None:
    """Write IMAGE and CLIP: a gradient, and a test pattern with a tone; clip_size: if not the image's."""
    width, height = clip_size or size
    Image.radial_gradient("L").convert("RGB").resize(size).save(folder / IMAGE)
    pattern = f"testsrc2=s={width}x{height}:r=24:d={seconds}"
    sources = ["-f", "lavfi", "-i", pattern, "-f", "lavfi", "-i", f"sine=f=440:d={seconds}"]
    encoding = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", CLIP]
    ffmpeg.run([*sources, *encoding], cwd=folder, env={}, timeout=60, what="make a clip")


def text_fields(kind: str) -> set[str]:
    """Return the type's own fields that take any text, from the schema: "items[].detail"; not those of `record`.

    What `record` has is run and not drawn, and the words of `stock` choose a file.
    """
    own = {
        name: node
        for name, node in schema.definition(f"scene_{kind}")["properties"].items()
        if name not in {*schema.SHARED, "record"}
    }
    paths = {path for name, node in own.items() for path in _text_fields(node, name)}
    return {path for path in paths if not path.endswith(".stock")}


def sampled_text_fields(kind: str) -> set[str]:
    """Return the text fields that the type's full sample has a value for."""

    def walk(value: Any, path: tuple[str | int, ...]) -> Iterator[str]:
        if isinstance(value, dict) and value.get("type") in SAMPLES:
            return  # the fields of a part are in the sample of its own type
        if isinstance(value, dict | list):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                yield from walk(item, (*path, key))
        elif isinstance(value, str) and _free_text(kind, path, not_drawn=True):
            yield "".join("[]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")

    return set(walk(SAMPLES[kind].full, ()))


def _text_fields(node: schema.Schema, path: str) -> Iterator[str]:
    for branch in schema.branches(node):
        if _is_free_text(branch):
            yield path
        yield from _text_fields(branch["items"], f"{path}[]") if "items" in branch else ()
        for name, child in branch.get("properties", {}).items():
            yield from _text_fields(child, f"{path}.{name}")


def _free_text(kind: str, path: tuple[str | int, ...], *, not_drawn: bool = False) -> schema.Schema | None:
    """Return the schema of a field of the full sample if it takes any text."""
    if path[-1] in SAMPLES[kind].not_drawn and not not_drawn:
        return None
    data = {"scenes": [{"id": "s", "type": kind, **SAMPLES[kind].full}]}
    return next((node for node in schema.allowed(("scenes", 0, *path), data) if _is_free_text(node)), None)


def _is_free_text(node: schema.Schema) -> bool:
    unrestricted = not {"enum", "x-path", "format"} & node.keys()
    return node.get("type") == "string" and unrestricted and node.get("pattern") in FREE_TEXT
