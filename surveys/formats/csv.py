"""Text tables: comma, semicolon, tab or bar between the cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from surveys.formats.heading import check_names, drop_blank_columns, name_row_numbers
from surveys.formats.table import Column, RawTable, Source, TableBuilder
from surveys.problems import Problem, SurveyError
from surveys.words import message

SEPARATORS = (",", ";", "\t", "|")
MAX_PROBLEMS = 50
"""Most problems listed one by one; the sentence gives the number of all."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_DECIMAL_POINT = re.compile(r"[-+]?\d*\.\d+")


def read_csv(
    data: bytes,
    source: Source,
    *,
    encoding: str | None = None,
    separator: str | None = None,
) -> RawTable:
    """Read a text table strictly.

    Parameters
    ----------
    data
        The whole file.
    source
        Its name and digest; the rest is filled in.
    encoding
        How the text is encoded. If not given: the byte order mark, else UTF-8, else GB18030,
        whichever decodes every byte.
    separator
        One of :data:`SEPARATORS`. If not given, the one that divides the first lines evenly.

    Returns
    -------
    RawTable
        Cells are exactly the text between the separators, after removing quotes.

    Raises
    ------
    SurveyError
        With all problems found (rows of another length, unclosed quotes, names missing or twice),
        each with its line.
    """
    text, encoding = decode(data, source.name, encoding)
    if separator is not None and separator not in SEPARATORS:
        raise SurveyError(
            "{separator} is no separator that can be read; use a comma, semicolon, tab or bar.",
            separator=separator,
        )
    skipped = 0
    if (first := re.match(r"sep=([,;|\t])\r?\n", text)) is not None:
        separator, text, skipped = separator or first[1], text[first.end() :], 1
    separator = separator or find_separator(text)
    source = replace(source, format="csv", encoding=encoding, separator=separator)
    return _read(text, source, separator, skipped)


def decode(data: bytes, name: str, encoding: str | None = None) -> tuple[str, str]:
    """Decode a text file strictly and return the text and the encoding.

    Raises
    ------
    SurveyError
        If some byte does not fit, saying in which line.
    """
    if encoding is not None:
        return _decode_as(data, name, encoding), encoding
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return _decode_as(data, name, marked), marked
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        _refuse_damaged(data, name, error)
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        raise SurveyError(
            "{file} is neither UTF-8 nor GB18030 text (line {line}). Name the encoding, or save the file as UTF-8.",
            file=name,
            line=_line_of(data, error.start),
        ) from error


def _decode_as(data: bytes, name: str, encoding: str) -> str:
    marked = next((codec for mark, codec in _MARKS if data.startswith(mark)), None)
    same_family = marked is not None and encoding.lower().replace("_", "-").startswith(marked[:5])
    try:
        return data.decode(marked if marked and same_family else encoding)
    except LookupError as error:
        raise SurveyError(
            "There is no text encoding called {encoding}. Use for example utf-8, gb18030 or utf-16.",
            encoding=encoding,
        ) from error
    except UnicodeError as error:
        raise SurveyError(
            "{file} is not {encoding} text (line {line}). Name another encoding, or save the file as UTF-8.",
            file=name,
            encoding=encoding,
            line=_line_of(data, getattr(error, "start", 0)),
        ) from error


def _refuse_damaged(data: bytes, name: str, error: UnicodeDecodeError) -> None:
    """Refuse UTF-8 with a few broken bytes, which GB18030 would turn into other characters."""
    rough = data.decode("utf-8", errors="replace")
    broken = rough.count("\ufffd")
    sound = sum(character > "\x7f" for character in rough) - broken
    if sound >= 20 * broken:
        raise SurveyError(
            "{file} is UTF-8 text with broken characters, the first in line {line}; it may have been cut off or edited by two programs. Export it again.",
            file=name,
            line=_line_of(data, error.start),
        ) from error


def _line_of(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1


def find_separator(text: str) -> str:
    """Return the separator that divides the first lines most evenly; a comma if none does."""
    sample = text[:65536]
    if len(sample) < len(text):
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, best_mark = ",", (0.0, 0)
    for separator in SEPARATORS:
        try:
            rows = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
            widths = [len(row) for row in rows if row]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        mark = (Counter(widths)[widths[0]] / len(widths), widths[0])
        if mark > best_mark:
            best, best_mark = separator, mark
    return best


def _read(text: str, source: Source, separator: str, skipped: int) -> RawTable:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    problems: list[Problem] = []
    n_problems = 0
    line = last = skipped
    heading: list[str] | None = None
    builder: TableBuilder | None = None
    try:
        for row in reader:
            line, last = last + 1, skipped + reader.line_num
            if not row:
                continue
            if heading is None:
                heading = row
                builder = TableBuilder(len(row), source.name)
            elif len(row) == len(heading) and builder is not None:
                builder.add(row, line)
            else:
                n_problems += 1
                if len(problems) < MAX_PROBLEMS:
                    problems.append(_ragged(line, len(row), len(heading)))
    except csv.Error as error:
        problems.append(_bad_quotes(last + 1, error))
        n_problems += 1
    if heading is None or builder is None:
        raise _refusal(source.name, problems, n_problems)
    columns, notes = name_row_numbers(builder.columns([name.strip() for name in heading]))
    named = check_names(columns, letters=False)
    columns, dropped = drop_blank_columns(columns)
    notes += dropped
    if problems or named:
        raise _refusal(source.name, [*named, *problems], n_problems + len(named))
    if builder.lines().size == 0:
        raise SurveyError(
            "{file} has a heading but no rows under it. Check that the export was complete.",
            file=source.name,
        )
    decimal = "," if _has_decimal_comma(columns, separator) else "."
    source = replace(source, decimal=decimal, notes=(*source.notes, *notes))
    return RawTable(columns, builder.lines(), source)


def _refusal(name: str, problems: list[Problem], n: int) -> SurveyError:
    return SurveyError(
        "{file} cannot be read as a table; problems found: {n}. Nothing was imported.",
        problems=problems,
        file=name,
        n=n,
    )


def _ragged(line: int, found: int, expected: int) -> Problem:
    return Problem(
        "ragged-row",
        message("Line {line}", line=line),
        message(
            "The row has {found} cells, the heading has {expected}.", found=found, expected=expected
        ),
        message("Put text that contains the separator in double quotes, or add or remove cells."),
    )


def _bad_quotes(line: int, error: csv.Error) -> Problem:
    if "field larger" in str(error):
        what = message(
            "A cell is longer than {n} characters; perhaps a double quote is never closed.",
            n=csv.field_size_limit(),
        )
    elif "unexpected end" in str(error):
        what = message("A double quote is opened here and never closed.")
    else:
        what = message("Text follows a closing double quote.")
    return Problem(
        "bad-quotes",
        message("Line {line}", line=line),
        what,
        message("Close the quote; write a double quote inside quoted text twice."),
    )


def _has_decimal_comma(columns: Sequence[Column], separator: str) -> bool:
    if separator == ",":
        return False
    comma = False
    for column in columns:
        if any(_DECIMAL_POINT.fullmatch(text) for text in column.distinct):
            return False
        comma = comma or any(_DECIMAL_COMMA.fullmatch(text) for text in column.distinct)
    return comma
