"""Puts the guard into every Python that a test starts."""

from __future__ import annotations

import guard

guard.install()
