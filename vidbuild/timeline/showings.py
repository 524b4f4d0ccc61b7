"""When callouts and overlays are visible: layers that appear and disappear beside a scene's own reveals.

Unlike reveals, they are never spread over the narration, they do not make a scene longer, and each is by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vidbuild import timebase
from vidbuild.errors import SpecProblem
from vidbuild.frozen import dataclass, field, replaced
from vidbuild.media.render.motion import HOME, Effect, Key, Track
from vidbuild.media.render.playback import Playback
from vidbuild.timeline.clip_params import ClipParams
from vidbuild.timeline.params import TimelineParams
from vidbuild.timeline.showing import Showing
from vidbuild.timeline.spoken import TimedSpeech

# Seconds.
APPEARING = 0.17  # shorter than an entrance, since it answers a word, and each frame of it costs time
DISAPPEARING = 0.1
ZOOMING = 1 / 3  # each frame of it is as large as what is enlarged
MOVING = 0.4  # of a cursor
RINGING = 0.1  # of the ring of a click, to its full size
HELD = 0.5  # for which the last frame of a clip stays at the most, if the scene goes on


@dataclass(frozen=True, slots=True)
class Shown:
    """The tracks of all layers that appear, the clips that play in them, and warnings: (code, field, message)."""

    tracks: Mapping[str, Track]
    warnings: Sequence[tuple[str, str, str]]
    clips: Mapping[str, Playback] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Span:
    """The frames of a showing: the first, and the one at which it disappears, None if it stays to the end."""

    showing: Showing
    first: int
    end: int | None


def shown(
    params: TimelineParams,
    timed: TimedSpeech,
    entering: Mapping[str, Track],
    frames: int,
    insets: Mapping[str, int] | None = None,
    covered: int = 0,
) -> Shown:
    """When the layers of showings are visible.

    entering: of the layers that enter at the start of the scene; a showing waits until they are there.
    frames: the scene's length.
    insets: layer -> the frames that its clip can play.
    covered: until which frame an image covers the scene's clip.
    Raises SpecProblem for one that would end before it begins, or that is visible while another one zooms, and for a
    zoom into a clip that is covered.
    """
    settled = max((track.enter.frame + track.enter.frames for track in entering.values() if track.enter), default=0)
    found: dict[str, Track] = {}
    clips: dict[str, Playback] = {}
    warnings: list[tuple[str, str, str]] = []
    spans = _after_zooms([_span(showing, timed, params.fps, settled) for showing in params.showings], params)
    for span in spans:
        warnings += _unseen(span, params.fps, frames)
        if layer := span.showing.plays:
            length = (insets or {})[layer]
            warnings += _ends_early(span, length, params.fps, frames)
            clips[layer] = _playback(span, params.insets[layer], length)
            found.update(_tracks(_while_playing(span, length, params.fps, frames), params, frames))
        else:
            found.update(_tracks(span, params, frames))
    _check_zooms(spans, params, frames)
    _check_covered(spans, params.fps, covered)
    return Shown(found, tuple(warnings), clips)


def _span(showing: Showing, timed: TimedSpeech, fps: int, settled: int) -> _Span:
    start = _frame(showing.at, showing.at_word, timed, fps) or 0
    end = _frame(showing.until, showing.until_word, timed, fps)
    if end is not None and end <= start:
        noun = "callout" if showing.is_callout else "overlay"
        message = f"'until' is at {end / fps:.1f} s, but the {noun} appears at {start / fps:.1f} s"
        raise SpecProblem(message, field=f"{showing.field}.until")
    whole = showing.plays and showing.at is None and showing.at_word is None
    return _Span(showing, 0 if whole else max(settled, start), end)


def _after_zooms(spans: Sequence[_Span], params: TimelineParams) -> list[_Span]:
    """Let what begins when a zoom ends wait until the picture is back."""
    back = {zoom.end: _back(zoom, params) for zoom in spans if zoom.showing.zooms and zoom.end is not None}

    def waiting(span: _Span) -> _Span:
        first = back.get(span.first, span.first)
        waits = span.showing.is_callout and (span.end is None or first < span.end)
        return replaced(span, first=first) if waits else span

    return [waiting(span) for span in spans]


def _back(zoom: _Span, params: TimelineParams) -> int:
    """The frame at which what was enlarged has its own size again, of a zoom that ends."""
    zooming = params.motion_frames(ZOOMING)
    return max(zoom.end or 0, zoom.first + zooming) + zooming


def _unseen(span: _Span, fps: int, frames: int) -> Iterator[tuple[str, str, str]]:
    if span.first >= frames:
        message = f"never shown: starts at {span.first / fps:.1f} s, but the scene ends at {frames / fps:.1f} s"
        yield "VB401", span.showing.field, message
    elif span.end is not None and span.end <= span.first:
        message = f"never shown: 'until' is at {span.end / fps:.1f} s, before the scene is there"
        yield "VB401", span.showing.field, message


def _ends_early(span: _Span, length: int, fps: int, frames: int) -> Iterator[tuple[str, str, str]]:
    """Warn of a clip that ends before the time at which it should disappear. length: of the clip."""
    ended = span.first + length
    if span.end is not None and ended < min(span.end, frames) - HELD * fps:
        message = f"'until' is at {span.end / fps:.1f} s, but the clip ends at {ended / fps:.1f} s"
        yield "VB405", f"{span.showing.field}.until", message


def _while_playing(span: _Span, length: int, fps: int, frames: int) -> _Span:
    """Let a clip disappear when it has ended, unless the scene ends too."""
    ended, end = span.first + length, frames if span.end is None else span.end
    return replaced(span, end=ended) if ended < end - HELD * fps else span


def _playback(span: _Span, clip: ClipParams, length: int) -> Playback:
    return Playback(clip.start_ms, 0, span.first + length, clip.fit, hold=span.first)


def _check_zooms(spans: Sequence[_Span], params: TimelineParams, frames: int) -> None:
    """Refuse what would point at the content while it is enlarged."""
    fps = params.fps
    for zoom in (span for span in spans if span.showing.zooms):
        last = frames if zoom.end is None else _back(zoom, params)
        for other in spans:
            gone = frames if other.end is None else other.end
            if other is not zoom and other.showing.is_callout and other.first < last and gone > zoom.first:
                index = zoom.showing.field.rpartition(".")[2]
                during = f"{zoom.first / fps:.1f} s to {min(last, frames) / fps:.1f} s"
                raise SpecProblem(
                    f"the callout would be visible while entry {int(index) + 1} of 'callouts' zooms, from {during}",
                    field=other.showing.field,
                    hint="end it before with 'until', or begin it later with 'at'",
                )


def _check_covered(spans: Sequence[_Span], fps: int, covered: int) -> None:
    """Refuse a zoom into a clip that would show another picture than the image that covers it."""
    for zoom in spans:
        if zoom.showing.zooms and zoom.first < covered:
            start, end = zoom.first / fps, covered / fps
            raise SpecProblem(
                f"the zoom begins at {start:.1f} s, but the poster covers the clip until {end:.1f} s",
                field=zoom.showing.field,
                hint=f"begin it later: 'at: {-(-covered * 10 // fps) / 10:g}'",
            )


def _tracks(span: _Span, params: TimelineParams, frames: int) -> Iterator[tuple[str, Track]]:
    showing, first, end = span.showing, span.first, span.end
    if showing.zooms:
        yield from ((layer, _zoom(span, params)) for layer in showing.enter)
        return
    appearing, disappearing = (params.motion_frames(seconds) for seconds in (APPEARING, DISAPPEARING))
    if end is not None:
        appearing = min(appearing, max(0, end - first))
    leave = None if end is None else Effect(max(end, first), disappearing, "fade")
    for layer, effect in showing.enter.items():
        enter = Effect(first, 0 if effect == "cut" else appearing, effect)
        yield layer, Track(enter if first or not showing.plays else None, leave)
    if showing.visits:
        layer = next(iter(showing.enter))
        keys, arrivals = _way(span, params, frames)
        yield layer, Track(Effect(first, appearing, "fade"), leave, keys)
        for ring, arrival in zip(showing.clicks, arrivals, strict=False):
            ringing = params.motion_frames(RINGING)
            yield ring, Track(Effect(arrival, ringing, "scale"), Effect(arrival + 2 * ringing, 2 * ringing, "fade"))


def _zoom(span: _Span, params: TimelineParams) -> Track:
    """The track of an enlarged part: it grows from its own place, and shrinks back to it."""
    frames = params.motion_frames(ZOOMING)
    grown = span.first + frames
    keys = (Key(span.first, 0), Key(grown, HOME, params.easing)) if frames else ()
    if span.end is None:
        return Track(Effect(span.first, 0, "cut"), None, keys)
    back = _back(span, params)
    if frames:
        keys = (*keys, Key(back - frames, HOME), Key(back, 0, params.easing))
    return Track(Effect(span.first, 0, "cut"), Effect(back, 0, "cut"), keys)


def _way(span: _Span, params: TimelineParams, frames: int) -> tuple[tuple[Key, ...], list[int]]:
    """The keys of a cursor's way over all of its stops, evenly over its time, and the frames at which it arrives."""
    visits = span.showing.visits
    time = max(1, (frames if span.end is None else span.end) - span.first)
    moving = min(params.motion_frames(MOVING), time // (2 * visits))
    keys: list[Key] = []
    arrivals = []
    for stop in range(visits):
        start = span.first + time * stop // visits
        if moving:
            keys.append(Key(start, stop - 1 if stop else HOME))
        elif stop:
            keys.append(Key(start + moving - 1, stop - 1))
        keys.append(Key(start + moving, stop, params.easing))
        arrivals.append(start + moving)
    return tuple(keys), arrivals


def _frame(moment: str | float | None, word: int | None, timed: TimedSpeech, fps: int) -> int | None:
    if word is not None:
        return timebase.frame_at(timed.words[word].start, fps)
    if moment is None:
        return None
    return timebase.frame_at(timed.cues[moment] if isinstance(moment, str) else timebase.samples(moment), fps)
