"""The mark of progress: its own step, and the only part of a scene that depends on the scene's place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.spec_lab import Project
from vidbuild.engine.graph.context import Context
from vidbuild.media.render.drawing import Layers
from vidbuild.model import Spec
from vidbuild.plan.compile import compile_graph
from vidbuild.plan.progress import MAX_DOTS, mark, strip
from vidbuild.plan.variant import VideoSpec, own_variant
from vidbuild.scenes.layout_files import SCENES
from vidbuild.steps import progress as drawn_progress
from vidbuild.transitions import Transition


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project of the test's own."""
    return Project((tmp_path / "project").resolve())


def spec(project: Project, count: int, sections: dict[int, str] | None = None, **top: Any) -> Spec:
    """Return a spec of so many titles; sections: index of a scene -> the section that begins with it."""
    named = sections or {}
    scenes: list[dict[str, Any]] = [
        {"id": f"s{index}", "type": "title", "title": "A", "duration": 2} for index in range(count)
    ]
    for index, name in named.items():
        scenes[index]["section"] = name
    return project.spec(*scenes, **top)


def test_without_progress_there_is_no_mark(project: Project) -> None:
    """A spec that asks for no progress has no step for it, and no drawing or rendering depends on a scene's place."""
    plain = spec(project, 3)
    graph = compile_graph(plain, own_variant(plain))
    assert not [step for step in graph.steps if step.startswith("progress")]
    one, other = graph.steps["draw:s0"], graph.steps["draw:s2"]
    assert (one.params, one.inputs) == (other.params, other.inputs)


def test_only_the_marks_depend_on_the_place(project: Project) -> None:
    """With progress, a new scene changes the marks and their strips alone, however many scenes there are."""
    before, after = (spec(project, count, progress="dots") for count in (3, MAX_DOTS + 1))
    first, second = (compile_graph(each, own_variant(each)).steps for each in (before, after))
    for kind in ("draw", "timeline", "audio", "render"):
        one, other = first[f"{kind}:s1"], second[f"{kind}:s1"]
        assert (one.params, one.inputs) == (other.params, other.inputs), kind
    assert first["progress:s1"].params != second["progress:s1"].params
    reading = {step.id for step in first.values() if "progress:s1" in step.needs()}
    assert reading == {"strip:s1"}
    assert [step.id for step in first.values() if "strip:s1" in step.needs()] == ["mux"]


def test_a_profile_that_encodes_every_frame_has_the_marks_in_the_scenes(project: Project) -> None:
    """With `profile: compat`, a frame is one slice, so the mark is encoded with the scene."""
    plain = spec(project, 2, progress="bar", output={"profile": "compat"})
    graph = compile_graph(plain, own_variant(plain)).steps
    assert not [step for step in graph if step.startswith("strip")]
    assert {step.id for step in graph.values() if "progress:s1" in step.needs()} == {"render:s1"}
    assert "strip" not in graph["render:s1"].params


def test_a_scene_that_moves_has_its_mark_itself(project: Project) -> None:
    """No rows through motion can be encoded apart: they would predict pixels of rows that they do not have."""
    moving = project.spec(
        {"id": "s0", "type": "title", "title": "A", "duration": 2},
        {"id": "s1", "type": "title", "title": "A", "duration": 2, "exit": "scale"},
        progress="bar",
    )
    graph = compile_graph(moving, own_variant(moving)).steps
    assert "strip:s0" in graph
    assert "strip:s1" not in graph
    assert {step.id for step in graph.values() if "progress:s1" in step.needs()} == {"render:s1"}


@pytest.mark.parametrize(
    "size", [(1920, 1080), (1080, 1920), (1080, 1080), (3840, 2160), (1280, 720), (160, 90), (64, 64), (7680, 64)]
)
@pytest.mark.parametrize("fields", [{"share": 0.5}, {"dot": 2, "dots": 9}])
@pytest.mark.parametrize("section", [None, "Getting started"])
def test_the_strip_holds_every_mark(
    project: Project, size: tuple[int, int], fields: dict[str, Any], section: str | None, tmp_path: Path
) -> None:
    """The pixels of the strip hold what the template draws, in every shape of frame, and hardly more than it needs."""
    output = {"size": f"{size[0]}x{size[1]}"}
    marked = spec(
        project, 2, {0: section} if section else {}, progress="bar" if "share" in fields else "dots", output=output
    )
    video = VideoSpec.of(marked, own_variant(marked))
    params = {
        "size": list(size),
        "theme": dict(marked.theme.values),
        "fields": {**fields, "section": section},
        "language": "en",
    }
    for name in ("out", "scratch"):
        (tmp_path / name).mkdir()
    inputs = {"template": SCENES / "progress.typ", "base": SCENES / "base.typ"}
    drawn_progress.run(Context("progress:s1", params, inputs, tmp_path / "out", tmp_path / "scratch", {}))
    top = min(layer.y for layer in Layers.read(tmp_path / "out").layers)
    first = size[1] - strip(video)
    assert 0 < first <= top
    if section or fields == {"share": 0.5}:  # dots leave the room of a section's name, which may come
        assert top <= first + 8


