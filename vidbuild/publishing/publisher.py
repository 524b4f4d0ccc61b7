"""Sends the files of a video: first under a name with the digest of the content, then under the names people know.

The names that people know lead to whole files at every moment, since each is written in one request, or appears only
when its last part is there. `NAME.latest.json` is the last of them and says what was sent, so that another run sends
only what has changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from vidbuild.errors import UsageError, os_error_text
from vidbuild.json_types import mapping
from vidbuild.publishing.headers import headers
from vidbuild.remote.client import Client

VERSION = 1
DIGITS = 16  # of the digest in a name
MEDIA = frozenset({"video", "animation", "audio", "handout"})  # kinds that are sent under a name with their digest too
ORDER = ("captions", "poster", "picture", "transcript", "chapters", "credits", *sorted(MEDIA), "page")
LATEST = ".latest.json"
MAX_LATEST = 4_000_000  # bytes of it


@dataclass(frozen=True, slots=True)
class Item:
    """A file to send. kind: of a build's output; sha256: in hex."""

    kind: str
    path: Path
    bytes: int
    sha256: str

    @property
    def name(self) -> str:
        """The name that people know."""
        return self.path.name

    @property
    def content_name(self) -> str:
        """The name that changes with the content: "intro.0123456789abcdef.mp4"."""
        name = PurePath(self.name)
        return f"{name.stem}.{self.sha256[:DIGITS]}{name.suffix}"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run did.

    addresses: name that people know -> address.
    content: name of a medium -> address that always leads to this content.
    sent, kept: keys that were written, and those that were there already.
    bytes: that were sent.
    """

    addresses: Mapping[str, str]
    content: Mapping[str, str]
    sent: tuple[str, ...]
    kept: tuple[str, ...]
    bytes: int


@contextlib.contextmanager
def _verified(item: Item) -> Iterator[BinaryIO]:
    """Open a file that has the content of an item. Raises UsageError.

    Another build can replace the file meanwhile, and what is open stays as it is: a name with a digest never leads to
    other content.
    """
    try:
        opened = item.path.open("rb")
    except OSError as error:
        raise UsageError(f"cannot read '{item.path}': {os_error_text(error)}") from error
    with opened:
        if hashlib.file_digest(opened, "sha256").hexdigest() != item.sha256:
            hint = "build it again, or send the file itself: vidbuild publish FILE --to ADDRESS"
            raise UsageError(f"'{item.path}' was changed after it was built, and is not sent", hint=hint)
        yield opened


OnSent = Callable[[str, int, int], None]  # key, bytes so far, bytes of the file


@dataclass
class Publisher:
    """Sends the files of videos to one place. folder: of the keys, below the client's address."""

    client: Client
    folder: str = ""
    on_sent: OnSent | None = None
    _sent: list[str] = field(default_factory=list)
    _kept: list[str] = field(default_factory=list)
    _bytes: int = 0

    def publish(self, name: str, items: Sequence[Item]) -> Sent:
        """Send the files of one video; name: what theirs have in common. Raises RemoteError; what was sent stays sent.

        A later run goes on from there.
        """
        self._sent, self._kept, self._bytes = [], [], 0
        last = self._latest(name)
        known = mapping(last.get("files"))
        ordered = sorted(items, key=lambda item: ORDER.index(item.kind) if item.kind in ORDER else -1)
        media = [item for item in ordered if item.kind in MEDIA]
        for item in media:
            self._put(self.key(item.content_name), item, is_content=True)
        tags = {
            item.name: self._put(self.key(item.name), item, is_content=False, known=mapping(known.get(item.name)))
            for item in ordered
        }
        self._put_latest(name, [(item, tags[item.name]) for item in ordered], media, last)
        public = self.client.address.public
        return Sent(
            {item.name: public(self.key(item.name)) for item in ordered},
            {item.name: public(self.key(item.content_name)) for item in media},
            tuple(self._sent),
            tuple(self._kept),
            self._bytes,
        )

    def key(self, name: str) -> str:
        """Return the key of a file, below the client's address."""
        return f"{self.folder}/{name}" if self.folder else name

    def _put(self, key: str, item: Item, *, is_content: bool, known: Mapping[str, Any] | None = None) -> str:
        """Write a file unless it is there, and return its tag.

        A name with a digest leads to its content if the size is right. Another name does if the summary says so, and
        the tag is that of then: a run that broke off may have written another file since, of the same size.
        """
        stored = self.client.head(key) if is_content or (known and known.get("sha256") == item.sha256) else None
        if stored is not None and stored.size == item.bytes and (is_content or stored.tag == (known or {}).get("tag")):
            self._kept.append(key)
            return stored.tag
        done = 0

        def count(more: int) -> None:
            nonlocal done
            done += more
            if self.on_sent:
                self.on_sent(key, done, item.bytes)

        with _verified(item) as opened:
            tag = self.client.upload(key, opened, headers(item.name, is_content=is_content), count)
        self._sent.append(key)
        self._bytes += item.bytes
        if tag or is_content:
            return tag
        stored = self.client.head(key)  # servers may answer a write without a tag
        return stored.tag if stored else ""

    def _latest(self, name: str) -> Mapping[str, Any]:
        """Return what was published last under a name; nothing if that cannot be read."""
        content = self.client.get(self.key(f"{name}{LATEST}"), MAX_LATEST)
        try:
            found: Mapping[str, Any] = mapping(json.loads(content)) if content else {}
        except (ValueError, RecursionError):
            return {}
        return found if found.get("version") == VERSION else {}

    def _put_latest(
        self, name: str, items: Sequence[tuple[Item, str]], media: Sequence[Item], last: Mapping[str, Any]
    ) -> None:
        data = {
            "version": VERSION,
            "name": name,
            "files": {
                item.name: {"kind": item.kind, "bytes": item.bytes, "sha256": item.sha256, "tag": tag}
                for item, tag in items
            },
            "content": {item.name: item.content_name for item in media},
        }
        key = self.key(f"{name}{LATEST}")
        if data == last:
            self._kept.append(key)
            return
        text = f"{json.dumps(data, indent=1, ensure_ascii=False)}\n".encode()
        self.client.put(key, text, headers(key))
        self._sent.append(key)
        self._bytes += len(text)
