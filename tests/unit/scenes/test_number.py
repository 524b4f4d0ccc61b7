"""The number scene: its value as it is written, and the states that count up to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import scene_samples
from tests.support.drawing import Drawn, drawn
from vidbuild.media.text.words import Token
from vidbuild.scenes.number import SECONDS, STATES
from vidbuild.scenes.protocol import ENTRANCE
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.timeline.mentions import mentions
from vidbuild.written_float import WrittenFloat

NUMBER = SCENE_TYPES["number"]


def draw(folder: Path, language: str = "en", **fields: Any) -> Drawn:
    """Draw a number."""
    return drawn(folder, "number", scene_samples.drawing("number", **fields), size=(640, 360), language=language)


def last(made: Drawn) -> str:
    """Return the name of the last state's layer."""
    return [name for name in made.names() if name.startswith("number-")][-1]


@pytest.mark.parametrize(
    ("value", "language", "written"),
    [
        (12500, "en", "12,500"),
        (12500, "de", "12.500"),
        (12500, "fr", "12\u202f500"),
        (1250000, "hi", "12,50,000"),
        (1234.5, "de", "1.234,5"),
        (0.05, "en", "0.05"),
        (-3.5, "en", "\u22123.5"),
        (999, "en", "999"),
        (1e21, "en", "1,000,000,000,000,000,000,000"),
    ],
)
def test_numbers_are_written_as_the_language_does(value: float, language: str, written: str, tmp_path: Path) -> None:
    """A number of the spec is drawn with its language's separators, exactly: as the text that has them is."""
    number, text = draw(tmp_path / "a", language, value=value), draw(tmp_path / "b", language, value=written)
    assert number.image(last(number)).tobytes() == text.image(last(text)).tobytes()


def test_decimals_are_as_asked_for(tmp_path: Path) -> None:
    """`decimals` rounds or fills a number: 99.95 with three is 99.950."""
    number, text = draw(tmp_path / "a", value=99.95, decimals=3), draw(tmp_path / "b", value="99.950")
    assert number.image(last(number)).tobytes() == text.image(last(text)).tobytes()


@pytest.mark.parametrize("text", ["4.8/5", "1,204", "10\u201320", "12:30", "$1.2M", "v2", "007", "3 of 4", "many"])
def test_texts_are_drawn_as_written(text: str) -> None:
    """The last state of a text is the text itself."""
    assert scene_samples.drawing("number", value=text)["value"]["text"] == text


@pytest.mark.parametrize(
    ("text", "states"), [("4.8/5", 1), ("10-20", 1), ("12:30", 1), ("many", 1), ("0", 1), ("3", 4), ("$1.2M", 12)]
)
def test_only_a_single_number_counts(text: str, states: int) -> None:
    """A text with several numbers or none appears as it is; a small number counts each of its states once."""
    assert len(scene_samples.drawing("number", value=text)["value"]["states"]) == states


@pytest.mark.parametrize("value", [12500, 0.05, "1,234,567.89", 3, 10**15])
def test_a_count_rises_to_exactly_the_value(value: float | str) -> None:
    """The states rise from nothing to the value, in few layers, and slow down."""
    shown = scene_samples.drawing("number", value=value)["value"]
    states = shown["states"]
    digits = "".join(mark for mark in (value if isinstance(value, str) else f"{value}") if mark.isdigit())
    assert (states[0], states[-1]) == (0, int(digits))
    assert states == sorted(set(states))
    assert len(states) <= STATES
    assert states[1] - states[0] >= states[-1] - states[-2]


def test_a_number_that_does_not_count() -> None:
    """`count: false` has one state, and so no sequence."""
    scene = scene_samples.scene("number", value=12500, count=False)
    assert NUMBER.drawing(scene)["value"]["states"] == [12500]
    assert NUMBER.reveals(scene)[0].sequence == ()


@pytest.mark.parametrize(
    ("value", "words"),
    [(WrittenFloat("1.50", 2), "1.50"), (WrittenFloat("3.10", 2), "3.10"), (1.5, "1.5"), ("v2", "v2")],
)
def test_a_number_appears_with_the_words_that_it_is_written_with(value: float | str, words: str) -> None:
    """A narration that says "3.10" mentions the number 3.10, although that is 3.1 as well."""
    reveal = NUMBER.reveals(scene_samples.scene("number", value=value))[0]
    assert reveal.words == words
    tokens = [Token(each, each) for each in f"Since then it is {words} at last".split()]
    assert mentions([reveal], tokens, "en")[0].token == 4


