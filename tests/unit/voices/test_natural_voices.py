"""The natural voices: which there are, and how the models outside the package are fetched."""

from __future__ import annotations

import hashlib
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from tests.support.file_server import served
from vidbuild.errors import UnreachableError, UsageError
from vidbuild.frozen import replaced
from vidbuild.voices import natural, natural_voices, registry
from vidbuild.voices.natural import Natural
from vidbuild.voices.natural_voices import NaturalVoice

MODEL = b"a model " * 50


@pytest.fixture
def emma(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NaturalVoice:
    """A voice of which the server has the model, and this machine has not."""
    digest = hashlib.sha256(MODEL).hexdigest()
    path = tmp_path / "cache" / "hibari" / "bf_emma.int8.onnx"
    voice = replaced(natural_voices.voices()["emma"], path=path, size=len(MODEL), sha256=digest)
    monkeypatch.setattr(natural_voices, "voices", lambda: {"emma": voice})
    return voice


def test_heart_is_in_the_package_and_the_others_are_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The first voice can be used at once; each other one is a problem with the command that fetches it."""
    natural_voices.voices.cache_clear()
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path))
    try:
        names = Natural().voices()
        assert names[0] == "heart"
        assert Natural().problem("heart") is None
        assert Natural().files("heart") == {}
        for name in names[1:]:
            found = Natural().problem(name)
            assert found is not None
            assert "must be fetched once" in found.message
            assert found.hint == f"vidbuild voices --fetch natural:{name}"
            assert f"fetch it: {found.hint}" in Natural().languages()[name]
            assert Natural().files(name)["model"].parent == tmp_path
    finally:
        natural_voices.voices.cache_clear()


@pytest.mark.parametrize(("name", "hint"), [("hart", "did you mean 'heart'?"), ("zzz", "natural:kore")])
def test_an_unknown_voice_is_explained(name: str, hint: str) -> None:
    """An unknown name is a problem with the nearest one, or with all."""
    found = Natural().problem(name)
    assert found is not None
    assert found.message == f"natural has no voice '{name}'"
    assert hint in (found.hint or "")


@pytest.mark.usefixtures("loopback")
def test_a_model_is_fetched_once(emma: NaturalVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model is downloaded, compared with its digest and put into place; the second time nothing is asked."""
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / emma.path.name).write_bytes(MODEL)
    with served(tmp_path / "www") as address:
        monkeypatch.setenv(natural_voices.BASE_VARIABLE, f"{address}/")
        assert natural_voices.fetch("emma") == emma.path
    assert emma.path.read_bytes() == MODEL
    assert [path.name for path in emma.path.parent.iterdir()] == [emma.path.name]
    assert natural_voices.fetch("emma") == emma.path


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (MODEL[:-1], "wrong size: expected 400 bytes, got 399"),
        (MODEL + b"more", "wrong size: expected 400 bytes, got more than 400"),
        (MODEL[:-1] + b"?", "has other content: expected sha256"),
        (None, "HTTP Error 404"),
    ],
)
def test_a_bad_download_leaves_nothing(
    emma: NaturalVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, message: str
) -> None:
    """A download that is cut, longer, other or missing is an unreachable service, and no file."""
    (tmp_path / "www").mkdir()
    if content is not None:
        (tmp_path / "www" / emma.path.name).write_bytes(content)
    with served(tmp_path / "www") as address:
        monkeypatch.setenv(natural_voices.BASE_VARIABLE, f"{address}/")
        with pytest.raises(UnreachableError, match=message):
            natural_voices.fetch("emma")
    assert not emma.path.exists()


def test_a_name_that_is_no_voice_is_not_fetched(emma: NaturalVoice) -> None:
    """An unknown name is a usage error, before any download."""
    assert emma
    with pytest.raises(UsageError, match="natural has no voice 'ema'"):
        natural_voices.fetch("ema")


@pytest.mark.parametrize(
    ("language", "voice"),
    [
        ("en", ("natural", "heart")),
        ("en-GB", ("natural", "heart")),
        ("de", ("espeak", "de")),
        ("de-AT", ("espeak", "de")),
        ("pt-BR", ("espeak", "pt-br")),
        ("xx", ("espeak", "en-us")),
    ],
)
def test_the_default_voice_follows_the_language(language: str, voice: tuple[str, str]) -> None:
    """English is natural; other languages have espeak's voice for them."""
    assert registry.default(language) == voice


def test_english_falls_back_to_espeak_without_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """If onnxruntime is not installed, the engine names the command, and English is spoken by espeak."""
    monkeypatch.setattr(natural, "find_spec", lambda name: None if name == "onnxruntime" else name)
    assert Natural().available() == natural.INSTALL
    assert registry.default("en") == ("espeak", "en-us")
    found = Natural().problem("heart")
    assert found is not None
    assert found.message == "the voice 'natural:heart' cannot be used: its packages are not installed"
    assert found.hint == f"{natural.INSTALL}, or use espeak:en-us"


@pytest.mark.parametrize("spec", [None, ModuleSpec("hibari", None)], ids=["absent", "folder alone"])
def test_without_the_library_there_are_no_voices(monkeypatch: pytest.MonkeyPatch, spec: ModuleSpec | None) -> None:
    """Without the library, or with its folder alone, there are no voices, and its file is one that does not exist."""
    monkeypatch.setattr(natural_voices, "find_spec", lambda _: spec)
    assert natural_voices.voices.__wrapped__() == {}
    (missing,) = natural_voices.package_files()
    assert not missing.exists()


def test_the_files_of_the_library_are_its_code_and_its_data() -> None:
    """The identity of the voices follows from the library's modules, its reading of English, and its data."""
    files = natural_voices.package_files()
    assert {"voices.json", "__init__.py"} <= {file.name for file in files}
    assert {file.parent.name for file in files} == {"hibari", "g2p", "assets"}
    assert all(file.is_file() for file in files)
