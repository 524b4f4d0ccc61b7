"""Several videos of one spec: which text, scenes and settings each has, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.spec_lab import Project
from vidbuild.choice import Choice
from vidbuild.model import Scene, Spec
from vidbuild.spec.load import LoadResult, load, try_load
from vidbuild.spec.translatable import texts

LANGUAGES = """\
vidbuild: 1
title: {en: Hello, de: Hallo}
languages: [en, de]
vars: {product: Acme}
voice: espeak:en-us
scenes:
  - id: intro
    type: title
    title: "Welcome to {{ product }}"
    narration: {en: "Welcome to {{ product }}.", de: "Willkommen bei {{ product }}."}
"""
OUTPUTS = """\
vidbuild: 1
title: A
output: {size: 720p, fps: 25}
outputs:
  - {name: wide}
  - {name: short, size: vertical, scenes: [end, intro]}
scenes:
  - {id: intro, type: title, title: Long, duration: 2, on: {short: {title: Short, duration: 1}}}
  - {id: extra, type: title, title: Extra, duration: 2}
  - {id: end, type: title, title: End, duration: 2, only: [short]}
"""


@pytest.fixture
def here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose folder is the current one."""
    monkeypatch.chdir(project.root)
    return project


def loaded(project: Project, text: str, choice: Choice | None = None, **files: str) -> LoadResult:
    """One video of a spec; files: language -> text of its translations."""
    project.write("v.yaml", text)
    for name, content in files.items():
        project.write(f"i18n/{name}.yaml", content)
    return try_load("v.yaml", choice=choice)


def in_language(project: Project, text: str, language: str, **files: str) -> Spec:
    """The video in a language, without problems."""
    result = loaded(project, text, Choice(language=language), **files)
    assert [item.message for item in result.diagnostics] == []
    return result.spec_or_raise()


def problems(result: LoadResult) -> list[tuple[str, str, str | None]]:
    """Where each problem is, its message and its hint."""
    return [(f"{item.path}:{item.line}:{item.column}", item.message, item.hint) for item in result.diagnostics]


def spoken(scene: Scene) -> str:
    """The narration of a scene in one language."""
    assert scene.narration is not None
    assert not isinstance(scene.narration, Mapping)
    return scene.narration.text


def test_each_video_has_its_texts(here: Project) -> None:
    """Mappings from language to text and files of translations, with templates, give each video its own texts."""
    german = {"de": "intro: {title: 'Bei {{ product }}'}"}
    first, second = (in_language(here, LANGUAGES, tag, **german) for tag in ("en", "de"))
    assert [each.title for each in (first, second)] == ["Hello", "Hallo"]
    assert [each.scenes[0].fields["title"] for each in (first, second)] == ["Welcome to Acme", "Bei Acme"]
    assert [spoken(each.scenes[0]) for each in (first, second)] == ["Welcome to Acme.", "Willkommen bei Acme."]
    assert [each.language for each in (first, second)] == ["en", "de"]
    assert first.shown_in_first == {0}
    assert second.shown_in_first == frozenset()


def test_a_spec_is_all_of_its_videos(here: Project) -> None:
    """A spec that is loaded as a whole is its first video, and has them all."""
    here.write("v.yaml", LANGUAGES)
    here.write("i18n/de.yaml", "intro: {title: Bei Acme}")
    spec = load("v.yaml")
    assert spec.language == "en"
    assert [each.choice.name for each in spec.videos] == ["en", "de"]


def test_voices_follow_the_language(here: Project) -> None:
    """A language has its voice of `voices`, or else its default; `voice` speaks the first language."""
    german = {"de": "intro: {title: Bei Acme}"}
    voices = [in_language(here, LANGUAGES, tag, **german).scenes[0].voice.name for tag in ("en", "de")]
    assert voices == ["en-us", "de"]
    named = LANGUAGES.replace("voice:", "voices: {de: 'espeak:de+f2'}\nvoice:")
    assert in_language(here, named, "de", **german).scenes[0].voice.name == "de+f2"
    british = LANGUAGES.replace("[en, de]", "[en, en-GB]").replace("de:", "en-GB:")
    assert in_language(here, british, "en-GB", **{"en-GB": "intro: {title: Acme}"}).scenes[0].voice.name == "en-us"


