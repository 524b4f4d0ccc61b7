"""Each scene type: its drawing, its reveals, its files, and that names agree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import scene_samples
from tests.support.scene_samples import SAMPLES
from vidbuild import columns, inline
from vidbuild.model import Scene
from vidbuild.scenes import command, layout_files, registry
from vidbuild.scenes.code.source import code_lines, line_range
from vidbuild.scenes.command import grid
from vidbuild.scenes.protocol import Reveal, scaled
from vidbuild.spec import schema


def scene(kind: str, /, **fields: Any) -> Scene:
    """Return a scene of a type's brief sample with some fields replaced."""
    return scene_samples.scene(kind, **{**SAMPLES[kind].brief("A"), **fields})


def timed(kind: str, at: float) -> dict[str, Any]:
    """Return a type's full sample with this `at` in every entry that can have one."""

    def walk(value: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, list):
            return [walk(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        entry = {key: walk(item, (*path, key)) for key, item in value.items()}
        return {**entry, "at": at} if any(schema.allowed(("scenes", 0, *path, "at"), data)) else entry

    fields = scene_samples.full(kind)
    data = {"scenes": [{"id": "s", "type": kind, **fields}]}
    made: dict[str, Any] = walk(fields, ())
    return made


def drawing(kind: str, /, **fields: Any) -> dict[str, Any]:
    """What the template is given."""
    return registry.SCENE_TYPES[kind].drawing(scene(kind, **fields))


def entrances(kind: str, /, **fields: Any) -> dict[str, str]:
    """What comes at the start."""
    return registry.SCENE_TYPES[kind].entrances(scene(kind, **fields))


def reveals(kind: str, /, **fields: Any) -> list[Reveal]:
    """What comes later."""
    return registry.SCENE_TYPES[kind].reveals(scene(kind, **fields))


def wrong(kind: str, /, **fields: Any) -> list[tuple[str, str]]:
    """What the type itself has against its fields."""
    found = registry.SCENE_TYPES[kind].check(scene(kind, **fields).fields)
    return [(problem.field, problem.message) for problem in found]


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_type_with_its_least(kind: str) -> None:
    """A scene with nothing but what is required is drawn, revealed and listed without a problem."""
    least = scene(kind)
    found = registry.SCENE_TYPES[kind]
    assert wrong(kind) == []
    assert json.loads(json.dumps(found.drawing(least))) == found.drawing(least)
    assert set(found.entrances(least).values()) <= {"rise", "fade"}
    assert all(isinstance(path, Path) for path in found.files(least).values())
    assert (found.clip(least) is not None) == (kind == "clip")
    assert found.drifts(least) == {}


@pytest.mark.parametrize("kind", SAMPLES)
def test_drawings_do_not_depend_on_times(kind: str) -> None:
    """V4: moving a cue, or the part of a clip that plays, changes no drawing."""
    early: dict[str, dict[str, Any]] = {
        "clip": {"start": 1, "end": 2, "audio": "keep"},
        "image": {"motion": "zoom-in"},
    }
    late: dict[str, dict[str, Any]] = {
        "clip": {"start": 3, "audio": "duck"},
        "image": {"motion": "none"},
    }
    assert drawing(kind, **timed(kind, 1), **early.get(kind, {})) == drawing(
        kind, **timed(kind, 9), **late.get(kind, {})
    )


@pytest.mark.parametrize(
    ("kind", "secret"),
    [("image", {"src": "/secret/a.png"}), ("clip", {"src": "/secret/a.mp4"}), ("code", {"file": "/secret/a.py"})],
)
def test_drawings_hold_no_paths(kind: str, secret: Mapping[str, Any]) -> None:
    """P6: where a file lies is not in what is drawn, so a checkout elsewhere is the same picture."""
    assert "secret" not in json.dumps(drawing(kind, **secret))


def test_title() -> None:
    """A title page draws its three texts, and what is empty or blank neither is drawn nor comes."""
    full = {"title": "A", "subtitle": "B", "kicker": "C"}
    assert drawing("title", **full) == full
    assert entrances("title", **full) == {"kicker": "rise", "title": "rise", "subtitle": "rise"}
    assert drawing("title", subtitle=" ") == {"kicker": None, "title": "A", "subtitle": None}
    assert entrances("title", subtitle=" ") == {"title": "rise"}
    assert reveals("title") == []


def test_code_in_a_kicker_keeps_its_case() -> None:
    """A kicker is drawn in capitals, but not the code in it: commands and names with other letters are others."""
    shown = drawing("title", kicker="use `pip` and `Rc<T>` **now, `x`**")["kicker"]
    assert shown == inline.marked("USE `pip` AND `Rc<T>` **NOW, `x`**")


def test_outro() -> None:
    """The last page draws and brings its texts and each link."""
    assert drawing("outro", subtitle="B", links=["x", "y"]) == {"title": "A", "subtitle": "B", "links": ["x", "y"]}
    assert entrances("outro", links=["x", "y"]) == {"title": "rise", "link-0": "rise", "link-1": "rise"}
    addresses = ["mailto:me@example.org?subject=Hi", "tel:+49 30 1", "https://example.org/?a=1", "mailto:"]
    assert drawing("outro", links=addresses)["links"] == ["me@example.org", "+49 30 1", *addresses[2:]]


def test_list_items() -> None:
    """Each item comes in both its looks, by its words or its cue, and its strong look goes with the next."""
    items = ["one", {"text": "two", "detail": "more", "at": "x"}]
    assert drawing("list", title="T", items=items, style="checks") == {
        "title": "T",
        "style": "checks",
        "items": [{"text": "one", "detail": None}, {"text": "two", "detail": "more"}],
    }
    assert entrances("list", title="T") == {"heading": "rise"}
    assert entrances("list") == {}
    assert reveals("list", items=items) == [
        Reveal("items.0", None, "one", {"item-0": "rise", "item-0-past": "under"}, (), ("item-0",)),
        Reveal("items.1", "x", "two", {"item-1": "rise", "item-1-past": "under"}, (), ("item-1",)),
    ]


def test_commands_are_typed_and_answer() -> None:
    """The first prompt waits in the window, later ones come with their lines; an output follows what was typed."""
    commands = [{"run": "pip install acme", "output": "ok\n", "at": "x"}, {"output": "done", "at": 3}, {"run": "ls"}]
    assert reveals("command", commands=commands) == [
        Reveal("commands.0", "x", "", {"line-0-0": "type"}, characters=16),
        Reveal("commands.0", "x", "", {"output-0": "fade"}, after_previous=True),
        Reveal("commands.1", 3, "", {"output-1": "fade"}, after_previous=True),
        Reveal("commands.2", None, "", {"prompt-2": "cut", "line-2-0": "type"}, characters=2),
    ]
    assert entrances("command", title="T") == {"heading": "rise", "window": "rise", "prompt-0": "rise"}
    assert entrances("command", commands=[{"output": "only"}]) == {"window": "rise"}
    seen = drawing("command", commands=commands, prompt="> ", shell="zsh")  # noqa: S604 - a field of the scene
    assert (seen["prompt"], seen["shell"], seen["title"]) == (["> "], "zsh", None)
    assert [entry["lines"] for entry in seen["entries"]] == [[["pip install acme"]], [], [["ls"]]]


def test_bars_of_windows_are_verbatim() -> None:
    """The bar of a terminal's or an editor's window has its text as it is written, such as names with signs."""
    name = "app/[slug](group)/`page`.**tsx**"
    assert drawing("command", commands=[{"run": "ls"}], shell=f" {name} ")["shell"] == name  # noqa: S604 - a field
    assert drawing("code", code="a", filename=name)["filename"] == name
    assert drawing("command", commands=[{"run": "ls"}], shell=" ")["shell"] is None  # noqa: S604 - a field, no process


def test_long_commands_wrap() -> None:
    """A wrapped command is typed line by line, each after the one before, with one prompt."""
    run = "docker run --rm --publish 8080:8080 --volume data:/var/lib/acme acme/server:2.4 --verbose"
    first, second = reveals("command", commands=[{"run": run}])
    assert (first.enter, first.after_previous) == ({"line-0-0": "type"}, False)
    assert (second.enter, second.after_previous) == ({"line-0-1": "type"}, True)
    lines = command.wrap(run)
    assert [first.characters, second.characters] == [len(line) for line in lines]
    assert drawing("command", commands=[{"run": run}])["entries"][0]["lines"] == [[line] for line in lines]


@pytest.mark.parametrize(
    ("run", "lines"),
    [
        ("ls", ["ls"]),
        ("a\nb\n", ["a", "b"]),
        ("a\n\nb", ["a", "b"]),
        ("  indented", ["  indented"]),
        ("a\tb", ["a       b"]),
        ("x" * 64, ["x" * 64]),
        ("x" * 65, ["x" * 64, "  x"]),
        ("x" * 60 + " " + "y" * 10, ["x" * 60, "  " + "y" * 10]),
        ("日" * 33, ["日" * 32, "  日"]),
        ("a " + "y" * 65, ["a", "  " + "y" * 62, "  yyy"]),
        ("\x1b[31mred\x1b[0m \x07bell", ["red bell"]),
        ("\x1b]0;title\x07ls", ["ls"]),
        (" ", []),
    ],
)
def test_wrapping(run: str, lines: list[str]) -> None:
    """Lines end at a blank where there is one, wide characters count twice, and nothing invisible is typed."""
    assert command.wrap(run) == lines


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_wrapping_any_text(run: str) -> None:
    """V18: whatever is typed, no line is wider than a terminal, none is empty, and no visible character is lost."""
    lines = command.wrap(run)
    assert all(line.strip() for line in lines)
    assert all(columns.width(line) <= command.COLUMNS for line in lines)
    assert "".join("".join(lines).split()) == "".join("".join(grid.lines(run)).split())


def test_entries_of_blank_text_come_to_nothing() -> None:
    """An output of nothing but blanks is not drawn and does not come."""
    assert reveals("command", commands=[{"output": " \n\n"}]) == []
    assert wrong("command", commands=[{"at": 1}]) == [("commands.0", "an entry of 'commands' needs 'run' or 'output'")]


def test_code_highlights() -> None:
    """With the first highlight all lines step back, and each is in place of the one before."""
    highlight = [{"lines": "2", "at": "x"}, {"lines": "1-3"}]
    assert reveals("code", code="a\nb\nc", highlight=highlight) == [
        Reveal(
            "highlight.0",
            "x",
            "",
            {"code-dim": "cut", "bar-0": "fade", "focus-0": "fade"},
            ("code",),
            ("bar-0", "focus-0"),
        ),
        Reveal("highlight.1", None, "", {"bar-1": "fade", "focus-1": "fade"}),  # notes that follow do not end it
    ]
    assert entrances("code") == {"window": "rise", "code": "rise"}


def test_code_from_a_file() -> None:
    """File name and language default to the file's; lines keep their own numbers."""
    seen = drawing("code", code="a\nb\nc\nd\n", file="/x/hello.py", lines="2-3", highlight=[{"lines": 3}])
    assert (seen["filename"], seen["language"], seen["code"]) == ("hello.py", "py", "b\nc")
    assert (seen["first"], seen["highlights"]) == (2, [{"from": 3, "to": 3}])
    seen = drawing("code", file="/x/hello.py", language="text", filename="a.txt")
    assert (seen["filename"], seen["language"]) == ("a.txt", None)
    seen = drawing("code", file="/x/Makefile")
    assert (seen["filename"], seen["language"]) == ("Makefile", "makefile")
    seen = drawing("code")
    assert (seen["filename"], seen["language"], seen["first"]) == (None, None, 1)


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"lines": "4"}, "lines", "line 4 is not in the code, which has lines 1 to 3"),
        ({"lines": "3-2"}, "lines", "lines '3-2' end before they start"),
        (
            {"lines": "2", "highlight": [{"lines": "3"}]},
            "highlight.0.lines",
            "line 3 is not shown: 'lines' selects line 2 only",
        ),
        (
            {"highlight": [{"lines": 1}, {"lines": "2-4"}]},
            "highlight.1.lines",
            "lines 2 to 4 are not in the code, which has lines 1 to 3",
        ),
    ],
)
def test_ranges_outside_the_code(fields: dict[str, Any], field: str, message: str) -> None:
    """P42: a range outside the code, or outside the part that is shown, is an error with the possible lines."""
    assert wrong("code", code="a\nb\nc\n\n", **fields) == [(field, message)]


