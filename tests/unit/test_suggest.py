"""Suggestions of the names that were probably meant."""

from __future__ import annotations

import pytest

from vidbuild.suggest import did_you_mean, nearest, nearest_names

LONG = "transition:introduction+getting-started-with-docker"


@pytest.mark.parametrize(
    ("name", "known", "found"),
    [
        ("naration", ["narration", "notes"], "narration"),
        ("Title", ["title", "type"], "title"),
        ("title", ["TITLE", "type"], "TITLE"),
        ("xyzzy", ["title", "type"], None),
        ("x" * 100_000, ["title"], None),
        ("", ["title"], None),
        (
            "transition:introduction+getting-started-witch-docker",
            ["transition:introduction+getting-started-with-docker"],
            "transition:introduction+getting-started-with-docker",
        ),
        ("zebar", [*map(str, range(100_000)), "zebra"], "zebra"),
    ],
)
def test_the_most_similar_name_is_suggested(name: str, known: list[str], found: str | None) -> None:
    """A similar name is suggested whatever its case and length, among however many; no name if none is similar."""
    assert nearest(name, known) == found
    assert did_you_mean(name, known) == (f"did you mean '{found}'?" if found else None)


@pytest.mark.parametrize(
    ("known", "hint"),
    [
        (["en-us"], "did you mean 'en-us'?"),
        (["en-us", "en-gb"], "did you mean 'en-us' or 'en-gb'?"),
        (["en-us", "en-gb", "en", "de"], "did you mean 'en-us', 'en-gb' or 'en'?"),
        (["de"], None),
    ],
)
def test_several_names_are_suggested(known: list[str], hint: str | None) -> None:
    """The most similar name comes first, and no more are suggested than wanted."""
    assert did_you_mean("en-uss", known, 3, 0.5) == hint
    assert nearest_names("en-uss", known, 1, 0.5) == ([known[0]] if hint else [])


def test_the_hundred_nearest_by_letters_are_compared() -> None:
    """Of up to 100 names each is compared; of more, those with the most pairs of letters in common."""
    others = [f"{number}zz" for number in range(99)]
    assert nearest("abc", [*others, "acb"]) == "acb"
    assert nearest("abc", [*others, "0yy", "acb"]) is None
    assert nearest("abc", [*others, "0yy", "abd"]) == "abd"


def test_the_first_forty_letters_are_compared() -> None:
    """Names that differ after 40 letters are the same to the comparison, which names one of them."""
    known = ["a" * 40 + "b", "a" * 40 + "c"]
    assert nearest_names("a" * 40, known, 2) == [known[1]]
    assert sorted(nearest_names("a" * 39, ["a" * 39 + "b", "a" * 39 + "c"], 2)) == ["a" * 39 + "b", "a" * 39 + "c"]
