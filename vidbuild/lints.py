"""The registry of lints: what vidbuild warns of, by the codes with which a spec switches a warning off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from vidbuild.frozen import dataclass

FILE = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, slots=True)
class Lint:
    """One lint.

    code: "VB" and three digits; it never changes its meaning, and that of a removed lint is not used again.
    name: for people, in lower case with hyphens.
    description: what the warning means, as a sentence.
    hint: what to do about it, as a sentence.
    always: whether no spec can switch it off: it is about the machine, or `build` fails for it.
    """

    code: str
    name: str
    description: str
    hint: str
    always: bool = False


@cache
def lints() -> Mapping[str, Lint]:
    """Return code -> lint, in the order of the codes."""
    return {each["code"]: Lint(**each) for each in json.loads(FILE.read_text(encoding="utf-8"))}
