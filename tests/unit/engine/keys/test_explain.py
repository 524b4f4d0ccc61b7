"""Explanations, and that they come from the same data as the key."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine_lab import STEPS, Lab, graph, snapshot, step
from vidbuild.engine.graph.canonical import digest_lines, lines
from vidbuild.engine.graph.graph import Graph, Kind, Product, Source
from vidbuild.engine.keys.key import KeyMaterial
from vidbuild.engine.keys.reasons import Reason, compare, summary
from vidbuild.engine.keys.tools import Tool
from vidbuild.engine.runs.events import StepStarted
from vidbuild.engine.schedule.target import Target


def video(lab: Lab, narration: str = "hello", picture: str = "butterfly", **more: Any) -> Graph:
    """Chain speak -> timeline -> render -> mux, and draw -> render; draw wraps the scene's fields."""
    lab.kinds["concat"] = Kind("concat", more.get("version", 1), f"{STEPS}:concat", wrappers=("fields",))
    image = lab.source("butterfly.png", picture)
    fields = {"title": more.get("title", "Install"), "items": more.get("items", ["a", "b", "c"])}
    return graph(
        step("speak:x", "length", narration=narration, voice={"name": "en"}, unit=narration[:2]),
        step("timeline:x", "concat", {"words": Product("speak:x", "main.txt")}, fps=more.get("fps", 30)),
        step("draw:x", "concat", {"image": image}, fields=fields),
        step("render:x", "concat", {"motion": Product("timeline:x", "main.txt"), "layers": Product("draw:x")}, crf=20),
        step("mux", "concat", {"render:x": Product("render:x", "main.txt")}, order=["x"]),
    )


def reasons_while_building(lab: Lab, plan: Graph, **options: Any) -> dict[str, str]:
    """Return step -> the reason that was emitted when it started."""
    lab.build(plan, **options)
    return {event.step: event.reason for event in lab.events if isinstance(event, StepStarted)}


def test_a_first_build_was_never_built(lab: Lab) -> None:
    """P38: the first time, every step's reason is "never built"."""
    plan = video(lab)
    assert {found.roots for found in lab.explain(plan).values()} == {(Reason("new"),)}
    assert set(reasons_while_building(lab, plan).values()) == {"never built"}


ROWS: list[tuple[dict[str, Any], dict[str, str], tuple[str, str, str | None, str | None]]] = [
    (
        {"narration": "goodbye"},
        {"speak:x": "narration changed, unit changed", "timeline:x": "narration changed, unit changed"},
        ("speak:x", "narration", '"hello"', '"goodbye"'),
    ),
    ({"picture": "moth"}, {"draw:x": "image changed (butterfly.png)"}, ("draw:x", "image", None, None)),
    ({"title": "Set up"}, {"draw:x": "title changed"}, ("draw:x", "title", '"Install"', '"Set up"')),
    ({"items": ["a", "x", "c"]}, {"draw:x": "items changed"}, ("draw:x", "items.1", '"b"', '"x"')),
    ({"items": ["a", "b", "c", "d"]}, {"draw:x": "items changed"}, ("draw:x", "items.3", None, '"d"')),
    ({"items": []}, {"draw:x": "items changed"}, ("draw:x", "items.0", '"a"', None)),
    ({"fps": 60}, {"timeline:x": "fps changed", "render:x": "fps changed"}, ("timeline:x", "fps", "30", "60")),
    ({"fps": 30.0}, {"timeline:x": "fps changed", "mux": "fps changed"}, ("timeline:x", "fps", "30", "30.0")),
]


@pytest.mark.parametrize(("changes", "short", "detail"), ROWS, ids=[str(row[0]) for row in ROWS])
def test_the_exact_cause_is_named(
    lab: Lab,
    changes: dict[str, Any],
    short: dict[str, str],
    detail: tuple[str, str, str | None, str | None],
) -> None:
    """P38: explain names the field or file with old and new value, and a build emits the same as root causes."""
    lab.build(video(lab))
    plan = video(lab, **changes)
    name, field, old, new = detail
    explained = lab.explain(plan)
    reason = next(reason for reason in explained[name].reasons if reason.name == field)
    assert explained[name].state == "will run"
    if reason.what == "field":
        assert (reason.old, reason.new) == (old, new)
        assert all(value in "\n".join(explained[name].long()) for value in (old, new) if value)
    else:
        image = Path(reason.source).read_bytes()
        assert reason.new == hashlib.sha256(image).hexdigest() + ".png"
    emitted = reasons_while_building(lab, plan)
    assert {name: emitted[name] for name in short} == short
    assert emitted["mux"] == emitted[name]


