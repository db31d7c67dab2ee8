"""Conditions: what they mean, what is refused, and that writing and reading agree."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.logic import (
    Comparison,
    Conjunction,
    Disjunction,
    Negation,
    Selected,
    evaluate,
    parse,
    references,
    write,
)
from surveys.problems import SurveyError
from surveys.words import Words


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("A = 1", {"A": 1}, True),
        ("A=1", {"A": 2}, False),
        ("A != 1", {"A": 2}, True),
        ("A < 2.5", {"A": 2}, True),
        ("A <= 2", {"A": 2.0}, True),
        ("A > -1", {"A": 0}, True),
        ("A >= 3", {"A": 2}, False),
        ('A = "C01"', {"A": "C01"}, True),
        ("A = 'it is \"so\"'", {"A": 'it is "so"'}, True),
        ('A >= "2026-05-01"', {"A": date(2026, 5, 2)}, True),
        ("A = 1 or B = 1 and C = 1", {"A": 1}, True),
        ("(A = 1 or B = 1) and C = 1", {"A": 1}, False),
        ("not A = 1 and B = 1", {"A": 2, "B": 1}, True),
        ("not (A = 1 and B = 1)", {"A": 1, "B": 2}, True),
        ("not not A = 1", {"A": 1}, True),
        ("selected(A, 2)", {"A": {1, 2}}, True),
        ("selected(A, 2)", {"A": (1,)}, False),
        ("selected(A, 2)", {"A.2": 1}, True),
        ("selected(A, 2)", {"A.2": 0}, False),
    ],
)
def test_meaning(text, answers, expected):
    """Each operator, precedence and both ways of giving multiple choice."""
    assert evaluate(parse(text), answers) is expected


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("answers", [{}, {"A": None}, {"A": float("nan")}])
def test_missing_answer_makes_every_comparison_false(operator, answers):
    """Nobody is asked a follow-up because an answer is missing; only `not` can turn that round."""
    assert not evaluate(parse(f"A {operator} 1"), answers)
    assert evaluate(parse(f"not A {operator} 1"), answers)
    assert not evaluate(parse("selected(A, 1)"), answers)


def test_numbers_and_texts_are_different():
    """A number is never equal to, or less than, a text."""
    assert not evaluate(parse('A = "1"'), {"A": 1})
    assert evaluate(parse('A != "1"'), {"A": 1})
    assert not evaluate(parse("A < 5"), {"A": "1"})


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 1),
        ("A", 2),
        ("A = ", 5),
        ("A = B", 5),
        ("= 1", 1),
        ("A = 1 B = 2", 7),
        ("(A = 1", 7),
        ("A = 1)", 6),
        ("A == 1", 4),
        ("A ＝ 1", 3),
        ("A = 'x", 5),
        ("and = 1", 1),
        ("selected(A)", 11),
        ("selected(A, 1.5)", 13),
        ("A = 1 && B = 2", 7),
        ("A = 12abc", 5),
        ("__import__('os')", 1),
    ],
)
def test_errors_name_the_column(text, column):
    """A person can find the place in the condition."""
    with pytest.raises(SurveyError) as caught:
        parse(text)
    assert caught.value.values["column"] == column
    assert "{" not in Words("zh").say(caught.value)


@pytest.mark.parametrize("text", ["(" * 500 + "A = 1" + ")" * 500, "not " * 200 + "A = 1"])
def test_deep_or_long_conditions_are_refused(text):
    """Nesting cannot exhaust the stack."""
    with pytest.raises(SurveyError):
        parse(text)


def test_references_are_in_order_and_unique():
    """Callers learn which items a condition needs."""
    assert references(parse("B = 1 or not (A = 2 and selected(C, 1)) or B = 3")) == ("B", "A", "C")


names = st.from_regex(r"[A-Z][A-Za-z0-9_]{0,5}", fullmatch=True)
numbers = st.integers(-(10**9), 10**9) | st.decimals(-1000, 1000, places=3).map(float)
literals = numbers | st.text("abc 01'中", max_size=5)
leaves = st.builds(
    Comparison, names, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), literals
) | st.builds(Selected, names, st.integers(0, 99))
trees = st.recursive(
    leaves,
    lambda inner: (
        st.builds(Negation, inner)
        | st.builds(Conjunction, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(Disjunction, st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=8,
)


@given(trees)
def test_writing_and_reading_agree(tree):
    """A condition made by an editor means the same after it is saved and read."""
    assert parse(write(tree)) == tree


@given(trees, st.dictionaries(names, st.none() | st.integers(-5, 5) | st.text(max_size=3)))
def test_negation_is_the_opposite(tree, answers):
    """Evaluation is two-valued for every condition and any answers."""
    assert evaluate(Negation(tree), answers) is not evaluate(tree, answers)


@given(st.text("A=1 ()andor!<>'\",selected0.2-", max_size=30))
def test_any_text_is_read_or_refused(text):
    """Whatever is typed ends in a tree or a SurveyError."""
    try:
        tree = parse(text)
    except SurveyError:
        return
    assert references(tree)
