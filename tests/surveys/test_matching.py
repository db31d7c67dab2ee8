"""Columns of a file find their items, and whatever is no item is reported."""

import pytest

from surveys.answers import Missing
from surveys.bank import load
from surveys.formats.csv import read_csv
from surveys.formats.table import MissingRange, RawTable, Source
from surveys.importing.column_mapping import ColumnMapping
from surveys.importing.column_roles import Role
from surveys.importing.matching import match
from surveys.importing.plan import plan_table
from surveys.model import Instrument, Item, ItemKind, Option, ResponseScale, Section
from surveys.problems import Severity
from surveys.words import Text


def text(zh: str) -> Text:
    return Text({"zh": zh})


AGREE = ResponseScale("agree", 1, 5)
ITEMS = (
    Item(id="RISK1", kind=ItemKind.LIKERT, text=text("宁可先不办。"), scale=AGREE),
    Item(
        id="SEX",
        kind=ItemKind.SINGLE,
        text=text("您的性别"),
        options=(Option(1, text("男")), Option(2, text("女"))),
    ),
    Item(
        id="TASKS",
        kind=ItemKind.MULTIPLE,
        text=text("您的工作"),
        options=(Option(1, text("甲")), Option(2, text("乙")), Option(3, text("丙"))),
    ),
    Item(id="OPEN1", kind=ItemKind.TEXT, text=text("意见")),
)
INSTRUMENT = Instrument(
    id="t",
    version="1",
    title=text("t"),
    sections=(Section("s", text("s"), tuple(i.id for i in ITEMS)),),
    items=ITEMS,
)


def table(content: str) -> RawTable:
    return read_csv(content.encode(), Source("data.csv", "csv", "0" * 64))


def uses(content: str, mapping: ColumnMapping | None = None):
    return match(table(content), INSTRUMENT, mapping).uses


def codes(content: str, mapping: ColumnMapping | None = None) -> list[str]:
    plan = plan_table(table(content), INSTRUMENT, mapping=mapping)
    return [p.code for p in plan.problems if p.severity is Severity.ERROR]


def test_ids_in_any_case_wordings_and_options_are_found():
    """Column names are ids whatever their case, the question's wording, or ITEM.CODE, ITEM_CODE."""
    found = uses(" risk1 ,2、您的性别,TASKS.1,tasks_3\n1,1,1,0\n")
    assert [(use.role, use.item, use.option) for use in found] == [
        (Role.ITEM, "RISK1", None),
        (Role.ITEM, "SEX", None),
        (Role.OPTION, "TASKS", 1),
        (Role.OPTION, "TASKS", 3),
    ]


def test_a_column_that_is_no_item_is_an_error():
    """Nothing is dropped silently; the mapping can rename it or leave it out."""
    content = "RISK1,remark\n1,x y\n"
    assert codes(content) == ["unknown-column"]
    assert codes(content, ColumnMapping(columns={"remark": "-"})) == []
    assert codes(content, ColumnMapping(columns={"remark": "OPEN1"})) == []
    assert codes(content, ColumnMapping(columns={"remark": "NOPE"})) == ["mapping-item"]


def test_mapping_of_columns_that_are_not_there_is_an_error():
    """A misspelt name in the mapping must not pass unnoticed."""
    mapping = ColumnMapping(columns={"gendr": "SEX"}, missing={"ag": (9,)})
    assert codes("RISK1\n1\n", mapping) == ["mapping-column", "mapping-column"]


def test_two_columns_for_one_item_are_an_error():
    """Which of the two counts is not guessed."""
    assert codes("RISK1,risk1 \n1,2\n") == ["item-twice"]
    assert codes("TASKS,TASKS.1\n1,1\n") == ["item-twice"]


def test_a_file_of_something_else_is_an_error():
    """A file without any item of the questionnaire is not imported as empty forms."""
    assert "no-items" in codes("x,y\n1,2\n")


def test_items_without_column_are_a_warning():
    """A file with fewer items is allowed, and said."""
    plan = plan_table(table("RISK1\n1\n"), INSTRUMENT)
    warning = next(p for p in plan.problems if p.code == "items-without-column")
    assert warning.severity is Severity.WARNING
    assert warning.where.values["items"] == ["SEX", "TASKS", "OPEN1"]


def test_identifiers_are_left_out_and_announced():
    """A column of telephone numbers beside the items is no error and is not imported."""
    rows = "".join(f"{1 + i % 5},138{i:08d}\n" for i in range(9))
    plan = plan_table(table("RISK1,contact\n" + rows), INSTRUMENT)
    assert plan.uses[1].role is Role.IDENTIFIER
    assert not plan.errors
    assert any("contact" in str(note) for note in plan.notes)


def readings(content: str, item: str, **options):
    plan = plan_table(table(content), INSTRUMENT, **options)
    column = next(c for c in plan.typed.columns if c.item.id == item)
    return [column.readings[code] for code in column.codes]


