"""The cache that several machines share, as a project's settings name it, in one run."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.api.network_policy import settings_of
from vidbuild.api.options import BuildOptions
from vidbuild.api.remote_counts import RemoteCounts
from vidbuild.api.result import Notice
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.keys.cache import Cache, FetchCounts
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.trace import Trace
from vidbuild.errors import UsageError, VidbuildError
from vidbuild.remote.address import Address, parse
from vidbuild.remote.errors import exposure
from vidbuild.remote.public_key import VARIABLE, InvalidKeyError

WRITE = "VIDBUILD_REMOTE_WRITE"  # in the environment, instead of --remote-write
if TYPE_CHECKING:
    from vidbuild.shared_cache.keys import Signer

NO_ADDRESS = 'in vidbuild.toml: [cache] remote = "s3://BUCKET/FOLDER"'
NO_KEYS = "vidbuild cache trust KEY, with the public key of those who write to it"


class SharedCache:
    """The shared cache of one run.

    tiers: for the engine; none if it is not read.
    counts: what the run had of it, after `finish`.

    Raises UsageError if it is asked for and cannot be used as asked, and RemoteError with `require_remote` if it does
    not answer.
    """

    def __init__(self, address: str, keys: Sequence[str], *, read: bool, write: bool, required: bool) -> None:
        from vidbuild.shared_cache.tier import SharedTier

        self.counts = RemoteCounts()
        self._address = address
        self._required = required
        self._signer = signer() if write else None
        self._tier = SharedTier(address, keys, writes=write)
        self.tiers: Sequence[Cache] = (self._tier,) if read else ()
        self._error: VidbuildError | None = None
        if required:
            self._tier.probe()

    def finish(self, store: Store, reports: Iterable[BuildReport], fetches: FetchCounts) -> None:
        """Write what ran, if that is asked for, and count."""
        self._error = self._tier.error
        written = kept = 0
        if self._signer is not None:
            from vidbuild.shared_cache.push import Pusher

            pushed = Pusher(self._address, store.blobs, self._signer).push(_ran(store, reports))
            written, kept, self._error = pushed.written, pushed.kept, self._error or pushed.error
        trouble = self._error.message if self._error else ""
        self.counts = RemoteCounts(
            fetches.hits, fetches.misses, fetches.rejected, written, kept, self._signer is None, trouble
        )

    def notices(self) -> Iterator[Notice]:
        """Yield a warning if there was trouble, and of a token that others can read."""
        yield from exposed(parse(self._address))
        if self._error is not None:
            message = f"the remote cache is not used to the end: {self._error.message}"
            yield Notice(message, hint=self._error.hint, code="VB910")

    def check(self) -> None:
        """Raise the error that there was, if the remote cache is required."""
        if self._required and self._error is not None:
            raise self._error


def exposed_cache(root: Path) -> Iterator[Notice]:
    """Yield the warning of `exposed` for the remote cache of a project, if it has one that can be used."""
    settings = settings_of(root)
    if settings is not None and settings.cache.remote:
        with contextlib.suppress(VidbuildError):  # which the build itself says
            yield from exposed(parse(settings.cache.remote))


def exposed(address: Address) -> Iterator[Notice]:
    """Yield a warning of a place to which a token is sent without TLS."""
    if message := exposure(address):
        yield Notice(message, hint="use https://", code="VB912")


def signer() -> Signer:
    """Return what signs with the private key of the environment. Raises UsageError without one."""
    from vidbuild.shared_cache.keys import Signer

    private = os.environ.get(VARIABLE, "")
    hint = f"set {VARIABLE} to the private key that 'vidbuild cache keygen' prints, in protected branches alone"
    if not private:
        raise UsageError("results can only be written to the remote cache with a private key", hint=hint)
    try:
        return Signer(private)
    except InvalidKeyError as error:
        raise UsageError(f"{VARIABLE} is {error.message}", hint=hint) from error


class UnusableCache:
    """Takes the place of a shared cache that cannot be used, such as without its packages: the build goes on."""

    tiers: Sequence[Cache] = ()

    def __init__(self, error: VidbuildError) -> None:
        self.counts = RemoteCounts(trouble=error.message)
        self._error = error

    def finish(self, store: Store, reports: Iterable[BuildReport], fetches: FetchCounts) -> None:
        """Do nothing."""

    def notices(self) -> Iterator[Notice]:
        """Yield a warning."""
        yield Notice(f"the remote cache is not used: {self._error.message}", hint=self._error.hint, code="VB910")

    def check(self) -> None:
        """Do nothing: one that is required raises when it is made."""


def _ran(store: Store, reports: Iterable[BuildReport]) -> list[Trace]:
    keys = {each.key for report in reports for each in report.steps.values() if each.state is State.BUILT and each.key}
    return [trace for key in sorted(keys) if (trace := store.trace(key)) is not None]


def shared_cache(root: Path, options: BuildOptions) -> SharedCache | UnusableCache | None:
    """Return the shared cache of a project; None if it has none, or if the run is to use no network.

    Raises UsageError if one is asked for that is not set, and SpecError for wrong settings.
    """
    settings = settings_of(root)
    table = settings.cache if settings else None
    write = options.remote_write or os.environ.get(WRITE, "") not in {"", "0"}
    if table is None or not table.remote:
        if options.require_remote or options.remote_write:
            raise UsageError("the project has no remote cache", hint=NO_ADDRESS)
        return None
    if options.offline:
        return None
    read = options.use_remote and table.read and bool(table.keys)
    if not read and not write and not options.require_remote:
        wanted = options.use_remote and table.read
        return UnusableCache(UsageError("no key is trusted", hint=NO_KEYS)) if wanted else None
    if write:
        from vidbuild.shared_cache import leaks

        leaks.refuse(root)
    try:
        return SharedCache(table.remote, table.keys, read=read, write=write, required=options.require_remote)
    except UsageError as error:
        if write or options.require_remote:
            raise
        return UnusableCache(error)
