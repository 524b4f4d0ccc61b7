"""Contrast and mixing of colors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.media.image.color import AA, BLACK, WHITE, contrast, luminance, mix, parse, readable, text

COLOURS = st.tuples(*(st.integers(0, 255),) * 3)


@pytest.mark.parametrize(("written", "colour"), [("#0a0F1f", (10, 15, 31)), ("#fa0", (255, 170, 0))])
def test_reads_both_ways_of_writing(written: str, colour: tuple[int, int, int]) -> None:
    """A color is read from three or six digits, of either case."""
    assert parse(written) == colour


@pytest.mark.parametrize("written", ["", "#12", "#12345", "red", "#12345g", "#1234567"])
def test_refuses_what_is_no_color(written: str) -> None:
    """Anything else is a ValueError, not another color."""
    with pytest.raises(ValueError, match=r"."):
        parse(written)


@given(COLOURS)
def test_writes_what_it_reads(colour: tuple[int, int, int]) -> None:
    """Writing and reading give the same color back."""
    assert parse(text(colour)) == colour


def test_contrast_has_the_published_values() -> None:
    """Contrast is the WCAG ratio: 21 for black on white, 4.54 for the well-known gray #767676."""
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(parse("#767676"), WHITE) == pytest.approx(4.54, abs=0.005)
    assert luminance(WHITE) == pytest.approx(1)


@given(COLOURS, COLOURS)
def test_contrast_has_no_order(a: tuple[int, int, int], b: tuple[int, int, int]) -> None:
    """Text on ground contrasts as ground on text, by 1 to 21."""
    assert contrast(a, b) == contrast(b, a)
    assert 1 <= contrast(a, b) <= 21.0001


def test_mix_goes_from_one_color_to_the_other() -> None:
    """A share of 0 is the first color, of 1 the second."""
    a, b = (0, 100, 200), (200, 0, 100)
    assert (mix(a, b, 0), mix(a, b, 0.5), mix(a, b, 1)) == (a, (100, 50, 150), b)


def test_a_readable_color_stays_as_it_is() -> None:
    """A color with enough contrast is not changed."""
    assert readable(parse("#7aa5ff"), (parse("#0a0f1f"),)) == parse("#7aa5ff")


@given(COLOURS, COLOURS)
def test_any_color_becomes_readable_on_any_background(
    colour: tuple[int, int, int], ground: tuple[int, int, int]
) -> None:
    """On one background, AA contrast can always be reached."""
    assert contrast(readable(colour, (ground,)), ground) >= AA


def test_a_color_is_moved_no_further_than_needed() -> None:
    """A yellow that is too bright for paper becomes a dark yellow, not black."""
    yellow = readable(parse("#ffd000"), (WHITE,))
    assert yellow[0] > yellow[2]
    assert AA <= contrast(yellow, WHITE) < 6


def test_grounds_that_allow_no_contrast_get_the_best_there_is() -> None:
    """Between black and white grounds no text is readable on both; the better of black and white is taken."""
    assert readable((128, 128, 128), (BLACK, WHITE, (10, 10, 10))) in {BLACK, WHITE}
