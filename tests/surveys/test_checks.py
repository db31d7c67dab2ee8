"""The rules an instrument is checked by: each fires on its fault, and on nothing else."""

import msgspec
import pytest

from surveys import bank
from surveys.checks import RULES, check
from surveys.model import (
    Anchor,
    Construct,
    Instrument,
    Item,
    ItemKind,
    Option,
    ResponseScale,
    Section,
    Variant,
)
from surveys.problems import Severity
from surveys.words import Text, Words

replace = msgspec.structs.replace


def both(words: str) -> Text:
    return Text({"zh": words, "en": words})


AGREE = ResponseScale("agree", 1, 3, (Anchor(1, both("no")), Anchor(3, both("yes"))))
OPTIONS = (Option(1, both("yes")), Option(2, both("no")))


def likert(name: str, **extra) -> Item:
    return Item(id=name, kind=ItemKind.LIKERT, text=both(name), scale=AGREE, construct="C", **extra)


def instrument(*more: Item, **extra) -> Instrument:
    """Return an instrument without any problem, plus the given items."""
    items = (
        likert("Q1"),
        likert("Q2"),
        likert("Q3", reverse=True),
        Item(id="S", kind=ItemKind.SINGLE, text=both("S"), options=OPTIONS),
        Item(id="M", kind=ItemKind.MULTIPLE, text=both("M"), options=OPTIONS),
        Item(id="N", kind=ItemKind.NUMBER, text=both("N"), minimum=0, maximum=10),
        *more,
    )
    fields = {
        "id": "x",
        "version": "1",
        "title": both("X"),
        "sections": (Section("A", both("A"), tuple(item.id for item in items)),),
        "items": items,
        "constructs": (Construct("C", both("C")),),
        "consent": both("free"),
    }
    return Instrument(**(fields | extra))


def codes(made: Instrument) -> set[str]:
    return {problem.code for problem in check(made)}


def test_sound_instrument_has_no_problem():
    """The rules are silent on a sound instrument; every other test changes one thing."""
    assert check(instrument()) == []


FAULTS = {
    "bad-id": likert("问1"),
    "duplicate-item": likert("Q1"),
    "missing-scale": Item(id="X", kind=ItemKind.RATING, text=both("X")),
    "empty-range": Item(id="X", kind=ItemKind.NUMBER, text=both("X"), minimum=3, maximum=3),
    "anchor-out-of-range": replace(
        likert("X"), scale=replace(AGREE, anchors=(*AGREE.anchors, Anchor(9, both("?"))))
    ),
    "too-few-options": Item(id="X", kind=ItemKind.SINGLE, text=both("X"), options=OPTIONS[:1]),
    "duplicate-option": Item(
        id="X", kind=ItemKind.MULTIPLE, text=both("X"), options=(*OPTIONS, OPTIONS[0])
    ),
    "bad-code": Item(
        id="X", kind=ItemKind.SINGLE, text=both("X"), options=(*OPTIONS, Option(-98, both("no")))
    ),
    "unknown-construct": replace(likert("X"), construct="D"),
    "missing-correct": Item(id="X", kind=ItemKind.ATTENTION, text=both("X"), scale=AGREE),
    "correct-out-of-range": Item(
        id="X", kind=ItemKind.ATTENTION, text=both("X"), scale=AGREE, correct=4
    ),
    "bad-pattern": Item(id="X", kind=ItemKind.CODE, text=both("X"), pattern="(a+)+"),
    "bad-relevance": likert("X", relevance="S ="),
    "condition-looks-ahead": None,
    "unreachable": likert("X", relevance="S = 3"),
    "end-not-worded": replace(likert("X"), scale=replace(AGREE, anchors=AGREE.anchors[:1])),
    "missing-translation": replace(likert("X"), text=Text({"zh": "甲"})),
    "reserved-name": likert("With"),
    "long-name": likert("X" * 65),
    "names-differ-in-case": likert("q1"),
    "place-not-flagged": Item(
        id="X", kind=ItemKind.CODE, text=both("X"), pattern="T[0-9]", cluster_level=2
    ),
    "asks-for-identity": Item(id="X", kind=ItemKind.TEXT, text=both("您的姓名")),
    "variant-not-recorded": Item(
        id="X",
        kind=ItemKind.RATING,
        text=both("X"),
        scale=AGREE,
        variants=(Variant("A", both("a")), Variant("B", both("b"))),
    ),
}