def test_a_tool_that_changed_is_named(lab: Lab) -> None:
    """P38: a tool's old and new identity are shown, long digests shortened."""
    for version in ("a" * 64 + " ffmpeg 9.0", "b" * 64 + " ffmpeg 9.1"):
        plan = video(lab)
        lab.tools["ffmpeg"] = Tool(list, partial(str, version))
        lab.kinds["concat"] = Kind("concat", 1, f"{STEPS}:concat", ("ffmpeg",))
        emitted = reasons_while_building(lab, plan)
    assert emitted["render:x"] == "ffmpeg changed (aaaaaaaa ffmpeg 9.0 -> bbbbbbbb ffmpeg 9.1)"


def test_a_new_version_of_a_kind_is_named(lab: Lab) -> None:
    """P38: a kind's version is shown as such."""
    lab.build(video(lab))
    emitted = reasons_while_building(lab, video(lab, version=2))
    assert emitted["draw:x"] == "step version changed (concat 1 -> 2)"


def test_an_evicted_output_is_not_a_change(lab: Lab) -> None:
    """P38: "output evicted", "never built" and "changed" are three things."""
    report = lab.build(video(lab))
    report.path("draw:x", "main.txt").unlink()
    explained = lab.explain(video(lab))
    assert explained["draw:x"].reasons == (Reason("evicted"),)
    assert explained["draw:x"].short() == "draw:x  will run: output evicted"
    Path(lab.store.trace_location(report.steps["timeline:x"].key)).unlink()
    assert lab.explain(video(lab))["timeline:x"].reasons == (Reason("evicted"),)
    assert lab.explain(video(lab, fps=60))["timeline:x"].reasons == (Reason("unknown"),)
    elsewhere = lab.explain(video(lab), build_name="other")
    assert elsewhere["timeline:x"].reasons == (Reason("new"),)
    assert elsewhere["draw:x"].reasons == (Reason("evicted"),)
    assert elsewhere["mux"].because == ("timeline:x", "draw:x")


def test_a_step_that_may_run_names_its_conditions(lab: Lab) -> None:
    """A step after one that will run may run; the reasons known so far and the steps that it waits for are shown."""
    lab.build(video(lab))
    explained = lab.explain(video(lab, narration="goodbye", title="Set up"))
    assert {name: found.state for name, found in explained.items()} == {
        "speak:x": "will run",
        "timeline:x": "may run",
        "draw:x": "will run",
        "render:x": "may run",
        "mux": "may run",
    }
    assert explained["timeline:x"].short() == "timeline:x  may run: speak:x will"
    assert explained["mux"].short() == "mux  may run: speak:x, draw:x will"
    both = lab.explain(video(lab, narration="goodbye", fps=60))["timeline:x"]
    assert (both.state, [reason.short() for reason in both.reasons]) == ("may run", ["fps changed"])


def test_a_long_list_of_causes_is_cut(lab: Lab) -> None:
    """Three causes are named, the others counted; the data hold all."""
    steps = [step(f"s{n}", x=n) for n in range(5)]
    plan = graph(*steps, step("mux", inputs={f"s{n}": Product(f"s{n}", "main.txt") for n in range(5)}))
    explained = lab.explain(plan)["mux"]
    assert explained.short() == "mux  may run: s0, s1, s2 ...and 2 more will"
    assert len(explained.to_data()["because"]) == 5


def test_added_and_removed_inputs_are_shown(lab: Lab) -> None:
    """P38: an input that is added or removed is shown as such."""
    one, two = lab.source("one.png", "1"), lab.source("two.png", "2")
    lab.build(graph(step("x", inputs={"a": one, "b": two})))
    explained = lab.explain(graph(step("x", inputs={"b": two, "c": one}, y=1)))["x"]
    assert [reason.short() for reason in explained.reasons] == ["c added (one.png)", "y added", "a removed"]
    assert summary(explained.reasons) == "c added (one.png), y added, a removed"


