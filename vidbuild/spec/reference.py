"""docs/reference.md from the schema; it knows no field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def page(schema: Mapping[str, Any]) -> str:
    """The reference page, in Markdown."""
    return "# The spec language\n"
