"""Brands below specs: which value wins, where each is located, and what is wrong with a brand."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from tests.support.bounds import bounded
from tests.support.spec_lab import Project
from vidbuild.diagnostic import Diagnostic
from vidbuild.model import Spec
from vidbuild.spec.load import LoadResult, try_load

SPEC = """\
vidbuild: 1
title: A
brand: acme
{}scenes:
  - {{id: own, type: title, title: Own, duration: 2{}}}
"""


@pytest.fixture
def branded(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose folder is the current one."""
    monkeypatch.chdir(project.root)
    return project


def loaded(project: Project, brand: str, top: str = "", scene: str = "", **others: str) -> LoadResult:
    """A spec with a brand; others: name -> text of the other brands."""
    for name, text in {"acme": brand, **others}.items():
        project.write(f"brands/{name}.yaml", text)
    project.write("talks/v.yaml", SPEC.format(top, scene))
    return try_load("talks/v.yaml")


def built(project: Project, brand: str, top: str = "", scene: str = "", **others: str) -> Spec:
    """The same without problems."""
    result = loaded(project, brand, top, scene, **others)
    assert [item.message for item in result.diagnostics] == []
    return result.spec_or_raise()


def places(result: LoadResult) -> list[tuple[str, str, str | None]]:
    """Where each problem is, its message and its hint."""
    return [(where(item), item.message, item.hint) for item in result.diagnostics]


def where(item: Diagnostic) -> str:
    """A problem's place as it is printed."""
    return f"{item.path}:{item.line}:{item.column}" if item.line else item.path


def test_a_brand_gives_what_the_spec_leaves_out(branded: Project) -> None:
    """Theme, accent, logo, voice, language, defaults, progress and motion of a brand apply to the spec."""
    Image.new("RGB", (6, 4)).save(branded.write("brands/logo.png", ""))
    spec = built(
        branded,
        "theme: paper\naccent: '#aa3300'\nlogo: ./logo.png\nlanguage: de\nvoice: espeak:de\nprogress: dots\n"
        "defaults: {pause_before: 1.5}\noutput: {size: 640x360}\n",
    )
    assert (spec.theme.values["accent"], spec.theme.logo) == ("#aa3300", branded.root / "brands" / "logo.png")
    assert spec.theme.values["background_from"] == "#fdfcf9"
    assert (spec.language, spec.scenes[0].voice.name, spec.progress) == ("de", "de", "dots")
    assert (spec.scenes[0].pause_before, spec.output.width) == (1.5, 640)


@pytest.mark.parametrize(
    ("brand", "top", "field", "expected"),
    [
        ("theme: midnight\naccent: '#aa3300'\n", "theme: paper\n", "accent", "#aa3300"),
        ("theme: paper\naccent: '#aa3300'\n", "theme: {accent: '#00aa33'}\n", "background_from", "#fdfcf9"),
        ("theme: paper\naccent: '#ffaa77'\n", "theme: midnight\n", "background_from", "#0a0f1f"),
        ("theme: {extends: paper, text: '#000000'}\n", "theme: {muted: '#222222'}\n", "text", "#000000"),
        ("theme: {extends: paper, text: '#000000'}\n", "theme: {extends: paper}\n", "text", "#171b26"),
        ("theme: {syntax: {comment: '#8899aa'}}\n", "theme: {syntax: {string: '#99ffaa'}}\n", "syntax", "#8899aa"),
    ],
)
def test_themes_are_merged_field_by_field(branded: Project, brand: str, top: str, field: str, expected: str) -> None:
    """Fields of the spec's theme change the brand's; another theme replaces it, but for the brand's own accent."""
    found = built(branded, brand, top).theme.values[field]
    value = found["comment"] if field == "syntax" else found
    assert value == expected


