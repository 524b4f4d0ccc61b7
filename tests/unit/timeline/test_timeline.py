"""One scene's timeline."""

from __future__ import annotations

from typing import Any

import pytest

from vidbuild.errors import SpecProblem
from vidbuild.media.render.motion import HOME, Effect, Key, Track
from vidbuild.media.render.playback import Playback
from vidbuild.media.text.words import EngineWord, Speech, Token
from vidbuild.scenes.protocol import Reveal
from vidbuild.timeline.clip_params import ClipParams
from vidbuild.timeline.params import TimelineParams
from vidbuild.timeline.timeline import lay_out

SECOND = 48_000


def scene(**changes: Any) -> TimelineParams:
    """The parameters of a timeline step at 30 fps, with half a second of pause at both ends, and the given changes."""
    if isinstance(narration := changes.get("narration"), str):
        changes["narration"] = tuple(Token(word, word) for word in narration.split())
    changes["mentions"] = (None,) * len(changes.get("reveals", ()))
    return TimelineParams(**{"fps": 30, "pause_before": SECOND // 2, "pause_after": SECOND // 2, **changes})


def reveal(enter: dict[str, str], *, field: str = "items.0", **changes: Any) -> Reveal:
    """A reveal of layers, each with its effect."""
    return Reveal(field, enter=enter, **changes)


def speech(text: str) -> list[Speech]:
    """Return the speech of a voice that speaks one word a second."""
    words = text.split()
    spoken = [EngineWord(word, index * SECOND, (index + 1) * SECOND) for index, word in enumerate(words)]
    return [Speech(spoken, len(words) * SECOND)]


def test_a_scene_lasts_as_long_as_its_narration_and_pauses() -> None:
    """pause_before + narration + pause_after, rounded up to a frame."""
    timeline = lay_out(scene(narration="one two three"), speech("one two three"), None)
    assert timeline.motion.frames == 4 * 30
    assert timeline.timing["samples"] == 4 * SECOND
    assert timeline.timing["narration"] == {"start": SECOND // 2, "samples": 3 * SECOND}


def test_a_part_of_a_frame_becomes_a_whole_one() -> None:
    """The length is rounded up, never down into the narration."""
    timeline = lay_out(scene(pause_before=1, narration="one"), speech("one"), None)
    assert timeline.motion.frames == 46


def test_word_times_count_from_the_scenes_start() -> None:
    """The pause before the narration is in each word's time."""
    words = lay_out(scene(narration="one two"), speech("one two"), None).timing["words"]
    assert [(word["text"], word["start"], word["from"]) for word in words] == [
        ("one", SECOND // 2, "engine"),
        ("two", SECOND // 2 + SECOND, "engine"),
    ]


def test_a_cue_stands_at_its_word() -> None:
    """A mark before the second word is placed where that word starts; one at the end where the narration ends."""
    cues = lay_out(scene(narration="one two", cues={"two": 1, "end": 2}), speech("one two"), None).timing["cues"]
    assert cues == {"two": SECOND // 2 + SECOND, "end": SECOND // 2 + 2 * SECOND}


def test_a_cue_where_no_word_was_recognised_is_a_warning() -> None:
    """A cue the engine's words cannot place is named, since its time is a guess; the others are not."""
    words = speech("one two")[0].words
    unheard = ("qqqq", "wwww", "rrrr", "tttt", "yyyy", "pppp", "ssss", "dddd", "ffff")
    spec = scene(narration=" ".join(["one two", *unheard]), cues={"lost": 9, "found": 1})
    messages = [message for _, _, message in lay_out(spec, [Speech(words, 20 * SECOND)], None).warnings]
    assert len(messages) == 1
    assert "cue 'lost'" in messages[0]


def test_reveals_make_tracks_at_their_cues() -> None:
    """An item enters at its cue's frame, with its effect and the entrance's length."""
    spec = scene(narration="one two", cues={"b": 1}, reveals=[reveal({"item-0": "rise"}, at="b")])
    tracks = lay_out(spec, speech("one two"), None).motion.tracks
    assert tracks["item-0"] == Track(Effect(45, 12, "rise"))


def test_what_is_spoken_about_makes_way_for_the_next() -> None:
    """A layer that stays until the next reveal leaves when that one comes."""
    reveals = [
        reveal({"past-0": "rise", "now-0": "rise"}, at=1.0, until_next=("now-0",)),
        reveal({"past-1": "rise", "now-1": "rise"}, at=2.0, until_next=("now-1",)),
    ]
    tracks = lay_out(scene(duration=4 * SECOND, reveals=reveals), (), None).motion.tracks
    assert tracks["now-0"] == Track(Effect(30, 12, "rise"), Effect(60, 9, "fade"))
    assert tracks["past-0"].leave is None
    assert tracks["now-1"].leave is None


def test_a_layer_that_comes_under_another_waits_until_it_is_covered() -> None:
    """Two layers fading in together would shine through; the lower one comes when the upper one is wholly there."""
    reveals = [reveal({"now-0": "rise", "past-0": "under"}, at=1.0)]
    tracks = lay_out(scene(duration=4 * SECOND, reveals=reveals), (), None).motion.tracks
    assert tracks["now-0"] == Track(Effect(30, 12, "rise"))
    assert tracks["past-0"] == Track(Effect(42, 0, "cut"))


def test_a_layer_can_leave_without_having_entered() -> None:
    """A layer that is visible from the start can leave at a reveal."""
    reveals = [reveal({"focus-0": "fade"}, at=1.0, leave=("code",))]
    tracks = lay_out(scene(duration=4 * SECOND, reveals=reveals), (), None).motion.tracks
    assert tracks["code"] == Track(None, Effect(30, 9, "fade"))


def test_a_layer_that_entered_at_the_start_can_leave() -> None:
    """An entrance and a later leaving are one track."""
    reveals = [reveal({"focus-0": "fade"}, at=1.0, leave=("code",))]
    spec = scene(duration=4 * SECOND, entrances={"code": "fade"}, reveals=reveals)
    assert lay_out(spec, (), None).motion.tracks["code"] == Track(Effect(0, 12, "fade"), Effect(30, 9, "fade"))


def test_typing_is_readable_and_the_cursor_follows() -> None:
    """Typing runs at 24 characters a second, and the cursor has the typed lines in order."""
    reveals = [reveal({"line-0-0": "type"}, at=1.0, characters=48)]
    tracks = lay_out(scene(duration=9 * SECOND, reveals=reveals), (), None).motion.tracks
    assert tracks["line-0-0"] == Track(Effect(30, 60, "type"))
    assert tracks["cursor"].follows == ("line-0-0",)


def test_typing_hurries_to_be_done_for_what_comes_next() -> None:
    """When the output has a cue of its own, the command is typed fast enough to be there first."""
    reveals = [
        reveal({"line-0-0": "type"}, at=1.0, characters=48),
        reveal({"output-0": "fade"}, at=2.5, after_previous=True),
    ]
    tracks = lay_out(scene(duration=9 * SECOND, reveals=reveals), (), None).motion.tracks
    typed, output = tracks["line-0-0"].enter, tracks["output-0"].enter
    assert typed is not None
    assert output is not None
    assert typed.frames < 60
    assert output.frame == 75


def test_the_lines_of_one_command_share_the_time_there_is() -> None:
    """Two lines at one cue are both typed before the output's own cue, each in its share."""
    reveals = [
        reveal({"line-0-0": "type"}, at=1.0, characters=40),
        reveal({"line-0-1": "type"}, at=1.0, characters=20, after_previous=True),
        reveal({"output-0": "fade"}, at=3.0, after_previous=True),
    ]
    tracks = lay_out(scene(duration=9 * SECOND, reveals=reveals), (), None).motion.tracks
    first, second, output = (tracks[name].enter for name in ("line-0-0", "line-0-1", "output-0"))
    assert first is not None
    assert second is not None
    assert first.frames > second.frames > 0
    assert second.frame == first.frame + first.frames
    assert output == Effect(90, 12, "fade")


def test_commands_are_typed_in_their_order() -> None:
    """A command whose cue comes while another is being typed waits for it, with a warning of how late it is."""
    reveals = [
        reveal({"line-0-0": "type"}, at=1.0, characters=48),
        reveal({"line-1-0": "type"}, at=1.2, characters=10, field="commands.1"),
    ]
    timeline = lay_out(scene(duration=9 * SECOND, reveals=reveals), (), None)
    first, second = (timeline.motion.tracks[name].enter for name in ("line-0-0", "line-1-0"))
    assert first is not None
    assert second is not None
    assert second.frame == first.frame + first.frames
    assert timeline.warnings == (
        ("VB402", "commands.1", "starts 0.6 s late: what comes before it is still appearing"),
    )  # fmt: skip


def test_an_item_comes_whole_before_it_makes_way() -> None:
    """Items in quick succession each reach their full strength before the next one takes over."""
    reveals = [
        reveal({"now-0": "rise", "past-0": "under"}, at=1.0, until_next=("now-0",)),
        reveal({"now-1": "rise", "past-1": "under"}, at=1.1, until_next=("now-1",)),
    ]
    tracks = lay_out(scene(duration=4 * SECOND, reveals=reveals), (), None).motion.tracks
    assert tracks["now-0"] == Track(Effect(30, 12, "rise"), Effect(42, 9, "fade"))
    assert tracks["past-0"].enter == Effect(42, 0, "cut")


def test_nothing_is_revealed_while_the_scene_still_enters() -> None:
    """What changes a layer waits until that layer has come: no highlight over code that is still rising."""
    reveals = [reveal({"dim": "cut"}, at=0.1, leave=("code",))]
    spec = scene(duration=4 * SECOND, entrances={"window": "rise", "code": "rise"}, reveals=reveals)
    tracks = lay_out(spec, (), None).motion.tracks
    assert tracks["code"] == Track(Effect(2, 12, "rise"), Effect(14, 9, "fade"))
    assert tracks["dim"].enter == Effect(14, 0, "cut")


def test_the_cursor_goes_when_the_last_answer_comes() -> None:
    """A terminal that has answered and waits for nothing more shows no cursor behind its last command."""
    typed = reveal({"line-0-0": "type"}, at=1.0, characters=12)
    answer = reveal({"output-0": "fade"}, after_previous=True)
    tracks = lay_out(scene(duration=9 * SECOND, reveals=[typed, answer]), (), None).motion.tracks
    output = tracks["output-0"].enter
    assert output is not None
    assert tracks["cursor"] == Track(leave=Effect(output.frame, 0, "cut"), follows=("line-0-0",))
    assert lay_out(scene(duration=9 * SECOND, reveals=[typed]), (), None).motion.tracks["cursor"].leave is None


def test_a_reveal_after_the_scenes_end_is_a_warning() -> None:
    """An item at a second that the scene does not reach is a warning, not silently left out."""
    reveals = [reveal({"item-0": "rise"}, at=9.0, field="items.0")]
    warnings = lay_out(scene(duration=2 * SECOND, reveals=reveals), (), None).warnings
    assert warnings == (("VB401", "items.0", "never shown: starts at 9.0 s, but the scene ends at 2.0 s"),)


def test_pronounced_words_are_found_under_their_spelling() -> None:
    """A word that is spoken otherwise than it is written keeps its time under its spelling."""
    spec = scene(narration=(Token("use", "use"), Token("kubectl", "kube control"), Token("now", "now")))
    words = lay_out(spec, speech("use kube control now"), None).timing["words"]
    assert [(word["text"], word["start"] // SECOND) for word in words] == [("use", 0), ("kubectl", 1), ("now", 3)]


def test_an_output_of_the_same_entry_does_not_hurry_its_command() -> None:
    """A command and its output under one cue: typed at leisure, then answered."""
    reveals = [
        reveal({"line-0-0": "type"}, at=1.0, characters=24),
        reveal({"output-0": "fade"}, at=1.0, after_previous=True),
    ]
    tracks = lay_out(scene(duration=9 * SECOND, reveals=reveals), (), None).motion.tracks
    assert tracks["line-0-0"].enter == Effect(30, 30, "type")
    assert tracks["output-0"].enter == Effect(70, 12, "fade")


def test_an_output_waits_for_its_command() -> None:
    """An output whose cue comes too early appears only after the last key, a moment later."""
    reveals = [
        reveal({"line-0-0": "type"}, at=1.0, characters=120),
        reveal({"output-0": "fade"}, at=1.1, after_previous=True),
    ]
    tracks = lay_out(scene(duration=9 * SECOND, reveals=reveals), (), None).motion.tracks
    typed, output = tracks["line-0-0"].enter, tracks["output-0"].enter
    assert typed is not None
    assert output is not None
    assert typed.frames == 60, "120 characters at the fastest speed"
    assert output.frame == typed.frame + typed.frames + 10


def test_lines_of_one_command_are_typed_without_a_pause() -> None:
    """A wrapped command continues in its next line at once."""
    reveals = [
        reveal({"line-0-0": "type"}, at=1.0, characters=24),
        reveal({"line-0-1": "type"}, after_previous=True, characters=24),
    ]
    tracks = lay_out(scene(narration="one two", reveals=reveals), speech("one two"), None).motion.tracks
    assert tracks["line-0-1"].enter == Effect(60, 30, "type")


def test_a_scene_waits_until_its_last_reveal_can_be_read() -> None:
    """What its visuals need counts: the last reveal rests for a second before the scene ends."""
    timeline = lay_out(scene(reveals=[reveal({"item-0": "rise"}, at=10.0)]), (), None)
    assert timeline.motion.frames == 300 + 12 + 30


def test_entrances_follow_each_other_closely() -> None:
    """Title and subtitle do not come in one lump."""
    tracks = lay_out(
        scene(duration=SECOND * 3, entrances={"title": "rise", "subtitle": "rise"}), (), None
    ).motion.tracks
    assert tracks["title"].enter == Effect(0, 12, "rise")
    assert tracks["subtitle"].enter == Effect(2, 12, "rise")


def test_a_clip_lasts_as_long_as_it_plays() -> None:
    """Without narration and duration the clip's own length is the scene's."""
    clip = ClipParams(2000, 8000, "cover")
    motion = lay_out(scene(clip=clip), (), 6000).motion
    assert motion.frames == 180
    assert motion.clip == Playback(2000, 0, 180, "cover")


def test_a_clip_shorter_than_its_narration_plays_once() -> None:
    """After its last frame the clip holds; it neither loops nor stretches."""
    clip = ClipParams(0, 1000, "cover")
    motion = lay_out(scene(clip=clip, narration="a b c"), speech("a b c"), 1000).motion
    assert motion.frames == 120
    assert motion.clip is not None
    assert motion.clip.frames == 30


def test_min_duration_is_kept() -> None:
    """A short narration does not end a scene before its min_duration."""
    assert lay_out(scene(min_duration=8 * SECOND, narration="a"), speech("a"), None).motion.frames == 240


def test_the_error_at_max_duration_names_the_excess_and_the_ways_to_fit() -> None:
    """Too long a narration is a spec error with the excess, a number of words and a rate."""
    with pytest.raises(SpecProblem) as caught:
        lay_out(scene(max_duration=8 * SECOND, narration="a " * 10), speech("a " * 10), None)
    assert caught.value.message == "the scene lasts 11.0 s, 3.0 s over its max_duration of 8.0 s"
    assert caught.value.hint == "remove about 3 of the 10 words, or set a rate of 143"
    assert caught.value.failure.field == "max_duration"


def test_a_rate_over_the_limit_is_not_suggested() -> None:
    """If only an impossible rate were fast enough, the hint suggests fewer words alone."""
    with pytest.raises(SpecProblem) as caught:
        lay_out(scene(max_duration=3 * SECOND, narration="a " * 10), speech("a " * 10), None)
    assert caught.value.hint == "remove about 8 of the 10 words"


def test_a_clip_over_max_duration_names_the_length_it_needs() -> None:
    """No word can be removed from a silent clip; the hint is the clip's own length."""
    with pytest.raises(SpecProblem) as caught:
        lay_out(scene(max_duration=8 * SECOND, clip=ClipParams(0, None, "cover")), (), 10_000)
    assert caught.value.message == "the scene lasts 10.0 s, 2.0 s over its max_duration of 8.0 s"
    assert caught.value.hint == "allow at least 10.0 s"


@pytest.mark.parametrize("excess", [480, 2_000, 4_799])
def test_the_length_that_the_hint_allows_is_long_enough(excess: int) -> None:
    """A scene that is over its max_duration by less than a tenth of a second fits what the hint allows."""
    clip = ClipParams(0, None, "cover")
    spec = scene(max_duration=10 * SECOND - excess, clip=clip)
    with pytest.raises(SpecProblem, match=r"(?!.* 0\.0 s over).*") as caught:
        lay_out(spec, (), 10_000)
    assert caught.value.hint == "allow at least 10.0 s"
    with pytest.raises(SpecProblem) as caught:
        lay_out(spec, (), 10_040)
    assert caught.value.hint == "allow at least 10.1 s"
    assert lay_out(scene(max_duration=SECOND * 101 // 10, clip=clip), (), 10_040).motion.frames == 301


def test_a_duration_too_short_for_the_narration_is_an_error() -> None:
    """A narration is never cut off: a fixed duration that does not hold it is refused."""
    with pytest.raises(SpecProblem, match=r"1\.5 s more than the scene's duration of 2\.0 s"):
        lay_out(scene(duration=2 * SECOND, narration="a b c"), speech("a b c"), None)


@pytest.mark.parametrize(("side", "name"), [("transition_before", "into"), ("transition", "out of")])
def test_a_transition_longer_than_half_a_scene_is_an_error(side: str, name: str) -> None:
    """V22: a transition over half of either scene is refused, never clamped."""
    with pytest.raises(SpecProblem, match=rf"the transition {name} this scene takes 1\.1 s") as caught:
        lay_out(scene(duration=2 * SECOND, **{side: 16}), (), None)
    assert caught.value.failure.field == side
    assert caught.value.hint == "allow at most 1.0 s"


def test_the_transition_that_the_hint_allows_fits() -> None:
    """The allowed duration is rounded down: 0.9 s would be more than half of 104 frames at 60 fps."""
    duration = SECOND * 104 // 60
    with pytest.raises(SpecProblem) as caught:
        lay_out(scene(fps=60, duration=duration, transition=27), (), None)
    assert caught.value.hint == "allow at most 0.8 s"
    assert lay_out(scene(fps=60, duration=duration, transition=24), (), None).motion.frames == 104


def test_a_transition_of_exactly_half_is_allowed() -> None:
    """V22: half of the scene is the limit, and the limit itself is fine."""
    assert lay_out(scene(duration=2 * SECOND, transition_before=15), (), None).motion.frames == 60


def test_a_zoom_keeps_the_layers_entrance() -> None:
    """A picture that zooms can also fade in."""
    spec = scene(duration=SECOND * 3, entrances={"picture": "fade"}, drifts={"picture": ((0.05, 0.05, 0.9, 0.9), HOME)})
    track = lay_out(spec, (), None).motion.tracks["picture"]
    keys = (Key(0, (0.05, 0.05, 0.9, 0.9)), Key(90, HOME))
    assert track == Track(Effect(0, 12, "fade"), None, keys, clipped=True)


@pytest.mark.parametrize(
    ("at", "changes", "message"),
    [
        (99, {}, "'at' is 99 s, but all else in the scene ends at 4.0 s: the scene lasts 100.4 s"),
        (4.5, {}, "'at' is 4.5 s, but all else in the scene ends at 4.0 s: the scene lasts 5.9 s"),
        (4, {}, None),
        (6, {"min_duration": 8 * SECOND}, None),
        (99, {"duration": 200 * SECOND}, None),
    ],
)
def test_a_reveal_that_makes_its_scene_longer(at: float, changes: dict[str, Any], message: str | None) -> None:
    """P42: a second after the end of all else in a scene is a warning at its `at`, since the scene waits for it."""
    params = scene(narration="one two three", reveals=(reveal({"a": "fade"}, at=at),), **changes)
    found = lay_out(params, speech("one two three"), None).warnings
    assert found == ((("VB403", "items.0.at", message),) if message else ())


def test_a_silent_scene_of_reveals_alone() -> None:
    """Without narration, clip and durations the reveals alone make the scene's length, and none is too late."""
    assert lay_out(scene(reveals=(reveal({"a": "fade"}, at=9),)), (), None).warnings == ()


def test_the_fastest_rate_that_is_suggested_is_the_schemas_limit() -> None:
    """Twice the voice's rate is suggested; a rate above that, which the schema would refuse, is not."""
    for most, suggested in ((3 * SECOND, True), (3 * SECOND - 1, False)):
        with pytest.raises(SpecProblem) as caught:
            lay_out(scene(narration="a b c d", max_duration=most), speech("a b c d"), None)
        assert caught.value.hint is not None
        assert ("set a rate of 200" in caught.value.hint) == suggested
        assert ("rate" in caught.value.hint) == suggested


def test_a_narration_may_end_with_its_scene() -> None:
    """A duration that the pause and the narration fill exactly is enough."""
    timeline = lay_out(scene(narration="one two", duration=5 * SECOND // 2), speech("one two"), None)
    assert timeline.motion.frames == 75


def test_a_reveal_at_the_very_end_is_never_shown() -> None:
    """A reveal on the frame after the last one is a warning, on the last one it is not."""
    for at, count in ((2.0, 1), (59 / 30, 0)):
        spec = scene(duration=2 * SECOND, reveals=[reveal({"item-0": "fade"}, at=at)])
        assert len(lay_out(spec, (), None).warnings) == count


def test_a_single_character_is_typed_in_a_frame() -> None:
    """The shortest command takes one frame; a longer one is typed at its usual speed if nothing comes soon."""
    for characters, frames in ((1, 1), (3, 4), (24, 30)):
        spec = scene(duration=4 * SECOND, reveals=[reveal({"line-0-0": "type"}, at=1.0, characters=characters)])
        assert lay_out(spec, (), None).motion.tracks["line-0-0"].enter == Effect(30, frames, "type")


def test_a_short_command_is_typed_in_a_third_of_a_second_at_the_least() -> None:
    """Before the next reveal a command of 12 characters takes 0.35 s at least, and one of 60 a whole second."""
    for characters, frames in ((12, 10), (60, 30)):
        reveals = [
            reveal({"line-0-0": "type"}, at=1.0, characters=characters),
            reveal({"line-1-0": "type"}, at=1.1, characters=1, field="items.1"),
        ]
        tracks = lay_out(scene(duration=4 * SECOND, reveals=reveals), (), None).motion.tracks
        assert tracks["line-0-0"].enter == Effect(30, frames, "type")


def test_a_reveal_at_the_start_is_there_from_the_first_frame() -> None:
    """A layer that is revealed at 0 is in the first frame, which a player shows before it plays."""
    spec = scene(duration=4 * SECOND, reveals=[reveal({"item-0": "cut"}, at=0.0)])
    assert lay_out(spec, (), None).motion.tracks["item-0"] == Track(Effect(0, 0, "cut"))
