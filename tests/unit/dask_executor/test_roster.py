"""Which workers are used, and which of them gets a step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vidbuild.dask_executor import package
from vidbuild.dask_executor.roster import Expected, Roster

TOOLS = {"ffmpeg": "ffmpeg 8.0 sha256:" + "a" * 64, "fonts": "fonts " + "b" * 64}
DESCRIBED: dict[str, Any] = {
    "name": "one",
    "host": "render-1",
    "package": "0.1.0 (aaa)",
    "sees": True,
    "tools": {"package": "0.1.0 (aaa)", "identities": TOOLS, "sandbox": {}, "variables": {}},
}
EXPECTED = Expected("0.1.0 (aaa)", TOOLS, sandboxed=True)


def tools(**changes: Any) -> dict[str, Any]:
    """The description with other tools."""
    return {**DESCRIBED, "tools": {**DESCRIBED["tools"], **changes}}


DIFFERENT: dict[str, tuple[dict[str, Any] | str, str]] = {
    "the code": (
        {**DESCRIBED, "package": "0.2.0 (bbb)"},
        "its vidbuild is '0.2.0 (bbb)', and here it is '0.1.0 (aaa)'",
    ),
    "the code on disk": (
        tools(package="0.2.0 (bbb)"),
        "its vidbuild is '0.2.0 (bbb)', and here it is '0.1.0 (aaa)'",
    ),
    "the store": (
        {**DESCRIBED, "sees": False},
        "it does not see the cache's folder, which all machines must share at the same path",
    ),
    "a tool": (
        tools(identities={**TOOLS, "ffmpeg": "ffmpeg 7.1 sha256:" + "c" * 64}),
        "its ffmpeg is 'ffmpeg 7.1 sha256:cccccccccccc', and here it is 'ffmpeg 8.0 sha256:aaaaaaaaaaaa'",
    ),
    "a missing tool": (
        tools(identities={"ffmpeg": TOOLS["ffmpeg"]}),
        "its fonts is 'none', and here it is 'fonts bbbbbbbbbbbb'",
    ),
    "no sandbox": (tools(sandbox=None), "its steps would not be sandboxed, and those of this machine are"),
    "no description": (
        {**DESCRIBED, "tools": {"error": "ImportError: numpy"}},
        "it cannot describe its tools: ImportError: numpy",
    ),
    "no answer": ("it has no vidbuild", "it has no vidbuild"),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_a_worker_that_differs_is_not_used(case: str) -> None:
    """P29: whatever it is, the reason names it with both values, and the worker has no slot."""
    described, why = DIFFERENT[case]
    roster = Roster(EXPECTED)
    roster.update({"tls://1:1": 4})
    roster.describe("tls://1:1", described)
    assert (roster.slots, list(roster.refused.values())) == (0, [why])
    assert list(roster.refused) == (["'tls://1:1'"] if isinstance(described, str) else ["'one' on render-1"])


def test_equal_workers_are_used() -> None:
    """P29: those that are alike have slots; a worker has the label by which a person finds it."""
    roster = Roster(EXPECTED)
    assert roster.update({"a": 4, "b": 2}) == (["a", "b"], [])
    assert roster.pending == {"a", "b"}
    roster.describe("a", DESCRIBED)
    roster.describe("b", {**DESCRIBED, "name": "b"})
    assert (roster.slots, roster.pending, roster.refused) == (6, set(), {})
    assert [each.label for each in roster.usable.values()] == ["'one' on render-1", "'b' (render-1)"]


def test_a_lost_worker_is_returned_with_its_steps() -> None:
    """P29: a worker that is gone takes its slots along, and what it ran is known; one that left unused is forgotten."""
    roster = Roster(EXPECTED)
    roster.update({"a": 4, "b": 2})
    roster.describe("a", DESCRIBED)
    roster.choose().steps.add("k")
    new, lost = roster.update({"c": 1})
    assert (new, [each.steps for each in lost], roster.slots, roster.pending) == (["c"], [{"k"}], 0, {"c"})
    roster.describe("b", DESCRIBED)  # its answer came late
    assert roster.slots == 0


def test_the_worker_with_most_free_slots_is_chosen() -> None:
    """P31: steps are spread, none goes to a worker without a free slot, and a named worker's steps stay together."""
    roster = Roster(EXPECTED)
    roster.update({"a": 1, "b": 3})
    for address in "ab":
        roster.describe(address, DESCRIBED)
    chosen = []
    for key in range(4):
        worker = roster.choose("a" if key == 1 else "")
        worker.steps.add(str(key))
        chosen.append(worker.address)
    assert chosen == ["b", "a", "b", "b"]
    with pytest.raises(ValueError, match="max"):
        roster.choose()


def test_a_worker_whose_process_is_another_is_new() -> None:
    """Its address is described again; what is said late of the one before changes nothing."""
    roster = Roster(EXPECTED)
    assert roster.update({"tcp://1": 2}) == (["tcp://1"], [])
    roster.describe("tcp://1", DESCRIBED)
    first = roster.choose()
    assert roster.forget(first)
    assert not roster.forget(first)
    assert (roster.slots, roster.update({"tcp://1": 2})) == (0, (["tcp://1"], []))
    roster.describe("tcp://1", DESCRIBED)
    assert not roster.forget(first)
    assert (roster.slots, roster.choose() is first) == (2, False)


def test_an_update_on_disk_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was written anew, or that is new, counts; what Python compiles does not."""
    code = tmp_path / "steps" / "draw.py"
    code.parent.mkdir()
    code.write_text("one")
    monkeypatch.setattr(package, "_root", lambda: tmp_path)
    monkeypatch.setattr(package, "_BETWEEN_LOOKS", 0.0)
    watcher = package.Watcher()
    watcher.begin()
    (code.parent / "__pycache__").mkdir()
    (code.parent / "__pycache__" / "draw.pyc").write_text("compiled")
    assert not watcher.has_changed()
    code.write_text("another")
    assert watcher.has_changed()
    assert watcher.has_changed()
    watcher.begin()
    assert not watcher.has_changed()
    (code.parent / "new.py").touch()
    assert watcher.has_changed()
