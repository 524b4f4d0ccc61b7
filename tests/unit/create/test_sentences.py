"""Where sentences end, which of them matter, and how they are shortened."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from vidbuild.create.composer import narration, sentences
from vidbuild.create.source import breaks


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("One. Two! Three?", "en", ["One.", "Two!", "Three?"]),
        ("Use a tool, e.g. make. Then run it.", "en", ["Use a tool, e.g. make.", "Then run it."]),
        ("It reads texts (eg. Latin ones). Then it ends.", "en", ["It reads texts (eg. Latin ones).", "Then it ends."]),
        ("Version 2.4 is out. It is fast.", "en", ["Version 2.4 is out.", "It is fast."]),
        ("Edit `a. B.c` first. Then go.", "en", ["Edit `a. B.c` first.", "Then go."]),
        ("Das gilt z. B. hier. Dann nicht.", "de", ["Das gilt z. B. hier.", "Dann nicht."]),
        ("首先安装。然后运行。", "zh", ["首先安装。", "然后运行。"]),
        ("Run it. pip installs the rest.", "en", ["Run it. pip installs the rest."]),
    ],
)
def test_split(text: str, language: str, expected: list[str]) -> None:
    """Sentences end as readers of the language see them: not after abbreviations, nor inside of code."""
    assert breaks.split(text, language) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("To start the server run:", "To start the server run:"),
        ("Use it with `kubectl`, e.g.:", "Use it with `kubectl`:"),
        ("Use it,", "Use it."),
        ("**If you are running:**", "**If you are running**:"),
        ("What is it to **you?**", "What is it to **you?**"),
        ("It is small (see the table) and fast.", "It is small and fast."),
        ("Note: it needs Docker.", "It needs Docker."),
        ("**Note:** it needs Docker.", "It needs Docker."),
        ("Read https://example.com/a?b first.", "Read first."),
        ("pip_x installs it", "pip_x installs it."),
        ("it works", "It works."),
        ("Is it fast?", "Is it fast?"),
        ("`acme` runs it", "`acme` runs it."),
        ("終わり。", "終わり。"),
    ],
)
def test_spoken(sentence: str, expected: str) -> None:
    """Asides, addresses and labels are not spoken; a sentence ends with its full stop."""
    assert sentences.spoken(sentence) == expected


def test_the_central_sentence_has_the_highest_rank() -> None:
    """The sentence that shares words with all others ranks first."""
    texts = ["Acme builds videos from specs.", "Specs hold YAML.", "Videos need sound.", "Cats sleep all day."]
    ranks = sentences.ranks(texts)
    assert max(ranks) == ranks[0]
    assert min(ranks) == ranks[3]
    assert sum(ranks) == pytest.approx(1)


def test_ranks_of_nothing() -> None:
    """No sentences have no ranks."""
    assert sentences.ranks([]) == []


def test_chosen_sentences_keep_their_order_and_the_limit() -> None:
    """The first sentence is there, the others by rank, all as they stand in the source."""
    texts = ["Acme builds videos. " + " ".join(f"Sentence number {n} is about videos of Acme." for n in range(20))]
    found = narration.chosen(texts, "en", 30)
    assert found[0] == "Acme builds videos."
    assert sum(len(each.split()) for each in found) <= 30
    assert found == sorted(found, key=texts[0].index)


def test_sentences_about_the_page_are_not_spoken() -> None:
    """What only a reader of the page can follow is left out."""
    assert narration.chosen(["See the table below for more. It is fast and small."], "en") == ["It is fast and small."]


def test_length_counts_scripts_without_spaces() -> None:
    """Two characters of a script without spaces count as a word."""
    assert narration.length("one two three") == 3
    assert narration.length("首先安装") == 2


def test_a_long_part_is_ranked_by_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a part as long as a book, only the first sentences are compared: all of them would take minutes."""
    ranked: list[int] = []
    ranks = sentences.ranks

    def counted(texts: Sequence[str]) -> list[float]:
        ranked.append(len(texts))
        return ranks(texts)

    monkeypatch.setattr(sentences, "ranks", counted)
    text = " ".join(f"Server {number} restarts layer {number % 7}." for number in range(5000))
    chosen = narration.chosen([text], "en")
    assert chosen[0] == "Server 0 restarts layer 0."
    assert ranked == [narration.MAX_RANKED]
