"""Several videos of one spec: the language and the output settings are chosen when a graph is compiled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vidbuild.diagnostic import Diagnostic
from vidbuild.engine.graph import canonical
from vidbuild.engine.graph.graph import Graph, Source
from vidbuild.engine.graph.step_id import StepId
from vidbuild.model import Spec
from vidbuild.plan.compile import compile_graph, outputs
from vidbuild.plan.variant import Variant, own_variant, problems
from vidbuild.plan.weights import weights
from vidbuild.spec.diagnostics import SpecError
from vidbuild.spec.load import load, try_load

SPEC = """\
vidbuild: 1
title: Acme
output: {size: 320x180, fps: 30}
defaults: {transition: {type: fade, duration: 0.4}}
scenes:
  - {id: silent, type: title, title: Acme, duration: 2}
  - id: list
    type: list
    items: [{text: One, at: first}]
    narration: {en: "Now [[first]] one.", de: "Jetzt [[first]] eins, und noch viel mehr."}
  - {id: recorded, type: title, title: Bob, narration: {audio: take.wav, text: Hello from Bob.}}
"""


def spec(tmp_path: Path, text: str = SPEC) -> Spec:
    """The spec, loaded once from its file."""
    (tmp_path / "vidbuild.toml").touch()
    (tmp_path / "take.wav").write_bytes(b"not read while planning")
    (tmp_path / "v.yaml").write_text(text, encoding="utf-8")
    return load(tmp_path / "v.yaml")


def keys(graph: Graph) -> dict[str, str]:
    """Local id -> a key: equal for two steps if kind, parameters and everything upstream are equal."""
    found: dict[str, str] = {}
    for step in graph.steps.values():
        inputs = {
            role: source.path if isinstance(source, Source) else [found[source.step], source.name]
            for role, source in step.inputs.items()
        }
        found[step.id] = canonical.digest([step.kind, dict(step.params), inputs])
    return {StepId.parse(step).local: key for step, key in found.items()}


def shared(one: Graph, other: Graph) -> set[str]:
    """The local ids of the steps that both graphs have under the same key."""
    return {step for step, key in keys(one).items() if keys(other).get(step) == key}


def test_two_languages_of_a_spec_share_what_no_text_decides(tmp_path: Path) -> None:
    """A spec is loaded once and compiled in two languages; these share silent scenes and the audio of recordings.

    The words of a recording are searched with the voice of each language.
    """
    loaded = spec(tmp_path)
    english = compile_graph(loaded, Variant("en", loaded.output, "en"))
    german = compile_graph(loaded, Variant("de", loaded.output, "de"))
    assert english.steps["en/speak:list"].params["narration"] == "Now one."
    assert german.steps["de/speak:list"].params["narration"] == "Jetzt eins, und noch viel mehr."
    assert german.steps["de/timeline:list"].params["cues"] == {"first": 1}
    assert shared(english, german) == {"timeline:silent", "audio:silent", "speak:recorded"}


def test_two_sizes_of_a_spec_share_sound_and_timing(tmp_path: Path) -> None:
    """Another size draws and renders every scene, and reuses speech, timelines, audio and captions."""
    loaded = spec(tmp_path)
    wide = compile_graph(loaded, Variant("en", loaded.output, "wide"))
    tall = compile_graph(loaded, Variant("en", replace(loaded.output, width=180, height=320), "tall"))
    scenes = ("silent", "list", "recorded")
    assert shared(wide, tall) == {
        *(f"{kind}:{scene}" for kind in ("timeline", "audio") for scene in scenes),
        "speak:list",
        "speak:recorded",
        "align:recorded",
        "captions",
    }


def test_another_frame_rate_shares_speech_and_drawings(tmp_path: Path) -> None:
    """Time in frames and everything that is encoded depends on the rate; speech and layers do not."""
    loaded = spec(tmp_path)
    slow = compile_graph(loaded, Variant("en", loaded.output))
    fast = compile_graph(loaded, Variant("en", replace(loaded.output, fps=60)))
    spoken = {"speak:list", "speak:recorded", "align:recorded"}
    assert shared(slow, fast) == spoken | {"draw:silent", "draw:list", "draw:recorded"}


@pytest.mark.parametrize("field", ["profile", "loudness", "peak"])
def test_other_settings_change_what_they_decide(tmp_path: Path, field: str) -> None:
    """The encoder profile decides rendered frames, loudness and peak the audio, and neither decides the rest."""
    loaded = spec(tmp_path)
    changed: Any = "compat" if field == "profile" else getattr(loaded.output, field) - 1
    own = compile_graph(loaded, own_variant(loaded))
    other = compile_graph(loaded, Variant("en", replace(loaded.output, **{field: changed})))
    kinds = {StepId.parse(step).kind for step in keys(own).keys() - shared(own, other)}
    assert kinds == {"mux", *(("render", "transition", "report") if field == "profile" else ("audio",))}


def test_the_videos_of_a_spec_fit_into_one_graph(tmp_path: Path) -> None:
    """Named variants have different step ids, also in outputs and weights; ids of an unnamed one name no video."""
    loaded = spec(tmp_path)
    variants = [Variant(language, loaded.output, language) for language in ("en", "de")]
    graphs = [compile_graph(loaded, variant) for variant in variants]
    merged = Graph.of({**graphs[0].steps, **graphs[1].steps})
    assert len(merged.steps) == sum(len(graph.steps) for graph in graphs)
    for graph, variant in zip(graphs, variants, strict=True):
        assert {StepId.parse(step).video for step in graph.steps} == {variant.name}
        assert {output.step for output in outputs(loaded, variant)} <= graph.steps.keys()
        assert weights(loaded, variant).keys() <= graph.steps.keys()
    own = compile_graph(loaded, own_variant(loaded))
    assert {StepId.parse(step).video for step in own.steps} == {""}
    assert keys(own) == keys(graphs[0])


def test_a_language_without_a_text_is_a_located_error(tmp_path: Path) -> None:
    """Compiling a language that a narration lacks is an error at the narration, as it is for the spec's language."""
    loaded = spec(tmp_path)
    message = "no narration in the video's language 'fr': found 'en', 'de'"
    (problem,) = problems(loaded, "fr")
    assert (problem.severity, problem.message, problem.line, problem.column) == ("error", message, 10, 16)
    with pytest.raises(SpecError) as caught:
        compile_graph(loaded, Variant("fr", loaded.output))
    assert caught.value.diagnostics == (problem,)
    (own,) = try_load(_own_language(tmp_path, "fr")).errors
    assert (own.message, own.line, own.column) == (message, 11, 16)


