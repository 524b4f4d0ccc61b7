"""What an editor shows of specs: marks, completions and hovers, from the language server that editors use."""

from __future__ import annotations

import json
import re
import subprocess
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.language_server import MODULES, LanguageServer
from tests.support.paths import ROOT
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec import load, reader, validate, videos
from vidbuild.spec.document import Document
from vidbuild.spec.layers import Layered
from vidbuild.starter import Answers, write

EXAMPLES = sorted([*ROOT.glob("examples/*/video.yaml"), ROOT / "examples/gallery.yaml", *ROOT.glob("specs/*.yaml")])
BROKEN = [path for path in sorted((ROOT / "examples" / "errors").glob("*.yaml")) if path.stem != "not-utf8"]
# YAML that vidbuild refuses and the editor does not: a list that has itself as an entry, and a text without any value.
READER_ALONE = frozenset({"alias-to-itself", "only-comments"})
HEAD = "vidbuild: 1\ntitle: A\n"
SCENES = "scenes:\n  - id: a\n    type: title\n    title: A\n    duration: 1\n"
_names = count()


def opened(editor: LanguageServer, folder: Path, text: str) -> Path:
    """Open a text as a file of its own."""
    path = folder / f"spec-{next(_names)}.yaml"
    editor.problems(text, path)
    return path


def filled(snippet: str) -> str:
    """Return a snippet as it is inserted, with the first choice at each of its places."""
    text = re.sub(r"\$\{\d+\|([^,|}]*)[^}]*\}", r"\1", snippet)
    text = re.sub(r"\$\{\d+:((?:[^{}\\]|\\.)*)\}", r"\1", text)
    return re.sub(r"\\([$}\\])", r"\1", re.sub(r"\$(?:\d+|\{\d+\})", "", text))


def faults(text: str) -> list[str]:
    """What the reader's schema refuses in a text, apart from values and entries that the user is about to write."""
    document, problems = reader.read(text, "v.yaml")
    assert problems == [], text
    unwritten = ("but it is empty", "must have at least")
    return [fault.message for fault in validate.validate(document) if not any(map(fault.message.count, unwritten))]


@pytest.mark.parametrize("spec", EXAMPLES, ids=lambda spec: str(spec.relative_to(ROOT)))
def test_nothing_is_marked_in_examples(editor: LanguageServer, spec: Path) -> None:
    """An example has no problem in an editor."""
    assert editor.problems(spec.read_text(encoding="utf-8"), spec) == []


def has_fault(document: Document) -> bool:
    """Whether the reader's schema has a fault in the first video, which has one output and texts in one language."""
    every = videos.Videos.of(document)
    chosen = videos.select(Layered(document), every, every.choices[0])
    return bool(validate.validate(chosen.layered.document, skip=chosen.failed))


@pytest.mark.parametrize("spec", BROKEN, ids=lambda spec: spec.stem)
def test_what_is_marked_in_bad_specs(editor: LanguageServer, spec: Path) -> None:
    """P42: an editor marks a bad spec if YAML or the reader's schema has a fault, in a line that the reader marks."""
    text = spec.read_text(encoding="utf-8")
    marked = {line for line, _ in editor.problems(text, spec)}
    document, problems = reader.read(text, spec.name)
    is_read, is_alone = document.data is not None, spec.stem in READER_ALONE
    if problems or (is_read and has_fault(document)):
        assert bool(marked) != is_alone
    assert not marked or not is_read or marked & {item.line for item in load.try_load(spec).diagnostics}


def test_modelines_lead_to_the_schema(tmp_path: Path) -> None:
    """The first line of every example and of a new project names the schema, so that an editor checks the file."""
    write(tmp_path / "new", Answers("A"))
    with LanguageServer("") as server:
        for spec in [*EXAMPLES, tmp_path / "new" / "video.yaml"]:
            text = spec.read_text(encoding="utf-8")
            assert server.problems(text, spec) == [], spec
            assert server.problems(text + "\nbogus: 1\n", spec.with_name("bogus.yaml")) != [], spec


