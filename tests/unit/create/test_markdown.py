"""What is read from Markdown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vidbuild.create.importers.markdown import MarkdownImporter
from vidbuild.create.importers.markdown.prepare import prepared
from vidbuild.create.source.outline import (
    Code,
    Command,
    Commands,
    Diagram,
    Item,
    Items,
    Outline,
    Picture,
    Prose,
    Quotation,
    Recording,
    Table,
)
from vidbuild.create.source.protocol import Source, SourceError

Read = Callable[..., Outline]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A function that reads a text as a document in the project."""

    def read_text(text: str, name: str = "docs/page.md") -> Outline:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return MarkdownImporter().read(Source("document", str(path), tmp_path))

    return read_text


def blocks(outline: Outline) -> list[object]:
    """All blocks of a document, in order."""
    return [block for section in outline.sections for block in section.blocks]


def omitted(outline: Outline) -> list[tuple[int, str]]:
    """What is left out, with its line."""
    return [(each.line, each.what) for each in outline.omissions]


def test_sections_by_heading(read: Read) -> None:
    """Each heading begins a section, which knows the headings above it and its line."""
    outline = read("# Acme\n\nFast.\n\n## Install\n\n### From source\n\nBuild it.\n\n## Use\n")
    assert outline.title == "Acme"
    assert [(each.name, each.line) for each in outline.sections] == [
        ("Acme", 1),
        ("Acme > Install", 5),
        ("Acme > Install > From source", 7),
        ("Acme > Use", 11),
    ]


def test_levels_that_jump(read: Read) -> None:
    """A level that is left out is no heading above another one."""
    outline = read("Acme\n====\n\n#### Deep\n\nx y z\n\n## Flat\n\nx y z\n")
    assert [each.parents for each in outline.sections] == [(), ("Acme",), ("Acme",)]


def test_the_title_of_a_text_without_headings(tmp_path: Path) -> None:
    """A document without a title and headings is called as its file is, in words."""
    for name, expected in (("my-first_notes.md", "My first notes"), ("---.md", "---")):
        (tmp_path / name).write_text("Some text.\n")
        assert MarkdownImporter().read(Source("document", str(tmp_path / name), tmp_path)).title == expected


def test_equal_headings_have_names_of_their_own(read: Read) -> None:
    """Sections with the same headings get a number."""
    outline = read("# A\n\n## Set\n\none\n\n## Set\n\ntwo\n")
    assert [each.name for each in outline.sections] == ["A", "A > Set", "A > Set (2)"]


def test_the_digest_is_of_the_section_alone(read: Read) -> None:
    """A change in one section, or of the space at the ends of lines, changes no other section's digest."""
    first = read("# A\n\nOne.\n\n## B\n\nTwo.\n")
    second = read("# A\n\nOne.\n\n## B\n\nThree.\n")
    third = read("# A  \n\nOne.\n\n\n## B\n\nTwo.\n\n\n")
    assert first.sections[0].digest == second.sections[0].digest == third.sections[0].digest
    assert first.sections[1].digest == third.sections[1].digest != second.sections[1].digest


def test_front_matter(read: Read) -> None:
    """The fields before a document are its title, language and description, and no content."""
    outline = read("---\ntitle: Guide\nlang: de\ndescription: Kurz\n---\n\n# Other\n\nText hier.\n")
    assert (outline.title, outline.language, outline.description) == ("Guide", "de", "Kurz")
    assert blocks(outline) == [Prose("Text hier.")]


def test_front_matter_that_is_no_yaml(read: Read) -> None:
    """An error in the front matter has its line in the file."""
    with pytest.raises(SourceError) as caught:
        read("---\ntitle: [\n---\n\nText.\n")
    assert caught.value.location is not None
    assert caught.value.location.line == 3


def test_inline_markup(read: Read) -> None:
    """Code and strong text keep their marks; emphasis, links and line breaks do not."""
    outline = read("Use *the* `acme` **tool**\nof [Acme](https://example.com), see <https://example.com>.\n")
    assert blocks(outline) == [Prose("Use the `acme` **tool** of Acme, see https://example.com.")]


