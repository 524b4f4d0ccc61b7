"""The graph of a spec: its steps, and the inputs of each."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import vidbuild
from vidbuild.api.tools import network_steps
from vidbuild.engine.graph.graph import Graph, Product, Source
from vidbuild.plan.compile import compile_graph, frame_count, outputs
from vidbuild.plan.kinds import KINDS
from vidbuild.plan.scene_steps import LAST_FRAME, still
from vidbuild.plan.variant import VideoSpec, own_variant
from vidbuild.spec.load import parse
from vidbuild.voices.edge import Edge
from vidbuild.voices.registry import ENGINES

TITLE = {"type": "title", "title": "T", "narration": "One two."}


def graph(tmp_path: Path, scenes: list[dict[str, Any]], **more: Any) -> Graph:
    """The graph of a spec with these scenes, named a, b, c and so on."""
    (tmp_path / "vidbuild.toml").touch()
    named = [{"id": name, **scene} for name, scene in zip("abcdef", scenes, strict=False)]
    data = {"vidbuild": 1, "title": "V", "output": {"fps": 30}, "scenes": named, **more}
    spec = parse(data, path=tmp_path / "video.yaml")
    return compile_graph(spec, own_variant(spec))


def image(tmp_path: Path) -> str:
    """A small image of the project."""
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    (tmp_path / "a.png").write_bytes(content.getvalue())
    return "a.png"


def test_a_spoken_scene_has_its_five_steps(tmp_path: Path) -> None:
    """speak, timeline, draw, render and audio per scene; captions, mux, report and the poster once."""
    steps = set(graph(tmp_path, [TITLE, TITLE]).steps)
    each = {f"{kind}:{scene}" for kind in ("speak", "timeline", "draw", "render", "audio") for scene in "ab"}
    assert steps == each | {"still:a", "captions", "mux", "report"}


def test_words_are_searched_in_the_language_of_their_voice(tmp_path: Path) -> None:
    """A German voice without times in an English video is compared with espeak's German, not recognized as English."""
    voices = ("nanotts:de-DE", "nanotts:en-US")
    steps = graph(tmp_path, [{**TITLE, "narration": [{"voice": each, "text": "One."} for each in voices]}]).steps
    found = [(steps[name].params["voice"], steps[name].params["english"]) for name in ("align:a.1", "align:a.2")]
    assert [(voice.partition("-")[0], english) for voice, english in found] == [("de", False), ("en", True)]


def test_the_report_leads_to_the_video_by_its_name(tmp_path: Path) -> None:
    """The page's link is the file's name as an address, made from its bytes, which are the same in every locale."""
    assert graph(tmp_path, [TITLE]).steps["report"].params["video"] == "video.mp4"
    data = {"vidbuild": 1, "title": "V", "scenes": [{"id": "a", **TITLE}]}
    odd = parse(data, path=tmp_path / os.fsdecode(b"caf\xe9? 1.yaml"))
    own = own_variant(odd)
    assert compile_graph(odd, own).steps["report"].params["video"] == "caf%E9%3F%201.mp4"
    assert compile_graph(odd, own, "odd.a").steps["report"].params["video"] == "odd.a.mp4"


def test_a_silent_scene_speaks_nothing(tmp_path: Path) -> None:
    """Without narration there is no speak step, and neither time nor sound waits for one."""
    found = graph(tmp_path, [{"type": "title", "title": "T", "duration": 2}])
    assert "speak:a" not in found.steps
    assert "words" not in found.steps["timeline:a"].inputs
    assert "narration" not in found.steps["audio:a"].inputs


def test_a_transition_takes_half_of_itself_from_each_scene(tmp_path: Path) -> None:
    """A fade of 0.4 s at 30 fps is twelve frames: six from each scene, and a step of its own."""
    fade = {**TITLE, "transition": {"type": "fade", "duration": 0.4}}
    steps = graph(tmp_path, [fade, TITLE]).steps
    assert steps["transition:a+b"].params["frames"] == 12
    assert steps["transition:a+b"].inputs["a.motion"] == Product("timeline:a", "tail.json")
    assert steps["transition:a+b"].inputs["b.motion"] == Product("timeline:b", "head.json")
    assert (steps["timeline:a"].params["transition_before"], steps["timeline:a"].params["transition"]) == (0, 6)
    assert (steps["timeline:b"].params["transition_before"], steps["timeline:b"].params["transition"]) == (6, 0)
    assert steps["mux"].params["order"] == [{"scene": "a"}, {"transition": "a+b", "frames": 12}, {"scene": "b"}]


