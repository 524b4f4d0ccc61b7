"""The providers of plug-ins, which are loaded when `vidbuild lock` searches with them; builds read what is locked."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from vidbuild.errors import PluginError
from vidbuild.extensions import hints, installed, loading
from vidbuild.extensions.guard import Guarded
from vidbuild.extensions.shapes import misfit
from vidbuild.spec.lock_file import Request
from vidbuild.stock.protocol import Access, Candidate, Provider, StockError


def provider(name: str, own: Collection[str]) -> Provider:
    """Return the provider that a plug-in has. Raises StockError if none has it, or it cannot be used.

    name: NAME or DISTRIBUTION.NAME. own: the names of vidbuild's own providers.
    """
    try:
        plugin = installed.find("stock", name, own)
        if plugin is None:
            raise StockError(f"unknown provider '{name}'", hints.unknown_hint("stock", name, own))
        return _PluginProvider(name, loading.load(plugin, Provider), plugin)
    except PluginError as error:
        raise StockError(error.message, error.hint) from error


def checked(plugin: installed.Plugin) -> None:
    """Raise PluginError if a provider cannot be used."""
    loading.load(plugin, Provider)


class _PluginProvider:
    """A provider, with its faults as errors about stock media."""

    def __init__(self, name: str, made: object, plugin: installed.Plugin) -> None:
        guarded = Guarded(made, plugin, _wrong, passing=(StockError,))
        self.name: str = name
        self.network: bool = guarded.network
        self.base: str = guarded.base
        self._guarded = guarded

    def search(self, request: Request, access: Access) -> Sequence[Candidate]:
        """Return the candidates for a request, the best first. Raises StockError."""
        try:
            return list(self._guarded.search(request, access))
        except PluginError as error:
            raise StockError(error.message, error.hint) from error


def _wrong(_name: str, result: object) -> str | None:
    """Return what is wrong with the result of a search; None if nothing is."""
    return misfit(result, Sequence[Candidate])
