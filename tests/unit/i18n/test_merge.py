"""Taking the translations of a translator's file into the texts of a spec."""

from __future__ import annotations

import pytest

from vidbuild.i18n.catalog import Unit
from vidbuild.i18n.exchange import Found
from vidbuild.i18n.merge import merged

UNITS = [
    Unit("a", "title", "Hello"),
    Unit("b", "title", "Hello"),
    Unit("b", "narration", "Run [[go]] it", "Alt", "", 7),
]


def texts(*found: Found) -> dict[str, tuple[str, str]]:
    """The text of each unit and what it was made from, if these translations are all used."""
    units, skipped = merged(UNITS, found, "de.po")
    assert skipped == []
    assert [unit.name for unit in units] == [unit.name for unit in UNITS]
    assert [unit.line for unit in units] == [unit.line for unit in UNITS]
    return {unit.name: (unit.text, unit.was) for unit in units}


def test_a_translation_by_name() -> None:
    """A translation with a name is that of one unit; those without one keep theirs."""
    assert texts(Found("b/title", "Hello", "Hallo")) == {
        "a/title": ("", ""),
        "b/title": ("Hallo", ""),
        "b/narration": ("Alt", ""),
    }


def test_a_translation_by_source() -> None:
    """A translation without a name is that of every unit with its source."""
    assert (
        texts(Found("", "Hello", "Hallo"))["a/title"] == texts(Found("", "Hello", "Hallo"))["b/title"] == ("Hallo", "")
    )


@pytest.mark.parametrize(
    "found", [Found("a/title", "Hi", "Hallo"), Found("a/title", "Hello", "Hallo", is_unsure=True, was="Hi")]
)
def test_a_translation_of_an_earlier_text(found: Found) -> None:
    """A translation that was made from another text is kept with that text, so that it shows as stale."""
    assert texts(found)["a/title"] == ("Hallo", "Hi")


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (Found("c/title", "Hello", "Hallo", line=3), "de.po:3: the spec has no text 'c/title'"),
        (Found("", "Bye", "Tschuess"), "de.po: the spec has no text 'Bye'"),
        (
            Found("b/narration", "Run [[go]] it", "Starte es"),
            "de.po: 'b/narration': the translation lacks [[go]]",
        ),
        (
            Found("a/title", "Hello", "Hallo", is_unsure=True),
            "de.po: 'a/title': the translation has to be looked at again, as the file says",
        ),
    ],
)
def test_what_is_skipped(found: Found, message: str) -> None:
    """A translation without a unit, without a cue, or that is not finished is skipped with its line and the reason."""
    assert merged(UNITS, [found], "de.po") == (UNITS, [message])


def test_empty_translations() -> None:
    """What is not translated yet is no reason for a message."""
    assert merged(UNITS, [Found("c/title", "Hello", " ")], "de.po") == (UNITS, [])
