"""A questionnaire guessed from a table: what is concluded, what is left out, what is asked."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.answers import Missing
from surveys.checks import check
from surveys.formats.csv import read_csv
from surveys.formats.reading import read_table
from surveys.formats.table import MissingRange, RawTable, Source, column_of
from surveys.importing.column_mapping import ColumnMapping
from surveys.importing.column_roles import Role, seconds
from surveys.importing.inference import Inference, infer_instrument
from surveys.importing.plan import plan_table
from surveys.model import ItemKind, Sensitivity
from surveys.problems import Severity
from surveys.words import Text

FIXTURES = Path(__file__).parent / "fixtures"
BFI = Path(__file__).parents[1] / "analysis" / "reference" / "data_bfi.csv"


def table_of(**columns: list) -> RawTable:
    """Make a table as a CSV reader would."""
    names = list(columns)
    rows = zip(*columns.values(), strict=True)
    text = "\n".join([";".join(names), *(";".join(map(str, row)) for row in rows)]) + "\n"
    return read_csv(text.encode(), Source("data.csv", "csv", "0" * 64), separator=";")


def infer(mapping: ColumnMapping | None = None, **columns: list) -> Inference:
    return infer_instrument(table_of(**columns), "data", mapping)


def kinds(inference: Inference) -> dict[str, ItemKind]:
    return {item.id: item.kind for item in inference.instrument.presented()}


def said(messages) -> str:
    return "\n".join(map(str, messages))


def reasons(inference: Inference) -> str:
    return "\n".join(f"{use.column} {use.why}" for use in inference.uses if use.why)


def test_bfi():
    """25 items on one scale from 1 to 6 in five sections, two choices and a number; nothing lost."""
    inference = infer_instrument(read_table(BFI), "bfi")
    instrument = inference.instrument
    likert = instrument.likert_items
    assert [item.id for item in likert] == [f"{s}{n}" for s in "ACENO" for n in range(1, 6)]
    assert {(i.scale.id, i.scale.minimum, i.scale.maximum) for i in likert} == {("scale_1_6", 1, 6)}
    assert [section.id for section in instrument.sections] == ["A", "C", "E", "N", "O", "other"]
    assert [o.code for o in instrument.item("gender").options] == [1, 2]
    assert [o.code for o in instrument.item("education").options] == [1, 2, 3, 4, 5]
    assert instrument.item("age").kind is ItemKind.NUMBER
    assert len(instrument.items) == 28
    assert instrument.inferred
    assert not instrument.constructs
    assert all(item.construct is None and not item.reverse for item in instrument.items)
    assert [item.id for item in instrument.items if item.quasi_identifier] == [
        "gender",
        "education",
        "age",
    ]
    assert reasons(inference) == ""


def test_synthetic_survey():
    """Ids, duration and status are recognised; scales, codes, choices, numbers and text as well."""
    inference = infer_instrument(read_table(FIXTURES / "synthetic_cadre_200.csv"), "core")
    found = kinds(inference)
    assert sum(kind is ItemKind.LIKERT for kind in found.values()) == 61
    assert {n for n, kind in found.items() if kind is ItemKind.RATING} == {"RAT1", "RAT2", "RAT3"}
    assert {n for n, kind in found.items() if kind is ItemKind.CODE} == {"D_COUNTY", "D_TOWN"}
    assert {n for n, kind in found.items() if kind is ItemKind.NUMBER} == {"IND_N", "OT_H"}
    assert {n for n, kind in found.items() if kind is ItemKind.TEXT} == {"OPEN1"}
    assert inference.instrument.item("OPEN1").sensitivity is Sensitivity.HIGH
    assert [o.code for o in inference.instrument.item("D_LEAD").options] == [0, 1]
    roles = {use.column: use.role for use in inference.uses if use.item is None}
    assert roles == {
        "resp_id": Role.SERIAL,
        "duration_s": Role.SECONDS,
        "data_status": Role.STATUS,
    }


@pytest.mark.parametrize("name", ["synthetic_cadre_200.csv", "bfi"])
def test_guessed_questionnaires_have_no_errors(name):
    """What is guessed can be used at once: no rule of the questionnaire is broken."""
    file = BFI if name == "bfi" else FIXTURES / name
    problems = check(infer_instrument(read_table(file), "guess").instrument)
    assert [p for p in problems if p.severity is Severity.ERROR] == []


def test_identifiers_are_left_out_and_announced():
    """Names, telephone numbers and exact times never become items, and the user is told."""
    n = 12
    inference = infer(
        姓名=[f"甲{i}" for i in range(n)],
        contact=[f"138{i:08d}" for i in range(n)],
        filled=[f"2024-05-01 09:{i:02d}:00" for i in range(n)],
        Q1=[1 + i % 5 for i in range(n)],
    )
    assert list(kinds(inference)) == ["Q1"]
    dropped = {use.column for use in inference.uses if use.role is Role.IDENTIFIER}
    assert {"姓名", "contact"} <= dropped
    for name in ("姓名", "contact", "filled"):
        assert name in reasons(inference)
    assert "138" not in reasons(inference)


def test_a_number_of_the_form_that_is_a_telephone_number_is_left_out():
    """An innocent heading does not let telephone numbers in, nor does the mapping."""
    phones = [f"139{i:08d}" for i in range(12)]
    for mapping in (None, ColumnMapping(columns={"id": "@serial"})):
        inference = infer(mapping, id=phones, Q1=[1 + i % 5 for i in range(12)])
        assert inference.uses[0].role is Role.IDENTIFIER


def test_random_codes_are_the_number_of_the_form():
    """A column with another short random code in each row is an id, whatever its name."""
    inference = infer(
        form=[f"{i * 7919 % 65536:04x}a{i % 10}" for i in range(30)], Q1=[1, 2, 3] * 10
    )
    assert inference.uses[0].role is Role.SERIAL


def test_of_several_ids_one_is_kept():
    """Row numbers give way to the id that the file has besides."""
    inference = infer(row_name=[1, 2, 3, 4, 5, 6], resp_id=list("abcdef"), Q1=[1, 2, 3] * 2)
    assert [use.role for use in inference.uses[:2]] == [Role.DROPPED, Role.SERIAL]


def test_constant_and_empty_columns_are_left_out_and_said():
    """They hold nothing to analyse."""
    inference = infer(wave=[3] * 9, gone=[""] * 9, nothing=["NA"] * 9, Q1=[1, 2, 3] * 3)
    assert list(kinds(inference)) == ["Q1"]
    for name in ("wave", "gone", "nothing"):
        assert name in reasons(inference)


def test_na_among_numbers_is_a_gap_and_among_words_a_word():
    """One token, two meanings; the doubtful one is asked about."""
    inference = infer(x=[1, 2, "NA", 3, 2, 1] * 3, region=["NA", "EU", "AS"] * 6)
    assert [o.code for o in inference.instrument.item("x").options] == [1, 2, 3]
    labels = [str(o.label) for o in inference.instrument.item("region").options]
    assert labels == ["AS", "EU", "NA"]
    assert "region" in said(inference.questions)
    assert "Column x" not in said(inference.questions)


def test_usual_missing_codes_are_asked_about_and_not_applied():
    """99 stays an answer until the user or the file says otherwise."""
    columns = {f"Q{i}": [1, 2, 3, 4, 5, 99] * 4 for i in (1, 2, 3)}
    inference = infer(**columns)
    assert [o.code for o in inference.instrument.item("Q1").options] == [1, 2, 3, 4, 5, 99]
    assert "99" in said(inference.questions)
    told = infer(ColumnMapping(missing={"*": (99,)}), **columns)
    assert {i.scale.maximum for i in told.instrument.likert_items} == {5}
    assert not told.questions


def test_missing_codes_of_the_program_do_not_widen_scales():
    """-98 and -99 in a column of Likert answers are not points of the scale."""
    inference = infer(**{f"Q{i}": [1, 2, 3, 4, 5, -98, -99, ""] * 4 for i in (1, 2)})
    assert {(i.scale.minimum, i.scale.maximum) for i in inference.instrument.likert_items} == {
        (1, 5)
    }


def test_leading_zeros_make_codes():
    """007 is no number."""
    inference = infer(unit=["007", "010", "011"] * 6, Q1=[1, 2, 3] * 6)
    assert kinds(inference)["unit"] is ItemKind.CODE


def test_numbers_too_long_to_be_numbers_are_codes():
    """Their last digits would be lost."""
    inference = infer(key=[f"9{i:02d}00000000000000007" for i in range(12)], Q1=[1, 2, 3] * 4)
    assert kinds(inference)["key"] is ItemKind.CODE


def test_words_become_codes_and_this_is_said():
    """Categories get codes in the order of their text; the mapping is shown."""
    inference = infer(sex=["女", "男", ""] * 6, Q1=[1, 2, 3] * 6)
    options = inference.instrument.item("sex").options
    assert [(o.code, o.label.get("zh")) for o in options] == [(1, "女"), (2, "男")]
    assert "1 = 女" in said(inference.guesses)


def test_known_wordings_become_a_scale_in_their_order():
    """An online form's export of agreement in words is a Likert item, lowest first."""
    words = ["非常不同意", "不同意", "一般", "同意", "非常同意"]
    inference = infer(**{"您怎么看": words * 4})
    item = inference.instrument.items[0]
    assert item.kind is ItemKind.LIKERT
    assert [str(item.scale.label(point)) for point in item.scale.points] == words
    assert item.text.get("zh") == "您怎么看"


