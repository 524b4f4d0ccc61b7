"""The voices of hibari-tts: which there are, where their models are, and how those outside the package are fetched.

The library would download a model when it is first used; vidbuild never lets it. `vidbuild voices --fetch` puts it into
the folder in which the library looks too.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from vidbuild.errors import UnreachableError, UsageError
from vidbuild.frozen import dataclass
from vidbuild.voices.protocol import VoiceProblem

BASE = "https://huggingface.co/maureesewilliams/hibari/resolve/main/voices/"

# For tests: the address of a server on this machine that has the models.
BASE_VARIABLE = "VIDBUILD_NATURAL_MODELS"

# The library's own variable for the folder of its models.
HOME_VARIABLE = "HIBARI_HOME"

CHUNK, TIMEOUT = 1 << 16, 60


@dataclass(frozen=True, slots=True)
class NaturalVoice:
    """A voice. path: of its model; bundled: it is in the package; british: it has the British rules of reading."""

    name: str
    language: str
    gender: str
    path: Path
    size: int
    sha256: str
    bundled: bool
    british: bool


def package_files() -> list[Path]:
    """Return the library's code and data; a file that does not exist if it is not installed."""
    home = _package()
    if home is None:
        return [Path("hibari is not installed")]
    return sorted(path for pattern in ("*.py", "g2p/*.py", "assets/*") for path in home.glob(pattern) if path.is_file())


@cache
def voices() -> Mapping[str, NaturalVoice]:
    """Return the voices of the library's registry by name; none if it is not installed."""
    home = _package()
    if home is None:
        return {}
    entries = json.loads((home / "assets" / "voices.json").read_text(encoding="utf-8"))
    return {name: _voice(name, entry, home) for name, entry in entries.items()}


def describe(name: str) -> str:
    """Return a voice's kind of English and gender, and how to get its model if it is not on this machine."""
    voice = voices()[name]
    kind = f"English ({'Great Britain' if voice.british else 'America'}), {voice.gender}"
    return kind if voice.path.is_file() else f"{kind}; fetch it: {_fetch_command(name)}"


def problem(name: str) -> VoiceProblem | None:
    """Return why a voice cannot be used; None if it can."""
    voice = voices().get(name)
    if voice is None:
        from vidbuild.suggest import did_you_mean

        hint = did_you_mean(name, voices()) or f"use {' or '.join(f'natural:{each}' for each in voices())}"
        return VoiceProblem(f"natural has no voice '{name}'", hint)
    if not voice.path.is_file():
        message = f"the model of the voice 'natural:{name}' is not on this machine: it must be fetched once"
        return VoiceProblem(message, _fetch_command(name))
    return None


def fetch(name: str) -> Path:
    """Download a voice's model, unless it is there already, and return its path. Raises UnreachableError."""
    voice = voices().get(name)
    if voice is None:
        found = problem(name)
        raise UsageError(found.message if found else name, hint=found.hint if found else None)
    if voice.bundled or _sha256(voice.path) == voice.sha256:
        return voice.path
    address = os.environ.get(BASE_VARIABLE, BASE) + voice.path.name
    data = _download(address, voice.size)
    import hashlib

    found_digest = hashlib.sha256(data).hexdigest()
    if found_digest != voice.sha256:
        raise UnreachableError(f"'{address}' has other content: expected sha256 {voice.sha256}, got {found_digest}")
    _write(voice.path, data)
    return voice.path


def _package() -> Path | None:
    spec = find_spec("hibari")
    return Path(spec.origin).parent if spec and spec.origin else None


def _voice(name: str, entry: Mapping[str, object], package: Path) -> NaturalVoice:
    bundled = bool(entry.get("bundled"))
    folder = package / "assets" if bundled else _models()
    return NaturalVoice(
        name,
        str(entry["language"]),
        str(entry["gender"]),
        folder / str(entry["file"]),
        int(str(entry["bytes"])),
        str(entry["sha256"]),
        bundled,
        bool(entry["british"]),
    )


def _models() -> Path:
    """Return the folder in which the library looks for models that are not in the package."""
    if own := os.environ.get(HOME_VARIABLE):
        return Path(own).absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "hibari"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hibari"


def _fetch_command(name: str) -> str:
    return f"vidbuild voices --fetch natural:{name}"


def _sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _download(address: str, size: int) -> bytes:
    """Return the content of an address, which must have this size."""
    import urllib.request
    from http.client import HTTPException

    data = bytearray()
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT) as answer:  # noqa: S310 - a constant, or a test's server
            while len(data) <= size and (chunk := answer.read(CHUNK)):
                data += chunk
    except (OSError, HTTPException) as error:
        raise UnreachableError(f"cannot download '{address}': {error}", hint="check the connection") from error
    if len(data) != size:
        found = f"more than {size}" if len(data) > size else str(len(data))
        raise UnreachableError(f"'{address}' has the wrong size: expected {size} bytes, got {found}")
    return bytes(data)


def _write(path: Path, data: bytes) -> None:
    """Write a file at once: a model that is there is whole."""
    import tempfile

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(data)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise UsageError(f"cannot write '{path}': {error.strerror}", hint=f"set ${HOME_VARIABLE}") from error