def test_mappings_are_merged_and_lists_replaced(branded: Project) -> None:
    """`voices`, `vars` and `defaults` have the entries of both files, `overlays` those of the spec."""
    spec = built(
        branded,
        "voices: {host: espeak:en-gb, guest: espeak:en-sc}\ndefaults: {pause_before: 1, pause_after: 2}\n"
        "overlays: [{badge: Brand}]\nvars: {product: Acme, site: acme.example}\n",
        "voices: {guest: espeak:en-us}\ndefaults: {pause_after: 3}\noverlays: [{badge: Own}]\nvars: {product: Other}\n",
        ", subtitle: '{{ product }} {{ site }}', narration: [{voice: host, text: Hi.}, {voice: guest, text: Ho.}]",
    )
    scene = spec.scenes[0]
    assert [voice.name for voice in scene.voices] == ["en-gb", "en-us"]
    assert (scene.pause_before, scene.pause_after) == (1.0, 3.0)
    assert [overlay.text for overlay in scene.overlays] == ["Own"]
    assert scene.fields["subtitle"] == "Other acme.example"


def test_a_spec_changes_the_music_of_its_brand(branded: Project) -> None:
    """Music without `file` takes the brand's file, which is beside the brand; `none` is silence."""
    Image.new("RGB", (6, 4)).save(branded.write("brands/dot.png", ""))
    branded.write("brands/bed.opus", b"OggS not looked into")
    spec = built(branded, "music: {file: ./bed.opus, volume: 30, start: 2}\n", "music: {volume: 10}\n")
    music = spec.scenes[0].music
    assert music is not None
    assert (music.file, music.volume, music.start) == (branded.root / "brands" / "bed.opus", 10.0, 2.0)
    assert built(branded, "music: ./bed.opus\n", "music: none\n").scenes[0].music is None


def test_intro_and_outro_have_ids_of_their_own(branded: Project) -> None:
    """Scenes of the brand are around the spec's, and may have the same ids as these and as each other."""
    scene = "\n  - {id: own, type: title, title: Brand, duration: 1}\n"
    spec = built(branded, f"intro:{scene}outro:{scene}")
    assert [(each.id, each.part) for each in spec.scenes] == [
        ("intro.own", "intro"),
        ("own", ""),
        ("outro.own", "outro"),
    ]


def test_paths_start_from_the_file_that_has_them(branded: Project) -> None:
    """An image of an intro is beside the brand, one of the spec beside the spec."""
    for name in ("brands/a.png", "talks/a.png"):
        Image.new("RGB", (6, 4)).save(branded.write(name, ""))
    spec = built(
        branded,
        "intro: [{id: a, type: image, src: ./a.png, alt: A, duration: 1}]\noverlays: [{watermark: {image: a.png}}]\n",
        scene=", background: {image: a.png}",
    )
    assert spec.scenes[0].fields["src"] == str(branded.root / "brands" / "a.png")
    background = spec.scenes[1].background
    assert isinstance(background, Mapping)
    assert background["image"] == str(branded.root / "talks" / "a.png")
    assert [overlay.image for overlay in spec.scenes[1].overlays] == [branded.root / "brands" / "a.png"]


def test_a_brand_extends_another(branded: Project) -> None:
    """The brand's own fields win over those of the one that it extends; `none` drops one of these."""
    house = "accent: '#aa3300'\nvoice: espeak:de\nintro: [{id: a, type: title, title: A, duration: 1}]\n"
    spec = built(branded, "extends: house\nvoice: espeak:en-us\nintro: none\n", house=house)
    assert (spec.scenes[0].id, spec.scenes[0].voice.name) == ("own", "en-us")
    assert spec.theme.values["accent"] != "#7aa5ff"


