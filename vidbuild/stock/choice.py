"""Chooses among the candidates of a search, always the same one of the same candidates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from math import log

from vidbuild.spec.lock_file import Request
from vidbuild.stock.protocol import Candidate, Frame, StockError, Version

BAND = 5  # hits of a search that count as equally good
SQUARE = 1.1  # the sides of a square may differ by a tenth
_LICENCE_HINTS = {
    "folder": "write 'licence: …' into a text file beside the file (sunrise.txt of sunrise.mp4), or into credits.txt"
}
_REJECTED_HINT = "use other words, or remove 'rejected' from the entry in vidbuild.lock"
_STEP = 5  # seconds by which lengths must differ to matter


def ordered(
    candidates: Sequence[Candidate], request: Request, frame: Frame, rejected: Collection[str] = ()
) -> list[Candidate]:
    """Return the candidates that can be used, the best first. Raises StockError if there is none, with the reason."""
    what = f"stock '{request.stock}': no {request.kind} of '{request.provider}'"
    if not candidates:
        raise StockError(f"{what} matches these words", "try fewer or other words, or another provider")
    left = [each for each in candidates if each.id and each.versions]
    checks: tuple[tuple[str, str | None, Callable[[Candidate], bool]], ...] = (
        ("has a license that is stated", _LICENCE_HINTS.get(request.provider), lambda each: bool(each.licence)),
        (f"is {request.orientation}", "remove 'orientation'", lambda each: _has_shape(each, request)),
        (f"lasts {request.min_seconds:g} s", "lower 'min_seconds'", lambda each: _is_long(each, request)),
        (f"is left: replaced before: {len(rejected)}", _REJECTED_HINT, lambda each: each.id not in rejected),
    )
    for problem, hint, holds in checks:
        left = [each for each in left if holds(each)]
        if not left:
            raise StockError(f"{what} {problem}", hint)
    ranks = {each.id: rank // BAND for rank, each in reversed(list(enumerate(left)))}
    return sorted(left, key=lambda each: (ranks[each.id], *_fit(each, request, frame), each.id))


def version_for(candidate: Candidate, frame: Frame) -> Version:
    """Return the smallest version of a candidate that fills the frame, or else the largest."""
    sizes = sorted(candidate.versions, key=lambda each: (each.width * each.height, each.url))
    return next((each for each in sizes if each.width >= frame.width and each.height >= frame.height), sizes[-1])


def _has_shape(candidate: Candidate, request: Request) -> bool:
    width, height = _size(candidate)
    if not request.orientation or not width or not height:
        return True
    return shape_of(width, height) == request.orientation


def shape_of(width: int, height: int) -> str:
    """Return the orientation of a size."""
    if max(width, height) <= SQUARE * min(width, height):
        return "square"
    return "landscape" if width > height else "portrait"


def _is_long(candidate: Candidate, request: Request) -> bool:
    return request.kind == "image" or not candidate.seconds or candidate.seconds >= request.min_seconds


def _fit(candidate: Candidate, request: Request, frame: Frame) -> tuple[float, float]:
    """Return how far a candidate is from the frame's shape and from the least length."""
    width, height = _size(candidate)
    shape = abs(log(width / height) - log(frame.width / frame.height)) if width and height else 0
    excess = max(0.0, candidate.seconds - request.min_seconds)
    return round(shape, 1), excess // _STEP


def _size(candidate: Candidate) -> tuple[int, int]:
    largest = max(candidate.versions, key=lambda each: each.width * each.height)
    return largest.width, largest.height
