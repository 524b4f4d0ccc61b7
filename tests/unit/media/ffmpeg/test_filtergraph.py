"""The building blocks of filter graphs: their text, without ffmpeg."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidbuild.media.ffmpeg import filtergraph


def value(expression: str, **variables: float) -> float:
    """What ffmpeg would make of an expression of these tests."""
    known = {
        "when": lambda holds, then, other: then if holds else other,
        "lt": lambda a, b: int(a < b),
        "clip": lambda x, least, most: min(max(x, least), most),
        "floor": math.floor,
    }
    return float(eval(expression.replace("if(", "when("), known, variables))  # noqa: S307 - our own expressions


@settings(deadline=None, max_examples=40)
@given(
    st.dictionaries(st.integers(0, 120), st.integers(-2000, 2000), min_size=1, max_size=25),
    st.floats(-1e-6, 1e-6),
)
def test_a_staircase_holds_the_last_steps_value(steps: dict[int, int], error: float) -> None:
    """At every frame the value is that of the last step at or before it, whatever the last bits of the time are."""
    expression = filtergraph.step_function(steps.items(), "n")
    for frame in range(min(steps), 122):
        last = max(at for at in steps if at <= frame)
        assert value(expression, n=frame + error) == steps[last]


def test_a_staircase_starts_with_its_first_value() -> None:
    """Before the first step its value holds already."""
    assert value(filtergraph.step_function([(5, 70), (9, 80)], "n"), n=0) == 70


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(-30, 30), st.integers(1, 12)), min_size=1, max_size=8),
    st.floats(-1e-6, 1e-6),
)
def test_even_flights_of_a_staircase_are_exact(flights: list[tuple[int, int, int]], error: float) -> None:
    """Steps that are evenly wide and high hold their values like any others, and the last one until the next flight."""
    steps, frame, level = [(3, 100)], 3, 100
    for wide, high, count in flights:
        for _ in range(count):
            frame, level = frame + wide, level + high
            steps.append((frame, level))
        frame += 5
    expression = filtergraph.step_function(steps, "n")
    for at in range(frame + 30):
        last = max((step for step in steps if step[0] <= at), default=steps[0])
        assert value(expression, n=at + error) == last[1], at


def test_long_staircases_are_short_and_shallow() -> None:
    """Even steps are one term however many they are, and uneven ones are nested a dozen deep, not a thousand."""
    assert len(filtergraph.step_function([(4 * k, 20 * k) for k in range(5000)], "n")) < 60
    uneven = filtergraph.step_function([(k, k * k) for k in range(2000)], "n")
    depths, depth = [0], 0
    for sign in uneven:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        depths.append(depth)
    assert max(depths) < 20
    assert uneven.count("lt(") == 1999


@pytest.mark.parametrize("count", [2, 3])
def test_a_stream_is_split_into_as_many_as_are_used(count: int) -> None:
    """Each copy of a stream is another output of one filter."""
    stacked = filtergraph.stack("hstack", filtergraph.split(filtergraph.image(Path("a.png"), 0), count))
    graph = " ".join(filtergraph.arguments(filtergraph.output(stacked, Path("o"), {})))
    assert f"split={count}" in graph
    assert f"hstack=inputs={count}" in graph


def test_a_staircase_of_equal_values_is_a_number() -> None:
    """Steps that change nothing are left out."""
    assert filtergraph.step_function([(0, 7), (3, 7), (9, 7)], "n") == "7"


@settings(deadline=None, max_examples=40)
@given(st.sets(st.integers(0, 400), min_size=1, max_size=60))
def test_a_picture_is_put_at_exactly_its_frames(frames: set[int]) -> None:
    """One decoded picture is repeated for as many frames as there are, and each gets its own time."""
    wanted = sorted(frames)
    args = " ".join(
        filtergraph.arguments(
            filtergraph.output(filtergraph.repeat_at(filtergraph.image(Path("a.png"), 0), wanted), Path("o"), {})
        )
    )
    loops = re.search(r"loop=loop=(\d+):size=1", args)
    repeats = int(loops[1]) if loops else 0
    assert repeats + 1 == len(wanted)
    times = re.search(r"setpts=([^\[]*)\[", args)
    assert times is not None
    expression = times[1].replace("\\", "").replace("'", "")
    assert [value(expression, N=index) for index in range(len(wanted))] == wanted


def test_a_fades_times_make_every_frame_a_mixture() -> None:
    """A fade of n frames has n + 1 steps and starts a frame earlier, so that every frame of it is a mixture."""
    faded = filtergraph.fade(filtergraph.image(Path("a.png"), 0), "in", 10, 11, 30)
    text = " ".join(filtergraph.arguments(filtergraph.output(faded, Path("o"), {})))
    assert "fade=alpha=1:duration=0.400000:start_time=0.300000:type=in" in text


def test_names_are_never_patterns_or_addresses() -> None:
    """V18: whatever a PNG's path looks like, it is read as one file."""
    name = "/a b/http:\\x,[0:v];'%03d'.png"
    args = filtergraph.arguments(filtergraph.output(filtergraph.image(Path(name), 0), Path("o.raw"), {}))
    assert args[args.index("-i") + 1] == f"file:{name}"
    assert args[args.index("-f") + 1] == "png_pipe"
    assert name not in args[args.index("-filter_complex") + 1]


