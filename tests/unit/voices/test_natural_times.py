"""Times of words from the lengths of phonemes and the energy of samples, without a model."""

from __future__ import annotations

import numpy as np
import pytest

from vidbuild.voices.natural_times import TimedPiece, timed_pieces, words

BLOCK = 240  # samples: 5 ms


def levels(*runs: tuple[int, float]) -> np.ndarray:
    """Samples of so many blocks at each level."""
    return np.concatenate([np.full(count * BLOCK, level, np.float32) for count, level in runs])


def test_what_is_audible_has_the_time_of_its_phonemes() -> None:
    """Pieces without a sound are left out, and what follows them, or the start, follows a pause."""
    pieces = [
        (0, "", 0, 0), (0, "\u02c8h\u025b\u02cclo\u028a", 0, 2), (5, " ", 2, 3), (6, "w\u025c,", 3, 4), (9, "ld", 4, 5),
        (11, "x", 5, 6),
    ]  # fmt: skip
    found = list(timed_pieces(pieces, [10, 20, 30, 40, 50, 60], 1000))
    assert found == [
        TimedPiece(0, 1000, 1030, "h", paused=True),
        TimedPiece(6, 1060, 1100, "w", paused=True),
        TimedPiece(9, 1100, 1150, "l", paused=True),
        TimedPiece(11, 1150, 1210, "x", paused=False),
    ]


def test_a_piece_without_ids_is_no_pause() -> None:
    """A piece that has no phonemes at all leaves the next one as it is."""
    pieces = [(0, "a", 0, 1), (1, "", 1, 1), (2, "b", 1, 2)]
    assert [each.paused for each in timed_pieces(pieces, [10, 10], 0)] == [True, False]


def test_words_begin_where_silence_ends() -> None:
    """After a pause a word begins 20 ms before its sound; others begin 60 ms before their step, fricatives 95 ms."""
    samples = levels((40, 0.0), (20, 1.0), (40, 0.0), (40, 1.0))
    pieces = [
        TimedPiece(0, 45 * BLOCK, 0, "b", paused=True),
        TimedPiece(7, 110 * BLOCK, 0, "b", paused=True),
        TimedPiece(9, 120 * BLOCK, 0, "s", paused=False),
        TimedPiece(12, 135 * BLOCK, 0, "b", paused=False),
    ]
    starts = [40 * BLOCK - 960, 100 * BLOCK - 960, 120 * BLOCK - 4560, 135 * BLOCK - 2880]
    assert words(samples, pieces) == [
        (0, starts[0], 61 * BLOCK),
        (7, starts[1], starts[2]),
        (9, starts[2], starts[3]),
        (12, starts[3], 140 * BLOCK),
    ]


@pytest.mark.parametrize(("quiet", "start"), [(30, 31 * BLOCK - 960), (29, 90 * BLOCK - 2880)])
def test_silence_counts_if_it_is_near(quiet: int, start: int) -> None:
    """Silence up to 300 ms before a word's step is the pause before it."""
    samples = levels((quiet, 1.0), (1, 0.0), (100 - quiet - 1, 1.0))
    assert words(samples, [TimedPiece(0, 90 * BLOCK, 0, "b", paused=True)])[0][1] == start


@pytest.mark.parametrize(("level", "start"), [(0.019, 51 * BLOCK - 960), (0.021, 60 * BLOCK - 2880)])
def test_silence_is_a_fiftieth_of_the_loudest(level: float, start: int) -> None:
    """What is below a fiftieth of the highest level is silence, also if the level changes its sign."""
    samples = levels((50, -1.0), (1, -level), (49, 1.0))
    assert words(samples, [TimedPiece(0, 60 * BLOCK, 0, "b", paused=True)])[0][1] == start


def test_words_stay_in_order_and_in_the_audio() -> None:
    """Steps beyond the audio, before its start or out of order give times in order and within it."""
    samples = levels((10, 1.0))
    pieces = [TimedPiece(at, start * BLOCK, 0, "s", paused=False) for at, start in ((0, 2), (1, 40), (2, 30))]
    found = words(samples, pieces)
    assert [start for _, start, _ in found] == [0, 40 * BLOCK - 4560, 40 * BLOCK - 4560]


def test_silence_at_the_edges_of_the_audio_counts() -> None:
    """A word after silence at the very start begins at 0, and one beyond the end after the last silence."""
    assert words(levels((2, 0.0), (4, 1.0)), [TimedPiece(0, 3 * BLOCK, 0, "b", paused=True)])[0][1] == 0
    found = words(levels((20, 1.0), (1, 0.0))[:-1], [TimedPiece(0, 40 * BLOCK, 0, "b", paused=True)])
    assert found[0][1] == 40 * BLOCK - 2880, "the last block is not whole"
    assert (
        words(levels((20, 1.0), (1, 0.0)), [TimedPiece(0, 40 * BLOCK, 0, "b", paused=True)])[0][1] == 21 * BLOCK - 960
    )
