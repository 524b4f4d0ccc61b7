"""What a push takes, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.shared_results import stored_trace
from vidbuild.engine.store.store import Store
from vidbuild.remote.client import SLOWEST
from vidbuild.remote.stores import store_of
from vidbuild.shared_cache.keys import Signer, generate
from vidbuild.shared_cache.push import Pusher


def test_a_large_blob_has_more_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that writes 4 MB may take longer than one that asks whether they are there."""
    times: list[float] = []

    def seen(address: Any, seconds: float, *more: Any) -> Any:
        times.append(seconds)
        return store_of(address, seconds, *more)

    monkeypatch.setattr("vidbuild.remote.client.store_of", seen)
    store = Store(tmp_path / "ours")
    trace = stored_trace(store, size=500_000)
    pushed = Pusher("memory://push", store.blobs, Signer(generate().private)).push([trace])
    assert (pushed.written, pushed.bytes) == (1, 8_000_000)
    assert min(times) < 40
    assert max(times) >= 30 + 4_000_000 / SLOWEST