@pytest.mark.parametrize(
    "stream",
    [
        filtergraph.image(Path("a.png"), 0),
        filtergraph.color("black", 2, 2, {}),
        filtergraph.piped("painted", 2, 2, "rgba", filtergraph.copy_options(1)),
    ],
    ids=["image", "color", "pipe"],
)
def test_no_input_of_known_kind_is_decoded_to_learn_of_it(stream: filtergraph.Stream) -> None:
    """By default, ffmpeg decodes each PNG twice: once to learn its size."""
    args = filtergraph.arguments(filtergraph.output(stream, Path("o"), {}))
    assert args.count("-nofind_stream_info") == args.count("-i") == 1
    assert args.index("-nofind_stream_info") < args.index("-i")


def test_everything_made_is_bit_exact() -> None:
    """P4: no output holds a date or a version of ffmpeg's."""
    args = filtergraph.arguments(
        filtergraph.output(filtergraph.color("black", 2, 2, {}), Path("o"), {"format": "mjpeg"})
    )
    assert args[args.index("-fflags") + 1] == args[args.index("-flags:v") + 1] == "+bitexact"


def test_the_thread_count_of_filters_is_pinned() -> None:
    """P6: how many processors a machine has is not in what it makes."""
    args = filtergraph.arguments(filtergraph.output(filtergraph.color("black", 2, 2, {}), Path("o"), {}))
    assert args[:2] == ["-filter_complex_threads", str(filtergraph.FILTER_THREADS)]


@pytest.mark.parametrize("frames", [3, -3])
def test_streams_can_be_moved_in_time(frames: int) -> None:
    """Moving a stream adds to its times; by nothing, it is left as it is."""
    stream = filtergraph.color("black", 2, 2, {})
    assert filtergraph.shift(stream, 0) is stream
    assert f"PTS{frames:+d}" in " ".join(
        filtergraph.arguments(filtergraph.output(filtergraph.shift(stream, frames), Path("o"), {}))
    )


def test_importing_loads_no_ffmpeg_package() -> None:
    """P46: the ffmpeg package is loaded when a graph is built, not before."""
    code = "import sys, vidbuild.media.render.compose; print('ffmpeg' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_one_frame_is_read_ahead_from_a_pipe() -> None:
    """Painted frames wait in the painter until they are used, not in ffmpeg's queue."""
    stream = filtergraph.piped("name", 64, 36, "rgba", {})
    args = filtergraph.arguments(filtergraph.output(stream, Path("o"), {}))
    before = args[: args.index("-i")]
    assert before[before.index("-thread_queue_size") + 1] == "1"