@pytest.mark.parametrize(
    ("progress", "count", "sections", "index", "expected"),
    [
        ("bar", 4, {}, 0, {"share": 0.25, "section": None}),
        ("bar", 4, {1: "Two"}, 3, {"share": 1.0, "section": "Two"}),
        ("bar", 4, {1: "Two"}, 0, {"share": 0.25, "section": None}),
        ("dots", 4, {0: "One"}, 2, {"dot": 2, "dots": 4, "section": "One"}),
        ("dots", MAX_DOTS + 1, {0: "One", 5: "Two"}, 6, {"dot": 1, "dots": 2, "section": "Two"}),
        ("dots", MAX_DOTS + 1, {3: "One", 5: "Two"}, 0, {"dot": 0, "dots": 2, "section": None}),
        ("dots", MAX_DOTS + 8, {}, 9, {"share": 0.5, "section": None}),
        ("none", 2, {0: "One"}, 0, None),
    ],
)
def test_what_a_mark_shows(
    project: Project, progress: str, count: int, sections: dict[int, str], index: int, expected: dict[str, Any] | None
) -> None:
    """A bar counts scenes; dots are scenes, or sections if there are many scenes, or a bar if there are no sections."""
    made = spec(project, count, sections, progress=progress)
    assert mark(made, made.scenes[index]) == expected


def test_a_themes_progress_is_the_default(project: Project) -> None:
    """A theme can ask for progress, and a spec can decline it."""
    assert spec(project, 2, theme={"progress": "dots"}).progress == "dots"
    assert spec(project, 2, theme={"progress": "dots"}, progress="none").progress == "none"
    assert spec(project, 2).progress == "none"


def test_a_themes_transition_is_the_default(project: Project) -> None:
    """A theme's transition applies if neither the scene nor the spec's defaults set one, and changes no drawing."""
    fading = spec(project, 2, theme={"extends": "midnight", "transition": {"type": "fade", "duration": 0.6}})
    assert fading.scenes[0].transition == Transition("fade", 0.6)
    own = spec(project, 2, theme={"transition": "fade"}, defaults={"transition": "cut"})
    assert own.scenes[0].transition == Transition()
    plain = spec(project, 2)
    drawn = [compile_graph(each, own_variant(each)).steps["draw:s0"] for each in (fading, plain)]
    assert drawn[0].params == drawn[1].params


def test_easing_and_pace_reach_the_timeline_alone(project: Project) -> None:
    """A theme's easing and pace are parameters of timelines and of nothing else."""
    calm, plain = spec(project, 1, theme={"easing": "gentle", "pace": 0.8}), spec(project, 1)
    ours, theirs = (compile_graph(each, own_variant(each)).steps for each in (calm, plain))
    assert (ours["timeline:s0"].params["easing"], ours["timeline:s0"].params["pace"]) == ("gentle", 0.8)
    assert [name for name, step in ours.items() if step.params != theirs[name].params] == ["timeline:s0"]


def test_a_themes_transition_fits_into_short_scenes(project: Project) -> None:
    """A theme makes no spec invalid: its transition is shortened, but one that the spec sets is an error."""
    short = {"type": "title", "title": "A", "duration": 0.5}
    fitted = project.spec({**short, "id": "a"}, {**short, "id": "b"}, theme="gazette")
    assert fitted.scenes[0].transition == Transition("fade", 0.25)
    fade = {"type": "fade", "duration": 0.6}
    ((where, *_),) = project.wrong({**short, "id": "a", "transition": fade}, {**short, "id": "b"})
    assert where == "scenes[0].transition.duration"
