"""The packages that decide how a text is drawn."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vidbuild.errors import StepError
from vidbuild.media.text import packages


def test_the_identity_is_of_the_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V1: one changed byte in one face is another identity; the same bytes elsewhere are the same one."""
    copies = [Path(shutil.copy(path, tmp_path / f"{index}.font")) for index, path in enumerate(packages.fonts_paths())]
    real = packages.fonts_identity()
    monkeypatch.setattr(packages, "fonts_paths", lambda: tuple(copies))
    assert packages.fonts_identity() == real
    copies[3].write_bytes(copies[3].read_bytes()[:-1] + b"\1")
    assert packages.fonts_identity() != real


def test_a_missing_font_package_has_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing font package is an error with the command that installs it."""
    monkeypatch.setattr(packages, "DEFAULT_FACES", (("font_that_is_missing", "x.ttf"),))
    with pytest.raises(StepError, match="'font_that_is_missing' is not installed") as caught:
        packages.fonts_identity()
    assert caught.value.hint == "pip install font-that-is-missing"


def test_identities_name_the_tool_and_what_is_compiled_of_it() -> None:
    """Identities begin with a name people can read, and the files whose stat stands for them exist."""
    assert packages.typst_identity().startswith("typst ")
    assert packages.pillow_identity().startswith("pillow ")
    assert packages.typst_identity().split()[1] != packages.pillow_identity().split()[1]
    for paths in (packages.typst_paths(), packages.pillow_paths()):
        assert paths
        assert all(path.is_file() for path in paths)


def test_asking_for_identities_imports_neither_typst_nor_pillow() -> None:
    """P46: a null build asks who the tools are without loading them."""
    source = (
        "import sys\nfrom vidbuild.media.text import packages as l\n"
        "l.typst_paths(), l.typst_identity(), l.pillow_paths(), l.pillow_identity()\n"
        "l.fonts_paths(), l.fonts_identity()\n"
        "print(sorted({'typst', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
