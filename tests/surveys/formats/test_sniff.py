"""What a file is comes from its content; what is no table is refused by what it is."""

import io
import zipfile

import pytest

from surveys.formats import sniff
from surveys.formats.reading import read_table
from surveys.formats.sniff import find_format
from surveys.problems import SurveyError


def packed(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return buffer.getvalue()


def test_formats_are_told_by_content():
    """The name plays no part."""
    assert find_format(packed(xl__workbook_dot_xml="<x/>"), "data.csv") == "xlsx"
    ods = packed(mimetype="application/vnd.oasis.opendocument.spreadsheet")
    assert find_format(ods, "data.csv") == "ods"
    assert find_format(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "a.csv") == "xls"
    assert find_format(b"$FL2@(#) SPSS DATA FILE", "a.csv") == "sav"
    assert find_format(b"a,b\n1,2\n", "a.xlsx") == "csv"
    assert find_format("a,b\n1,2\n".encode("utf-16"), "a.csv") == "csv"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"\0\0\0\0", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04 cut off", "damaged"),
        (packed(word__document_dot_xml="<x/>"), "Word"),
        (packed(photo="x"), "archive"),
        (b"\x1f\x8b\x08\x00abc", "archive"),
        (b"SQLite format 3\0abc", "merge"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"a,b\n1,\x00\n2,3\nand more of this text\n", "binary"),
        ("a,b\n1,2\n3,4\n".encode("utf-16-le"), "UTF-16"),
    ],
)
def test_what_is_no_table_is_named(data, word):
    """The sentence says what the file is; nothing is read from it."""
    with pytest.raises(SurveyError, match=word):
        find_format(data, "data.csv")


def test_packed_bombs_are_refused(monkeypatch):
    """A small archive that unpacks to a huge one is stopped while counting."""
    monkeypatch.setattr(sniff, "MAX_UNPACKED", 2**20)
    bomb = packed(xl__workbook_dot_xml="<x/>", xl__sheet="0" * 2**22)
    assert len(bomb) < 10_000
    with pytest.raises(SurveyError, match="unpacks to more"):
        find_format(bomb, "data.xlsx")


def test_a_directory_that_lies_about_sizes_is_refused():
    """What the archive says about the size of a part is checked against the part."""
    data = bytearray(packed(xl__workbook_dot_xml="0" * 5000))
    place = data.index((5000).to_bytes(4, "little"), data.rindex(b"PK\x01\x02"))
    data[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(SurveyError, match="damaged"):
        find_format(bytes(data), "data.xlsx")


def test_options_that_do_not_apply_are_refused(tmp_path):
    """No option is ignored: format, sheet and encoding must fit what the file is."""
    file = tmp_path / "data.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    assert read_table(file, format="csv").n_rows == 1
    for options in ({"format": "xlsx"}, {"format": "pdf"}, {"sheet": "Sheet1"}, {"separator": "x"}):
        with pytest.raises(SurveyError):
            read_table(file, **options)


def test_missing_files_and_folders_have_sentences(tmp_path):
    """The system's errors reach the user as sentences."""
    with pytest.raises(SurveyError, match="no file"):
        read_table(tmp_path / "数据 表.csv")
    with pytest.raises(SurveyError):
        read_table(tmp_path)


def test_too_large_files_are_refused(tmp_path, monkeypatch):
    """The size is looked at before the file is read."""
    monkeypatch.setattr("surveys.formats.reading.MAX_BYTES", 3)
    file = tmp_path / "data.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SurveyError, match="larger than"):
        read_table(file)


def test_too_many_cells_are_refused(tmp_path, monkeypatch):
    """The number of cells is limited, whatever the size of the file."""
    monkeypatch.setattr("surveys.formats.table.MAX_CELLS", 3)
    file = tmp_path / "data.csv"
    file.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    with pytest.raises(SurveyError, match="more than 3 cells"):
        read_table(file)
