"""Answers of sites that ask for a cache: kept in the project's cache folder for some hours."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from vidbuild.engine.disk import durable
from vidbuild.json_types import Json

_HOUR = 3600


class Answers:
    """The kept answers. clock: seconds since 1970."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._clock = folder, clock

    def get(self, url: str, query: Mapping[str, str], hours: float) -> Json | None:
        """Return the answer to a request that is not older than some hours; None if there is none."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self._path(url, query).read_bytes())
            if 0 <= self._clock() - kept["at"] < hours * _HOUR:
                answer: Json = kept["answer"]
                return answer
        return None

    def put(self, url: str, query: Mapping[str, str], answer: Json) -> None:
        """Keep an answer; if that is not possible, the next request is sent."""
        data = json.dumps({"at": self._clock(), "answer": answer}).encode()
        durable.try_write(self._path(url, query), data)

    def _path(self, url: str, query: Mapping[str, str]) -> Path:
        name = hashlib.sha256(json.dumps([url, sorted(query.items())]).encode()).hexdigest()
        return self._folder / f"{name}.json"
