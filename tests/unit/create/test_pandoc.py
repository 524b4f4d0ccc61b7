"""What is read from reStructuredText, AsciiDoc, HTML, Word, OpenDocument, Org and EPUB."""

from __future__ import annotations

import base64
import contextlib
import io
import random
import subprocess
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

from vidbuild.create.importers.pandoc import PandocImporter, archive, run
from vidbuild.create.importers.pandoc.asciidoc import resolved
from vidbuild.create.importers.pandoc.html import well_formed
from vidbuild.create.importers.pandoc.prepare import Prepared
from vidbuild.create.source.outline import (
    Code,
    Command,
    Commands,
    Item,
    Items,
    Outline,
    Picture,
    Prose,
    Quotation,
    Table,
)
from vidbuild.create.source.protocol import Source, SourceError

Read = Callable[[str, str], Outline]
CONTENT = "xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'"
TEXT = "xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'"
TABLE = "xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0'"
STYLE = "xmlns:style='urn:oasis:names:tc:opendocument:xmlns:style:1.0'"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A function that reads a text as a document with a name."""

    def read_text(name: str, text: str) -> Outline:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return PandocImporter().read(Source("document", str(tmp_path / name), tmp_path))

    return read_text


def blocks(outline: Outline) -> list[object]:
    """All blocks of a document, in order."""
    return [block for section in outline.sections for block in section.blocks]


def omitted(outline: Outline) -> list[tuple[int, str]]:
    """What is left out, with its line."""
    return [(each.line, each.what) for each in outline.omissions]


def png() -> bytes:
    """The bytes of a small picture."""
    file = io.BytesIO()
    Image.new("RGB", (8, 6), "teal").save(file, "PNG")
    return file.getvalue()


def pandoc(text: str, *arguments: str) -> bytes:
    """What pandoc itself writes of a Markdown text, as a document of another kind."""
    command = [str(run._program()), "--from=markdown", *arguments]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout


def test_restructuredtext(read: Read) -> None:
    """Headings with their lines, literal texts, roles, tasks of a shell and notes of a page."""
    outline = read(
        "guide.rst",
        "Acme\n====\n\nUse :func:`~acme.make.run` or :ref:`the guide <guide>`.\n\nInstall\n-------\n\n"
        ".. code-block:: console\n\n   $ pip install acme\n   done\n\n.. note:: Keep it *short*.\n\n>>> 1 + 1\n2\n",
    )
    assert outline.title == "Acme"
    assert [(each.name, each.line) for each in outline.sections] == [("Acme", 1), ("Acme > Install", 6)]
    assert blocks(outline) == [
        Prose("Use `run` or the guide."),
        Commands((Command(run="pip install acme"), Command(output="done"))),
        Prose("Keep it short."),
        Code(">>> 1 + 1\n2", "python"),
    ]


def test_files_that_a_document_takes_in(read: Read, tmp_path: Path) -> None:
    """No other file is read: what would come from one is left out, with its line."""
    (tmp_path / "secret.txt").write_text("hunter2")
    rst = read(
        "a.rst",
        "A\n=\n\n.. include:: secret.txt\n\n.. csv-table::\n   :file: secret.txt\n\n"
        ".. raw:: html\n   :file: secret.txt\n\nText of it.\n",
    )
    adoc = read("a.adoc", "= A\n\ninclude::secret.txt[]\n\nText of it.\n")
    org = read("a.org", '* A\n#+INCLUDE: "secret.txt"\nText of it.\n')
    for outline in (rst, adoc, org):
        assert blocks(outline) == [Prose("Text of it.")]
    assert [line for line, _ in omitted(rst)] == [4, 6, 9]
    assert [line for line, _ in omitted(adoc)] == [3]
    assert [line for line, _ in omitted(org)] == [2]


def test_asciidoc(read: Read) -> None:
    """Attributes, titles of blocks, callouts, check lists, admonitions and quotations."""
    outline = read(
        "guide.adoc",
        "= Acme\n:url: https://example.com\n:lang: de\n\nSee {url}[the site] for `a::b` and `gem install`.\n\n"
        "== Use\n\n.Steps\n* [x] built\n* [ ] shown\n\n[source,ruby]\n----\nputs 1 # <1>\n----\n<1> It prints.\n\n"
        "NOTE: Keep it short.\n\n[quote,First Speaker]\nWe like it.\n",
    )
    assert (outline.title, outline.language) == ("Acme", "de")
    assert [(each.name, each.line) for each in outline.sections] == [("Acme", 1), ("Acme > Use", 7)]
    assert blocks(outline) == [
        Prose("See the site for `a::b` and `gem install`."),
        Prose("Steps:"),
        Items((Item("built"), Item("shown")), done=(True, False)),
        Code("puts 1", "ruby"),
        Items((Item("It prints."),), ordered=True),
        Prose("Keep it short."),
        Quotation("We like it.", "First Speaker"),
    ]


def test_conditions_of_asciidoc() -> None:
    """Conditions are decided and comments left out, and each line keeps its number."""
    found = resolved(
        ":a: 1\nifdef::a[]\none\nendif::[]\nifndef::a[two]\nifdef::b,a[three]\nifdef::b+a[]\nfour\nendif::[]\n"
        "ifeval::[{a} < 2]\nfive\nendif::[]\nifeval::[{safe-mode-level} < 20]\nsix\nendif::[]\n////\nseven\n////\n"
        "// eight\n----\n// nine {a}\n----\n[subs=attributes+]\n----\n{a}\n----\n"
    )
    assert [(number, line) for number, line in found.lines if line] == [
        (1, ":a: 1"),
        (3, "one"),
        (6, "three"),
        (11, "five"),
        (20, "----"),
        (21, "// nine {a}"),
        (22, "----"),
        (23, "[subs=attributes+]"),
        (24, "----"),
        (25, "1"),
        (26, "----"),
    ]


def test_errors_have_the_line_of_the_source() -> None:
    """The line that pandoc names is that of the source, before conditions and comments are left out."""
    ready = Prepared("asciidoc", b"= A\n\nb\nc\n", lines=(1, 2, 7, 9))
    assert run._line_of('Unexpected "c" at "document" char 7', ready) == 9
    assert run._line_of('Error at "document" (line 3, column 1): x', ready) == 7
    assert run._line_of('Error at "csv" (line 3, column 1): x', ready) == 0


def test_what_pandoc_refuses(read: Read) -> None:
    """A document that pandoc does not read is refused with pandoc's reason."""
    with pytest.raises(SourceError, match=r"pandoc cannot read it as rst: .*unexpected end of input"):
        read("a.rst", 'A\n=\n\n.. csv-table:: t\n\n   "a, b\n')


