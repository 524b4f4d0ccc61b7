"""Warnings about narrations."""

from __future__ import annotations

import pytest

from tests.support.spec_lab import Project
from vidbuild.timeline.mentions import OUT_OF_ORDER


def test_an_unsure_item_is_a_located_warning(project: Project) -> None:
    """`check` warns at the item, and following the hint ends the warning."""
    text = (
        "vidbuild: 1\ntitle: A\nscenes:\n  - id: a\n    type: list\n    items: [Speed, {item}, Safety]\n"
        "    narration: Now speed, size and safety. First speed. {cue}Small files. At last safety.\n"
    )
    ((line, column, message, hint),) = project.problems(text.replace("{item}", "Size").replace("{cue}", ""))
    assert (line, column) == (6, 20)
    assert message == f"the time of 'Size' is estimated: {OUT_OF_ORDER}"
    assert hint == "place a cue such as [[here]] before its passage, and add 'at: here' to it"
    assert project.problems(text.replace("{item}", "{text: Size, at: here}").replace("{cue}", "[[here]] ")) == []


@pytest.mark.parametrize(
    ("voice", "narration", "script", "word", "column"),
    [
        ("espeak:ja", "まず設定画面を開きます。", "Chinese characters", "設定画面", 50),
        ("espeak:en-us", "Say привет to Moscow", "Cyrillic", "привет", 52),
        ("espeak:en-us", "Open the λόγος file", "Greek", "λόγος", 57),
        ("espeak:de", "Das Wort ملف heißt Datei", "Arabic", "ملف", 57),
        ("espeak:fr-fr", "Le mot 文件 veut dire fichier", "Chinese characters", "文件", 55),
    ],
)
def test_a_script_that_the_voice_cannot_read(
    project: Project, voice: str, narration: str, script: str, word: str, column: int
) -> None:
    """Words that the voice spells are one located warning for a script and voice; an entry of `pronounce` ends it."""
    language = voice.partition(":")[2][:2]
    head = f"vidbuild: 1\ntitle: A\nlanguage: {language}\nvoice: {voice}\n"
    scenes = "scenes:\n" + "".join(
        f'  - {{id: {name}, type: title, title: A, narration: "{narration}"}}\n' for name in "ab"
    )
    ((line, found, message, hint),) = project.problems(head + scenes)
    assert (line, found) == (6, column)
    assert message == f"the voice '{voice}' cannot read {script}: it spells '{word}'"
    assert hint == f"add how it is spoken to 'pronounce', such as {{{word}: ...}}, or use a voice for that language"
    kana = "せってい" if voice == "espeak:ja" else "word"
    others = ", 開: ひら" if voice == "espeak:ja" else ""
    assert project.problems(f"{head}pronounce: {{{word}: {kana}{others}}}\n{scenes}") == []


def test_a_sentence_without_spaces_that_the_voice_cannot_read(project: Project) -> None:
    """A text in a script without spaces is shortened, and the hint is a voice: an entry would be the whole text."""
    sentence = "首先下载" * 12
    text = f"vidbuild: 1\ntitle: A\nscenes:\n  - {{id: a, type: title, title: A, narration: {sentence}}}\n"
    [(line, _, message, hint)] = project.problems(text)
    assert (line, hint) == (4, "use a voice for that language")
    assert message.endswith("cannot read Chinese characters: it spells or leaves out '首先下载首先下载首先下载…'")


def test_decomposed_text_is_composed(project: Project) -> None:
    """Accents as characters of their own, as macOS and PDF files have them, become one with their letter."""
    spec = project.spec(
        {"title": "Gro\u0308ße", "narration": "scho\u0308n {{ x }}"}, vars={"x": "u\u0308ber"}, title="A\u0308"
    )
    narration = spec.scenes[0].narration
    assert (spec.title, spec.scenes[0].fields["title"]) == ("\xc4", "Gr\xf6\xdfe")
    assert getattr(narration, "spoken", "") == "sch\xf6n \xfcber"


@pytest.mark.parametrize(("written", "on_disk"), [("e\u0301.png", "\xe9.png"), ("\xe9.png", "e\u0301.png")])
def test_paths_are_compared_in_both_forms(project: Project, written: str, on_disk: str) -> None:
    """A path in NFC finds a file whose name is in NFD, and the other way round."""
    (project.root / "dot.png").rename(project.root / on_disk)
    spec = project.spec({"type": "image", "src": written, "duration": 1})
    assert spec.scenes[0].fields["src"] == str(project.root / on_disk)