def test_merge_keys_and_own_fields(editor: LanguageServer, schema_file: Path) -> None:
    """`<<`, fields of the author's own, `$schema` and templates are not marked."""
    text = (
        "$schema: video.schema.json\nvidbuild: 1\ntitle: A\nvars: {rate: 24}\n"
        "output: {fps: '{{ rate }}', size: '{{ w }}x90'}\n"
        "x-card: &card {type: title, title: A}\nscenes:\n  - {<<: *card, id: a, duration: '{{ rate }}'}\n"
        "  - {<<: *card, id: b, captions: '{{ rate > 2 }}'}\n"
    )
    assert editor.problems(text, schema_file.with_name("merged.yaml")) == []


TOP = ["description", "language", "vars", "output", "theme", "voice", "voices", "defaults", "pronounce", "scenes"]


def test_completions_of_the_top(editor: LanguageServer, tmp_path: Path) -> None:
    """Every top-level field is offered, and what each inserts is valid as far as it goes."""
    path = opened(editor, tmp_path, HEAD + "\n" + SCENES)
    found = editor.complete(path, 3, 1)
    assert set(TOP) - {"scenes"} <= set(found)
    for label, snippet in found.items():
        assert "[object" not in snippet
        assert not re.search(r"\bpeak:", snippet)
        assert faults(f"{HEAD}{filled(snippet)}\n{SCENES}") == [], (label, snippet)


@pytest.mark.parametrize("kind", SCENE_TYPES)
def test_completions_of_a_scene(editor: LanguageServer, tmp_path: Path, kind: str) -> None:
    """A scene of each type is offered its own fields, and what each inserts is valid as far as it goes."""
    head = f"{HEAD}scenes:\n  - id: a\n    type: {kind}\n    "
    path = opened(editor, tmp_path, head + "\n")
    found = editor.complete(path, 6, 5)
    assert {"narration", "duration", "transition", "background"} <= set(found)
    assert ("items" in found) == (kind == "list")
    required = set(faults(head + "notes: x\n"))
    for label, snippet in found.items():
        assert "[object" not in snippet
        text = head + filled(snippet).replace("\n", "\n    ") + "\n"
        assert set(faults(text)) - required == set(), (label, snippet)


@pytest.mark.parametrize(
    ("before", "after", "offered"),
    [
        (HEAD + "output:\n  size: ", "\n" + SCENES, {"1080p", "720p", "vertical"}),
        (HEAD + "output:\n  fps: ", "\n" + SCENES, {"24", "60"}),
        (HEAD + "output:\n  profile: ", "\n" + SCENES, {"standard", "compat"}),
        (HEAD + "scenes:\n  - id: a\n    type: ", "\n", set(SCENE_TYPES)),
        (HEAD + "scenes:\n  - id: a\n    type: code\n    language: ", "\n", {"python", "go", "dockerfile", "text"}),
        (HEAD + "scenes:\n  - id: a\n    type: image\n    frame: ", "\n", {"none", "browser", "window"}),
        (HEAD + "scenes:\n  - id: a\n    type: title\n    captions: ", "\n", {"true", "false"}),
        (HEAD + "scenes:\n  - id: a\n    type: title\n    transition: ", "\n", {"cut", "fade"}),
        (HEAD + "theme: ", "\n" + SCENES, {"paper"}),
    ],
)
def test_completions_of_values(
    editor: LanguageServer, tmp_path: Path, before: str, after: str, offered: set[str]
) -> None:
    """The values of a field are offered, and every one of them is valid."""
    path = opened(editor, tmp_path, before + after)
    lines = before.split("\n")
    found = editor.complete(path, len(lines), len(lines[-1]) + 1)
    assert offered <= set(found)
    for snippet in found.values():
        assert "[object" not in snippet
        text = filled(snippet)
        assert text not in {'""', "{}", "[]"}
        shown = [fault for fault in faults(before + text + after) if lines[-1].split(":")[0].strip() in fault]
        assert shown == [], snippet


def test_a_new_scene_has_its_type(editor: LanguageServer, tmp_path: Path) -> None:
    """What is inserted for a new scene has the fields that every scene needs."""
    path = opened(editor, tmp_path, f"{HEAD}scenes:\n  - ")
    found = editor.complete(path, 4, 5)
    assert found["scene"].startswith("id: ")
    assert "type: " in found["scene"]