def test_literal_texts_without_an_end(read: Read) -> None:
    """A literal text of AsciiDoc that does not end goes to the end of the document."""
    assert blocks(read("a.adoc", "= A\n\n[source,ruby]\n----\nputs 1\n")) == [Code("puts 1", "ruby")]
    assert blocks(read("b.adoc", "= A\n\n```ruby\nputs 1\n")) == [Code("puts 1", "ruby")]


def test_html_of_tables(read: Read) -> None:
    """Cells without end tags stay cells; typed lines are code, and their rendering is not shown again."""
    outline = read(
        "a.html",
        "<title>Site</title><h1>Guide</h1><p><table><tr><th>Plain<th>Result<th>Notes"
        "<tr><td><samp>*a*</samp><td><em>a</em><td>emphasis</table>"
        "<h2>Lists</h2><table><thead><tr><th>Plain<th>Result</thead><tr><td><samp>Lists:</samp>\n"
        "<p><samp>-&nbsp;one</samp>\n<br><samp>&nbsp;&nbsp;two</samp><td>Lists:<ul><li>one two</ul></table>",
    )
    assert outline.title == "Guide"
    assert blocks(outline) == [
        Table(("Plain", "Result", "Notes"), (("`*a*`", "a", "emphasis"),)),
        Code("Lists:\n\n- one\n  two"),
    ]