def _own_language(tmp_path: Path, language: str) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(SPEC.replace("title: Acme\n", f"title: Acme\nlanguage: {language}\n", 1), encoding="utf-8")
    return path


def test_problems_of_another_language_wait_for_it(tmp_path: Path) -> None:
    """A wrong text in another language stops no build in the spec's own, and stops one in that language, located."""
    text = SPEC.replace("Jetzt [[first]] eins, und noch viel mehr.", "Jetzt [[first eins.")
    loaded = spec(tmp_path, text)
    assert try_load(tmp_path / "v.yaml").diagnostics == ()
    assert compile_graph(loaded, own_variant(loaded))
    with pytest.raises(SpecError) as caught:
        compile_graph(loaded, Variant("de", loaded.output))
    assert [(each.message, each.line, each.column) for each in caught.value.diagnostics] == [
        ("cue without a closing ']]'", 10, 54)
    ]


def test_cues_are_checked_in_each_language(tmp_path: Path) -> None:
    """A cue that only one language lacks is an error at its use, in that language alone."""
    loaded = spec(tmp_path, SPEC.replace("Jetzt [[first]] eins", "Jetzt eins"))
    assert problems(loaded, "en") == []
    (problem,) = problems(loaded, "de")
    assert isinstance(problem, Diagnostic)
    assert (problem.message, problem.line, problem.column) == ("no narration defines cue 'first'", 9, 29)
