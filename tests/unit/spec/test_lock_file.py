"""The lock file: a text that people read, compare and merge, and every fault in it at its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from vidbuild.spec import lock_file
from vidbuild.spec.diagnostics import SpecError
from vidbuild.spec.lock_file import Lock, Request, StockEntry, VoiceEntry

SHA = "a" * 64
SEA = Request("pexels", "video", "blue sea", "landscape", 2.5)
ENTRY = StockEntry(
    request=SEA,
    id="7",
    title='Sea: "calm" # at dawn',
    creator="Zoë 李",
    licence="Pexels License",
    file="assets/stock/pexels-7.mp4",
    sha256=SHA,
    bytes=10,
    width=640,
    height=360,
    seconds=3.25,
    rejected=("3", "null"),
)
TAKE = VoiceEntry(
    key="k",
    voice="edge:en-US-AriaNeural",
    language="en",
    text="Hello: #1",
    file="assets/voices/k.flac",
    sha256=SHA,
    words="assets/voices/k.json",
    words_sha256=SHA,
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A lock is the same after it was written and read, whatever its texts look like in YAML."""
    other = Request("commons", "image", "yes")
    lock = Lock({SEA: ENTRY, other: replace(ENTRY, request=other, id="null")}, {"k": TAKE})
    (tmp_path / "vidbuild.lock").write_text(lock_file.text_of(lock), encoding="utf-8")
    assert lock_file.load(tmp_path)[0] == lock


def test_entries_are_sorted_and_their_fields_have_lines_of_their_own() -> None:
    """The order in which files are locked does not show, so two branches that lock other files merge."""
    other = Request("commons", "image", "yes")
    entries = {SEA: ENTRY, other: replace(ENTRY, request=other)}
    text = lock_file.text_of(Lock(entries))
    assert text == lock_file.text_of(Lock(dict(reversed(entries.items()))))
    assert text.splitlines()[3:8] == [
        "stock:",
        '  - provider: "commons"',
        '    kind: "image"',
        '    stock: "yes"',
        '    id: "7"',
    ]


def test_characters_that_yaml_does_not_allow_are_escaped(tmp_path: Path) -> None:
    """A lock that vidbuild writes can always be read; bytes of a file's name that are no UTF-8 are replaced."""
    strange = "a\x07\x7f\x85\x9f\u2028\ufeff\ufffe\uffff🌊b"
    request = replace(SEA, stock=strange, folder=strange)
    lock = Lock({request: replace(ENTRY, request=request, id=strange, title=strange)})
    path = tmp_path / "vidbuild.lock"
    path.write_bytes(lock_file.text_of(lock).encode())
    assert lock_file.load(tmp_path)[0] == lock
    path.write_bytes(lock_file.text_of(Lock({SEA: replace(ENTRY, id="caf\udce9.mp4")})).encode())
    assert lock_file.load(tmp_path)[0].stock[SEA].id == "caf\ufffd.mp4"


def test_no_file_is_an_empty_lock(tmp_path: Path) -> None:
    """A project without a lock has nothing locked."""
    assert lock_file.load(tmp_path) == (Lock(), "")


TEXT = lock_file.text_of(Lock({SEA: ENTRY}, {"k": TAKE}))
FAULTS = {
    "conflict": (TEXT + "<<<<<<< HEAD\n", "the lock has a conflict of a merge"),
    "no version": (TEXT.replace("version: 1", "v: 1"), "the lock has no 'version'"),
    "newer": (TEXT.replace("version: 1", "version: 2"), "the lock has version 2: expected 1"),
    "a list": ("- a\n", "the lock has no 'version'"),
    "twice": (TEXT.replace("voices:", "".join(TEXT.split("stock:\n")[1].split("voices:")[0]) + "voices:"),
              "a second entry for 'blue sea'"),
    "missing": (TEXT.replace('    licence: "Pexels License"\n', ""), "'licence' is missing"),
    "no license": (TEXT.replace('"Pexels License"', '""'), "'licence' is empty"),
    "wrong type": (TEXT.replace("bytes: 10", "bytes: -1"), "'bytes' must be a whole number that is not negative"),
    "unknown": (TEXT.replace("creator:", "creater:"), "unknown field 'creater'"),
    "outside": (TEXT.replace("assets/stock/pexels-7", "assets/stock/../../x"), "expected a file in 'assets/stock'"),
    "absolute": (TEXT.replace("assets/voices/k.flac", "/etc/passwd"), "expected a file in 'assets/voices', got"),
    "digest": (TEXT.replace(SHA, "abc", 1), "expected a SHA-256 of 64 digits, got 'abc'"),
    "not YAML": (TEXT + "  - [", "invalid YAML"),
    "empty": ("", "the file is empty"),
    "text": ("version: 1\nstock: yes\n", "'stock' must be a list"),
    "entry": ("version: 1\nstock: [sea]\n", "an entry must be a mapping of fields"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_located(tmp_path: Path, fault: str) -> None:
    """A lock that was edited by hand or merged badly is an error at its line, and is not guessed at."""
    text, message = FAULTS[fault]
    (tmp_path / "vidbuild.lock").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        lock_file.load(tmp_path)
    found = caught.value.diagnostics
    assert any(each.message.startswith(message) and each.location and each.location.line for each in found), found


def test_a_lock_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8, and a link out of the project."""
    (tmp_path / "vidbuild.lock").write_bytes(b"\xff\x00")
    with pytest.raises(SpecError, match="not UTF-8"):
        lock_file.load(tmp_path)
    (tmp_path / "vidbuild.lock").unlink()
    (tmp_path / "vidbuild.lock").symlink_to("/etc/hostname")
    with pytest.raises(SpecError, match="symlink to a file outside the project"):
        lock_file.load(tmp_path.resolve())
