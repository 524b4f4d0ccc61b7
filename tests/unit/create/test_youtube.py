"""Captions of YouTube, from a server that answers as YouTube does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from vidbuild.create import drift, registry
from vidbuild.create.importers import youtube
from vidbuild.create.importers.youtube import YouTubeImporter
from vidbuild.create.source.outline import Speech
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.errors import UnreachableError, UsageError

VIDEO = "8jPQjjsBbIc"
TRACKS = (
    {"languageCode": "de", "kind": ""},
    {"languageCode": "en", "kind": "asr"},
    {"languageCode": "en-GB", "kind": ""},
)
TRANSCRIPT = (
    '<?xml version="1.0" encoding="utf-8"?><transcript><text start="0.5" dur="4.5">First we &amp;amp; you look</text>'
    '<text start="3.0" dur="2.0">at it.\n(laughs)</text><text start="30" dur="2">Then we go.</text></transcript>'
)


class FakeYouTube(BaseAdapter):
    """Answers requests as YouTube does; `answers` has what one part of the address gets instead."""

    def __init__(self, answers: Mapping[str, tuple[int, str] | Exception]) -> None:
        super().__init__()
        self.answers = answers
        self.asked: list[str] = []
        self.timeouts: list[Any] = []

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override] # it takes what requests passes
        """Return the answer to a request."""
        address = str(request.url)
        self.asked.append(address)
        self.timeouts.append(kwargs.get("timeout"))
        status, text = self.answer(address)
        response = requests.Response()
        response.status_code, response.raw, response.url = status, BytesIO(text.encode()), address
        response.encoding, response.request = "utf-8", request
        return response

    def answer(self, address: str) -> tuple[int, str]:
        """Return status and text for an address."""
        for part, answer in self.answers.items():
            if part in address:
                if isinstance(answer, Exception):
                    raise answer
                return answer
        if "/oembed" in address:
            return 200, '{"title": "How it is  done"}'
        if "/watch" in address:
            return 200, '<html>"INNERTUBE_API_KEY": "key-1"</html>'
        if "/player" in address:
            return 200, player()
        return 200, TRANSCRIPT

    def close(self) -> None:
        """Close nothing."""


def player(tracks: Any = TRACKS, status: Mapping[str, str] | None = None) -> str:
    """YouTube's data about a video with captions."""
    listed = [
        {
            **each,
            "name": {"runs": [{"text": each["languageCode"]}]},
            "baseUrl": f"https://www.youtube.com/timedtext?lang={each['languageCode']}",
        }
        for each in tracks
    ]
    renderer = {"playerCaptionsTracklistRenderer": {"captionTracks": listed, "translationLanguages": []}}
    return json.dumps({"playabilityStatus": status or {"status": "OK"}, "captions": renderer if listed else {}})


Ask = Callable[..., Any]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeYouTube]:
    """A function that puts a server in YouTube's place, which gives some answers."""

    def start(answers: Mapping[str, tuple[int, str] | Exception] | None = None) -> FakeYouTube:
        fake = FakeYouTube(answers or {})
        real = youtube._session

        def session() -> requests.Session:
            made = real()
            made.mount("https://", fake)
            return made

        monkeypatch.setattr(youtube, "_session", session)
        return fake

    return start


def read(address: str = VIDEO) -> Any:
    """The outline of a video's captions."""
    return YouTubeImporter().read(Source("youtube", address, Path(), is_file=False))


def test_captions_of_a_video(server: Callable[..., FakeYouTube]) -> None:
    """The author's captions in the video's language are read, with its title, and no request waits forever."""
    fake = server()
    outline = read()
    assert (outline.title, outline.language, outline.paced) == ("How it is done", "en-GB", True)
    said = [block.text for section in outline.sections for block in section.blocks if isinstance(block, Speech)]
    assert said == ["First we & you look at it. (laughs)", "Then we go."]
    assert [each.what for each in outline.omissions] == ["the captions in de, en"]
    assert "lang=en-GB" in fake.asked[-2]
    assert set(fake.timeouts) == {youtube.TIMEOUT}


