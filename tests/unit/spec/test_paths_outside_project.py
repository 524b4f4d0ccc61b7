"""Every field of a spec that takes a path, tried with every path that leads out of the project."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support import font_lab, pdf_files
from tests.support.spec_lab import Project, whole
from vidbuild.spec import schema
from vidbuild.spec.diagnostics import render
from vidbuild.spec.load import try_parse

CANARY = "hunter2"

# The fields of scene types that a split can hold too.
SCENES: dict[str, Callable[[str], dict[str, Any]]] = {
    "cards.cards.image": lambda path: {"type": "cards", "cards": [{"title": "A", "image": path}, {"title": "B"}]},
    "chart.file": lambda path: {"type": "chart", "file": path},
    "code.file": lambda path: {"type": "code", "file": path},
    "command.cast": lambda path: {"type": "command", "cast": path},
    "diagram.file": lambda path: {"type": "diagram", "file": path},
    "diff.file": lambda path: {"type": "diff", "file": path},
    "image.src": lambda path: {"type": "image", "src": path},
    "quote.portrait": lambda path: {"type": "quote", "text": "Yes.", "portrait": path},
    "steps.steps.image": lambda path: {"type": "steps", "steps": [{"text": "A", "image": path}, "B"]},
    "slide.file": lambda path: {"type": "slide", "file": path},
    "slide.src": lambda path: {"type": "slide", "src": path},
    "table.file": lambda path: {"type": "table", "file": path},
    "tree.folder": lambda path: {"type": "tree", "folder": path},
}


def alone(make: Callable[[str], dict[str, Any]], path: str) -> dict[str, Any]:
    """A spec with a scene."""
    return whole(make(path))


def beside(make: Callable[[str], dict[str, Any]], path: str) -> dict[str, Any]:
    """A spec with a split that has the content of a scene on its left."""
    return whole({"type": "split", "left": make(path), "right": {"type": "list", "items": ["A"]}})


FIELDS: dict[str, Callable[[str], dict[str, Any]]] = {
    **{field: partial(alone, make) for field, make in SCENES.items()},
    **{f"part_{field}": partial(beside, make) for field, make in SCENES.items()},
    "code_source.file": lambda path: whole({"type": "diff", "from": {"file": path}, "to": "b"}),
    "overlay.watermark.image": lambda path: whole({"overlays": [{"watermark": {"image": path}}]}),
    "overlay.clip": lambda path: whole({"overlays": [{"clip": path}]}),
    "typst.file": lambda path: whole({"type": "typst", "file": path}),
    "typst.files": lambda path: whole({"type": "typst", "body": "text", "files": [path]}),
    "theme": lambda path: whole(theme=path),
    "theme.extends": lambda path: whole(theme={"extends": path}),
    "theme.logo": lambda path: whole(theme={"logo": path}),
    "theme.fonts": lambda path: whole(theme={"fonts": path}),
    "theme.fonts.directory": lambda path: whole(theme={"fonts": {"directory": path}}),
    "narration.audio": lambda path: whole({"narration": {"audio": path, "text": "Hello."}}),
    "utterances.audio": lambda path: whole({"narration": [{"audio": path, "text": "Hello."}]}),
    "reading.lexicon": lambda path: whole(reading={"lexicon": path}),
    "music": lambda path: whole(music=path),
    "music.file": lambda path: whole(music={"file": path}),
    "sound.file": lambda path: whole({"sounds": [{"file": path, "at": 0}]}),
    "image_source": lambda path: whole({"background": {"image": path}}),
    "clip_source": lambda path: whole({"type": "clip", "src": path}),
    "stock.folder": lambda path: whole({"type": "clip", "src": {"stock": "sea", "provider": "folder", "folder": path}}),
    "command.record.fixture": lambda path: whole(
        {"type": "command", "commands": [{"run": "ls"}], "record": {"fixture": path}}
    ),
    "clip.poster": lambda path: whole({"type": "clip", "src": "clip.mp4", "poster": path, "at": 1}),
}
"""A spec for each such field. A new field is missing here until it has one: the first test says so."""

PLACES = {"image_source": "image", "clip_source": "src"}  # the field of a definition that several fields use
LENT = {
    "theme": "theme.yaml",
    "theme.extends": "theme.yaml",
    "theme.fonts": "fonts",
    "theme.fonts.directory": "fonts",
    "reading.lexicon": "lexicon.yaml",
}
TEXTS = {
    "chart.file": "data.csv",
    "code.file": "code.txt",
    "command.cast": "demo.cast",
    "diagram.file": "graph.mmd",
    "diff.file": "change.patch",
    "table.file": "data.csv",
    "tree.folder": "fonts",
}
CONTENT = {
    **TEXTS,
    **{f"part_{field}": name for field, name in TEXTS.items()},
    "code_source.file": "code.txt",
    "command.record.fixture": "fonts",
    **dict.fromkeys(("slide.file", "part_slide.file"), "deck.pdf"),
    "typst.file": "code.txt",
    "clip_source": "clip.mp4",
    "stock.folder": "fonts",
    "overlay.clip": "clip.mp4",
    **dict.fromkeys(("narration.audio", "utterances.audio", "music", "music.file", "sound.file"), "take.wav"),
}

OUT = (
    "../outside/{}",
    "../../project/../outside/{}",
    "sub/../../outside/{}",
    "{root}/../outside/{}",
    "{root}/inside/{}",
    "/proc/self/cwd/../outside/{}",
    "/proc/self/environ",
    "/dev/stdin",
    "/dev/fd/0",
    "~/{}",
    "~root/{}",
    "$HOME/{}",
    "${{HOME}}/{}",
    "%USERPROFILE%\\{}",
    "..\\outside\\{}",
    "C:\\{}",
    "c:{}",
    "\\\\server\\share\\{}",
    "//server/share/{}",
    "file:{}",
    "file:///{root}/../outside/{}",
    "http://127.0.0.1:9/{}",
    "https://127.0.0.1:9/{}",
    "concat:inside/{}|../outside/{}",
    "subfile,,start,0,end,0,,:../outside/{}",
    "data:text/plain,{}",
    "crypto:inside/{}",
    "async:inside/{}",
    "pipe:0",
    "fd:0",
    "inside\0/{}",
    "x/" * 3000 + "{}",
    "y" * 5000,
    "out-file/{}",
    "out-folder/{}",
    "out-absolute/{}",
    "out-chain/{}",
    "loop/{}",
    "proc/{}",
    "./.git/{}",
    ".git/../.git/{}",
    ".GIT/{}",
    ".git./{}",
    ".g\u200cit/{}",
    "git~1/{}",
    "sub/.git/{}",
    "to-git/{}",
    ".vidbuild/{}",
    ".hg/{}",
    ".ssh/{}",
    "pipes/{}",
)  # fmt: skip


def path_fields() -> Iterator[str]:
    """Every field of the schema that takes a path, by the mapping it is in."""
    whole_schema = schema.load()
    yield from fields_below({"properties": whole_schema["properties"]}, "")
    for name, node in whole_schema["$defs"].items():
        if name not in {"theme_name", "brand"}:  # a brand's paths are merged into those of the spec: test_brand.py
            yield from fields_below(node, name.removeprefix("scene_"))


def fields_below(node: Mapping[str, Any], name: str) -> Iterator[str]:
    """The names of the fields in a part of the schema that take a path."""
    if "x-path" in node or node.get("$ref") == "#/$defs/theme_name":
        yield name
    for key, child in node.get("properties", {}).items():
        yield from fields_below(child, f"{name}.{key}" if name else key)
    others = [node.get("items"), node.get("additionalProperties")]
    for child in (*node.get("anyOf", ()), *node.get("allOf", ()), *filter(None, others)):
        yield from fields_below(child, name)


def test_no_field_that_takes_a_path_is_forgotten() -> None:
    """V26: the table above has exactly the fields that the schema marks as paths."""
    assert set(path_fields()) == set(FIELDS)


def texts_about_files(node: Any, name: str) -> Iterator[str]:
    """Fields of text whose description is about a file, but that the schema does not mark as paths."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from texts_about_files(child, f"{name}.{index}")
    if not isinstance(node, Mapping):
        return
    described = str(node.get("description", "")).lower()
    about = any(word in described for word in (" path", "file with", "folder", "relative to this file"))
    if about and node.get("type") == "string" and "x-path" not in node:
        yield name
    for key, child in node.items():
        yield from texts_about_files(child, f"{name}.{key}")


