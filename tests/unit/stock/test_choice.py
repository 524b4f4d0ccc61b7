"""The choice among candidates: deterministic, and with a reason if none is left."""

from __future__ import annotations

import random

import pytest

from vidbuild.spec.lock_file import Request
from vidbuild.stock import choice
from vidbuild.stock.protocol import Candidate, Frame, StockError, Version

WIDE = Frame(1920, 1080)
SEA = Request("pexels", "video", "sea", min_seconds=4)


def hit(name: str, *, size: tuple[int, int] = (1920, 1080), seconds: float = 6, licence: str = "CC0") -> Candidate:
    """A candidate."""
    return Candidate(id=name, versions=(Version(f"https://a/{name}.mp4", *size),), seconds=seconds, licence=licence)


def names(*hits: Candidate, request: Request = SEA, frame: Frame = WIDE, rejected: tuple[str, ...] = ()) -> list[str]:
    """The ids of the candidates in their order."""
    return [each.id for each in choice.ordered(hits, request, frame, rejected)]


def test_fit_decides_among_the_first_five_hits() -> None:
    """Shape, then length, then id; a better fit among later hits comes later."""
    hits = [hit("b"), hit("a"), hit("tall", size=(1080, 1920)), hit("long", seconds=60), hit("z"), hit("0")]
    assert names(*hits) == ["a", "b", "z", "long", "tall", "0"]
    assert names(*hits, frame=Frame(1080, 1920))[0] == "tall"


def test_equal_answers_have_one_choice() -> None:
    """The order of equally good hits is that of their ids, however the answer lists them."""
    hits = [hit(str(number)) for number in range(5)]
    for seed in range(10):
        random.Random(seed).shuffle(hits)
        assert names(*hits) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("hits", "request_", "rejected", "message"),
    [
        ([], SEA, (), "matches these words"),
        ([hit("a", licence="")], SEA, (), "has a license that is stated"),
        ([hit("a", seconds=3)], SEA, (), "lasts 4 s"),
        ([hit("a")], Request("pexels", "video", "sea", "portrait"), (), "is portrait"),
        ([hit("a")], SEA, ("a",), "is left: replaced before: 1"),
    ],
)
def test_the_reason_is_named_if_none_is_left(
    hits: list[Candidate], request_: Request, rejected: tuple[str, ...], message: str
) -> None:
    """N17: no hit, no license, no shape, no length and nothing else left are five different messages."""
    with pytest.raises(StockError, match=f"stock 'sea': no video of 'pexels' {message}"):
        choice.ordered(hits, request_, WIDE, rejected)


def test_what_a_site_does_not_say_is_no_reason_to_refuse() -> None:
    """An unknown length or size is found out by the probe of the file."""
    assert names(hit("a", seconds=0, size=(0, 0)), request=Request("pexels", "video", "sea", "portrait", 9)) == ["a"]


def test_the_smallest_version_that_fills_the_frame_is_taken() -> None:
    """Or the largest, if none fills it."""
    versions = tuple(Version(f"https://a/{width}", width, width * 9 // 16) for width in (3840, 1280, 1920))
    candidate = Candidate(id="a", versions=versions)
    assert choice.version_for(candidate, WIDE).width == 1920
    assert choice.version_for(candidate, Frame(640, 360)).width == 1280
    assert choice.version_for(candidate, Frame(7680, 4320)).width == 3840


@pytest.mark.parametrize(("size", "shape"), [((16, 9), "landscape"), ((9, 16), "portrait"), ((100, 91), "square")])
def test_shapes_have_names(size: tuple[int, int], shape: str) -> None:
    """The sides of a square may differ by a tenth."""
    assert choice.shape_of(*size) == shape
