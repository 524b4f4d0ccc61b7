"""The schema's errors in our own words."""

from __future__ import annotations

from typing import Any

import pytest

from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec import schema
from vidbuild.spec.document import dotted
from vidbuild.spec.from_python import document
from vidbuild.spec.validate import diagnose, validate

RATES = schema.load()["properties"]["output"]["properties"]["fps"]["enum"]

TYPES = list(SCENE_TYPES)
READING = "'reading' must be verbatim or a mapping, not "
VERBATIM = "write 'reading: verbatim' to have narrations spoken as they are written"
SCENE: dict[str, Any] = {"id": "a", "type": "title", "title": "A"}


def spec(**fields: Any) -> dict[str, Any]:
    """A valid spec, but for the given fields; a field that is ... is left out."""
    whole = {"vidbuild": 1, "title": "A", "scenes": [SCENE], **fields}
    return {key: value for key, value in whole.items() if value is not ...}


def scene(**fields: Any) -> dict[str, Any]:
    """A spec of one scene that is valid, but for the given fields."""
    whole = {**SCENE, **fields}
    return spec(scenes=[{key: value for key, value in whole.items() if value is not ...}])


def problems(data: object) -> list[tuple[str, str, str | None]]:
    """Return path, message and hint of every error in a spec."""
    made, problems = document(data, "v.yaml")
    assert problems == []
    return [(dotted(fault.path), fault.message, fault.hint) for fault in validate(made) if not fault.consequence]


