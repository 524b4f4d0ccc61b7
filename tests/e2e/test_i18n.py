"""`vidbuild i18n` through the command: files of a project, of translators, and what is said of wrong ones."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.workspace import Workspace

SPEC = """vidbuild: 1
title: My tool
languages: [en, de, th]
output: {size: 320x180, fps: 24}
scenes:
  - {id: intro, type: title, title: Welcome, subtitle: {en: Fast, de: Schnell}, duration: 1}
  - id: install
    type: list
    title: Install
    items: [{text: Get it, at: get}, {text: Run it, at: run}]
    narration: "First [[get]] it, then [[run]] it."
"""
TEXTS = {
    ("$video", "title"): "Mein Werkzeug",
    ("intro", "title"): "Willkommen",
    ("install", "title"): "Installieren",
    ("install", "items.0.text"): "Holen",
    ("install", "items.1.text"): "Starten",
    ("install", "narration"): "Erst [[get]] holen, dann [[run]] starten.",
}


def texts(space: Workspace, language: str = "de") -> dict[tuple[str, str], dict[str, str]]:
    """The state of every text of one language."""
    done = space.run("i18n", "status", "--language", language, "--json")
    assert done.code == 0, done.stderr
    [found] = done.data["languages"]
    return {(each["scene"], each["field"]): each for each in found["texts"]}


def translate(text: str, form: str) -> str:
    """An exported file in which every text has its translation, as a translator's tool would write it."""
    if form == "xlf":
        for (scene, field), german in TEXTS.items():
            unit = re.compile(rf'(id="{re.escape(f"{scene}/{field}")}".*?)<target[^>]*></target>', re.DOTALL)
            marked = re.sub(r"(\[\[\w+\]\])", r'<ph id="1">\1</ph>', german)
            found = unit.search(text)
            assert found is not None
            target = f'{found[1]}<target state="translated">{marked}</target>'
            text = text[: found.start()] + target + text[found.end() :]
        return text
    for (scene, field), german in TEXTS.items():
        start = text.index(f'msgctxt "{scene}/{field}"')
        text = text[:start] + text[start:].replace('msgstr ""', f'msgstr "{german}"', 1)
    return text


@pytest.mark.parametrize("form", ["xlf", "po"])
def test_from_a_spec_to_a_translated_video(workspace: Workspace, form: str) -> None:
    """Texts are extracted, exported, translated, imported and drawn; a second import changes nothing."""
    workspace.write("video.yaml", SPEC)
    assert "0 of 6 translated, 6 missing" in workspace.run("i18n", "extract").stdout
    assert ("intro", "subtitle") not in texts(workspace)
    assert ("intro", "subtitle") in texts(workspace, "th")
    before = workspace.snapshot()
    assert workspace.run("i18n", "extract").stdout.count("up to date") == 2
    assert workspace.snapshot() == before
    assert workspace.run("i18n", "export", "--language", "de", "-o", f"de.{form}").stdout == f"de.{form}\n"
    workspace.write(f"de.{form}", translate(workspace.read(f"de.{form}"), form))
    done = workspace.run("i18n", "import", f"de.{form}", "--json")
    assert (done.data["imported"], done.data["skipped"], done.data["missing"]) == (6, [], 0), done.stdout
    assert {name: each["text"] for name, each in texts(workspace).items()} == TEXTS
    assert workspace.run("i18n", "import", f"de.{form}", "--json").data["changed"] is False
    assert workspace.run("i18n", "status", "--language", "de", "--strict").code == 0
    assert workspace.run("i18n", "status", "--strict").code == 2
    checked = workspace.run("check", "video.yaml", "--language", "de", "--strict")
    assert checked.code == 0, checked.stderr
    built = workspace.run("build", "video.yaml", "--language", "de", "--json")
    assert built.code == 0, built.stderr
    assert "Erst holen, dann starten." in workspace.read("build/video.de.srt").replace("\n", " ")