def test_multiple_choice_by_columns():
    """Ticks are combined; no cell at all is skipped; zeros are an answer; contradictions are bad."""
    content = "RISK1,TASKS.1,TASKS.2,TASKS.3\n"
    content += "1,1,0,1\n1,0,0,0\n1,,,1\n1,,,\n1,-98,,\n1,-98,1,\n1,7,0,0\n"
    assert [(r.value, r.missing) for r in readings(content, "TASKS")] == [
        ((1, 3), Missing.ANSWERED),
        ((), Missing.ANSWERED),
        ((3,), Missing.ANSWERED),
        (None, Missing.SKIPPED),
        (None, Missing.PREFER_NOT),
        (None, Missing.OUT_OF_RANGE),
        (None, Missing.OUT_OF_RANGE),
    ]


def test_wordings_are_read_and_reported():
    """Words in place of codes are understood, and the plan shows which became which."""
    plan = plan_table(table("SEX,RISK1\n男,1\n女,2\n1,3\n"), INSTRUMENT)
    assert plan.labels == {"SEX": {"男": 1, "女": 2}}


def test_missing_values_of_mapping_and_file():
    """What is declared missing is missing, of the kind that its label tells."""
    from dataclasses import replace

    raw = table("RISK1\n1\n9\n8\n99\n")
    column = replace(
        raw.columns[0],
        value_labels={"9": text("拒答"), "8": text("不适用")},
        missing=(MissingRange(8.0, 9.0),),
    )
    plan = plan_table(
        replace(raw, columns=(column,)),
        INSTRUMENT,
        mapping=ColumnMapping(missing={"RISK1": (99,)}),
    )
    typed = plan.typed.columns[0]
    assert [typed.readings[c].missing for c in typed.codes] == [
        Missing.ANSWERED,
        Missing.PREFER_NOT,
        Missing.NOT_APPLICABLE,
        Missing.SKIPPED,
    ]


def test_contradicting_labels_are_a_warning():
    """A file in which 1 is female and a questionnaire in which it is male do not mix unnoticed."""
    from dataclasses import replace

    raw = table("SEX\n1\n2\n")
    column = replace(raw.columns[0], value_labels={"1": text("女"), "2": text("男")})
    plan = plan_table(replace(raw, columns=(column,)), INSTRUMENT)
    assert [p.code for p in plan.problems].count("labels-differ") == 2


def test_bad_cells_name_row_column_and_what_is_expected():
    """The user finds the cell and learns what would be right."""
    plan = plan_table(table("RISK1,SEX\n1,1\n6,1\n\n2,x\n"), INSTRUMENT)
    found = [(str(p.where), p.what.values["cell"], str(p.remedy)) for p in plan.errors]
    assert found == [
        ("Line 3, column RISK1", "“6”", "Expected is a whole number from 1 to 5."),
        ("Line 5, column SEX", "“x”", "Expected is one of the codes 1, 2."),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "13812345678",
        "li@example.org",
        "一段很长的话，写的是某年某月某日在某地发生的某一件具体的事情",
    ],
)
def test_bad_cells_that_may_point_to_a_person_are_not_shown(cell):
    """A shifted row may put anything into a column of codes."""
    problem = plan_table(table(f"RISK1\n{cell}\n"), INSTRUMENT).errors[0]
    assert cell not in str(problem.what)
    assert "the text" in str(problem.what)


def test_many_bad_cells_are_counted():
    """At most fifty are listed, in the order of rows; the number of all is known."""
    plan = plan_table(table("RISK1,SEX\n" + "9,9\n" * 100), INSTRUMENT)
    assert len(plan.errors) == 50
    assert plan.n_bad_cells == plan.n_errors == 200
    assert str(plan.errors[-1].where) == "Line 26, column SEX"


def test_duplicate_numbers_name_their_rows_and_not_the_number():
    """Which rows have the same number is said; the number itself is never shown."""
    plan = plan_table(table("resp_id,RISK1\nabc1,1\nabc2,1\nabc1,2\n,1\n,2\n"), INSTRUMENT)
    problem = plan.errors[0]
    assert (problem.code, str(problem.where)) == (
        "duplicate-serial",
        "Line 2, Line 4, column resp_id",
    )
    assert "abc1" not in str(problem.where) + str(problem.what)


def test_empty_rows_are_left_out_and_counted():
    """Rows of separators only, as spreadsheets export them, are no respondents."""
    plan = plan_table(table("RISK1,SEX\n1,1\n,\n , \n2,2\n"), INSTRUMENT)
    assert plan.n_rows == 2
    assert any(note.values.get("n") == 2 for note in plan.notes)


def test_the_core_questionnaire_finds_every_column():
    """The shipped questionnaire and the synthetic survey fit without a mapping."""
    from pathlib import Path

    from surveys.formats.reading import read_table

    file = Path(__file__).parent / "fixtures" / "synthetic_cadre_200.csv"
    found = match(read_table(file), load("cmra_core"))
    assert not found.problems
    assert len(found.of_role(Role.ITEM)) == 78


def test_durations_that_cannot_be_read_are_counted():
    """They become unknown, and the user hears of it."""
    plan = plan_table(table("RISK1,duration_s\n1,soon\n2,20\n3,\n"), INSTRUMENT)
    assert any("1 cells are no duration" in str(note) for note in plan.notes)
