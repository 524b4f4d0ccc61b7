"""The parameters of a `timeline` step: built by the plan, decoded once by the step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from vidbuild import timebase
from vidbuild.frozen import dataclass, field, names, values
from vidbuild.media.text.spoken_length import Pace
from vidbuild.media.text.words import Token
from vidbuild.scenes.protocol import CURSOR, Place, Reveal
from vidbuild.timeline.clip_params import ClipParams
from vidbuild.timeline.cut_params import CutsParams
from vidbuild.timeline.showing import Showing
from vidbuild.timeline.subtitle_params import SubtitleParams

# Fields that are left out of the parameters while they have their default, since most scenes do not have them.
PLAIN = {"easing": "smooth", "pace": 1.0, "still": False, "exit": "none"}
RARE = frozenset({"anchors", "utterances", "showings", "insets", "subtitles", "cuts", "paces", *PLAIN})
REVEAL_FIELDS = names(Reveal)


@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceParams:
    """An entry of a narration that is a list.

    words: how many of the narration's words are its own.
    pause: samples of silence before it.
    speaker: name, "" if unknown.
    cues, anchors: as in TimelineParams, counted from its own first word.
    """

    words: int
    pause: int = 0
    speaker: str = ""
    cues: Mapping[str, int] = field(default_factory=dict)
    anchors: Mapping[str, str] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """As JSON values."""
        own = {"words": self.words, "pause": self.pause, "speaker": self.speaker, "cues": dict(self.cues)}
        return {**own, **({"anchors": dict(self.anchors)} if self.anchors else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineParams:
    """Everything that decides a scene's timeline except the spoken words and the clip.

    Lengths are in samples, None for a limit that the spec does not set.

    rate: of the voice, in percent of normal; 0 if there are several.
    narration: its words; none in a silent scene.
    cues: name -> index of the word that follows the mark; of a list, the utterances have them.
    anchors: name -> "before" or "end", as in vidbuild.model.Narration.
    utterances: the entries of a narration that is a list.
    entrances: layer -> effect with which it enters at the scene's start, in order.
    reveals: in the spec's order.
    mentions: for each reveal the index of the word that mentions it, None without one.
    showings: callouts and overlays, in the order of their layers.
    subtitles: the pages of the subtitles in the picture; None without any.
    insets: layer -> the clip that plays in it during a showing, or as one of `cuts`.
    cuts: the clips that the scene shows one after the other; None without any.
    drifts: layer -> its place at the scene's start and end.
    easing: how layers move, by name (vidbuild/media/render/easing.py).
    pace: how fast they are, as a factor of the normal speed.
    still: whether nothing moves: everything appears at once.
    exit: the effect with which all layers leave before the scene's end; "none" if they stay.
    transition_before, transition: frames that the transitions into and out of the scene render.
    paces: of a draft, in which nothing is spoken: how each utterance would be, from which its times are estimated.
    """

    fps: int
    pause_before: int
    pause_after: int
    duration: int | None = None
    min_duration: int = 0
    max_duration: int | None = None
    rate: int = 100
    narration: tuple[Token, ...] = ()
    cues: Mapping[str, int] = field(default_factory=dict)
    anchors: Mapping[str, str] = field(default_factory=dict)
    utterances: tuple[UtteranceParams, ...] = ()
    entrances: Mapping[str, str] = field(default_factory=dict)
    reveals: tuple[Reveal, ...] = ()
    mentions: tuple[int | None, ...] = ()
    showings: tuple[Showing, ...] = ()
    subtitles: SubtitleParams | None = None
    cuts: CutsParams | None = None
    insets: Mapping[str, ClipParams] = field(default_factory=dict)
    drifts: Mapping[str, tuple[Place, Place]] = field(default_factory=dict)
    clip: ClipParams | None = None
    transition_before: int = 0
    transition: int = 0
    easing: str = "smooth"
    pace: float = 1.0
    still: bool = False
    exit: str = "none"
    paces: tuple[Pace, ...] = ()

    def motion_frames(self, seconds: float) -> int:
        """The frames of a motion that takes so long at the normal pace; 0 if nothing moves."""
        return 0 if self.still else timebase.frames(seconds / self.pace, self.fps)

    def to_data(self) -> dict[str, Any]:
        """As JSON values; orders that matter are lists, since the order of keys is in no step's key.

        What most narrations lack is left out, so that it is not in their keys.
        """
        rare: dict[str, Any] = {
            name: getattr(self, name) for name, plain in PLAIN.items() if getattr(self, name) != plain
        }
        if self.anchors:
            rare["anchors"] = dict(self.anchors)
        if self.utterances:
            rare["utterances"] = [each.to_data() for each in self.utterances]
        if self.showings:
            rare["showings"] = [each.to_data() for each in self.showings]
        if self.subtitles:
            rare["subtitles"] = self.subtitles.to_data()
        if self.cuts:
            rare["cuts"] = self.cuts.to_data()
        if self.insets:
            rare["insets"] = {layer: clip.to_data() for layer, clip in self.insets.items()}
        if self.paces:
            rare["paces"] = [[each.rate, [list(pause) for pause in each.pauses], each.voice] for each in self.paces]
        return {
            **{name: value for name, value in values(self).items() if name not in RARE},
            **rare,
            **_narration_data(self.narration),
            "cues": dict(self.cues),
            "entrances": _pairs(self.entrances),
            "reveals": [_reveal_data(reveal) for reveal in self.reveals],
            "mentions": list(self.mentions),
            "drifts": {layer: list(map(_place_data, places)) for layer, places in self.drifts.items()},
            "clip": None if self.clip is None else self.clip.to_data(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> TimelineParams:
        """The inverse of to_data."""
        own = {name: value for name, value in data.items() if name not in {"joined", "pronounced"}}
        return cls(
            **{
                **own,
                "showings": tuple(map(Showing.from_data, data.get("showings", ()))),
                "cuts": CutsParams.from_data(data["cuts"]) if "cuts" in data else None,
                "subtitles": SubtitleParams.from_data(data["subtitles"]) if "subtitles" in data else None,
                "insets": {layer: ClipParams.from_data(clip) for layer, clip in data.get("insets", {}).items()},
                "utterances": tuple(UtteranceParams(**each) for each in data.get("utterances", ())),
                "narration": tuple(_tokens(data["narration"], data["joined"], data["pronounced"])),
                "entrances": dict(data["entrances"]),
                "reveals": tuple(map(_reveal, data["reveals"])),
                "mentions": tuple(data["mentions"]),
                "drifts": {layer: (_place(start), _place(end)) for layer, (start, end) in data["drifts"].items()},
                "clip": None if data["clip"] is None else ClipParams.from_data(data["clip"]),
                "paces": tuple(_pace(*each) for each in data.get("paces", ())),
            }
        )


def _pace(rate: float, pauses: Sequence[Sequence[int]], voice: str) -> Pace:
    return Pace(rate, tuple((at, length) for at, length in pauses), voice)


def _narration_data(tokens: Sequence[Token]) -> dict[str, Any]:
    """Return the text, where in it words without a space before them begin, and index of a word -> its spoken form.

    The text is one value, so that `explain` shows an edit as a whole.
    """
    text, joined = "", []
    for token in tokens:
        if token.joined:
            joined.append(len(text))
        text += token.text if token.joined or not text else f" {token.text}"
    pronounced = {str(index): token.spoken for index, token in enumerate(tokens) if token.spoken != token.text}
    return {"narration": text, "joined": joined, "pronounced": pronounced}


def _tokens(text: str, joined: Sequence[int], pronounced: Mapping[str, str]) -> Iterator[Token]:
    spaced = [match.end() for match in re.finditer("^| ", text)] if text else []
    starts = sorted({*spaced, *joined})
    for index, (start, end) in enumerate(pairwise([*starts, len(text)])):
        word = text[start:end].removesuffix(" ")
        yield Token(word, pronounced.get(str(index), word), start in joined)


def _pairs(mapping: Mapping[str, str]) -> list[list[str]]:
    return [list(pair) for pair in mapping.items()]


def _reveal_data(reveal: Reveal) -> dict[str, Any]:
    """As JSON values; what most reveals lack is left out if there is none of it."""
    data = {name: getattr(reveal, name) for name in REVEAL_FIELDS} | {"enter": _pairs(reveal.enter)}
    for name, moves in (("moves", reveal.moves), ("zooms", reveal.zooms)):
        data[name] = {layer: _place_data(place) for layer, place in moves.items()}
    if not reveal.states[0]:
        del data["states"], data["lasting"]
    if reveal.cursor == CURSOR:
        del data["cursor"]
    return {name: value for name, value in data.items() if name not in {"sequence", "moves", "zooms"} or value}


def _reveal(data: Mapping[str, Any]) -> Reveal:
    moves = {name: {layer: _place(place) for layer, place in data.get(name, {}).items()} for name in ("moves", "zooms")}
    return Reveal(
        **{
            **data,
            **moves,
            "enter": dict(data["enter"]),
            "leave": tuple(data["leave"]),
            "until_next": tuple(data["until_next"]),
            "sequence": tuple((layer, seconds) for layer, seconds in data.get("sequence", ())),
            "states": (data["states"][0], tuple(data["states"][1])) if "states" in data else ("", ()),
        }
    )


def _place_data(place: Place) -> int | list[float]:
    return place if isinstance(place, int) else list(place)


def _place(data: int | Sequence[float]) -> Place:
    return data if isinstance(data, int) else (data[0], data[1], data[2], data[3])
