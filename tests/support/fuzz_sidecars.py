"""Inputs and readers of files beside a video and a spec: timing files, and translations in three formats."""

from __future__ import annotations

import json
import math
import random
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.mutations import altered, damaged
from vidbuild.create.source.protocol import SourceError
from vidbuild.i18n import po, xliff, yaml_file
from vidbuild.i18n.catalog import CatalogError, Unit
from vidbuild.i18n.exchange import Exchange
from vidbuild.i18n.merge import merged
from vidbuild.inspection import timing_file
from vidbuild.spec import reader
from vidbuild.video_report.timing import video_timing

SECOND = 48_000
UNITS = (
    Unit("$video", "title", "Acme", "Acme auf Deutsch", "", 2),
    Unit("intro", "title", "Hello: '{{ name }}'", "Hallo", "Hello", 5),
    Unit("intro", "items.0.text", "One\nTwo", "", "", 6),
    Unit("intro", "narration", "See [[here]] <b> & co.", "Siehe [[here]] <b> & Co.", "", 8),
)
MARKS = (
    *(b'"', b"\\", b"\n", b"fuzzy", b"msgid ", b"#| ", b"[[a]]"),
    *(b"<target>", b"</source>", b"<x equiv-text='a'/>", b"&#0;"),
)


def _require(name: str, message: str) -> None:
    """Fail unless a message names a file."""
    assert name in message, message


@cache
def _timing() -> dict[str, Any]:
    """A timing file as a build writes it: a scene with speech, one with a dialogue and one without."""
    words = [{"text": text, "start": at * SECOND, "end": (at + 1) * SECOND, "from": 0} for at, text in enumerate("ab")]
    spoken = {"frames": 96, "narration": {"start": 0, "samples": 2 * SECOND}, "words": words, "cues": {"x": SECOND}}
    silent: dict[str, Any] = {"frames": 24, "narration": None, "words": [], "cues": {}}
    listed = [{"id": name, "type": "title", "alt": ""} for name in ("one", "two", "three")]
    params = {"title": "T", "language": "en", "fps": 24, "scenes": listed}
    return video_timing(params, (spoken, spoken, silent))


def make_timing(chance: random.Random) -> bytes:
    """Return a damaged timing file, or an intact one with other values."""
    text = json.dumps(_timing(), indent=1).encode()
    if chance.random() < 0.4:
        return damaged(text, [text], (b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"[" * 3000, b'"', b"null"), chance)
    return json.dumps(altered(_timing(), chance)).encode("utf-8", "surrogatepass")


def read_timing(data: bytes) -> None:
    """Read a timing file; what is read has finite times in their order, and an error names the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.timing.json"
        path.write_bytes(data)
        try:
            found = timing_file.read(path)
        except SourceError as error:
            _require(str(path), error.location.file if error.location else error.message)
            return
    end = 0.0
    for scene in found["scenes"]:
        assert end <= scene["start"] <= scene["end"] < math.inf
        assert all(0 <= start < math.inf for _, start in scene["words"])
        end = scene["end"]
    json.dumps(found, allow_nan=False)


@cache
def _exchanged(suffix: str) -> bytes:
    """The translations as a file that vidbuild gives to translators."""
    exchange = Exchange("en", "de", "video.yaml")
    return po.write(UNITS, exchange) if suffix == "po" else xliff.write(UNITS, exchange)


def make_po(chance: random.Random) -> bytes:
    """Return a damaged PO file."""
    return damaged(_exchanged("po"), [_exchanged("po")], MARKS, chance)


def make_xliff(chance: random.Random) -> bytes:
    """Return a damaged XLIFF file."""
    return damaged(_exchanged("xlf"), [_exchanged("xlf")], MARKS, chance)


def _read_exchange(data: bytes, suffix: str) -> None:
    try:
        exchange = po.read(data, f"de.{suffix}") if suffix == "po" else xliff.read(data, f"de.{suffix}")
    except CatalogError as error:
        _require(f"de.{suffix}", error.message)
        return
    units, skipped = merged(UNITS, exchange.found, f"de.{suffix}")
    assert [unit.name for unit in units] == [unit.name for unit in UNITS]
    assert all(message.startswith(f"de.{suffix}") for message in skipped)


def read_po(data: bytes) -> None:
    """Read a PO file and take its translations."""
    _read_exchange(data, "po")


def read_xliff(data: bytes) -> None:
    """Read an XLIFF file and take its translations."""
    _read_exchange(data, "xlf")


@cache
def _catalog() -> bytes:
    return yaml_file.updated(yaml_file.header("video.yaml", "de"), UNITS, "de.yaml").encode()


def make_catalog(chance: random.Random) -> bytes:
    """Return a damaged file of translations."""
    words = (
        b"#",
        b"x-gone:\n",
        b": ",
        b"source: ",
        b"text: |\n",
        b"- ",
        b"'",
        b"&a ",
        b"*a",
        b"<<: ",
        b"!!x ",
        b"intro:\n",
    )
    return damaged(_catalog(), [_catalog()], words, chance)


def read_catalog(data: bytes) -> None:
    """Update a file of translations; an update keeps every translation, and a second one changes nothing.

    As in vidbuild.api.i18n, the reader of specs refuses a file first that is not YAML, or has a key twice.
    """
    text, problems = reader.decode(data, "de.yaml")
    if not problems and text.strip():
        problems = reader.read(text, "de.yaml")[1]
    if any(each.severity == "error" for each in problems):
        return
    try:
        before = yaml_file.read(text, "de.yaml")
        after = yaml_file.updated(text, UNITS, "de.yaml")
    except CatalogError:
        return
    found = yaml_file.read(after, "de.yaml")
    for unit in UNITS:
        old = before.get((unit.scene, unit.field))
        if old is not None and old.text.strip():
            assert found[unit.scene, unit.field].text == old.text
    assert yaml_file.updated(after, UNITS, "de.yaml") == after
