"""Pinned outputs of each kind of step: finds a kind that makes other bytes under an old key.

`make pins` runs this and writes tests/pins/pins.json: for each step of two small specs its kind, its key and the
digests of what it made, and the tools all that was made with. Keys depend on the tools; with others than those that
were pinned there is nothing to compare, and that is said.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import vidbuild
from tests.support.paths import ROOT, TESTS
from tests.support.scene_samples import SAMPLES
from vidbuild.api.tools import tools
from vidbuild.engine.store.store import Store
from vidbuild.plan.kinds import KINDS

FOLDER = TESTS / "pins"
PINS = FOLDER / "pins.json"
CONSTRAINTS = ROOT / "constraints.txt"
PINNED_ON = ("Linux", "x86_64")
UNPINNED = "voice-edge"  # what a network voice says cannot be pinned
DRAFT = "upright.yaml --draft"  # a spec of which the draft is pinned too
DECIDING = ("imageio-ffmpeg", "typst", "pillow", "pypdfium2", "espeakng-loader", "font-manrope", "font-source-sans-pro")

Pins = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """The result of a comparison. wrong: what must be fixed; elsewhere: why some or all could not be compared."""

    wrong: tuple[str, ...] = ()
    elsewhere: str = ""


def collect() -> Pins:
    """Build the specs from an empty cache and return what was made by what."""
    with tempfile.TemporaryDirectory(prefix="vidbuild-pins-") as place:
        folder = Path(place) / "project"
        shutil.copytree(FOLDER, folder)
        (folder / "vidbuild.toml").touch()
        _write_samples(folder)
        specs = {spec.name: dict(_made(spec)) for spec in sorted(folder.glob("*.yaml"))}
        specs[DRAFT] = dict(_made(folder / DRAFT.partition(" ")[0], draft=True))
    return {"tools": identities(), "specs": specs}


def _write_samples(folder: Path) -> None:
    """Write a spec with the full samples of the scene types that no other spec has, if there are any."""
    written = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.yaml"))
    types = {kind: sample for kind, sample in SAMPLES.items() if f"type: {kind}" not in written}
    scenes = [{"id": kind, "type": kind, **sample.full, "duration": 0.5} for kind, sample in types.items()]
    if scenes:
        spec = {"vidbuild": 1, "title": "Samples", "output": {"size": "160x90", "fps": 24}, "scenes": scenes}
        (folder / "samples.yaml").write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")


def _made(spec: Path, *, draft: bool = False) -> Iterator[tuple[str, dict[str, Any]]]:
    result = vidbuild.build(spec, draft=draft)
    assert result.ok, result
    store = Store(spec.parent / ".vidbuild")
    for each in vidbuild.explain(spec, draft=draft):
        trace = store.trace(each.key)
        assert trace is not None, each.step
        outputs = {name: blob.digest for name, blob in sorted(trace.outputs.items())}
        yield each.step, {"kind": each.kind, "key": each.key, "outputs": outputs}


def identities() -> dict[str, str]:
    """The tools that decide bytes, as they are here."""
    return {name: tool.identify() for name, tool in sorted(tools().items()) if name != UNPINNED}


def compare(pins: Pins, found: Pins, *, constrained: bool) -> Verdict:
    """Hold what was found against what was pinned.

    constrained: whether the tools are those of constraints.txt, on the kind of machine that pins are made on.
    """
    known = {step["key"]: step for spec in pins["specs"].values() for step in spec.values()}
    other: dict[str, str] = {}
    unknown: list[str] = []
    for spec, name, step in _steps(found):
        pin = known.get(step["key"])
        if pin is None:
            unknown.append(f"{spec} {name}")
        elif pin["outputs"] != step["outputs"]:
            other.setdefault(step["kind"], _raise(spec, name, step, pin))
    if other:  # what comes after them has other keys because of them
        return Verdict(tuple(other.values()))
    changed = [name for name, identity in pins["tools"].items() if found["tools"].get(name) != identity]
    if changed:
        return _elsewhere(changed, len(unknown), constrained=constrained)
    keys = {step["key"] for *_, step in _steps(found)}
    named = unknown or [f"{spec} {name}" for spec, name, step in _steps(pins) if step["key"] not in keys]
    return Verdict((f"keys are not those that are pinned ({_few(named)}): `make pins`",)) if named else Verdict()


def _elsewhere(changed: list[str], unknown: int, *, constrained: bool) -> Verdict:
    message = f"made with another {', '.join(changed)} than what is pinned: {unknown} steps could not be compared"
    if constrained:
        return Verdict((f"{message}, though these are the tools of constraints.txt: `make pins`",))
    return Verdict(elsewhere=message)


def _raise(spec: str, name: str, step: Mapping[str, Any], pin: Mapping[str, Any]) -> str:
    files = sorted({*pin["outputs"], *step["outputs"]})
    file = next(each for each in files if pin["outputs"].get(each) != step["outputs"].get(each))
    kind = step["kind"]
    return (
        f"kind '{kind}' makes other bytes for the same key ({spec} {name}, '{file}'): "
        "raise its version in vidbuild/plan/kinds.py, then `make pins`"
    )


def _steps(pins: Pins) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for spec, steps in pins["specs"].items():
        for name, step in steps.items():
            yield spec, name, step


def _few(names: list[str]) -> str:
    return ", ".join([*names[:3], *(["..."] if len(names) > 3 else [])])


def constrained() -> bool:
    """Whether what decides bytes is of the versions in constraints.txt, on a machine like that of the pins."""
    wanted = dict(line.lower().split("==") for line in CONSTRAINTS.read_text(encoding="utf-8").split())
    here = (platform.system(), platform.machine())
    return here == PINNED_ON and all(importlib.metadata.version(name) == wanted[name] for name in DECIDING)


def pinnable() -> set[str]:
    """Return the kinds that can be pinned: all but those that only record which voice would be the fallback."""
    return {name for name, kind in KINDS.items() if UNPINNED not in kind.tools and "-or-" not in name}


def main() -> int:
    """Pin again; refuse if a kind makes other bytes under an old key."""
    found = collect()
    if PINS.exists():
        verdict = compare(json.loads(PINS.read_text(encoding="utf-8")), found, constrained=False)
        refused = [line for line in verdict.wrong if line.startswith("kind ")]
        if refused:
            sys.stderr.write("\n".join(refused) + "\n")
            return 1
    PINS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"pinned {sum(1 for _ in _steps(found))} steps in {PINS.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
