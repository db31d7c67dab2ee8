"""Numbers as they are handed out: privacy rule P5 and the manners of a printed table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.findings import Column, Hidden, Interval, Kind, Table
from analysis.reports.formatting import (
    cell_text,
    count_text,
    fixed,
    probability_text,
    rounded_count,
    whole_percent,
)
from surveys.words import Words
from tests.analysis.sample_findings import plain


def one_cell(cell, kind, before=()):
    columns = (*before, Column("x", plain("x"), kind))
    row = (*[0.5] * len(before), cell)
    table = Table(id="t", title=plain("t"), columns=columns, rows=(row,))
    return cell_text(table, 0, len(before), Words("en"))


@given(st.integers(0, 100_000))
def test_counts_are_multiples_of_five_and_near(n):
    assert rounded_count(n) % 5 == 0
    assert abs(rounded_count(n) - n) <= 2


@given(st.floats(0, 1))
def test_percents_are_whole_and_near(share):
    assert isinstance(whole_percent(share), int)
    assert abs(whole_percent(share) - 100 * share) <= 0.5 + 1e-9


@pytest.mark.parametrize(
    ("cell", "kind", "shown"),
    [
        (3188, Kind.COUNT, "3,190"),
        (123456, Kind.COUNT, "123,455"),
        (17, Kind.WHOLE, "17"),
        (0.125, Kind.SHARE, "13%"),
        (61.25, Kind.INDEX, "61.2"),
        (-0.004, Kind.ESTIMATE, "0.00"),
        (-0.456, Kind.ESTIMATE, "−0.46"),
        (0.98765, Kind.PRECISE, "0.988"),
        (0.0001, Kind.PROBABILITY, "<0.001"),
        (0.0456, Kind.PROBABILITY, "0.046"),
        (True, Kind.MARK, "yes"),
        (False, Kind.MARK, ""),
        (None, Kind.ESTIMATE, ""),
        (float("nan"), Kind.ESTIMATE, ""),
        ("BACK3", Kind.KEY, "BACK3"),
        ("unfavourable", Kind.KEY, "high is bad"),
        (Interval(-0.1, 0.25), Kind.INTERVAL, "[−0.10, 0.25]"),
    ],
)
def test_each_kind_has_its_form(cell, kind, shown):
    assert one_cell(cell, kind) == shown


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("reason", ["small", "complement", "alike"])
def test_hidden_is_a_dash_in_every_kind(kind, reason):
    assert one_cell(Hidden(reason), kind) == "–"


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (Kind.INDEX, "[60.1, 63.9]"),
        (Kind.PRECISE, "[60.120, 63.890]"),
        (Kind.COUNT, "[60.12, 63.89]"),
    ],
)
def test_an_interval_has_the_decimals_of_its_estimate(kind, shown):
    before = (Column("mean", plain("mean"), kind),)
    assert one_cell(Interval(60.12, 63.89), Kind.INTERVAL, before) == shown


def test_an_interval_of_a_share_is_in_per_cent():
    before = (Column("share", plain("share"), Kind.SHARE),)
    assert one_cell(Interval(0.034, 0.081), Kind.INTERVAL, before) == "[3%, 8%]"


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("12", Kind.COUNT),
        ("a", Kind.SHARE),
        (True, Kind.ESTIMATE),
        (0.5, Kind.INTERVAL),
        (Interval(0, 1), Kind.ESTIMATE),
        (Interval(0, 1), Kind.LABEL),
        (1, Kind.MARK),
    ],
)
def test_a_cell_that_does_not_fit_its_column_is_refused(cell, kind):
    with pytest.raises(AnalysisError, match="column x of table t"):
        one_cell(cell, kind)


def test_small_things():
    assert fixed(float("inf"), 2) == "∞"
    assert probability_text(0.0005) == "0.001"
    assert count_text(12_003, Words("zh")) == "12005"