def test_a_changed_source_is_stale(workspace: Workspace) -> None:
    """A translation of an older text is listed as stale, and exported with the text that it was made from."""
    workspace.write("video.yaml", SPEC)
    workspace.run("i18n", "extract")
    workspace.write("i18n/de.yaml", workspace.read("i18n/de.yaml").replace("text: ''", "text: Werkzeug", 1))
    workspace.write("video.yaml", SPEC.replace("My tool", "My new tool"))
    assert "1 stale, 5 missing" in workspace.run("i18n", "extract", "--language", "de").stdout
    assert "  stale  $video: title: My new tool" in workspace.run("i18n", "status", "--language", "de").stdout
    for form, mark in (("po", '#| msgid "My tool"'), ("xlf", "<source>My tool</source>")):
        assert workspace.run("i18n", "export", "--language", "de", "-o", f"a.{form}").code == 0
        assert mark in workspace.read(f"a.{form}")
        again = workspace.run("i18n", "import", f"a.{form}", "--json").data
        assert (again["changed"], again["stale"]) == (False, 1)


def test_what_is_not_imported_is_reported(workspace: Workspace) -> None:
    """A translation without its cue, and one of no text, are left out, with the line."""
    workspace.write("video.yaml", SPEC)
    workspace.run("i18n", "export", "--language", "de", "-o", "de.po")
    text = translate(workspace.read("de.po"), "po").replace("dann [[run]]", "dann").replace("intro/title", "old/title")
    workspace.write("de.po", text)
    done = workspace.run("i18n", "import", "de.po")
    assert "4 texts imported: 4 of 6 translated, 2 missing" in done.stdout
    line = text.splitlines().index('msgctxt "install/narration"')  # of the comment above it
    assert f"skipped: de.po:{line}: 'install/narration': the translation lacks [[run]]" in done.stderr
    assert "the spec has no text 'old/title'" in done.stderr
    status = workspace.write(
        "i18n/de.yaml", workspace.read("i18n/de.yaml").replace("text: Holen", "text: '[[x]] Holen'")
    )
    assert status.is_file()
    shown = workspace.run("i18n", "status", "--language", "de", "--strict")
    assert shown.code == 2
    assert "wrong  install: items.0.text: the translation has [[x]]" in shown.stdout


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (
            ["export", "--language", "fr", "-o", "x.po"],
            "'video.yaml' is not translated into 'fr'",
            "add it to 'languages'",
        ),
        (["export", "--language", "de", "-o", "x.txt"], "'x.txt': unknown format", "name it x.po or x.xlf"),
        (["export", "--language", "de", "-o", "i18n/de.xlf/x.xlf"], "cannot write 'i18n/de.xlf/x.xlf'", ""),
        (["import", "none.xlf"], "cannot read 'none.xlf': no such file or directory", ""),
        (["import", "bomb.xlf"], "bomb.xlf:1: a document type is not read", ""),
        (["import", "no.po"], "'no.po' does not say its language", "add '--language TAG'"),
        (["extract", "one.yaml"], "'one.yaml' has no language to translate into", "write 'languages: [en, de]'"),
        (["status", "bad.vidbuild.yaml"], "bad.vidbuild.yaml:1:", ""),
    ],
)
def test_wrong_use(workspace: Workspace, args: list[str], message: str, hint: str) -> None:
    """P42: each is an error with the file and a way out, and nothing is written."""
    workspace.write("video.yaml", SPEC)
    workspace.write("one.yaml", SPEC.replace("languages: [en, de, th]\n", ""))
    workspace.write("bad.vidbuild.yaml", "a: [")
    workspace.write("i18n/de.xlf", "")
    workspace.write("no.po", 'msgctxt "intro/title"\nmsgid "Welcome"\nmsgstr "W"\n')
    bomb = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 10))
    workspace.write("bomb.xlf", f'<!DOCTYPE x [<!ENTITY e0 "ha">{bomb}]><xliff version="1.2">&e9;</xliff>')
    before = workspace.snapshot()
    done = workspace.run("i18n", *args)
    assert done.code == 2
    assert message in done.stderr
    assert hint in done.stderr
    assert workspace.snapshot() == before


def test_a_damaged_file_of_translations(workspace: Workspace) -> None:
    """P42: a file that cannot be read or edited is an error at its place, and stays as it is."""
    workspace.write("video.yaml", SPEC)
    for text, place in (
        ("a: [", "i18n/de.yaml:1:"),
        ("intro: {title: x}\n", "i18n/de.yaml:1:8: cannot be edited here"),
    ):
        workspace.write("i18n/de.yaml", text)
        done = workspace.run("i18n", "extract", "--language", "de")
        assert done.code == 2
        assert place in done.stderr
        assert workspace.read("i18n/de.yaml") == text
    assert json.loads(workspace.run("i18n", "extract", "--language", "de", "--json").stdout)["status"] == "failed"
