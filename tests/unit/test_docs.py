"""The pages of the documentation: their links and paths exist, and their words are plain."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import ROOT
from vidbuild.spec import reader, validate, videos
from vidbuild.spec.layers import Layered

OTHERS = (ROOT / "llms.txt", *(ROOT / "tests" / "bench").glob("*.md"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *OTHERS])
MADE = {"cli.md", "reference.md"}
WRITTEN = [page for page in PAGES if page.name not in MADE and page.parent.name != "scenes"]  # by hand
SCHEMAS = [ROOT / "schemas" / name for name in ("video.schema.json", "brand.schema.json")]
BANNED = re.compile(
    r"\b(told|tells?|heard|hears|wish(es|ed)?|nobody|whoever|mend(s|ed|ing)?|afresh|anew|filmed"
    r"|colours?|licence(?![`:])|levelled|centre[ds]?|behaviour)\b",
    re.IGNORECASE,
)
SNIPPET = re.compile(r"^( *)```yaml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
HEAD = "vidbuild: 1\ntitle: A\n"
PATH = re.compile(r"(?:docs|examples|schemas|specs|tests|tools|vidbuild)/[\w./-]*\w")


def descriptions(node: Any) -> Iterator[str]:
    """Every description of a schema."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "description" and isinstance(value, str):
                yield value
            else:
                yield from descriptions(value)
    elif isinstance(node, list):
        for value in node:
            yield from descriptions(value)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    """The target of every relative link exists."""
    targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_every_path_exists(page: Path) -> None:
    """Every path of the repository that a page names in code type exists."""
    spans = re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8"))
    named = {path for span in spans for path in PATH.findall(span)}
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def specs(page: Path) -> Iterator[str]:
    """The examples of a page that have scenes, each as a spec."""
    for indent, example in SNIPPET.findall(page.read_text(encoding="utf-8")):
        text = textwrap.dedent(indent + example)
        if text.startswith("- id:"):
            yield f"{HEAD}scenes:\n{textwrap.indent(text, '  ')}"
        elif re.search(r"^scenes:", text, re.MULTILINE):
            yield text if text.startswith("vidbuild:") else HEAD + text


@pytest.mark.parametrize("page", [page for page in WRITTEN if [*specs(page)]], ids=lambda page: page.name)
def test_examples_are_as_the_schema_has_them(page: Path) -> None:
    """Every example with scenes has no field and no value that the schema rejects."""
    for text in specs(page):
        document, problems = reader.read(text, page.name)
        assert problems == [], text
        every = videos.Videos.of(document)
        chosen = videos.select(Layered(document), every, every.choices[0]).layered.document
        assert [fault.message for fault in validate.validate(chosen)] == [], text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_use_plain_words(page: Path) -> None:
    """No page has a word that vidbuild's texts avoid, nor British spelling."""
    lines = page.read_text(encoding="utf-8").splitlines()
    assert [(number, line) for number, line in enumerate(lines, 1) if BANNED.search(_without_links(line))] == []


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_schemas_use_plain_words(schema: Path) -> None:
    """No description in a schema has such a word."""
    data = json.loads(schema.read_text(encoding="utf-8"))
    assert [text for text in descriptions(data) if BANNED.search(text)] == []


def _without_links(line: str) -> str:
    return re.sub(r"\]\([^)]*\)", "]", line)