def test_breaks_of_lines_part_words(read: Read) -> None:
    """A break of a line in HTML stands between words, as in cells of tables."""
    outline = read("| a | b |\n|---|---|\n| MPL-1.1<br>_restrictive_ | c<BR/>d |\n")
    assert blocks(outline) == [Table(("a", "b"), (("MPL-1.1 restrictive", "c d"),))]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('<h1 align="center">Acme for <a href="x">all</a></h1>\n\nText.\n\n## Install\n', "Acme for all"),
        ('<div align="center">\n<img src="logo.svg">\n<h1>\n  Acme\n</h1>\n</div>\n\n# Install\n', "Acme"),
        ('<h1><img src="logo.svg"></h1>\n\n# Acme\n', "Acme"),
        ("# Acme\n\n<h1>Install</h1>\n", "Acme"),
        ("---\ntitle: Acme\n---\n\n<h1>Install</h1>\n", "Acme"),
    ],
)
def test_the_title_in_raw_html(text: str, title: str, read: Read) -> None:
    """A heading in HTML above the first one in Markdown is the document's title."""
    assert read(text).title == title


def test_icons_are_left_out(read: Read) -> None:
    """Icons by name are no text; check marks and crosses in tables are."""
    outline = read("| a | b |\n|---|---|\n| x :rocket: | :material-check: |\n| y | :material-close: |\n")
    assert blocks(outline) == [Table(("a", "b"), (("x", "✓"), ("y", "✗")))]


def test_badges_are_left_out(read: Read) -> None:
    """Pictures of the network that links consist of are badges."""
    outline = read("# A\n\n[![build](https://img.shields.io/x.svg)](https://example.com)\n\nText of it.\n")
    assert blocks(outline) == [Prose("Text of it.")]
    assert omitted(outline) == [(3, "a badge")]


def test_pictures_of_the_project(read: Read, tmp_path: Path) -> None:
    """A picture in the project is shown, whether Markdown or HTML names it; others are named with their line."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.png").write_bytes(b"png")
    outline = read(
        '![One](a.png#only-light)\n\n<p align="center"><img src="a.png" alt="Two"></p>\n\n![x](b.png)\n\n'
        "![y](../../outside.png)\n\n![z](https://example.com/z.png)\n"
    )
    path = (tmp_path / "docs/a.png").resolve()
    assert blocks(outline) == [Picture("One", path), Picture("Two", path)]
    assert [line for line, _ in omitted(outline)] == [5, 7, 9]


def test_lists(read: Read) -> None:
    """Items have what is below them; names that are strong or code are parted from what is said about them."""
    outline = read("- **Fast**: it caches\n- `--all`: everything\n- plain\n    - below\n\n1. one\n2. two\n")
    assert blocks(outline) == [
        Items((Item("Fast", "it caches"), Item("`--all`", "everything"), Item("plain", "", (Item("below"),)))),
        Items((Item("one"), Item("two")), ordered=True),
    ]


@pytest.mark.parametrize(
    "name", ["`-a`, `--all`", "`-a` `--all`", "`-a` or `--all`", "`-a`/`--all`", "`a` | `b` | `c`"]
)
def test_several_names_of_one_thing(name: str, read: Read) -> None:
    """Several names in code are parted from what is said about all of them."""
    assert blocks(read(f"- {name}: everything\n- `x`: one\n")) == [
        Items((Item(name, "everything"), Item("`x`", "one")))
    ]


def test_tasks(read: Read) -> None:
    """A list of tasks knows which are done."""
    assert blocks(read("- [x] one\n- [ ] two\n")) == [Items((Item("one"), Item("two")), done=(True, False))]


def test_a_list_of_links_is_left_out(read: Read) -> None:
    """Items that are links and nothing else lead away from the video."""
    outline = read("- [One](https://example.com/1)\n- [Two](https://example.com/2)\n\nText of it.\n")
    assert blocks(outline) == [Prose("Text of it.")]
    assert omitted(outline) == [(1, "a list of 2 links")]


def test_a_list_that_holds_code_is_its_blocks(read: Read) -> None:
    """What is in the items of a list is shown in order."""
    outline = read(
        "- With pip:\n\n    ```bash\n    pip install acme\n    ```\n\n- Then:\n\n    ```bash\n    acme\n    ```\n"
    )
    assert blocks(outline) == [
        Prose("With pip:"),
        Commands((Command(run="pip install acme"),), "bash"),
        Prose("Then:"),
        Commands((Command(run="acme"),), "bash"),
    ]


def test_fences(read: Read) -> None:
    """Commands, diagrams and code by info string; indented code is code."""
    outline = read('```mermaid\nflowchart LR\na-->b\n```\n\n```py title="app.py"\nx = 1\n```\n\n    indented\n')
    assert blocks(outline) == [
        Diagram("flowchart LR\na-->b", "mermaid"),
        Code("x = 1", "py", "app.py"),
        Code("indented"),
    ]


@pytest.mark.parametrize(
    "note",
    [
        "> [!NOTE]\n> It needs Docker.\n",
        "!!! note\n    It needs Docker.\n",
        '??? tip "A title"\n    It needs Docker.\n',
        ":::{note}\nIt needs Docker.\n:::\n",
        "```{warning}\nIt needs Docker.\n```\n",
    ],
)
def test_notes(read: Read, note: str) -> None:
    """Notes of GitHub, MkDocs and MyST are what they say."""
    assert blocks(read(note)) == [Prose("It needs Docker.")]


def test_a_quotation_with_its_author(read: Read) -> None:
    """Someone's words are a quotation, and the last line names whose."""
    assert blocks(read("> It is fast.\n> — A reader\n")) == [Quotation("It is fast.", "A reader")]