def test_a_valid_spec_has_no_faults() -> None:
    """The smallest spec is valid."""
    assert problems(spec()) == []


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], ("", "the top level must be a mapping of fields, not a list", None)),
        ("text", ("", "the top level must be a mapping of fields, not 'text'", None)),
        (spec(vidbuild=...), ("", "missing field 'vidbuild'", None)),
        (spec(titel="A"), ("titel", "unknown field 'titel'", "did you mean 'title'?")),
        (spec(xyz=1), ("xyz", "unknown field 'xyz'", None)),
        (spec(vidbuild="1"), ("vidbuild", "'vidbuild' must be 1, the version of the spec language, not '1'", None)),
        (spec(title=""), ("title", "'title' must not be empty", None)),
        (spec(title=True), ("title", "'title' must be text, not true", 'write "true"')),
        (spec(title=None), ("title", "'title' must be text, but it is empty", None)),
        (spec(scenes=[]), ("scenes", "'scenes' must not be empty", None)),
        (spec(scenes={}), ("scenes", "'scenes' must be a list, not a mapping", None)),
        (spec(scenes=["a"]), ("scenes.0", "entry 1 of 'scenes' must be a mapping with 'id' and 'type', not 'a'", None)),
        (
            spec(output={"fps": 31}),
            ("output.fps", f"'fps' must be {', '.join(map(str, RATES[:-1]))} or {RATES[-1]}, not 31", None),
        ),
        (
            spec(output={"size": "1080q"}),
            (
                "output.size",
                (
                    "'size' must be WIDTHxHEIGHT in pixels (both even, from 64 to 7680), "
                    "2160p, 1440p, 1080p, 720p, vertical or square, not '1080q'"
                ),
                "did you mean '1080p'?",
            ),
        ),
        (
            spec(output={"loudness": -60}),
            ("output.loudness", "'loudness' must be a number of LUFS from -40 to -8, web or broadcast, not -60", None),
        ),
        (
            spec(output={"loudness": "brodcast"}),
            (
                "output.loudness",
                "'loudness' must be a number of LUFS from -40 to -8, web or broadcast, not 'brodcast'",
                "did you mean 'broadcast'?",
            ),
        ),
        (spec(output={"peak": 1}), ("output.peak", "'peak' must be at most 0, not 1", None)),
        (
            spec(vars={"a b": 1}),
            ("vars.a b", "the name 'a b' must be letters, digits and '_', not starting with a digit", None),
        ),
        (spec(vars={"a": [1]}), ("vars.a", "'a' must be text, a number or true or false, not a list", None)),
        (spec(theme=5), ("theme", "'theme' must be text or a mapping, not 5", None)),
        (spec(theme={"fonts": 5}), ("theme.fonts", "'fonts' must be text or a mapping, not 5", None)),
        (spec(voice={"engine": "x"}), ("voice", "missing voice field 'name'", None)),
        (
            spec(voice="two words"),
            (
                "voice",
                "'voice' must be ENGINE:NAME, female, male, or a name from 'voices', not 'two words'",
                None,
            ),
        ),
        (
            spec(defaults={"transition": {"type": "melt"}}),
            (
                "defaults.transition.type",
                "'type' must be cut, fade, slide, push, wipe, zoom, dip or morph, not 'melt'",
                None,
            ),
        ),
        (spec(defaults={"x": 1}), ("defaults.x", "unknown defaults field 'x'", None)),
        (
            spec(defaults={"duration": 1}),
            (
                "defaults.duration",
                "unknown defaults field 'duration'",
                "'duration' is a field of each scene, and has no default",
            ),
        ),
        (scene(id=...), ("scenes.0", "missing scene field 'id'", None)),
        (scene(type=...), ("scenes.0", "missing scene field 'type'", None)),
        (
            scene(id="A"),
            (
                "scenes.0.id",
                "'id' must be lower-case letters, digits and '-', not starting with '-', not 'A'",
                "write a",
            ),
        ),
        (scene(id="a" * 65), ("scenes.0.id", "'id' must be at most 64 characters long, not 65", None)),
        (
            scene(type=5),
            ("scenes.0.type", f"'type' must be {', '.join(TYPES[:-1])} or {TYPES[-1]}, not 5", None),
        ),
        (
            scene(type="titel"),
            (
                "scenes.0.type",
                f"unknown scene type 'titel': expected {', '.join(TYPES[:-1])} or {TYPES[-1]}",
                "did you mean 'title'?",
            ),
        ),
        (scene(items=["a"]), ("scenes.0.items", "unknown scene field 'items'", "use 'items' in a scene of type list")),
        (
            scene(caption="a"),
            (
                "scenes.0.caption",
                "unknown scene field 'caption'",
                "use 'caption' in a scene of type image, slide, clip, table, chart or diagram",
            ),
        ),
        (scene(duration=0), ("scenes.0.duration", "'duration' must be more than 0, not 0", None)),
        (scene(duration=5000), ("scenes.0.duration", "'duration' must be at most 3600, not 5000", None)),
        (scene(captions="no"), ("scenes.0.captions", "'captions' must be true or false, not 'no'", "write false")),
        (
            scene(narration=5),
            ("scenes.0.narration", "'narration' must be text, a mapping or a list, not 5", 'write "5"'),
        ),
        (scene(narration={}), ("scenes.0.narration", "'narration' must not be empty", None)),
        (scene(narration={"en": 5}), ("scenes.0.narration.en", "'en' must be text or a list, not 5", 'write "5"')),
        (
            scene(narration={"english": "a"}),
            (
                "scenes.0.narration.english",
                "the name 'english' must be a BCP 47 language tag such as 'en' or 'pt-BR'",
                None,
            ),
        ),
        (
            scene(narration={"audio": "a", "txt": "b"}),
            ("scenes.0.narration.txt", "unknown recorded narration field 'txt'", "did you mean 'text'?"),
        ),
        (
            scene(transition="fad"),
            (
                "scenes.0.transition",
                "'transition' must be cut, fade, slide, push, wipe, zoom, dip, morph or a mapping, not 'fad'",
                "did you mean 'fade'?",
            ),
        ),
        (spec(reading="off"), ("reading", READING + "'off'", VERBATIM)),
        (spec(reading=False), ("reading", READING + "false", VERBATIM)),
        (spec(reading=True), ("reading", READING + "true", "remove it: narrations are read by default")),
        (spec(reading="verbatm"), ("reading", READING + "'verbatm'", "did you mean 'verbatim'?")),
        (
            scene(transition=1),
            (
                "scenes.0.transition",
                "'transition' must be cut, fade, slide, push, wipe, zoom, dip, morph or a mapping, not 1",
                None,
            ),
        ),
        (scene(transition={"duration": 1}), ("scenes.0.transition", "missing transition field 'type'", None)),
        (
            scene(transition={"type": "fade", "duration": 11}),
            ("scenes.0.transition.duration", "'duration' must be at most 10, not 11", None),
        ),
        (
            scene(background="red"),
            ("scenes.0.background", "'background' must be a color such as '#f80' or '#ff8800', not 'red'", None),
        ),
        (
            scene(type="list", items=["a"] * 13),
            ("scenes.0.items", "'items' can have at most 12 entries, not 13", None),
        ),
        (
            scene(type="list", items=[{"text": "a", "at": "1st"}]),
            ("scenes.0.items.0.at", "'at' must be a cue's name or seconds from the scene's start, not '1st'", None),
        ),
        (
            scene(type="code", code="a", lines="0"),
            (
                "scenes.0.lines",
                "'lines' must be a line, a range of lines such as '4-9', or the name of a marker, not '0'",
                None,
            ),
        ),
        (scene(type="code", code="a", lines=0), ("scenes.0.lines", "'lines' must be at least 1, not 0", None)),
        (
            scene(type="code", code="a", lines=[1]),
            ("scenes.0.lines", "'lines' must be text or a whole number, not a list", None),
        ),
        (
            scene(type="chart", values=[1, "x"]),
            ("scenes.0.values.1", "entry 2 of 'values' must be a number or nothing, not 'x'", None),
        ),
        (
            scene(type="table", columns=["a"], rows=[[1], [{"a": 1}]]),
            (
                "scenes.0.rows.1.0",
                "entry 1 of entry 2 of 'rows' must be text, a number, true or false or nothing, not a mapping",
                None,
            ),
        ),
        (scene(type="code", code=" \n"), ("scenes.0.code", "'code' must be some code, not ''", None)),
    ],
)
def test_each_fault_in_our_own_words(data: object, expected: tuple[str, str, str | None]) -> None:
    """P42: each fault is one short message with what was expected, what was found and the nearest name."""
    where, message, hint = expected
    assert problems(data) == [(where, message, hint)]


