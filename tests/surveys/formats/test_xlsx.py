"""Spreadsheets: one sheet, cells as text, rows as the user numbers them."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from surveys.formats.reading import read_table
from surveys.formats.table import Source
from surveys.formats.xlsx import read_spreadsheet
from surveys.problems import SurveyError

SOURCE = Source("data.xlsx", "xlsx", "0" * 64)


def book(**sheets: list[list]) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def test_cells_become_text():
    """Whole numbers have no point, text keeps its zeros, dates are ISO, truth is a word."""
    data = book(
        答卷=[
            ["编号", "分", "码", "日期", "时刻", "对", "空"],
            [
                1,
                2.5,
                "007",
                dt.date(2024, 5, 1),
                dt.datetime.fromisoformat("2024-05-01T09:30"),
                True,
                None,
            ],
            [2, 3.0, "NA", None, None, False, "x"],
        ]
    )
    table = read_spreadsheet(data, SOURCE)
    assert table.names == ("编号", "分", "码", "日期", "时刻", "对", "空")
    cells = [column.texts() for column in table.columns]
    assert cells == [
        ["1", "2"],
        ["2.5", "3"],
        ["007", "NA"],
        ["2024-05-01", ""],
        ["2024-05-01 09:30:00", ""],
        ["TRUE", "FALSE"],
        ["", "x"],
    ]


def test_first_sheet_with_data_is_read_and_others_are_named():
    """Empty sheets are passed over; which sheet was read and which were not is said."""
    data = book(说明=[], 答卷=[["a"], [1]], 附表=[["b"], [2]])
    table = read_spreadsheet(data, SOURCE)
    assert table.source.sheet == "答卷"
    assert table.source.notes[1].values["sheets"] == ["说明", "附表"]
    assert read_spreadsheet(data, SOURCE, sheet="附表").names == ("b",)
    with pytest.raises(SurveyError, match="no sheet called 别的"):
        read_spreadsheet(data, SOURCE, sheet="别的")


def test_empty_rows_and_columns_are_left_out_and_rows_keep_their_numbers():
    """A table that does not start in A1 and has gaps is found; rows are named as on screen."""
    data = book(s=[[None] * 4, [None, "a", None, "b"], [None, 1, None, 2], [], [None, 3, None, 4]])
    table = read_spreadsheet(data, SOURCE)
    assert table.names == ("a", "b")
    assert table.lines.tolist() == [3, 5]
    assert str(table.place(1)) == "Row 5"


def test_problems_name_columns_by_letter():
    """The user finds the column without a name by its letter."""
    with pytest.raises(SurveyError) as caught:
        read_spreadsheet(book(s=[[None, "a", None, "a"], [None, 1, 2, 3]]), SOURCE)
    places = [(p.code, p.where.values["name"]) for p in caught.value.problems]
    assert places == [("empty-name", "C"), ("duplicate-name", "a")]


def test_merged_cells_are_not_filled_and_this_is_said():
    """Filling merged cells would invent answers."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (["a", "b"], ["x", 1], [None, 2]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    buffer = io.BytesIO()
    workbook.save(buffer)
    table = read_spreadsheet(buffer.getvalue(), SOURCE)
    assert table.column("a").texts() == ["x", ""]
    assert any("merged" in note.text for note in table.source.notes)


@pytest.mark.parametrize("data", [book(s=[]), book(s=[["a", "b"]])])
def test_sheets_without_rows_are_refused(data):
    """A heading alone is no data."""
    with pytest.raises(SurveyError, match="no rows of data"):
        read_spreadsheet(data, SOURCE)


def test_damaged_workbooks_are_refused_through_the_child(tmp_path):
    """A file that breaks the reader gives a sentence, with a Chinese path and spaces in it."""
    folder = tmp_path / "数据 表"
    folder.mkdir()
    file = folder / "答卷.csv"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x07" * 2000)
    with pytest.raises(SurveyError, match="spreadsheet"):
        read_table(file)


def test_a_workbook_is_read_through_the_child(tmp_path):
    """The table that comes through the pipe is the one that was read."""
    file = tmp_path / "答卷.csv"
    file.write_bytes(book(s=[["a", "b"], [1, "x"], [2, "x"]]))
    table = read_table(file)
    assert table.source.format == "xlsx"
    assert [column.texts() for column in table.columns] == [["1", "2"], ["x", "x"]]
    assert table.lines.tolist() == [2, 3]


def test_hidden_sheets_are_passed_over():
    """A hidden sheet with code lists is not taken for the answers."""
    workbook = openpyxl.Workbook()
    workbook.active.append(["list"])
    workbook.active.append(["x"])
    workbook.active.sheet_state = "hidden"
    shown = workbook.create_sheet("答卷")
    shown.append(["a"])
    shown.append([1])
    buffer = io.BytesIO()
    workbook.save(buffer)
    assert read_spreadsheet(buffer.getvalue(), SOURCE).source.sheet == "答卷"


def test_cells_with_an_error_are_empty():
    """A formula that failed gave no answer."""
    table = read_spreadsheet(book(s=[["a", "b"], ["#N/A", 1], [2, 3]]), SOURCE)
    assert table.column("a").texts() == ["", "2"]


def test_open_document_sheets_are_read(tmp_path):
    """The format of free office programs is found by content and read alike."""
    cells = "".join(
        f"<table:table-row>{''.join(f'<table:table-cell office:value-type={kind!r} {value}><text:p>{text}</text:p></table:table-cell>' for kind, value, text in row)}</table:table-row>"
        for row in (
            [("string", "", "题"), ("string", "", "码")],
            [("float", 'office:value="3"', "3"), ("string", "", "007")],
        )
    ).replace("'", '"')
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body>'
        f'<office:spreadsheet><table:table table:name="答卷">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = tmp_path / "data.csv"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    table = read_table(file)
    assert table.source.format == "ods"
    assert [column.texts() for column in table.columns] == [["3"], ["007"]]
