"""Small valid sources of every importer, and the reading of damaged ones.

A kind of source that comes new needs a line in SOURCES, which a test demands.
"""

# ruff: noqa: E501 - sources are one line
from __future__ import annotations

import io
import json
import random
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from unittest.mock import patch

from PIL import Image

from tests.support import pdf_files
from tests.support.fuzz_targets import Target, bytes_of
from tests.support.mutations import damaged
from vidbuild.create import registry
from vidbuild.create.composer import Choices, compose
from vidbuild.create.importers.pandoc import run
from vidbuild.create.source import contained
from vidbuild.create.source.outline import Outline
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.json_types import Json

ARCHIVES = (".pptx", ".odt")
WHOLE = 0.2  # share of inputs that are archives damaged as a whole
MAX_BLOCKS = 20_000  # that a small source can have
MARKDOWN = """\
---
title: Acme
---
# Acme

[![badge](https://img.shields.io/x.svg)](https://example.com) Acme builds **videos** from `text`.

!!! note "Hint"

    It is fast (really). See https://example.com for more.

=== "One"

    ```bash title="run.sh"
    $ acme run --all \\
        video.yaml
    done
    ```

| a | b |
|---|---|
| 1 | `x` |

- [x] one: two
    - three
1. **Fast**: it caches

> Someone's words -- A reader

<details><asciinema-player src="a.cast"></asciinema-player></details>

```mermaid
graph LR
  a --> b
```

Term
: what it is $x^2$ [^1]

[^1]: A note.
"""
DECK = """\
---
marp: true
theme: default
---
# Talk
<!-- These are the notes of it. -->

---
<!-- _class: lead -->
## Two
* one
* two
![bg right](a.png)

---
layout: two-cols
---
# Three
```js {1,3}
x = 1
```
::right::
text
Note: said
----
## Below
"""
CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.2.0] - 2026-02-19

### Added

