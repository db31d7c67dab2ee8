"""From the text of a cell to a typed answer: what counts as which answer, and what as none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.answers import MISSING_CODES, Missing
from surveys.entry import make_entry
from surveys.importing.cells import CellReader, chosen_in_column, expected, parse_answer, read_date
from surveys.model import Anchor, Instrument, Item, ItemKind, Option, ResponseScale, Section
from surveys.words import Text


def text(zh: str) -> Text:
    return Text({"zh": zh, "en": zh})


SCALE = ResponseScale("agree", 1, 5, (Anchor(1, text("不同意")), Anchor(5, text("同意"))))
LIKERT = Item(id="L1", kind=ItemKind.LIKERT, text=text("题"), scale=SCALE)
SINGLE = Item(
    id="S1",
    kind=ItemKind.SINGLE,
    text=text("题"),
    options=(Option(0, text("男")), Option(2, text("女"))),
)
MULTIPLE = Item(
    id="M1",
    kind=ItemKind.MULTIPLE,
    text=text("题"),
    options=(Option(1, text("甲、乙")), Option(2, text("丙")), Option(12, text("丁"))),
)
NUMBER = Item(id="N1", kind=ItemKind.NUMBER, text=text("题"), minimum=0, maximum=300)
DECIMAL = Item(id="N2", kind=ItemKind.NUMBER, text=text("题"), integer=False)
DATE = Item(id="D1", kind=ItemKind.DATE, text=text("题"))
CODE = Item(id="C1", kind=ItemKind.CODE, text=text("题"), pattern="^C[0-9]{2}$")
OPEN = Item(id="T1", kind=ItemKind.TEXT, text=text("题"))
ITEMS = (LIKERT, SINGLE, MULTIPLE, NUMBER, DECIMAL, DATE, CODE, OPEN)


@pytest.mark.parametrize(
    ("item", "cell", "value"),
    [
        (LIKERT, "4", 4),
        (LIKERT, " 4.0 ", 4),
        (LIKERT, "４", 4),
        (LIKERT, "同意", 5),
        (SINGLE, "0", 0),
        (SINGLE, "女", 2),
        (MULTIPLE, "2;1", (1, 2)),
        (MULTIPLE, "12", (12,)),
        (MULTIPLE, "丙┋甲、乙", (1, 2)),
        (MULTIPLE, "甲、乙", (1,)),
        (MULTIPLE, "1, 2", (1, 2)),
        (NUMBER, "300", 300.0),
        (DECIMAL, "-1.5e2", -150.0),
        (DATE, "2024/5/1", "2024-05-01"),
        (DATE, "2024年5月1日", "2024-05-01"),
        (DATE, "2024-05-01 09:30:00", "2024-05-01"),
        (CODE, " C07 ", "C07"),
        (OPEN, " NA ", " NA "),
        (OPEN, "None", "None"),
        (OPEN, "007", "007"),
    ],
)
def test_answers_are_read(item, cell, value):
    """Codes, wordings, full-width digits and the usual ways to write dates and choices."""
    reading = parse_answer(item, cell)
    assert (reading.value, reading.missing, reading.written) == (value, Missing.ANSWERED, "")


@pytest.mark.parametrize(
    ("item", "cell"),
    [
        (LIKERT, "6"),
        (LIKERT, "0"),
        (LIKERT, "4.5"),
        (LIKERT, "-5"),
        (LIKERT, "None"),
        (LIKERT, "9" * 5000),
        (SINGLE, "1"),
        (MULTIPLE, "1;3"),
        (NUMBER, "301"),
        (NUMBER, "2.5"),
        (NUMBER, "1,000"),
        (DECIMAL, "inf"),
        (DECIMAL, "nan"),
        (DECIMAL, "1e999"),
        (DATE, "2024-02-30"),
        (DATE, "yesterday"),
        (CODE, "c07"),
        (CODE, "NA"),
    ],
)
def test_what_is_no_answer_is_out_of_range_with_its_text(item, cell):
    """Nothing is rounded, cut or guessed into range; the text is kept as written."""
    reading = parse_answer(item, cell)
    assert (reading.value, reading.missing, reading.written) == (None, Missing.OUT_OF_RANGE, cell)
    assert str(expected(item))


@pytest.mark.parametrize("item", ITEMS)
def test_codes_of_missing_are_kinds_and_never_values(item):
    """-98 must not become a value in any kind of item, written as -98 or -98.0."""
    for code, kind in MISSING_CODES.items():
        for cell in (str(code), f"{code}.0"):
            reading = parse_answer(item, cell)
            assert (reading.value, reading.missing, reading.fits) == (None, kind, True)
    assert parse_answer(item, "  ").missing is Missing.SKIPPED


def test_na_is_no_answer_except_where_it_is_a_word():
    """R's NA among numbers is a gap; in codes, texts and options worded NA it is what it says."""
    assert parse_answer(LIKERT, "NA").missing is Missing.SKIPPED
    worded = Item(
        id="S2",
        kind=ItemKind.SINGLE,
        text=text("题"),
        options=(Option(1, text("NA")), Option(2, text("EU"))),
    )
    assert parse_answer(worded, "NA").value == 1


def test_declared_missing_values_come_first():
    """What the file or the user declares to be missing is missing even if it is in range."""
    reader = CellReader(LIKERT, absent={"5": Missing.PREFER_NOT})
    assert reader.read("5").missing is Missing.PREFER_NOT
    assert reader.read("4").value == 4


def test_decimal_comma():
    """A decimal comma is read where the file has one, and only there."""
    assert parse_answer(DECIMAL, "3,5", decimal=",").value == 3.5
    assert parse_answer(DECIMAL, "3,5").missing is Missing.OUT_OF_RANGE
    assert parse_answer(DECIMAL, "1.000,5", decimal=",").missing is Missing.OUT_OF_RANGE


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("1", True),
        ("0.0", False),
        ("TRUE", True),
        ("否", False),
        ("丙", True),
        ("", Missing.SKIPPED),
        ("(跳过)", Missing.NOT_APPLICABLE),
        ("-98", Missing.PREFER_NOT),
        ("2", None),
    ],
)
def test_ticks_of_a_column_an_option(cell, state):
    """A tick is 1, true, or the option's wording; anything else is no answer."""
    assert chosen_in_column(MULTIPLE.options[1], cell, {}) == state


@given(st.sampled_from(ITEMS), st.text(max_size=12))
def test_every_answer_read_is_one_the_project_takes(item, cell):
    """Whatever text comes, reading does not fail, and what it accepts can be stored."""
    reading = parse_answer(item, cell)
    instrument = Instrument(
        id="t",
        version="1",
        title=text("t"),
        sections=(Section("s", text("s"), (item.id,)),),
        items=(item,),
    )
    if reading.missing is Missing.ANSWERED:
        assert make_entry(instrument, {item.id: reading.value}).values == (reading.value,)
    else:
        written = {item.id: reading.written} if reading.written else None
        entry = make_entry(instrument, {item.id: reading.missing}, written=written)
        assert entry.missing == bytes([reading.missing])


@given(st.dates(min_value=__import__("datetime").date(1000, 1, 1)))
def test_dates_round_trip(day):
    """Every date is read back from each way of writing it."""
    for written in (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
    ):
        assert read_date(written) == day.isoformat()
