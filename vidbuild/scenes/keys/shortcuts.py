"""Shortcuts as text ("mod+shift+p") to key caps, as a Mac's keyboard and a PC's have them."""

from __future__ import annotations

from dataclasses import dataclass

from vidbuild.suggest import nearest

MAC, PC = "mac", "pc"


@dataclass(frozen=True, slots=True)
class Key:
    """A key with a name.

    mac, pc: its cap: a text, or the name of a sign that the template draws, with a colon before it.
    spoken: the words that mention it in a narration.
    """

    mac: str
    pc: str
    spoken: str


class UnknownKeyError(ValueError):
    """A shortcut names a key that no keyboard has.

    name: as it is written.
    near: the nearest name of a key.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown key '{name}'")
        self.name = name
        self.near = nearest(name.lower(), (*NAMED, *ALIASES))


NAMED = {
    "mod": Key(":command", "Ctrl", "command control"),
    "ctrl": Key(":control", "Ctrl", "control"),
    "shift": Key(":shift", "Shift", "shift"),
    "alt": Key(":option", "Alt", "option alt"),
    "cmd": Key(":command", "Win", "command windows"),
    "enter": Key(":enter", "Enter", "enter return"),
    "esc": Key("esc", "Esc", "escape"),
    "tab": Key(":tab", "Tab", "tab"),
    "space": Key("space", "Space", "space"),
    "backspace": Key(":erase", "Backspace", "backspace delete"),
    "delete": Key("del", "Del", "delete"),
    "up": Key(":up", ":up", "up"),
    "down": Key(":down", ":down", "down"),
    "left": Key(":left", ":left", "left"),
    "right": Key(":right", ":right", "right"),
    "home": Key("home", "Home", "home"),
    "end": Key("end", "End", "end"),
    "pageup": Key("page up", "PgUp", "page up"),
    "pagedown": Key("page down", "PgDn", "page down"),
    "insert": Key("insert", "Ins", "insert"),
    "capslock": Key("caps lock", "Caps Lock", "caps lock"),
    "fn": Key("fn", "Fn", "function"),
    "plus": Key("+", "+", "plus"),
}
OTHER_NAMES = {
    "ctrl": "control ctl \u2303",
    "shift": "\u21e7",
    "alt": "option opt \u2325",
    "cmd": "command meta win super \u2318",
    "enter": "return \u23ce",
    "esc": "escape",
    "space": "spacebar",
    "backspace": "\u232b",
    "delete": "del",
    "up": "arrowup",
    "down": "arrowdown",
    "left": "arrowleft",
    "right": "arrowright",
    "pageup": "pgup",
    "pagedown": "pgdn pagedn",
    "insert": "ins",
    "capslock": "caps",
}
ALIASES = {other: name for name, others in OTHER_NAMES.items() for other in others.split()}
FUNCTION_KEYS = frozenset(f"f{number}" for number in range(1, 25))


def chords(shortcut: str) -> list[list[str]]:
    """Return the names of the keys that are pressed together, for each chord of a shortcut such as "mod+k mod+s".

    Raise UnknownKeyError for a name of no key.
    """
    return [[_named(name) for name in _names(chord)] for chord in shortcut.split()]


def caps(shortcut: str, platform: str) -> list[list[str]]:
    """Return the caps of a shortcut's chords on a platform: texts, and signs with a colon before their names."""
    return [[_cap(name, platform) for name in chord] for chord in chords(shortcut)]


def spoken(shortcut: str) -> str:
    """Return the words that mention a shortcut."""
    return " ".join(NAMED[name].spoken if name in NAMED else name for chord in chords(shortcut) for name in chord)


def _names(chord: str) -> list[str]:
    """Return the keys of a chord, of which the last can be "+" itself."""
    if chord.endswith("+"):
        return [*(name for name in chord[:-1].rstrip("+").split("+") if name), "plus"]
    return chord.split("+")


def _named(name: str) -> str:
    known = ALIASES.get(name.lower(), name.lower())
    if known in NAMED or known in FUNCTION_KEYS:
        return known
    if len(name) == 1:
        return name
    raise UnknownKeyError(name)


def _cap(name: str, platform: str) -> str:
    if name in NAMED:
        return NAMED[name].mac if platform == MAC else NAMED[name].pc
    return name.upper() if len(name.upper()) == len(name) else name
