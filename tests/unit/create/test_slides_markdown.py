"""Decks in Markdown: which tool's they are, their slides and their notes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from vidbuild.create.importers.slides import SlidesImporter
from vidbuild.create.registry import resolve
from vidbuild.create.source.outline import Code, Item, Items, Outline, Picture, Prose, Speech
from vidbuild.create.source.protocol import Source, SourceError

Read = Callable[[str], Outline]

MARP = """\
---
marp: true
title: Acme
---

<!-- _class: title -->

# Acme

Videos from text

---

## Why

![Logo width:200px](logo.png)

![bg right:40%](logo.png)

<!-- _class: wide
paginate: true -->

<!-- Tell them *why*. -->

- It is fast <!-- 10 minutes -->
- It is small

---

```yaml
a: 1
---
b: <!-- no note -->
```

***

Underlined
---

<!-- fit -->
"""
SLIDEV = """\
---
theme: seriph
---

# Acme

<!--
[click] Hello **all**.

- One thing
-->

---
layout: center
class: text-white
---

# Second

::right::

<div class="grid">
Text in a frame.<br>
</div>

<!-- no note -->

```yaml
---
layout: none
---
```

----

# Third

---
hide: true
---

# Hidden

---
src: ./more.md
---
"""
REVEAL = """\
Foo

Note: say foo

and more

---

## Bar

----

## Below

* One <!-- .element: class="fragment" -->
* Two

---

The End.
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A function that reads a text as a deck."""
    Image.new("RGB", (16, 9), "teal").save(tmp_path / "logo.png")

    def read_text(text: str) -> Outline:
        path = tmp_path / "deck.md"
        path.write_text(text, encoding="utf-8")
        return SlidesImporter().read(Source("slides", str(path), tmp_path))

    return read_text


def notes(outline: Outline) -> list[str]:
    """What is spoken on each slide, "" if nothing."""
    found = [[block.text for block in each.blocks if isinstance(block, Speech)] for each in outline.sections]
    return [" ".join(texts) for texts in found]


def test_marp(read: Read) -> None:
    """Marp's slides are divided by rules; a comment is a note unless it has a directive, or is in code."""
    outline = read(MARP)
    assert outline.paced
    assert outline.title == "Acme"
    assert [(each.heading, each.line) for each in outline.sections] == [
        ("Acme", 8),
        ("Why", 14),
        ("", 30),
        ("Underlined", 38),
    ]
    assert notes(outline) == ["", "Tell them why. 10 minutes", "", ""]
    first, bare = (block for block in outline.sections[1].blocks if isinstance(block, Picture))
    assert (first.alt, bare.alt) == ("Logo", "")
    assert outline.sections[2].blocks == (Code("a: 1\n---\nb: <!-- no note -->", "yaml"),)


def test_marp_divides_slides_by_headings(read: Read) -> None:
    """With `headingDivider` a heading of that level begins a slide."""
    outline = read("---\nmarp: true\nheadingDivider: 2\n---\n\n# A\n\nOne line.\n\n## B\n\n### C\n\n## D\n")
    assert [each.heading for each in outline.sections] == ["A", "B", "D"]


def test_slidev(read: Read) -> None:
    """Slidev's separators take front matter; notes are the last comment; hidden and imported slides are reported."""
    outline = read(SLIDEV)
    assert [each.heading for each in outline.sections] == ["Acme", "Second", "Third"]
    assert notes(outline) == ["Hello all. One thing", "", ""]
    prose, code = outline.sections[1].blocks
    assert prose == Prose("Text in a frame.")
    assert isinstance(code, Code)
    assert [(each.what, each.line) for each in outline.omissions] == [
        ("slide 4 'Hidden': it is hidden", 42),
        ("a slide from another file: ./more.md", 45),
    ]


def test_front_matter_of_a_slide_that_is_nested_too_deeply(read: Read) -> None:
    """The front matter of a later slide is bounded as that of the deck is: the parser would end the process."""
    outline = read(f"---\ntheme: seriph\n---\n\n# A\n\n---\nlayout: {'[' * 200_000}\n---\n\n# B\n")
    assert [each.heading for each in outline.sections] == ["A", "B"]


def test_reveal(read: Read) -> None:
    """Slides of reveal.js lie beside each other and below each other; what follows `Note:` is spoken."""
    outline = read(REVEAL)
    assert [(each.heading, each.parents) for each in outline.sections] == [
        ("Foo", ()),
        ("Bar", ()),
        ("Below", ("Bar",)),
        ("The End.", ()),
    ]
    assert notes(outline) == ["say foo. and more", "", "", ""]
    assert outline.sections[2].blocks == (Items((Item("One"), Item("Two"))),)
    assert [each.line for each in outline.sections] == [1, 9, 13, 20]


def test_separators_of_ones_own(read: Read) -> None:
    """With separators in front matter a rule is no separator; a pattern that is none, or could hang, is an error."""
    head = "---\nseparator: <!--s-->\nverticalSeparator: <!--v-->\nnotesSeparator: 'Aside:'\n---\n"
    outline = read(f"{head}One\n\n---\n\nmore\n\nAside: spoken\n\n<!--s-->\n\n# Two\n\n<!--v-->\n\n# Three\n")
    assert [(each.heading, each.parents) for each in outline.sections] == [
        ("One", ()),
        ("Two", ()),
        ("Three", ("Two",)),
    ]
    assert notes(outline) == ["spoken", "", ""]
    for pattern, message in (("(a+)+$", "too complex"), ("(", "no regular expression")):
        with pytest.raises(SourceError, match=message):
            read(f"---\nseparator: '{pattern}'\n---\nOne\n")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (MARP, "slides"),
        (SLIDEV, "slides"),
        (REVEAL, "slides"),
        ("---\ntheme: night\nhighlightTheme: x\n---\n# One\n", "slides"),
        ("# A\n\n---\n\n# B\n\nText.\n", "document"),
        ("---\nlayout: post\ntitle: A\n---\n\n# A\n\n---\n\nNo notes here.\n", "document"),
        ("# A\n\nNote: this is a document.\n", "document"),
        ("# A\n\n```yaml\n---\nlayout: center\n---\n```\n", "document"),
        ("---\nmarp: [\n---\n", "document"),
    ],
)
def test_which_markdown_is_a_deck(tmp_path: Path, text: str, kind: str) -> None:
    """A deck has settings of a tool, or slides with notes; every other document stays one unless the user says so."""
    (tmp_path / "deck.md").write_text(text, encoding="utf-8")
    assert resolve(str(tmp_path / "deck.md"))[0].name == kind
    assert resolve(f"slides:{tmp_path / 'deck.md'}")[0].name == "slides"


def test_slides_keep_their_names(read: Read) -> None:
    """A slide that moves, or whose neighbor changes, has its name and its digest as before."""
    before = {each.name: each.digest for each in read(REVEAL).sections}
    first, *others, last = REVEAL.split("\n---\n")
    changed = "\n---\n".join([*others, first.replace("say foo", "say bar"), "\n# New\n", last])
    after = {each.name: each.digest for each in read(changed).sections}
    assert set(before) < set(after)
    assert {name for name in before if before[name] != after[name]} == {"Foo"}


def test_a_deck_without_slides_is_refused(read: Read) -> None:
    """An empty file, and one whose slides are hidden, have nothing to show."""
    for text in ("", "---\nmarp: true\n---\n", "---\ntheme: seriph\nhide: true\n---\n# A\n"):
        with pytest.raises(SourceError, match="no slide"):
            read(text)
