"""Inline content of pandoc's tree as the inline markup of specs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vidbuild.create.importers.pandoc.asciidoc import JOINER
from vidbuild.create.source.pictures import Image

Node = Any  # {"t": type, "c": content} of pandoc's tree
Value = Any  # the content of a node, whose form depends on its type

# What is no text of the page: marks of Org, and of footnotes.
_UNSEEN = frozenset({"todo", "done", "tag", "footnote-ref", "footnote-back", "footnote-reference"})
_REFERENCE = re.compile(r"(.*?)\s*<[^<>]+>\Z", re.DOTALL)
# Roles of Sphinx that name a place in the text, not code.
_TEXT_ROLES = frozenset({"ref", "doc", "term", "numref", "any", "dfn", "guilabel", "menuselection", "abbr", "title"})
_RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200b\ufeff]+")
_MARKED = re.compile(r"`([^`\n]+)`")
_QUOTES = {"SingleQuote": "\u2018\u2019", "DoubleQuote": "\u201c\u201d"}


@dataclass(frozen=True, slots=True)
class Content:
    """The inline content of a block. linked: the share of its characters that are the text of links, from 0 to 1."""

    text: str
    images: tuple[Image, ...] = ()
    linked: float = 0.0


def content(nodes: Sequence[Node]) -> Content:
    """Return what inline nodes say."""
    text = _MARKED.sub(_apart, tidy("".join(_texts(nodes, strong=False))))
    linked = "".join(_linked(nodes))
    return Content(text, tuple(_images(nodes, linked=False)), min(1.0, len(tidy(linked)) / max(len(text), 1)))


def _apart(code: re.Match[str]) -> str:
    """Return code with its marks; without them if it is the middle of a word (re`Structured`Text)."""
    before, after = code.string[: code.start()][-1:], code.string[code.end() :][:1]
    return code[1] if before.isalnum() and after.isalnum() else code[0]


def tidy(text: str) -> str:
    """Return a text in one line, without repeated spaces."""
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return " ".join(line for line in lines if line)


def _texts(nodes: Sequence[Node], *, strong: bool) -> Iterator[str]:
    for node in _joined(nodes):
        yield _text(node["t"], node.get("c"), strong=strong)


def _joined(nodes: Sequence[Node]) -> list[Node]:
    """Return the nodes with code that pandoc takes apart at its spaces and at markup in it as one."""
    found: list[Node] = []
    for node in nodes:
        space = "" if found and found[-1]["t"] == "Code" else " "
        at = -1 if not space else -2
        joins = node["t"] == "Code" and len(found) >= -at and found[at]["t"] == "Code" and not found[at]["c"][0][1]
        if joins and node["c"][0] == found[at]["c"][0] and (not space or found[-1]["t"] == "Space"):
            found[at:] = [{"t": "Code", "c": [node["c"][0], found[at]["c"][1] + space + node["c"][1]]}]
        else:
            found.append(node)
    return found


def _text(kind: str, value: Value, *, strong: bool) -> str:  # noqa: PLR0911 - one case for each type of node
    match kind:
        case "Str":
            return str(value).replace(JOINER, "")
        case "Space":
            return " "
        case "SoftBreak" | "LineBreak":
            return "\n"
        case "Code":
            return _code(*value)
        case "Math":
            return _marked(str(value[1]).strip())
        case "Strong":
            return _strong("".join(_texts(value, strong=True)), nested=strong)
        case "Superscript" | "Subscript":
            return _shifted("".join(_texts(value, strong=strong)), raised=kind == "Superscript")
        case "Quoted":
            marks = _QUOTES[value[0]["t"]]
            return marks[0] + "".join(_texts(value[1], strong=strong)) + marks[1]
        case _:
            return "".join(_texts(inner(kind, value), strong=strong))


def inner(kind: str, value: Value) -> Sequence[Node]:
    """Return the inline nodes below one that has no text of its own."""
    match kind:
        case "Emph" | "Underline" | "SmallCaps" | "Strong" | "Superscript" | "Subscript":
            return list(value)
        case "Link" | "Quoted" | "Cite":
            return list(value[1])
        case "Span":
            return [] if _UNSEEN & set(value[0][1]) else list(value[1])
    return []  # images, footnotes, raw texts of other formats, and what is struck out are no text


def _code(attributes: Value, text: str) -> str:
    role = dict(attributes[2]).get("role")
    if "interpreted-text" not in attributes[1]:
        return _marked(text)
    if shown := _REFERENCE.match(text):
        return shown[1]
    return text if role in _TEXT_ROLES else _marked(text.rpartition(".")[2] if text.startswith("~") else text)


def _marked(text: str) -> str:
    text = " ".join(text.replace(JOINER, "").split())
    return text if "`" in text or not text else f"`{text}`"


def _strong(text: str, *, nested: bool) -> str:
    bare = text.strip()
    if nested or not bare or "*" in bare or "`" in bare:
        return text
    start = text.index(bare)
    return f"{text[:start]}**{bare}**{text[start + len(bare) :]}"


def _shifted(text: str, *, raised: bool) -> str:
    moved = text.translate(_RAISED if raised else _LOWERED)
    return text if set(moved) & set(text) else moved


def _linked(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        if node["t"] == "Link":
            yield from _texts(node["c"][1], strong=True)
        else:
            yield from _linked(inner(node["t"], node.get("c")))


def _images(nodes: Sequence[Node], *, linked: bool) -> Iterator[Image]:
    for node in nodes:
        kind, value = node["t"], node.get("c")
        if kind == "Image":
            yield Image(str(value[2][0]), content(value[1]).text, linked)
        else:
            yield from _images(inner(kind, value), linked=linked or kind == "Link")