def test_a_region_falls_back_to_its_language(here: Project) -> None:
    """A video in `de-AT` has the texts of `de`, in the spec and in a file, unless there are some of its own."""
    austrian = LANGUAGES.replace("[en, de]", "[en, de-AT]")
    files = {"de": "intro: {title: Tag}", "de-AT": "x-note: empty"}
    spec = in_language(here, austrian, "de-AT", **files)
    assert (spec.title, spec.scenes[0].fields["title"]) == ("Hallo", "Tag")
    own = in_language(here, austrian, "de-AT", **(files | {"de-AT": "intro: {title: Servus}"}))
    assert own.scenes[0].fields["title"] == "Servus"


def test_a_missing_text_falls_back(here: Project) -> None:
    """A text without a translation is a located warning; a narration is then spoken in the first language."""
    text = LANGUAGES.replace(', de: "Willkommen bei {{ product }}."', "")
    result = loaded(here, text, Choice(language="de"))
    assert problems(result) == [
        (
            "v.yaml:9:12",
            "no 'title' in 'de': the one in 'en' takes its place",
            "write 'title: ...' below 'intro' in 'i18n/de.yaml', or the text as {en: ..., de: ...}",
        ),
        ("v.yaml:10:16", "no 'narration' in 'de': the one in 'en' takes its place", "add 'de: ...'"),
    ]
    scene = result.spec_or_raise().scenes[0]
    assert scene.narration is not None
    assert not isinstance(scene.narration, Mapping)
    (utterance,) = scene.narration.utterances
    assert (utterance.narration.text, utterance.language) == ("Welcome to Acme.", "en")
    assert utterance.voice.name == "en-us"


def test_an_untranslated_language_is_one_warning(here: Project) -> None:
    """A language without any text is reported once, at its tag."""
    result = loaded(here, LANGUAGES.replace("[en, de]", "[en, de, fr]"), Choice(language="fr"))
    assert problems(result) == [
        (
            "v.yaml:3:21",
            "no text is translated into 'fr': the video has those in 'en'",
            "write a file for them: vidbuild i18n extract v.yaml; or texts as {en: ..., fr: ...}",
        )
    ]


@pytest.mark.parametrize(
    ("narration", "message", "hint"),
    [
        ("{english: a}", "'english' is not in 'languages'", "expected en, de"),
        ("{}", "the narration has no text", "write {en: ...}"),
        ("{de: Hallo.}", "no text in the first language 'en'", "add 'en: ...'"),
    ],
)
def test_a_wrong_narration_is_one_error(here: Project, narration: str, message: str, hint: str) -> None:
    """A mapping that is none from language to text is one located error, which says what to write."""
    start = LANGUAGES.index("    narration:")
    result = loaded(here, f"{LANGUAGES[:start]}    narration: {narration}\n")
    assert [(item.message, item.hint) for item in result.errors] == [(message, hint)]
    assert result.errors[0].line == 10


def test_a_translation_keeps_the_cues(here: Project) -> None:
    """A cue that a translation lacks is an error in the translation, wherever it stands."""
    text = """\
vidbuild: 1
title: {en: A, de: A}
languages: [en, de]
scenes:
  - id: list
    type: list
    items: [{text: {en: One, de: Eins}, at: here}]
    narration: "So [[here]] one."
"""
    result = loaded(here, text, Choice(language="de"), de='list: {narration: "Also [[hier]] eins."}')
    message = "cue 'here' of the narration in 'en' is missing in its translation"
    assert [(item.message, item.hint, item.location.file) for item in result.errors if item.location] == [
        (message, "write [[here]] in it", "i18n/de.yaml")
    ]
    both = text.replace('"So [[here]] one."', '{en: "So [[here]] one.", de: Also eins.}')
    result = loaded(here, both, Choice(language="de"), de="x-empty: true")
    assert [(item.message, item.line) for item in result.errors] == [(message, 8)]


