"""The light of HDR values: against levels that the recommendations publish."""

from __future__ import annotations

from itertools import pairwise

import pytest

from vidbuild.media.image import icc


@pytest.mark.parametrize(
    ("value", "nits"), [(0, 0), (0.5081, 100), (0.5807, 203), (0.7518, 1000), (0.9026, 4000), (1, 10_000)]
)
def test_pq_has_the_published_levels(value: float, nits: float) -> None:
    """Absolute levels of SMPTE ST 2084, as in ITU-R BT.2408, table 1."""
    assert icc.from_pq(value) * 203 == pytest.approx(nits, rel=0.005)


@pytest.mark.parametrize(("value", "nits"), [(0, 0), (0.38, 26), (0.5, 50.7), (0.75, 203), (1, 1000)])
def test_hlg_has_the_published_levels(value: float, nits: float) -> None:
    """Levels on a display of 1,000 nits: gray of 18 % at 38 %, reference white at 75 % (ITU-R BT.2408, table 1)."""
    assert icc.from_hlg(value) * 203 == pytest.approx(nits, rel=0.02)


def test_highlights_are_compressed_smoothly() -> None:
    """Up to 0.3 light stays; from there it rises ever slower, without a step or a corner, to white at 1,000 nits."""
    assert [icc.compressed(light) for light in (0.0, 0.1, 0.3)] == [0.0, 0.1, 0.3]
    assert icc.compressed(1000 / 203) == pytest.approx(1)
    assert icc.compressed(50) == 1
    levels = [icc.compressed(0.3 + (1000 / 203 - 0.3) * index / 1000) for index in range(1001)]
    rises = [after - before for before, after in pairwise(levels)]
    assert rises[0] == pytest.approx((1000 / 203 - 0.3) / 1000, rel=0.01)
    assert all(after < before for before, after in pairwise(rises))