def test_a_cut_needs_no_step(tmp_path: Path) -> None:
    """Scenes that are cut together share nothing."""
    steps = graph(tmp_path, [TITLE, TITLE]).steps
    assert not [name for name in steps if name.startswith("transition:")]
    assert steps["mux"].params["order"] == [{"scene": "a"}, {"scene": "b"}]


def test_the_last_scene_has_no_transition(tmp_path: Path) -> None:
    """A default transition is not asked of the scene that nothing follows."""
    steps = graph(tmp_path, [TITLE, TITLE], defaults={"transition": {"type": "fade", "duration": 0.4}}).steps
    assert "transition:a+b" in steps
    assert steps["timeline:b"].params["transition"] == 0


def test_a_drawing_does_not_depend_on_times(tmp_path: Path) -> None:
    """Cues, durations and words are in no parameter of draw, so that moving a reveal draws nothing again."""
    items = [{"text": "One", "at": "here"}, {"text": "Two", "at": 1.5}]
    scene = {"type": "list", "title": "L", "items": items, "narration": "Look [[here]] now.", "pause_after": 0.7}
    step = graph(tmp_path, [scene]).steps["draw:a"]
    assert "here" not in str(step.params)
    assert "0.7" not in str(step.params)
    assert all(isinstance(source, Source) for source in step.inputs.values())


def test_a_scenes_place_in_the_video_is_in_no_step_of_its_own(tmp_path: Path) -> None:
    """The same scene first or second has the same steps but for their names."""
    other = {"type": "title", "title": "Other", "duration": 1}
    first = graph(tmp_path, [TITLE, other]).steps
    second = graph(tmp_path, [other, TITLE]).steps
    for kind in ("speak", "timeline", "draw", "render", "audio"):
        assert first[f"{kind}:a"].params == second[f"{kind}:b"].params


def test_files_of_a_scene_are_inputs_by_content(tmp_path: Path) -> None:
    """An image is a source in its role; its path is in no parameter."""
    step = graph(tmp_path, [{"type": "image", "src": image(tmp_path), "duration": 2}]).steps["draw:a"]
    assert step.inputs["image"] == Source(str(tmp_path / "a.png"))
    assert str(tmp_path) not in str(step.params)


def test_a_clip_is_an_input_of_timeline_render_and_audio(tmp_path: Path) -> None:
    """A clip's length sets the scene's, its frames are rendered and its audio is mixed."""
    (tmp_path / "c.mp4").write_bytes(b"not looked into while planning")
    clip = {"type": "clip", "src": "c.mp4", "start": 1, "end": 2}
    steps = graph(tmp_path, [clip, {**clip, "audio": "mute"}]).steps
    source = Source(str(tmp_path / "c.mp4"))
    assert [steps[name].inputs["clip"] for name in ("timeline:a", "render:a", "audio:a")] == [source] * 3
    assert "clip" not in steps["audio:b"].inputs


def test_a_clip_that_is_seen_whole_is_looked_at_by_its_drawing(tmp_path: Path) -> None:
    """What is drawn around a contained clip depends on the clip's size, and so on the file and on ffmpeg."""
    (tmp_path / "c.mp4").write_bytes(b"not looked into while planning")
    clip = {"type": "clip", "src": "c.mp4", "duration": 1}
    steps = graph(tmp_path, [{**clip, "fit": "contain"}, {**clip, "fit": "cover"}]).steps
    assert steps["draw:a"].inputs["clip"] == Source(str(tmp_path / "c.mp4"))
    assert steps["draw:a"].tools == ("ffmpeg",)
    assert "clip" not in steps["draw:b"].inputs
    assert steps["draw:b"].tools == ()


def test_only_zooms_depend_on_pillow(tmp_path: Path) -> None:
    """Render, transition and still steps of a zoom run again with another Pillow; those of other scenes do not."""
    Image.new("RGB", (400, 300)).save(tmp_path / "a.png")
    moving = {"type": "image", "src": "a.png", "duration": 2, "motion": "zoom-in", "transition": "fade"}
    steps = graph(tmp_path, [moving, {**moving, "motion": "none"}, TITLE]).steps
    scaled = {name for name, step in steps.items() if "pillow" in step.tools}
    assert scaled == {"render:a", "transition:a+b", "still:a"}


