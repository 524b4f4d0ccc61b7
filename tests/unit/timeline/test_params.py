"""The parameters of a `timeline` step as JSON values."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from vidbuild.media.text.spoken_length import Pace
from vidbuild.media.text.words import Token
from vidbuild.scenes.protocol import Reveal
from vidbuild.timeline.clip_params import ClipParams
from vidbuild.timeline.params import TimelineParams, UtteranceParams

NAMES = st.text(max_size=4)
WORDS = st.text("ab—中\xa0", min_size=1, max_size=4)
SAMPLES = st.integers(0, 10**6)
LAYERS = st.dictionaries(NAMES, st.sampled_from(["fade", "rise", "type", "cut", "under"]), max_size=3)
PLACES = st.one_of(st.integers(0, 9), st.tuples(*[st.floats(-1, 2)] * 4))
REVEALS = st.builds(
    Reveal,
    field=NAMES,
    at=st.one_of(st.none(), NAMES, st.floats(0, 20)),
    words=NAMES,
    enter=LAYERS,
    leave=st.lists(NAMES, max_size=2).map(tuple),
    until_next=st.lists(NAMES, max_size=2).map(tuple),
    characters=SAMPLES,
    after_previous=st.booleans(),
    moves=st.dictionaries(NAMES, PLACES, max_size=2),
    zooms=st.dictionaries(NAMES, PLACES, max_size=2),
)
CUES = st.dictionaries(NAMES, st.integers(0, 9), max_size=3)
ANCHORS = st.dictionaries(NAMES, st.sampled_from(["before", "end"]), max_size=2)
PARAMS = st.builds(
    TimelineParams,
    fps=st.sampled_from([24, 25, 30, 50, 60]),
    duration=st.one_of(st.none(), SAMPLES),
    narration=st.lists(st.builds(Token, WORDS, NAMES, st.booleans(), st.just("")), max_size=5).map(tuple),
    cues=CUES,
    anchors=ANCHORS,
    utterances=st.lists(
        st.builds(UtteranceParams, words=SAMPLES, pause=SAMPLES, speaker=NAMES, cues=CUES, anchors=ANCHORS), max_size=2
    ).map(tuple),
    entrances=LAYERS,
    reveals=st.lists(REVEALS, max_size=3).map(tuple),
    mentions=st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=3).map(tuple),
    drifts=st.dictionaries(NAMES, st.tuples(PLACES, PLACES), max_size=2),
    easing=st.sampled_from(["smooth", "linear"]),
    pace=st.sampled_from([1.0, 1.5]),
    still=st.booleans(),
    exit=st.sampled_from(["none", "fade"]),
    clip=st.one_of(st.none(), st.builds(ClipParams, SAMPLES, st.one_of(st.none(), SAMPLES), NAMES)),
    transition=st.integers(0, 60),
    paces=st.lists(st.builds(Pace, SAMPLES, st.just(((1, 480),)), NAMES), max_size=2).map(tuple),
)


@given(PARAMS)
def test_params_survive_json(params: TimelineParams) -> None:
    """A step's worker decodes the very parameters that the plan encoded, the order of layers included."""
    decoded = TimelineParams.from_data(json.loads(json.dumps(params.to_data())))
    assert decoded == params
    assert list(decoded.entrances) == list(params.entrances)
    assert [list(reveal.enter) for reveal in decoded.reveals] == [list(reveal.enter) for reveal in params.reveals]
