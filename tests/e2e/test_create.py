"""Specs made from documents, through the command."""

from __future__ import annotations

import base64
import io
import json
import socket

import pytest
from PIL import Image

from tests.support import pdf_files
from tests.support.workspace import Workspace

SOURCE = """\
# Acme

Acme builds videos.

## Install

First install it:

```console
$ pip install acme
done
```

![A map](map.png)

## Use

Then run it on a spec.

- **Fast**: it caches
- **Small**: it is one file
"""


def test_a_created_spec_builds_and_follows_its_document(workspace: Workspace) -> None:
    """A spec made from a document builds without a warning; after an edit, only the changed part's scenes run."""
    Image.new("RGB", (160, 90), "teal").save(workspace.root / "map.png")
    workspace.write("README.md", SOURCE)
    made = workspace.run("create", "--from", "README.md", "-o", "video.yaml")
    assert made.code == 0, made.stderr
    assert made.stdout.splitlines() == ["video.yaml", "video.created.json"]
    text = (workspace.root / "video.yaml").read_text(encoding="utf-8")
    workspace.write("video.yaml", text.replace("title: Acme\n", "title: Acme\noutput: {size: 160x90, fps: 24}\n", 1))
    assert workspace.run("check", "--strict", "video.yaml").code == 0
    assert workspace.build().code == 0

    workspace.write("README.md", SOURCE.replace("Then run it on a spec.", "Then run it on your spec."))
    drift = workspace.run("check", "video.yaml")
    assert drift.code == 0
    assert "'README.md' has changed in 'Acme > Use' (line 16)" in drift.stderr
    update = workspace.run("create", "--update", "video.yaml")
    assert update.code == 0, update.stderr
    assert "+    narration: Then run it on your spec." in update.stdout
    assert "changed" not in workspace.run("check", "video.yaml").stderr
    assert workspace.build().code == 0
    scenes = {step.partition(":")[2] for step in workspace.ran() if ":" in step}
    assert scenes <= {"use"}, "what `check` has spoken is not spoken again, and the picture is the same"
    assert "mux" in workspace.ran()


def test_a_renamed_heading_runs_its_own_scenes(workspace: Workspace) -> None:
    """After the heading of one section is renamed, an update and a build run the scenes of this section alone."""
    Image.new("RGB", (160, 90), "teal").save(workspace.root / "map.png")
    workspace.write("README.md", SOURCE)
    workspace.run("create", "--from", "README.md", "-o", "video.yaml")
    text = (workspace.root / "video.yaml").read_text(encoding="utf-8")
    workspace.write("video.yaml", text.replace("title: Acme\n", "title: Acme\noutput: {size: 160x90, fps: 24}\n", 1))
    assert workspace.build().code == 0

    workspace.write("README.md", SOURCE.replace("## Use", "## Use it"))
    update = workspace.run("create", "--update", "video.yaml")
    assert update.code == 0, update.stderr
    assert "changed" not in workspace.run("check", "video.yaml").stderr
    assert workspace.build().code == 0
    scenes = {step.partition(":")[2] for step in workspace.ran() if ":" in step}
    assert scenes == {"use"}


def test_a_dry_run_writes_nothing(workspace: Workspace) -> None:
    """With `--dry-run` the spec is printed, and no file is written."""
    workspace.write("README.md", SOURCE)
    before = sorted(workspace.root.iterdir())
    made = workspace.run(
        "create", "--from", "document:README.md", "--dry-run", "--theme", "paper", "--language", "en-GB"
    )
    assert made.code == 0
    assert made.stdout.startswith("vidbuild: 1\ntitle: Acme\nlanguage: en-GB\ntheme: paper\n")
    assert "README.md:14: left out a picture that is not in the project: map.png" in made.stderr
    assert sorted(workspace.root.iterdir()) == before


def test_wrong_sources_are_refused(workspace: Workspace) -> None:
    """A kind that does not exist, a file that does not, and an existing spec: exit code 2, and nothing is written."""
    workspace.write("README.md", SOURCE)
    workspace.write("video.yaml", "mine")
    workspace.write("links.md", "- [a](https://a.example)\n- [b](https://b.example)\n")
    for arguments, message in (
        (("--from", "docment:README.md"), "unknown kind of source 'docment'"),
        (("--from", "absent.md"), "'absent.md' does not exist"),
        (("--from", "."), "'.' is a folder"),
        (("--from", "video.yaml"), "expected a file that ends with"),
        (("--from", "README.md", "-o", "video.yaml"), "'video.yaml' already exists"),
        (("--from", "links.md"), "hint: left out: a list of 2 links (line 1)"),
        (("--update", "video.yaml"), "video.created.json"),
        (("--from", "README.md", "--theme", "papper"), "papper"),
        (("--from", "README.md", "--voice", "espaek:en"), "espaek"),
        (("--from", "README.md", "--accent", "bluu"), "bluu"),
        ((), "expected --from SOURCE, --update SPEC, or 'wizard'"),
        (("--from", "README.md", "--length", "soon"), "'soon' is no length"),
    ):
        outcome = workspace.run("create", *arguments)
        assert outcome.code == 2, arguments
        assert message in outcome.stderr, outcome.stderr
    assert (workspace.root / "video.yaml").read_text(encoding="utf-8") == "mine"
    assert not (workspace.root / "video.created.json").exists()


