"""Typst: data in, one PNG per layer out, each laid out in its own box; it knows no scene, theme or step."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.errors import StepError
from vidbuild.frozen import dataclass

if TYPE_CHECKING:
    import typst

# One explicit list in one order: which face typst takes must not depend on how a folder happens to be listed.
DEFAULT_FACES = (
    ("font_manrope", "Manrope-Medium.ttf"),
    ("font_manrope", "Manrope-SemiBold.ttf"),
    ("font_manrope", "Manrope-Bold.ttf"),
    ("font_manrope", "Manrope-ExtraBold.ttf"),
    ("font_source_sans_pro", "SourceSansPro-Regular.otf"),
    ("font_source_sans_pro", "SourceSansPro-It.otf"),
    ("font_source_sans_pro", "SourceSansPro-Semibold.otf"),
    ("font_source_sans_pro", "SourceSansPro-Bold.otf"),
)
LATIN_1 = 0xFF
UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp"})
_TOO_DEEP = re.compile(r"maximum \w+ depth exceeded").match
POINTS_PER_INCH = 72  # one point of the layout is one pixel


@dataclass(frozen=True, slots=True)
class Page:
    """One layer as it was laid out; png is empty where something else than typst fills the place.

    facts: what the template says of the layer besides its place ("advances", "strength", "filled").
    """

    name: str
    x: int
    y: int
    width: int
    height: int
    png: bytes
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All layers of a scene, the bottom one first, and the template's warnings: {"field", "message"} each."""

    pages: tuple[Page, ...]
    warnings: tuple[Mapping[str, str], ...]


def typst_paths() -> Sequence[Path]:
    """The compiled files that are typst, its own faces included, found without importing it."""
    return _compiled("typst")


def typst_identity() -> str:
    """The digest of what is compiled of typst."""
    return f"typst {_digest(typst_paths())}"


def pillow_paths() -> Sequence[Path]:
    """The compiled files that are Pillow, which scales and encodes pictures."""
    return _compiled("PIL")


def pillow_identity() -> str:
    """The digest of what is compiled of Pillow."""
    return f"pillow {_digest(pillow_paths())}"


def _compiled(package: str) -> Sequence[Path]:
    folder = _package(package)
    return sorted(path for path in folder.iterdir() if path.suffix in {".so", ".pyd", ".dylib"})


def _digest(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def default_families() -> list[str]:
    """The families a theme can name without bringing fonts of its own, as typst finds them."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        stage_fonts(Path(folder) / "fonts", ())
        return sorted(_faces(Path(folder) / "fonts").families())


def fonts_paths() -> tuple[Path, ...]:
    """The default faces' files, in the order in which they are used."""
    return tuple(_package(package) / "files" / name for package, name in DEFAULT_FACES)


def fonts_identity() -> str:
    """A digest over the default faces' bytes, in their order."""
    return f"fonts {_digest(fonts_paths())}"


def stage_fonts(folder: Path, fonts: Iterable[Path]) -> None:
    """Link the default faces and a theme's into a folder: typst reads folders, and no other face may be in it."""
    folder.mkdir(parents=True)
    for index, path in enumerate((*fonts, *fonts_paths())):
        (folder / f"{index:03}{path.suffix or '.ttf'}").symlink_to(path.resolve())


class NestedError(Exception):
    """A text has more brackets in brackets than typst takes."""


def lay_out(root: Path, template: str, data: Mapping[str, Any], fonts: Path) -> Drawing:
    """Lay out a template that lies in root, which is all that it can read besides the faces in the folder fonts."""
    import typst

    compiler = typst.Compiler(
        str(root / template),
        root=str(root),
        font_paths=_faces(fonts),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    try:
        result, _ = compiler.compile_with_warnings(format="png", ppi=POINTS_PER_INCH)
        [scene] = json.loads(compiler.query("<scene>", field="value"))
    except typst.TypstError as error:
        if _TOO_DEEP(error.message):
            raise NestedError from error
        raise StepError(f"typst: {error.message}", log=tuple(str(error.diagnostic).splitlines())) from error
    pages = [result] if isinstance(result, bytes) else list(result or ())
    return Drawing(tuple(_pages(scene["layers"], pages)), tuple(scene["warnings"]))


def undrawable(text: str, fonts: Path) -> list[str]:
    """The characters of text that no face has, in order of appearance.

    Typst itself is asked, since the faces within it can't be read from outside: PDF/A forbids glyphs that are missing,
    so its export names each run of them, after the same fallback as in a picture.
    """
    import typst

    doubtful = sorted({mark for mark in text if _doubtful(mark)})
    if not doubtful:
        return []
    source = b"#set text(font: ()) if false\n#for mark in json(bytes(sys.inputs.data)) { par(mark) }"
    try:
        typst.compile(
            source,
            font_paths=_faces(fonts),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(doubtful)},
            format="pdf",
            pdf_standards="a-2u",
        )
    except typst.TypstError as error:
        message = str(error.diagnostic)
        missing = {mark for mark in doubtful if f'the text `"{mark}"` could not be displayed' in message}
        return [mark for mark in dict.fromkeys(text) if mark in missing]
    return []


def draw_svg(root: Path, name: str, box: tuple[int, int], size: tuple[float, float], fonts: Path) -> bytes:
    """Draw an SVG image in root at a size, centered in a box that cuts off what is outside it; return a PNG.

    Text in a family that is not in the folder fonts is drawn in the first of the default faces.
    """
    import typst

    source = (
        '#set page(width: {0}pt, height: {1}pt, margin: 0pt, fill: none)\n#set text(font: "Source Sans Pro")\n'
        '#place(center + horizon, image("{4}", width: {2}pt, height: {3}pt, fit: "stretch"))\n'
    ).format(*box, *size, name)
    (root / f"{name}.typ").write_text(source, encoding="utf-8")
    try:
        return typst.compile(
            str(root / f"{name}.typ"),
            root=str(root),
            font_paths=_faces(fonts),
            ignore_system_fonts=True,
            format="png",
            ppi=POINTS_PER_INCH,
        )
    except typst.TypstError as error:
        raise StepError(f"typst: {error.message}", log=tuple(str(error.diagnostic).splitlines())) from error


def families(fonts: Path) -> frozenset[str]:
    """Return the families of the faces in a folder and of typst's own."""
    return frozenset(_faces(fonts).families())


def _doubtful(mark: str) -> bool:
    """Whether a character might be missing: not Latin-1, not one that is never seen (joiners, selectors, direction)."""
    import unicodedata

    return ord(mark) > LATIN_1 and unicodedata.category(mark) not in UNSEEN


def _pages(layers: Sequence[Mapping[str, Any]], pages: Sequence[bytes]) -> list[Page]:
    images = iter(pages)
    made = []
    for layer in layers:
        facts = {key: value for key, value in layer.items() if key not in {"name", "x", "y", "width", "height"}}
        png = b"" if layer["filled"] else next(images)
        x, y, width, height = (round(layer[key]) for key in ("x", "y", "width", "height"))
        made.append(Page(layer["name"], x, y, width, height, png, facts))
    return made


def _faces(folder: Path) -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise StepError(f"package '{name}' is not installed", hint=f"pip install {name.replace('_', '-')}")
    return Path(found.origin).parent
