"""Puts the guard into every Python that a test starts; it knows nothing of what the guard watches."""

from __future__ import annotations

import guard

guard.install()
