"""What the application answers from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.types import Scope

from vidbuild.api.plan import store_of
from vidbuild.api.plan_cache import entry_of
from vidbuild.serve.builder import Builder
from vidbuild.serve.catalog import Catalog, Video
from vidbuild.serve.pictures import Pictures
from vidbuild.serve.security import Access
from vidbuild.serve.stream import Stream


@dataclass(slots=True)
class Services:
    """The parts of a server.

    cache: the cache's folder.
    drop: ends the connection that a request came on.
    on_bug: called with an exception that no user caused.
    """

    catalog: Catalog
    stream: Stream
    builder: Builder
    pictures: Pictures
    access: Access
    cache: Path
    on_bug: Callable[[Exception], None]
    drop: Callable[[Scope], None] = lambda _: None
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def video(self, number: str) -> Video:
        """Return a video by its id; 404 if there is none."""
        found = self.catalog.video(number)
        if found is None:
            raise HTTPException(404, "no such video")
        return found

    def entry(self, spec: Path) -> str:
        """Return the name under which runs record a spec."""
        return entry_of(spec, store=store_of(spec, self.cache))