def test_multiple_choice_in_columns_and_in_cells():
    """Ticks in columns ITEM.CODE, and several codes in one cell, are one item each."""
    inference = infer(**{"Q3.1": [1, 0, 1] * 5, "Q3.2": [0, 0, 1] * 5, "Q4": ["1┋3", "2", "3"] * 5})
    items = {item.id: item for item in inference.instrument.items}
    assert items["Q3"].kind is items["Q4"].kind is ItemKind.MULTIPLE
    assert [o.code for o in items["Q3"].options] == [1, 2]
    assert [o.code for o in items["Q4"].options] == [1, 2, 3]
    assert [use.option for use in inference.uses] == [1, 2, None]


def test_ratings_numbers_dates_and_decimals():
    """0 to 10 is a rating; many different numbers, decimals and dates are what they are."""
    inference = infer(
        trust=list(range(11)) * 3,
        age=[20 + i for i in range(33)],
        weight=[f"{i}.25" for i in range(33)],
        visit=[f"2024/5/{1 + i % 28}" for i in range(33)],
    )
    assert kinds(inference) == {
        "trust": ItemKind.RATING,
        "age": ItemKind.NUMBER,
        "weight": ItemKind.NUMBER,
        "visit": ItemKind.DATE,
    }
    assert not inference.instrument.item("weight").integer


