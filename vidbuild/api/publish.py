"""Send built videos, and what goes with them, to a place where people can see them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from vidbuild.api.network_policy import settings_of
from vidbuild.api.result import Result
from vidbuild.api.shared_cache import exposed
from vidbuild.api.spec_args import SpecLike, path_of
from vidbuild.api.strict import warning_of
from vidbuild.diagnostic import Diagnostic
from vidbuild.errors import UsageError
from vidbuild.project import root_of
from vidbuild.publishing.publisher import MEDIA, Item, Publisher, Sent
from vidbuild.remote.address import Address, parse
from vidbuild.remote.client import Client

MAX_DAYS = 7  # of a signed address: S3 accepts no more
_NOT_SENT = frozenset({"report", "timing"})  # kinds of outputs that are for the authors
_KINDS = {".html": "page", ".srt": "captions", ".vtt": "captions", ".ttml": "captions", ".png": "poster"}

OF_PROJECT = "'publish = \"s3://BUCKET/FOLDER\"' in vidbuild.toml"
WITH_OPTION = f"--to s3://BUCKET/FOLDER, or {OF_PROJECT}"

OnSent = Callable[[str, int, int], None]
Place: TypeAlias = Address  # where files are sent


@dataclass(frozen=True, slots=True)
class Published:
    """A video that was sent.

    name: what the names of its files have in common.
    url: where people find it: its share page, or else the video; "" if the place has no public address.
    signed: an address that works for some time, if one was asked for.
    """

    name: str
    place: str
    url: str
    signed: str
    sent: Sent

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "name": self.name,
            "to": self.place,
            "url": self.url,
            "signed_url": self.signed or None,
            "files": dict(self.sent.addresses),
            "content": dict(self.sent.content),
            "sent": list(self.sent.sent),
            "unchanged": list(self.sent.kept),
            "bytes_sent": self.sent.bytes,
        }


def destination(
    to: str | None, spec: SpecLike | None = None, brand: str | None = None, *, hint: str = WITH_OPTION
) -> Address:
    """Return where a spec's videos are sent: `to`, or its brand's `publish`, or the project's.

    Raises UsageError; hint: of that without an address.
    """
    if to:
        return parse(to)
    path = path_of(spec) if spec is not None else Path("video.yaml")
    chosen = _of_brand(spec, brand) if spec is not None else ""
    if not chosen:
        settings = settings_of(root_of(path))
        chosen = settings.publish if settings else ""
    if not chosen:
        raise UsageError("there is no address to publish to", hint=hint)
    return parse(chosen)


def _of_brand(spec: SpecLike, brand: str | None) -> str:
    from vidbuild.api.brands import setting_of

    name = brand or _brand_name(spec)
    return str(setting_of("publish", name, path_of(spec)) or "") if name else ""


def _brand_name(spec: SpecLike) -> str:
    """Return the name of a spec's brand; "" without one, or if the spec cannot be read, which its build reports."""
    from vidbuild.spec.load import try_load

    loaded = try_load(spec).spec if isinstance(spec, (str, os.PathLike)) else spec
    chosen = loaded.data.get("brand", "") if loaded else ""
    return str(chosen.get("name", "") if isinstance(chosen, Mapping) else chosen)


def exposures(addresses: Iterable[Address], file: Path) -> tuple[Diagnostic, ...]:
    """Return a warning of each place to which a token is sent without TLS; file: that the places are for."""
    return tuple(warning_of(notice, file) for address in dict.fromkeys(addresses) for notice in exposed(address))


def probe(address: Address, *, expires: float | None = None) -> None:
    """Raise RemoteError if an address cannot be used, before anything is built for it.

    expires: seconds for which signed addresses shall work. Raises UsageError if the place has none.
    """
    client = Client(address)
    if expires:
        client.require_signed()
    client.probe()


def publish(
    results: Iterable[Result],
    address: Address,
    *,
    folder: str = "",
    expires: float | None = None,
    on_sent: OnSent | None = None,
) -> Iterator[Published]:
    """Send the videos of results that are built, and yield each as soon as it is there.

    folder: below the address, "" for none. expires: seconds for which a signed address of each video works; None for
    none.

    Raises RemoteError, and UsageError for a file that was changed after it was built, or if two have one name.
    """
    results = list(results)
    check_names((result, address) for result in results)
    for result in results:
        for video in result.videos:
            if items := list(_items(video)):
                yield _published(items, address, folder, expires, on_sent)


def check_names(chosen: Iterable[tuple[Result, Address]]) -> None:
    """Raise UsageError if two files would be sent to one address under one name: one would replace the other."""
    files = [(address, item.path) for result, address in chosen for video in result.videos for item in _items(video)]
    _check_names(files)


def _check_names(files: Iterable[tuple[Address, Path]]) -> None:
    first: dict[tuple[Address, str], Path] = {}
    for address, file in files:
        other = first.setdefault((address, file.name.casefold()), file)
        if other.absolute() != file.absolute():
            message = f"'{other}' and '{file}' have one name: one would replace the other at '{address}'"
            raise UsageError(message, hint="send them one after the other, with another --to for each")


def _items(result: Result) -> Iterator[Item]:
    """Yield the files of a video that are sent."""
    for each in result.outputs:
        if each.kind not in _NOT_SENT:
            yield Item(each.kind, each.path, each.bytes, each.sha256)


def publish_files(
    files: Sequence[Path], address: Address, *, expires: float | None = None, on_sent: OnSent | None = None
) -> Iterator[Published]:
    """Send files as they are; those whose names begin alike go together. Raises UsageError and RemoteError."""
    files = list(dict.fromkeys(files))
    if expires:
        Client(address).require_signed()
    _check_names((address, file) for file in files)
    groups: dict[str, list[Item]] = {}
    for file in files:
        groups.setdefault(file.name.partition(".")[0], []).append(_item(file))
    for items in groups.values():
        yield _published(items, address, "", expires, on_sent)


def _item(file: Path) -> Item:
    from vidbuild.api.output_place import FILES
    from vidbuild.errors import os_error_text

    kind = "video" if file.suffix in FILES else _KINDS.get(file.suffix, "credits")
    try:
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        return Item(kind, file, file.stat().st_size, digest)
    except OSError as error:
        raise UsageError(f"cannot read '{file}': {os_error_text(error)}") from error


def _published(
    items: Sequence[Item], address: Address, folder: str, expires: float | None, on_sent: OnSent | None
) -> Published:
    publisher = Publisher(Client(address), folder, on_sent)
    main = next((item for item in items if item.kind in MEDIA), items[0])
    name = main.path.stem
    sent = publisher.publish(name, items)
    page = next((item for item in items if item.kind == "page"), main)
    signed = main.content_name if main.kind in MEDIA else main.name
    signed_url = publisher.client.sign(publisher.key(signed), expires) if expires else ""
    return Published(name, str(address), sent.addresses[page.name], signed_url, sent)
