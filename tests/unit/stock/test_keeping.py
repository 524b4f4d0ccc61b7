"""Files of stock media in a project: each in its place whole, or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import stock_sites
from vidbuild.spec.lock_file import Request
from vidbuild.stock.answers import Answers
from vidbuild.stock.http import Http
from vidbuild.stock.keeping import Keeper
from vidbuild.stock.protocol import Frame, StockError

FRAME = Frame(160, 90)


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    """A project with a library of five short clips and a longer one, which comes last, all with a license."""
    library = tmp_path / "lib"
    short = stock_sites.clip(library / "sea-0.mp4", seconds=0.5)
    for number in range(1, 5):
        (library / f"sea-{number}.mp4").write_bytes(short)
    stock_sites.clip(library / "sea-9.mp4", seconds=2)
    (library / "credits.txt").write_text("licence: own work\n")
    return Keeper(tmp_path.resolve(), Http(Answers(tmp_path / "cache")), None)


def files(keeper: Keeper) -> list[str]:
    """The names in the folder of stock media."""
    return sorted(path.name for path in (keeper.root / "assets/stock").iterdir())


def test_a_library_is_searched_until_a_file_is_long_enough(keeper: Keeper) -> None:
    """The lengths of a library's files are known only when they are probed; those that do not fit leave nothing."""
    entry = keeper.choose(Request("folder", "video", "sea", min_seconds=1, folder="lib"), FRAME)
    assert (entry.id, entry.seconds, entry.width, entry.height) == ("sea-9.mp4", 2, 160, 90)
    assert files(keeper) == ["folder-sea-9.mp4"]
    with pytest.raises(StockError, match=r"'folder sea-0\.mp4' lasts 0\.5 s: expected at least 9 s"):
        keeper.choose(Request("folder", "video", "sea", min_seconds=9, folder="lib"), FRAME)
    assert files(keeper) == ["folder-sea-9.mp4"]


def test_a_file_of_the_user_is_never_replaced(keeper: Keeper) -> None:
    """Another file with the name that is wanted stays, and the new one gets a longer name."""
    own = keeper.root / "assets/stock/folder-sea-0.mp4"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"mine")
    entry = keeper.choose(Request("folder", "video", "sea", folder="lib"), FRAME)
    assert own.read_bytes() == b"mine"
    assert entry.file == f"assets/stock/folder-sea-0-{entry.sha256[:12]}.mp4"
    assert files(keeper) == sorted(["folder-sea-0.mp4", entry.file.rpartition("/")[2]])


@pytest.mark.parametrize("name", ["/dev/zero", "../lib/sea-0.mp4", "lib/../../x", ""])
def test_a_lock_names_nothing_outside_of_a_library(keeper: Keeper, name: str) -> None:
    """A file is put back from the library alone, and only a regular file: a device never ends."""
    entry = keeper.choose(Request("folder", "video", "sea", folder="lib"), FRAME)
    (keeper.root / entry.file).unlink()
    with pytest.raises(StockError, match="is not in the folder" if name else "is not a regular file"):
        keeper.restore(replace(entry, id=name))
    assert files(keeper) == []
    keeper.restore(entry)
    assert files(keeper) == ["folder-sea-0.mp4"]


def test_a_folder_that_leads_out_of_the_project_is_not_written(keeper: Keeper, tmp_path: Path) -> None:
    """`assets/stock` as a link to elsewhere is an error."""
    (keeper.root / "assets").mkdir()
    outside = tmp_path.parent / "outside-of-it"
    outside.mkdir()
    (keeper.root / "assets/stock").symlink_to(outside)
    with pytest.raises(StockError, match="'assets/stock' is outside the project"):
        keeper.choose(Request("folder", "video", "sea", folder="lib"), FRAME)
    assert list(outside.iterdir()) == []
