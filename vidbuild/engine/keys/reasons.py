"""Why a step runs: the old material compared with the new, line by line.

The key is the hash of these lines, so the reasons always agree with the key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from vidbuild.engine.graph.canonical import Line
from vidbuild.engine.graph.graph import Kind, Product, Step
from vidbuild.frozen import dataclass, values

_SHORT = 60
_SHORT_NAME = 24
_LEAD = 16  # characters that are shown before the first difference of two values
_SHOWN = 2
_HEX = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{56}\b")

# What happened to a step as a whole.
WHOLE = {
    "new": "never built",
    "evicted": "output evicted",
    "fresh": "forced by --fresh",
    "unknown": "changed (previous trace evicted)",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why a step runs.

    what: new, evicted, fresh, unknown (about the whole step), or field, moved (within another field), input, tool,
        version, unreadable.
    name: the field (dotted), role, tool or kind.
    old, new: the values as text; None if absent.
    source: of an input, the file's path or the id of the step that makes it.
    """

    what: str
    name: str = ""
    old: str | None = None
    new: str | None = None
    source: str = ""

    def short(self) -> str:
        """Return the reason in a few words."""
        if self.what in WHOLE:
            return WHOLE[self.what]
        if self.what == "unreadable":
            return self.new or ""
        if self.what == "version":
            return f"step version changed ({self.name} {self.old} -> {self.new})"
        if self.what == "moved":
            return f"{self.name} moved"
        text = f"{self.name} {self._verb()}"
        if self.what == "tool" and self.old and self.new:
            return f"{text} ({_shorten(self.old, _SHORT_NAME)} -> {_shorten(self.new, _SHORT_NAME)})"
        return f"{text} ({PurePath(self.source).name})" if self.what == "input" and "/" in self.source[:1] else text

    def long(self) -> str:
        """Return one line with the old and the new value, both shortened."""
        if self.what in WHOLE or self.what in {"unreadable", "version", "moved"}:
            return self.short()
        origin = f" ({self.source})" if self.source else ""
        return f"{self.what} {self.name} {self._verb()}{origin}: {' -> '.join(_differing(self.old, self.new))}"

    def _verb(self) -> str:
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"

    def to_data(self) -> dict[str, Any]:
        """Return the reason as JSON values."""
        return values(self)


def summary(reasons: Iterable[Reason]) -> str:
    """Return the reasons in a few words: fields of one list are named once, and a long list ends in a count."""
    every = list(reasons)
    # A step has another tool because of another field, which the author of the spec knows.
    causes = [each for each in every if each.what != "tool" or None not in (each.old, each.new)]
    texts = list(dict.fromkeys(_outer(reason).short() for reason in causes or every))
    if len(texts) <= _SHOWN + 1:
        return ", ".join(texts)
    return f"{', '.join(texts[:_SHOWN])} ...and {len(texts) - _SHOWN} more"


def compare(old: Sequence[Line], new: Sequence[Line], step: Step, kind: Kind) -> list[Reason]:
    """Return what differs between two materials of a step."""
    before, after = ({line.path: line for line in side} for side in (old, new))
    paths = [path for path in {**after, **before} if before.get(path) != after.get(path)]
    outer = {path[:end] for path in paths for end, char in enumerate(path) if char == "."} | {""}
    leaves = [path for path in paths if path not in outer or _is_leaf(before.get(path)) or _is_leaf(after.get(path))]
    reasons = [_reason(path, before, after, step, kind) for path in leaves]
    # Positions follow from the text that they are in.
    return [each for each in reasons if each.what != "moved"] or list(dict.fromkeys(reasons))


def _reason(path: str, before: Mapping[str, Line], after: Mapping[str, Line], step: Step, kind: Kind) -> Reason:
    old, new = (_show(side.get(path)) for side in (before, after))
    part, _, name = path.partition(".")
    if part == "params":
        outer = name.partition(".")[0]
        if outer in kind.places and name != outer:
            tags = {side[path].tag for side in (before, after) if path in side}
            return Reason("moved", outer) if "i" in tags else Reason("field", outer, old, new)
        return Reason("field", _unwrapped(name, kind), old, new)
    if part == "inputs":
        return Reason("input", name, old, new, _origin(step, name))
    if part == "tools":
        return Reason("tool", name, old, new)
    return Reason("version", kind.name, old, new)


def _origin(step: Step, role: str) -> str:
    source = step.inputs.get(role)
    if source is None:
        return ""
    return source.step if isinstance(source, Product) else source.path


def _unwrapped(name: str, kind: Kind) -> str:
    outer, dot, inner = name.partition(".")
    return inner if dot and outer in kind.wrappers else name


def _is_leaf(line: Line | None) -> bool:
    return line is not None and line.tag not in {"l", "m"}


def _show(line: Line | None) -> str | None:
    """Format a value as JSON; inputs' digests and tools' identities are left unquoted."""
    if line is None:
        return None
    if line.tag == "s":
        plain = line.path.startswith(("inputs.", "tools."))
        return line.text if plain else json.dumps(line.text, ensure_ascii=False)
    if line.tag in {"l", "m"}:
        return f"{line.text} entries"
    return "null" if line.tag == "n" else line.text


def _outer(reason: Reason) -> Reason:
    """Return the reason with the list's name, if a field inside a list changed."""
    if reason.what != "field":
        return reason
    parts = reason.name.split(".")
    cut = next((index for index, part in enumerate(parts) if part.isdigit()), len(parts))
    if cut in {0, len(parts)}:
        return reason
    return Reason("field", ".".join(parts[:cut]), "", "")


def _differing(old: str | None, new: str | None) -> list[str]:
    """Return the values that exist, shortened so that their first difference is shown."""
    texts = [_HEX.sub(r"\1", text) for text in (old, new) if text is not None]
    differing = (index for index, pair in enumerate(zip(*texts, strict=False)) if len(set(pair)) > 1)
    same = next(differing, min(map(len, texts))) if len(texts) > 1 else 0
    return [_shorten(text if same < _SHORT // 2 else f"...{text[same - _LEAD :]}", _SHORT) for text in texts]


def _shorten(text: str, limit: int) -> str:
    text = _HEX.sub(r"\1", text)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
