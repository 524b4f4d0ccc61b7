"""Files of versions: ranges, entity tags, downloads; and what the page gets to know of a video."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_site import Site
from vidbuild.serve.files import FOREVER
from vidbuild.serve.still_files import trim

MEDIA = bytes(range(256)) * 40


def address(site: Site, name: str = "video.mp4") -> str:
    """Return the address of a file of the newest version."""
    revision = site.video.revision
    assert revision is not None
    return f"/media/{site.video.id}/{revision.id}/{name}"


@pytest.mark.parametrize(
    ("wanted", "first", "end"),
    [("bytes=0-99", 0, 100), ("bytes=100-", 100, 10_240), ("bytes=-40", 10_200, 10_240), ("bytes=5-999999", 5, 10_240)],
)
def test_a_range(site: Site, wanted: str, first: int, end: int) -> None:
    """A range is answered with these bytes and their place."""
    site.add_version(MEDIA)
    answer = site.get(address(site), {"range": wanted})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{end - 1}/{len(MEDIA)}"
    assert answer.headers["content-length"] == str(end - first)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.content == MEDIA[first:end]


@pytest.mark.parametrize(
    "wanted",
    [
        "bytes=20000-",
        "bytes=9-3",
        "bytes=-0",
        "bytes=99999999999999999999999999-",
        "bytes=" + ",".join(["0-1"] * 2000),
        "bytes=" + ",".join(f"{n}-" for n in range(0, 3000, 3)),
        "bytes=a-b",
        "items=0-1",
        "bytes=",
    ],
)
def test_a_range_that_makes_no_sense(site: Site, wanted: str) -> None:
    """A range that the file has not, or thousands of them, is refused or ignored, and sends no more than the file."""
    site.add_version(MEDIA)
    answer = site.get(address(site), {"range": wanted})
    assert answer.status_code in {200, 400, 416}
    assert len(answer.content) <= len(MEDIA)
    assert site.bugs == []


def test_entity_tags_are_of_content(site: Site) -> None:
    """A tag names the content: it is the same in two versions with equal files, and answers a second request."""
    site.add_version(MEDIA)
    first = site.get(address(site))
    assert first.content == MEDIA
    tag = first.headers["etag"]
    again = site.get(address(site), {"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    captions = site.get(address(site, "video.vtt")).headers["etag"]
    other = site.add_version(b"other")
    assert site.get(address(site)).headers["etag"] != tag
    assert site.get(address(site, "video.vtt")).headers["etag"] == captions
    assert site.get(address(site), {"if-none-match": tag}).content == b"other"
    assert site.video.revision is not None
    assert site.video.revision.id == other.id


def test_a_range_of_another_content_is_the_whole(site: Site) -> None:
    """A download that is continued after the content changed gets all of the new one."""
    site.add_version(MEDIA)
    tag = site.get(address(site)).headers["etag"]
    assert site.get(address(site), {"range": "bytes=5-9", "if-range": tag}).content == MEDIA[5:10]
    assert site.get(address(site), {"range": "bytes=5-9", "if-range": '"other"'}).content == MEDIA


def test_downloads_have_names(site: Site) -> None:
    """`?download=1` saves a file under its name."""
    site.add_version(MEDIA)
    assert "content-disposition" not in site.get(address(site)).headers
    answer = site.get(address(site) + "?download=1")
    assert answer.headers["content-disposition"] == "attachment; filename*=utf-8''video.mp4"


def test_a_version_that_is_gone(site: Site) -> None:
    """A version that was removed meanwhile is not found, in the middle of nothing."""
    old = address_of = None
    for number in range(6):
        site.add_version(b"version %d" % number)
        if number == 0:
            old = address(site)
        address_of = address(site)
    assert old is not None
    assert address_of is not None
    assert site.get(old).status_code == 404
    assert site.get(address_of).content == b"version 5"
    assert site.bugs == []


def test_details(site: Site) -> None:
    """The data of a video: its file, its captions, and the scenes with their words, cues and changes."""
    site.look()
    first = site.add_version(b"one")
    second = site.add_version(b"two", reasons={})
    site.video.reasons = {"two": "title changed"}
    site.video.changed = frozenset({"two"})
    data = site.get(f"/api/videos/{site.video.id}").json()
    assert data["revision"] == second.id
    assert data["media"] == {"url": address(site), "type": "video/mp4", "bytes": 3}
    assert data["captions"] == {"url": address(site, "video.vtt")}
    assert data["previous"]["revision"] == first.id
    assert data["chapters"] == [{"title": "One", "start": 0.0}, {"title": "Two", "start": 0.5}]
    one, two = data["scenes"]
    assert (one["start"], one["seconds"], one["changed"], one["before"]) == (0.0, 0.5, False, None)
    assert [each["text"] for each in two["words"]] == ["a", "b"]
    assert two["cues"] == [{"name": "now", "at": 0.6}]
    assert two["pace"] == 300
    assert two["reason"] == "title changed"
    assert two["before"] == f"/still/{site.video.id}/two?rev={first.id}"
    assert 'src="video.mp4"' in data["embed"]
    (row,) = site.get("/api/videos").json()
    assert {name: row[name] for name in row} == {name: data[name] for name in row}


def test_a_video_before_its_first_build(site: Site) -> None:
    """A video that was never built has its scenes, without times."""
    data = site.get(f"/api/videos/{site.video.id}").json()
    assert (data["state"], data["media"], data["scenes"]) == ("new", None, [])
    site.look()
    data = site.get(f"/api/videos/{site.video.id}").json()
    assert [(each["id"], each["start"], each["words"]) for each in data["scenes"]] == [
        ("one", 0.0, []),
        ("two", 0.0, []),
    ]
    assert (data["width"], data["height"], data["fps"]) == (160, 90, 24)
    assert site.get(f"/api/videos/{site.video.id}/waveform").status_code == 404


def test_what_does_not_exist(site: Site) -> None:
    """Unknown videos, scenes, runs and pages are not found."""
    number = site.look().id
    for path in ("/v/nothing", "/api/videos/nothing", f"/still/{number}/nothing", f"/thumb/{number}/nothing"):
        assert site.get(path).status_code == 404
    assert site.get(f"/still/{number}/one?at=x").status_code == 422
    assert site.get(f"/still/{number}/one?at=-1").status_code == 422
    assert site.get("/api/runs/nothing").status_code == 404
    assert site.post("/api/runs/nothing/cancel").status_code == 404
    assert site.get("/api/runs").json() == []
    assert site.get("/api/cache").json()["bytes"] == 0
    assert site.bugs == []


def test_pages(site: Site) -> None:
    """Every page is rendered, with the token of actions, and names are escaped."""
    number = site.video.id
    site.video.name = "<script>"
    for path in ("/", f"/v/{number}", "/runs", "/runs/x", "/cache"):
        answer = site.get(path, {"accept": "text/html"})
        assert answer.status_code == 200
        assert site.secrets.action in answer.text
        assert "<script>" not in answer.text.replace("<script type", "")
    style = site.get("/page/page.css")
    assert style.headers["content-type"].startswith("text/css")
    assert site.get("/page/page.css", {"if-none-match": style.headers["etag"]}).status_code == 304


def test_the_version_of_the_page(site: Site) -> None:
    """A page has the version of its files in it, which the server names, too."""
    version = site.get("/api/version").json()["page"]
    assert f'name="vidbuild-page" content="{version}"' in site.get("/").text
    assert len(version) == 12


def test_a_bug_is_reported_and_not_shown(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception in a response is reported to the terminal; the page gets no details, and the server goes on."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("vidbuild.serve.video_routes.views.summary", broken)
    answer = site.get("/api/videos")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert [type(each) for each in site.bugs] == [ZeroDivisionError]
    monkeypatch.undo()
    assert site.get("/api/videos").status_code == 200


def test_what_is_kept_is_hashed(site: Site) -> None:
    """A file that another build replaced before it was copied has the digest of its own bytes, and no other's."""
    path = site.root / "video.mp4"
    path.write_bytes(b"new")
    revision = site.video.revisions.add([("video", path, hashlib.sha256(b"old").hexdigest())], {"scenes": []})
    assert [each.sha256 for each in revision.files] == [hashlib.sha256(b"new").hexdigest()]
    again = site.video.revisions.add([("video", path, hashlib.sha256(b"new").hexdigest())], {"scenes": [1]})
    assert (again.id, again.files) == (revision.id, revision.files)
    assert again.facts == {"scenes": [1]}


