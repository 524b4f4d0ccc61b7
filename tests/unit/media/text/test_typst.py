"""Running typst: its inputs, its results, and what it cannot see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vidbuild.errors import StepError
from vidbuild.media.text import typst

EMPTY = "#page(width: 1pt, height: 1pt)[#metadata((layers: (), warnings: ())) <scene>]"


@pytest.fixture
def fonts(tmp_path: Path) -> Path:
    """The default faces, staged."""
    typst.stage_fonts(tmp_path / "fonts", ())
    return tmp_path / "fonts"


def template(tmp_path: Path, source: str) -> Path:
    """A folder with one template in it."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "template.typ").write_text(source, encoding="utf-8")
    return root


def test_pages_come_in_order_and_places_without_a_page_have_no_picture(tmp_path: Path, fonts: Path) -> None:
    """Each layer has its own page's PNG, except those that something else fills."""
    facts = '(name: "{0}", x: {1}, y: 2, width: 10, height: 5, advances: (), filled: "{2}")'
    layers = ", ".join(facts.format(*item) for item in (("a", 1, ""), ("b", 2, "clip"), ("c", 3, "")))
    source = (
        "#set page(margin: 0pt)\n#page(width: 10pt, height: 5pt)[]\n#page(width: 20pt, height: 5pt)[]\n"
        "#page(width: 1pt, height: 1pt)"
        f'[#metadata((layers: ({layers}), warnings: ((field: "x", message: "y"),))) <scene>]'
    )
    drawing = typst.lay_out(template(tmp_path, source), "template.typ", {}, fonts)
    assert [(page.name, page.x, int.from_bytes(page.png[16:20])) for page in drawing.pages] == [
        ("a", 1, 10),
        ("b", 2, 0),
        ("c", 3, 20),
    ]
    assert drawing.warnings == ({"field": "x", "message": "y"},)


def test_data_is_data(tmp_path: Path, fonts: Path) -> None:
    """V18: text that would be code in a template arrives as the text it is."""
    text = '#panic("no") ]) \\u{0} "quoted" $ \' \\'
    source = "#let d = json(bytes(sys.inputs.data))\n#assert(d.text.len() == d.bytes)\n" + EMPTY
    root = template(tmp_path, source)
    typst.lay_out(root, "template.typ", {"text": text, "bytes": len(text.encode())}, fonts)


@pytest.mark.parametrize("path", ["../secret.txt", "/../secret.txt", "/etc/passwd"])
def test_a_template_reads_nothing_outside_its_root(path: str, tmp_path: Path, fonts: Path) -> None:
    """P9: neither up, nor by an absolute path can a template read a file that was not staged for it."""
    (tmp_path / "secret.txt").write_text("secret")
    root = template(tmp_path, f'#read("{path}")\n{EMPTY}')
    with pytest.raises(StepError, match=r"not found|escape|access"):
        typst.lay_out(root, "template.typ", {}, fonts)


def test_a_template_cannot_fetch_packages(tmp_path: Path, fonts: Path) -> None:
    """Importing a package fails rather than reaching for the network."""
    root = template(tmp_path, '#import "@preview/nothing-of-this-name:9.9.9": *\n' + EMPTY)
    with pytest.raises(StepError):
        typst.lay_out(root, "template.typ", {}, fonts)


def test_a_broken_template_has_typsts_message(tmp_path: Path, fonts: Path) -> None:
    """Typst's own message, with the line at fault, is in the error's log."""
    root = template(tmp_path, "\n\n#let x = nothing-like-it\n" + EMPTY)
    with pytest.raises(StepError, match="typst: unknown variable") as caught:
        typst.lay_out(root, "template.typ", {}, fonts)
    assert any("template.typ:3" in line for line in caught.value.failure.log)


def test_only_the_staged_faces_are_there() -> None:
    """The families are those of the packages and of typst itself, whatever fonts the machine has."""
    assert typst.default_families() == [
        "DejaVu Sans Mono",
        "Libertinus Serif",
        "Manrope",
        "New Computer Modern",
        "New Computer Modern Math",
        "Source Sans Pro",
    ]


def test_a_themes_faces_come_before_the_default_ones(tmp_path: Path) -> None:
    """Staged fonts keep their order by name, a theme's own first."""
    own = typst.fonts_paths()[-1]
    typst.stage_fonts(tmp_path / "fonts", (own,))
    staged = sorted((tmp_path / "fonts").iterdir())
    assert staged[0].resolve() == own.resolve()
    assert len(staged) == len(typst.DEFAULT_FACES) + 1


def test_the_fonts_identity_is_of_their_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V1: one changed byte in one face is another identity; the same bytes elsewhere are the same one."""
    copies = []
    for index, path in enumerate(typst.fonts_paths()):
        copies.append(tmp_path / f"{index}.font")
        copies[-1].write_bytes(path.read_bytes())
    real = typst.fonts_identity()
    monkeypatch.setattr(typst, "fonts_paths", lambda: tuple(copies))
    assert typst.fonts_identity() == real
    copies[3].write_bytes(copies[3].read_bytes()[:-1] + b"\1")
    assert typst.fonts_identity() != real


def test_identities_name_the_tool_and_what_is_compiled_of_it() -> None:
    """Identities begin with a name people can read, and the files whose stat stands for them exist."""
    assert typst.typst_identity().startswith("typst ")
    assert typst.pillow_identity().startswith("pillow ")
    assert typst.typst_identity().split()[1] != typst.pillow_identity().split()[1]
    for paths in (typst.typst_paths(), typst.pillow_paths()):
        assert paths
        assert all(path.is_file() for path in paths)


def test_asking_for_identities_imports_neither_typst_nor_pillow() -> None:
    """P46: a null build asks who the tools are without loading them."""
    source = (
        "import sys\nfrom vidbuild.media.text import typst as l\n"
        "l.typst_paths(), l.typst_identity(), l.pillow_paths(), l.pillow_identity()\n"
        "l.fonts_paths(), l.fonts_identity()\n"
        "print(sorted({'typst', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("plain text, àé ß", []),
        ("Ελληνικά Кириллица Česky → ─│┌ … — “ ”", []),
        ("שלום مرحبا", []),
        ("日本 and 日", ["日", "本"]),
        ("a 🎉 party 🚀", ["🎉", "🚀"]),
        ("\u200b\u200d\ufe0f\u00a0\u202e", []),
        ('"#\\', []),
    ],
)
def test_characters_without_a_glyph_are_found(text: str, missing: list[str], fonts: Path) -> None:
    """What no face can draw is named once, in the text's order; what some face can is not."""
    assert typst.undrawable(text, fonts) == missing


def test_a_missing_font_package_has_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing font package is an error with the command that installs it."""
    monkeypatch.setattr(typst, "DEFAULT_FACES", (("font_of_nobody", "x.ttf"),))
    with pytest.raises(StepError, match="'font_of_nobody' is not installed") as caught:
        typst.fonts_identity()
    assert caught.value.hint == "pip install font-of-nobody"
