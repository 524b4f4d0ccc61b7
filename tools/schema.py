"""Writes what is made of the schema of specs: `python -m tools.schema` in a checkout.

That is schemas/video.schema.json, for editors, and docs/reference.md.
"""

from __future__ import annotations

import json
from pathlib import Path

from tools.editor_schema import for_editors
from tools.reference import page
from vidbuild.spec import schema

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "schemas" / schema.NAME
REFERENCE = ROOT / "docs" / "reference.md"
COMMAND = "python -m tools.schema"


def for_editors_text() -> str:
    """Return the text of the schema for editors."""
    return json.dumps(for_editors(schema.load()), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the schema and the reference page."""
    SCHEMA.write_text(for_editors_text(), encoding="utf-8")
    REFERENCE.write_text(page(schema.load()), encoding="utf-8")


if __name__ == "__main__":
    main()
