"""The steps of music in a graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.engine.graph.graph import Step
from vidbuild.plan.compile import compile_graph
from vidbuild.plan.variant import own_variant
from vidbuild.spec.load import parse

HEAD = "vidbuild: 1\ntitle: Music\nvoice: espeak:en-us\n"


def graph(folder: Path, text: str, *files: str) -> dict[str, Step]:
    """The steps of a spec, by their ids; every file is there."""
    (folder / "vidbuild.toml").touch()
    for name in files:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"RIFF")
    spec = parse(HEAD + text, folder / "video.yaml")
    return dict(compile_graph(spec, own_variant(spec)).steps)


def scene(name: str, more: str = "") -> str:
    """A scene without narration."""
    return f"  - {{id: {name}, type: title, title: A, duration: 1{more}}}\n"


def test_a_video_without_music_has_no_step_for_it(tmp_path: Path) -> None:
    """Without music, or with `music: none` everywhere, nothing is decoded or placed."""
    for text in ("scenes:\n" + scene("a"), "music: b.wav\nscenes:\n" + scene("a", ", music: none")):
        assert not [step for step in graph(tmp_path, text, "b.wav") if step.startswith(("music", "decode"))]


def test_each_file_is_decoded_once_under_a_name_of_its_own(tmp_path: Path) -> None:
    """Files with the same name in other folders, and names that are alike without their signs, have numbers."""
    files = ["a b.wav", "a-b.wav", "other/a b.wav", "a-b-2.wav"]
    scenes = "".join(scene(f"s{at}", f", music: '{file}'") for at, file in enumerate([*files, files[0]]))
    found = [step for step in graph(tmp_path, "scenes:\n" + scenes, *files) if step.startswith("decode")]
    assert sorted(found) == ["decode:a-b", "decode:a-b-2", "decode:a-b-2-2", "decode:a-b-3"]


@pytest.mark.parametrize(("more", "level"), [("", 0.0), (", narration: Hello.", -13.979)])
def test_the_default_volume_depends_on_what_else_is_played(tmp_path: Path, more: str, level: float) -> None:
    """Music is as loud as speech if nothing else is played, and 14 dB softer otherwise."""
    music = graph(tmp_path, "music: b.wav\nscenes:\n" + scene("a") + scene("b", more), "b.wav")["music"]
    levels = {each["music"]["level"] for each in music.params["scenes"]}
    assert levels == {level}


def test_a_scene_replaces_fields_of_the_spec_s_music(tmp_path: Path) -> None:
    """A mapping without a file keeps the spec's file and other fields; another file starts at its own start."""
    text = "music: {file: b.wav, volume: 50, start: 3, loop: false}\nscenes:\n"
    text += scene("a") + scene("b", ", music: {volume: 100}") + scene("c", ", music: c.wav")
    steps = graph(tmp_path, text, "b.wav", "c.wav")
    found = [each["music"] for each in steps["music"].params["scenes"]]
    assert [each["file"] for each in found] == [0, 0, 1]
    assert [steps[name].params for name in ("decode:b", "decode:c")] == [{"start": 144_000}, {"start": 0}]
    assert [each["level"] for each in found] == [-6.021, 0.0, -6.021]
    assert not any(each["loop"] for each in found)