def test_a_clips_sound_follows_its_transitions(tmp_path: Path) -> None:
    """Where pictures cross-fade, the clip's own sound fades over the same frames."""
    (tmp_path / "c.mp4").write_bytes(b"not looked into while planning")
    clip = {"type": "clip", "src": "c.mp4", "duration": 2}
    fade = {"transition": {"type": "fade", "duration": 0.4}}
    steps = graph(tmp_path, [{**clip, **fade}, {**clip, **fade}, clip]).steps
    half = 6 * 48_000 // 30
    ends = [(steps[f"audio:{name}"].params["fade_in"], steps[f"audio:{name}"].params["fade_out"]) for name in "abc"]
    assert ends == [(0, half), (half, half), (half, 0)]


def test_a_speak_step_uses_its_own_engines(tmp_path: Path) -> None:
    """P5: the tools of a speak step are its engine and its fallback's engine, and only they decide what it may do."""
    espeak = {"engine": "espeak", "name": "en-us"}
    edge = {"engine": "edge", "name": "en-US-AriaNeural"}
    scenes = [{**TITLE, "voice": espeak}, {**TITLE, "voice": {**edge, "fallback": espeak}}, {**TITLE, "voice": edge}]
    found = graph(tmp_path, scenes)
    speak = [found.steps[f"speak:{scene}"] for scene in "abc"]
    assert {step.kind for step in speak} == {"speak"}
    assert [step.tools for step in speak] == [
        ("voice-espeak",),
        ("voice-edge", "voice-espeak"),
        ("voice-edge",),
    ]
    assert list(network_steps(found)) == ["speak:b", "speak:c"]


@pytest.mark.parametrize("change", ["another version", "another engine"])
def test_other_engines_are_in_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    """P6: another version of an engine that a scene does not use, or a new engine, changes none of its keys."""
    spec = tmp_path / "video.yaml"
    spec.write_text("vidbuild: 1\ntitle: T\nscenes: [{id: a, type: title, title: A, narration: Hello.}]\n")
    before = [each.key for each in vidbuild.explain(spec)]
    other = Edge()
    monkeypatch.setattr(other, "identity", lambda: "edge adapter 99")
    name = "edge" if change == "another version" else "new"
    monkeypatch.setattr("vidbuild.api.tools.ENGINES", {**ENGINES, name: other})
    assert [each.key for each in vidbuild.explain(spec)] == before
    spec.write_text(spec.read_text().replace("title: T", "title: T\nvoice: 'edge:en-US-AriaNeural'"))
    (speak,) = [each for each in vidbuild.explain(spec) if each.step.startswith("speak:")]
    identity = "edge adapter 99" if name == "edge" else ENGINES["edge"].identity()
    assert ("tools.voice-edge", "s", identity) in [tuple(line) for line in speak.material]


def test_every_step_is_of_a_known_kind(tmp_path: Path) -> None:
    """Every kind in the graph can be run."""
    fade = {**TITLE, "transition": {"type": "fade", "duration": 0.4}}
    assert {step.kind for step in graph(tmp_path, [fade, TITLE]).steps.values()} <= set(KINDS)


def test_a_graph_survives_being_written_down(tmp_path: Path) -> None:
    """A remembered plan is the plan: the graph comes back equal from JSON values."""
    found = graph(tmp_path, [{**TITLE, "transition": {"type": "fade", "duration": 0.4}}, TITLE])
    assert Graph.from_data(found.to_data()) == found


def test_the_poster_is_the_first_scenes_last_frame(tmp_path: Path) -> None:
    """The poster depends on one frame's motion; a still at a time of one's own on the whole scene's."""
    (tmp_path / "vidbuild.toml").touch()
    spec = parse({"vidbuild": 1, "title": "V", "scenes": [{"id": "a", **TITLE}]}, path=tmp_path / "video.yaml")
    video = VideoSpec(spec, own_variant(spec))
    assert still(video, "a", LAST_FRAME).inputs["motion"] == Product("timeline:a", "last.json")
    assert still(video, "a", 7).inputs["motion"] == Product("timeline:a", "whole.json")
    assert still(video, "a", 7).id == "still:a@7"


