"""How a long command continues in the next line."""

from __future__ import annotations

import pytest

from vidbuild.scenes.command import wrap


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        ("a" * 64, ["a" * 64]),
        ("a" * 65, ["a" * 64, "  a"]),
        ("a " + "b" * 63, ["a", "  " + "b" * 62, "  b"]),
        ("a" * 63 + " b", ["a" * 63, "  b"]),
        ("a" * 64 + " b", ["a" * 64, "  b"]),
        ("a" * 126 + " b", ["a" * 64, "  " + "a" * 62, "  b"]),
        ("one " * 16 + "two", [("one " * 16).rstrip(), "  two"]),
        ("日" * 33, ["日" * 32, "  日"]),
        ("", []),
        ("a\nb", ["a", "b"]),
    ],
)
def test_commands_are_wrapped_at_64_columns(command: str, lines: list[str]) -> None:
    """A line ends at its last space, or at the last column; the following ones are indented by two."""
    assert wrap(command) == lines
