"""Text tables: what is accepted is kept cell by cell, what is not is refused with its line."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.formats.csv import MAX_PROBLEMS, read_csv
from surveys.formats.table import RawTable, Source
from surveys.problems import SurveyError

SOURCE = Source("data.csv", "csv", "0" * 64)


def read(content: str | bytes, **options) -> RawTable:
    data = content.encode() if isinstance(content, str) else content
    return read_csv(data, SOURCE, **options)


def rows_of(table: RawTable) -> list[list[str]]:
    return [list(row) for row in zip(*(c.texts() for c in table.columns), strict=True)]


def refused(content: str | bytes, **options) -> SurveyError:
    with pytest.raises(SurveyError) as caught:
        read(content, **options)
    return caught.value


CELL = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8)


@given(
    data=st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=6
        )
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_every_cell_survives(data, encoding):
    """Whatever a cell holds (quotes, line breaks, separators, spaces), it comes back unchanged."""
    heading = [f"c{n}" for n in range(len(data[0]))]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([heading, *data])
    table = read(buffer.getvalue().encode(encoding), encoding=encoding, separator=",")
    assert table.names == tuple(heading)
    assert rows_of(table) == data


def test_texts_that_look_like_missing_or_numbers_are_kept():
    """NA, None and leading zeros are what the file says, not what a program makes of them."""
    table = read("id,a,b\n007,NA,None\n010, x ,1.50\n")
    assert rows_of(table) == [["007", "NA", "None"], ["010", " x ", "1.50"]]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_found(separator):
    """The separator that divides the lines evenly is taken, and said."""
    text = f"a{separator}b{separator}c\n1{separator}x y{separator}3\n"
    table = read(text)
    assert table.names == ("a", "b", "c")
    assert table.source.separator == separator


def test_separator_line_of_spreadsheets_is_obeyed_and_counted():
    """A first line sep=; is no heading, and line numbers still count it."""
    table = read("sep=;\na;b\n1,5;2\n")
    assert table.names == ("a", "b")
    assert table.lines.tolist() == [3]


def test_commas_inside_quotes_do_not_separate():
    """A quoted sentence with commas and line breaks is one cell, and lines count on correctly."""
    table = read('a;b\n"one, two\nthree, four";2\n5;6\n')
    assert table.column("a").texts() == ["one, two\nthree, four", "5"]
    assert table.lines.tolist() == [2, 4]


def test_decimal_comma_with_semicolons():
    """Numbers such as 3,5 beside semicolons mean a decimal comma."""
    assert read("a;b\n3,5;1\n").source.decimal == ","
    assert read("a;b\n3.5;1\n").source.decimal == "."
    assert read("a,b\n3.5,1\n").source.decimal == "."


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
def test_chinese_encodings_are_found(encoding, said):
    """Chinese text is read whatever the usual encoding, which is reported."""
    table = read("编号,意见\n1,减少重复报表，多给点时间下村。\n".encode(encoding))
    assert table.names == ("编号", "意见")
    assert table.column("意见").texts() == ["减少重复报表，多给点时间下村。"]
    assert table.source.encoding == said


def test_damaged_utf8_is_not_taken_for_gb18030():
    """Cut-off UTF-8 would decode as other Chinese characters; it is refused with its line."""
    data = ("编号,意见\n" + "1,减少重复报表多给点时间下村把容错的条件写清楚\n" * 9).encode()[:-2]
    error = refused(data)
    assert "broken characters" in error.text
    assert error.values["line"] == 10


def test_undecodable_bytes_are_refused_with_their_line():
    """Bytes that are no text in any encoding are not replaced silently."""
    assert refused(b"a,b\n1,2\n\xff\xff\xff\xff\xff\xff,\x81\n").values["line"] == 3


def test_named_encoding_is_strict():
    """A wrong or unknown encoding given by the user is refused and never guessed around."""
    data = "性别\n男\n".encode("gb18030")
    assert refused(data, encoding="utf-8").values["encoding"] == "utf-8"
    assert "no text encoding" in refused(data, encoding="nonsense").text
    assert read(data, encoding="gb18030").names == ("性别",)


def test_ragged_rows_are_all_reported():
    """Each row of another length is named by its line; nothing is padded or cut."""
    error = refused('a,b\n1,2\n3\n"x\ny",5\n6,7,8\n')
    lines = [problem.where.values["line"] for problem in error.problems]
    assert [p.code for p in error.problems] == ["ragged-row", "ragged-row"]
    assert lines == [3, 6]


def test_many_ragged_rows_are_counted():
    """The list is cut at a limit but the number of all is told."""
    error = refused("a,b\n" + "1,2\n" * 10 + "1\n" * 200)
    assert len(error.problems) == MAX_PROBLEMS
    assert error.values["n"] == 200


@pytest.mark.parametrize(("content", "line"), [('a,b\n1,"2\n3,4\n', 2), ('a,b\n1,2\n"3"x,4\n', 3)])
def test_bad_quotes_are_refused_where_they_start(content, line):
    """An unclosed quote would swallow the rest of the file as one answer."""
    problem = refused(content).problems[0]
    assert problem.code == "bad-quotes"
    assert problem.where.values["line"] == line


def test_names_must_be_there_and_differ():
    """Columns without a name or with the same name cannot be told apart."""
    codes = [p.code for p in refused("a,,b,a\n1,2,3,4\n").problems]
    assert codes == ["empty-name", "duplicate-name"]


def test_row_numbers_without_a_name_are_named():
    """R writes row names under an empty heading; that is no mistake of the user."""
    table = read('"","x"\n"1",5\n"2",5\n')
    assert table.names == ("row_name", "x")
    assert table.source.notes


def test_heading_of_numbers_is_refused():
    """A file without a heading would lose its first respondent."""
    assert refused("3,4,2\n1,2,3\n").problems[0].code == "no-heading"


def test_empty_columns_are_left_out_and_counted():
    """Trailing separators make columns with neither name nor cells."""
    table = read("a,b,,\n1,2,,\n")
    assert table.names == ("a", "b")
    assert table.source.notes[0].values["n"] == 2


def test_heading_alone_is_refused():
    """A file without rows is an export that went wrong."""
    assert "no rows" in refused("a,b\n").text


def test_blank_lines_are_no_rows():
    """Lines with nothing in them do not become respondents, and do not shift line numbers."""
    table = read("a,b\n\n1,2\n\n\n3,4\n\n")
    assert table.lines.tolist() == [3, 6]


def test_place_and_counts():
    """A row is found by its line; equal cells are stored once."""
    table = read("a\nx\ny\nx\n")
    assert str(table.place(2)) == "Line 4"
    assert table.column("a").counts().tolist() == [2, 1]
    assert table.rows(np.array([True, False, True])).column("a").texts() == ["x", "x"]


def test_more_rows_than_one_chunk():
    """Rows are stored in pieces; the seams must not show."""
    n = 20_001
    table = read("a,b\n" + "".join(f"{i},{i % 7}\n" for i in range(n)))
    assert table.column("a").texts() == [str(i) for i in range(n)]
    assert table.column("b").texts()[-3:] == [str(i % 7) for i in range(n - 3, n)]
