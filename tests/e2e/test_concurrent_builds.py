"""Real builds beside each other, and beside those who trim, verify and clear the cache they use."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Container
from pathlib import Path

from tests.support import tiny_project
from tests.support.races import dangling, meanwhile, race
from tests.support.scene_samples import SAMPLES
from tests.support.workspace import Workspace
from vidbuild.engine.store import gc
from vidbuild.engine.store.store import Store

SPECS = {"video.yaml": tiny_project.WORDS[0], "other.yaml": tiny_project.WORDS[1]}
# Scenes that have steps of every kind between them; what is shared does not depend on their number.
SOME = ("title", "list", "code", "command", "image", "clip", "diagram", "chart", "quote", "table", "split", "outro")


def prepare(space: Workspace, types: Container[str]) -> None:
    """Write two specs that share most of their scenes."""
    tiny_project.media(space)
    for name, word in SPECS.items():
        tiny_project.write(space, word, name, types)


def outputs(folder: Path) -> dict[str, str]:
    """Name -> digest of what a build left."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def clean(space: Workspace) -> dict[str, dict[str, str]]:
    """Return the outputs of the specs in a cache that no other build uses."""
    found = {}
    for spec in SPECS:
        done = space.run("build", spec, "-o", f"clean-{spec}", env={"VIDBUILD_CACHE": str(space.root / "cache")})
        assert done.code == 0, done.stderr
        found[spec] = outputs(space.root / f"clean-{spec}")
    return found


def ten_at_once(project: Workspace, types: Container[str] = SAMPLES) -> None:
    """Start ten builds of two specs together, some of them into one folder, and see what they share."""
    prepare(project, types)
    expected = clean(project)
    starts = [(spec, folder) for spec in SPECS for folder in ("shared", "shared", "shared", "own-1", "own-2")]
    racers = [
        (spec, race(project, number, spec, f"{spec}-{folder}", "-j", "2"))
        for number, (spec, folder) in enumerate(starts)
    ]
    for _, racer in racers:
        code, said = racer.ended()
        assert code == 0, said
    ran: Counter[str] = sum((racer.keys() for _, racer in racers), Counter())
    assert len(ran) > 40
    assert set(ran.values()) == {1}
    for spec, racer in racers:
        assert outputs(racer.folder) == expected[spec]


def test_ten_builds_share_what_they_make(workspace: Workspace) -> None:
    """P28, V10: of ten builds at once on one cache each key runs in one, all end well, all outputs are right."""
    ten_at_once(workspace, SOME)


def build_beside_caretakers(project: Workspace, rounds: int, types: Container[str] = SAMPLES) -> None:
    """Four builders at a time, so many times, while others trim, verify and clear the cache without a pause."""
    prepare(project, types)
    expected, store = clean(project), Store(project.root / ".vidbuild")
    verified: list[gc.VerifyResult] = []

    def clear() -> None:
        time.sleep(0.5)
        gc.clear(store)

    acts = (lambda: gc.trim(store, 200_000), lambda: verified.append(gc.verify(store)), clear)
    with meanwhile(*acts) as times:
        for number in range(rounds):
            racers = [
                (spec, race(project, at + number, spec, f"out-{at}", "-j", "1")) for at, spec in enumerate([*SPECS] * 2)
            ]
            for spec, racer in racers:
                code, said = racer.ended()
                assert code == 0, said
                assert outputs(racer.folder) == expected[spec]
    assert all(times[act] for act in range(3)), times
    assert [found.corrupt for found in verified if found.corrupt] == []
    assert dangling(store) == []


def test_cache_maintenance_fails_no_build(workspace: Workspace) -> None:
    """P25: while the cache is trimmed, verified and cleared, no build fails and no output lacks its blobs."""
    build_beside_caretakers(workspace, 1, SOME)
