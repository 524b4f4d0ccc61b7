"""The arguments for a graph are those that the ffmpeg package returns, found without its quadratic search."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import ffmpeg
import pytest
from ffmpeg.dag import KwargReprNode

from vidbuild.media.ffmpeg import filtergraph, graph_arguments


def graph(rng: random.Random, size: int) -> Any:
    """Return outputs of a graph with inputs, streams that are split or mixed, and chains of different lengths."""
    streams = [filtergraph.color("black", 16, 16, {"probesize": number + 32}) for number in range(3)]
    for number in range(size):
        stream = streams.pop(rng.randrange(len(streams)))
        if rng.random() < 0.4:
            parts = stream.split()
            streams += [parts[0].filter("crop", 8, 8, number, 0), parts[1]]
        elif rng.random() < 0.5 and streams:
            streams.append(filtergraph.overlay(stream, streams.pop(rng.randrange(len(streams))), number, 1))
        else:
            streams.append(stream.filter("setpts", f"PTS+{number}"))
    audio = ffmpeg.input("sound.wav").audio
    outputs = [filtergraph.output(each, Path(f"{at}.mkv"), {"c:v": "ffv1"}) for at, each in enumerate(streams)]
    return ffmpeg.merge_outputs(*outputs, ffmpeg.output(audio, "sound.flac"))


@pytest.mark.parametrize("seed", range(8))
def test_the_arguments_are_those_of_the_package(seed: int) -> None:
    """Inputs, filters, names of streams and outputs are in the package's order."""
    rng = random.Random(seed)
    outputs = graph(rng, rng.randrange(1, 60))
    assert graph_arguments.arguments(outputs) == outputs.get_args()


def test_a_stream_without_filters_is_mapped() -> None:
    """An input goes to an output as it is, and one output needs no other."""
    output = ffmpeg.output(ffmpeg.input("a.mp4"), "b.mp4", format="mp4")
    assert graph_arguments.arguments(output) == output.get_args() == ["-i", "a.mp4", "-f", "mp4", "b.mp4"]


def test_nodes_are_hardly_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a graph of some hundred nodes none is compared with all others."""
    outputs = graph(random.Random(1), 400)
    compared: list[KwargReprNode] = []

    def equal(one: KwargReprNode, other: KwargReprNode) -> bool:
        compared.append(one)
        return hash(one) == hash(other)

    monkeypatch.setattr(KwargReprNode, "__eq__", equal)
    graph_arguments.arguments(outputs)
    assert len(compared) < 400
