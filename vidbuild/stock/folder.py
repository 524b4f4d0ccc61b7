"""Stock media in a folder of this machine: files with their license in a text file beside them."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from vidbuild.spec.lock_file import Request
from vidbuild.stock.fields import text
from vidbuild.stock.protocol import Access, Candidate, StockError, Version

VIDEOS = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ogv"})
IMAGES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".tif", ".tiff", ".bmp"})
LIBRARY = "VIDBUILD_STOCK_FOLDER"  # the user's library, for specs that name no folder
NO_FOLDER = f"write 'folder: PATH' beside 'provider: folder' in the spec, or export {LIBRARY}=PATH"
CREDITS = "credits.txt"  # of all files of a folder that have none of their own
FIELDS = ("title", "creator", "licence", "licence_url", "page", "keywords")
MEANT = {"license": "licence", "license_url": "licence_url", "author": "creator", "source": "page", "tags": "keywords"}
MAX_FILES, MAX_TEXT = 20_000, 20_000
_WORD = re.compile(r"\w+")


class Folder:
    """Searches the names and texts of a library's files; the most words found come first, then names in order."""

    name, network, base = "folder", False, ""

    def search(self, request: Request, access: Access) -> Sequence[Candidate]:
        """Return the files in which all words of a request are found."""
        library = library_of(request, access)
        if not library.is_dir():
            raise StockError(f"folder '{library}' does not exist")
        wanted = _words(request.stock)
        if not wanted:
            raise StockError(f"'{request.stock}' has no word to search for")
        found = []
        for path in _files(library, VIDEOS if request.kind == "video" else IMAGES):
            name = path.relative_to(library).as_posix()
            facts = _facts(path)
            in_name, in_text = _words(name), _words(" ".join(facts.values()))
            if all(any(_matches(word, other) for other in in_name | in_text) for word in wanted):
                misses = sum(not any(_matches(word, other) for other in in_name) for word in wanted)
                found.append((misses, name, path, facts))
        found.sort(key=lambda each: each[:2])
        return [_candidate(name, path, facts) for _, name, path, facts in found]


def library_of(request: Request, access: Access) -> Path:
    """Return the folder that a request is about: its own or the user's. Raises StockError if there is neither."""
    library = access.root / request.folder if request.folder else access.library
    if library is None:
        raise StockError("the provider 'folder' has no folder", NO_FOLDER)
    return library


def _candidate(name: str, path: Path, facts: Mapping[str, str]) -> Candidate:
    return Candidate(
        id=name,
        versions=(Version(str(path)),),
        title=facts.get("title") or path.stem,
        creator=facts.get("creator", ""),
        licence=facts.get("licence", ""),
        licence_url=facts.get("licence_url", ""),
        page=facts.get("page", ""),
    )


def _files(folder: Path, endings: frozenset[str]) -> Iterator[Path]:
    seen = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix.lower() in endings and not name.startswith(".") and path.is_file():
                seen += 1
                if seen > MAX_FILES:
                    raise StockError(f"'{folder}' has too many files: the maximum is {MAX_FILES}")
                yield path


def _facts(path: Path) -> dict[str, str]:
    """Return what the texts beside a file say of it, its own first."""
    own = (path.with_name(f"{path.name}.txt"), path.with_suffix(".txt"), path.with_name(CREDITS))
    facts: dict[str, str] = {}
    for file in own:
        for name, value in _read(file).items():
            facts.setdefault(name, value)
    return facts


def _read(file: Path) -> dict[str, str]:
    """Return the lines `name: value` of a text file."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_TEXT).decode("utf-8-sig", "replace")
    except OSError:
        return {}
    found: dict[str, str] = {}
    for line in content.splitlines():
        name, colon, value = line.partition(":")
        name = name.strip().casefold().replace(" ", "_")
        name = MEANT.get(name, name)
        if colon and name in FIELDS and name not in found:
            found[name] = text(value)
    return found


def _words(value: str) -> set[str]:
    folded = unicodedata.normalize("NFKC", value).casefold().replace("_", " ")
    return set(_WORD.findall(folded))


def _matches(word: str, other: str) -> bool:
    """Return whether a word is found as another one, or as its plural."""
    return word == other or word in {f"{other}s", f"{other}es"} or other in {f"{word}s", f"{word}es"}