def test_the_content_of_a_page(read: Read) -> None:
    """Of a page its main part is read: no navigation, script, permanent links and footer."""
    outline = read(
        "a.html",
        '<html lang="fr"><body><nav><h2>Menu</h2></nav><main><h1>Guide<a class="headerlink" href="#a">\u00b6</a></h1>'
        '<script>alert("x")</script><p>Texte du guide.</p><div class="highlight-python notranslate"><div><pre>x = 1'
        "</pre></div></div></main><footer>(c)</footer></body></html>",
    )
    assert outline.omissions == ()
    assert (outline.title, outline.language) == ("Guide", "fr")
    assert blocks(outline) == [Prose("Texte du guide."), Code("x = 1", "python")]


def test_html_headings_have_lines(read: Read) -> None:
    """Sections of a page know the lines of their headings."""
    outline = read("a.html", "<h1>A</h1>\n<p>x y z</p>\n\n<h2\nid=b>B</h2>\n<p>x y z</p>\n")
    assert [(each.heading, each.line) for each in outline.sections] == [("A", 1), ("B", 4)]


def test_code_inside_of_a_word(read: Read) -> None:
    """Code that is a part of a word has no marks of its own; code beside a word has."""
    outline = read(
        "a.html", "<h1>Quick re<code>Structured</code>Text</h1><p>All <code>cell</code>s and <code>x y</code>."
    )
    assert outline.title == "Quick reStructuredText"
    assert blocks(outline) == [Prose("All `cell`s and `x y`.")]


def test_names_that_cannot_be_written() -> None:
    """Attributes and elements with names that HTML cannot write again are no error."""
    text, _ = well_formed(b'<p ="x" a<b="c" class="d"><x"y>hello</p>')
    assert "hello" in text
    assert 'class="d"' in text


def test_pictures_in_addresses(read: Read, tmp_path: Path) -> None:
    """A picture in a data address is embedded; one of the project is a file, and others are left out."""
    (tmp_path / "my map.png").write_bytes(png())
    address = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    outline = read(
        "a.html",
        f'<h1>A</h1><img src="{address}" alt="A plot"><img src="my%20map.png" alt="A map">'
        '<img src="https://example.com/x.png"><img src="../x.png"><img src="data:image/x-icon;base64,AA==">',
    )
    plot, chart = blocks(outline)
    assert isinstance(plot, Picture)
    assert (plot.alt, plot.data) == ("A plot", png())
    assert isinstance(chart, Picture)
    assert (chart.alt, chart.path) == ("A map", tmp_path / "my map.png")
    assert len(outline.omissions) == 3


def test_word(tmp_path: Path) -> None:
    """A Word document: its title, headings without lines, tables and the pictures in it."""
    (tmp_path / "plot.png").write_bytes(png())
    text = (
        f"---\ntitle: Acme\nsubtitle: In short\n---\n\n# Use\n\nIt **works**.\n\n![A plot]({tmp_path / 'plot.png'})\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n1. one\n2. two\n"
    )
    path = tmp_path / "a.docx"
    path.write_bytes(pandoc(text, "--to=docx", "--output=-"))
    outline = PandocImporter().read(Source("document", str(path), tmp_path))
    assert (outline.title, outline.description) == ("Acme", "In short")
    assert [(each.name, each.line) for each in outline.sections] == [("Acme", 0), ("Acme > Use", 0)]
    prose, picture, table, items = blocks(outline)
    assert prose == Prose("It **works**.")
    assert isinstance(picture, Picture)
    assert picture.data == png()
    assert table == Table(("a", "b"), (("1", "2"),))
    assert items == Items((Item("one"), Item("two")), ordered=True)


