"""The Typst files that lay out scenes of a type, as inputs of the step that draws them."""

from __future__ import annotations

from pathlib import Path

from vidbuild.scenes.protocol import SceneType

SCENES = Path(__file__).resolve().parent


def folder_of(kind: SceneType) -> Path:
    """Return the folder with a type's template.typ and schema.json."""
    return kind.folder or SCENES / kind.name


def layout_files(kind: SceneType, part: str = "") -> dict[str, Path]:
    """Return role -> file: `template` and a `module:NAME` each; of a part `template:PART` and `module:PART/NAME`."""
    folder = folder_of(kind)
    modules = {f"module:{part}/{name}" if part else f"module:{name}": folder / f"{name}.typ" for name in kind.modules}
    return {f"template:{part}" if part else "template": folder / "template.typ", **modules}
