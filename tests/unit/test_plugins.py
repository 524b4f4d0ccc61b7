"""What plug-ins can import."""

from __future__ import annotations

import ast
import subprocess
import sys

import vidbuild.plugins
from tests.support.paths import ROOT


def test_each_name_is_there_and_documented() -> None:
    """Every exported name can be imported, and docs/plugins.md has those that plug-ins are based on."""
    assert sorted(vidbuild.plugins.__all__, key=str.lower) == sorted(vidbuild.plugins._HOMES, key=str.lower)
    assert all(getattr(vidbuild.plugins, name) is not None for name in vidbuild.plugins.__all__)
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    bases = ("SceneDefaults", "SceneType", "VoiceDefaults", "VoiceEngine", "Importer", "Writer", "Provider")
    assert [name for name in bases if f"`{name}`" not in page] == []


def test_the_names_for_type_checkers_are_the_same() -> None:
    """What type checkers import is what is imported."""
    tree = ast.parse((ROOT / "vidbuild" / "plugins.py").read_text(encoding="utf-8"))
    imports = [node for each in tree.body if isinstance(each, ast.If) for node in each.body]
    found = {
        alias.asname or alias.name: str(node.module).removeprefix("vidbuild.")
        + (f":{alias.name}" if alias.asname else "")
        for node in imports
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert found == vidbuild.plugins._HOMES


def test_a_voice_imports_nothing_of_scenes() -> None:
    """Names are imported when they are used: a step that speaks loads no scene types and no importers."""
    code = "import sys; from vidbuild.plugins import VoiceDefaults, Speech; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rooms = {name.split(".")[1] for name in done.stdout.split() if name.startswith("vidbuild.")}
    assert not rooms & {"scenes", "create", "spec", "stock"}
