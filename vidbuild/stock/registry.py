"""All providers of stock media."""

from __future__ import annotations

from importlib import import_module

from vidbuild.stock.protocol import Provider

# Name in specs -> module in this package, and the name of its class. Each is imported when it is needed.
PROVIDERS = {
    "pexels": ("pexels", "Pexels"),
    "pixabay": ("pixabay", "Pixabay"),
    "commons": ("wikimedia_commons", "Commons"),
    "folder": ("folder", "Folder"),
}


def provider(name: str) -> Provider:
    """Return a provider: vidbuild's own, or that of a plug-in. Raises StockError if there is none that can be used."""
    if name not in PROVIDERS:
        from vidbuild.stock import plugin

        return plugin.provider(name, PROVIDERS)
    module, kind = PROVIDERS[name]
    found: Provider = getattr(import_module(f"vidbuild.stock.{module}"), kind)()
    return found
