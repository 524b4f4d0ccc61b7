"""Finding plug-ins by their entry points."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support import plugin_lab
from vidbuild.errors import PluginError
from vidbuild.extensions import hints, installed

POINTS = """\
[vidbuild.scenes]
gauge = a:Gauge
title = a:Title
Odd_Name = a:Odd

[vidbuild.other]
x = a:X

[console_scripts]
a = a:main
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which Python finds what is installed."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder)])
    return folder


def test_entry_points_of_our_groups_are_plugins(site: Path) -> None:
    """Only the groups that vidbuild has count, under the normalized name of their distribution."""
    plugin_lab.write(site, "Acme_Gauges", "1.2", POINTS, {})
    found = installed.installed("scenes")
    assert [(each.name, each.distribution, each.version) for each in found] == [
        ("Odd_Name", "acme-gauges", "1.2"),
        ("gauge", "acme-gauges", "1.2"),
        ("title", "acme-gauges", "1.2"),
    ]
    assert installed.installed("voices") == []


def test_a_name_is_found_with_and_without_its_distribution(site: Path) -> None:
    """NAME and DISTRIBUTION.NAME mean the same plug-in; another distribution has none."""
    plugin_lab.write(site, "acme-gauges", "1.2", POINTS, {})
    plain = installed.find("scenes", "gauge", ["title"])
    assert plain is not None
    assert plain.label == "the scene type 'gauge' of the plug-in acme-gauges 1.2"
    assert installed.find("scenes", "acme-gauges.gauge", ["title"]) == plain
    assert installed.find("scenes", "other.gauge", ["title"]) is None
    assert installed.find("scenes", "meter", ["title"]) is None
    assert installed.find("scenes", "Odd_Name", ["title"]) is None


@pytest.mark.parametrize("spelled", ["title", "acme-gauges.title"])
def test_a_name_of_our_own_is_refused(site: Path, spelled: str) -> None:
    """No plug-in takes a name of vidbuild's own, with its distribution or without."""
    plugin_lab.write(site, "acme-gauges", "1.2", POINTS, {})
    with pytest.raises(PluginError, match="has the name of vidbuild's own scene type and cannot be used"):
        installed.find("scenes", spelled, ["title"])


def test_damaged_distributions_are_left_out(site: Path) -> None:
    """A file of any installed distribution that is no UTF-8 stops nothing; an entry point without sense stays."""
    for name, damaged in (("one", "entry_points.txt"), ("two", "METADATA")):
        plugin_lab.write(site, name, "1.0", POINTS, {})
        (site / f"{name}-1.0.dist-info" / damaged).write_bytes(b"[vidbuild.scenes]\nName: \xff\xfe\n")
    plugin_lab.write(site, "three", "1.0", "[vidbuild.scenes]\nodd = a!!b\nempty = \nmodule = a\n", {})
    found = [(each.name, each.module, each.attribute) for each in installed.installed("scenes")]
    assert found == [("empty", "", ""), ("module", "a", ""), ("odd", "a!!b", "")]


def test_a_name_of_two_distributions_needs_one_of_them(site: Path) -> None:
    """A name that two distributions have is refused; lists have both with their distributions."""
    for name in ("acme", "bolt"):
        plugin_lab.write(site, name, "1", "[vidbuild.scenes]\ngauge = a:Gauge\n", {})
    with pytest.raises(PluginError, match="is in several plug-ins: acme 1, bolt 1") as raised:
        installed.find("scenes", "gauge", [])
    assert raised.value.hint == "write 'acme.gauge', or uninstall all but one"
    found = installed.find("scenes", "bolt.gauge", [])
    assert found is not None
    assert found.distribution == "bolt"
    assert installed.names("scenes", []) == ["acme.gauge", "bolt.gauge"]


def test_a_name_that_is_declared_twice(site: Path) -> None:
    """One distribution that declares a name twice is refused, and not with a hint that cannot help."""
    plugin_lab.write(site, "acme", "1", "[vidbuild.scenes]\ngauge = a:Gauge\ngauge = b:Gauge\n", {})
    with pytest.raises(PluginError, match="is declared twice"):
        installed.find("scenes", "gauge", [])


def test_the_first_of_two_copies_counts(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a distribution that is found twice, the copy counts that Python would import."""
    other = tmp_path / "other"
    plugin_lab.write(site, "acme", "2", "[vidbuild.scenes]\ngauge = a:Gauge\n", {})
    plugin_lab.write(other, "acme", "1", "[vidbuild.scenes]\ngauge = a:Gauge\n", {})
    monkeypatch.setattr(sys, "path", [str(site), str(other)])
    assert [each.version for each in installed.installed("scenes")] == ["2"]


def test_the_current_folder_is_not_searched(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither as "" nor by its path."""
    plugin_lab.write(site, "acme", "1", "[vidbuild.scenes]\ngauge = a:Gauge\n", {})
    monkeypatch.chdir(site)
    monkeypatch.setattr(sys, "path", ["", str(site)])
    assert installed.search_path() == ()
    assert installed.installed("scenes") == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("acme.gauge", "if you trust the plug-in 'acme': pip install acme"),
        ("gauge", None),
        ("Not Normal.gauge", None),
        ("acme.", None),
        (".gauge", None),
    ],
)
def test_where_an_unknown_name_comes_from(name: str, hint: str | None) -> None:
    """A name with its distribution says what to install, if it is one that pip could have written."""
    assert hints.install_hint(name) == hint
