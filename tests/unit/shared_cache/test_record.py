"""Signed records: what is believed, and what is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.shared_results import stored_trace
from vidbuild.engine.keys.fetch import RejectedError
from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError
from vidbuild.remote.public_key import PRIVATE, PUBLIC, hidden
from vidbuild.shared_cache import record
from vidbuild.shared_cache.keys import KeyPair, Signer, generate, public_key, verifies

KEYS, OTHERS = generate(), generate()


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    """A record that the first pair of keys has signed."""
    return record.dumps(stored_trace(Store(tmp_path)), Signer(KEYS.private))


def test_a_record_comes_back_as_it_was(content: bytes, tmp_path: Path) -> None:
    """One of several trusted keys is enough."""
    assert record.loads(content, {OTHERS.public, KEYS.public}) == stored_trace(Store(tmp_path / "again"))


def test_the_key_of_another_is_not_believed(content: bytes) -> None:
    """Neither is one without any trusted key."""
    for trusted in (set[str](), {OTHERS.public}):
        with pytest.raises(RejectedError, match="not trusted"):
            record.loads(content, trusted)


def _changed(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def changed(content: bytes) -> bytes:
        data = json.loads(content)
        change(data)
        return json.dumps(data).encode()

    return changed


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:-10],
        lambda _content: b"",
        lambda _content: b"[]",
        lambda _content: b"[" * 100_000,
        lambda content: content.replace(b"one", b"two"),
        _changed(lambda data: data.pop("signature")),
        _changed(lambda data: data.update(signature=None)),
        _changed(lambda data: data.update(signature="no base64")),
        _changed(lambda data: data.update(signature=Signer(OTHERS.private).sign(data["trace"].encode()))),
        _changed(lambda data: data.update(signature=Signer(KEYS.private).sign(data["trace"].encode()))),
        _changed(lambda data: data.update(version=2)),
        _changed(lambda data: data.update(trace=[1])),
        _changed(lambda data: data.update(signer=OTHERS.public)),
        _changed(lambda data: data.update(signer=[KEYS.public])),
    ],
)
def test_a_record_that_was_changed_is_rejected(content: bytes, change: Callable[[bytes], bytes]) -> None:
    """Cut, forged, signed by another, signed for another purpose, or of another version: a counted miss, no error."""
    with pytest.raises(RejectedError):
        record.loads(change(content), {KEYS.public})


def test_a_signed_text_that_is_no_trace_is_rejected() -> None:
    """A later version of vidbuild may have another form of it."""
    signer = Signer(KEYS.private)
    for text in ("{}", "[]", '{"key": 1}'):
        signature = signer.sign(b"vidbuild shared cache 1\n" + text.encode())
        data = {"version": 1, "trace": text, "signer": signer.public, "signature": signature}
        with pytest.raises(RejectedError, match="not a trace"):
            record.loads(json.dumps(data).encode(), {KEYS.public})


def test_keys_are_what_they_are_called() -> None:
    """Two pairs differ; a signature of one is none of the other; a message is bound to its signature."""
    assert isinstance(KEYS, KeyPair)
    assert KEYS != OTHERS
    signature = Signer(KEYS.private).sign(b"message")
    assert verifies(KEYS.public, b"message", signature)
    assert not verifies(KEYS.public, b"other", signature)
    assert not verifies(OTHERS.public, b"message", signature)


@pytest.mark.parametrize(
    "text", ["", "abc", f"{PUBLIC}", f"{PUBLIC}AAAA", f"{PUBLIC}{'A' * 40}", f"{PUBLIC}{'ä' * 44}"]
)
def test_a_text_that_is_no_key_is_refused(text: str) -> None:
    """The hint is the command that makes one."""
    with pytest.raises(UsageError, match="not a key") as caught:
        public_key(text)
    assert caught.value.hint == "vidbuild cache keygen"


def test_a_private_key_is_never_shown() -> None:
    """Neither in the error about it, nor where its line is quoted."""
    with pytest.raises(UsageError, match="this is a private key") as caught:
        public_key(KEYS.private)
    secret = KEYS.private.removeprefix(PRIVATE)
    assert secret not in f"{caught.value.message}{caught.value.hint}"
    assert hidden(f'keys = ["{KEYS.private}", "{KEYS.public}"]') == f'keys = ["{PRIVATE}…", "{KEYS.public}"]'