def test_a_spec_drops_fields_of_its_brand(branded: Project) -> None:
    """A mapping in the place of the name leaves out what it says."""
    brand = "theme: paper\nvoice: espeak:de\noutro: [{id: a, type: title, title: A, duration: 1}]\n"
    branded.write("brands/acme.yaml", brand)
    text = SPEC.format("", "").replace("brand: acme", "brand: {name: acme, theme: none, outro: none}")
    branded.write("talks/v.yaml", text)
    spec = try_load("talks/v.yaml").spec_or_raise()
    assert (len(spec.scenes), spec.theme.name, spec.scenes[0].voice.name) == (1, "midnight", "de")


def test_a_dropped_field_that_is_not_there_is_a_warning(branded: Project) -> None:
    """Leaving out what the brand does not have is probably a mistake."""
    branded.write("brands/acme.yaml", "theme: paper\n")
    branded.write("talks/v.yaml", SPEC.format("", "").replace("brand: acme", "brand: {name: acme, outro: none}"))
    result = try_load("talks/v.yaml")
    message = "brand 'acme' has no 'outro', so that nothing is left out"
    assert places(result) == [("talks/v.yaml:3:21", message, "remove it")]


def test_a_logo_in_the_theme_of_a_brand_is_dropped_too(branded: Project) -> None:
    """Whether a brand has its logo by itself or in its theme, `logo: none` leaves it out."""
    Image.new("RGB", (6, 4)).save(branded.write("brands/logo.png", ""))
    branded.write("brands/acme.yaml", "theme: {extends: paper, logo: ./logo.png}\n")
    branded.write("talks/v.yaml", SPEC.format("", "").replace("brand: acme", "brand: {name: acme, logo: none}"))
    result = try_load("talks/v.yaml")
    assert places(result) == []
    assert result.spec_or_raise().theme.logo is None


@pytest.mark.parametrize("brand", ["5", "[acme]", "{outro: none}", "''", "acme/"])
def test_what_is_no_name_is_the_only_problem(branded: Project, brand: str) -> None:
    """Of a spec whose `brand` is no name, nothing that the brand may have is missed."""
    text = SPEC.format("", ", voice: host, narration: Hi.").replace("brand: acme", f"brand: {brand}")
    branded.write("talks/v.yaml", text)
    (found,) = try_load("talks/v.yaml").diagnostics
    assert found.line == 3
    assert try_load("talks/v.yaml", brand="").spec is None


def test_large_brands_take_little(branded: Project) -> None:
    """Thousands of variables in both files are merged in little time."""
    many = "vars: {" + ", ".join(f"v{number}: a" for number in range(1900)) + "}\n"
    with bounded():
        result = loaded(branded, many, many)
    assert len(result.diagnostics) > 0


def test_what_only_other_specs_use_is_no_warning(branded: Project) -> None:
    """Variables and pronunciations of a brand that this spec does not use are for others; its own are reported."""
    brand = "vars: {site: acme.example}\npronounce: {kubectl: kube control}\n"
    built(branded, brand)
    result = loaded(branded, brand, "vars: {mine: a}\n")
    assert places(result) == [("talks/v.yaml:4:8", "no text uses variable 'mine'", None)]


