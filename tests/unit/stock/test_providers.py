"""What the providers make of the answers of their sites."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from vidbuild.json_types import Json
from vidbuild.spec.lock_file import Request
from vidbuild.stock import fields, registry
from vidbuild.stock.protocol import StockError

VIDEO, IMAGE = Request("", "video", "blue sea", "portrait", 4), Request("", "image", "blue sea", "portrait")


class Site:
    """Gives one answer, and keeps what it was asked."""

    root: Path = Path()
    library: Path | None = None

    def __init__(self, answer: Json) -> None:
        self.answer = answer
        self.url = ""
        self.asked: dict[str, Any] = {}

    def json(self, url: str, query: Mapping[str, str], **more: Any) -> Json:
        """Return the answer."""
        self.url, self.asked = url, {"query": dict(query), **more}
        return self.answer


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of the sites."""
    monkeypatch.setenv("PEXELS_API_KEY", "pexels-key")
    monkeypatch.setenv("PIXABAY_API_KEY", "pixabay-key")


def test_pexels_is_asked_with_its_key_in_a_header() -> None:
    """At its present addresses for videos and photos."""
    site = Site({"videos": []})
    registry.provider("pexels").search(VIDEO, site)
    assert site.url == "https://api.pexels.com/v1/videos/search"
    assert site.asked == {
        "query": {"query": "blue sea", "per_page": "40", "orientation": "portrait"},
        "headers": {"Authorization": "pexels-key"},
    }
    photo = {
        "id": 3,
        "src": {"original": "https://i/3.jpg"},
        "width": 30,
        "height": 20,
        "photographer": "Diver",
        "alt": "Sea",
    }
    site = Site({"photos": [photo]})
    (found,) = registry.provider("pexels").search(IMAGE, site)
    assert site.url == "https://api.pexels.com/v1/search"
    assert (found.id, found.creator, found.title, found.versions[0].width) == ("3", "Diver", "Sea", 30)
    assert found.licence == "Pexels License"


def test_pexels_lists_files_that_are_no_videos() -> None:
    """Playlists among the files of a video are left out."""
    files = [
        {"link": "https://v/1.m3u8", "file_type": "application/x-mpegURL", "width": None, "height": None},
        {"link": "https://v/1.mp4", "file_type": "video/mp4", "width": 1280, "height": 720},
    ]
    (found,) = registry.provider("pexels").search(VIDEO, Site({"videos": [{"id": 1, "video_files": files}]}))
    assert [each.url for each in found.versions] == ["https://v/1.mp4"]


def test_pixabay_has_its_key_in_the_query_and_wants_a_cache() -> None:
    """The key is given apart, so that no cache and no message has it."""
    video = {"id": 1, "duration": 9, "user": "Diver", "videos": {"large": {"url": ""}, "tiny": {"url": "https://v/1"}}}
    site = Site({"hits": [video]})
    (found,) = registry.provider("pixabay").search(VIDEO, site)
    assert site.url == "https://pixabay.com/api/videos/"
    assert (site.asked["secret"], site.asked["keep_hours"]) == ({"key": "pixabay-key"}, 24)
    assert "pixabay-key" not in str(site.asked["query"])
    assert ([each.url for each in found.versions], found.seconds) == (["https://v/1"], 9)
    site = Site({"hits": []})
    registry.provider("pixabay").search(IMAGE, site)
    assert site.asked["query"]["orientation"] == "vertical"


def commons_page(**info: Any) -> dict[str, Any]:
    """A page of Commons with a file."""
    facts = {
        "LicenseShortName": {"value": "CC BY 4.0"},
        "Artist": {"value": "<a href='//x'>Diver &amp; <i>Cutter</i></a>"},
    }
    file = {"url": "https://u/1.webm", "mime": "video/webm", "duration": 8.5, "extmetadata": facts, **info}
    return {"pageid": 5, "index": 2, "title": "File:Sea.webm", "imageinfo": [file]}


def test_commons_gives_each_file_its_license() -> None:
    """From extmetadata, whose HTML becomes text; pages come in the order of the search."""
    second = {**commons_page(), "pageid": 4, "index": 1}
    found = registry.provider("commons").search(VIDEO, Site({"query": {"pages": [commons_page(), second]}}))
    assert [each.id for each in found] == ["4", "5"]
    assert (found[1].creator, found[1].licence, found[1].seconds) == ("Diver & Cutter", "CC BY 4.0", 8.5)


def test_commons_has_files_that_cannot_be_used() -> None:
    """Of another kind, or without a license, which the choice refuses; no pages at all is no hit."""
    site = Site({"query": {"pages": [commons_page(mime="image/svg+xml")]}})
    assert registry.provider("commons").search(IMAGE, site) == []
    (found,) = registry.provider("commons").search(VIDEO, Site({"query": {"pages": [commons_page(extmetadata={})]}}))
    assert found.licence == ""
    assert registry.provider("commons").search(VIDEO, Site({"batchcomplete": True})) == []
    with pytest.raises(StockError, match="refused the search: too long"):
        registry.provider("commons").search(VIDEO, Site({"error": {"info": "too long"}}))


@pytest.mark.parametrize("name", ["pexels", "pixabay", "commons"])
@pytest.mark.parametrize(
    "answer",
    [None, [], 3, "a", {}, {"videos": 3, "hits": "x"}, {"videos": [None, 1, {}], "hits": [[], {"videos": 3}],
     "query": {"pages": [None, {"imageinfo": [3]}]}},
     {"videos": [{"video_files": 7, "duration": 10**400}, {"id": 10**400, "video_files": {"a": 1}}],
      "hits": [{"duration": 10**400, "videos": [7]}], "query": {"pages": [{"index": 10**400, "imageinfo": {}}]}}],
)  # fmt: skip
def test_an_answer_of_any_form_is_no_crash(name: str, answer: Json) -> None:
    """What a site sends is candidates that the choice leaves out, or an error of the site."""
    with contextlib.suppress(StockError):
        assert all(not each.versions for each in registry.provider(name).search(VIDEO, Site(answer)))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("A\x1b[31m \u202ename\n\u200b", "A [31m name"),
        (12, "12"),
        (True, ""),
        (None, ""),
        ("x" * 999, "x" * 300),
        ("::add-mask::a", "::add-mask::a"),
    ],
)
def test_texts_of_strangers_are_one_visible_line(value: object, shown: str) -> None:
    """Escapes, controls, line ends and invisible characters are gone."""
    assert fields.text(value) == shown


@pytest.mark.parametrize(
    ("value", "number"), [(3, 3), (2.5, 2.5), (-1, 0), (True, 0), ("3", 0), (float("nan"), 0), (10**400, 0)]
)
def test_numbers_of_strangers_are_numbers(value: object, number: float) -> None:
    """Anything else is unknown."""
    assert fields.number(value) == number