def test_the_count_follows_the_words() -> None:
    """The number appears by its words with its label, counts for a second, and the change has its own time."""
    change = {"text": "+12% since May", "tone": "good", "at": "more"}
    scene = scene_samples.scene("number", value=12500, unit="s", label="builds a day", change=change)
    number, change_reveal = NUMBER.reveals(scene)
    assert (number.field, number.words) == ("value", "12500")
    assert number.enter == {"number-0": "rise", "label": "rise"}
    assert number.sequence[0] == ("number-0", 0.0)
    assert number.sequence[-1][0] == f"number-{STATES - 1}"
    assert number.sequence[-1][1] == pytest.approx(ENTRANCE + SECONDS)
    assert (change_reveal.field, change_reveal.at, change_reveal.words) == ("change", "more", "+12% since May")


@pytest.mark.parametrize(
    ("change", "trend"),
    [
        ({"text": "+12%"}, "up"),
        ({"text": "-12%"}, "down"),
        ({"text": "\u221212%"}, "down"),
        ({"text": "12% more"}, None),
        ({"text": "12%", "trend": "up"}, "up"),
    ],
)
def test_the_sign_of_a_change_is_its_arrow(change: dict[str, str], trend: str | None) -> None:
    """A plus or minus sign at the start gives the direction, unless `trend` does."""
    assert scene_samples.drawing("number", value=1, change=change)["change"]["trend"] == trend


def test_decimals_belong_to_numbers() -> None:
    """`decimals` beside a text is an error: the text has its own."""
    scene = scene_samples.scene("number", value="1.50", decimals=1)
    assert [problem.field for problem in NUMBER.check(scene.fields)] == ["decimals"]


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1080, 1080)])
@pytest.mark.parametrize("value", [7, "4.8/5", 123456789012, "99,999.99 %"])
def test_any_number_stays_inside_the_margins(value: Any, size: tuple[int, int], tmp_path: Path) -> None:
    """A number is as large as it fits and never leaves its margins, short or long."""
    made = drawn(tmp_path, "number", scene_samples.drawing("number", value=value, unit="ms"), size=size)
    left, _, right, _ = made.ink(last(made))
    assert size[0] * 0.05 < left < right < size[0] * 0.95


def test_a_prefix_and_a_suffix_keep_their_blanks_at_the_number() -> None:
    """`ca. ` and ` €` are written with a space that breaks no line; blanks at the outer ends are left out."""
    fields = NUMBER.drawing(scene_samples.scene("number", value=12, prefix=" ca. ", suffix=" € "))
    assert (fields["prefix"], fields["suffix"]) == ("ca.\u00a0", "\u00a0€")
    assert NUMBER.drawing(scene_samples.scene("number", value=12))["prefix"] is None


@pytest.mark.parametrize(
    ("prefix", "parts"), [("$", ("\u2212$", "")), ("ca. ", ("ca.\u00a0", "\u2212")), ("", (None, "\u2212"))]
)
def test_the_sign_is_before_a_currency(prefix: str, parts: tuple[str | None, str]) -> None:
    """Minus five dollars are \u2212$5, not $\u22125."""
    fields = NUMBER.drawing(scene_samples.scene("number", value=-5, prefix=prefix))
    assert (fields["prefix"], fields["value"]["sign"]) == parts


def test_a_unit_is_below_its_number_in_a_high_frame(tmp_path: Path) -> None:
    """The number goes across the frame, and all of the unit is below it; in a wide frame it is beside the number."""
    fields = scene_samples.drawing("number", value=12500, unit="requests")
    heights = {}
    for size in ((640, 360), (360, 640)):
        made = drawn(tmp_path / str(size[0]), "number", fields, size=size)
        ink = made.ink(last(made))
        heights[size] = (ink[3] - ink[1]) / (ink[2] - ink[0])
        alone = drawn(tmp_path / f"{size[0]}-alone", "number", {**fields, "unit": None}, size=size)
        if size[0] < size[1]:
            assert ink[2] == alone.ink(last(alone))[2] > 0.85 * size[0]
    assert heights[360, 640] > 1.5 * heights[640, 360]
