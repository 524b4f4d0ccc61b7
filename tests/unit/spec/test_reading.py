"""The `reading` field, the user's lexicon and sounds in IPA."""

# ruff: noqa: RUF001 - symbols of IPA

from __future__ import annotations

import pytest

from tests.support.spec_lab import Project
from vidbuild.model import Narration

HEAD = "vidbuild: 1\ntitle: A\n"
SCENE = "scenes:\n  - {id: a, type: title, title: A, narration: 'Ask Acme about 3 GB.'}\n"


def spoken(project: Project, **top: object) -> str:
    """Return what is spoken of a narration."""
    found = project.spec({"narration": "Ask Acme about 3 GB."}, **top).scenes[0].narration
    assert isinstance(found, Narration)
    return found.spoken


def test_the_reading_can_be_switched_off(project: Project) -> None:
    """By default numbers are read; `verbatim` leaves them as they are written, and `pronounce` still applies."""
    assert spoken(project) == "Ask Acme about three gigabytes."
    assert spoken(project, reading={}) == "Ask Acme about three gigabytes."
    assert spoken(project, reading="verbatim", pronounce={"Acme": "ack me"}) == "Ask ack me about 3 GB."


def test_words_of_a_file(project: Project) -> None:
    """The words of a lexicon's file are spoken as it says, it is a file of the spec, and `pronounce` wins over it."""
    project.write("lexicon.yaml", "Acme: ack me\nunused: word\n")
    reading = {"lexicon": "./lexicon.yaml"}
    assert spoken(project, reading=reading) == "Ask ack me about three gigabytes."
    assert spoken(project, reading=reading, pronounce={"Acme": "A C"}) == "Ask A C about three gigabytes."
    assert project.root / "lexicon.yaml" in project.spec({"duration": 1}, reading=reading).files


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("a: 5\n", 1, "'a' must be text or a mapping, not 5"),
        ("a: b\nx y: z\n", 2, "the name 'x y' must be one word, without spaces"),
        ("a: {ipa: 'ɬa'}\n", 1, "unknown sound 'ɬ': expected the symbols of IPA for English"),
        ("a: {sound: b}\n", 1, "missing sounds field 'ipa'"),
    ],
)
def test_problems_of_a_lexicon(project: Project, content: str, line: int, message: str) -> None:
    """What is wrong with a lexicon is an error in its file."""
    project.write("lexicon.yaml", content)
    problems = project.try_load(f"{HEAD}reading: {{lexicon: ./lexicon.yaml}}\n{SCENE}").errors
    first = problems[0]
    assert first.location is not None
    assert (first.location.file.endswith("lexicon.yaml"), first.location.line, first.message) == (True, line, message)


def test_a_lexicon_that_is_missing(project: Project) -> None:
    """A lexicon that does not exist is an error at its field."""
    ((line, column, message, _),) = project.problems(f"{HEAD}reading: {{lexicon: ./none.yaml}}\n{SCENE}")
    assert (line, column, message) == (3, 20, "file './none.yaml' does not exist")


def test_sounds_are_beside_the_text(project: Project) -> None:
    """Sounds in IPA have their place in the spoken text, with the endings of its forms; the text is as written."""
    entries = {"Acme": {"ipa": "ˈækmi"}, "gif": {"ipa": "dʒɪf", "spoken": "jif"}}
    text = "Acme's gifs (Acme), app/Acme."
    narration = project.spec({"narration": text}, pronounce=entries).scenes[0].narration
    assert isinstance(narration, Narration)
    assert narration.spoken == "Acme's jifs (Acme), app slash Acme."
    places = [(narration.spoken[start:end], sounds) for start, end, sounds in narration.sounds]
    assert places == [("Acme's", "ˈækmiz"), ("jifs", "dʒɪfs"), ("Acme", "ˈækmi"), ("Acme", "ˈækmi")]
    assert narration.text == text


def test_an_unknown_sound_is_an_error(project: Project) -> None:
    """A symbol that is no sound of English is an error at the symbol."""
    ((line, column, message, _),) = project.problems(f"{HEAD}pronounce: {{Acme: {{ipa: aɬa}}}}\n{SCENE}")
    assert (line, column, message) == (3, 26, "unknown sound 'ɬ': expected the symbols of IPA for English")


def test_a_voice_without_sounds_is_a_warning(project: Project) -> None:
    """A voice that takes no IPA is a warning at the word, which the entry's own text ends."""
    scene = {"narration": "Ask Acme now."}
    top = {"voice": "espeak:de", "language": "de"}
    ((where, message, _),) = project.wrong(scene, pronounce={"Acme": {"ipa": "ækmi"}}, **top)
    assert (where, message) == ("scenes[0].narration", "the voice 'espeak:de' takes no IPA: it reads 'Acme'")
    assert project.wrong(scene, pronounce={"Acme": {"ipa": "ækmi", "spoken": "Äckmi"}}, **top) == []
    assert project.wrong(scene, pronounce={"Acme": {"ipa": "ækmi"}}, voice="espeak:en-us") == []