def test_lines_of_code() -> None:
    """Tabs become blanks, blanks at line ends and empty lines at the end go, empty lines between stay."""
    assert code_lines("a\n\n\tb  \n\n") == ["a", "", "    b"]
    assert [line_range(value) for value in ("3", "4-9", 7)] == [(3, 3), (4, 9), (7, 7)]


@pytest.mark.parametrize(
    ("fields", "zoom"),
    [
        ({"motion": "zoom-in"}, (0.94, 1.0)),
        ({"motion": "zoom-out"}, (1.0, 0.94)),
        ({"motion": "zoom-in", "fit": "cover"}, (1.0, 1.06)),
        ({"motion": "zoom-out", "fit": "cover"}, (1.06, 1.0)),
        ({"motion": "zoom-in", "fit": "cover", "frame": "window"}, (1.0, 1.06)),
        ({"motion": "zoom-in", "fit": "contain", "frame": "browser"}, (0.94, 1.0)),
    ],
)
def test_images_that_move(fields: dict[str, Any], zoom: tuple[float, float]) -> None:
    """A picture that covers its place grows past it; one that is contained is never cut off."""
    assert registry.SCENE_TYPES["image"].drifts(scene("image", **fields)) == {"picture": tuple(map(scaled, zoom))}


def test_images() -> None:
    """An image scene draws its file, in its size, with heading and caption."""
    one = scene("image", title="T", caption="C", frame="browser")
    kind = registry.SCENE_TYPES["image"]
    assert kind.files(one) == {"image": Path(scene_samples.IMAGE)}
    assert kind.drawing(one) == {
        "title": "T",
        "caption": "C",
        "fit": "contain",
        "frame": "browser",
        "image_size": [320, 200],
    }
    assert kind.entrances(one) == {
        "heading": "rise",
        "window": "fade",
        "picture": "fade",
        "caption": "rise",
    }


