"""What a file is, told from its first bytes and never from its name."""

from __future__ import annotations

import io
import zipfile
import zlib

from surveys.problems import SurveyError

FORMATS = ("csv", "xlsx", "xls", "ods", "sav")
"""Formats of tables that can be read."""

MAX_BYTES = 512 * 2**20
"""Largest file that is read at all."""

MAX_UNPACKED = 2 * 2**30
"""Most that the parts of a packed spreadsheet may come to when unpacked."""

_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def find_format(data: bytes, name: str) -> str:
    """Tell the format of a file.

    Parameters
    ----------
    data
        All of the file.
    name
        Its name, for sentences only.

    Raises
    ------
    SurveyError
        If it is empty, or something that is not a table; the sentence says what it is and what to
        do.
    """
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise SurveyError(
            "{file} is empty. Check that it was copied completely, or export it again.", file=name
        )
    if len(data) > MAX_BYTES:
        raise SurveyError(
            "{file} is larger than {limit} MB. Split it into several files and import them one by one.",
            file=name,
            limit=MAX_BYTES // 2**20,
        )
    if data[:4] == b"PK\x03\x04":
        return _packed(data, name)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "xls"
    if data[:4] in (b"$FL2", b"$FL3"):
        return "sav"
    _refuse_known(data, name)
    if not data.startswith(_TEXT_MARKS) and b"\x00" in data:
        _refuse_binary(data, name)
    return "csv"


def _packed(data: bytes, name: str) -> str:
    damaged = SurveyError(
        "{file} is a damaged spreadsheet or archive. Copy it again from where it came, or open it in a spreadsheet program and save it anew.",
        file=name,
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = set(archive.namelist())
            _refuse_bomb(archive, name)
            kind = archive.read("mimetype") if "mimetype" in members else b""
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise damaged from error
    if members & {"xl/workbook.xml", "xl/workbook.bin"}:
        return "xlsx"
    if b"opendocument.spreadsheet" in kind:
        return "ods"
    if "word/document.xml" in members:
        raise SurveyError(
            "{file} is a Word document, not a table. Copy the table into a spreadsheet and save it as .xlsx.",
            file=name,
        )
    raise SurveyError(
        "{file} is an archive. Unpack it and import the table that is in it.", file=name
    )


def _refuse_bomb(archive: zipfile.ZipFile, name: str) -> None:
    """Unpack every part once, counting; what the directory says about sizes may be a lie."""
    total = 0
    for member in archive.infolist():
        with archive.open(member) as stream:
            while block := stream.read(2**20):
                total += len(block)
                if total > MAX_UNPACKED:
                    raise SurveyError(
                        "{file} unpacks to more than {limit} MB and is not opened. Save the sheet as CSV and import that.",
                        file=name,
                        limit=MAX_UNPACKED // 2**20,
                    )


def _refuse_known(data: bytes, name: str) -> None:
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        raise SurveyError(
            "{file} is a PDF. A table cannot be read from it; ask for the data as .xlsx, .sav or CSV.",
            file=name,
        )
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head")):
        raise SurveyError(
            "{file} is a web page, even if its name says otherwise. Open it in a spreadsheet program and save it as .xlsx.",
            file=name,
        )
    if start.startswith(b"<?xml"):
        raise SurveyError(
            "{file} is an XML file. Open it in a spreadsheet program and save it as .xlsx.",
            file=name,
        )
    if start.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"rar!", b"bzh", b"\xfd7zxz")):
        raise SurveyError(
            "{file} is an archive. Unpack it and import the table that is in it.", file=name
        )
    if start.startswith(b"sqlite format 3") or name.lower().endswith(".zhiyan"):
        raise SurveyError(
            "{file} is a database or a project file. To bring two projects together, merge them instead of importing.",
            file=name,
        )
    if start.startswith(b"<stata_dta>"):
        raise SurveyError(
            "{file} is a Stata file. Save it as .sav, .xlsx or CSV and import that.", file=name
        )


def _refuse_binary(data: bytes, name: str) -> None:
    sample = data[:4096]
    if max(sample[0::2].count(0), sample[1::2].count(0)) > len(sample) // 5:
        raise SurveyError(
            "{file} is UTF-16 text without a byte order mark. Open it in a text editor and save it as UTF-8.",
            file=name,
        )
    raise SurveyError(
        "{file} holds binary data and is no table. If it came from a spreadsheet or a statistics program, save it as .xlsx, .sav or CSV.",
        file=name,
    )