def test_unlike_names_on_the_same_points_share_a_scale():
    """Four columns in a row with the same points are a block even without common names."""
    points = [1, 2, 3, 4, 5] * 6
    inference = infer(trust=points, hope=points[::-1], duty=points, calm=points)
    assert len(inference.instrument.likert_items) == 4
    title = inference.instrument.sections[0].title
    assert (title.get("zh"), title.get("en")) == ("第1组题目", "Group 1 of items")


def test_binary_columns_are_no_scale():
    """Yes and no in a row of columns are choices, not a two-point Likert scale."""
    inference = infer(**{f"Q{i}": [0, 1, 1] * 6 for i in range(1, 6)})
    assert set(kinds(inference).values()) == {ItemKind.SINGLE}


def test_few_answers_do_not_split_a_scale():
    """In a small sample an end of the scale may have been used by nobody in one column."""
    inference = infer(Q1=[1, 2, 3, 4, 5] * 4, Q2=[2, 3, 4, 5, 5] * 4, Q3=[1, 2, 3, 4, 4] * 4)
    assert {(i.scale.minimum, i.scale.maximum) for i in inference.instrument.likert_items} == {
        (1, 5)
    }
    assert len(inference.instrument.likert_items) == 3


def test_labels_of_the_file_become_wordings():
    """SPSS labels give the question, the anchors and the options; declared missing is no option."""
    agree = {"1": Text({"zh": "不同意"}), "5": Text({"zh": "同意"}), "9": Text({"zh": "拒答"})}
    sex = {"1": Text({"zh": "男"}), "2": Text({"zh": "女"})}
    base = table_of(R1=[2, 3, 4, 9] * 5, R2=[2, 3, 4, 1] * 5, sex=[1, 2, 1, 1] * 5)
    from dataclasses import replace

    columns = (
        replace(
            base.columns[0],
            label=Text({"zh": "先不办"}),
            value_labels=agree,
            missing=(MissingRange(9.0, 9.0),),
        ),
        replace(base.columns[1], value_labels=agree, missing=(MissingRange(9.0, 9.0),)),
        replace(base.columns[2], value_labels=sex),
    )
    instrument = infer_instrument(replace(base, columns=columns), "sav").instrument
    first = instrument.item("R1")
    assert first.text.get("zh") == "先不办"
    assert (first.scale.minimum, first.scale.maximum) == (1, 5)
    assert str(first.scale.label(5)) == "同意"
    assert [str(o.label) for o in instrument.item("sex").options] == ["男", "女"]