@pytest.mark.parametrize(
    ("brand", "place", "message", "hint"),
    [
        ("acent: red\n", "brands/acme.yaml:1:1", "unknown field 'acent'", "did you mean 'accent'?"),
        ("scenes: []\n", "brands/acme.yaml:1:1", "unknown field 'scenes'", "use 'intro' or 'outro'"),
        ("theme: papr\n", "brands/acme.yaml:1:8", "unknown theme 'papr'", "did you mean 'paper'?"),
        ("logo: ./no.png\n", "brands/acme.yaml:1:7", "file './no.png' does not exist", None),
        ("logo: 5\n", "brands/acme.yaml:1:7", "'logo' must be text, not 5", 'write "5"'),
        (
            "logo: ../../no.png\n",
            "brands/acme.yaml:1:7",
            "'../../no.png' is outside the project folder '..'",
            "put the file into the project",
        ),
        (
            "accent: red\ntheme: {accent: teal}\n",
            "brands/acme.yaml:1:1",
            "'accent' is given twice: also in 'theme', in line 2",
            "remove one of them",
        ),
        (
            "intro: [{id: a, type: command, commands: [{run: ls}], record: {}}]\n",
            "brands/acme.yaml:1:55",
            "a brand's scene cannot have 'record': it belongs to one spec",
            "move the scene to the spec",
        ),
        (
            "extends: acme\n",
            "brands/acme.yaml:1:10",
            "brands extend each other: acme -> acme",
            "remove one 'extends'",
        ),
        (
            "extends: hous\n",
            "brands/acme.yaml:1:10",
            "unknown brand 'hous': expected house",
            "did you mean 'house'?",
        ),
        (
            "extends: ./house.yaml\n",
            "brands/acme.yaml:1:10",
            "'extends' must be a brand's name, without folder and ending, not './house.yaml'",
            "write house",
        ),
        ("intro: []\n", "brands/acme.yaml:1:8", "'intro' must not be empty", None),
        (
            "outro: [5]\n",
            "brands/acme.yaml:1:9",
            "entry 1 of 'outro' must be a mapping with 'id' and 'type', not 5",
            None,
        ),
        ("- a\n", "brands/acme.yaml:1:3", "the top level must be a mapping of fields, not a list", None),
        ("", "brands/acme.yaml:1:1", "the file is empty", None),
        ("theme: [\n", "brands/acme.yaml:1:8", None, None),
        (
            "intro: [{id: a, type: title, title: A, duration: 1, narration: '{{ x }}'}]\n",
            "brands/acme.yaml:1:68",
            "'x' is not defined",
            None,
        ),
    ],
)
def test_an_error_in_a_brand_is_at_its_line(
    branded: Project, brand: str, place: str, message: str | None, hint: str | None
) -> None:
    """Every mistake in a brand is reported in the brand's file, with the same words as in a spec."""
    result = loaded(branded, brand, house="voice: espeak:de\n")
    found = places(result)
    assert found[0][0] == place
    assert len(found) == 1
    if message is not None:
        assert found[0][1] == message
    if hint is not None:
        assert found[0][2] == hint
    assert all(item.file == "talks/v.yaml" for item in result.diagnostics)


def test_a_conflict_names_both_places(branded: Project) -> None:
    """An error about values of both files is at one of them and names the line of the other."""
    result = loaded(
        branded,
        "defaults: {transition: {type: fade, duration: 3}}\n",
        scene="}\n  - {id: b, type: title, title: B, duration: 2",
    )
    message = "the transition from 'own' to 'b' takes 3 s: the maximum is half of the 2 s of 'b' (talks/v.yaml:6)"
    assert places(result) == [("brands/acme.yaml:1:47", message, "set its duration to 1 or less")]


def test_an_unknown_brand_is_at_the_spec(branded: Project) -> None:
    """The message has the nearest name and the list; without any brand, the way to the first."""
    branded.write("talks/v.yaml", SPEC.format("", ""))
    hint = "write the brand's file: brands/acme.yaml"
    assert places(try_load("talks/v.yaml")) == [("talks/v.yaml:3:8", "unknown brand 'acme'", hint)]
    branded.write("brands/acne.yaml", "theme: paper\n")
    found = places(try_load("talks/v.yaml"))
    assert found == [("talks/v.yaml:3:8", "unknown brand 'acme': expected acne", "did you mean 'acne'?")]


def test_the_nearest_brand_is_used(branded: Project) -> None:
    """A brand beside the spec comes before one of the same name above it."""
    branded.write("talks/brands/acme.yaml", "voice: espeak:de\n")
    assert built(branded, "voice: espeak:en-us\n").scenes[0].voice.name == "de"


