"""When each of several clips of a scene begins and how long it plays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest

from vidbuild import timebase
from vidbuild.errors import SpecProblem
from vidbuild.media.text.words import TimedWord
from vidbuild.timeline.clip_params import ClipParams
from vidbuild.timeline.cut_params import CutParams, CutsParams
from vidbuild.timeline.cuts import Cuts, cuts
from vidbuild.timeline.params import TimelineParams
from vidbuild.timeline.spoken import TimedSpeech

FPS = 10
SENTENCES = (0.5, 2.0, 3.5, 7.0, 8.0)  # seconds at which they begin
END = 10.0


def spoken(begins: Sequence[float] = SENTENCES) -> TimedSpeech:
    """Return a narration of sentences of one word each."""
    ends = [*begins[1:], END]
    words = [
        TimedWord("Word.", timebase.samples(start), timebase.samples(end) - 1000, "engine")
        for start, end in zip(begins, ends, strict=True)
    ]
    return TimedSpeech(tuple(words), {"cue": timebase.samples(5)}, 0, timebase.samples(END))


def run(
    *clips: CutParams,
    speech: TimedSpeech | None = None,
    ms: float | Sequence[float] = 60_000,
    duration: float | None = None,
    loop: int = 1,
    speed: float = 1.0,
    transition: int = 0,
) -> Cuts:
    """Lay out clips, each of which can play so many milliseconds of its file."""
    lengths = [ms] * len(clips) if isinstance(ms, int | float) else ms
    words = spoken() if speech is None else speech
    params = TimelineParams(
        fps=FPS,
        pause_before=0,
        pause_after=0,
        duration=None if duration is None else timebase.samples(duration),
        cuts=CutsParams(clips, tuple(range(len(words.words)))),
        insets={each.layer: ClipParams(0, None, "cover", loop=loop, speed=speed) for each in clips},
        transition=transition,
    )
    return cuts(params, words, {each.layer: length for each, length in zip(clips, lengths, strict=True)})


def clip(index: int, at: str | float | None = None, weight: float = 1.0, *, holds: bool = False) -> CutParams:
    """Return one of several clips."""
    return CutParams(f"clip-{index}", f"clips.{index}", at, weight, holds)


def starts(found: Cuts) -> list[float]:
    """Return when each clip begins, in seconds."""
    return [times.delay / FPS for _, times in found.clips]


def test_a_clip_for_each_sentence() -> None:
    """As many clips as sentences: the first begins with the scene, each other one with its sentence."""
    assert starts(run(*map(clip, range(5)))) == [0, *SENTENCES[1:]]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_fewer_clips_than_sentences(count: int) -> None:
    """Clips begin with those sentences at which their times differ least from equal shares, of all choices."""
    ideal = [END * index / count for index in range(1, count)]
    best = min(
        combinations(SENTENCES[1:], count - 1),
        key=lambda chosen: sum(abs(one - other) for one, other in zip(chosen, ideal, strict=True)),
    )
    assert starts(run(*map(clip, range(count)))) == [0, *best]


def test_weight() -> None:
    """A clip of three times the weight of the other one is shown for about three times as long."""
    assert starts(run(clip(0, weight=3), clip(1))) == [0, 7.0]
    assert starts(run(clip(0), clip(1, weight=3))) == [0, 2.0]


def test_cue_and_second() -> None:
    """A clip with `at` begins there; those around it begin with sentences on its side."""
    assert starts(run(clip(0), clip(1), clip(2, "cue"), clip(3))) == [0, 2.0, 5.0, 7.0]
    assert starts(run(clip(0), clip(1, 0.7), clip(2))) == [0, 0.7, 7.0]


def test_no_sentence_is_left() -> None:
    """More clips than sentences beside a second are an error at the first that has none."""
    with pytest.raises(SpecProblem, match=r"no sentence is left .* between 0\.0 s and 3\.0 s") as error:
        run(clip(0), clip(1), clip(2), clip(3, 3.0))
    assert error.value.failure.field == "clips.2"


@pytest.mark.parametrize("at", ["cue", 4.0, 0.01])
def test_clips_are_in_order(at: str | float) -> None:
    """A clip that would begin before the one before it, or in the same frame, is an error at its time."""
    with pytest.raises(SpecProblem, match="the one before it begins") as error:
        run(clip(0), *([clip(1, 6.0)] if at != 0.01 else []), clip(2, at))
    assert error.value.failure.field == "clips.2.at"


def test_without_narration() -> None:
    """In a silent scene, clips share its duration by weight, or without one each plays to its end."""
    silent = TimedSpeech()
    assert starts(run(clip(0), clip(1), clip(2, weight=2), speech=silent, duration=8)) == [0, 2, 4]
    found = run(clip(0), clip(1), clip(2), speech=silent, ms=[1500, 2500, 1000], speed=0.5)
    assert starts(found) == [0, 3, 8]
    assert found.samples == timebase.samples(10)


def test_tracks() -> None:
    """Each clip is visible from its start until the next one begins; the first and the last have one end open."""
    tracks = run(clip(0), clip(1), clip(2)).tracks()
    ends = [
        (track.enter and track.enter.frame, track.leave and track.leave.frame)
        for track in (tracks[f"clip-{index}"] for index in range(3))
    ]
    assert ends == [(None, 35), (35, 70), (70, None)]
    assert Cuts().tracks() == {}


def test_a_long_clip_is_cut_and_a_short_one_stays() -> None:
    """A clip plays until the next one begins, or to its end; the last one goes on in the transition."""
    found = run(clip(0), clip(1), ms=[60_000, 2000], transition=4).playbacks(100)
    assert (found["clip-0"].hold, found["clip-0"].frames) == (0, 35)
    assert found["clip-1"].frames == found["clip-1"].hold + 20
    long = run(clip(0), clip(1), transition=4).playbacks(100)
    assert long["clip-1"].frames == 104


def test_a_repeated_clip_plays_until_the_next() -> None:
    """A clip that is repeated for all of its time plays until the next one begins, pass after pass."""
    found = run(clip(0), clip(1), ms=1000, loop=0).playbacks(100)
    assert {(each.repeats, each.frames) for each in found.values()} == {(10, found["clip-1"].hold), (10, 100)}


def test_warnings() -> None:
    """A last frame that stays for more than half a second is a warning, unless the spec asks for it."""
    short = run(clip(0), clip(1), ms=2000)
    assert [field for _, field, _ in short.warnings(100)] == ["clips.0", "clips.1"]
    assert "the clip lasts 2.0 s, but it is shown for" in next(short.warnings(100))[2]
    assert not list(run(clip(0, holds=True), clip(1, holds=True), ms=2000).warnings(100))
    assert not list(run(clip(0), clip(1), ms=2000, loop=0).warnings(100))
    (stays, _) = run(clip(0), clip(1, 9.5), ms=2000).warnings(60)
    assert "the clip lasts 2.0 s, but it is shown for 6.0 s" in stays[2]
    assert list(run(clip(0), clip(1, 9.5)).warnings(60)) == [
        ("VB401", "clips.1", "never shown: starts at 9.5 s, but the scene ends at 6.0 s")
    ]


def test_parameters_survive_json() -> None:
    """The parameters of a step are read as they were written."""
    params = CutsParams((clip(0), clip(1, "cue", 2.5, holds=True), clip(2, 3.0)), (0, 4))
    assert CutsParams.from_data(params.to_data()) == params
