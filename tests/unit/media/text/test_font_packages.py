"""The packages of the extras with fonts: their names in pyproject.toml and in the cache of plans, and their scripts."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.support import font_packages_lab
from vidbuild.api import plan_cache
from vidbuild.media.text import families, font_packages, regions


def test_each_extra_can_be_installed() -> None:
    """Every extra with fonts is in pyproject.toml, with the distribution that has the package's folder."""
    extras = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = {name: each[0].partition(">=")[0] for name, each in extras.items() if name.startswith("fonts-")}
    assert {each.extra: each.module.replace("_", "-") for each in font_packages.PACKAGES} == named


def test_arabic_and_hebrew_are_always_installed() -> None:
    """Their fonts are requirements of vidbuild too; the extras keep older commands working."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    for extra in ("fonts-arabic", "fonts-hebrew"):
        assert set(project["optional-dependencies"][extra]) <= set(project["dependencies"])


def test_plans_depend_on_what_is_installed() -> None:
    """A plan that was kept is made again after an extra was installed or removed."""
    assert {each.module for each in font_packages.PACKAGES} <= set(plan_cache.NEEDED)


@pytest.mark.parametrize(
    ("text", "extras"),
    [
        ("ไ", ["fonts-thai"]),
        ("क", ["fonts-devanagari"]),
        ("日カ한", ["fonts-cjk"]),
        ("שع", ["fonts-hebrew", "fonts-arabic"]),
        ("ა🎉", ["fonts-world"]),
        ("ሀ日", ["fonts-world", "fonts-cjk"]),
        ("\ue0b0", []),
        ("é", []),
    ],
)
def test_the_extra_for_a_script(text: str, extras: list[str]) -> None:
    """A character's script decides which extra is named; none is for signs that only a theme's font can have."""
    assert font_packages.extras_for(text) == extras


def test_files_are_found_without_importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package's files are found though its import would fail."""
    monkeypatch.syspath_prepend(tmp_path)
    assert [each.extra for each in font_packages.installed()] == ["fonts-arabic", "fonts-hebrew"]
    font = font_packages_lab.install(tmp_path, "fonts-thai", "ไ")
    assert font_packages.files_of(font_packages.installed()[0]) == (font,)
    assert not font_packages.is_none_of(font)
    assert font_packages.is_none_of(tmp_path / "other.ttf")
    assert font_packages.not_installed(["fonts-thai", "fonts-cjk"]) == ["fonts-cjk"]


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("zh", "SC"),
        ("zh-CN", "SC"),
        ("zh-TW", "TC"),
        ("zh-Hant-HK", "HK"),
        ("yue", "HK"),
        ("ja-JP", "JP"),
        ("ko", "KR"),
        ("en", "JP"),
    ],
)
def test_the_forms_of_a_language_come_first(language: str, first: str) -> None:
    """Of a collection, the family with the language's forms of shared characters is used."""
    names = [f"Noto Sans CJK {end}" for end in ("JP", "KR", "SC", "TC", "HK")]
    found = families.regional(names, language)
    assert found[0].endswith(f" {first}")
    assert sorted(found) == sorted(names)


@pytest.mark.parametrize(
    ("language", "region"),
    [
        ("zh-TW", "TW"),
        ("zh-Hant", "TW"),
        ("zh_hant_hk", "HK"),
        ("yue", "HK"),
        ("zh-MO", "HK"),
        ("zh-CN", ""),
        ("zh", ""),
        ("de-AT", ""),
    ],
)
def test_the_region_of_a_language(language: str, region: str) -> None:
    """Only Chinese outside of mainland China has a region, so that the keys of all other videos stay."""
    assert regions.params(language) == ({"region": region} if region else {})
