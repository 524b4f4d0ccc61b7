"""The graph of a draft: what it has instead of speech and audio, and what it shares with other graphs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.plan.test_variant import shared, spec
from vidbuild.api.tools import network_steps
from vidbuild.engine.graph.graph import Graph
from vidbuild.model import Spec
from vidbuild.plan import draft
from vidbuild.plan.compile import compile_graph, outputs
from vidbuild.plan.variant import own_variant

SPEC = """\
vidbuild: 1
title: Acme
description: About Acme.
output: {size: 322x182, fps: 30, profile: compat}
voice: {engine: edge, name: en-US-AriaNeural}
also: [page, transcript]
defaults: {transition: {type: fade, duration: 0.4}}
scenes:
  - {id: silent, type: title, title: Acme, duration: 2}
  - id: list
    type: list
    items: [{text: One, at: first}]
    narration: "Now [[first]] one. [[pause 0.5]] Two."
  - id: talk
    type: title
    title: Talk
    narration:
      - {voice: espeak:en-us, text: Hello.}
      - {voice: espeak:en-gb, text: Hi.}
  - {id: recorded, type: title, title: Bob, narration: {audio: take.wav, text: Hello from Bob.}}
"""


def loaded(tmp_path: Path, text: str = SPEC) -> Spec:
    """The spec, loaded from its file."""
    return spec(tmp_path, text)


def drafted(tmp_path: Path, text: str = SPEC) -> Graph:
    """The graph of its draft."""
    found = loaded(tmp_path, text)
    return compile_graph(found, own_variant(found, draft=True))


def test_a_draft_speaks_nothing_and_needs_no_network(tmp_path: Path) -> None:
    """No voice, no recording, no search for words, no music: timelines, drawings, silence and one mark."""
    graph = drafted(tmp_path)
    kinds = {step.kind for step in graph.steps.values()}
    assert kinds == {"timeline", "draw", "watermark", "render", "audio", "transition", "captions", "mux"}
    assert network_steps(graph) == {}
    timeline = graph.steps["timeline:list"]
    assert dict(timeline.inputs) == {}
    assert timeline.params["paces"] == [[100, [[2, 24_000]], "edge:en-US-AriaNeural"]]
    assert [pace[2] for pace in graph.steps["timeline:talk"].params["paces"]] == ["espeak:en-us", "espeak:en-gb"]
    assert graph.steps["timeline:recorded"].params["paces"] == [[100, [], "recorded"]]
    assert "paces" not in graph.steps["timeline:silent"].params
    assert [list(step.inputs) for step in graph.steps.values() if step.kind == "audio"] == [["timing"]] * 4


def test_a_draft_is_half_as_wide_and_high(tmp_path: Path) -> None:
    """Sides are half of the video's, rounded to even pixels; every rendered picture has the mark."""
    graph = drafted(tmp_path)
    sizes = {tuple(step.params["size"]) for step in graph.steps.values() if "size" in step.params}
    assert sizes == {(162, 92)}
    assert graph.steps["render:list"].params["profile"]["fps"] == 15
    assert graph.steps["render:list"].params["profile"]["holds"] == "skipped"
    assert "watermark" in graph.steps["render:list"].inputs
    assert {"a.watermark", "b.watermark"} <= set(graph.steps["transition:silent+list"].inputs)


def test_a_draft_writes_a_video_and_captions_alone(tmp_path: Path) -> None:
    """No page, report or poster of a draft could be taken for the video's; its metadata says what it is."""
    found = loaded(tmp_path)
    assert [each.suffix for each in outputs(found, own_variant(found, draft=True))] == [".mp4", ".srt", ".vtt"]
    mux = drafted(tmp_path).steps["mux"].params
    assert mux["comment"] == draft.COMMENT
    assert mux["description"] == "About Acme."
    assert "synthetic_voices" not in mux


def test_a_draft_shares_nothing_with_its_video_and_its_mark_with_other_drafts(tmp_path: Path) -> None:
    """Of a video, at most what has no narration and no picture is the same; drafts of a size share their mark."""
    found = loaded(tmp_path)
    whole, quick = compile_graph(found, own_variant(found)), compile_graph(found, own_variant(found, draft=True))
    assert shared(whole, quick) == set()
    other = drafted(tmp_path, SPEC.replace("Acme", "Bolt"))
    assert "watermark" in shared(quick, other)
    assert {"timeline:list", "draw:list", "render:list", "audio:list"} <= shared(quick, other)


@pytest.mark.parametrize(
    ("output", "kinds", "suffixes"),
    [
        ("{format: gif}", {"animate", "assemble"}, [".gif"]),
        ("{format: png}", {"still"}, [".silent.png", ".list.png", ".talk.png", ".recorded.png"]),
        ("{format: pdf}", {"still", "handout"}, [".pdf"]),
        ("{format: m4a}", {"soundtrack"}, [".m4a", ".srt", ".vtt"]),
    ],
)
def test_other_formats_have_drafts_too(tmp_path: Path, output: str, kinds: set[str], suffixes: list[str]) -> None:
    """Their pictures are marked; an M4A is silent and as long as the estimate."""
    text = SPEC.replace("{size: 322x182, fps: 30, profile: compat}", output).replace("also: [page, transcript]\n", "")
    found = loaded(tmp_path, text)
    graph = compile_graph(found, own_variant(found, draft=True))
    assert kinds <= {step.kind for step in graph.steps.values()}
    assert "speak" not in {step.kind for step in graph.steps.values()}
    marked: list[dict[str, Any]] = [dict(step.inputs) for step in graph.steps.values() if step.kind in kinds]
    assert all("watermark" in each for each in marked if "motion" in each)
    assert [each.suffix for each in outputs(found, own_variant(found, draft=True))] == suffixes
