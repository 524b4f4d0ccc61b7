"""What texts of a source are by their form: titles, names with a detail, tasks, quotations, lines of links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from vidbuild.create.source.outline import Item, Items, Prose, Quotation

LINKS = 0.75  # share of linked characters from which a text is a list of links
_BY = re.compile(r"\s*(?:—|\u2013|--)\s*(?P<by>[^.!?\n]{2,60})\Z")  # dashes of both lengths
_TASK = re.compile(r"(?:\[([ xX])\]|([☐☒☑]))\s+")
# A text that names what it shows: "**Fast**: it caches", "`--all`: everything" and "`-a`, `--all`: everything".
_NAMED = re.compile(
    r"(?P<name>\*\*[^*]+\*\*|`[^`]+`(?:(?:,| or| and| ?/| ?\|)? ?`[^`]+`){0,5})\s*(?::|—|\u2013|-)\s+(?P<detail>\S.*)",
    re.DOTALL,
)
_NAMED_INSIDE = re.compile(r"\*\*(?P<name>[^*]+):\*\*\s+(?P<detail>\S.*)", re.DOTALL)


def title_of(name: str) -> str:
    """Return a file's name, without its ending, as a title: "my-notes" is "My notes"."""
    words = " ".join(re.split(r"[-_\s]+", name)).strip() or name
    return words[:1].upper() + words[1:]


def item(text: str, more: Sequence[str] = (), below: Sequence[Item] = ()) -> Item:
    """Return an entry of a list. more: its further paragraphs; below: the entries below it."""
    named = _NAMED.fullmatch(text) or _NAMED_INSIDE.fullmatch(text)
    name, detail = (named["name"].strip("*"), named["detail"]) if named else (text, "")
    return Item(name, " ".join(filter(None, [detail, *more])), tuple(each for each in below if each.text))


def items(entries: Sequence[Item], *, ordered: bool) -> Items | None:
    """Return a list, or a list of tasks if all entries begin with a box; None without entries."""
    kept = [each for each in entries if each.text]
    tasks = [match for each in kept if (match := _TASK.match(each.text))]
    if kept and len(tasks) == len(kept):
        bare = tuple(replace(each, text=each.text[task.end() :]) for each, task in zip(kept, tasks, strict=True))
        return Items(bare, done=tuple((task[1] or "x") != " " and task[2] != "☐" for task in tasks))
    return Items(tuple(kept), ordered) if kept else None


def quotation(text: str) -> Quotation:
    """Return a quotation; what follows a dash at its end is who said it."""
    by = _BY.search(text)
    return Quotation(text[: by.start()] if by else text, by["by"] if by else "")


def is_list_of_links(shares: Sequence[float]) -> bool:
    """Return whether entries are links and little else. shares: of linked characters, of each entry with a text."""
    return bool(shares) and min(shares) > LINKS


def is_line_of_links(text: str, linked: float) -> bool:
    """Return whether a paragraph is links and no sentence: a row of them, or one in parentheses."""
    is_aside = text.startswith("(") and text.endswith(")")
    return linked > LINKS and (is_aside or (text.count(" ") > 1 and not text.endswith((".", "!", "?"))))


def prose_of(blocks: Sequence[object]) -> str:
    """Return the text of blocks that are paragraphs alone; "" if there is another one."""
    texts = [each.text for each in blocks if isinstance(each, Prose)]
    return " ".join(texts) if len(texts) == len(blocks) else ""