def test_odd_names_become_good_ids():
    """Chinese headings, points and doubles give ids that data files can use, with the text kept."""
    inference = infer(
        **{
            "1、您的性别": [1, 2, 2] * 4,
            "Infant.Mortality": [1, 2, 3] * 4,
            "infant_mortality": [3, 2, 1] * 4,
            "2x": [1, 2, 3] * 4,
        }
    )
    ids = [item.id for item in inference.instrument.items]
    assert ids == ["Q1", "Infant_Mortality", "infant_mortality_2", "Q2x"]
    assert inference.instrument.items[0].text.get("zh") == "1、您的性别"


def test_mapping_renames_and_leaves_out():
    """The user's word goes before the guess."""
    mapping = ColumnMapping(columns={"a": "RISK1", "b": "-"})
    inference = infer(mapping, a=[1, 2, 3] * 4, b=[1, 2, 3] * 4)
    assert list(kinds(inference)) == ["RISK1"]


def test_guess_does_not_depend_on_the_order_of_rows():
    """The same answers in another order are the same questionnaire."""
    table = read_table(FIXTURES / "synthetic_cadre_200.csv")
    names = [column.name for column in table.columns]
    reversed_rows = {n: list(reversed(table.column(n).texts())) for n in names}
    turned = RawTable(
        tuple(column_of(name, cells) for name, cells in reversed_rows.items()),
        table.lines,
        table.source,
    )
    one = infer_instrument(table, "x").instrument
    other = infer_instrument(turned, "x").instrument
    assert one.digest == other.digest


CELLS = st.sampled_from(
    [
        "1",
        "2",
        "3",
        "5",
        "10",
        "01",
        "1.0",
        "2.5",
        "-1",
        "-98",
        "NA",
        "",
        "x",
        "y z",
        "男",
        "1|2",
        "C01",
        "2024-05-01",
        "0",
        "99",
    ]
)


@given(st.lists(CELLS, min_size=1, max_size=5, unique=True), st.data())
def test_what_is_guessed_reads_its_own_file(alphabet, data):
    """No cell is bad for its own guess, and each stored answer says what the cell said."""
    cells = data.draw(st.lists(st.sampled_from(alphabet), min_size=12, max_size=40))
    raw = table_of(Q=cells, form=[f"f{i}" for i in range(len(cells))])
    plan = plan_table(raw, mapping=ColumnMapping(columns={"form": "@serial"}))
    assert plan.n_bad_cells == 0
    for typed in plan.typed.columns:
        for place, cell in enumerate(plan.table.column("Q").texts()):
            reading = typed.readings[typed.codes[place]]
            if reading.missing is not Missing.ANSWERED:
                assert cell in {"", "NA", "-98"}
            else:
                assert cell in _ways_to_say(typed.item, reading.value)


