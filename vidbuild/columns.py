"""Count the columns that text takes in a terminal or in captions."""

from __future__ import annotations

from collections.abc import Iterator


def width(text: str) -> int:
    """Return the number of columns: two for a wide character or an emoji, none for marks on another one."""
    if text.isascii():
        return len(text)
    import wcwidth

    # One by one: in a whole text, wcwidth counts no column for the letter after a zero-width joiner.
    return sum(
        len(character) if character.isascii() else wcwidth.width(character, control_codes="ignore")
        for character in graphemes(text)
    )


def graphemes(text: str) -> Iterator[str]:
    """Yield the characters as a reader counts them: with their marks, and joined emoji as one."""
    if text.isascii():
        return iter(text)
    import wcwidth

    return wcwidth.iter_graphemes(text)


def expand_tabs(line: str, size: int) -> str:
    """Replace each tab in a line by spaces up to the next multiple of `size` columns."""
    parts = line.split("\t")
    expanded = parts[0]
    for part in parts[1:]:
        expanded += " " * (size - width(expanded) % size) + part
    return expanded
