"""Loading a spec from a file, text or data, with all of its errors at once."""

# ruff: noqa: E501 - a case is one line
from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.spec_lab import Project, whole
from vidbuild.frozen import replaced
from vidbuild.model import Narration
from vidbuild.spec import load
from vidbuild.spec.diagnostics import SpecError

SPEC = """\
vidbuild: 1
title: "{{ product }} {{ version }}"
description: All of it
language: en-GB
vars: {product: Acme, version: "2.4"}
output: {size: 320x180, fps: 25, loudness: -18, peak: -3}
theme: paper
pronounce: {Acme: ak me}
scenes:
  - {id: intro, type: title, title: "{{ product }}", narration: "Welcome to {{ product }}."}
  - {id: end, type: outro, title: The end, duration: 3}
"""


def test_a_whole_spec(project: Project) -> None:
    """Every field of a spec is in the Spec."""
    path = project.write("docs/v.yaml", SPEC)
    spec = load.load(path)
    assert (spec.path, spec.root) == (path, project.root)
    assert (spec.title, spec.description, spec.language) == ("Acme 2.4", "All of it", "en-GB")
    written = {"width": 320, "height": 180, "fps": 25, "loudness": -18.0, "peak": -3.0, "rate": 25, "image_width": 320}
    assert spec.output == replaced(project.spec().output, **written)
    assert [(scene.id, scene.type, scene.index) for scene in spec.scenes] == [
        ("intro", "title", 0),
        ("end", "outro", 1),
    ]
    narration = spec.scenes[0].narration
    assert isinstance(narration, Narration)
    assert (narration.text, narration.spoken) == ("Welcome to Acme.", "Welcome to ak me.")
    assert spec.theme.name == "paper"
    assert spec.files[0] == path
    assert spec.data["scenes"][0]["title"] == "Acme"
    assert "subtitle" not in spec.data["scenes"][0]


@pytest.mark.parametrize(
    ("output", "loudness"), [("{}", -16.0), ("{loudness: web}", -16.0), ("{loudness: broadcast}", -23.0)]
)
def test_a_loudness_has_names(project: Project, output: str, loudness: float) -> None:
    """What the web and what television is mixed for can be asked for by name; peaks are at most -1.5 dBTP."""
    scene = "- {id: a, type: title, title: A, duration: 1}"
    spec = load.load(project.write("v.yaml", f"vidbuild: 1\ntitle: T\noutput: {output}\nscenes:\n  {scene}\n"))
    assert (spec.output.loudness, spec.output.peak) == (loudness, -1.5)


def test_the_httpx_video(project: Project) -> None:
    """Scene types, cues, templating and media come through in a spec like those that people write."""
    example = """\
vidbuild: 1
title: All types
vars: {package: httpx}
defaults: {transition: {type: fade, duration: 0.4}}
scenes:
  - {id: a, type: title, kicker: K, title: T, narration: Hello.}
  - {id: b, type: list, title: T, items: [{text: A, at: one}, B], narration: "Now [[one]] A and B."}
  - id: c
    type: command
    narration: Install it. [[typed]] Done. [[done]]
    commands: [{run: "pip install {{ package }}", at: typed}, {output: ok, at: done}]
    expand: true
  - {id: d, type: code, code: "a = {{ b }}", language: python, highlight: [{lines: 1}], narration: Code.}
  - {id: e, type: image, src: dot.png, motion: zoom-in, frame: window, narration: Look.}
  - {id: f, type: clip, src: clip.mp4, start: 2, end: 8, audio: duck, narration: Watch.}
  - {id: g, type: outro, title: T, links: [example.org], narration: Bye.}
"""
    spec = project.try_load(example).spec
    assert spec is not None
    assert spec.scenes[2].fields["commands"][0]["run"] == "pip install httpx"
    assert spec.scenes[3].fields["code"] == "a = {{ b }}"
    assert [scene.transition.type for scene in spec.scenes] == ["fade"] * 6 + ["cut"]


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        ("2160p", (3840, 2160)), ("1440p", (2560, 1440)), ("1080p", (1920, 1080)), ("720p", (1280, 720)),
        ("vertical", (1080, 1920)), ("square", (1080, 1080)), ("160x90", (160, 90)), ("7680x64", (7680, 64)),
    ],
)  # fmt: skip
def test_sizes(project: Project, size: str, pixels: tuple[int, int]) -> None:
    """A size is a name or WIDTHxHEIGHT."""
    spec = project.spec(output={"size": size})
    assert (spec.output.width, spec.output.height) == pixels


