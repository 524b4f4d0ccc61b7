"""PO and XLIFF: what is written is read again as it was, and damaged files are errors with a line."""

from __future__ import annotations

import codecs
import sys
from types import ModuleType
from xml.etree import ElementTree as ET

import polib
import pytest

from vidbuild.i18n import catalog, po, xliff
from vidbuild.i18n.catalog import CatalogError, Unit
from vidbuild.i18n.exchange import Exchange

FORMATS = [po, xliff]
EXCHANGE = Exchange("en", "pt-BR", "video.yaml")
TEXTS = (
    *("Hello", "a\nb\n", 'tab\t"q" \\ <x> & ]]> [[cue]] {{ v }} \r end', "  spaces  ", "\n", "line\u2028sep \x85"),
    *("日本\nไทย\u200f", "\\[[no]] [[pause 1]] [[a]] [[ab]] [[a]]", "{# c #}", "<ph id='1'/>", "\r\n", "%s \\n \\\\n"),
)


def units() -> list[Unit]:
    """Texts that are done, missing and stale."""
    return [
        Unit(
            f"s{index}",
            f"items.{index}.text",
            text,
            f"T:{text}" if index % 3 else "",
            f"old {text}" * (index % 3 == 1),
            7,
        )
        for index, text in enumerate(TEXTS)
    ]


@pytest.mark.parametrize("module", FORMATS, ids=["po", "xliff"])
def test_a_round_trip_loses_nothing(module: ModuleType) -> None:
    """Names, sources, translations, old sources and languages are read as they were written."""
    found = module.read(module.write(units(), EXCHANGE), "x")
    assert (found.source, found.target) == ("en", "pt-BR")
    for unit, each in zip(units(), found.found, strict=True):
        assert (each.name, each.source, each.text) == (unit.name, unit.source, unit.text)
        if unit.state == "stale":
            assert (each.is_unsure, each.was) == (True, unit.was)
        if unit.state == "done":
            assert not each.is_unsure


def test_other_tools_read_them() -> None:
    """The library for PO and an XML parser find the texts: cues and templates are elements, stale entries are fuzzy."""
    file = polib.pofile(po.write(units(), EXCHANGE).decode())
    assert file.metadata["Language"] == "pt_BR"
    assert [entry.msgctxt for entry in file if entry.fuzzy] == [each.name for each in units() if each.state == "stale"]
    root = ET.fromstring(xliff.write(units(), EXCHANGE))  # noqa: S314 - of our own making
    spaced = {"x": xliff.NAMESPACE}
    marks = [element.text for element in root.iterfind(".//x:trans-unit[@id='s2/items.2.text']/x:source/x:ph", spaced)]
    assert marks == ["[[cue]]", "{{ v }}"]
    states = {element.get("state") for element in root.iterfind(".//x:trans-unit/x:target", spaced)}
    assert states == {"translated", "needs-translation", "needs-review-translation"}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><xliff version='1.2'/>", "x:1: a document type is not read"),
        (b"<?xml version='1.0'?>\n<!DOCTYPE xliff SYSTEM 'file:///etc/passwd'><xliff/>", "x:2: a document type"),
        (b"<html/>", "'x' is not an XLIFF 1.2 file"),
        (b"<xliff version='2.0'/>", "'x' is not an XLIFF 1.2 file"),
        (b"<xliff version='1.2'>\n <file>\n</xliff>", "x:3:3: XML: mismatched tag"),
        (b"", "x:1:1: XML: no element found"),
        (b"<?xml version='1.0' encoding='nope'?><xliff version='1.2'/>", "cannot read 'x': its encoding is unknown"),
        (b"<xliff version='1.2'>" + b"<g>" * 60, "more than 50 elements are inside of each other"),
    ],
)
def test_a_file_that_is_no_xliff(raw: bytes, message: str) -> None:
    """P42: each has its line and column; entities are refused before one is expanded."""
    with pytest.raises(CatalogError) as raised:
        xliff.read(raw, "x")
    assert message in raised.value.message


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"garbage", "x:1: this is not a PO file"),
        (b"\xff\xfe", "cannot read 'x': its text is not in UTF-8"),
        (b'msgid ""\nmsgstr "Content-Type: text/plain; charset=nope\\n"\n', "cannot read 'x': its text is not in nope"),
        (b'msgid "x"\nmsgid_plural "y"\nmsgstr[0] "z"\n', "x:1: plural forms are not used: 'x'"),
    ],
)
def test_a_file_that_is_no_po(raw: bytes, message: str) -> None:
    """P42: each is an error with the line, as far as the parser has one."""
    with pytest.raises(CatalogError) as raised:
        po.read(raw, "x")
    assert raised.value.message.startswith(message)


