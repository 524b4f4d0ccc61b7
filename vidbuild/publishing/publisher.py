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
from vidbuild.publishing.headers import FOREVER, headers
from vidbuild.remote.client import Client, RemoteError, Stored

VERSION = 1
DIGITS = 16  # of the digest in a name
MEDIA = frozenset({"video", "animation", "audio", "handout"})  # kinds that are sent under a name with their digest too
ORDER = ("captions", "poster", "picture", "transcript", "chapters", "credits", *sorted(MEDIA), "page")
LATEST = ".latest.json"
MAX_LATEST = 4_000_000  # bytes of it
COPIED_BYTES = 1_000_000  # from which a copy on the server, which takes four requests, is quicker than to send again
MAX_COPIED = 5_000_000_000  # bytes that S3 copies in one request


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
        with item.path.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != item.sha256:
                hint = "build it again, or send the file itself: vidbuild publish FILE --to ADDRESS"
                raise UsageError(f"'{item.path}' was changed after it was built, and is not sent", hint=hint)
            yield opened
    except OSError as error:  # also while it is sent: trouble with the place is a RemoteError
        raise UsageError(f"cannot read '{item.path}': {os_error_text(error)}") from error


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
        copied = {item.name for item in media if self._put_content(item, mapping(known.get(item.name)), last)}
        tags = {
            item.name: self._copy(item) if item.name in copied else self._put_name(item, mapping(known.get(item.name)))
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

    def _put_content(self, item: Item, known: Mapping[str, Any], last: Mapping[str, Any]) -> bool:
        """Write a medium under the name with its digest, and return whether its other name is to be a copy of that.

        A copy keeps headers, and with those of this name people would see an old video for a year. So a file that is
        copied first has the headers of the other name; what a server does wrong then is that this name is asked about.
        """
        key = self.key(item.content_name)
        is_large = self.client.can_copy and COPIED_BYTES <= item.bytes <= MAX_COPIED
        if self._there(key, item) is not None:
            self._kept.append(key)
            if is_large and mapping(last.get("content")).get(item.name) != item.content_name:
                self._make_immutable(item)  # a run that broke off may not have
            return False
        is_copied = is_large and self._unchanged(item, known) is None
        self._upload(key, item, is_content=not is_copied)
        self._sent.append(key)
        return is_copied

    def _copy(self, item: Item) -> str:
        """Let the server copy a medium to the name that people know; return the copy's tag, as `_put_name`."""
        key, source = self.key(item.name), self.key(item.content_name)
        try:
            self.client.copy(source, key, item.bytes)
            stored = None if self._is_immutable(key) else self._there(key, item)  # another run made the source so first
        except RemoteError:  # a server without copies, or a key that may not: the upload finds out what else is wrong
            stored = None
        tag = self._upload(key, item, is_content=False) if stored is None else stored.tag
        if stored is not None and self.on_sent:
            self.on_sent(key, item.bytes, item.bytes)
        self._make_immutable(item)
        self._sent.append(key)
        return tag or self._tag(key)

    def _make_immutable(self, item: Item) -> None:
        """Give a medium the headers of a name with a digest; send it again if the server cannot do that."""
        key, wanted = self.key(item.content_name), headers(item.name, is_content=True)
        try:
            self.client.copy(key, key, item.bytes, wanted)
            is_done = self._is_immutable(key)
        except RemoteError:
            is_done = False
        if not is_done:
            self._upload(key, item, is_content=True)

    def _is_immutable(self, key: str) -> bool:
        return self.client.headers(key).get("Cache-Control") == FOREVER

    def _put_name(self, item: Item, known: Mapping[str, Any]) -> str:
        """Write a file under the name that people know unless it is there, and return its tag."""
        key = self.key(item.name)
        if (stored := self._unchanged(item, known)) is not None:
            self._kept.append(key)
            return stored.tag
        tag = self._upload(key, item, is_content=False)
        self._sent.append(key)
        return tag or self._tag(key)

    def _unchanged(self, item: Item, known: Mapping[str, Any]) -> Stored | None:
        """Return what is there under the name that people know if it has the item's content.

        It has if the summary says so, and the tag is that of then: a run that broke off may have written another file
        since, of the same size.
        """
        stored = self._there(self.key(item.name), item) if known.get("sha256") == item.sha256 else None
        return stored if stored is not None and stored.tag == known.get("tag") else None

    def _there(self, key: str, item: Item) -> Stored | None:
        """Return what is under a key if it has the right size, which is proof enough for a name with a digest."""
        stored = self.client.head(key)
        return stored if stored is not None and stored.size == item.bytes else None

    def _tag(self, key: str) -> str:
        """Return the tag of a file that was written: servers may answer a write without one."""
        stored = self.client.head(key)
        return stored.tag if stored else ""

    def _upload(self, key: str, item: Item, *, is_content: bool) -> str:
        """Send a file, and return its tag, "" if the server does not give it."""
        done = 0

        def count(more: int) -> None:
            nonlocal done
            done += more
            if self.on_sent:
                self.on_sent(key, done, item.bytes)

        with _verified(item) as opened:
            tag = self.client.upload(key, opened, headers(item.name, is_content=is_content), count)
        self._bytes += item.bytes
        return tag

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