def test_wrong_translations_are_located(here: Project) -> None:
    """Unknown scenes and fields are warnings, what is no text is an error, at its place in the file."""
    content = "intro: {titel: A, narration: 3}\noutro: {title: B}\nend: text\nx-mine: {any: thing}\n"
    text = LANGUAGES.replace(', de: "Willkommen bei {{ product }}."', "")
    result = loaded(here, text, Choice(language="de"), de=content)
    assert {item.file for item in result.diagnostics} == {"v.yaml"}, "they are problems of the spec"
    places = [(item.location, item.message, item.hint) for item in result.diagnostics]
    found = [(at.line, message, hint) for at, message, hint in places if at and at.file == "i18n/de.yaml"]
    assert found == [
        (1, "scene 'intro' has no text 'titel' to translate", "did you mean 'title'?"),
        (1, "a translation must be text", 'write "3"'),
        (2, "the spec has no scene 'outro' with texts to translate", "did you mean 'intro'?"),
        (3, "'end' must be a mapping: field -> text", "write 'end: {title: ...}'"),
    ]


def test_an_output_has_its_scenes_and_settings(here: Project) -> None:
    """`outputs` choose scenes in their order, settings in place of `output`, and fields that differ (`only`, `on`)."""
    result = loaded(here, OUTPUTS)
    assert [each.name for each in result.choices] == ["wide", "short"]
    wide = result.spec_or_raise()
    short = loaded(here, OUTPUTS, Choice("short")).spec_or_raise()
    assert [(each.id, each.fields["title"], each.duration) for each in wide.scenes] == [
        ("intro", "Long", 2),
        ("extra", "Extra", 2),
    ]
    assert [(each.id, each.fields["title"], each.duration) for each in short.scenes] == [
        ("end", "End", 2),
        ("intro", "Short", 1),
    ]
    assert [(each.output.width, each.output.height, each.output.fps) for each in (wide, short)] == [
        (1280, 720, 25),
        (1080, 1920, 25),
    ]
    assert short.scenes[1].locations["title"].column == OUTPUTS.splitlines()[7].index("Short") + 1


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        (("only: [short]", "only: [shrt]"), "the spec has no output 'shrt'", "did you mean 'short'?"),
        (("on: {short:", "on: {shrt:"), "the spec has no output 'shrt'", "did you mean 'short'?"),
        (("[end, intro]", "[end, intr]"), "the spec has no scene 'intr'", "did you mean 'intro'?"),
        (("[end, intro]", "[end, end]"), "scene 'end' is given twice", "remove one of them"),
        (("name: short", "name: wide"), "output 'wide' is defined twice", "rename one of them"),
        (("title: Short,", "id: other,"), "'id' of a scene is the same in all outputs", "remove it"),
    ],
)
def test_wrong_names_of_outputs_are_located(here: Project, change: tuple[str, str], message: str, hint: str) -> None:
    """A name that is none of an output, or of a scene, is an error with the nearest one."""
    result = loaded(here, OUTPUTS.replace(*change))
    found = [(item.message, item.hint) for item in loaded(here, OUTPUTS.replace(*change), Choice("short")).errors]
    assert (message, hint) in [*found, *((item.message, item.hint) for item in result.errors)]


def test_a_cue_that_another_output_uses(here: Project) -> None:
    """A cue is unused only if no `at` of any output names it."""
    text = """\
vidbuild: 1
title: T
voice: espeak:en-us
outputs: [{name: wide}, {name: short}]
scenes:
  - id: a
    type: list
    title: T
    items: [one, {text: two, at: there}]
    narration: One [[here]] two [[there]] three [[none]].
    on: {short: {items: [{text: one, at: here}, two]}}
"""
    for output in ("wide", "short"):
        found = loaded(here, text, Choice(output=output))
        assert [each[1] for each in problems(found)] == ["no 'at' uses cue 'none'"], output


LABELS = """\
vidbuild: 1
title: {en: T, de: T}
languages: [en, de]
scenes:
  - id: a
    type: chart
    kind: bar
    labels: [{en: Monday, de: Montag}, Tuesday]
    series: [{name: Visits, values: [1, 2]}]
    highlight: [{label: Monday, series: Visits}, {label: Tuesday}]
    reveal: [{label: Monday}, {label: {en: Tuesday, de: Dienstag}}]
    duration: 5
  - id: b
    type: table
    columns: [Day, {name: {en: Count, de: Zahl}}]
    rows: [[Mon, 1]]
    highlight: [{column: Count}, {row: 1, column: Day}]
    duration: 5
"""