- Read two files (#12, [#3](https://example.com/3)) by @someone

## v1.1 (2025-01-02) [YANKED]

* One
"""
CAST = """\
{"version": 2, "width": 80, "height": 24, "timestamp": 1504467315, "title": "Demo", "env": {"SHELL": "/bin/zsh"}}
[0.2, "o", "\\u001b[?2004h$ "]
[0.5, "o", "ls\\r\\n"]
[0.9, "m", "Listing"]
[1.4, "o", "a.txt  \\u001b[1mb\\u001b[0m\\r\\n$ "]
[9.0, "r", "100x30"]
[9.5, "i", "q"]
[9.6, "x", "0"]
"""
VTT = """\
WEBVTT - talk

STYLE
::cue { color: red }

one
00:00:00.000 --> 00:00:02.500 align:start
<v Speaker A>Welcome<00:00:01.000><c> to</c> the talk.

00:00:02.500 --> 00:01:04.000
It is about <i>videos</i> &amp; text.
"""
SRT = (
    "1\n00:00:00,000 --> 00:00:02,000\n{\\an8}Welcome to it.\n\n2\n00:00:02,100 --> 00:00:04,000\n<b>It</b> goes on.\n"
)
SBV = "0:00:00.000,0:00:02.000\nWelcome to it.\n\n0:00:02.100,0:00:04.000\nIt goes on.\n"
TTML = (
    '<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"><body><div>'
    '<p begin="0s" end="2.5s">Welcome<br/>to <span>it</span>.</p><p begin="00:00:03:10" dur="2s">On.</p></div></body></tt>'
)
ASS = (
    "[Script Info]\nScriptType: v4.00+\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    "Dialogue: 0,0:00:00.00,0:00:02.00,Default,A,0,0,0,,{\\k20}Hel{\\k30}lo there.\n"
)
JSON3 = {
    "wireMagic": "pb3",
    "events": [
        {"tStartMs": 0, "dDurationMs": 2000, "segs": [{"utf8": "welcome"}, {"utf8": " to it", "tOffsetMs": 400}]},
        {"tStartMs": 2000, "dDurationMs": 900, "aAppend": 1, "segs": [{"utf8": "\n"}]},
    ],
}
WHISPER = {
    "text": " It is.",
    "language": "en",
    "segments": [{"id": 0, "start": 0.0, "end": 2.0, "text": " It is.", "words": None}],
}
TAPE = 'Output demo.gif\nSet FontSize 46\nHide\nType "cd x"\nEnter\nShow\n# Look\nType@.5 "ls -l" Enter 2\nSleep 500ms\nCtrl+C\n'
CSV = "day;heat;kind\n" + "".join(f'2026-{n % 12 + 1:02}-03;{n / 2};"a{n % 3}"\n' for n in range(30))
RECORDS = [{"kind": "ab"[n % 2], "length (mm)": n * 1.5 if n % 5 else None, "more": {"x": n}} for n in range(24)]
OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "description": "Sells *tea*."},
    "servers": [{"url": "https://shop.example.com"}],
    "tags": [{"name": "items", "description": "All."}],
    "paths": {
        "/items/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "post": {
                "tags": ["items"],
                "summary": "Add",
                "security": [{"key": []}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}},
            },
        }
    },
    "components": {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Item": {"properties": {"a": {"enum": ["x"]}, "b": {"anyOf": [{"$ref": "#/components/schemas/Item"}]}}}
        },
    },
}
YAML_API = "openapi: 3.0.0\ninfo: &i {title: Shop}\npaths:\n  /a:\n    get: {tags: [x], summary: List}\nx-more: *i\n"
PATCH = """\
From 37942702c3198d387f6d98abf63235bcbfaf6a87 Mon Sep 17 00:00:00 2001
From: A <a@example.com>
Subject: [PATCH] =?UTF-8?q?fix=20it?=

It was wrong.

Signed-off-by: A <a@example.com>
---
diff --git a/menu.md b/menu.md
--- a/menu.md
+++ b/menu.md
@@ -1,3 +1,3 @@ x
 # Menu

-tee
+tea
Binary files a/x.png and b/x.png differ
"""
NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "cells": [
        {"id": "a", "cell_type": "markdown", "metadata": {}, "source": "# Acme\n\nIt builds."},
        {
            "id": "b",
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "source": ["1 + 1"],
            "outputs": [
                {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": ["2"]}}
            ],
        },
    ],
}
ODT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">'
    '<office:automatic-styles/><office:body><office:text><text:p text:style-name="Title">Acme</text:p><table:table><table:table-row><table:table-cell>'
    "<table:table/></table:table-cell></table:table-row></table:table><text:p>It builds.</text:p></office:text></office:body></office:document-content>"
)
STYLES = '<office:document-styles xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>'
ADOC = """\
= Acme
:name: value
:long: one \\
  two

ifdef::name[]
It is {name}.
endif::[]

== Use

////
A comment.
////
include::other.adoc[]

[source,ruby]
----
puts {name}
----
"""
ORG = "#+TITLE: Acme\n* Use\n#+INCLUDE: other.org\n** TODO More\n- one\n"
REST = "Acme\n====\n\n.. note:: It builds.\n\n* one\n* two\n\n.. code-block:: python\n\n   x = 1\n"
RELEASE = {
    "tag_name": "v1",
    "name": "",
    "published_at": "2013-10-26T02:25:22Z",
    "body": "- One\r\n\r\n## More\r\n* Two #3",
}

Make = Callable[[], bytes]


def _text(text: str) -> Make:
    return text.encode


def _json(value: object) -> Make:
    return lambda: json.dumps(value).encode()


def _powerpoint() -> bytes:
    from pptx import Presentation

    deck = Presentation()
    for layout in (0, 1):
        slide = deck.slides.add_slide(deck.slide_layouts[layout])
        slide.shapes.title.text = "Acme"
        slide.placeholders[1].text = "One\nTwo"
        slide.notes_slide.notes_text_frame.text = "What is said."
    picture = io.BytesIO()
    Image.new("RGB", (8, 6), "teal").save(picture, "PNG")
    picture.seek(0)
    deck.slides[1].shapes.add_picture(picture, 0, 0)
    deck.slides[1].shapes.add_table(2, 2, 0, 0, 99, 99)
    target = io.BytesIO()
    deck.save(target)
    return target.getvalue()


def _pdf() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        pdf_files.write(path, [pdf_files.Sheet(more="BT /F 40 Tf 50 400 Td (Acme) Tj ET", font="Helvetica")] * 2)
        return path.read_bytes()


def _zip(entries: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name), data)  # of no date, so that equal seeds make equal bytes
    return target.getvalue()


# Module of an importer -> name of a file -> what makes a valid one.
SOURCES: Mapping[str, Mapping[str, Make]] = {
    "changelog": {"CHANGELOG.md": _text(CHANGELOG), "release.json": _json(RELEASE)},
    "slides": {"talk.md": _text(DECK), "talk.pptx": _powerpoint, "talk.pdf": _pdf},
    "markdown": {"README.md": _text(MARKDOWN)},
    "captions": {
        "a.vtt": _text(VTT), "a.srt": _text(SRT), "a.sbv": _text(SBV), "a.ttml": _text(TTML), "a.ass": _text(ASS),
        "a.json3": _json(JSON3), "a.json": _json(WHISPER),
    },
    "cast": {"a.cast": _text(CAST), "b.json": _json({"version": 1, "width": 80, "height": 24, "stdout": [[0.5, "$ ls\r\n"]]})},
    "tape": {"a.tape": _text(TAPE)},
    "data": {
        "a.csv": _text(CSV), "c.json": _json(RECORDS), "a.jsonl": _text('{"a": 1}\n{"a": 2}\n'), "api.json": _json(OPENAPI),
        "api.yaml": _text(YAML_API), "a.patch": _text(PATCH), "a.mmd": _text("---\ntitle: A\n---\ngraph LR\n  a --> b\n"),
        "a.dot": _text('digraph { a -> b [label="x"] }'),
    },
    "notebook": {"a.ipynb": _json(NOTEBOOK)},
    "pandoc": {
        "a.rst": _text(REST), "a.html": _text("<h1>Acme</h1><p>It <b>builds</b>.<ul><li>One</li></ul>"), "a.adoc": _text(ADOC),
        "a.org": _text(ORG), "a.odt": partial(_zip, {"content.xml": ODT.encode(), "styles.xml": STYLES.encode()}),
    },
}  # fmt: skip
# These read no files: what they are given is short, and has tests of its own.
WITHOUT_FILES = frozenset({"gitrange", "youtube", "topic"})
_WORDS = (
    b"---\n",
    b"```",
    b"# ",
    b"\n\n",
    b": ",
    b"- ",
    b"| ",
    b"[[",
    b"{{",
    b"<",
    b"&",
    b'"',
    b"\0",
    b"\xff\xfe",
    b"99999999999",
    b"-->",
)


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="vidbuild-import-"))


def call_here(function: Callable[..., Json], file: Path, *arguments: str) -> Json:
    """Call a function in this process, as `contained.call` does in one of its own, which takes half a second."""
    return json.loads(json.dumps(function(str(file), *arguments)))


def read(module: str, name: str, data: bytes) -> Outline | SourceError:
    """Return the outline of a file, of which scenes can be made, or why there is none; all of it in this process."""
    path = _folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    importer = next(each for each in registry.importers() if type(each).__module__.split(".")[3] == module)
    try:
        with patch.object(contained, "call", call_here):
            outline = importer.read(Source(importer.name, str(path), _folder()))
    except SourceError as error:
        return error
    blocks = sum(len(section.blocks) for section in outline.sections)
    assert blocks + len(outline.sections) <= MAX_BLOCKS, "the outline is larger than its source"
    compose(outline, "en", Choices(), lambda block: str(block.path))
    return outline


def _read(module: str, name: str, data: bytes) -> None:
    read(module, name, data)


def _read_without_pandoc(name: str, data: bytes) -> None:
    """Read a document of which pandoc makes an empty one: pandoc is a program of others, with limits of its own."""
    nothing: dict[str, Json] = {"meta": {}, "blocks": []}
    with patch.object(run, "parse", lambda _ready, _source: nothing):
        read("pandoc", name, data)


def _entries_of(make: Make) -> Callable[[random.Random], bytes]:
    """Makes inputs of a zip archive by damaging one of its entries, or the archive itself."""

    @cache
    def entries() -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(make())) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def damage(chance: random.Random) -> bytes:
        found = entries()
        if chance.random() < WHOLE:
            return damaged(whole := _zip(found), [whole], _WORDS, chance)
        name = chance.choice([*found])
        return _zip({**found, name: damaged(found[name], [*found.values()], _WORDS, chance)})

    return damage


def _alone(make: Callable[[], bytes]) -> list[bytes]:
    return [make()]


def targets() -> list[Target]:
    """Return a target of the fuzzer for each file of SOURCES."""
    return [
        Target(
            f"{module}-{name}",
            _entries_of(make) if name.endswith(ARCHIVES) else bytes_of(partial(_alone, make), *_WORDS),
            partial(_read_without_pandoc, name) if module == "pandoc" else partial(_read, module, name),
        )
        for module, files in SOURCES.items()
        for name, make in files.items()
    ]
