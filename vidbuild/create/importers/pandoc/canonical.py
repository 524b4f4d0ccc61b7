"""The text that a part of a document was made from, in a form that does not depend on pandoc's version.

It has the words of the part, its code and its pictures, in order, and nothing of how pandoc arranges them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from vidbuild.create.importers.pandoc.inlines import Node, Value

# pandoc turns these into each other, as its extensions say.
_FOLDED = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " ", "\u200b": "", "\u2060": ""}
)
_BLOCKS = frozenset({"Para", "Plain", "LineBlock", "CodeBlock", "Header", "RawBlock"})


def text_of(nodes: Sequence[Node], picture: Callable[[str], str]) -> str:
    """Return the words of blocks, a line for each. picture: returns what stands for a picture by its address."""
    text = "".join(_words(nodes, picture)).translate(_FOLDED)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _words(value: Value, picture: Callable[[str], str]) -> Iterator[str]:
    """Yield the texts of a part of the tree, whatever holds them: paragraphs, lists, cells, captions."""
    if isinstance(value, list):
        for each in value:
            yield from _words(each, picture)
    elif isinstance(value, dict):
        yield from _words_of(value.get("t", ""), value.get("c"), picture)


def _words_of(kind: str, value: Value, picture: Callable[[str], str]) -> Iterator[str]:
    match kind:
        case "Str":
            yield str(value)
        case "Space" | "SoftBreak" | "LineBreak":
            yield " "
        case "Code" | "RawInline" | "Math":
            yield str(value[1])
        case "CodeBlock" | "RawBlock":
            yield f"\n{value[1]}\n"
        case "Image":
            yield f" {picture(str(value[2][0]))} "
        case _:
            yield from _words(value, picture)
            yield "\n" if kind in _BLOCKS else ""
