"""The brands of a project: what each sets, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.api.brands import BrandInfo, brands


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that is the current folder."""
    (tmp_path / "brands").mkdir()
    (tmp_path / "vidbuild.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(**texts: str) -> dict[str, BrandInfo]:
    """Write brands and return them by name."""
    for name, text in texts.items():
        Path("brands", f"{name}.yaml").write_text(text)
    return {each.name: each for each in brands()}


def test_a_mapping_that_two_brands_set_is_listed_by_its_fields() -> None:
    """Each field is where its value is: that of the brand below stays if the one above leaves it out."""
    found = listed(
        house="stock: {provider: pexels, min_seconds: 3}\noutput: {fps: 30}\nvars: {a: x}\ntheme: paper\n",
        acme="extends: house\nstock:\n  min_seconds: 6\nvars: {b: y}\ntheme: {accent: '#aa3300'}\n",
        top="extends: acme\nstock: {orientation: square}\n",
    )
    assert [(each.field, each.value, each.file, each.line) for each in found["top"].settings] == [
        ("output", {"fps": 30}, "brands/house.yaml", 2),
        ("vars.a", "x", "brands/house.yaml", 3),
        ("vars.b", "y", "brands/acme.yaml", 4),
        ("theme", {"accent": "#aa3300"}, "brands/acme.yaml", 5),
        ("stock.provider", "pexels", "brands/house.yaml", 1),
        ("stock.min_seconds", 6, "brands/acme.yaml", 3),
        ("stock.orientation", "square", "brands/top.yaml", 2),
    ]
    assert [each.own() for each in (found["house"], found["acme"], found["top"])] == [
        ["stock", "output", "vars", "theme"],
        ["stock", "vars", "theme"],
        ["stock"],
    ]
    assert found["top"].diagnostics == ()


def test_music_with_a_file_is_another_one() -> None:
    """It replaces the music of the brand below, as in a spec."""
    found = listed(house="music: {file: a.opus, volume: 5}\n", acme="extends: house\nmusic: {file: b.opus}\n")
    assert [each.field for each in found["acme"].settings] == ["music"]
