"""Text that is safe to print."""

from __future__ import annotations

import json
import unicodedata
from xml.etree import ElementTree as ET

import pytest

from vidbuild.sanitize import (
    replace_controls,
    sanitize,
    sanitize_json,
    sanitize_xml,
    single_line,
    strip_escapes,
    without_commands,
)


def test_control_characters_are_those_of_unicode() -> None:
    """Every character of category Cc is replaced, and no other one."""
    text = "".join(map(chr, range(0x3000)))
    controls = [character for character in text if unicodedata.category(character) == "Cc"]
    assert replace_controls(text) == "".join(character for character in text if character not in controls)
    assert replace_controls("".join(controls), " ") == " " * 65


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(Bplain", "plain"),
        ("\x1bMup", "up"),
        ("cut\x1b[", "cut"),
        ("end\x1b", "end"),
    ],
)
def test_escape_sequences_are_removed(text: str, stripped: str) -> None:
    """Colors, titles, links and charsets of a terminal leave no trace; of an incomplete one the ESC goes."""
    assert strip_escapes(text) == stripped


def test_one_line_has_no_line_ends() -> None:
    """Line ends, tabs and marks that reorder text are replaced in a line; in a text, line ends and tabs stay."""
    assert single_line("a\nb\tc\u2028d\u202ee") == "a\ufffdb\ufffdc\ufffdd\ufffde"
    assert sanitize("a\nb\tc\u2028d\u202ee") == "a\nb\tc\ufffdd\ufffde"


def test_what_a_terminal_obeys_is_unicodes() -> None:
    """Controls, separators of lines and paragraphs, and characters that direct other ones are replaced; no others."""
    directing = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    obeyed = {
        character
        for character in map(chr, range(0x3000))
        if unicodedata.category(character) in {"Cc", "Zl", "Zp"} or unicodedata.bidirectional(character) in directing
    }
    text = "".join(map(chr, range(0x3000)))
    assert {one for one, other in zip(text, single_line(text), strict=True) if one != other} == obeyed
    assert {one for one, other in zip(text, sanitize(text), strict=True) if one != other} == obeyed - {"\t", "\n"}


@pytest.mark.parametrize("command", ["##vso[task.x]y", "##[set-output name=a]b", "##teamcity[x]", "#\u200b#vso[a]"])
def test_json_has_no_command_of_a_ci_system(command: str) -> None:
    """A workflow command in a value is escaped, so that the value stays as it is."""
    text = sanitize_json(json.dumps({"title": command}, ensure_ascii=False))
    assert command[:4] not in text
    assert json.loads(text) == {"title": command}
    assert command not in sanitize(command)


def test_xml_keeps_its_content_and_has_no_command() -> None:
    """What a CI system would obey at the start of a line, or anywhere, is a reference in XML."""
    text = "<a b='##vso[x]'>\n ::add-mask::x\n##[y]</a>"
    made = sanitize_xml(text)
    assert "##" not in made
    assert "::" not in made.partition("add-mask")[0]
    before, after = (ET.fromstring(each) for each in (text, made))  # noqa: S314 - the documents are the test's own
    assert (before.text, before.attrib) == (after.text, after.attrib)
    assert without_commands("a ##vso[x] # ## ::y") == "a \ufffd#vso[x] # ## ::y"