def _ways_to_say(item, value) -> set[str]:
    """Return the cells of the test that mean an answer."""
    if isinstance(value, tuple):
        return {"|".join(str(item.label(code)) for code in value)}
    if isinstance(value, str):
        return {value}
    ways = {f"{value:g}", f"{value:g}.0"}
    if (label := item.label(int(value))) is not None:
        return ways | {str(label)} if str(label).isdigit() else {str(label)}
    return ways | {"01"} if value == 1 else ways


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("744", 744),
        ("744秒", 744),
        ("12分24秒", 744),
        ("0:12:24", 744),
        ("12:24", 744),
        ("1小时", 3600),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("2024-05-01", None),
    ],
)
def test_durations(text, value):
    """Durations as online forms write them."""
    assert seconds(text) == value


def test_mapping_files(tmp_path):
    """YAML and JSON are read; anything else is refused with the place."""
    from surveys.importing.column_mapping import read_mapping
    from surveys.problems import SurveyError

    file = tmp_path / "映射.yaml"
    file.write_text(
        'columns:\n  gender: D_SEX\n  备注: "-"\nmissing:\n  "*": [99, NA]\n', encoding="utf-8"
    )
    mapping = read_mapping(file)
    assert mapping.columns == {"gender": "D_SEX", "备注": "-"}
    assert mapping.missing == {"*": (99, "NA")}
    file.write_text(json.dumps({"columns": {"a": "b"}}), encoding="utf-8")
    assert read_mapping(file).columns == {"a": "b"}
    for bad in (
        "columns: [a]",
        "colums: {a: b}",
        "columns: {a: b",
        "- 1",
        "columns: {a: !!python/name:os.system ''}",
    ):
        file.write_text(bad, encoding="utf-8")
        with pytest.raises(SurveyError):
            read_mapping(file)


def test_words_that_are_numbers_keep_them():
    """In a column of 3, 5 and x, the cell 3 must not become the code of x."""
    inference = infer(a=["3", "5", "x"] * 5)
    options = inference.instrument.item("a").options
    assert [(o.code, str(o.label)) for o in options] == [(1, "x"), (3, "3"), (5, "5")]


def test_a_word_among_numbers_is_asked_about():
    """One slip of the pen turns a column of numbers into text; the user hears of it."""
    inference = infer(income=[*range(1000, 1040), "around 900"])
    assert kinds(inference)["income"] is ItemKind.TEXT
    assert "1 cells are no numbers" in said(inference.questions)
    assert "900" not in said(inference.questions)


def test_a_guessed_questionnaire_takes_the_next_export(tmp_path):
    """A second file of the same online form fits the questionnaire guessed from the first."""
    n = 30
    columns = {
        "序号": list(range(1, n + 1)),
        "所用时间": [f"{100 + i}秒" for i in range(n)],
        "来自IP": [f"113.1.2.{i}(湖南-长沙)" for i in range(n)],
        "1、您的性别": ["男", "女", "女"] * 10,
        "2、遇事宁可先不办": ["非常不同意", "不同意", "一般", "同意", "非常同意"] * 6,
        "3、您的工作(多选)": ["会议┋报表", "报表", "下村┋会议"] * 10,
    }
    first = plan_table(table_of(**columns))
    second = plan_table(table_of(**columns), first.instrument)
    assert not first.errors
    assert not second.problems
    for one, other in zip(first.typed.columns, second.typed.columns, strict=True):
        assert one.readings == other.readings
    values = {column.item.id: column.readings[0].value for column in second.typed.columns}
    assert values == {"Q1": 2, "Q2": 1, "Q3": (2, 3)}


def test_a_mapping_cannot_make_a_bad_questionnaire():
    """Names given by the user are checked like anybody else's ids."""
    mapping = ColumnMapping(columns={"a": "1 x"})
    plan = plan_table(table_of(a=[1, 2, 3] * 4), mapping=mapping)
    assert "bad-id" in [problem.code for problem in plan.errors]