def test_a_chosen_brand_replaces_that_of_the_spec(branded: Project) -> None:
    """The brand of the command line applies, also to a spec without one; its errors have no line in the spec."""
    loaded(branded, "voice: espeak:de\n", other="voice: espeak:en-us\n")
    assert try_load("talks/v.yaml", brand="other").spec_or_raise().scenes[0].voice.name == "en-us"
    assert places(try_load("talks/v.yaml", brand="othr"))[0][0] == "talks/v.yaml"


def test_a_spec_needs_scenes_of_its_own(branded: Project) -> None:
    """The scenes of a brand do not stand for those of the spec."""
    branded.write("brands/acme.yaml", "intro: [{id: a, type: title, title: A, duration: 1}]\n")
    branded.write("talks/v.yaml", "vidbuild: 1\ntitle: A\nbrand: acme\nscenes: []\n")
    assert [item.message for item in try_load("talks/v.yaml").diagnostics] == ["'scenes' must not be empty"]
    branded.write("talks/v.yaml", "vidbuild: 1\ntitle: A\nbrand: acme\n")
    assert [item.message for item in try_load("talks/v.yaml").diagnostics] == ["missing field 'scenes'"]


def test_a_wrong_scene_of_the_spec_has_its_own_number(branded: Project) -> None:
    """The scenes of an intro do not count in a message about an entry of the spec."""
    branded.write("brands/acme.yaml", "intro: [{id: a, type: title, title: A, duration: 1}]\n")
    branded.write("talks/v.yaml", SPEC.format("", "") + "  - 5\n")
    (found,) = try_load("talks/v.yaml").diagnostics
    assert found.message == "entry 2 of 'scenes' must be a mapping with 'id' and 'type', not 5"


def test_files_of_a_brand_are_files_of_the_spec(branded: Project) -> None:
    """What a plan depends on: the brand, the one that it extends, and the folders where a nearer one could be."""
    spec = built(branded, "extends: house\n", house="voice: espeak:de\n")
    names = {Path(os.path.relpath(path)).as_posix() for path in spec.files}
    assert {"brands/acme.yaml", "brands/house.yaml", "brands", "talks/brands", "talks/v.yaml"} <= names


def test_a_file_that_is_a_link_out_of_the_project_is_no_brand(branded: Project, tmp_path: Path) -> None:
    """A brand is read from the project only."""
    outside = tmp_path / "outside.yaml"
    outside.write_text("theme: paper\n", encoding="utf-8")
    (branded.root / "brands").mkdir()
    (branded.root / "brands" / "acme.yaml").symlink_to(outside)
    branded.write("talks/v.yaml", SPEC.format("", ""))
    (found,) = try_load("talks/v.yaml").diagnostics
    assert found.message == "cannot read the brand: symlink to a file outside the project folder"


@pytest.mark.parametrize(
    "field", ["logo: {}", "lexicon: {}", "theme: {}", "music: {}", "overlays: [{{watermark: {{image: {}}}}}]"]
)
@pytest.mark.parametrize(
    "way", ["../../outside/a.yaml", "/etc/hostname", "../link/a.yaml", "~/a.yaml", "../.git/a.yaml"]
)
def test_no_path_of_a_brand_leads_out(branded: Project, tmp_path: Path, field: str, way: str) -> None:
    """V26: in no field of a brand a path leads out of the project, or into what specs may not read."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.yaml").write_text("a: b\n", encoding="utf-8")
    (branded.root / "link").symlink_to(tmp_path / "outside")
    branded.write(".git/a.yaml", "a: b\n")
    result = loaded(branded, field.format(way) + "\n")
    assert [item.path for item in result.errors] == ["brands/acme.yaml"]
    assert result.spec is None


def test_data_of_a_spec_is_its_own(branded: Project) -> None:
    """What a spec is made of, as JSON values, does not contain its brand's fields."""
    spec = built(branded, "voice: espeak:de\nvars: {a: b}\n")
    assert set(spec.data) == {"vidbuild", "title", "brand", "scenes"}