@pytest.mark.parametrize(
    ("size", "message", "hint"),
    [
        ("161x91", "width and height must be even, not '161x91'", "write 162x92"),
        ("62x90", "width and height must be even and from 64 to 7680, not '62x90'", None),
        ("7682x90", "width and height must be even and from 64 to 7680, not '7682x90'", None),
        ("0000x0000", "width and height must be even and from 64 to 7680, not '0000x0000'", None),
    ],
)
def test_sizes_that_are_not_allowed(project: Project, size: str, message: str, hint: str | None) -> None:
    """P42: odd, tiny and enormous sizes are errors."""
    assert project.wrong(output={"size": size}) == [("output.size", message, hint)]


def test_variables(project: Project) -> None:
    """What is given wins over the spec's own variables, and fills in for those that it does not have."""
    path = project.write("v.yaml", SPEC.replace(", version:", ", other:"))
    with pytest.raises(SpecError, match="'version' is not defined"):
        load.load(path)
    assert load.load(path, {"version": "3", "product": "Emca"}).title == "Emca 3"


def test_data_and_text_give_the_same(project: Project) -> None:
    """A spec made in Python, its YAML text and its file are the same spec, but for places and what was read."""
    path = project.write("v.yaml", SPEC)
    data = yaml.safe_load(SPEC)
    specs = [load.load(path), load.parse(SPEC, path), load.parse(data, path)]
    keys = [
        (spec.title, spec.theme, [(scene.fields, scene.narration, scene.voice) for scene in spec.scenes], spec.data)
        for spec in specs
    ]
    assert keys[0] == keys[1] == keys[2]
    assert specs[0].files == (path, *specs[1].files)
    assert specs[0].locations == specs[1].locations
    assert specs[2].scenes[1].locations["title"].file == "scenes[1].title"
    assert specs[2].scenes[1].locations[""].file == "scenes[1].id"


def test_problems_of_data_name_the_field(project: Project) -> None:
    """P42: in a spec made in Python a message names the field's path in place of a line."""
    with pytest.raises(SpecError) as caught:
        load.parse(whole({}, {"titel": "B"}), "v.yaml")
    assert str(caught.value) == (
        "v.yaml: scenes[1].titel: unknown scene field 'titel'\n  hint: did you mean 'title'?\nv.yaml: 1 error"
    )
    assert project.wrong({"id": "a"}, {"id": "a"}) == [
        ("scenes[1].id", "scene id 'a' is used twice: first at scenes[0].id", None)
    ]


def test_duplicate_ids_name_both_places(project: Project) -> None:
    """P42: of two scenes with one id the second is pointed to and the first's line named, also in broken scenes."""
    scenes = "".join(f"  - {{id: {name}, type: title, title: A, duration: 1{extra}}}\n" for name, extra in
                     (("a", ""), ("b", ""), ("a", ", x: 1"), ("a", "")))  # fmt: skip
    found = project.problems("vidbuild: 1\ntitle: A\nscenes:\n" + scenes)
    assert [item for item in found if "twice" in item[2]] == [
        (6, 10, "scene id 'a' is used twice: first in line 4", None),
        (7, 10, "scene id 'a' is used twice: first in line 4", None),
    ]
    assert len(found) == 3


@pytest.mark.parametrize(
    ("first", "second", "duration", "wrong"),
    [
        (4, 4, 2, None),
        (4, 4, 2.1, "the maximum is half of the 4 s of 's0'"),
        (9, 3, 2, "the maximum is half of the 3 s of 's1'"),
        (3, 9, 2, "the maximum is half of the 3 s of 's0'"),
        (3, 2, 2, "the maximum is half of the 2 s of 's1'"),
        (..., 3, 2, "the maximum is half of the 3 s of 's1'"),
        (3, ..., 2, "the maximum is half of the 3 s of 's0'"),
        (..., ..., 9, None),
        (0.1, 0.1, 0, None),
    ],
)
def test_transitions_longer_than_half_a_scene(
    project: Project, first: Any, second: Any, duration: float, wrong: str | None
) -> None:
    """V22: a transition longer than half of a scene of known length is an error with the longest possible one."""
    said = {"narration": "Hello."}
    scenes = [said if length is ... else {"duration": length} for length in (first, second)]
    found = project.wrong(*scenes, defaults={"transition": {"type": "fade", "duration": duration}})
    if wrong is None:
        assert found == []
    else:
        ((where, message, hint),) = found
        assert where == "defaults.transition.duration"
        assert message == f"the transition from 's0' to 's1' takes {duration:g} s: {wrong}"
        assert hint is not None
        assert hint.startswith("set its duration to ")