def test_a_change_of_a_steps_own_is_its_root_reason(lab: Lab) -> None:
    """P38: a new input, or a field with an input's name, is a reason itself; another content has the maker's reason."""
    made = Product("a", "main.txt")
    old, new = step("a", text="one"), step("a", text="two")
    lab.build(
        graph(old, step("added", n=1), step("field", n=1, inputs={"n": made}), step("content", inputs={"n": made}))
    )
    lab.build(graph(new), build_name="other")
    changed = [step("added", n=1, inputs={"m": made}), step("field", n=2, inputs={"n": made})]
    explained = lab.explain(graph(new, *changed, step("content", inputs={"n": made})))
    assert explained["a"].state == "cached"
    roots = {name: [reason.short() for reason in found.roots] for name, found in explained.items() if name != "a"}
    assert roots == {
        "added": ["m added"],
        "field": ["text changed", "n changed"],
        "content": ["text changed"],
    }


def test_a_cached_step_has_the_reason_of_its_last_run(lab: Lab) -> None:
    """What is cached is explained by why it last ran; a result from before the last run has no reason."""
    for text in ("one", "two"):
        lab.build(graph(step("a", text=text)))
    again = lab.explain(graph(step("a", text="two")))["a"]
    assert (again.state, again.last) == ("cached", "text changed")
    before = lab.explain(graph(step("a", text="one")))["a"]
    assert (before.state, before.last) == ("cached", "")


def test_fresh_is_explained(lab: Lab) -> None:
    """P12: what is forced with --fresh will run for that reason, behind a running step too."""
    lab.build(video(lab))
    explained = lab.explain(video(lab), fresh=["draw:x", "render:x"])
    assert explained["draw:x"].short() == "draw:x  will run: forced by --fresh"
    assert explained["render:x"].state == "will run"
    assert explained["mux"].because == ("draw:x", "render:x")
    assert explained["timeline:x"].state == "cached"


def test_the_material_hashes_to_the_key(lab: Lab) -> None:
    """P38: for every step whose key is known, the lines that are shown hash to the key that a build then uses."""
    explained = lab.explain(video(lab))
    report = lab.build(video(lab))
    again = lab.explain(video(lab))
    for name, found in again.items():
        assert digest_lines(found.material) == found.key == report.steps[name].key
        trace = lab.store.trace(found.key)
        assert trace is not None
        assert digest_lines(trace.material) == found.key
    assert explained["speak:x"].key == report.steps["speak:x"].key


def test_explain_agrees_with_the_build_that_follows(lab: Lab) -> None:
    """P39: what will run runs, what is cached does not, for every edit of the table."""
    lab.build(video(lab))
    for changes, _, _ in ROWS:
        plan = video(lab, **changes)
        explained = lab.explain(plan)
        lab.ran()
        lab.build(plan)
        ran = set(lab.ran())
        assert {name for name, found in explained.items() if found.state == "will run"} <= ran
        assert not ran & {name for name, found in explained.items() if found.state == "cached"}


@pytest.mark.parametrize("before", ["nothing", "a build", "a damaged blob", "a stale source"])
def test_explaining_writes_nothing(lab: Lab, before: str) -> None:
    """P27: explain leaves tree and store as they are: names, times and bytes, damage included."""
    plan = video(lab)
    if before != "nothing":
        report = lab.build(plan)
        if before == "a damaged blob":
            report.path("draw:x", "main.txt").chmod(0o644)
            report.path("draw:x", "main.txt").write_text("damaged")
        elif before == "a stale source":
            (lab.root / "butterfly.png").write_text("moth")
    seen = snapshot(lab.root)
    first = [found.to_data() for found in lab.engine().explain(Target(plan))]
    assert [found.to_data() for found in lab.engine().explain(Target(plan))] == first
    assert snapshot(lab.root) == seen


def test_explaining_works_where_nothing_can_be_written(lab: Lab) -> None:
    """P27: a read-only mount is no hindrance to explain."""
    plan = video(lab)
    lab.build(plan)
    mounted = subprocess.run(
        ["/bin/mount", "--bind", "-o", "ro", str(lab.root), str(lab.root)], capture_output=True, check=False
    )
    if mounted.returncode:
        for folder, _, _ in os.walk(lab.root):
            Path(folder).chmod(0o555)
    try:
        assert {found.state for found in lab.explain(plan).values()} == {"cached"}
        assert lab.explain(video(lab, fps=60))["timeline:x"].state == "will run"
    finally:
        if mounted.returncode:
            for folder, _, _ in os.walk(lab.root):
                Path(folder).chmod(0o755)
        else:
            subprocess.run(["/bin/umount", str(lab.root)], check=True)