HOVERED = (
    "vidbuild: 1\ntitle: A\nlanguage: en\noutput:\n  size: 720p\n  fps: 24\n  profile: compat\n  peak: -1\n"
    "theme: paper\nvoice: espeak:en-us\ndefaults:\n  transition: fade\n  pause_after: 1\nscenes:\n  - id: a\n"
    "    type: code\n    code: x\n    language: python\n    captions: false\n    lines: 1\n    highlight:\n"
    "      - lines: 1\n        at: 2\n  - id: b\n    type: image\n    src: a.png\n    fit: cover\n    motion: zoom-in\n"
    "    frame: browser\n    narration: Hi.\n    transition: fade\n    background: '#fff'\n"
)


def hovers(editor: LanguageServer, folder: Path) -> dict[str, str]:
    """Return path -> hover of every field of a spec; the fields of scenes by name alone."""
    path = opened(editor, folder, HOVERED)
    shown = {}
    for number, line in enumerate(HOVERED.splitlines(), 1):
        found = re.match(r"[ -]*(\w+):", line)
        assert found is not None
        shown[f"{number} {found[1]}"] = editor.hover(path, number, found.start(1) + 2)
    return shown


def test_hovers_say_everything_once(editor: LanguageServer, tmp_path: Path) -> None:
    """Every field has a hover with title and description, in which no title, sentence or example stands twice."""
    for name, text in hovers(editor, tmp_path).items():
        assert text.startswith("#### "), name
        assert "||" not in text, (name, text)
        parts = [part for part in re.split(r"\n\n|(?<=\.) ", text) if part not in {"Example:", "Allowed Values:"}]
        assert len(parts) == len(set(parts)), (name, text)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("language", ["Default: `en`."]),
        ("size", ["Default: `1080p`.", "`vertical` is 1080x1920"]),
        ("fps", ["Default: `30`."]),
        ("profile", ["Default: `standard`.", "`standard` encodes", "`compat` encodes"]),
        ("peak", ["Default: `-1.5`."]),
        ("transition", ["`cut`: switch at once", "`fade`: cross-fade"]),
        ("captions", ["Default: `true`."]),
        ("fit", ["Default: `contain`.", "`cover`: fill", "`contain`: show"]),
        ("motion", ["Default: `none`.", "`zoom-in`: the image grows"]),
        ("frame", ["Default: `none`.", "`browser`: a window of a browser"]),
        ("type", [f"`{name}`: {kind.summary}" for name, kind in SCENE_TYPES.items()]),
    ],
)
def test_hovers_give_defaults_and_meanings(
    editor: LanguageServer, tmp_path: Path, field: str, expected: list[str]
) -> None:
    """The hover of a field has its default, and what each of its values means."""
    shown = [text.replace("\\", "") for name, text in hovers(editor, tmp_path).items() if name.endswith(f" {field}")]
    for part in expected:
        assert any(part in text for text in shown), shown


def test_a_strict_validator_compiles_the_schema(schema_file: Path) -> None:
    """The validator ajv, in its strict mode, compiles the schema and judges a good and a bad spec."""
    good: Any = yaml.safe_load(HEAD + SCENES)
    code = (
        "const Ajv = require(process.argv[1] + '/ajv/dist/2020');"
        "const schema = JSON.parse(require('fs').readFileSync(process.argv[2]));"
        "const check = new Ajv({strict: true, allErrors: true}).compile(schema);"
        "const good = JSON.parse(process.argv[3]);"
        "console.log(check(good), check({...good, bogus: 1}));"
    )
    command = ["node", "-e", code, str(MODULES), str(schema_file), json.dumps(good)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("true false\n", "")


def test_completions_of_an_utterance(editor: LanguageServer, tmp_path: Path) -> None:
    """In an entry of a narration that is a list, its fields are offered."""
    before = HEAD + "scenes:\n  - id: a\n    type: title\n    narration:\n      - text: Hello.\n        "
    path = opened(editor, tmp_path, before + "\n")
    lines = before.split("\n")
    assert {"voice", "speaker", "pause", "audio"} <= set(editor.complete(path, len(lines), len(lines[-1]) + 1))