# Texts about files that name none on disk: a tree is drawn as it is written.
NO_FILES = {f"tree.properties.{name}" for name in ("tree", "filename")} | {"diff.properties.path"}


OTHERS = ("brand", "batch")  # definitions of other files, whose readers check their paths


def test_no_field_reads_as_a_path_without_being_one() -> None:
    """V26: a field that is described as a path, file or folder is marked as one."""
    known = schema.load()
    node = {**known, "$defs": {name: each for name, each in known["$defs"].items() if not name.startswith(OTHERS)}}
    described = {name.rpartition("scene_")[2].rpartition("part_")[2] for name in texts_about_files(node, "")}
    assert described - NO_FILES == set()
    assert list(texts_about_files({"a": {"type": "string", "description": "A path."}}, "")) == [".a"]


def fill(folder: Path) -> None:
    """Put a file of every kind into a folder, each as it should be, with the secret in it where it can be."""
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (6, 4)).save(folder / "dot.png")
    (folder / "code.txt").write_text(CANARY, encoding="utf-8")
    (folder / "data.csv").write_text(f"{CANARY},b\nx,1\n", encoding="utf-8")
    (folder / "demo.cast").write_text(
        f'{{"version": 2, "width": 80, "height": 5}}\n[0, "o", "{CANARY}"]\n', encoding="utf-8"
    )
    (folder / "graph.mmd").write_text(f"flowchart LR\n  a[{CANARY}] --> b\n", encoding="utf-8")
    (folder / "change.patch").write_text(f"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+{CANARY}\n", encoding="utf-8")
    pdf_files.write(folder / "deck.pdf", [pdf_files.Sheet(text=CANARY)])
    (folder / "theme.yaml").write_text(f"name: {CANARY}\n", encoding="utf-8")
    (folder / "lexicon.yaml").write_text(f"word: {CANARY}\n", encoding="utf-8")
    (folder / "take.wav").write_bytes(b"RIFF" + CANARY.encode())
    (folder / "clip.mp4").write_bytes(CANARY.encode())
    (folder / "fonts").mkdir()
    with font_lab.write(folder / "fonts" / "a.ttf").open("ab") as file:
        file.write(CANARY.encode())