def test_encodings() -> None:
    """Files in the encodings that tools write are read: those that XML or the header declares, and byte order marks."""
    text = xliff.write([Unit("a", "t", "Grüße", "Привет")], EXCHANGE).decode()
    for name in ("utf-16", "koi8-r"):
        shown = text.replace("UTF-8", name).replace("Grüße", "Gruesse")
        [found] = xliff.read(shown.encode(name), "x").found
        assert found.text == "Привет"
    header = (
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=KOI8-R\\n"\n\nmsgctxt "a/t"\nmsgid "x"\nmsgstr "Привет"\n'
    )
    [found] = po.read(header.encode("koi8-r"), "x").found
    assert found.text == "Привет"
    marked = codecs.BOM_UTF8 + po.write([Unit("a", "t", "x", "ü")], EXCHANGE).replace(b"\n", b"\r\n")
    assert [each.text for each in po.read(marked, "x").found] == ["ü"]


def test_inline_elements_of_other_tools() -> None:
    """Text in inline elements belongs to the translation, and so does what an empty one stands for."""
    raw = (
        b"<xliff version='1.2'><file source-language='en' target-language='de'><body><group><trans-unit id='7' "
        b"resname='a/t'><source>x</source><target>Ein <g id='1'>Wort</g> <x id='2' equiv-text='[[cue]]'/></target>"
        b"<alt-trans><target>other</target></alt-trans></trans-unit></group></body></file></xliff>"
    )
    [found] = xliff.read(raw, "x").found
    assert (found.name, found.text) == ("a/t", "Ein Wort [[cue]]")


def test_a_character_that_xml_cannot_have() -> None:
    """It is an error that names the text, as no file with it could be read again."""
    with pytest.raises(CatalogError, match=r"'a/t' has the character U\+0007, which XLIFF cannot have"):
        xliff.write([Unit("a", "t", "bell\x07")], EXCHANGE)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """PO files need polib: the error has the command that installs it."""
    monkeypatch.setitem(sys.modules, "polib", None)
    with pytest.raises(CatalogError) as raised:
        po.read(b"", "x")
    assert raised.value.hint == "pip install 'vidbuild[i18n]'"


@pytest.mark.parametrize(
    ("source", "text", "problem"),
    [
        ("a [[x]] b", "[[x]] c", None),
        ("a [[x]] [[pause 1]]", "b [[x]]", None),
        ("a [[x]]", "b", "the translation lacks [[x]]"),
        ("a", "b [[x]]", "the translation has [[x]], which the source does not have"),
        (
            "[[x]] {{ n }}",
            "[[y]] {{ m }}",
            "the translation lacks [[x]], {{ n }} and has [[y]], {{ m }}, which the source does not have",
        ),
        ("[[x]] [[x]]", "[[x]]", "the translation lacks [[x]]"),
        (r"\[[x]]", "none", None),
    ],
)
def test_placeholders(source: str, text: str, problem: str | None) -> None:
    """A translation must have the cues and templates of its source, as often; pauses are its own."""
    assert catalog.problem(source, text) == problem