def test_the_transition_that_is_too_long_is_pointed_to(project: Project) -> None:
    """V22: a scene's own transition is pointed to where it stands, a default where that stands."""
    own = project.wrong({"duration": 1, "transition": "fade"}, {"duration": 0.5})
    assert [where for where, _, _ in own] == ["scenes[0].transition"]
    wide = project.wrong({"duration": 0.5}, {}, defaults={"transition": "fade"})
    assert [where for where, _, _ in wide] == ["defaults.transition"]


def test_all_problems_of_all_kinds_at_once(project: Project) -> None:
    """P42: YAML, templates, schema, voices, themes, files, cues and ids are reported at once, by place."""
    text = """\
vidbuild: 1
title: "{{ prodct }}"
vars: {product: Acme}
theme: papr
voice: espeak:xx-xx
output: {fps: 31, size: 101x101}
scenes:
  - {id: a, type: title, title: A, titel: B, narration: Hi.}
  - {id: b, type: image, src: gone.jpg, duration: 3}
  - {id: b, type: list, items: [{text: A, at: here}], narration: Hi.}
  - {id: c, type: title, title: !x C, duration: 1}
"""
    assert [line for line, *_ in project.problems(text)] == [2, 4, 5, 6, 6, 8, 9, 10, 10, 11]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xff", "the file is not UTF-8: invalid byte 0xff"),
        (b"- 1", "the top level must be a mapping of fields, not a list"),
        (b"text", "the top level must be a mapping of fields, not 'text'"),
        (b"5", "the top level must be a mapping of fields, not 5"),
        (b"{", "invalid YAML: expected a value"),
        (b"vidbuild: 1\ntitle: A", "missing field 'scenes'"),
        (b"vidbuild: 1\ntitle: A\nscenes:", "'scenes' must be a list, but it is empty"),
        (b"x" * 2_000_001, "the spec is too large: the maximum is 2000000 bytes"),
    ],
)
def test_files_that_are_no_spec(project: Project, content: bytes, message: str) -> None:
    """P42: what is no spec at all is one located problem."""
    path = project.write("v.yaml", content)
    (found,) = load.try_load(path).diagnostics
    assert found.message == message
    with pytest.raises(SpecError):
        load.load(path)


def test_files_that_cannot_be_read(project: Project) -> None:
    """A spec that does not exist, or a folder, is an error with the system's reason."""
    assert [item.message for item in load.try_load(project.root / "gone.yaml").diagnostics] == [
        "cannot read the spec: no such file or directory"
    ]
    project.write("talk.yaml", "vidbuild: 1")
    assert load.try_load(project.root / "tlak.yml").diagnostics[0].hint == f"did you mean '{project.root}/talk.yaml'?"
    assert [item.message for item in load.try_load(project.root).diagnostics] == [
        "cannot read the spec: is a directory"
    ]
    assert load.try_load("a\0b").diagnostics[0].message.startswith("cannot read the spec: ")