@pytest.fixture
def guarded(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with every way out there is; what is outside may not be opened by anyone."""
    root, outside = project.root, tmp_path.resolve() / "outside"
    for folder in ("inside", ".git", ".GIT", ".git.", ".g\u200cit", "git~1", "sub/.git", ".vidbuild", ".hg", ".ssh"):
        fill(root / folder)
    fill(outside)
    (root / "out-file").mkdir()
    (root / "pipes").mkdir()
    for name in {"dot.png", "theme.yaml", "lexicon.yaml", *CONTENT.values(), "fonts"}:
        (root / "out-file" / name).symlink_to(f"../../outside/{name}")
        os.mkfifo(root / "pipes" / name)
    (root / "out-folder").symlink_to("../outside")
    (root / "out-absolute").symlink_to(outside)
    (root / "out-chain").symlink_to("out-folder")
    (root / "loop").symlink_to("loop")
    (root / "proc").symlink_to("/proc/self/root" + str(outside))
    (root / "to-git").symlink_to(".git")
    monkeypatch.setenv("HOME", str(outside))
    monkeypatch.setenv("VIDBUILD_TEST_FORBIDDEN", str(outside))
    return project


@pytest.mark.parametrize("field", FIELDS)
def test_a_file_inside_is_taken(guarded: Project, field: str) -> None:
    """V26: in each field a file of the project is taken, so what the next test finds is the path's fault."""
    name = LENT.get(field, CONTENT.get(field, "dot.png"))
    examined = try_parse(FIELDS[field](f"./inside/{name}"), guarded.root / "v.yaml", recordings=False)
    unlocked = [item for item in examined.errors if item.message == "stock 'sea' is not locked"]
    assert examined.spec is not None or list(examined.errors) == unlocked, render(examined.diagnostics)


@pytest.mark.parametrize("field", FIELDS)
def test_no_path_leads_out(guarded: Project, field: str) -> None:
    """V26: no way out of the project is taken in any field: it is an error there, and nothing outside is opened."""
    name = LENT.get(field, CONTENT.get(field, "dot.png"))
    for way in OUT:
        value = way.replace("{root}", str(guarded.root)).replace("{{", "{").replace("}}", "}").replace("{}", name)
        examined = try_parse(FIELDS[field](value), guarded.root / "v.yaml", recordings=False)
        errors = [item for item in examined.diagnostics if item.severity == "error"]
        assert errors, f"{field}: '{value}' is taken"
        last = PLACES.get(field, field.rpartition(".")[2])
        assert all(str(item.path).removesuffix("[0]").endswith(last) for item in errors), (
            f"{field}: '{value}' is reported elsewhere"
        )
        assert CANARY not in render(examined.diagnostics, examined.sources)


@pytest.mark.parametrize("name", [".env", ".env.production", ".netrc", ".npmrc", ".pypirc", ".git-credentials", ".ENV"])
def test_files_of_secrets_are_not_shown(guarded: Project, name: str) -> None:
    """V26: well-known files of passwords cannot be shown as code, though they are in the project."""
    guarded.write(name, f"TOKEN={CANARY}")
    ((_, message, _),) = guarded.wrong({"type": "code", "file": name})
    assert message == f"'{name}': specs may not read files that hold secrets"


@pytest.mark.parametrize(
    "name", [".env.example", ".gitignore", ".github/workflows/ci.yml", ".gitattributes", "git/a", ".vscode/a"]
)
def test_other_hidden_files_are_shown(guarded: Project, name: str) -> None:
    """What people write about may have a name that begins with a dot."""
    guarded.write(name, "text")
    assert guarded.wrong({"type": "code", "file": name, "language": "text"}) == []


def test_the_cache_is_not_shown_wherever_it_is(guarded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """V26: a cache that lies elsewhere in the project is as closed as `.vidbuild`."""
    guarded.write("kept/here/blob.txt", CANARY)
    monkeypatch.setenv("VIDBUILD_CACHE", str(guarded.root / "kept"))
    ((_, message, _),) = guarded.wrong({"type": "code", "file": "kept/here/blob.txt"})
    assert message == "'kept/here/blob.txt': specs may not read files in 'kept'"