def test_captions_that_youtube_made(server: Callable[..., FakeYouTube]) -> None:
    """If the author wrote none in the video's language, YouTube's own are read; a missing title is no failure."""
    fake = server({"/player": (200, player(TRACKS[:2])), "/oembed": (401, "no")})
    assert read().title == f"YouTube {VIDEO}"
    assert any("lang=en" in each for each in fake.asked)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"/watch": (429, "")}, "it blocks this computer's address"),
        ({"/watch": (200, '<div class="g-recaptcha">')}, "it blocks this computer's address"),
        ({"/watch": (503, "")}, "it answered with an error"),
        ({"/watch": (200, "something else")}, "its answer is no transcript"),
        ({"/watch": requests.ConnectionError("refused")}, "no connection"),
        ({"/watch": requests.ReadTimeout("slow")}, "no answer within 20 s"),
        ({"/player": (200, "no JSON")}, "its answer is no transcript"),
        (
            {
                "/player": (
                    200,
                    player(status={"status": "LOGIN_REQUIRED", "reason": "Sign in to confirm you\u2019re not a bot"}),
                )
            },
            "it blocks",
        ),
        ({"/timedtext": (200, "")}, "its answer is no transcript"),
        ({"/timedtext": (200, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')}, "its answer is no transcript"),
    ],
)
def test_youtube_does_not_answer(
    server: Callable[..., FakeYouTube], answers: Mapping[str, tuple[int, str] | Exception], reason: str
) -> None:
    """Failures of the network and blocked addresses end with exit code 4 and another way."""
    server(answers)
    with pytest.raises(UnreachableError) as error:
        read()
    assert error.value.code == 4
    assert f"did not give the captions of video '{VIDEO}': {reason}" in error.value.message
    assert f"youtu.be/{VIDEO}" in str(error.value.hint)
    assert "--from captions:FILE.vtt" in str(error.value.hint)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"/player": (200, player(()))}, "it has no captions"),
        (
            {"/player": (200, player(status={"status": "ERROR", "reason": "This video is unavailable"}))},
            "no such video",
        ),
        ({"/player": (200, player(status={"status": "UNPLAYABLE", "reason": "Not here"}))}, "it cannot be played"),
        ({"/timedtext": (200, "<transcript><text start='0'> </text></transcript>")}, "its captions have no text"),
    ],
)
def test_videos_without_captions(
    server: Callable[..., FakeYouTube], answers: Mapping[str, tuple[int, str]], reason: str
) -> None:
    """A video that has no captions is no failure of the network."""
    server(answers)
    with pytest.raises(SourceError) as error:
        read()
    assert reason in error.value.message


@pytest.mark.parametrize(
    "argument",
    [
        f"youtube:{VIDEO}",
        f"youtube:https://youtu.be/{VIDEO}?t=4",
        f"https://www.youtube.com/watch?list=a&v={VIDEO}&t=3s",
        f"https://m.youtube.com/shorts/{VIDEO}",
        f"youtu.be/{VIDEO}",
    ],
)
def test_addresses(server: Callable[..., FakeYouTube], argument: str) -> None:
    """A video is named by its ID or any address; an address needs no kind."""
    fake = server()
    importer, source = registry.resolve(argument)
    assert (importer.name, source.is_file) == ("youtube", False)
    importer.read(source)
    assert f"v={VIDEO}" in fake.asked[0]


def test_an_address_of_no_video() -> None:
    """What is no video is refused before anything is asked."""
    with pytest.raises(UsageError, match="is no video of YouTube"):
        read("dQw4")
    with pytest.raises(UsageError, match="unknown kind of source 'https'"):
        registry.resolve("https://example.com/watch?v=8jPQjjsBbIc")


def test_check_asks_nobody(server: Callable[..., FakeYouTube]) -> None:
    """Looking for changes of sources asks nothing of the network."""
    fake = server()
    assert drift._outline(f"youtube:{VIDEO}", Path()) is None
    assert fake.asked == []


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its package, the message has the command that installs it."""
    monkeypatch.setitem(__import__("sys").modules, "youtube_transcript_api", None)
    with pytest.raises(SourceError) as error:
        read()
    assert error.value.hint == 'pip install "vidbuild[youtube]"'
