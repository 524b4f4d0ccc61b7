"""The data of videos for the page, as JSON values."""

from __future__ import annotations

import contextlib
import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.serve.catalog import Catalog, Video
from vidbuild.serve.revisions import Revision, Stored

_FIRST = {"start": 0.0, "end": 0.0}


def summary(catalog: Catalog, video: Video) -> dict[str, Any]:
    """Return a row of the list of videos."""
    entry = catalog.entry_of(video)
    return {
        "id": video.id,
        "name": video.name,
        "spec": video.spec.name,
        "state": video.state,
        "seconds": video.revision.facts["seconds"] if video.revision else None,
        "language": video.live.language if video.live else "",
        "poster": _poster(video),
        "changed": video.revision.facts.get("built") if video.revision else None,
        "run": video.run or None,
        "progress": None,
        "problems": {"errors": entry.count("error"), "warnings": entry.count("warning")},
    }


def details(catalog: Catalog, video: Video, reveals: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Return everything about a video; times in seconds of the whole video.

    reveals: scene -> when parts of it appear, in seconds from its start.
    """
    with catalog.lock:
        revision, live = video.revision, video.live
        facts: Mapping[str, Any] = revision.facts if revision else {}
        timing = timing_of(revision)
        shown: Any = live or None
        return {
            **summary(catalog, video),
            "revision": revision.id if revision else None,
            "plan": live.digest[:12] if live else None,
            "looked": video.looked,
            "title": shown.title if shown else facts.get("title", video.name),
            "width": shown.width if shown else facts.get("width"),
            "height": shown.height if shown else facts.get("height"),
            "fps": shown.fps if shown else facts.get("fps"),
            "language": shown.language if shown else facts.get("language", ""),
            "media": media(video, revision),
            "captions": captions(video, revision),
            "outputs": [_output(video, revision, each) for each in revision.files] if revision else [],
            "embed": _embed(revision),
            "chapters": _chapters(timing, facts),
            "scenes": _scenes(video, timing, reveals),
            "waveform": f"/api/videos/{video.id}/waveform" if revision and revision.media else None,
            "previous": (
                {"revision": video.previous.id, "media": media(video, video.previous)} if video.previous else None
            ),
        }


def timing_of(revision: Revision | None) -> dict[str, Any]:
    """Return when the scenes of a version start and end, as its timing file has it; empty if that is not known."""
    if revision is not None:
        name = next((each.name for each in revision.files if each.name.endswith(".timing.json")), None)
        if name is not None:
            with contextlib.suppress(OSError, ValueError):
                found: dict[str, Any] = json.loads((revision.folder / name).read_text(encoding="utf-8"))
                return found
        if timing := revision.facts.get("timing"):
            return dict(timing)
    return {"duration": 0.0, "scenes": []}


def media(video: Video, revision: Revision | None) -> dict[str, Any] | None:
    """Return the file to play of a version."""
    if revision is None or revision.media is None:
        return None
    found = revision.media
    return {"url": url(video, revision, found), "type": found.type, "bytes": found.bytes}


def url(video: Video, revision: Revision, file: Stored) -> str:
    """Return the address of a file."""
    from urllib.parse import quote

    return f"/media/{video.id}/{revision.id}/{quote(file.name)}"


def _output(video: Video, revision: Revision, file: Stored) -> dict[str, Any]:
    return {"name": file.name, "url": url(video, revision, file), "type": file.type, "bytes": file.bytes}


def _url_of(video: Video, revision: Revision | None, kind: str) -> str | None:
    found = revision.of_kind(kind) if revision else None
    return url(video, revision, found) if revision and found else None


def _poster(video: Video) -> str | None:
    """Return the address of a version's poster; of pictures, which have none, that of the first scene's frame."""
    found, live = _url_of(video, video.revision, "poster"), video.live
    if found or video.revision is None or live is None or not live.has_pictures or not live.scenes:
        return found
    return f"/thumb/{video.id}/{live.scenes[0].id}?rev={live.scenes[0].picture[:12]}"


def captions(video: Video, revision: Revision | None) -> dict[str, str] | None:
    """Return the WebVTT file of a version."""
    found = revision.of_kind("captions", ".vtt") if revision else None
    return {"url": url(video, revision, found)} if revision and found else None


def _embed(revision: Revision | None) -> str:
    """Return markup for a page that has the outputs beside it."""
    if revision is None or revision.media is None:
        return ""
    facts, name = revision.facts, html.escape(revision.media.name, quote=True)
    if revision.media.kind == "animation":
        return f'<img src="{name}" alt="{html.escape(str(facts.get("title", "")), quote=True)}">'
    if revision.media.kind == "audio":
        return f'<audio controls src="{name}"></audio>'
    poster = revision.of_kind("poster")
    track = revision.of_kind("captions", ".vtt")
    size = f' width="{facts["width"]}" height="{facts["height"]}"'
    lines = [
        f'<video controls preload="metadata"{size}'
        + (f' poster="{html.escape(poster.name, quote=True)}"' if poster else "")
        + f' src="{name}">'
    ]
    if track:
        language = html.escape(str(facts.get("language", "")), quote=True)
        lines.append(f'  <track kind="captions" srclang="{language}" src="{html.escape(track.name, quote=True)}">')
    return "\n".join([*lines, "</video>"])


def _chapters(timing: Mapping[str, Any], facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    titles = {each["id"]: each.get("title") for each in facts.get("scenes", ())}
    return [
        {"title": titles.get(each["id"]) or each["id"], "start": each["start"]} for each in timing.get("scenes", ())
    ]


def _scenes(video: Video, timing: Mapping[str, Any], reveals: Mapping[str, Sequence[float]]) -> list[dict[str, Any]]:
    """Return the scenes of the version that is shown; before the first one, those of the plan, without times."""
    revision, live = video.revision, video.live
    if revision is not None:
        listed = revision.facts.get("scenes", [])
        number = revision.id
    elif live is not None:
        listed = [
            {"id": each.id, "type": each.type, "title": each.title, "narration": each.narration} for each in live.scenes
        ]
        number = live.digest[:12]
    else:
        return []
    newest = {each.id: each for each in live.scenes} if live else {}
    timed = {each["id"]: each for each in timing.get("scenes", ())}
    before = {each["id"] for each in video.previous.facts.get("scenes", ())} if video.previous else set()
    return [
        _scene(
            video,
            each,
            timed.get(each["id"], _FIRST),
            number,
            newest.get(each["id"]),
            each["id"] in before,
            reveals.get(each["id"], ()),
        )
        for each in listed
    ]


def _scene(
    video: Video,
    scene: Mapping[str, Any],
    timing: Mapping[str, Any],
    number: str,
    newest: Any,  # noqa: ANN401 - a LiveScene or None
    existed: bool,
    reveals: Sequence[float],
) -> dict[str, Any]:
    name, start, seconds = scene["id"], timing["start"], round(timing["end"] - timing["start"], 3)
    words = [{"text": each["text"], "start": each["start"], "end": each["end"]} for each in timing.get("words", ())]
    changed = name in video.changed
    previous = video.previous
    shows = video.live is None or video.live.has_pictures
    compares = shows and changed and existed and previous is not None and _has_frames(previous)
    stale = newest is not None and newest.all != scene.get("all", newest.all)
    return {
        "id": name,
        "digest": newest.digest if newest else str(scene.get("all", ""))[:12],
        "type": scene["type"],
        "title": scene["title"],
        "start": start,
        "seconds": seconds,
        "narration": scene["narration"],
        "words": words,
        "cues": [{"name": each, "at": at} for each, at in timing.get("cues", {}).items()],
        "reveals": [round(start + each, 3) for each in reveals],
        "pace": _pace(words),
        "reason": video.reasons.get(name, ""),
        "changed": changed,
        "stale": stale,
        "still": f"/still/{video.id}/{name}?rev={newest.picture[:12] if newest else number}" if shows else None,
        "thumb": f"/thumb/{video.id}/{name}?rev={newest.picture[:12] if newest else number}" if shows else None,
        "before": f"/still/{video.id}/{name}?rev={previous.id}" if compares and previous else None,
    }


def _has_frames(revision: Revision) -> bool:
    """Return whether single frames can be taken from the file of a version; ffmpeg decodes no animated WebP."""
    return revision.media is not None and revision.media.kind != "audio" and not revision.media.name.endswith(".webp")


def _pace(words: list[dict[str, Any]]) -> int | None:
    """Return words a minute while they are spoken; None without enough of them."""
    spoken = words[-1]["end"] - words[0]["start"] if len(words) > 1 else 0.0
    return round(len(words) / spoken * 60) if spoken > 0 else None
