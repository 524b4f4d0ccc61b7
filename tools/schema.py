"""Writes what is made of the schema of specs: `python -m tools.schema` in a checkout.

That is schemas/*.schema.json, for editors, docs/reference.md and the pages of docs/scenes; and docs/lints.md, which is
made of vidbuild/lints.json.
"""

from __future__ import annotations

from pathlib import Path

from tools import lints, scene_pages
from tools.reference import page
from vidbuild.spec import schema
from vidbuild.spec.editor_schema import text_for_editors

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "schemas"
REFERENCE = ROOT / "docs" / "reference.md"
SCENES = ROOT / "docs" / "scenes"
LINTS = ROOT / "docs" / "lints.md"
COMMAND = "python -m tools.schema"


def main() -> None:
    """Write the schemas and the reference page."""
    for name in schema.NAMES:
        (SCHEMAS / f"{name}.schema.json").write_text(text_for_editors(name), encoding="utf-8")
    REFERENCE.write_text(page(schema.load()), encoding="utf-8")
    SCENES.mkdir(exist_ok=True)
    for name, text in scene_pages.pages(schema.load()).items():
        (SCENES / name).write_text(text, encoding="utf-8")
    LINTS.write_text(lints.page(), encoding="utf-8")


if __name__ == "__main__":
    main()
