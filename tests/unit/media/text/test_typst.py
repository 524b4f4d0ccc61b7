"""Running typst: its inputs, its results, and what it cannot see."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.errors import StepError
from vidbuild.media.text import fonts, typst
from vidbuild.media.text.fonts import StagedFonts

EMPTY = "#page(width: 1pt, height: 1pt)[#metadata((layers: (), warnings: (), content: (:))) <scene>]"


@pytest.fixture
def staged(tmp_path: Path) -> StagedFonts:
    """The default faces, staged."""
    return fonts.stage(tmp_path / "fonts", ())


def template(tmp_path: Path, source: str) -> Path:
    """A folder with one template in it."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "template.typ").write_text(source, encoding="utf-8")
    return root


def test_pages_come_in_order_and_places_without_a_page_have_no_picture(tmp_path: Path, staged: StagedFonts) -> None:
    """Each layer has its own page's PNG, except those that something else fills."""
    facts = '(name: "{0}", x: {1}, y: 2, width: 10, height: 5, advances: (), filled: "{2}")'
    layers = ", ".join(facts.format(*item) for item in (("a", 1, ""), ("b", 2, "clip"), ("c", 3, "")))
    source = (
        "#set page(margin: 0pt)\n#page(width: 10pt, height: 5pt)[]\n#page(width: 20pt, height: 5pt)[]\n"
        "#page(width: 1pt, height: 1pt)"
        f'[#metadata((layers: ({layers}), warnings: ((field: "x", message: "y"),), content: (:))) <scene>]'
    )
    drawing = typst.lay_out(template(tmp_path, source), "template.typ", {}, staged)
    assert [(page.name, page.x, int.from_bytes(page.png[16:20])) for page in drawing.pages] == [
        ("a", 1, 10),
        ("b", 2, 0),
        ("c", 3, 20),
    ]
    assert drawing.warnings == ({"field": "x", "message": "y"},)


def test_data_is_data(tmp_path: Path, staged: StagedFonts) -> None:
    """V18: text that would be code in a template arrives as the text it is."""
    text = '#panic("no") ]) \\u{0} "quoted" $ \' \\'
    source = "#let d = json(bytes(sys.inputs.data))\n#assert(d.text.len() == d.bytes)\n" + EMPTY
    root = template(tmp_path, source)
    typst.lay_out(root, "template.typ", {"text": text, "bytes": len(text.encode())}, staged)


@pytest.mark.parametrize("path", ["../secret.txt", "/../secret.txt", "/etc/passwd"])
def test_a_template_reads_nothing_outside_its_root(path: str, tmp_path: Path, staged: StagedFonts) -> None:
    """P9: neither up, nor by an absolute path can a template read a file that was not staged for it."""
    (tmp_path / "secret.txt").write_text("secret")
    root = template(tmp_path, f'#read("{path}")\n{EMPTY}')
    with pytest.raises(StepError, match=r"not found|escape|access"):
        typst.lay_out(root, "template.typ", {}, staged)


def test_a_template_cannot_fetch_packages(tmp_path: Path, staged: StagedFonts) -> None:
    """Importing a package fails rather than reaching for the network."""
    root = template(tmp_path, '#import "@preview/nothing-of-this-name:9.9.9": *\n' + EMPTY)
    with pytest.raises(StepError):
        typst.lay_out(root, "template.typ", {}, staged)


def test_a_broken_template_has_typsts_message(tmp_path: Path, staged: StagedFonts) -> None:
    """Typst's own message, with the line at fault, is in the error's log."""
    root = template(tmp_path, "\n\n#let x = nothing-like-it\n" + EMPTY)
    with pytest.raises(StepError, match="typst: unknown variable") as caught:
        typst.lay_out(root, "template.typ", {}, staged)
    assert any("template.typ:3" in line for line in caught.value.failure.log)
