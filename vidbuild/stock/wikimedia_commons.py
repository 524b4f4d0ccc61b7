"""Stock media of Wikimedia Commons, each file with a license of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from vidbuild.json_types import mapping, mappings
from vidbuild.spec.lock_file import Request
from vidbuild.stock.fields import number, text, whole
from vidbuild.stock.http import base_of
from vidbuild.stock.protocol import Access, Candidate, StockError, Version

BASE, USUAL = "VIDBUILD_COMMONS_BASE", "https://commons.wikimedia.org"
HITS = 30
FILES = "6"  # the namespace of files
IMAGES = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff"}
_TAG = re.compile(r"<[^>]*>")


class Commons:
    """Searches commons.wikimedia.org, which asks for an address of contact in $VIDBUILD_CONTACT."""

    name, network, base = "commons", True, BASE

    def search(self, request: Request, access: Access) -> Sequence[Candidate]:
        """Return the candidates, in the order of the search."""
        video = request.kind == "video"
        query = {
            "action": "query",
            "format": "json",
            "formatversion": "2",
            "generator": "search",
            "gsrnamespace": FILES,
            "gsrlimit": str(HITS),
            "gsrsearch": f"{request.stock} filetype:{'video' if video else 'bitmap'}",
            "prop": "imageinfo",
            "iiprop": "url|size|mime|extmetadata",
            "iiextmetadatafilter": "Artist|Credit|LicenseShortName|LicenseUrl|ObjectName",
        }
        answer = mapping(access.json(base_of(BASE, USUAL) + "/w/api.php", query))
        if error := mapping(answer.get("error")):
            raise StockError(f"commons.wikimedia.org refused the search: {text(error.get('info'))}", unreachable=True)
        found = sorted(mappings(mapping(answer.get("query")).get("pages")), key=lambda each: whole(each.get("index")))
        read = (_candidate(each, video=video) for each in found)
        return [each for each in read if each is not None]


def _candidate(page: Mapping[str, Any], *, video: bool) -> Candidate | None:
    info: Mapping[str, Any] = next(iter(mappings(page.get("imageinfo"))), {})
    kind, link = text(info.get("mime")), text(info.get("url"), limit=2000)
    if not link or (kind not in IMAGES and not video) or (video and not kind.startswith(("video/", "application/ogg"))):
        return None
    facts = {name: _plain(mapping(each).get("value")) for name, each in mapping(info.get("extmetadata")).items()}
    title = text(page.get("title")).removeprefix("File:")
    return Candidate(
        id=text(page.get("pageid")) or title,
        versions=(Version(link, whole(info.get("width")), whole(info.get("height"))),),
        title=facts.get("ObjectName") or title,
        creator=facts.get("Artist") or facts.get("Credit", ""),
        licence=facts.get("LicenseShortName", ""),
        licence_url=facts.get("LicenseUrl", ""),
        page=text(info.get("descriptionurl")),
        seconds=number(info.get("duration")),
    )


def _plain(value: object) -> str:
    """Return the text of a value that can have HTML in it."""
    return text(unescape(_TAG.sub(" ", text(value, limit=5000))))
