"""The installed packages that decide how a text is drawn, found and identified without importing them."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterable, Sequence
from pathlib import Path

from vidbuild.errors import StepError

# One explicit list in one order: which face typst takes must not depend on how a folder happens to be listed.
DEFAULT_FACES = (
    ("font_fredoka_one", "FredokaOne-Regular.ttf"),
    ("font_manrope", "Manrope-Medium.ttf"),
    ("font_manrope", "Manrope-SemiBold.ttf"),
    ("font_manrope", "Manrope-Bold.ttf"),
    ("font_manrope", "Manrope-ExtraBold.ttf"),
    ("font_source_sans_pro", "SourceSansPro-Regular.otf"),
    ("font_source_sans_pro", "SourceSansPro-It.otf"),
    ("font_source_sans_pro", "SourceSansPro-Semibold.otf"),
    ("font_source_sans_pro", "SourceSansPro-Bold.otf"),
)


def typst_paths() -> Sequence[Path]:
    """Return the compiled files of typst, which contain faces of its own."""
    return _compiled("typst")


def typst_identity() -> str:
    """Return the digest of what is compiled of typst."""
    return f"typst {_digest(typst_paths())}"


def pillow_paths() -> Sequence[Path]:
    """Return the compiled files of Pillow, which scales and encodes images."""
    return _compiled("PIL")


def pillow_identity() -> str:
    """Return the digest of what is compiled of Pillow."""
    return f"pillow {_digest(pillow_paths())}"


def heif_paths() -> Sequence[Path]:
    """Return the compiled files of pi-heif, which decodes HEIC images."""
    folder = _package("pi_heif").parent
    return [*sorted(folder.glob("_pi_heif*")), *sorted(folder.glob("pi_heif.libs/*"))]


def heif_identity() -> str:
    """Return the digest of what is compiled of pi-heif."""
    return f"heif {_digest(heif_paths())}"


def pdfium_paths() -> Sequence[Path]:
    """Return the compiled files of pypdfium2, which draws pages of PDFs."""
    return _compiled("pypdfium2_raw")


def pdfium_identity() -> str:
    """Return the digest of what is compiled of pypdfium2."""
    return f"pdfium {_digest(pdfium_paths())}"


def fonts_paths() -> Sequence[Path]:
    """Return the default faces' files, in the order in which they are used."""
    return tuple(_package(package) / "files" / name for package, name in DEFAULT_FACES)


def fonts_identity() -> str:
    """Return the digest of the default faces' bytes, in their order."""
    return f"fonts {_digest(fonts_paths())}"


def _compiled(package: str) -> Sequence[Path]:
    return sorted(path for path in _package(package).iterdir() if path.suffix in {".so", ".pyd", ".dylib"})


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise StepError(f"package '{name}' is not installed", hint=f"pip install {name.replace('_', '-')}")
    return Path(found.origin).parent
