"""Stock media of pixabay.com."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.json_types import mapping
from vidbuild.spec.lock_file import Request
from vidbuild.stock.fields import number, text, whole
from vidbuild.stock.http import base_of, entries, key_of
from vidbuild.stock.protocol import Access, Candidate, Version

KEY, BASE, USUAL = "PIXABAY_API_KEY", "VIDBUILD_PIXABAY_BASE", "https://pixabay.com"
PER_PAGE = 40
KEPT_HOURS = 24  # as the site asks
LICENCE, LICENCE_URL = "Pixabay Content License", "https://pixabay.com/service/license-summary/"
_SHAPES = {"landscape": "horizontal", "portrait": "vertical"}


class Pixabay:
    """Searches pixabay.com, whose media all have one license."""

    name, network, base = "pixabay", True, BASE

    def search(self, request: Request, access: Access) -> Sequence[Candidate]:
        """Return the candidates, in the order of the site."""
        secret = {"key": key_of(KEY, "pixabay.com", "https://pixabay.com/api/docs/")}
        video = request.kind == "video"
        query = {"q": request.stock, "per_page": str(PER_PAGE), "safesearch": "true"}
        if not video:
            query["image_type"] = "photo"
            if request.orientation in _SHAPES:
                query["orientation"] = _SHAPES[request.orientation]
        address = base_of(BASE, USUAL) + ("/api/videos/" if video else "/api/")
        answer = access.json(address, query, secret=secret, keep_hours=KEPT_HOURS)
        return [(_video if video else _photo)(each) for each in entries(answer, "hits")]


def _video(item: Mapping[str, Any]) -> Candidate:
    files = [mapping(each) for _, each in sorted(mapping(item.get("videos")).items())]
    return _candidate(
        item,
        tuple(
            Version(text(each.get("url"), limit=2000), whole(each.get("width")), whole(each.get("height")))
            for each in files
            if each.get("url")
        ),
        number(item.get("duration")),
    )


def _photo(item: Mapping[str, Any]) -> Candidate:
    link = text(item.get("largeImageURL"), limit=2000)
    width, height = whole(item.get("imageWidth")), whole(item.get("imageHeight"))
    return _candidate(item, (Version(link, width, height),) if link else (), 0)


def _candidate(item: Mapping[str, Any], versions: tuple[Version, ...], seconds: float) -> Candidate:
    return Candidate(
        id=text(item.get("id")),
        versions=versions,
        title=text(item.get("tags")),
        creator=text(item.get("user")),
        licence=LICENCE,
        licence_url=LICENCE_URL,
        page=text(item.get("pageURL")),
        seconds=seconds,
    )