def test_of_alternatives_in_tabs_one_is_kept(read: Read) -> None:
    """The first tab is shown; the others are named, and no line moves."""
    tabs = '=== "pip"\n\n    ```bash\n    pip install a\n    ```\n\n=== "uv"\n\n    ```bash\n    uv add a\n    ```\n'
    outline = read(f"{tabs}\n## B\n\nText b.\n")
    assert blocks(outline) == [Commands((Command(run="pip install a"),), "bash"), Prose("Text b.")]
    assert omitted(outline) == [(1, "1 alternative to a tab")]
    assert outline.sections[-1].line == 13


def test_tabs_inside_of_code_are_code() -> None:
    """What looks like a tab in a fenced text is shown as it is."""
    text = '```md\n=== "a"\n    b\n```'
    assert prepared(text) == (text, [])


def test_recordings_of_a_terminal(read: Read, tmp_path: Path) -> None:
    """A player's recording in the project is shown, also by its address on the site."""
    (tmp_path / "docs/static").mkdir(parents=True)
    (tmp_path / "docs/static/a.cast").write_bytes(b"{}")
    outline = read('<asciinema-player src="/static/a.cast" cols=80></asciinema-player>\n')
    assert blocks(outline) == [Recording((tmp_path / "docs/static/a.cast").resolve())]


def test_columns_without_text_are_left_out(read: Read) -> None:
    """A column of badges has nothing to show."""
    outline = read("| a | b |\n|---|---|\n| x | ![y](https://img.shields.io/y.svg) |\n")
    assert blocks(outline) == [Table(("a",), (("x",),))]


def test_raw_html_is_named(read: Read) -> None:
    """HTML whose text no scene shows is named with its line."""
    assert omitted(read("Text.\n\n<div>Some text</div>\n")) == [(3, "raw HTML")]


def test_a_text_that_is_not_utf_8(tmp_path: Path) -> None:
    """The error has the line of the first byte that is wrong."""
    path = tmp_path / "a.md"
    path.write_bytes(b"# A\n\ncaf\xe9\n")
    with pytest.raises(SourceError, match="0xe9 is not UTF-8") as caught:
        MarkdownImporter().read(Source("document", str(path), tmp_path))
    assert caught.value.location is not None
    assert caught.value.location.line == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_a_text_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    """The mark says how a text is encoded, as editors for Windows save it."""
    path = tmp_path / "a.md"
    mark = "\ufeff" if encoding.endswith("-be") else ""  # Python writes it for the others
    path.write_bytes(f"{mark}# Café\n\nText of it.\n".encode(encoding))
    assert MarkdownImporter().read(Source("document", str(path), tmp_path)).title == "Café"


def test_a_text_cut_short_in_utf_16(tmp_path: Path) -> None:
    """The error names the encoding that the mark promises."""
    path = tmp_path / "a.md"
    path.write_bytes("# A".encode("utf-16")[:-1])
    with pytest.raises(SourceError, match="is not UTF-16"):
        MarkdownImporter().read(Source("document", str(path), tmp_path))


def test_a_heading_between_two_lines(read: Read) -> None:
    """A plain text's heading may have a line above it, which is no part of it."""
    outline = read("======\nAcme\n======\n\nText of it.\n")
    assert outline.title == "Acme"
    assert outline.sections[0].line == 2


@pytest.mark.parametrize("text", ["", "\n", "---\n---\n", "<!-- x -->", "# \n", "- \n", "| a |\n|---|\n"])
def test_a_document_without_content(read: Read, text: str) -> None:
    """A document that shows nothing has no blocks, and is no error."""
    assert blocks(read(text)) == []
