"""Line breaking where Chinese and Latin stand together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.reports.line_breaking import (
    NEVER_FIRST,
    NEVER_LAST,
    balanced_lines,
    break_lines,
    widest_run,
)

WORDS = st.lists(
    st.sampled_from(
        [
            "干部",
            "担当",
            "，",
            "。",
            "（",
            "）",
            "“",
            "”",
            "risk",
            "aversion",
            " ",
            "3,190",
            "12%",
            "容错纠错",
            "《",
            "》",
            "——",
            "M=3.2",
            "well-known",
            "、",
            "0.05",
            "县",
        ]
    ),
    min_size=1,
    max_size=40,
).map("".join)


def measure(text: str) -> float:
    """Chinese is two wide, anything else one."""
    return sum(2.0 if ord(c) > 0x2E00 else 1.0 for c in text)


@given(WORDS, st.integers(24, 60))
def test_nothing_is_lost_or_added(text, width):
    lines = break_lines(text, width, measure)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(WORDS, st.integers(24, 60))
def test_no_line_is_too_wide(text, width):
    assert all(measure(line) <= width for line in break_lines(text, width, measure))


@given(WORDS)
def test_lines_begin_and_end_as_they_may(text):
    """No closing mark begins a line, no opening mark ends one, wherever a break may be chosen."""
    width = max(24.0, widest_run(text, measure))
    lines = break_lines(text, width, measure)
    for before, after in pairwise(lines):
        joined_by_space = f"{before} {after}" in " ".join(text.split())
        if not joined_by_space:
            assert after[:1] not in NEVER_FIRST
            assert before[-1:] not in NEVER_LAST


@given(WORDS, st.integers(24, 60))
def test_latin_words_and_numbers_stay_whole(text, width):
    wide_enough = max(float(width), widest_run(text, measure))
    broken = " ".join(break_lines(text, wide_enough, measure))
    for word in ("aversion", "3,190", "0.05", "12%", "M=3.2"):
        assert broken.count(word) == text.count(word)


def test_a_word_wider_than_the_line_is_cut():
    assert break_lines("a" * 25, 10, measure) == ["a" * 10, "a" * 10, "a" * 5]


def test_the_last_character_is_not_left_alone():
    """One character and a full stop on a line of their own look forgotten."""
    lines = break_lines("一二三四五六七八九十一。", 22, measure)
    assert lines == ["一二三四五六七八九", "十一。"]


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_empty_text_has_a_line(text):
    assert set(break_lines(text, 10, measure)) == {""}


@given(WORDS, st.integers(24, 60))
def test_balancing_adds_no_line_and_cuts_no_word(text, width):
    plain, even = break_lines(text, width, measure), balanced_lines(text, width, measure)
    assert len(even) <= len(plain)
    assert "".join("".join(even).split()) == "".join(text.split())
    assert max(map(measure, even)) <= width


def test_balanced_lines_are_even():
    assert balanced_lines("题总相关", 6, measure) == ["题总", "相关"]
    assert balanced_lines("Share, %", 7, measure) == ["Share,", "%"]
