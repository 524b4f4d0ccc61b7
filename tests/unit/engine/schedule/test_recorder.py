"""Traces that are written in threads."""

from __future__ import annotations

import threading

import pytest

from vidbuild.engine.schedule.recorder import Recorder


def failing() -> str:
    """Write on a full disk."""
    raise OSError(28, "No space left on device")


def test_each_result_and_each_error_comes_back() -> None:
    """P11, P15: what a write returns or raises belongs to its step, and the loop is woken for each."""
    woken = threading.Semaphore(0)
    recorder = Recorder(woken.release)
    recorder.start("a", lambda: "written")
    recorder.start("b", failing)
    found = dict(recorder.collect(wait=True))
    assert found["a"]() == "written"
    with pytest.raises(OSError, match="No space left"):
        found["b"]()
    assert all(woken.acquire(timeout=5) for _ in found)
    assert recorder.collect() == recorder.collect(wait=True) == []
    recorder.close()


def test_without_threads_a_trace_is_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """P14: where no thread can be started, nothing is lost, and an error is still that of its step."""

    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    woken: list[int] = []
    recorder = Recorder(lambda: woken.append(1))
    monkeypatch.setattr(threading.Thread, "start", refused)
    recorder.start("a", lambda: "written")
    recorder.start("b", failing)
    found = dict(recorder.collect(wait=True))
    assert found["a"]() == "written"
    with pytest.raises(OSError, match="No space left"):
        found["b"]()
    assert len(woken) == 2
    monkeypatch.undo()
    recorder.close()
