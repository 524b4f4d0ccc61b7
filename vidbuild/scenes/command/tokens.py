"""Finds what looks like a secret in the output of commands: the tokens of services, and private keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vidbuild.scenes.protocol import SceneProblem

_KINDS: tuple[tuple[str, str], ...] = (
    ("an AWS access key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("a GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{50,}\b"),
    ("a GitLab token", r"\bglpat-[A-Za-z0-9_-]{20,}\b"),
    ("a Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}\b"),
    ("a Google API key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
    ("an API key", r"\bsk-(?:[a-z]+-)*[A-Za-z0-9_-]{20,}\b|\b[rs]k_live_[0-9A-Za-z]{16,}\b"),
    ("an npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("a PyPI token", r"\bpypi-[A-Za-z0-9_-]{50,}\b"),
    ("a JSON web token", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\b"),
    ("a private key", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    ("a password in an address", r"\b[a-z][a-z0-9+.-]*://[^\s:/@]+:[^\s:/@]{3,}@[\w.-]+"),
)
_SHOWN = 4  # characters of a token that a message shows
HINT = "record with a made-up one, and revoke this one if it is real"


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the start of each text that looks like a secret."""
    for name, pattern in _KINDS:
        for match in re.finditer(pattern, text):
            yield name, match[0][:_SHOWN] + "…"


def warnings(field: str, texts: Sequence[str]) -> Iterator[SceneProblem]:
    """Yield a warning for each kind of secret that texts seem to have."""
    found = dict.fromkeys((name, start) for text in texts for name, start in tokens(text))
    for name, start in found:
        message = f"the output has what looks like {name} ('{start}'), which the video shows"
        yield SceneProblem(field, message, HINT, code="VB324")
