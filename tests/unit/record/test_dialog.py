"""Expectations: what must be printed, and what is typed then."""

from __future__ import annotations

from vidbuild.record.dialog import Dialog


def test_expectations_are_met_in_order() -> None:
    """Each text is looked for after the one before it."""
    dialog = Dialog(["one", "two"])
    dialog.read("one")
    assert dialog.answer() is None
    assert dialog.pending == (1, "two")
    dialog.read("... two")
    dialog.answer()
    assert dialog.pending is None


def test_a_text_already_on_the_screen_meets_no_expectation() -> None:
    """A text that was printed before an answer is not taken for the next question."""
    dialog = Dialog([{"text": "Name:", "send": "Host"}, {"text": "Name:", "send": "Guest"}])
    dialog.read("Name: Name: ")
    assert dialog.answer() == "Host"
    assert dialog.answer() is None
    dialog.read("Name: ")
    assert dialog.answer() == "Guest"


def test_a_text_in_pieces_and_in_color_is_found() -> None:
    """Control sequences and the pieces in which a text arrives make no difference."""
    dialog = Dialog([{"text": "Project name:", "send": "acme"}])
    dialog.read("\x1b[1mProj")
    assert dialog.answer() is None
    dialog.read("ect\x1b[0m\r\nname:")
    assert dialog.answer() == "acme"