def test_clips() -> None:
    """A clip scene plays its part of the file, in whole milliseconds and never backwards."""
    kind = registry.SCENE_TYPES["clip"]
    clip = kind.clip(scene("clip", start=1.2345, end=2, fit="contain", audio="duck"))
    assert clip is not None
    assert (clip.path, clip.start_ms, clip.end_ms, clip.fit, clip.audio) == (
        Path(scene_samples.CLIP),
        1234,
        2000,
        "contain",
        "duck",
    )
    open_ended = kind.clip(scene("clip"))
    assert open_ended is not None
    assert (open_ended.start_ms, open_ended.end_ms) == (0, None)
    short = kind.clip(scene("clip", start=1, end=1.0001))
    assert short is not None
    assert short.end_ms == 1001
    assert wrong("clip", start=2, end=1) == [("end", "'end' must be after 'start' (2 s), not 1 s")]
    assert entrances("clip", caption="C") == {"caption": "rise"}


@pytest.mark.parametrize("kind", SAMPLES)
def test_reveals_name_fields_of_the_scene(kind: str) -> None:
    """The field that a reveal names is a field of the scene, so that a message about it has a place."""
    fields = SAMPLES[kind].full
    for reveal in reveals(kind, **fields):
        value: Any = fields
        for part in reveal.field.split("."):
            value = value[int(part) if part.isdigit() else part]


