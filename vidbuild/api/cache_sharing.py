"""Keys of a shared cache, and its results without a build: made, trusted, pushed and pulled."""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from vidbuild.api.engine import engine_of
from vidbuild.api.network_policy import settings_of
from vidbuild.api.plan import Plan, plans_of, store_of
from vidbuild.api.shared_cache import NO_ADDRESS, NO_KEYS, signer
from vidbuild.api.video import target_of
from vidbuild.engine.disk import durable
from vidbuild.engine.keys.fetch import FetchResult, fetch
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.trace import Trace
from vidbuild.errors import UsageError
from vidbuild.project import SETTINGS, root_of
from vidbuild.shared_cache import leaks
from vidbuild.shared_cache.keys import KeyPair, generate, public_key
from vidbuild.shared_cache.push import AT_ONCE, Pushed, Pusher, total
from vidbuild.shared_cache.tier import SharedTier
from vidbuild.spec.settings import CacheSettings

_TABLE = re.compile(r"^[ \t]*\[cache\][^\n]*\n?", re.MULTILINE)
_KEYS = re.compile(r"^([ \t]*keys[ \t]*=[ \t]*\[)", re.MULTILINE)
MAX_ROUNDS = 100  # of a pull: results lead to others


def keygen() -> KeyPair:
    """Return a new pair of keys, which is kept nowhere."""
    return generate()


def trust(key: str, folder: Path | None = None) -> Path:
    """Add a public key to the settings of a project, and return their file. Raises UsageError."""
    public_key(key)
    path = root_of((folder or Path()) / SETTINGS) / SETTINGS
    leaks.refuse(path.parent)
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    settings = settings_of(path.parent)
    if settings is not None and key in settings.cache.keys:
        return path
    new = _with_key(text, key)
    expected = (*(settings.cache.keys if settings else ()), key)
    if tuple(tomllib.loads(new).get("cache", {}).get("keys", ())) not in {expected, (key, *expected[:-1])}:
        raise UsageError(f"cannot edit '{path}'", hint=f"add \"{key}\" to 'keys' of its table [cache]")
    durable.write(path, new.encode())
    return path


def _with_key(text: str, key: str) -> str:
    """Return the settings with a key more in the table `cache`."""
    table = _TABLE.search(text)
    if table is None:
        gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
        return f'{text}{gap}[cache]\nkeys = ["{key}"]\n'
    end = re.compile(r"^[ \t]*\[", re.MULTILINE).search(text, table.end())
    keys = _KEYS.search(text, table.end(), end.start() if end else len(text))
    if keys is None:
        line = "" if table[0].endswith("\n") else "\n"
        return f'{text[: table.end()]}{line}keys = ["{key}"]\n{text[table.end() :]}'
    return f'{text[: keys.end()]}"{key}", {text[keys.end() :]}'


def push(specs: Sequence[Path], replace: Collection[str] = ()) -> Pushed:
    """Write the results of specs that the project's cache has to the shared one.

    replace: ids or patterns of steps whose results replace those that are there.

    Raises UsageError and RemoteError.
    """
    places = [_of(spec) for spec in specs]
    for root in dict.fromkeys(root_of(spec) for spec in specs):
        leaks.refuse(root)
    own = signer()
    plans = [plans_of(spec, store=store) for spec, (store, _) in zip(specs, places, strict=True)]
    _check_patterns(plans, places, replace)
    every = []
    for own_plans, (store, settings) in zip(plans, places, strict=True):
        traces = {trace.key: trace for plan in own_plans for trace in _cached(store, plan)}
        replaced = {key for plan in own_plans for key in _matching(store, plan, replace)}
        pushed = Pusher(settings.remote, store.blobs, own, replaced).push(traces.values())
        if pushed.error is not None:
            raise pushed.error
        every.append(pushed)
    return total(every)


def pull(specs: Sequence[Path], replace: Collection[str] = ()) -> tuple[int, int]:
    """Fetch the results of specs, and return how many were fetched and rejected.

    replace: ids or patterns of steps whose results are fetched also if the project's cache has some.

    Raises UsageError and RemoteError.
    """
    places = [_of(spec) for spec in specs]
    if not all(settings.keys for _, settings in places):
        raise UsageError("no key is trusted", hint=NO_KEYS)
    plans = [plans_of(spec, store=store) for spec, (store, _) in zip(specs, places, strict=True)]
    _check_patterns(plans, places, replace)
    fetched = rejected = 0
    for own_plans, (store, settings) in zip(plans, places, strict=True):
        tier = SharedTier(settings.remote, settings.keys, fetch_all=True)
        tier.probe()
        store.prepare()
        for plan in own_plans:
            more, wrong = _pull(store, plan, tier, replace)
            fetched, rejected = fetched + more, rejected + wrong
    return fetched, rejected


def _pull(store: Store, plan: Plan, tier: SharedTier, replace: Collection[str]) -> tuple[int, int]:
    """Fetch what is there, until that leads to no further keys."""
    asked: set[str] = set()
    fetched = rejected = 0
    with tempfile.TemporaryDirectory(dir=store.home) as folder, ThreadPoolExecutor(AT_ONCE) as pool:

        def fetch_one(key: str) -> FetchResult:
            own = Path(folder) / key  # results can have the same blob
            own.mkdir()
            return fetch(key, [tier], store.blobs, own)

        for _ in range(MAX_ROUNDS):
            found = engine_of(store).explain(target_of(plan))
            keys = {each.key for each in found if each.state != "cached" and each.key}
            keys |= _matching(store, plan, replace)
            if not keys - asked:
                break
            for result in pool.map(fetch_one, sorted(keys - asked)):
                rejected += result.rejected
                if result.trace is not None and result.trace != store.trace(result.trace.key):
                    store.write_trace(result.trace)
                    fetched += 1
            asked |= keys
    if tier.error is not None:
        raise tier.error
    return fetched, rejected


def _check_patterns(
    plans: Sequence[Sequence[Plan]], places: Sequence[tuple[Store, CacheSettings]], patterns: Collection[str]
) -> None:
    """Raise UsageError for a pattern that matches no step of any spec."""
    if patterns:
        targets = [target_of(plan) for own_plans in plans for plan in own_plans]
        engine_of(places[0][0]).check_fresh(targets, patterns)


def _matching(store: Store, plan: Plan, patterns: Collection[str]) -> set[str]:
    """Return the keys of the steps that match patterns, as far as they are known."""
    if not patterns:
        return set()
    found = engine_of(store).explain(target_of(plan), patterns)
    return {each.key for each in found if each.key and any(reason.what == "fresh" for reason in each.reasons)}


def _cached(store: Store, plan: Plan) -> list[Trace]:
    found = engine_of(store).explain(target_of(plan))
    return [trace for each in found if each.state == "cached" and (trace := store.trace(each.key)) is not None]


def _of(spec: Path) -> tuple[Store, CacheSettings]:
    settings = settings_of(root_of(spec))
    if settings is None or not settings.cache.remote:
        raise UsageError("the project has no remote cache", hint=NO_ADDRESS)
    return store_of(spec, None), settings.cache