@pytest.mark.parametrize(
    ("way", "option"),
    [
        (("--update", "video.yaml"), ("--length", "30s")),
        (("--update", "video.yaml"), ("--build",)),
        (("--update", "video.yaml"), ("-o", "other.yaml")),
        (("wizard",), ("--section", "Use")),
    ],
)
def test_options_without_effect_are_refused(
    workspace: Workspace, way: tuple[str, ...], option: tuple[str, ...]
) -> None:
    """An option that one way of `create` does not use is named, instead of ignored."""
    workspace.write("README.md", SOURCE)
    workspace.run("create", "--from", "README.md", "-o", "video.yaml")
    made = workspace.run("create", *way, *option)
    assert made.code == 2
    assert f"'{option[0]}' has no effect with {way[0]}" in made.stderr


def test_the_record_is_json_to_be_committed(workspace: Workspace) -> None:
    """The record has the source and the choices, so that an update makes what the first run would make."""
    workspace.write("README.md", SOURCE)
    workspace.run("create", "--from", "README.md", "-o", "video.yaml", "--length", "1m30s", "--section", "use")
    record = json.loads((workspace.root / "video.created.json").read_text(encoding="utf-8"))
    assert record["source"] == "document:README.md"
    assert record["choices"] == {"seconds": 90.0, "scenes": None, "section": "use"}
    assert [scene["id"] for scene in record["scenes"]] == ["use"]


def test_a_diagram_that_no_scene_draws_is_shown_as_text(workspace: Workspace) -> None:
    """A spec that `create` writes has no diagram that `check` refuses; that one is text is reported with its line."""
    workspace.write("orders.md", "# Orders\n\nThey have items.\n\n```mermaid\nerDiagram\n  A ||--o{ B : has\n```\n")
    made = workspace.run("create", "--from", "orders.md", "-o", "video.yaml")
    assert made.code == 0, made.stderr
    assert "orders.md:1: left out the drawing of a diagram, whose text is shown: 'erDiagram' of Mermaid" in made.stderr
    assert "type: code" in (workspace.root / "video.yaml").read_text(encoding="utf-8")
    assert workspace.run("check", "--strict", "video.yaml").code == 0


def test_a_newer_version_leaves_the_video_of_an_older_one(workspace: Workspace) -> None:
    """A video about a version stays about it: the source's later version changes neither its scenes nor its title."""
    old = "## 1.0\n\n### Added\n\n- Read the files of a folder\n"
    workspace.write("CHANGELOG.md", f"# Changelog\n\n{old}")
    assert workspace.run("create", "--from", "CHANGELOG.md", "-o", "video.yaml").code == 0
    text = (workspace.root / "video.yaml").read_text(encoding="utf-8")
    assert "title: What is new in 1.0\n" in text
    workspace.write("CHANGELOG.md", f"# Changelog\n\n## 1.1\n\n### Fixed\n\n- Keep the tabs of a file\n\n{old}")
    assert "changed" not in workspace.run("check", "video.yaml").stderr
    assert workspace.run("create", "--update", "video.yaml").code == 0
    assert (workspace.root / "video.yaml").read_text(encoding="utf-8") == text
    named = workspace.run("create", "--from", "CHANGELOG.md", "--section", "1.1", "--dry-run").stdout
    assert "title: What is new in 1.1\n" in named
    wrong = workspace.run("create", "--from", "CHANGELOG.md", "--section", "1.2", "--dry-run")
    assert wrong.code == 2
    assert "the source has no section '1.2'" in wrong.stderr


def test_a_spec_from_data_builds(workspace: Workspace) -> None:
    """A table with its charts is a video, whose spec is checked without a warning."""
    rows = "".join(f"2026-{month:02},{month * 3 % 7},{'ab'[month % 2]}\n" for month in range(1, 13))
    workspace.write("sales.csv", f"month,tea,shop\n{rows}")
    made = workspace.run("create", "--from", "sales.csv", "-o", "video.yaml")
    assert made.code == 0, made.stderr
    text = (workspace.root / "video.yaml").read_text(encoding="utf-8")
    workspace.write("video.yaml", text.replace("title: Sales\n", "title: Sales\noutput: {size: 160x90, fps: 24}\n", 1))
    assert workspace.run("check", "--strict", "video.yaml").code == 0
    assert workspace.build().code == 0


