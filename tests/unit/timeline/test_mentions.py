"""Which words of a narration mention the items of a list."""

from __future__ import annotations

import pytest

from vidbuild.scenes.protocol import Reveal
from vidbuild.spec import narration, pronounce
from vidbuild.timeline.mentions import OUT_OF_ORDER, PREVIEW, mentions

THREE = ["Speed", "Size", "Safety"]
PREVIEWED = "Three things matter, namely speed, size and safety. "


def found(items: list[str], text: str, language: str = "en") -> list[tuple[str | None, str]]:
    """For each item the text up to its mention, and why it is unsure."""
    tokens = narration.parse(text, pronounce.from_spec({}), language).tokens
    reveals = [Reveal(f"items.{index}", words=item) for index, item in enumerate(items)]
    return [
        (None if each.token is None else " ".join(token.text for token in tokens[: each.token][-2:]), each.unsure)
        for each in mentions(reveals, tokens, language)
    ]


def test_an_items_own_passage_wins_over_a_preview() -> None:
    """A sentence that names all items does not reveal those that have passages of their own."""
    text = PREVIEWED + "Let us begin with speed. It is fast. Then there is the size. And at last safety. That is all."
    assert found(THREE, text) == [("begin with", ""), ("is the", ""), ("at last", "")]


def test_an_item_without_a_passage_is_unsure() -> None:
    """An item that only the preview names is spread between its neighbors, and reported."""
    text = PREVIEWED + "Let us begin with speed. It is fast. The files are small. And at last safety."
    assert found(THREE, text) == [("begin with", ""), (None, OUT_OF_ORDER), ("at last", "")]


def test_a_preview_without_passages_is_unsure() -> None:
    """Items that one sentence names, followed by as many others that name none, are revealed there and reported."""
    text = PREVIEWED + "A build takes a minute. Files are small. Nothing is fetched."
    assert [unsure for _, unsure in found(THREE, text)] == [PREVIEW] * 3


@pytest.mark.parametrize(
    ("items", "text"),
    [
        (["Open the settings", "Press the button"], "Open the settings and press the button. Then the settings close."),
        (["Install", "Configure"], "First install it and configure it. Configure takes a while."),
        (["Open settings", "Close settings"], "Open the settings. Then close the settings."),
        (THREE, "First speed. It is fast. Then size. Then safety. So speed, size and safety matter."),
        (["One", "Two", "Three"], "It has one, two and three."),
    ],
)
def test_other_sentences_about_several_items_are_sure(items: list[str], text: str) -> None:
    """Steps in one sentence, items with common words, recaps and plain lists are revealed at their words."""
    assert [unsure for _, unsure in found(items, text)] == [""] * len(items)
    assert None not in [before for before, _ in found(items, text)]


def test_items_in_another_order_are_unsure() -> None:
    """An item that is only mentioned before the item above it is reported."""
    assert [unsure for _, unsure in found(THREE, "Safety first. Then size. Then speed.")].count(OUT_OF_ORDER) == 2


def test_items_without_spaces_are_found_by_their_words() -> None:
    """A Chinese item is found within a sentence, at its own passage."""
    text = "今天我们讲下载、配置和启动。先说下载。下载很快。然后配置。最后启动服务。"
    assert found(["下载文件", "配置", "启动服务"], text, "zh") == [
        ("先 说", ""),
        ("很快。 然后", ""),
        ("配置。 最后", ""),
    ]