def test_warnings_do_not_make_a_spec_invalid(project: Project) -> None:
    """Check returns errors and warnings; load raises only for errors."""
    text = SPEC.replace("Welcome", "Welcome [[x]]")
    path = project.write("v.yaml", text)
    assert [item.severity for item in load.try_load(path).diagnostics] == ["warning"]
    assert load.load(path).title == "Acme 2.4"
    path.write_text(text.replace("fps: 25", "fps: 26"), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load.load(path)
    assert [item.severity for item in caught.value.diagnostics] == ["error"]


def test_names_as_they_were_given(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages name the spec as the user did, relative to where the command runs."""
    project.write("docs/v.yaml", "a: b: c")
    monkeypatch.chdir(project.root)
    assert load.try_load("docs/v.yaml").diagnostics[0].path == "docs/v.yaml"
    assert load.try_load(Path("docs") / "v.yaml").diagnostics[0].path == "docs/v.yaml"


def test_aliases_and_byte_order_marks(project: Project) -> None:
    """A spec may begin with a byte order mark and use aliases for what repeats."""
    scenes = "  - &s {id: a, type: title, title: A, duration: &d 3}\n  - {id: b, type: title, title: B, duration: *d}\n"
    assert project.problems(f"\ufeffvidbuild: 1\ntitle: A\nscenes:\n{scenes}") == []


def test_many_scenes_are_read_in_linear_time(project: Project) -> None:
    """P47: ten times the scenes cost about ten times the work, counted in calls rather than seconds."""

    def calls(scenes: int) -> int:
        count = 0

        def tick(_frame: object, event: str, _arg: object) -> None:
            nonlocal count
            count += event == "call"

        body = "".join(f"  - {{id: s{i}, type: title, title: A, narration: Hello there.}}\n" for i in range(scenes))
        text = "vidbuild: 1\ntitle: A\nscenes:\n" + body
        sys.setprofile(tick)
        try:
            assert load.try_parse(text, project.root / "v.yaml").spec is not None
        finally:
            sys.setprofile(None)
        return count

    calls(2)
    few, many = calls(20), calls(200)
    assert many < few * 11


SCENES = "vidbuild: 1\ntitle: A\nscenes:\n"


@pytest.mark.parametrize(
    ("scene", "messages"),
    [
        ("{id: a, type: title, tile: A, narration: 'x [[1]]', voice: nope}", ["unknown scene field 'tile'", "the name of a cue must be", "unknown voice 'nope'"]),
        ("{id: a, type: image, src: gone.png, narration: Hi., background: 5}", ["file 'gone.png' does not exist", "'background' must be text or a mapping, not 5"]),
        ("{id: a, typ: image, duration: 5, min_duration: 7}", ["missing scene field 'type'", "duration 5 is less than min_duration 7"]),
        ("{id: a, type: code, code: x, narration: [1], highlight: [{lines: 7, at: b}]}", ["entry 1 of 'narration' must be text", "line 7 is not in the code"]),
        ("{id: a, type: command, commands: [{run: a, at: b}, {bogus: 1}], narration: Hi.}", ["no narration defines cue 'b'", "unknown command field 'bogus'"]),
        ("{id: a, type: list, narration: '[[b]]', pause_after: x}", ["missing scene field 'items'", "the narration has no words", "'pause_after' must be a number"]),
        ("{id: a, type: title, title: A, naration: Hi.}", ["unknown scene field 'naration'"]),
        ("{id: a, type: title, title: A, duration: 2s}", ["'duration' must be a number"]),
        ("{id: a, type: code, code: 5, highlight: [{lines: 7}], duration: 1}", ["'code' must be text, not 5"]),
        ("{id: a, type: list, items: [1], narration: 'One [[b]] two.'}", ["entry 1 of 'items' must be text"]),
        ("{id: a, type: none, narration: [], voice: 5, min_duration: x}", ["unknown scene type 'none'"]),
        ("{id: a, narration: {audio: [1], text: x}, background: [], transition: 7}", ["missing scene field 'type'"]),
    ],
)  # fmt: skip
def test_one_wrong_field_hides_no_other_problem(project: Project, scene: str, messages: list[str]) -> None:
    """P42: a scene with a wrong field is checked for all that does not depend on it, and for nothing that does."""
    found = sorted(project.try_load(f"{SCENES}  - {scene}\n").diagnostics, key=lambda item: item.column)
    begin = [
        next((message for message in messages if item.message.startswith(message)), item.message) for item in found
    ]
    assert sorted(begin) == sorted(messages)


def test_fields_of_the_author_and_the_schema(project: Project) -> None:
    """A spec may name its schema, and have fields that begin with `x-`, whose content is neither expanded nor checked."""
    text = (
        "$schema: video.schema.json\nvidbuild: 1\ntitle: A\nx-cards: {any: ['{{ nothing }}', &card {type: title, duration: 1}]}\n"
        "scenes:\n  - {<<: *card, id: a, title: One}\n  - {<<: *card, id: b, title: Two, duration: 2}\n"
    )
    examined = project.try_load(text)
    assert examined.diagnostics == ()
    assert [(scene.type, scene.duration) for scene in examined.spec_or_raise().scenes] == [("title", 1), ("title", 2)]
    found = {item.message for item in project.try_load(text.replace("x-cards", "y-cards")).errors}
    assert found == {"unknown field 'y-cards'", "'nothing' is not defined"}


@pytest.mark.parametrize("name", ["/dev/stdin", "/dev/fd/63", "/proc/self/fd/0"])
def test_standard_input_has_a_name_of_its_own(name: str) -> None:
    """P42: a spec as the file of a stream, such as a shell's <(command), has a hint with the argument that reads it."""
    (problem,) = load.try_load(name).diagnostics
    assert problem.message.startswith("cannot read the spec: ")
    assert problem.hint == "write '-' to read the spec from standard input"
