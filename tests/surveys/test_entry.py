"""Entries hold only what the items take, and come back from storage as they were."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.answers import Missing, dtype_of
from surveys.entry import EntryBuilder, answers_of, make_entry
from surveys.model import ItemKind, Option
from surveys.problems import SurveyError
from surveys.project.storage import combined_digest, entry_of, entry_row, frames
from surveys.project.stored_columns import StoredColumns, UnreadableColumnError
from tests.surveys.project_samples import FULL, OPTIONS, small_instrument, some_entries, text

INSTRUMENT = small_instrument()
BUILDER = EntryBuilder(INSTRUMENT)
KINDS = st.sampled_from([kind for kind in Missing if kind is not Missing.ANSWERED])
CODES = [option.code for option in OPTIONS]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)
ANSWERS = st.fixed_dictionaries(
    {
        "Q1": st.integers(1, 5) | KINDS,
        "Q2": st.integers(1, 5) | KINDS,
        "R1": st.integers(-200, 200) | KINDS,
        "AT": st.integers(1, 5) | KINDS,
        "S1": st.sampled_from(CODES) | KINDS,
        "M1": st.lists(st.sampled_from(CODES)) | KINDS,
        "N1": st.integers(0, 5000) | KINDS,
        "N2": st.floats(allow_nan=False, allow_infinity=False) | KINDS,
        "D1": st.dates().map(date.isoformat) | KINDS,
        "C1": st.from_regex("C[0-9]{2}", fullmatch=True).filter(str.isascii) | KINDS,
        "T1": TEXTS | KINDS,
    }
)


def rows_for_frames(entries):
    rows = [entry_row(entry) for entry in entries]
    return [(row[0], row[3], row[9], row[4], row[10], row[11]) for row in rows]


def cell(value, missing, item):
    """The slow, plain way from an answer to a cell of a frame."""
    if missing:
        return pd.NaT if item.kind is ItemKind.DATE else pd.NA
    return pd.Timestamp(value) if item.kind is ItemKind.DATE else value


@given(st.lists(ANSWERS, max_size=6))
@settings(max_examples=60, deadline=None)
def test_frames_equal_the_plain_conversion_cell_by_cell(people):
    entries = [BUILDER.build(answers) for answers in people]
    found = frames(rows_for_frames(entries), INSTRUMENT)
    assert list(found.values.columns) == list(INSTRUMENT.columns)
    assert list(found.values.index) == [entry.id for entry in entries]
    assert (found.missing.dtypes == np.uint8).all()
    for entry in entries:
        row = found.values.loc[entry.id]
        kinds = found.missing.loc[entry.id]
        for item, value, kind in zip(
            INSTRUMENT.presented(), entry.values, entry.missing, strict=True
        ):
            if item.kind is ItemKind.MULTIPLE:
                for option in item.options:
                    expected = pd.NA if kind else int(option.code in value)
                    got = row[f"{item.id}.{option.code}"]
                    assert (got is pd.NA) if kind else got == expected
                    assert kinds[f"{item.id}.{option.code}"] == kind
                continue
            expected, got = cell(value, kind, item), row[item.id]
            assert kinds[item.id] == kind
            assert pd.isna(got) if pd.isna(expected) else got == expected


@given(ANSWERS)
@settings(max_examples=60, deadline=None)
def test_an_entry_comes_back_from_its_row_and_gives_the_same_answers(answers):
    entry = BUILDER.build(answers, serial="12", seconds=3.5)
    assert entry_of(entry_row(entry), entry.instrument) == entry
    back = answers_of(entry, INSTRUMENT)
    for item in INSTRUMENT.presented():
        was = answers[item.id]
        if item.kind is ItemKind.MULTIPLE and not isinstance(was, Missing):
            was = tuple(sorted(set(was)))
        assert back[item.id] == was
        assert isinstance(back[item.id], Missing) == isinstance(was, Missing)


def test_dtypes_are_those_of_the_contract_also_without_any_entry():
    for entries in ([], some_entries(3)):
        found = frames(rows_for_frames(entries), INSTRUMENT)
        for item in INSTRUMENT.presented():
            for column in item.columns:
                assert str(found.values[column].dtype) == dtype_of(item)
        assert {n: str(d) for n, d in found.about.dtypes.items()} == {
            "serial": "string",
            "seconds": "Float64",
            "batch": "string",
        }
        assert len(found) == len(entries)


def test_about_carries_serial_seconds_and_batch_with_unknown_seconds_missing():
    entries = [
        make_entry(INSTRUMENT, FULL, serial="7"),
        BUILDER.build(FULL, seconds=61.0, batch="x"),
    ]
    about = frames(rows_for_frames(entries), INSTRUMENT).about
    assert about["serial"].tolist() == ["7", ""]
    assert about["seconds"].isna().tolist() == [True, False]
    assert about["batch"].tolist() == ["", "x"]


def test_texts_codes_and_lists_of_every_length_class_are_read():
    """MessagePack writes short, middle and long ones differently."""
    codes = [-32_000, -200, -129, -128, -33, -32, -1, 0, 1, 127, 128, 255, 256, 32_767]
    options = tuple(Option(code, text("x")) for code in [*codes, *range(1000, 1040)])
    items = (INSTRUMENT.item("T1"), INSTRUMENT.item("S1"), INSTRUMENT.item("M1"))
    changed = [
        items[0],
        type(items[1])(id="S1", kind=ItemKind.SINGLE, text=text("s"), options=options),
        type(items[2])(id="M1", kind=ItemKind.MULTIPLE, text=text("m"), options=options),
    ]
    long = small_instrument()
    long = type(long)(
        id="long",
        version="1",
        title=text("t"),
        sections=(type(long.sections[0])("a", text("a"), ("S1", "M1", "T1")),),
        items=tuple(changed),
    )
    builder = EntryBuilder(long)
    sizes = [1, 31, 32, 255, 256, 65_535, 65_536]
    entries = [
        builder.build({"S1": code, "M1": [o.code for o in options[:n]], "T1": "a" * sizes[n % 7]})
        for n, code in enumerate(codes)
    ]
    entries.append(builder.build({"M1": [o.code for o in options]}))
    values = frames(rows_for_frames(entries), long).values
    assert values["S1"].tolist()[:-1] == codes
    assert [len(t) for t in values["T1"].tolist()[:-1]] == [sizes[n % 7] for n in range(len(codes))]
    chosen = values[[f"M1.{o.code}" for o in options]].sum(axis=1)
    assert chosen.tolist() == [*range(len(codes)), len(options)]


def test_more_than_sixteen_bit_integers_and_long_strings_are_not_misread():
    import msgspec

    stored = StoredColumns([msgspec.msgpack.encode([70_000, "é" * 40_000, -70_000])])
    assert stored.integers().tolist() == [70_000]
    assert stored.texts() == ["é" * 40_000]
    assert stored.integers().tolist() == [-70_000]
    stored.finish()


@pytest.mark.parametrize("read", ["integers", "numbers", "choices"])
def test_bytes_that_are_no_answers_are_refused(read):
    stored = StoredColumns([b"\x91\xc1"])
    with pytest.raises(UnreadableColumnError):
        getattr(stored, read)()


def test_arrays_with_more_in_them_than_was_read_are_refused():
    stored = StoredColumns([b"\x92\x01\x02"])
    stored.integers()
    with pytest.raises(UnreadableColumnError):
        stored.finish()


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("Q1", 0),
        ("Q1", 6),
        ("Q1", True),
        ("Q1", "4"),
        ("Q1", 3.5),
        ("Q1", [3]),
        ("S1", 4),
        ("M1", [1, 9]),
        ("M1", "12"),
        ("M1", 1),
        ("N1", -1),
        ("N1", 5001),
        ("N1", 1.5),
        ("N1", float("nan")),
        ("N1", "3"),
        ("N2", float("inf")),
        ("D1", "2024-02-30"),
        ("D1", "03/04/2024"),
        ("D1", 20240203),
        ("C1", "C7"),
        ("C1", "C071"),
        ("C1", 7),
        ("C1", ""),
        ("T1", ""),
        ("T1", 5),
        ("Q1", Missing.ANSWERED),
    ],
)
def test_what_an_item_does_not_take_is_refused_with_item_and_form_but_without_the_value(
    item, value
):
    with pytest.raises(SurveyError) as raised:
        make_entry(INSTRUMENT, {**FULL, item: value}, serial="F12")
    (problem,) = raised.value.problems
    assert problem.code == "answer-not-allowed"
    assert problem.where.values == {"serial": "F12", "item": item}


def test_all_refused_unknown_and_misplaced_answers_are_told_at_once():
    with pytest.raises(SurveyError) as raised:
        make_entry(
            INSTRUMENT,
            {"Q1": 9, "Q2": Missing.OUT_OF_RANGE, "ZZ": 1},
            written={"Q2": "7", "T1": "x"},
        )
    codes = [problem.code for problem in raised.value.problems]
    assert codes == ["answer-not-allowed", "unknown-item", "written-text-misplaced"]


def test_equal_answers_are_stored_equally_however_they_were_given():
    one = make_entry(INSTRUMENT, FULL)
    other = make_entry(
        INSTRUMENT,
        {
            **FULL,
            "Q1": np.int64(4),
            "Q2": 2.0,
            "M1": (1, 2, 2),
            "N1": 12.0,
            "N2": np.float32(7.5),
            "D1": datetime(2024, 2, 29, 13, 14, tzinfo=UTC),
        },
    )
    assert one.values == other.values
    assert entry_row(one)[-1] == entry_row(other)[-1]
    assert {type(a) for a in other.values} == {int, float, str, tuple}


def test_absent_items_get_the_kind_asked_for():
    entry = BUILDER.build({"Q1": 1}, absent=Missing.NOT_REACHED)
    assert entry.missing[0] == 0
    assert set(entry.missing[1:]) == {Missing.NOT_REACHED}


def test_written_text_is_kept_for_an_answer_out_of_range():
    entry = make_entry(INSTRUMENT, {**FULL, "Q1": Missing.OUT_OF_RANGE}, written={"Q1": "4或5"})
    assert entry_of(entry_row(entry), entry.instrument).written == {"Q1": "4或5"}


def test_digest_changes_with_every_answer_and_with_what_analysis_sees_beside_them():
    def digest(**changes):
        return entry_row(BUILDER.build({**FULL, **changes}))[-1]

    changed = {"Q1": 5, "R1": 0, "S1": 1, "M1": [], "N1": 13, "N2": 0.1, "D1": "2024-02-28"}
    changed |= {"C1": "C08", "T1": "x", "Q2": Missing.SKIPPED, "AT": Missing.ILLEGIBLE}
    digests = [digest(**{item: value}) for item, value in changed.items()]
    digests.append(entry_row(BUILDER.build(FULL, seconds=2.0))[-1])
    digests.append(entry_row(BUILDER.build(FULL, batch="x"))[-1])
    digests.append(digest(Q2=Missing.PREFER_NOT))
    assert len({digest(), *digests}) == len(digests) + 1
    assert digest() == entry_row(BUILDER.build(FULL, serial="other"))[-1]


@given(st.lists(st.binary(min_size=16, max_size=16), max_size=8), st.randoms())
def test_combined_digest_ignores_order_and_sees_every_entry(digests, draw):
    mixed = draw.sample(digests, len(digests))
    assert combined_digest("i", digests) == combined_digest("i", mixed)
    assert combined_digest("i", digests) != combined_digest("j", digests)
    assert combined_digest("i", digests) != combined_digest("i", [*digests, b"x" * 16])


def test_an_entry_is_never_printed_with_its_answers():
    entry = make_entry(INSTRUMENT, FULL, serial="12")
    assert "少开会" not in repr(entry)
    assert "C07" not in f"{entry} {[entry]}"


def test_ids_are_random_and_digests_are_those_of_the_stored_instrument():
    entries = some_entries(50)
    assert len({entry.id for entry in entries}) == 50
    assert all(a.id[:8] != b.id[:8] for a, b in pairwise(entries))
    assert {entry.instrument for entry in entries} == {INSTRUMENT.digest}


def test_answers_of_refuses_another_version_of_the_questionnaire():
    with pytest.raises(SurveyError):
        answers_of(make_entry(INSTRUMENT, FULL), small_instrument(version="2"))


def test_a_pattern_that_is_no_regular_expression_is_told():
    broken = small_instrument()
    item = type(broken.items[0])(id="C1", kind=ItemKind.CODE, text=text("c"), pattern="[")
    broken = type(broken)(
        id="b",
        version="1",
        title=text("t"),
        sections=(type(broken.sections[0])("a", text("a"), ("C1",)),),
        items=(item,),
    )
    with pytest.raises(SurveyError, match="C1"):
        EntryBuilder(broken)
