"""Voices by the names people write."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from vidbuild.voices import espeak_voices
from vidbuild.voices.protocol import VoiceProblem


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make a data folder with two languages, a dialect, a variant, and a voice whose dictionary is missing."""
    files = {
        "lang/gmw/en": "name English (Great Britain)\nlanguage en-gb 2\nlanguage en 2\n",
        "lang/gmw/en-US": "name English (America)\nlanguage en-us 2\nlanguage en 3\n",
        "lang/gmw/en-GB-x-rp": "name RP\nlanguage en-gb-x-rp 4\nlanguage en-gb 4\n",
        "lang/sit/cmn": "name Chinese\nlanguage cmn\nlanguage zh // most of it\n\ndictionary cmn\n",
        "lang/gmq/fo": "name Faroese\nlanguage fo\n",
        "lang/notes": "no voice at all",
        "voices/!v/f3": "language variant\nname female3\n",
        "en_dict": "",
        "cmn_dict": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("en-gb", "en"),
        ("en", "en"),
        ("en-us", "en-US"),
        ("EN-US", "en-US"),
        ("en-us+f3", "en-US+f3"),
        ("zh", "cmn"),
        ("en-gb-x-rp", "en-GB-x-rp"),
        ("tlh", "tlh"),
    ],
)
def test_a_language_names_the_voice_that_prefers_it(data: Path, name: str, file: str) -> None:
    """A language code finds the file that gives it the best preference; a file's own name comes first."""
    assert espeak_voices.resolve(data, name) == file


def test_names_are_listed_without_voices_that_cannot_speak(data: Path) -> None:
    """A voice whose dictionary was not shipped is not offered."""
    assert espeak_voices.names(data) == ["cmn", "en", "en-gb", "en-gb-x-rp", "en-us", "zh"]
    assert espeak_voices.problem(data, "fo") == VoiceProblem("espeak has no voice 'fo'")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("en-us", None),
        ("en-US+f3", None),
        ("en-uk", VoiceProblem("espeak has no voice 'en-uk'", "did you mean 'en-us', 'en-gb' or 'en'?")),
        ("en-us+f4", VoiceProblem("espeak has no variant 'f4'", "did you mean 'f3'?")),
        ("en-us+", VoiceProblem("espeak has no variant ''")),
        ("", VoiceProblem("espeak has no voice ''")),
    ],
)
def test_a_wrong_name_has_the_nearest_as_a_hint(data: Path, name: str, problem: VoiceProblem | None) -> None:
    """A voice that does not exist is an error with the nearest names."""
    assert espeak_voices.problem(data, name) == problem


def test_the_shipped_voices_hold_what_specs_ask_for() -> None:
    """The wheel's own data has the voices of the documentation, and well over a hundred names."""
    spec = importlib.util.find_spec("espeakng_loader")
    assert spec is not None
    assert spec.origin is not None
    shipped = Path(spec.origin).parent / "espeak-ng-data"
    names = espeak_voices.names(shipped)
    assert {"en-us", "en-gb", "de", "fr-fr", "es", "ja", "ar", "hi"} <= set(names)
    assert len(names) > 100
    assert espeak_voices.resolve(shipped, "en-gb") == "en"


def test_the_mean_pitch_is_that_of_the_variant_or_the_language(data: Path) -> None:
    """The mean lies two thirds from base to top: of the variant, else of the language, else of espeak's own voice."""
    (data / "lang" / "gmw" / "en").write_text("language en-gb 2\nlanguage en 2\npitch 80 180\n", encoding="utf-8")
    (data / "voices" / "!v" / "m9").write_text("pitch 34 134\n", encoding="utf-8")
    assert espeak_voices.mean_pitch(data, "en-us") == pytest.approx(82 + 0.66 * 36)
    assert espeak_voices.mean_pitch(data, "en-gb") == pytest.approx(146)
    assert espeak_voices.mean_pitch(data, "en-gb+f3") == pytest.approx(146)
    assert espeak_voices.mean_pitch(data, "en-gb+m9") == pytest.approx(100)


@pytest.mark.parametrize(
    ("hertz", "number"),
    [
        (0, 50),
        (-60, 0),
        (-27, 0),
        (-23, 10),
        (-7, 40),
        (1, 51),
        (9, 60),
        (26, 75),
        (47, 90),
        (62, 99),
        (63, 99),
        (400, 99),
    ],
)
def test_hertz_are_on_the_scale_of_the_library(data: Path, hertz: int, number: int) -> None:
    """A pitch in Hz above a mean of 100 Hz becomes the number that was measured for it, at most the highest."""
    (data / "voices" / "!v" / "m9").write_text("pitch 34 134\n", encoding="utf-8")
    assert espeak_voices.pitch(data, "en-us+m9", hertz) == number
