"""What is wished of a running build, as files in its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.engine.runs.control import NAME, Wish, ask, asked


def test_nobody_asked(tmp_path: Path) -> None:
    """Where nothing was left, and where there is no folder at all, a build goes on."""
    assert asked(tmp_path) is Wish.GO
    assert asked(tmp_path / "gone") is Wish.GO


def test_the_last_wish_counts(tmp_path: Path) -> None:
    """Pausing and going on take each other's place."""
    for wish in (Wish.PAUSE, Wish.GO, Wish.PAUSE):
        ask(tmp_path, wish)
        assert asked(tmp_path) is wish


@pytest.mark.parametrize("later", [Wish.PAUSE, Wish.GO])
def test_cancelling_is_never_taken_back(tmp_path: Path, later: Wish) -> None:
    """Whatever is asked after it, or at the same moment, has no part in a wish to cancel."""
    ask(tmp_path, Wish.CANCEL)
    ask(tmp_path, later)
    assert asked(tmp_path) is Wish.CANCEL


@pytest.mark.parametrize("content", [b"", b"stop", b"\xff\xfe", b"pause\n"])
def test_rubbish_is_no_wish(tmp_path: Path, content: bytes) -> None:
    """A file that says nothing known does not stop a build."""
    (tmp_path / NAME).write_bytes(content)
    assert asked(tmp_path) is Wish.GO
