"""Rounds of killing a batch that shares a cache, beside a live page of its spec with a voice's model loaded.

A round is drawn from a seed and its number alone. After it the batch is run again to its end, and everything must be as
if nothing had been killed: the rows' videos, the cache, what the shared cache holds, and what the page shows.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

from tests.support.kill_rounds import ids, read
from tests.support.live_server import LiveServer
from tests.support.processes import alive, marked, until, workers
from tests.support.workspace import Workspace
from vidbuild.engine.store import gc
from vidbuild.engine.store.store import Store

VICTIMS = ("driver", "driver", "everyone", "worker", "server")
ROWS = ("acme", "globex")
WORDS = ("Now", "Then", "Soon", "Later")
SPEC = """\
vidbuild: 1
title: "{word}"
voice: natural:heart
vars: {{name: acme}}
output: {{size: 160x90, fps: 24}}
scenes:
  - {{id: one, type: title, title: "{{{{ name }}}}", narration: "{word}."}}
  - {{id: two, type: list, title: "{word}", items: [This, That], duration: 1}}
"""
BATCH = "batch: 1\nvideos:\n" + "".join(f"  - {{spec: video.yaml, vars: {{name: {name}}}}}\n" for name in ROWS)
FORGOTTEN = 0.6  # share of the results that is forgotten before a round
LATEST = 1.5  # seconds after its start within which a batch is killed


class OpenPage:
    """A reader of a server's stream of events, as a page in a browser is; it comes back after each end."""

    def __init__(self, server: LiveServer) -> None:
        self._server = server
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.events = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(20)

    def _run(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(OSError, HTTPException):
                self._read()
            time.sleep(0.1)

    def _read(self) -> None:
        token = self._server.address.partition("token=")[2]
        connection = HTTPConnection("127.0.0.1", self._server.port, timeout=16)
        try:
            connection.request("GET", "/events", headers={"Authorization": f"Bearer {token}"})
            response = connection.getresponse()
            while not self._ended.is_set() and (line := response.readline()):
                self.events += line.startswith(b"id:")
        finally:
            connection.close()


@dataclass
class Tally:
    """What the rounds came to: blows by victim, and how many rows and steps the next runs had still to make."""

    rounds: int = 0
    blows: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    fetched: int = 0
    missing: int = 0

    def lines(self) -> Iterator[str]:
        """The tally in words."""
        yield f"{self.rounds} rounds; {self.steps} steps were run by the batches after the blows"
        yield f"on machines with the shared cache alone, {self.fetched} steps were fetched and {self.missing} run"
        yield from (f"{count:5d}  {what}" for what, count in sorted(self.blows.items()))


class TeamRounds:
    """A project with a batch, a shared cache and a live page, which is built, killed and built again.

    kept: what the shared cache holds, by path.
    """

    def __init__(self, root: Path, remote: str, kept: dict[str, bytes], seed: int) -> None:
        self.space = Workspace(root)
        self.kept = kept
        self.seed = seed
        self.tally = Tally()
        self.server = LiveServer(root, "video.yaml")
        self.space.write("vidbuild.toml", f'[cache]\nremote = "{remote}"\n')
        self.space.write("batch.yaml", BATCH)
        keys = self.space.run("cache", "keygen", "--json").data
        assert self.space.run("cache", "trust", keys["public"]).code == 0
        self._environment = {"VIDBUILD_CACHE_KEY": keys["private"]}
        self.expected = {word: self._clean(word) for word in WORDS}

    def _write(self, word: str) -> None:
        self.space.write("video.yaml", SPEC.format(word=word))

    def _clean(self, word: str) -> dict[str, str]:
        """Return the digests of what the batch makes of a word, without shared cache and with a new one of its own."""
        self._write(word)
        done = self.space.run("batch", "--no-remote", env={"VIDBUILD_CACHE": str(self.space.root / f"cache-{word}")})
        assert done.code == 0, done.stderr
        return self.outputs()

    def outputs(self) -> dict[str, str]:
        """Return name -> digest of the rows' files."""
        found = {}
        for path in sorted((self.space.root / "build").rglob("*")):
            if path.is_file() and path.name != "batch.json" and any(name in path.name for name in ROWS):
                found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    def round(self, number: int) -> None:
        """Kill one batch, or the page's server beside it, and see that the next run makes everything good."""
        chance = random.Random(f"{self.seed} {number}")
        word, victim = WORDS[number % len(WORDS)], chance.choice(VICTIMS)
        self._forget(chance)
        self._write(word)  # the page begins to build it too
        self._struck(victim, chance.uniform(0, LATEST))
        self._see_next(word, victim)
        if number % 20 == 0:
            self._see_elsewhere(word)
        self.tally.rounds += 1

    def _forget(self, chance: random.Random) -> None:
        """Take traces away here and in the shared cache, so that there is something to do."""
        for trace in sorted((self.space.root / ".vidbuild" / "v1").glob("traces/*/*")):
            if chance.random() < FORGOTTEN:
                trace.unlink(missing_ok=True)
        for path in sorted(self.kept):
            if "/ac/" in path and chance.random() < FORGOTTEN:
                del self.kept[path]

    def _struck(self, victim: str, after: float) -> None:
        events = self.space.root / "events.jsonl"
        events.unlink(missing_ok=True)
        mark = self.space.root / "batch-only"
        process = subprocess.Popen(
            [sys.executable, "-m", "vidbuild", "batch", "--remote-write", "--events", events.name],
            cwd=self.space.root,
            env={**os.environ, **self._environment, **marked(mark)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after)
        ended = process.poll() is not None
        if victim == "server":
            self.server.kill()
            self.server.start()
        else:
            found = alive(mark) if victim == "everyone" else workers(mark)[:1] if victim == "worker" else [process.pid]
            for target in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(target, signal.SIGKILL)
        code = process.wait(120)
        phase = "after its end" if ended else "while it ran" if read(events) else "before its first event"
        self.tally.blows[f"{victim}: {phase}"] += 1
        if victim in {"worker", "server"}:
            assert code == 0, f"exit {code}: what may pass was not tried again"
        assert until(lambda: not alive(mark)), alive(mark)

    def _finish(self, *args: str, env: Mapping[str, str]) -> set[str]:
        """Run the batch to its end, and return the steps that ran."""
        events = self.space.root / "events.jsonl"
        events.unlink(missing_ok=True)
        done = self.space.run("batch", "--events", events.name, *args, env=env)
        assert done.code == 0, done.stderr
        return ids(read(events), "step_started")

    def _see_next(self, word: str, victim: str) -> None:
        self.tally.steps += len(self._finish("--remote-write", env=self._environment))
        assert self.outputs() == self.expected[word], f"{victim}: outputs differ"
        self._see_page(word)
        damaged = gc.verify(Store(self.space.root / ".vidbuild")).corrupt
        assert not damaged, f"{victim}: {damaged}"
        for path, content in dict(self.kept).items():
            if "/cas/" in path:
                assert hashlib.sha256(content).hexdigest() == path.rpartition("/")[2], f"{victim}: {path}"

    def _see_page(self, word: str) -> None:
        """The page's video is built, of what the spec says now."""
        (video,) = self.server.get("/api/videos")
        end = time.monotonic() + 60
        while True:
            found = self.server.get(f"/api/videos/{video['id']}")
            stale = [scene["id"] for scene in found["scenes"] if scene.get("stale")]
            if found["state"] == "ready" and not stale and [scene["title"] for scene in found["scenes"]][1:] == [word]:
                return
            assert time.monotonic() < end, found
            time.sleep(0.1)

    def _see_elsewhere(self, word: str) -> None:
        """Another machine, which has only the shared cache, makes the same of it.

        It runs what the killed batches and the page had built: a build sends only what it runs itself, to its end.
        """
        shutil.rmtree(self.space.root / "elsewhere", ignore_errors=True)
        ran = self._finish(env={"VIDBUILD_CACHE": str(self.space.root / "elsewhere")})
        events = read(self.space.root / "events.jsonl")
        assert self.outputs() == self.expected[word]
        self.tally.fetched += len(ids(events, "step_cached"))
        self.tally.missing += len(ran)
