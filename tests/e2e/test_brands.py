"""Brands through the command: what they set is in the pixels, and specs share what is equal."""

from __future__ import annotations

import json
import subprocess

import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image

from tests.support.pixels import colors, pixel
from tests.support.workspace import Workspace

HOUSE = """\
theme: paper
voice: espeak:en-gb
defaults: {pause_after: 0.2, transition: cut}
outro:
  - {id: bye, type: outro, title: Bye, duration: 0.5}
"""
ACME = """\
name: Acme Inc.
extends: house
logo: ./logo.png
accent: "#c2185b"
intro:
  - {id: hello, type: title, title: "{{ company }}", duration: 0.5}
vars: {company: Acme}
"""
SPEC = """\
vidbuild: 1
title: A small video
brand: acme
output: {size: 160x90, fps: 24}
scenes:
  - {id: %s, type: list, title: Own, items: [One], narration: One.}
"""
LOGO = (0, 90, 250)


@pytest.fixture
def branded(workspace: Workspace) -> Workspace:
    """A project with two brands, a logo beside them, and a spec in another folder."""
    workspace.write("brands/house.yaml", HOUSE)
    workspace.write("brands/acme.yaml", ACME)
    Image.new("RGB", (120, 40), LOGO).save(workspace.root / "brands" / "logo.png")
    workspace.write("talks/video.yaml", SPEC % "one")
    return workspace


def frame(space: Workspace, scene: str, spec: str = "talks/video.yaml") -> Image.Image:
    """Return the last frame of a scene."""
    done = space.run("still", spec, scene, "-o", "frame.png")
    assert done.code == 0, done.stderr
    return Image.open(space.root / "frame.png").convert("RGB")


def near(image: Image.Image, color: tuple[int, ...]) -> bool:
    """Return whether an image has a color, but for what a codec or anti-aliasing changes."""
    return any(max(abs(a - b) for a, b in zip(each, color, strict=True)) <= 6 for each in colors(image))