def test_epub(tmp_path: Path) -> None:
    """Chapters of an EPUB are sections of the book."""
    path = tmp_path / "a.epub"
    path.write_bytes(
        pandoc(
            "# One\n\nText one here.\n\n# Two\n\nText two here.\n",
            "--to=epub",
            "-Mtitle=Book",
            "-Mlang=nl",
            "--output=-",
        )
    )
    outline = PandocImporter().read(Source("document", str(path), tmp_path))
    assert (outline.title, outline.language) == ("Book", "nl")
    assert [each.heading for each in outline.sections if each.blocks] == ["One", "Two"]


def test_opendocument(tmp_path: Path) -> None:
    """The paragraphs in the styles of titles are the title, and tables in cells, which pandoc drops, are said."""
    body = (
        "<text:p text:style-name='P1'>Acme</text:p><text:p text:style-name='Subtitle'>In short</text:p>"
        "<text:h text:outline-level='1'>Use</text:h><text:p>It works.</text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row>"
        "<table:table-row><table:table-cell><text:p>b</text:p><table:table><table:table-row><table:table-cell>"
        "<text:p>c</text:p></table:table-cell></table:table-row></table:table></table:table-cell></table:table-row></table:table>"
    )
    content = (
        f"<office:document-content {CONTENT} {TEXT} {TABLE} {STYLE}><office:automatic-styles>"
        "<style:style style:name='P1' style:family='paragraph' style:parent-style-name='Title'/>"
        "</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    path = tmp_path / "a.odt"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("content.xml", content)
        file.writestr("styles.xml", f"<office:document-styles {CONTENT}/>")
    outline = PandocImporter().read(Source("document", str(path), tmp_path))
    assert (outline.title, outline.description) == ("Acme", "In short")
    assert blocks(outline) == [Prose("It works."), Table(("a",), (("b",),))]
    assert omitted(outline) == [(0, "1 table in the cells of another table")]


def test_org(read: Read) -> None:
    """States and tags of Org's headings are no text of theirs."""
    outline = read(
        "a.org", "#+TITLE: Acme\n\n* TODO Use it :tag:\n- [X] built\n- [ ] shown\n\n#+BEGIN_SRC sh\nls\n#+END_SRC\n"
    )
    assert outline.title == "Acme"
    assert [(each.name, each.line) for each in outline.sections] == [("Acme", 1), ("Acme > Use it", 3)]
    assert blocks(outline) == [
        Items((Item("built"), Item("shown")), done=(True, False)),
        Commands((Command(run="ls"),), "bash"),
    ]


def test_a_numbered_list_that_goes_on(read: Read) -> None:
    """A numbered list that goes on behind a list of bullets is one list, whose numbers go on."""
    outline = read(
        "a.html", "<h1>A</h1><ol><li>one<li>two</ol><ul><li>x</ul><ol start=3><li>three</ol><ol><li>new</ol>"
    )
    assert blocks(outline) == [
        Items((Item("one"), Item("two", items=(Item("x"),)), Item("three")), ordered=True),
        Items((Item("new"),), ordered=True),
    ]


def test_merged_cells(read: Read) -> None:
    """A cell that spans rows is in each; what it spans to its side is empty; columns without text are left out."""
    outline = read(
        "a.html",
        "<h1>A</h1><table><tr><th>a<th>b<th>c<tr><td rowspan=2>x<td>1<td><tr><td>2<td>"
        "<tr><td colspan=2>wide<td></table>",
    )
    assert blocks(outline) == [Table(("a", "b"), (("x", "1"), ("x", "2"), ("wide", "")))]


def test_digests_follow_the_words(read: Read) -> None:
    """A part's digest changes with its words, not with quotation marks, line breaks and other parts."""
    first = read("a.rst", "A\n=\n\nIt's one\ntwo.\n\nB\n-\n\nThree.\n").sections
    second = read("a.rst", "A\n=\n\nIt\u2019s one two.\n\nB\n-\n\nFour.\n").sections
    assert first[0].digest == second[0].digest
    assert first[1].digest != second[1].digest


def test_bombs_and_other_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no archive, one that unpacks to too much, and a page nested too deeply are refused by name."""
    path = tmp_path / "a.docx"
    path.write_bytes(b"no archive")
    importer = PandocImporter()
    with pytest.raises(SourceError, match=r"is no \.docx document"):
        importer.read(Source("document", str(path), tmp_path))
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    with pytest.raises(SourceError, match="is encrypted, or of the format before 2007"):
        importer.read(Source("document", str(path), tmp_path))
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1000)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", b"a" * 5000)
    with pytest.raises(SourceError, match="is 0 MB unpacked: the maximum is 0 MB"):
        importer.read(Source("document", str(path), tmp_path))
    (tmp_path / "a.html").write_text("<div>" * 3000 + "a")
    with pytest.raises(SourceError, match="nested too deeply"):
        importer.read(Source("document", str(tmp_path / "a.html"), tmp_path))


def test_pandoc_has_limits(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends at its limits of time, memory and output, which the message names."""
    text = "A\n=\n\n" + "word *b* ``c``\n\n" * 2000
    for name, value, message in (
        ("SECONDS", 0.01, "took pandoc more than 0 s"),
        ("HEAP", "4M", "more than 4MB of memory"),
        ("MAX_OUTPUT", 1000, "is too large"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(run, name, value)
            with pytest.raises(SourceError, match=message):
                read("a.rst", text)


def test_without_pandoc(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the message has the command that installs it."""
    monkeypatch.setattr(run, "find_spec", lambda name: None if name == "pypandoc" else find_spec(name))
    with pytest.raises(SourceError) as caught:
        read("a.rst", "A\n=\n")
    assert caught.value.hint == 'run pip install "vidbuild[documents]"'


SEEDS = {
    "rst": "A\n=\n\n.. note:: x\n\n::\n\n  code\n\n+--+--+\n|a |b |\n+==+==+\n|c |d |\n+--+--+\n\n- a\n\n  - b\n",
    "adoc": "= A\n:b: c\n\n{b} `d` *e*\n\nifdef::b[]\n* f\n** g\nendif::[]\n\n|===\n|a |b\n|===\n\n----\nx\n----\n",
    "html": "<h1>A</h1><table><tr><td>a<td><samp>b<br>c</samp></table><ul><li>d<pre class=x>e</pre></ul><img src=f>",
    "org": "#+TITLE: a\n* B :c:\n- [ ] d\n| e | f |\n|---+---|\n| g | h |\n#+BEGIN_SRC sh\ni\n#+END_SRC\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", SEEDS)
def test_changed_documents_are_read_or_refused(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the bytes are, a document is read or refused with a message."""
    monkeypatch.setattr(run, "SECONDS", 4.0)  # pandoc does not end for some
    chance = random.Random(kind)
    for _ in range(8):
        data = bytearray(SEEDS[kind].encode() * 2)
        for _ in range(chance.randint(1, 10)):
            at = chance.randrange(len(data))
            piece = data[at : at + chance.randint(1, 12)]
            data[at : at + chance.randint(0, 6)] = chance.choice(
                [piece * 2, b"", b"<", b"`", b"|", b"::", b"\n\n", b"\xff"]
            )
        path = tmp_path / f"a.{kind}"
        path.write_bytes(data)
        with contextlib.suppress(SourceError):
            PandocImporter().read(Source("document", str(path), tmp_path))


WORD = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def word(path: Path, body: str) -> Outline:
    """A Word document with a body, as it is read."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(
            "[Content_Types].xml",
            "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
            "<Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
            "<Override PartName='/word/styles.xml' ContentType="
            "'application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml'/>"
            "<Override PartName='/word/document.xml' ContentType="
            "'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'/></Types>",
        )
        file.writestr(
            "_rels/.rels",
            "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='a' "
            "Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' "
            "Target='word/document.xml'/></Relationships>",
        )
        file.writestr(
            "word/_rels/document.xml.rels",
            "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='a' "
            "Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles' Target='styles.xml'/>"
            "</Relationships>",
        )
        file.writestr("word/styles.xml", f"<w:styles {WORD}><w:style w:type='paragraph' w:styleId='A'/></w:styles>")
        file.writestr("word/document.xml", f"<w:document {WORD} xmlns:mc='{MC}'><w:body>{body}</w:body></w:document>")
    return PandocImporter().read(Source("document", str(path), path.parent))


def paragraph(text: str) -> str:
    """A paragraph of Word."""
    return f"<w:p><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def row(*texts: str) -> str:
    """A row of a table in Word."""
    return "<w:tr>" + "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in texts) + "</w:tr>"


def test_rows_of_different_lengths_lose_no_column(tmp_path: Path) -> None:
    """Pandoc takes as many columns as the first row has, which is one if it is a title over the whole table."""
    grid = "<w:tblGrid>" + "<w:gridCol w:w='9'/>" * 3 + "</w:tblGrid>"
    body = row("Prices") + row("Plan", "Seats", "Price") + row("Free", "1", "0") + row("Team", "10")
    (section,) = word(tmp_path / "a.docx", f"<w:tbl>{grid}{body}</w:tbl>").sections
    assert section.blocks == (
        Table(("Prices", "", ""), (("Plan", "Seats", "Price"), ("Free", "1", "0"), ("Team", "10", ""))),
    )


@pytest.mark.parametrize("is_old", [False, True])
def test_text_boxes_are_read_where_they_are(tmp_path: Path, is_old: bool) -> None:
    """A box is an alternative of two, of which both have its text, or the older form alone."""
    box = f"<w:pict><w:txbxContent>{paragraph('In the box.')}</w:txbxContent></w:pict>"
    both = f"<mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    both = f"<mc:AlternateContent>{both}</mc:AlternateContent>"
    body = f"{paragraph('Before.')}<w:p><w:r>{box if is_old else both}</w:r></w:p>{paragraph('After.')}"
    (section,) = word(tmp_path / "a.docx", body).sections
    assert section.blocks == (Prose("Before."), Prose("In the box."), Prose("After."))


def test_text_boxes_of_one_paragraph_keep_their_order(tmp_path: Path) -> None:
    """Each box goes behind the paragraph, and none before one that is above it, not even a box in a box."""

    def box(content: str) -> str:
        return f"<w:r><w:pict><w:txbxContent>{content}</w:txbxContent></w:pict></w:r>"

    nested = box(f"{paragraph('Two.')}<w:p>{box(paragraph('Three.'))}</w:p>{paragraph('Four.')}")
    body = f"{paragraph('Before.')}<w:p>{box(paragraph('One.'))}{nested}</w:p>{paragraph('After.')}"
    (section,) = word(tmp_path / "a.docx", body).sections
    assert section.blocks == tuple(map(Prose, ("Before.", "One.", "Two.", "Three.", "Four.", "After.")))


def test_struck_text_is_left_out(read: Read) -> None:
    """What is struck out holds no more: read aloud, it would say the opposite."""
    (section,) = read("a.html", "<p>It costs <del>ten</del> <ins>twenty</ins> <s>dollars</s> euros.</p>").sections
    assert section.blocks == (Prose("It costs twenty euros."),)


def test_hard_breaks_part_links(read: Read) -> None:
    """Pandoc has no break between two lines with links, whose words then stick together."""
    (section,) = read(
        "a.adoc",
        "[%hardbreaks]\nAll of it is in link:a.txt[the first page]\nlink:b.txt[and the second], or nearly.\n",
    ).sections
    assert section.blocks[0] == Prose("All of it is in the first page and the second, or nearly.")


def test_a_picture_behind_a_list_of_terms_is_no_term(read: Read) -> None:
    """Pandoc reads "image::" as a term if such a list is above it."""
    outline = read("a.adoc", "CPU:: The brain\nDisk:: The memory\n\nimage::no.png[]\n\nvideo::no.mp4[]\n")
    assert outline.sections[0].blocks == (Items((Item("CPU", detail="The brain"), Item("Disk", detail="The memory"))),)
    assert [each.what for each in outline.omissions] == [
        "a picture that is not in the project: no.png",
        "a video or sound: no.mp4",
    ]
