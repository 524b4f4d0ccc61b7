"""Stock media of pexels.com."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.json_types import mapping, mappings
from vidbuild.spec.lock_file import Request
from vidbuild.stock.fields import number, text, whole
from vidbuild.stock.http import base_of, entries, key_of
from vidbuild.stock.protocol import Access, Candidate, Version

KEY, BASE, USUAL = "PEXELS_API_KEY", "VIDBUILD_PEXELS_BASE", "https://api.pexels.com"
PER_PAGE = 40
LICENCE, LICENCE_URL = "Pexels License", "https://www.pexels.com/license/"


class Pexels:
    """Searches pexels.com, whose media all have one license."""

    name, network, base = "pexels", True, BASE

    def search(self, request: Request, access: Access) -> Sequence[Candidate]:
        """Return the candidates, in the order of the site."""
        key = key_of(KEY, "pexels.com", "https://www.pexels.com/api/")
        video = request.kind == "video"
        query = {"query": request.stock, "per_page": str(PER_PAGE)}
        if request.orientation:
            query["orientation"] = request.orientation
        path = "/v1/videos/search" if video else "/v1/search"
        answer = access.json(base_of(BASE, USUAL) + path, query, headers={"Authorization": key})
        read = _video if video else _photo
        return [read(each) for each in entries(answer, "videos" if video else "photos")]


def _video(item: Mapping[str, Any]) -> Candidate:
    return Candidate(
        id=text(item.get("id")),
        versions=tuple(
            Version(text(each.get("link"), limit=2000), whole(each.get("width")), whole(each.get("height")))
            for each in mappings(item.get("video_files"))
            if text(each.get("file_type")) in {"video/mp4", ""} and each.get("link")
        ),
        creator=text(mapping(item.get("user")).get("name")),
        licence=LICENCE,
        licence_url=LICENCE_URL,
        page=text(item.get("url")),
        seconds=number(item.get("duration")),
    )


def _photo(item: Mapping[str, Any]) -> Candidate:
    source, width, height = mapping(item.get("src")), whole(item.get("width")), whole(item.get("height"))
    link = text(source.get("original"), limit=2000)
    return Candidate(
        id=text(item.get("id")),
        versions=(Version(link, width, height),) if link else (),
        title=text(item.get("alt")),
        creator=text(item.get("photographer")),
        licence=LICENCE,
        licence_url=LICENCE_URL,
        page=text(item.get("url")),
    )