def test_logo_accent_and_theme_are_in_the_frames(branded: Workspace) -> None:
    """A brand's logo and accent, and the theme of the one it extends, are seen in the spec's own scene."""
    branded.write("talks/video.yaml", (SPEC % "one").replace("160x90", "640x360"))
    image = frame(branded, "one")
    width = image.width
    assert near(image.crop((width // 2, 0, width, image.height // 4)), LOGO)
    assert near(image.crop((0, image.height // 4, width // 2, image.height)), (0xC2, 0x18, 0x5B))
    assert min(pixel(image, (4, 180))) > 200, "the theme 'paper' has a light background"


def test_values_of_the_spec_win(branded: Workspace) -> None:
    """Another theme and accent of a spec replace the brand's, and its logo stays."""
    branded.write(
        "talks/video.yaml",
        (SPEC % "one")
        .replace("160x90", "640x360")
        .replace("output", "theme: {extends: midnight, accent: '#00c853'}\noutput"),
    )
    image = frame(branded, "one")
    assert max(pixel(image, (4, 180))) < 80
    assert near(image.crop((320, 0, 640, 90)), LOGO)
    assert near(image.crop((0, 90, 320, 360)), (0x00, 0xC8, 0x53))


def test_a_spec_leaves_out_what_it_names(branded: Workspace) -> None:
    """`none` leaves out the logo and the intro; the outro stays."""
    spec = (SPEC % "one").replace("160x90", "640x360")
    branded.write("talks/video.yaml", spec.replace("brand: acme", "brand: {name: acme, logo: none, intro: none}"))
    assert not near(frame(branded, "one").crop((320, 0, 640, 90)), LOGO)
    done = branded.run("graph", "talks/video.yaml", "--format", "json")
    steps = done.stdout
    assert "render:outro.bye" in steps
    assert "intro." not in steps


def test_two_specs_share_intro_and_outro(branded: Workspace) -> None:
    """A second spec of the brand renders only its own scene."""
    branded.build(spec="talks/video.yaml")
    assert {"render:intro.hello", "render:one", "render:outro.bye"} <= set(branded.ran())
    branded.write("talks/other.yaml", (SPEC % "two").replace("title: Own", "title: Another"))
    branded.build(spec="talks/other.yaml")
    assert [step for step in branded.ran() if step.startswith("render:")] == ["render:two"]


def test_one_run_renders_shared_scenes_once(branded: Workspace) -> None:
    """Two specs with progress and sections of their own, built in one run, render the intro and the outro once."""
    branded.write("brands/house.yaml", HOUSE.replace("transition: cut", "transition: {type: fade, duration: 0.2}"))
    extra = "progress: bar\noutput"
    branded.write(
        "talks/video.yaml", (SPEC % "one").replace("output", extra).replace("title: Own", "title: Own, section: A")
    )
    branded.write(
        "talks/other.yaml",
        (SPEC % "two").replace("output", extra) + "  - {id: more, type: title, title: More, duration: 1, section: B}\n",
    )
    done = branded.run("build", "talks/video.yaml", "talks/other.yaml", "--json")
    assert done.code == 0, done.stderr
    ran = [step for each in done.data["builds"] for step in each["steps"]["ran"]]
    for kind in ("render", "draw", "timeline"):
        for scene in ("intro.hello", "outro.bye"):
            assert sum(step.endswith(f"{kind}:{scene}") for step in ran) == 1, (kind, scene, ran)


def test_a_changed_brand_reruns_what_it_touches(branded: Workspace) -> None:
    """An unchanged brand is a null build; a changed title of its outro draws that scene alone."""
    branded.build(spec="talks/video.yaml")
    branded.build(spec="talks/video.yaml")
    assert branded.ran() == []
    branded.write("brands/house.yaml", HOUSE.replace("title: Bye", "title: Good-bye"))
    branded.build(spec="talks/video.yaml")
    assert [step for step in branded.ran() if step.startswith(("draw:", "render:"))] == [
        "draw:outro.bye",
        "render:outro.bye",
    ]
    branded.write("brands/house.yaml", HOUSE.replace("title: Bye", "title: Good-bye").replace("en-gb", "en-us"))
    branded.build(spec="talks/video.yaml")
    assert "speak:one" in branded.ran()
    assert not any(step.startswith("draw:") for step in branded.ran())


def test_a_nearer_brand_is_noticed(branded: Workspace) -> None:
    """A brand of the same name that appears in a nearer folder is used by the next build."""
    branded.build(spec="talks/video.yaml")
    branded.write("talks/brands/acme.yaml", "theme: midnight\n")
    branded.build(spec="talks/video.yaml")
    assert "draw:one" in branded.ran()


def test_another_brand_is_chosen_on_the_command_line(branded: Workspace) -> None:
    """`--brand` replaces the spec's own brand, in check and build, and a plan of one is no plan of the other."""
    branded.build(spec="talks/video.yaml")
    built = branded.build("--brand", "house", spec="talks/video.yaml")
    assert built.data["steps"]["total"] > 0
    timing = json.loads(branded.read("talks/build/video.timing.json"))
    assert [scene["id"] for scene in timing["scenes"]] == ["one", "outro.bye"]
    assert "intro." not in branded.run("graph", "talks/video.yaml", "--brand", "house").stdout
    assert branded.run("explain", "talks/video.yaml", "--brand", "house").stdout == "13 of 13 steps cached\n"
    assert branded.run("still", "talks/video.yaml", "intro.hello", "--brand", "house").code == 2
    done = branded.run("check", "talks/video.yaml", "--brand", "hous")
    assert done.code == 2
    assert "unknown brand 'hous': expected acme or house" in done.stderr
    assert "hint: did you mean 'house'?" in done.stderr


def test_the_poster_is_of_the_specs_own_scene(branded: Workspace) -> None:
    """The poster shows the first scene of the spec, and not the intro that all videos of the brand share."""
    branded.build(spec="talks/video.yaml")
    poster = Image.open(branded.root / "talks/build/video.poster.png").convert("RGB")
    assert poster.tobytes() == frame(branded, "one").tobytes()


def test_sections_are_chapters(branded: Workspace) -> None:
    """With sections, the chapters are the intro, the sections of the spec and the outro."""
    branded.write(
        "talks/video.yaml",
        (SPEC % "one").replace("title: Own", "title: Own, section: First")
        + "  - {id: more, type: title, title: More, duration: 0.5}\n",
    )
    branded.build(spec="talks/video.yaml")
    video = str(branded.root / "talks/build/video.mp4")
    listed = subprocess.run([get_ffmpeg_exe(), "-i", video], check=False, capture_output=True, text=True, timeout=60)
    chapters = listed.stderr.split("Chapters:")[1].split("Stream #")[0]
    titles = [line.split(":", 1)[1].strip() for line in chapters.splitlines() if line.strip().startswith("title")]
    assert titles == ["Acme", "First", "Bye"]


def test_brands_are_listed(branded: Workspace) -> None:
    """`vidbuild brands` lists name, file, what each extends and sets; `--json` adds the line of each field."""
    listed = branded.run("brands")
    assert listed.code == 0, listed.stderr
    assert listed.stdout.splitlines() == [
        "acme   brands/acme.yaml, extends house: logo, accent, intro, vars",
        "house  brands/house.yaml: theme, voice, defaults, outro",
    ]
    acme = branded.run("brands", "acme", "--json").data["brands"][0]
    assert (acme["name"], acme["title"], acme["extends"]) == ("acme", "Acme Inc.", "house")
    lines = {each["field"]: (each["file"], each["line"]) for each in acme["sets"]}
    assert lines["accent"] == ("brands/acme.yaml", 4)
    assert lines["theme"] == ("brands/house.yaml", 1)


def test_a_wrong_brand_is_reported_by_brands(branded: Workspace) -> None:
    """`vidbuild brands` reports an error in a brand at its line, and fails."""
    branded.write("brands/acme.yaml", ACME.replace("accent", "acent"))
    listed = branded.run("brands")
    assert listed.code == 2
    assert "brands/acme.yaml:4:1: unknown field 'acent'" in listed.stderr
    assert "did you mean 'accent'?" in listed.stderr


def test_create_writes_the_brand(branded: Workspace) -> None:
    """`create --brand` writes the brand, and leaves out the language that the brand sets."""
    branded.write("brands/house.yaml", HOUSE + "language: en\n")
    branded.write("notes.md", "# Install Acme\n\nAcme builds things quickly.\n\n## Install\n\nInstall it with pip.\n")
    made = branded.run("create", "--from", "notes.md", "--brand", "acme")
    assert made.code == 0, made.stderr
    text = branded.read("notes.yaml")
    assert "brand: acme\n" in text
    assert "language" not in text
    assert "theme" not in text
    assert branded.run("check", "notes.yaml").code == 0
    unknown = branded.run("create", "--from", "notes.md", "--brand", "acne", "-o", "other.yaml")
    assert unknown.code == 2
    assert "unknown brand 'acne'" in unknown.stderr


def test_say_uses_the_lexicon_of_a_brand(branded: Workspace) -> None:
    """`vidbuild say --spec` reads words as the brand's lexicon, which is beside the brand."""
    branded.write("brands/acme.yaml", ACME + "lexicon: ./words.yaml\n")
    branded.write("brands/words.yaml", "Acme: ack me\n")
    said = branded.run("say", "Use Acme.", "--spec", "talks/video.yaml", "-o", "a.wav")
    assert said.code == 0, said.stderr
    assert "ack me" in said.stdout


def test_a_continued_build_has_the_brand_that_was_chosen(branded: Workspace) -> None:
    """`build --resume last` uses the brand of the command line of the build that it continues."""
    branded.write("talks/take.wav", b"RIFF no sound")
    branded.write("talks/video.yaml", (SPEC % "one").replace("brand: acme", "music: ./take.wav"))
    failed = branded.run("build", "talks/video.yaml", "--brand", "house", "--json")
    assert failed.code == 2, failed.stderr
    again = branded.run("build", "--resume", "last", "--json")
    assert again.code == 2, again.stderr
    assert again.data["steps"]["total"] == failed.data["steps"]["total"]
    assert again.data["steps"]["failed"] == failed.data["steps"]["failed"]