def test_each_layer_comes_once() -> None:
    """No layer comes twice, and what goes has come before."""
    cases = [
        *((kind, sample.full) for kind, sample in SAMPLES.items()),
        ("list", {"title": "T", "items": ["a", "b", "c"]}),
        ("command", {"commands": [{"run": "x " * 90, "output": "b"}, {"run": "c"}]}),
        ("code", {"highlight": [{"lines": 1}, {"lines": 1}, {"lines": 1}]}),
    ]
    for kind, fields in cases:
        come = list(entrances(kind, **fields))
        for reveal in reveals(kind, **fields):
            assert set(reveal.leave) <= set(come)
            come.extend({**reveal.enter, **dict(reveal.sequence)})
            assert set(reveal.until_next) <= set(come)
        assert len(come) == len(set(come))


@pytest.mark.parametrize("kind", registry.NAMES)
def test_lights_are_soft_and_at_the_edges_of_the_frame(kind: str) -> None:
    """No light is centered behind the texts or far outside, none is small or covers the frame, and none is strong."""
    for light in registry.SCENE_TYPES[kind].lights:
        assert min(abs(light.x), abs(1 - light.x), abs(light.y), abs(1 - light.y)) < 0.101
        assert -0.1 <= min(light.x, light.y) <= max(light.x, light.y) <= 1.1
        assert 0.4 <= light.reach <= 0.55
        assert 0.1 < light.strength <= 0.3


@pytest.mark.parametrize(
    ("written", "shown"), [("აჰჿ abc", "აჰჿ ABC"), ("straße `pip`", f"STRASSE {inline.CODE}pip{inline.CODE_END}")]
)
def test_a_kicker_is_in_capitals_but_for_code_and_georgian(written: str, shown: str) -> None:
    """Georgian letters, from the first to the last, and inline code stay as they are written."""
    assert registry.SCENE_TYPES["title"].drawing(scene("title", kicker=written))["kicker"] == shown


