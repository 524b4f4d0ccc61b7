"""A library of files on this machine: what is found, in which order, and what the texts beside files say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from vidbuild.spec.lock_file import Request
from vidbuild.stock.folder import Folder
from vidbuild.stock.protocol import StockError


@dataclass
class Place:
    """A project, and the user's library."""

    root: Path
    library: Path | None = None


def search(root: Path, words: str, kind: str = "video", folder: str = "lib") -> list[str]:
    """The ids of what is found."""
    place: Any = Place(root)  # a folder sends no requests
    return [each.id for each in Folder().search(Request("folder", kind, words, folder=folder), place)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a library."""
    files = (
        "blue_sea.mp4",
        "Seas/Blue.MP4",
        "sea.mp4",
        "blue.png",
        ".blue_sea.mp4",
        "deep/a1.webm",
        "blue_sea.txt.mp4.bak",
    )
    for name in files:
        path = tmp_path / "lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "lib/deep/a1.txt").write_text("Keywords: blue SEA, whale\nAuthor: Diver\nLicense: CC BY 4.0\nother\n")
    (tmp_path / "lib/credits.txt").write_text("licence: own work\ncreator: Us\n")
    return tmp_path


def test_all_words_must_be_found(root: Path) -> None:
    """In the name first, then in the text beside it; case and plurals do not matter, hidden files do not count."""
    assert search(root, "blue sea") == ["Seas/Blue.MP4", "blue_sea.mp4", "deep/a1.webm"]
    assert search(root, "blue", "image") == ["blue.png"]
    assert search(root, "WHALES") == ["deep/a1.webm"]
    assert search(root, "blue whale shark") == []


def test_the_text_beside_a_file_wins_over_that_of_its_folder(root: Path) -> None:
    """Lines of `name: value`, with other spellings of the names; what it lacks is taken from credits.txt beside it."""
    place: Any = Place(root)  # a folder sends no requests
    sea, whale = Folder().search(Request("folder", "video", "blue sea", folder="lib"), place)[1:]
    assert (sea.licence, sea.creator) == ("own work", "Us")
    assert (whale.licence, whale.creator) == ("CC BY 4.0", "Diver")


def test_a_folder_must_be_there(root: Path) -> None:
    """No folder, one that is gone, and words without a letter are errors with a way on."""
    with pytest.raises(StockError, match="has no folder") as caught:
        search(root, "sea", folder="")
    assert "export VIDBUILD_STOCK_FOLDER=PATH" in str(caught.value.hint)
    with pytest.raises(StockError, match="does not exist"):
        search(root, "sea", folder="gone")
    with pytest.raises(StockError, match="has no word to search for"):
        search(root, "…")
