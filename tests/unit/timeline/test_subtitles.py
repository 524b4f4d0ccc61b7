"""When the subtitles in the picture are visible, and when each of their words is lit."""

from __future__ import annotations

import dataclasses

from vidbuild import timebase
from vidbuild.media.render.motion import NEVER, Track
from vidbuild.media.text.words import TimedWord
from vidbuild.timeline.spoken import TimedSpeech
from vidbuild.timeline.subtitle_params import SubtitleParams
from vidbuild.timeline.subtitles import Subtitles, subtitles

FPS = 10


def word(text: str, start: float, end: float, source: str = "engine") -> TimedWord:
    """Return a word with times in seconds."""
    return TimedWord(text, timebase.samples(start), timebase.samples(end), source)


WORDS = (word("One", 1, 1.4), word("two.", 1.5, 2), word("Three", 2.3, 2.6), word("four.", 2.6, 3))


def run(*words: TimedWord, starts: tuple[int, ...] = (0, 2), lit: bool = True, frames: int = 40) -> Subtitles:
    """Lay out subtitles of these words, at ten frames a second."""
    speech = TimedSpeech(words or WORDS, {}, 0, timebase.samples(4))
    return subtitles(SubtitleParams(starts, lit), speech, frames, FPS)


def span(track: Track) -> tuple[int, int | None]:
    """Return the first frame in which a layer is visible, and the first in which it is not."""
    assert all(effect is None or (effect.effect, effect.frames) == ("cut", 0) for effect in (track.enter, track.leave))
    return track.enter.frame if track.enter else 0, track.leave.frame if track.leave else None


def test_a_page_is_there_from_its_first_word_to_the_next_page() -> None:
    """A page appears with its first word, and the next one takes its place; the last stays to the scene's end."""
    tracks = run().tracks
    assert span(tracks["subtitle-0"]) == (10, 23)
    assert span(tracks["subtitle-1"]) == (23, None)


def test_a_page_leaves_in_a_long_silence() -> None:
    """In a silence of more than 1.5 s, a page stays for half a second; a shorter one is part of the page."""
    later = [dataclasses.replace(each, start=each.start + 96_000, end=each.end + 96_000) for each in WORDS[2:]]
    tracks = run(*WORDS[:2], *later, frames=120).tracks
    assert span(tracks["subtitle-0"]) == (10, 25)
    assert span(tracks["subtitle-1"]) == (43, 55)


def test_words_are_lit_one_after_the_other() -> None:
    """Each word is lit until the next one begins, within its page."""
    tracks = run().tracks
    lit = [span(tracks[f"subtitle-{page}-{index}"]) for page in (0, 1) for index in (0, 1)]
    assert lit == [(10, 15), (15, 23), (23, 26), (26, 30)]


def test_a_word_before_a_pause_is_not_lit_in_it() -> None:
    """A word is not lit for longer than it is spoken if the next one begins more than 0.6 s later."""
    tracks = run(word("One", 1, 1.4), word("two.", 2.5, 3), starts=(0,)).tracks
    assert span(tracks["subtitle-0-0"]) == (10, 14)
    assert span(tracks["subtitle-0-1"])[0] == 25


def test_what_is_not_spoken_is_not_lit() -> None:
    """A dash, and a word without a length, are never lit; the word before stays lit until the next that is spoken."""
    words = word("One", 1, 1.4), word("—", 1.4, 1.6), word("(sic)", 1.6, 1.6), word("two", 1.6, 2)
    tracks = run(*words, starts=(0,)).tracks
    assert tracks["subtitle-0-1"] == tracks["subtitle-0-2"] == Track(enter=NEVER)
    assert span(tracks["subtitle-0-3"])[0] == 16


def test_only_karaoke_lights_words() -> None:
    """Other styles have tracks for pages alone."""
    assert set(run(lit=False).tracks) == {"subtitle-0", "subtitle-1"}


def test_without_times_of_words_none_is_lit() -> None:
    """Words whose times are only spread over the narration are shown, but none is lit, with a warning."""
    spread = [dataclasses.replace(each, source="spread") for each in WORDS]
    found = run(*spread)
    assert span(found.tracks["subtitle-0"]) == (10, 23)
    assert all(track == Track(enter=NEVER) for name, track in found.tracks.items() if name.count("-") == 2)
    assert [field for _, field, _ in found.warnings] == ["subtitles"]
    assert not run().warnings


def test_a_page_from_the_first_frame_has_no_entrance() -> None:
    """A page whose first word begins with the scene is visible from before its first frame, as in a transition."""
    tracks = run(word("One", 0, 0.4), word("two.", 0.5, 1), starts=(0,)).tracks
    assert tracks["subtitle-0"].enter is None


def test_a_page_after_the_end_is_never_shown() -> None:
    """A page that would begin after the last frame is in none."""
    assert run(frames=20).tracks["subtitle-1"] == Track(enter=NEVER)


def test_parameters_survive_json() -> None:
    """The parameters of a step are read as they were written."""
    params = SubtitleParams((0, 3, 9), lit=True)
    assert SubtitleParams.from_data(params.to_data()) == params