def test_every_output_is_made_by_a_step(tmp_path: Path) -> None:
    """The outputs, and the number of the video's frames, come from steps of the graph; no two have the same name."""
    (tmp_path / "vidbuild.toml").touch()
    spec = parse({"vidbuild": 1, "title": "V", "scenes": [{"id": "a", **TITLE}]}, path=tmp_path / "video.yaml")
    files = outputs(spec, own_variant(spec))
    assert [file.step for file in files] == ["mux", "captions", "captions", "report", "report", "still:a"]
    assert len({file.suffix for file in files}) == len(files)
    made_by = {file.step for file in files} | {frame_count(spec, own_variant(spec)).step}
    assert made_by <= compile_graph(spec, own_variant(spec)).steps.keys()


@pytest.mark.parametrize("count", [50, 200])
def test_the_graph_grows_with_the_scenes(tmp_path: Path, count: int) -> None:
    """P47: five steps a scene and five for the video, however long it is."""
    (tmp_path / "vidbuild.toml").touch()
    scenes = [{"id": f"s{index}", **TITLE} for index in range(count)]
    spec = parse({"vidbuild": 1, "title": "V", "scenes": scenes}, path=tmp_path / "video.yaml")
    assert len(compile_graph(spec, own_variant(spec)).steps) == 5 * count + 4


def test_names_of_chapters_have_no_markup(tmp_path: Path) -> None:
    """Inline markup is typeset in the picture, and left out of chapters and metadata."""
    made = graph(tmp_path, [{**TITLE, "title": "Run `make` **now**"}])
    assert made.steps["captions"].params["scenes"][0]["title"] == "Run make now"


def test_a_logo_is_an_input_of_every_drawing(tmp_path: Path) -> None:
    """A theme's logo is drawn in each scene; without one nothing stands for it."""
    logo = Source(str(tmp_path / image(tmp_path)))
    steps = graph(tmp_path, [TITLE, TITLE], theme={"extends": "midnight", "logo": "a.png"}).steps
    assert [steps[f"draw:{name}"].inputs["logo"] for name in "ab"] == [logo, logo]
    assert "logo" not in graph(tmp_path, [TITLE]).steps["draw:a"].inputs


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "image", "src": "photo.heic"},
        {"type": "quote", "text": "Ship it", "by": "Ada", "portrait": "photo.heic"},
        {"type": "title", "title": "A", "background": {"image": "photo.heic"}},
        {"type": "title", "title": "A", "overlays": [{"watermark": {"image": "photo.heic"}}]},
    ],
)
def test_a_drawing_of_a_heic_image_depends_on_its_decoder(tmp_path: Path, fields: dict[str, Any]) -> None:
    """The decoder of HEIC images is in the key of a drawing that shows one, wherever it does."""
    Image.new("RGB", (64, 64)).save(tmp_path / "photo.heic", "PNG")
    steps = graph(tmp_path, [{"id": "a", "duration": 2, **fields}]).steps
    assert steps["draw:a"].tools == ("heif",)


def test_the_poster_looks_no_further_than_a_frame_that_is_sure(tmp_path: Path) -> None:
    """After an image, which may be plain, the first title is sure to show something: later scenes decide nothing."""
    shown = {"type": "image", "src": image(tmp_path), "duration": 2}
    poster = graph(tmp_path, [shown, TITLE, TITLE]).steps["still:a"]
    assert poster.params["plain"] == [True, False]
    assert {name.partition(".")[0] for name in poster.inputs} == {"0", "1"}


def test_a_transition_that_does_not_fit_is_reported_at_the_scene_it_leaves(tmp_path: Path) -> None:
    """The timeline of the second scene has the place of the first one's transition; that of the first has none."""
    fade = {**TITLE, "transition": {"type": "fade", "duration": 0.4}}
    steps = graph(tmp_path, [fade, TITLE]).steps
    assert steps["timeline:b"].locations["transition_before"] == steps["timeline:a"].locations["transition"]
    assert "transition_before" not in steps["timeline:a"].locations


def test_only_a_recording_brings_its_own_level(tmp_path: Path) -> None:
    """The audio of a recorded narration depends on the level that was measured; a voice's level is known."""
    (tmp_path / "take.wav").write_bytes(b"not looked into while planning")
    steps = graph(tmp_path, [TITLE, {**TITLE, "narration": {"audio": "take.wav", "text": "One two."}}]).steps
    assert "level" not in steps["audio:a"].inputs
    assert steps["audio:b"].inputs["level"] == Product("speak:b", "level.json")