def test_what_the_cache_has_is_not_hashed(site: Site) -> None:
    """The cache's own file is copied: no build replaces that."""
    path, kept = site.root / "video.mp4", site.root / "kept"
    path.write_bytes(b"replaced meanwhile")
    kept.write_bytes(b"as built")
    digest = hashlib.sha256(b"as built").hexdigest()
    site.look()
    revision = site.video.revisions.add([("video", path, digest)], {"scenes": []}, {digest: kept}.get)
    assert revision.media is not None
    assert (revision.media.sha256, revision.media.bytes) == (digest, 8)
    assert (revision.folder / "video.mp4").read_bytes() == b"as built"


def test_what_the_cache_no_longer_has_is_hashed(site: Site) -> None:
    """A file that is removed from the cache, after it was found there, fails nothing: the output is copied."""
    path = site.root / "video.mp4"
    path.write_bytes(b"as built")
    digest = hashlib.sha256(b"as built").hexdigest()
    site.look()
    revision = site.video.revisions.add([("video", path, digest)], {"scenes": []}, lambda _: site.root / "removed")
    assert revision.media is not None
    assert (revision.media.sha256, (revision.folder / "video.mp4").read_bytes()) == (digest, b"as built")


def test_pictures_of_what_is_edited_are_asked_for_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser keeps a picture only under an address that names it; under any other, it may be another one later."""

    def drawn(_live: object, _scene: str, _at: object, path: Path, **_: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"png")

    monkeypatch.setattr("vidbuild.serve.pictures.still_of", drawn)
    live = site.look().live
    assert live is not None
    one, two = (each.picture[:12] for each in live.scenes)
    address = f"/still/{site.video.id}/one"
    assert site.get(f"{address}?rev={one}").headers["cache-control"] == FOREVER
    for query in ("", "?at=0.25", f"?rev={two}", "?rev=0123456789ab"):
        answer = site.get(address + query)
        assert answer.headers["cache-control"] == "private, no-cache"
        assert site.get(address + query, {"if-none-match": answer.headers["etag"]}).status_code == 304
    before = site.get(f"{address}?at=0.25").headers["etag"]
    site.spec.write_text(site.spec.read_text().replace("title: One", "title: Uno"))
    site.look()
    assert site.get(f"{address}?at=0.25", {"if-none-match": before}).status_code == 200
    assert site.get(f"{address}?rev={one}").headers["cache-control"] == "private, no-cache"


def test_a_picture_of_a_newer_edit_is_not_kept_under_the_older_ones_address(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an edit while a picture is made, a browser does not keep the new one for the old: undo would show it."""

    def drawn(_live: object, _scene: str, _at: object, path: Path, **_: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"png")

    live, pictures = site.look().live, site.services.pictures
    assert live is not None
    one, own = live.scenes[0].picture[:12], pictures.still

    def edited(*given: Any) -> Path:
        site.spec.write_text(site.spec.read_text().replace("title: One", "title: Uno"))
        site.look()
        return own(*given)

    monkeypatch.setattr("vidbuild.serve.pictures.still_of", drawn)
    monkeypatch.setattr(pictures, "still", edited)
    assert site.get(f"/still/{site.video.id}/one?rev={one}").headers["cache-control"] == "private, no-cache"


def test_old_pictures_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the pictures of a video, large and small, the newest are kept."""
    monkeypatch.setattr("vidbuild.serve.still_files.KEPT", 2)
    for number in range(4):
        for suffix in ("png", "jpg"):
            path = tmp_path / f"{number}.{suffix}"
            path.write_bytes(b"")
            os.utime(path, (number, number))
    trim(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["2.jpg", "2.png", "3.jpg", "3.png"]


def test_the_head_of_the_stream(site: Site) -> None:
    """A HEAD of the stream ends at once, and counts as no reader."""
    answer = site.client.head("/events", headers=site.known)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert answer.content == b""
    assert site.stream.readers == 0