def test_a_topic_alone_is_refused(workspace: Workspace) -> None:
    """Nothing is invented about a topic; the two ways on are named."""
    made = workspace.run("create", "--from", "topic:How tides work", "--dry-run")
    assert made.code == 2
    assert "the topic 'How tides work' has no text to take sentences from" in made.stderr
    assert "vidbuild create wizard" in made.stderr
    assert "vidbuild create --from topic.md" in made.stderr


CAPTIONS = """\
WEBVTT

00:01.000 --> 00:03.000
<v Host>We cache what

00:03.000 --> 00:05.000
<v Host>never changes.

00:20.000 --> 00:22.000
<v Host>Then builds are quick.
"""


def test_captions_become_a_video(workspace: Workspace) -> None:
    """A spec made from captions builds without a warning and says what they say; a corrected word changes its scene."""
    workspace.write("On caching.en.vtt", CAPTIONS)
    made = workspace.run("create", "--from", "On caching.en.vtt", "-o", "video.yaml")
    assert made.code == 0, made.stderr
    text = (workspace.root / "video.yaml").read_text(encoding="utf-8")
    assert "title: On caching\nlanguage: en\n" in text
    workspace.write("video.yaml", text.replace("language: en\n", "language: en\noutput: {size: 160x90, fps: 24}\n", 1))
    assert workspace.run("check", "--strict", "video.yaml").code == 0
    assert workspace.build().code == 0
    spoken = (workspace.root / "build" / "video.srt").read_text(encoding="utf-8")
    assert "We cache what never changes." in " ".join(spoken.split())

    workspace.write("On caching.en.vtt", CAPTIONS.replace("quick", "fast"))
    assert "has changed in 'Then builds are quick'" not in workspace.run("check", "video.yaml").stderr
    assert "has no part 'Then builds are quick' any more" in workspace.run("check", "video.yaml").stderr
    update = workspace.run("create", "--update", "video.yaml")
    assert "+    narration: Then builds are fast." in update.stdout
    assert workspace.build().code == 0
    assert len({step.partition(":")[2] for step in workspace.ran() if ":" in step}) == 1


def test_a_recording_becomes_a_video(workspace: Workspace) -> None:
    """A spec made from a recording plays its parts, as long as they are, or as long as a typed comment is spoken."""
    keys = [*"# Look", "\r\n$ ", *"ls", "\r\na  b\r\n$ ", *"# Bye now", "\r\n"]
    events = [[0.1, "o", "$ "], *([0.2 + 0.1 * nth, "o", key] for nth, key in enumerate(keys))]
    lines = [{"version": 2, "width": 40, "height": 10, "title": "Looking"}, *events]
    workspace.write("demo.cast", "".join(json.dumps(line) + "\n" for line in lines))
    made = workspace.run("create", "--from", "demo.cast", "-o", "video.yaml")
    assert made.code == 0, made.stderr
    text = (workspace.root / "video.yaml").read_text(encoding="utf-8")
    assert "title: ls\n    cast: demo.cast\n" in text
    assert "narration: Bye now" in text
    workspace.write("video.yaml", text.replace("language: en\n", "language: en\noutput: {size: 160x90, fps: 24}\n", 1))
    assert workspace.run("check", "--strict", "video.yaml").code == 0
    assert workspace.build().code == 0
    spoken = " ".join((workspace.root / "build" / "video.srt").read_text(encoding="utf-8").split())
    assert "Look" in spoken
    assert "Bye now" in spoken


@pytest.mark.usefixtures("loopback")
def test_youtube_out_of_reach_ends_with_exit_code_4(workspace: Workspace) -> None:
    """If YouTube cannot be reached, the exit code is 4, and the message has the way by a file of captions."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), f"http://127.0.0.1:{port}")
    outcome = workspace.run("create", "--from", "https://youtu.be/8jPQjjsBbIc", env=proxies)
    assert outcome.code == 4, outcome.stderr
    assert "YouTube did not give the captions of video '8jPQjjsBbIc': no connection" in outcome.stderr
    assert "vidbuild create --from captions:FILE.vtt" in outcome.stderr
    assert not list(workspace.root.glob("*.yaml"))


REVEAL = """\
# Acme

Note: This is Acme.

---

## Why

