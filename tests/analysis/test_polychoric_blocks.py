"""Polychorics of a stream of blocks: those of all answers together."""

import numpy as np
import pytest

from analysis.correlation import polychoric
from analysis.correlation.blocks import polychoric_from_blocks
from analysis.errors import AnalysisError


def codes(n=1000, p=5, categories=4, missing=0.05, seed=1):
    generator = np.random.default_rng(seed)
    z = generator.normal(size=(n, p)) + generator.normal(size=(n, 1))
    drawn = (z[:, :, None] > np.linspace(-1.5, 1.5, categories - 1)).sum(axis=2).astype(np.int8)
    drawn[generator.random(drawn.shape) < missing] = -1
    return drawn


def as_answers(block):
    return np.where(block < 0, np.nan, block)


def in_blocks(block, size=300):
    return (block[i : i + size] for i in range(0, len(block), size))


def test_blocks_equal_all_answers_together():
    block = codes()
    streamed = polychoric_from_blocks(in_blocks(block), 4)
    whole = polychoric(as_answers(block))
    np.testing.assert_allclose(streamed.r, whole.r, atol=1e-12)
    np.testing.assert_array_equal(streamed.n_pairs, whole.n_pairs)
    assert streamed.n == whole.n
    assert streamed.thresholds["V3"] == whole.thresholds["V3"]


def test_weighted_blocks_equal_all_weighted_answers():
    block = codes()
    w = np.random.default_rng(3).uniform(0.5, 2, len(block))
    pairs = ((block[i : i + 300], w[i : i + 300]) for i in range(0, 1000, 300))
    streamed = polychoric_from_blocks(pairs, 4, items=list("abcde"))
    whole = polychoric(as_answers(block), weights=w)
    np.testing.assert_allclose(streamed.r, whole.r, atol=1e-9)
    np.testing.assert_array_equal(streamed.n_pairs, whole.n_pairs)
    assert streamed.weighted
    assert streamed.items == tuple("abcde")


def test_unused_categories_and_empty_respondents_are_left_out():
    block = codes(missing=0.0)
    block[block == 2] = 3
    block[:7] = -1
    streamed = polychoric_from_blocks(in_blocks(block), [4, 5, 6, 4, 4])
    whole = polychoric(as_answers(block))
    np.testing.assert_allclose(streamed.r, whole.r, atol=1e-12)
    assert streamed.categories["V2"] == (0.0, 1.0, 3.0)
    assert streamed.n_rows == whole.n_rows == 993
    assert "7 respondents" in str(streamed.notes[0])


@pytest.mark.parametrize(
    ("blocks", "n_categories", "sentence"),
    [
        ([], 4, "no answers"),
        ([codes(), codes(p=4)], 4, "differ in their number of items"),
        ([codes()], 3, "V1 has codes outside"),
        ([codes()], [4, 4], "needs a number of categories"),
        ([codes()], 31, "needs a number of categories"),
        ([codes().astype(float)], 4, "whole numbers"),
        ([codes(p=1)], 4, "at least two items"),
        ([codes(), (codes(), np.ones(1000))], 4, "Either all blocks"),
        ([(codes(), np.zeros(1000))], 4, "zero or negative"),
        ([(codes(), np.full(1000, np.nan))], 4, "missing or infinite"),
        ([np.where(np.arange(5) == 2, -1, codes())], 4, "Nobody answered the item V3"),
        ([np.where(np.arange(5) == 2, 1, codes())], 4, "same answer to the item V3"),
    ],
)
def test_bad_blocks_are_refused(blocks, n_categories, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        polychoric_from_blocks(blocks, n_categories)
