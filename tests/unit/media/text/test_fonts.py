"""The faces that texts are drawn in: where they come from, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import font_lab
from vidbuild.media.text import families, fonts


def test_only_the_staged_faces_are_there() -> None:
    """The families are those of the packages and of typst itself, whatever fonts the machine has."""
    assert fonts.default_families() == [
        "DejaVu Sans Mono",
        "Fredoka One",
        "Libertinus Serif",
        "Manrope",
        "New Computer Modern",
        "New Computer Modern Math",
        "Source Sans Pro",
    ]


def test_the_families_that_are_known_without_a_look_are_there() -> None:
    """Typst finds each family that a theme may name without any font being read."""
    assert set(fonts.COMMON_FAMILIES.values()) <= set(fonts.default_families())
    assert {families.TEXT, families.MONO} <= set(fonts.COMMON_FAMILIES.values())


@pytest.mark.parametrize("name", ["a3f8", "font.ttf", "FONT.TTF", "Font.Ttf", "brand.bin", "brand.woff", "x.y.z"])
@pytest.mark.parametrize("linked", [False, True], ids=["file", "link"])
def test_a_font_is_found_whatever_its_name(name: str, linked: bool, tmp_path: Path) -> None:
    """A font in the cache has no suffix, and a link to it may have one: typst goes by the name that a link leads to."""
    path = font_lab.write(tmp_path / name, "Own Blocks")
    if linked:
        path = tmp_path / "link.ttf"
        path.symlink_to(name)
    assert fonts.stage(tmp_path / "fonts", [path]).own_families() == ["Own Blocks"]


def test_each_format_is_found(tmp_path: Path) -> None:
    """TrueType, OpenType, collections and variable fonts are found, in the order in which they are given."""
    paths = [
        font_lab.write(tmp_path / "1", "True Blocks"),
        font_lab.write(tmp_path / "2", "Open Blocks", opentype=True),
        font_lab.collection(tmp_path / "3", font_lab.font("One Block"), font_lab.font("Another Block")),
        font_lab.variable(tmp_path / "4", "Changing Blocks"),
    ]
    by_file, known = fonts.families(paths)
    assert by_file == [["True Blocks"], ["Open Blocks"], ["One Block", "Another Block"], ["Changing Blocks"]]
    assert known == [*(name for names in by_file for name in names), *fonts.default_families()]


def test_a_family_has_the_name_that_its_styles_share(tmp_path: Path) -> None:
    """The name table's family without its weight is the family, as typst has it."""
    path = font_lab.write(tmp_path / "a", "Brand Light", names={"typographicFamily": "Brand"}, weight=300)
    assert fonts.families([path])[0] == [["Brand"]]


def test_a_face_that_typst_cannot_use_has_no_family(tmp_path: Path) -> None:
    """A face without a PostScript name does not exist for typst, which reports nothing."""
    unusable = font_lab.write(tmp_path / "a", "Nameless Blocks", names={"psName": ""})
    usable = font_lab.write(tmp_path / "b", "Named Blocks")
    assert fonts.families([unusable, usable])[0] == [[], ["Named Blocks"]]


def test_the_same_font_twice_is_in_both_files(tmp_path: Path) -> None:
    """Two names of one file both have its families."""
    path = font_lab.write(tmp_path / "a.ttf", "Blocks")
    (tmp_path / "b.ttf").symlink_to("a.ttf")
    assert fonts.families([path, tmp_path / "b.ttf"])[0] == [["Blocks"], ["Blocks"]]


def test_a_panic_of_typst_is_an_error() -> None:
    """A panic, which is no Exception in Python, is an error with a hint; other such exceptions pass."""
    panic = type("PanicException", (BaseException,), {})
    with pytest.raises(fonts.FontError, match="internal error") as caught, fonts.guarded():
        raise panic("index out of bounds")
    assert caught.value.failure.log == ("index out of bounds",)
    with pytest.raises(KeyboardInterrupt), fonts.guarded():
        raise KeyboardInterrupt
