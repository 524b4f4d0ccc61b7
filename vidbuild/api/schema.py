"""Returns the JSON Schema of the spec language."""

from __future__ import annotations


def schema() -> str:
    """Return the JSON Schema of version 1 of the spec language, as text."""
    from vidbuild.spec.schema import schema_path

    return schema_path().read_text(encoding="utf-8")