def test_everything_is_data(lab: Lab) -> None:
    """An explanation goes through JSON whole: long values are cut in text only."""
    long = "word " * 100
    lab.build(video(lab))
    explained = lab.explain(video(lab, narration=long))["speak:x"]
    data = json.loads(json.dumps(explained.to_data()))
    assert json.dumps(long) in [reason["new"] for reason in data["reasons"]]
    assert all(len(line) < 160 for line in explained.long())
    assert data["reasons"] == [reason.to_data() for reason in explained.reasons]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": {}}, {"a": []}, [("a", "0 entries", "0 entries")]),
        ({"a": {}}, {}, [("a", "0 entries", None)]),
        ({"a": None}, {"a": False}, [("a", "null", "false")]),
        ({"a": "1"}, {"a": 1}, [("a", '"1"', "1")]),
        ({"a": {"b": 1}}, {"a": 1}, [("a", "1 entries", "1"), ("a.b", "1", None)]),
        ({"a": 1}, {"a": 1}, []),
    ],
    ids=str,
)
def test_how_values_differ(old: dict[str, Any], new: dict[str, Any], expected: list[tuple[str, str, str]]) -> None:
    """Every difference of value or type is found, and an empty list or mapping is one too."""
    one, other = (lines(KeyMaterial("k", 1, params, {}, {}).value()) for params in (old, new))
    found = compare(one, other, step("x"), Kind("k", 1, "m:f"))
    assert [(reason.name, reason.old, reason.new) for reason in found] == expected


def test_a_summary_is_short() -> None:
    """Equal reasons are shown once, up to three in full, and the others are counted."""
    reasons = [Reason("field", name, "1", "2") for name in "abcde"]
    assert summary(reasons[:3]) == "a changed, b changed, c changed"
    assert summary(reasons) == "a changed, b changed ...and 3 more"
    assert summary([reasons[0], reasons[0]]) == "a changed"
    assert summary([]) == ""


def test_a_summary_names_the_field_that_led_to_another_tool() -> None:
    """A step's tools follow from its fields, so a tool that is new or gone is named only if no field changed."""
    field = Reason("field", "voice.engine", '"one"', '"two"')
    gone, new = Reason("tool", "voice-one", "1", None), Reason("tool", "voice-two", None, "2")
    assert summary([field, gone, new]) == "voice.engine changed"
    assert summary([gone, new]) == "voice-one removed, voice-two added"
    assert summary([field, Reason("tool", "ffmpeg", "7", "8")]) == "voice.engine changed, ffmpeg changed (7 -> 8)"


def test_long_versions_of_tools_are_shortened() -> None:
    """A tool's identities have at most 24 characters each in a step's line, and all of them in the long one."""
    reason = Reason("tool", "ffmpeg", "7" * 24, "8" * 25)
    old, new = reason.short().removeprefix("ffmpeg changed (").removesuffix(")").split(" -> ")
    assert (old, len(new)) == ("7" * 24, 24)
    assert "8" * 25 in reason.long()


def test_a_source_is_named_by_its_file_and_a_step_by_its_role() -> None:
    """A changed file is shown by name; a changed product without a known cause, by its role."""
    file = Reason("input", "image", "a" * 64, "b" * 64, "/srv/video/butterfly.png")
    made = Reason("input", "motion", "a" * 64, "b" * 64, "timeline:x")
    assert file.short() == "image changed (butterfly.png)"
    assert file.long() == "input image changed (/srv/video/butterfly.png): aaaaaaaa -> bbbbbbbb"
    assert made.short() == "motion changed"
    assert Source("/x").path == "/x"


def test_long_values_are_shown_where_they_differ() -> None:
    """P38: two long texts that differ at their ends are not both cut off before the difference."""
    same = "word " * 40
    reason = Reason("field", "narration", f'"{same}once"', f'"{same}twice and more"')
    assert reason.long() == 'field narration changed: ... word word word once" -> ... word word word twice and more"'
    assert Reason("field", "pause", "1", "2").long() == "field pause changed: 1 -> 2"
