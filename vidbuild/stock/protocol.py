"""What a provider of stock media is: a search that returns candidates with their license."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vidbuild.json_types import Json
from vidbuild.spec.lock_file import Request


class StockError(Exception):
    """Stock media that cannot be locked.

    unreachable: whether the cause is the network or the site, so that it may work later.
    """

    def __init__(self, message: str, hint: str | None = None, *, unreachable: bool = False) -> None:
        super().__init__(message)
        self.message, self.hint, self.unreachable = message, hint, unreachable


@dataclass(frozen=True, slots=True)
class Version:
    """One of the files of a candidate. width, height: 0 if unknown. url: https, or a file's path in a library."""

    url: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A hit of a search.

    licence: "" if the provider states none. seconds: 0 if unknown, or of an image.
    """

    id: str
    versions: tuple[Version, ...]
    title: str = ""
    creator: str = ""
    licence: str = ""
    licence_url: str = ""
    page: str = ""
    seconds: float = 0


class Access(Protocol):
    """What a provider may use: its site, the project and the user's library."""

    root: Path
    library: Path | None

    def json(
        self,
        url: str,
        query: Mapping[str, str],
        *,
        headers: Mapping[str, str] = ...,
        secret: Mapping[str, str] = ...,
        keep_hours: float = ...,
    ) -> Json:
        """Return the answer of a site. Raises StockError.

        secret: more of the query, which is in no message and no cache. keep_hours: how long an answer may be reused.
        """


class Provider(Protocol):
    """One provider.

    network: whether its files are downloaded; otherwise they are copied.
    base: the variable of the environment with another address of its interface, for tests and mirrors; "" for none.
    """

    name: str
    network: bool
    base: str

    def search(self, request: Request, access: Access) -> Sequence[Candidate]:
        """Return the candidates for a request, the best first. Raises StockError."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of the video in which the media is shown."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Time limits in seconds, and the waits between attempts.

    connect, receive: of a connection, and between two parts of an answer. total: of one answer.
    """

    connect: float = 10
    receive: float = 30
    total: float = 900
    waits: tuple[float, ...] = (1, 4)