def test_a_misspelt_field_is_not_missing_too() -> None:
    """A required field under a misspelt name is one problem, not two."""
    assert problems(spec(title=..., titel="A")) == [("titel", "unknown field 'titel'", "did you mean 'title'?")]


def test_all_faults_at_once() -> None:
    """P42: faults in several scenes and fields come together."""
    data = spec(title=5, scenes=[{**SCENE, "x": 1}, {"id": "b"}, {"type": "list", "id": "c", "items": [1, 2]}])
    assert [where for where, _, _ in problems(data)] == [
        "title",
        "scenes.0.x",
        "scenes.1",
        "scenes.2.items.0",
        "scenes.2.items.1",
    ]


def test_what_is_skipped_has_no_faults() -> None:
    """A value that is wrong for another reason already is not complained about again."""
    made, _ = document(spec(title=5, theme=5), "v.yaml")
    assert [fault.path for fault in validate(made, skip=[("title",)])] == [("theme",)]


def test_a_part_of_the_schema() -> None:
    """A theme file is checked against the theme's part alone."""
    made, _ = document({"acent": "#fff"}, "t.yaml")
    (fault,) = validate(made, "theme")
    assert (fault.message, fault.hint) == ("unknown field 'acent'", "did you mean 'accent'?")


def test_long_values_are_shortened() -> None:
    """A message quotes as much of a value as a line bears, without its line breaks."""
    ((_, message, _),) = problems(scene(background="not a\ncolour " * 1000))
    assert len(message) < 150
    assert "'not a colour not a colour" in message
    assert message.endswith("…'")


@pytest.mark.parametrize(
    ("kind", "name", "meant"),
    [
        ("title", "heading", "title"),
        ("title", "script", "narration"),
        ("title", "length", "duration"),
        ("image", "path", "src"),
        ("image", "image", "src"),
        ("list", "bullets", "items"),
        ("command", "cmds", "commands"),
        ("code", "name", "filename"),
        ("code", "source", "file"),
        ("outro", "Alt-Text", "alt"),
    ],
)
def test_an_unknown_field_has_a_hint_by_its_meaning(kind: str, name: str, meant: str) -> None:
    """A name that other tools use for a field is answered with that field, whatever it looks like."""
    whole = {"id": "a", "type": kind, name: "x"}
    hints = {item[0]: item[2] for item in problems(spec(scenes=[whole]))}
    assert hints[f"scenes.0.{name}"] == f"did you mean '{meant}'?"


def test_a_field_that_is_there_is_not_meant_again() -> None:
    """A name that may mean a field that the scene has already means another one, or none."""
    hints = {item[0]: item[2] for item in problems(scene(name="x", heading="y"))}
    assert hints == {"scenes.0.name": None, "scenes.0.heading": None}


def test_renamed_id_and_type_are_found_by_meaning() -> None:
    """Of a scene without 'id' and 'type', the fields that mean them are to be renamed."""
    found = problems(spec(scenes=[{"name": "a", "kind": "title", "title": "A"}]))
    assert [item[2] for item in found] == ["rename 'name' to 'id'", "rename 'kind' to 'type'"]


def test_an_unknown_keys_place_is_the_key() -> None:
    """Of an unknown field the key is pointed to, of a wrong value the value."""
    made, _ = document(spec(x=1, title=5), "v.yaml")
    assert sorted(item.path for item in diagnose(made, validate(made))) == ["title", "x"]