@pytest.mark.parametrize("code", [code for code, item in FAULTS.items() if item is not None])
def test_each_rule_about_items_finds_its_fault(code):
    """One faulty item gives its own problem, and no error of another kind."""
    found = check(instrument(FAULTS[code]))
    assert code in {problem.code for problem in found}
    others = {p.code for p in found if p.severity is Severity.ERROR} - {code}
    assert others <= {"item-in-two-sections"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"items": (), "sections": ()}, "no-items"),
        ({"consent": None}, "no-consent"),
        (
            {"sections": (Section("A", both("A"), ("Q1", "Q2", "Q3", "S", "M")),)},
            "item-in-no-section",
        ),
        (
            {"sections": (Section("A", both("A"), ("Q1", "Q1", "Q2", "Q3", "S", "M", "N")),)},
            "item-in-two-sections",
        ),
        (
            {"sections": (Section("A", both("A"), ("Z", "Q1", "Q2", "Q3", "S", "M", "N")),)},
            "unknown-item",
        ),
        ({"constructs": (Construct("C", both("C")),) * 2}, "duplicate-construct"),
        (
            {
                "sections": (
                    Section("A", both("A"), ("Q1", "Q2", "Q3", "S", "M", "N")),
                    Section("A", both("A"), ()),
                )
            },
            "duplicate-section",
        ),
    ],
)
def test_each_rule_about_the_whole_finds_its_fault(change, code):
    """Sections, consent and definitions are checked too."""
    assert code in codes(instrument(**change))


def test_condition_that_looks_ahead():
    """A question on paper cannot depend on a later one."""
    made = instrument(likert("X"))
    first = replace(made.items[0], relevance="N = 1")
    assert "condition-looks-ahead" in codes(replace(made, items=(first, *made.items[1:])))


@pytest.mark.parametrize(
    ("condition", "reachable"),
    [
        ("S = 1", True),
        ("S = 9", False),
        ("S = 1 and S = 2", False),
        ("S = 1 or S = 9", True),
        ("not S = 1", True),
        ('S = "1"', False),
        ("N > 9", True),
        ("N > 10", False),
        ("N > 4 and N < 5", False),
        ("N > 4 and N < 6", True),
        ("Q1 < 1", False),
        ("Q1 >= 3 and Q2 = 1", True),
        ("selected(M, 2) and not selected(M, 1)", True),
        ("selected(M, 3)", False),
        ("selected(M, 1) and not selected(M, 1)", False),
    ],
)
def test_conditions_that_never_hold(condition, reachable):
    """A condition is tried on all answers that could make a difference."""
    assert ("unreachable" not in codes(instrument(likert("X", relevance=condition)))) is reachable


@pytest.mark.parametrize("condition", ["M = 1", "selected(S, 1)", "X = 1", "Z = 1"])
def test_conditions_ask_what_the_item_can_tell(condition):
    """selected() is for multiple choice only, and an item cannot depend on itself."""
    assert "bad-relevance" in codes(instrument(likert("X", relevance=condition)))


def test_few_items_and_one_way():
    """Short scales and scales keyed one way are named together in one warning each."""
    made = instrument()
    one_way = replace(
        made, items=(*made.items[:2], replace(made.items[2], reverse=False), *made.items[3:])
    )
    assert codes(one_way) == {"keyed-one-way"}
    two = instrument(replace(likert("Y"), construct="D"), constructs=(
        Construct("C", both("C")), Construct("D", both("D")),
    ))  # fmt: skip
    assert codes(two) == {"few-items"}


def test_unbalanced_wording():
    """Points worded on one side only pull the answers."""
    anchors = (*AGREE.anchors, Anchor(2, both("somewhat")))
    assert "unbalanced-scale" not in codes(
        instrument(replace(likert("X"), scale=replace(AGREE, id="b", anchors=anchors)))
    )
    wide = ResponseScale("w", 1, 5, (*AGREE.anchors, Anchor(5, both("very"))))
    lopsided = replace(wide, anchors=(wide.anchors[0], Anchor(4, both("much")), wide.anchors[2]))
    assert "unbalanced-scale" in codes(instrument(replace(likert("X"), scale=lopsided)))


def test_four_background_items_are_many():
    """From four quasi-identifiers on, the combination is warned about."""
    extra = [
        Item(
            id=f"D{n}", kind=ItemKind.SINGLE, text=both("D"), options=OPTIONS, quasi_identifier=True
        )
        for n in range(4)
    ]
    assert "many-quasi-identifiers" not in codes(instrument(*extra[:3]))
    assert "many-quasi-identifiers" in codes(instrument(*extra))


def test_asking_people_not_to_name_anybody_is_fine():
    """A request to leave names out is not a request for names."""
    item = Item(id="X", kind=ItemKind.TEXT, text=both("想法？（请不要写出姓名、电话）"))
    assert codes(instrument(item)) == set()


@pytest.mark.parametrize("name", bank.INSTRUMENTS)
def test_bank_has_no_errors(name):
    """Shipped instruments have warnings at most, and every problem is worded in both languages."""
    for problem in check(bank.load(name)):
        assert problem.severity is Severity.WARNING
        for language in ("zh", "en"):
            assert "{" not in Words(language).say(problem)


def test_errors_come_first():
    """What stops the work is listed before what does not."""
    found = check(instrument(likert("With"), likert("X", relevance="S = 9"), consent=None))
    levels = [problem.severity for problem in found]
    assert levels == sorted(levels, key=lambda level: level is not Severity.ERROR)
    assert len(set(RULES)) == len(RULES)
