"""Translations of a spec: extracted, exported, imported, and which fonts can draw them."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.api import i18n
from vidbuild.api.fonts import families
from vidbuild.errors import UsageError

SPEC = """\
vidbuild: 1
title: {en: Tools, de: Werkzeuge}
languages: [en, de]
scenes:
  - {id: one, type: list, title: Hello, items: [{text: Get it, at: get}], narration: "First [[get]] it."}
"""
GERMAN = {"one/title": "Hallo", "one/items.0.text": "Holen", "one/narration": "Erst [[get]] holen."}


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec in two languages, in a folder that is the current one."""
    path = tmp_path / "video.yaml"
    path.write_text(SPEC, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Path("video.yaml")


def test_translations_go_to_translators_and_come_back(spec: Path) -> None:
    """Missing texts are extracted and exported; translated ones are imported, and their state is that of the spec."""
    (written,) = i18n.extract(spec)
    assert (written.language.language, written.changed) == ("de", True)
    assert not i18n.extract(spec)[0].changed
    (state,) = i18n.status(spec)
    assert sum(unit.state == "missing" for unit in state.units) == 3
    i18n.export(spec, "de", Path("de.xlf"))
    text = Path("de.xlf").read_text(encoding="utf-8")
    for name, german in GERMAN.items():
        start = text.index(f'id="{name}"')
        end = text.index("</target>", start)
        place = text.rindex("<target", 0, end)
        text = f'{text[:place]}<target state="translated">{german}{text[end:]}'
    Path("de.xlf").write_text(text, encoding="utf-8")
    done = i18n.import_(spec, Path("de.xlf"))
    assert (done.changed, done.skipped, done.imported) == (True, (), 3)
    assert [unit.state for unit in i18n.status(spec)[0].units] == ["done"] * len(state.units)


def test_a_translation_that_loses_a_cue_is_left_out(spec: Path) -> None:
    """The file keeps what it had, and the problem names the text."""
    i18n.export(spec, "de", Path("de.xlf"))
    text = Path("de.xlf").read_text(encoding="utf-8")
    start = text.index('id="one/narration"')
    end = text.index("</target>", start)
    place = text.rindex("<target", 0, end)
    wrong = f'{text[:place]}<target state="translated">Erst holen.{text[end:]}'
    Path("de.xlf").write_text(wrong, encoding="utf-8")
    done = i18n.import_(spec, Path("de.xlf"))
    assert done.imported == 0
    assert len(done.skipped) == 1
    assert "narration" in done.skipped[0]


def test_an_unknown_language_and_a_file_of_the_project_are_refused(spec: Path) -> None:
    """Neither is written."""
    with pytest.raises(UsageError, match="fr"):
        i18n.status(spec, ["fr"])
    with pytest.raises(UsageError, match=r"video\.yaml"):
        i18n.export(spec, "de", spec)
    assert spec.read_text(encoding="utf-8") == SPEC


def test_fonts_say_what_they_can_draw(spec: Path) -> None:
    """A family of the default faces draws Latin letters; a character of no script's font is missing in all."""
    found = families("Aé\U0001f0a1\ue123", spec)
    assert found.units == ("A", "é", "\U0001f0a1", "\ue123")
    assert "\ue123" in found.missing
    assert "A" not in found.missing
    assert any(each.source == "built-in" for each in found.families)