def test_references_follow_the_translations_of_labels(here: Project) -> None:
    """What names a label of a chart or table in the first language names it in all others."""
    own = "a: {labels.1: Dienstag, series.0.name: Besuche}\nb: {columns.0: Tag, rows.0.0: Mo}"
    chart, table = in_language(here, LABELS, "de", de=own).scenes
    assert [each["label"] for each in chart.fields["highlight"]] == ["Montag", "Dienstag"]
    assert chart.fields["highlight"][0]["series"] == "Besuche"
    assert [each["label"] for each in chart.fields["reveal"]] == ["Montag", "Dienstag"]
    assert [each["column"] for each in table.fields["highlight"]] == ["Zahl", "Tag"]
    first, _ = in_language(here, LABELS, "en", de=own).scenes
    assert [each["label"] for each in first.fields["highlight"]] == ["Monday", "Tuesday"]


def test_a_wrong_reference_stays_an_error(here: Project) -> None:
    """A name that no label has is reported where it is written, in every language."""
    wrong = LABELS.replace("{column: Count}, {row", "{column: Counts}, {row")
    for language in ("en", "de"):
        errors = [each for each in loaded(here, wrong, Choice(language=language)).errors if "'Counts'" in each.message]
        assert [each.location and each.location.line for each in errors] == [17]


def test_a_text_is_listed_once(here: Project) -> None:
    """All texts of a spec are listed by scene and field, those that differ in an output too, in the first language."""
    text = LANGUAGES.replace("languages:", "outputs: [{name: wide}]\nlanguages:")
    result = loaded(here, text + "    on: {wide: {subtitle: Big}}\n")
    assert result.written is not None
    found = [(each.scene, each.field, each.value, dict(each.others)) for each in texts(result.written, "en")]
    assert found == [
        ("$video", "title", "Hello", {"de": "Hallo"}),
        ("intro", "title", "Welcome to {{ product }}", {}),
        ("intro", "narration", "Welcome to {{ product }}.", {"de": "Willkommen bei {{ product }}."}),
        ("intro", "on.wide.subtitle", "Big", {}),
    ]


def test_other_mappings_are_left_alone(here: Project) -> None:
    """A mapping whose keys are names of the user's own is none from language to text."""
    text = LANGUAGES.replace("voice:", "voices: {en: 'espeak:en-gb', de: 'espeak:de'}\npronounce: {de: dee}\nvoice:")
    text = text.replace('{en: "Welcome', '{en: "The de. Welcome')
    spec = in_language(here, text, "en", de="intro: {title: Bei Acme}")
    assert spec.scenes[0].voice.name == "en-us"
    data: Any = spec.data
    assert data["pronounce"] == {"de": "dee"}


def test_an_image_can_differ_by_language(here: Project) -> None:
    """Any value that the schema has as text can be a mapping, such as the file of an image."""
    for name in ("en.png", "de.png"):
        here.write(name, (here.root / "dot.png").read_bytes())
    text = """\
vidbuild: 1
title: {en: A, de: A}
languages: [en, de]
scenes: [{id: shot, type: image, src: {en: en.png, de: de.png}, duration: 1}]
"""
    names = [str(in_language(here, text, tag).scenes[0].fields["src"])[-6:] for tag in ("en", "de")]
    assert names == ["en.png", "de.png"]


@pytest.mark.parametrize(
    ("languages", "title", "hint"),
    [
        ("", "{en: A, de: B}", "add 'languages: [en, de]' to the spec"),
        ("languages: [en, de]\n", "{english: A}", "'english' is not in 'languages': expected en, de"),
        ("", "{text: A, size: 3}", None),
    ],
)
def test_a_mapping_in_place_of_a_text_has_a_hint(here: Project, languages: str, title: str, hint: str | None) -> None:
    """A mapping from language to text in a spec without languages says what to add."""
    text = f"vidbuild: 1\ntitle: A\n{languages}scenes: [{{id: a, type: title, title: {title}, duration: 1}}]\n"
    errors = loaded(here, text).errors
    assert [(item.message, item.hint) for item in errors] == [("'title' must be text, not a mapping", hint)]