- It is fast
- It is small
"""


def test_slides_with_the_pages_of_their_pdf_become_a_video(workspace: Workspace) -> None:
    """Notes of a deck are spoken over the pages of its PDF; a slide that moves takes its page along in an update."""
    pdf_files.write(workspace.root / "deck.pdf", [pdf_files.Sheet(color=(1, 0, 0)), pdf_files.Sheet(color=(0, 0, 1))])
    workspace.write("deck.md", REVEAL)
    made = workspace.run("create", "--from", "deck.md", "--pages", "deck.pdf", "-o", "video.yaml")
    assert made.code == 0, made.stderr
    text = (workspace.root / "video.yaml").read_text(encoding="utf-8")
    assert "narration: This is Acme." in text
    workspace.write("video.yaml", text.replace("\nlanguage:", "\noutput: {size: 160x90, fps: 24}\nlanguage:", 1))
    assert workspace.run("check", "--strict", "video.yaml").code == 0
    for scene, color in (("acme", (255, 0, 0)), ("why", (0, 0, 255))):
        assert workspace.run("still", "video.yaml", scene, "-o", "frame.png").code == 0
        with Image.open(workspace.root / "frame.png") as frame:
            shown = frame.convert("RGB").crop((80, 30, 81, 31)).tobytes()
        assert max(abs(value - expected) for value, expected in zip(shown, color, strict=True)) < 40

    first, second = REVEAL.split("\n---\n")
    workspace.write("deck.md", f"{second}\n---\n\n{first.replace('This is', 'That was')}")
    assert "'deck.md' has changed in 'Acme'" in workspace.run("check", "video.yaml").stderr
    update = workspace.run("create", "--update", "video.yaml")
    assert update.code == 0, update.stderr
    assert "+    narration: That was Acme." in update.stdout
    assert "+    page: 2" in update.stdout
    assert "changed" not in workspace.run("check", "video.yaml").stderr


def test_a_deck_that_only_its_author_knows_is_followed(workspace: Workspace) -> None:
    """With `slides:` any Markdown is a deck, and `check` reads it as one too."""
    workspace.write("deck.md", "# One\n\n---\n\n# Two\n\nSome words here.\n")
    assert workspace.run("create", "--from", "slides:deck.md", "-o", "video.yaml").code == 0
    assert "source: slides:deck.md" in (workspace.root / "video.yaml").read_text(encoding="utf-8")
    assert workspace.run("check", "--strict", "video.yaml").code == 0


def test_pages_that_do_not_fit_are_refused(workspace: Workspace) -> None:
    """Pages for a document, of no file, and as many as there are no slides: exit code 2, and nothing is written."""
    pdf_files.write(workspace.root / "deck.pdf", [pdf_files.Sheet()])
    workspace.write("deck.md", REVEAL)
    workspace.write("README.md", SOURCE)
    for source, pages, message in (
        ("README.md", "deck.pdf", "has no slides to show pages for"),
        ("deck.md", "absent.pdf", "'absent.pdf' does not exist"),
        ("deck.md", "deck.pdf", "'deck.pdf' has 1 page, but 'deck.md' has 2 slides"),
    ):
        outcome = workspace.run("create", "--from", source, "--pages", pages, "-o", "video.yaml")
        assert outcome.code == 2, outcome.stderr
        assert message in outcome.stderr
        assert not (workspace.root / "video.yaml").exists()


def test_notebooks_and_other_documents(workspace: Workspace) -> None:
    """A notebook's picture is written beside the spec; specs from a notebook and from AsciiDoc have no warnings."""
    file = io.BytesIO()
    Image.new("RGB", (640, 360), "teal").save(file, "PNG")
    output = {"output_type": "display_data", "data": {"image/png": base64.b64encode(file.getvalue()).decode()}}
    cells = [
        {"cell_type": "markdown", "source": "# Acme\n\nAcme draws maps of cities."},
        {"cell_type": "code", "source": "draw()", "outputs": [output]},
    ]
    workspace.write("map.ipynb", json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}))
    workspace.write("guide.adoc", "= Acme\n\nAcme draws maps.\n\n== Use\n\nFirst install it:\n\n $ pip install acme\n")
    for source, name in (("map.ipynb", "map"), ("guide.adoc", "guide")):
        made = workspace.run("create", "--from", source)
        assert made.code == 0, made.stderr
        assert workspace.run("check", "--strict", f"{name}.yaml").code == 0
    (picture,) = (workspace.root / "assets" / "map").iterdir()
    assert picture.read_bytes() == file.getvalue()
    workspace.write("guide.adoc", "= Acme\n\nAcme draws maps.\n\n== Use\n\nThen install it:\n\n $ pip install acme\n")
    assert "'guide.adoc' has changed in 'Acme > Use' (line 5)" in workspace.run("check", "guide.yaml").stderr
