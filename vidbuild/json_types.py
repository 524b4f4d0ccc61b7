"""A name for JSON values, which type checkers know only as Any."""

from __future__ import annotations

from typing import Any

# None, a bool, a number, a text, or a list of JSON values or a dict of them by name.
Json = Any
