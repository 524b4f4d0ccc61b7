"""The keys scene: shortcuts as caps of a Mac and a PC, and when they are pressed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import ImageChops

from tests.support import scene_samples
from tests.support.drawing import drawn
from vidbuild.scenes.keys import shortcuts
from vidbuild.scenes.protocol import Reveal
from vidbuild.scenes.registry import SCENE_TYPES

KEYS = SCENE_TYPES["keys"]


@pytest.mark.parametrize(
    ("shortcut", "mac", "pc"),
    [
        ("mod+shift+p", [[":command", ":shift", "P"]], [["Ctrl", "Shift", "P"]]),
        ("Ctrl+Option+Return", [[":control", ":option", ":enter"]], [["Ctrl", "Alt", "Enter"]]),
        ("mod+k mod+s", [[":command", "K"], [":command", "S"]], [["Ctrl", "K"], ["Ctrl", "S"]]),
        ("mod++", [[":command", "+"]], [["Ctrl", "+"]]),
        ("+", [["+"]], [["+"]]),
        ("mod+shift p+", [[":command", ":shift"], ["P", "+"]], [["Ctrl", "Shift"], ["P", "+"]]),
        ("mod+plus", [[":command", "+"]], [["Ctrl", "+"]]),
        ("cmd+\u00e9", [[":command", "\u00c9"]], [["Win", "\u00c9"]]),
        ("alt+f4", [[":option", "F4"]], [["Alt", "F4"]]),
        ("\u00df", [["\u00df"]], [["\u00df"]]),
        ("ctrl+-", [[":control", "-"]], [["Ctrl", "-"]]),
    ],
)
def test_caps_of_a_mac_and_a_pc(shortcut: str, mac: list[list[str]], pc: list[list[str]]) -> None:
    """Each key has the cap of its platform, by every usual name and in every case of letters."""
    assert shortcuts.caps(shortcut, shortcuts.MAC) == mac
    assert shortcuts.caps(shortcut, shortcuts.PC) == pc


@pytest.mark.parametrize(
    ("keys", "field", "hint"),
    [
        ("mod+shfit+p", "keys.0", "did you mean 'mod+shift+p'?"),
        ("control+contro", "keys.0", "did you mean 'control+control'?"),
        ("mod+k ctrl+tr", "keys.0", "did you mean 'mod+k ctrl+ctrl'?"),
        ({"keys": "mod+f25", "text": "A"}, "keys.0.keys", None),
        ("a b c d", "keys.0", None),
    ],
)
def test_unknown_keys(keys: Any, field: str, hint: str | None) -> None:
    """A name of no key, and too many chords, are errors at the shortcut, with the nearest key if there is one."""
    [problem] = KEYS.check(scene_samples.scene("keys", keys=[keys]).fields)
    assert problem.field == field
    assert hint is None or problem.hint == hint


@pytest.mark.parametrize(
    ("keys", "platform", "hints"),
    [
        (["Cmd+K", {"keys": "shift+\u2318"}], "both", ["mod+K", "shift+mod"]),
        (["command+k"], "pc", ["mod+k"]),
        (["Cmd+K"], "mac", []),
        (["win+k", "mod+k"], "both", []),
    ],
)
def test_a_command_key_on_a_pc_is_a_warning(keys: Any, platform: str, hints: list[str]) -> None:
    """Its cap would be that of the Windows key, which is seldom meant: the hint has the key that is."""
    found = list(KEYS.lint(scene_samples.scene("keys", keys=keys, platform=platform)))
    assert [each.hint for each in found] == [f"write '{hint}', or set 'platform: mac'" for hint in hints]
    assert {each.code for each in found} <= {"VB327"}


def test_shortcuts_are_pressed_as_spoken() -> None:
    """Each shortcut appears by its label or the names of its keys, is pressed, and is released with the next."""
    items: list[Any] = ["mod+p", {"keys": "esc", "text": "Close it", "at": "x"}]
    assert KEYS.reveals(scene_samples.scene("keys", keys=items)) == [
        Reveal(
            "keys.0",
            None,
            "command control p",
            {"keys-0": "rise"},
            until_next=("keys-0-down",),
            sequence=(("keys-0", 0.0), ("keys-0-down", 0.6)),
        ),
        Reveal(
            "keys.1",
            "x",
            "Close it",
            {"keys-0-past": "cut", "keys-1": "rise"},
            until_next=("keys-1-down",),
            sequence=(("keys-1", 0.0), ("keys-1-down", 0.6)),
        ),
    ]


def test_a_pressed_cap_is_lower_and_has_the_accents_color(tmp_path: Path) -> None:
    """A pressed cap differs from a raised one in color and in place: it is as low as its edge was."""
    made = drawn(tmp_path, "keys", scene_samples.drawing("keys", keys=["a"], platform="pc"), size=(640, 360))
    up, down = made.ink("keys-0"), made.ink("keys-0-down")
    assert down[1] > up[1]
    assert abs(down[3] - up[3]) <= 2
    assert ImageChops.difference(made.image("keys-0"), made.image("keys-0-down")).getbbox()


@pytest.mark.parametrize("platform", ["mac", "pc", "both"])
@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1080, 1080)])
def test_any_shortcuts_stay_inside_the_margins(platform: str, size: tuple[int, int], tmp_path: Path) -> None:
    """The longest shortcuts of both platforms stay inside the margins of every shape of frame."""
    keys = [{"keys": "ctrl+alt+shift+cmd+backspace mod+pagedown", "text": "All of it at once"}] * 6
    made = drawn(tmp_path, "keys", scene_samples.drawing("keys", keys=keys, platform=platform), size=size)
    for name in made.names()[1:]:
        left, top, right, bottom = made.ink(name)
        assert size[0] * 0.04 <= left < right <= size[0] * 0.96
        assert size[1] * 0.03 <= top < bottom <= size[1] * 0.97


def test_every_sign_is_drawn(tmp_path: Path) -> None:
    """Each sign of a key is drawn, and no two are alike."""
    signs = sorted({key.mac for key in shortcuts.NAMED.values() if key.mac.startswith(":")})
    drawings = []
    for sign in signs:
        fields = {"title": None, "platform": ["mac"], "keys": [{"text": None, "caps": [[[sign]]]}]}
        drawings.append(drawn(tmp_path / sign[1:], "keys", fields, size=(320, 180)).image("keys-0").tobytes())
    assert len(set(drawings)) == len(signs) > 9
