"""The captions of a video on YouTube."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from vidbuild.create.source.outline import Omission, Outline
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.errors import UnreachableError

if TYPE_CHECKING:
    from requests import Session
    from youtube_transcript_api import Transcript

TIMEOUT = 20.0  # seconds without a byte
_ID = re.compile(r"[A-Za-z0-9_-]{11}$")
_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.|m\.|music\.)?(?:youtube(?:-nocookie)?\.com/(?:watch\?(?:[^#]*&)?v=|embed/|shorts/|live/)"
    r"|youtu\.be/)([A-Za-z0-9_-]{11})(?:[?&#/].*)?$"
)
_TITLE = "https://www.youtube.com/oembed"


class YouTubeImporter:
    """The captions that the video's author wrote, or else those that YouTube made."""

    name = "youtube"
    summary = "the captions of a video on YouTube, by its ID or address (needs the network)"
    endings: Collection[str] = ()
    network = True

    def recognizes(self, source: Source) -> bool:
        """Addresses of videos need no kind."""
        return _ADDRESS.match(source.address) is not None

    def read(self, source: Source) -> Outline:
        """Return the chapters of a video's captions. Raises UnreachableError if YouTube does not give them."""
        try:
            import requests
            import youtube_transcript_api as api
        except ImportError as error:
            hint = 'pip install "vidbuild[youtube]"'
            raise SourceError("captions of YouTube need the package 'youtube-transcript-api'", hint=hint) from error
        from vidbuild.create.importers.captions import talk
        from vidbuild.create.importers.captions.cues import Cue, clipped, plain
        from vidbuild.create.importers.captions.timed_text import Captions

        video = _id(source.address)
        refusals = (
            api.TranscriptsDisabled, api.NoTranscriptFound, api.VideoUnavailable, api.InvalidVideoId,
            api.AgeRestricted, api.VideoUnplayable,
        )  # fmt: skip
        with _session() as session:
            try:
                found = list(api.YouTubeTranscriptApi(http_client=session).list(video))
                if not found:
                    raise api.TranscriptsDisabled(video)
                chosen = _chosen(found)
                snippets = chosen.fetch().snippets
                title = _title(session, video)
            except refusals as error:
                raise SourceError(f"video '{video}': {_reason(error)}", hint=_other_way(video)) from error
            # Its reader lets errors of XML and JSON pass, which an answer that is no transcript leads to.
            except (api.YouTubeTranscriptApiException, requests.RequestException, ValueError, SyntaxError) as error:
                message = f"YouTube did not give the captions of video '{video}': {_reason(error)}"
                raise UnreachableError(message, hint=_other_way(video)) from error
        cues = [Cue(each.start, each.start + each.duration, plain(each.text)) for each in snippets]
        others = [each.language_code for each in found if each is not chosen]
        omissions = [Omission(f"the captions in {', '.join(others)}")] if others else []
        captions = Captions(list(clipped([each for each in cues if each.text])), omissions)
        if not captions.cues:
            raise SourceError(f"video '{video}': its captions have no text", hint=_other_way(video))
        return talk.outline(captions, title or f"YouTube {video}", chosen.language_code)


def _id(address: str) -> str:
    match = _ADDRESS.match(address)
    if match is None and not _ID.match(address):
        raise SourceError(
            f"'{address[:80]}' is no video of YouTube: expected an ID of 11 characters, or a video's address"
        )
    return match[1] if match else address


def _session() -> Session:
    """Return a session whose requests do not wait forever."""
    import requests

    class TimedSession(requests.Session):
        def request(self, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as requests calls it
            return super().request(*args, **{"timeout": TIMEOUT, **kwargs})

    return TimedSession()


def _chosen(found: list[Transcript]) -> Transcript:
    """Return the captions in the video's own language, which YouTube recognizes: an author's before YouTube's."""
    spoken = next((each for each in found if each.is_generated), None)
    if spoken is None:
        return found[0]
    base = spoken.language_code.partition("-")[0]
    return next((each for each in found if each.language_code.partition("-")[0] == base), spoken)


def _title(session: Session, video: str) -> str:
    """Return the video's title; "" if YouTube does not give it."""
    import requests

    try:
        answer = session.get(_TITLE, params={"url": f"https://www.youtube.com/watch?v={video}", "format": "json"})
        title = answer.json()["title"] if answer.ok else ""
    except (requests.RequestException, ValueError, KeyError, TypeError):
        return ""
    return " ".join(title.split()) if isinstance(title, str) else ""


def _reason(error: Exception) -> str:
    """Return what went wrong, in one line."""
    import requests
    import youtube_transcript_api as api

    reasons = {
        api.TranscriptsDisabled: "it has no captions",
        api.NoTranscriptFound: "it has no captions",
        api.VideoUnavailable: "there is no such video, or it is private",
        api.InvalidVideoId: "there is no such video",
        api.AgeRestricted: "it is restricted by age, so that only a signed-in user sees it",
        api.VideoUnplayable: "it cannot be played",
        api.RequestBlocked: "it blocks this computer's address, as it does with those of clouds and CI systems",
        api.YouTubeRequestFailed: "it answered with an error",
        requests.Timeout: f"no answer within {TIMEOUT:.0f} s",
        requests.ConnectionError: "no connection",
    }
    return next((text for kind, text in reasons.items() if isinstance(error, kind)), "its answer is no transcript")


def _other_way(video: str) -> str:
    return (
        f"save the captions on a computer that plays the video ('yt-dlp --write-subs --write-auto-subs --skip-download "
        f"https://youtu.be/{video}'), and run 'vidbuild create --from captions:FILE.vtt'"
    )