def test_a_list_of_more_than_eight_items_is_a_warning() -> None:
    """Eight items are no problem; nine are one, of the field with them."""
    items = [f"item {number}" for number in range(9)]
    kind = registry.SCENE_TYPES["list"]
    assert list(kind.lint(scene("list", items=items[:8]))) == []
    (problem,) = kind.lint(scene("list", items=items))
    assert (problem.field, problem.message) == ("items", "9 items in one list: viewers can read up to 8")


@pytest.mark.parametrize(
    ("fit", "frame", "fades"), [("cover", False, False), ("cover", True, True), ("contain", False, True)]
)
def test_a_picture_fades_in_unless_it_fills_the_frame(fit: str, frame: bool, fades: bool) -> None:
    """A picture that covers the frame is there from the start; one with ground around it appears."""
    found = registry.SCENE_TYPES["image"].entrances(scene("image", fit=fit, frame="window" if frame else "none"))
    assert ("picture" in found) is fades


@pytest.mark.parametrize(("end", "right"), [(1.9, False), (2.0, False), (2.1, True)])
def test_a_clip_ends_after_its_start(end: float, right: bool) -> None:
    """A clip whose end is its start, or before it, is a problem of the field with its end."""
    found = [
        problem.field for problem in registry.SCENE_TYPES["clip"].check({"src": "a.mp4", "start": 2.0, "end": end})
    ]
    assert found == ([] if right else ["end"])


def test_a_clip_is_read_for_its_ground_only_if_it_leaves_some() -> None:
    """A clip that is contained has ground beside it, in its colors; one that covers the frame has none."""
    kind = registry.SCENE_TYPES["clip"]
    assert len(kind.files(scene("clip", fit="contain"))) == 1
    assert kind.files(scene("clip", fit="cover")) == {}


@pytest.mark.parametrize(("loop", "ends"), [(False, True), (True, False), (1, True), (3, True)])
def test_only_a_clip_that_is_repeated_without_end_needs_a_length(loop: bool | int, ends: bool) -> None:
    """A clip ends by itself, unless it is repeated for as long as its scene lasts."""
    assert registry.SCENE_TYPES["clip"].plays({"loop": loop}) is ends


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"poster": 2.0}, "poster", "the poster is never shown: the clip plays from the start of the scene"),
        ({"poster": 2.0, "at": 0}, "poster", "the poster is never shown: the clip plays from the start of the scene"),
        ({"freeze": [{"at": 1, "for": 1}, {"at": 3}]}, "freeze.1", "missing freeze field 'for' or 'until'"),
        ({"freeze": [{"at": 1, "for": 1, "until": 3}]}, "freeze.0.until", "'for' and 'until' cannot both be given"),
        ({"freeze": [{"at": 1, "until": 3}], "poster": 0, "at": "go"}, "", ""),
    ],
)
def test_what_contradicts_itself_in_a_clip_is_a_problem_of_its_field(
    fields: dict[str, Any], field: str, message: str
) -> None:
    """A poster that is never shown and a freeze with no end, or two, are errors."""
    assert wrong("clip", **fields) == ([(field, message)] if field else [])


def test_the_image_of_a_poster_is_drawn_and_a_time_is_decoded() -> None:
    """An image is a file of the drawing and covers the clip; a time of the clip is none of its drawing."""
    kind = registry.SCENE_TYPES["clip"]
    image, time = (scene("clip", at=1, poster=poster) for poster in ("image.png", 2.5))
    assert kind.files(image) == {"image:poster": Path("image.png")}
    assert kind.files(time) == {}
    assert [kind.drawing(each).get("poster") for each in (image, time)] == [True, None]
    played = [kind.clip(each) for each in (image, time)]
    assert [(each.covered, each.poster) for each in played if each] == [(True, None), (False, 2500)]


@pytest.mark.parametrize("kind", registry.NAMES)
def test_all_files_of_a_layout_are_inputs(kind: str) -> None:
    """Each Typst file in a type's folder is an input of its drawings, so that an edit of it draws them again."""
    made = registry.SCENE_TYPES[kind]
    files = layout_files.layout_files(made)
    shared = {path for role, path in made.files(scene(kind)).items() if role == "prelude"}
    assert set(files.values()) | shared == set((layout_files.SCENES / kind).glob("*.typ"))
    assert set(layout_files.layout_files(made, "left").values()) == set(files.values())
