"""Spreadsheets: .xlsx, .xlsb, .xls and .ods, of which one sheet is read.

Called in a child process (see :mod:`surveys.formats.child`).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from surveys.formats.heading import check_names, drop_blank_columns, name_row_numbers
from surveys.formats.table import (
    MAX_CELLS,
    RawTable,
    Source,
    TableBuilder,
    cell_text,
    too_large,
)
from surveys.problems import SurveyError
from surveys.words import Message, message

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook


def read_spreadsheet(data: bytes, source: Source, *, sheet: str | None = None) -> RawTable:
    """Read one sheet of a spreadsheet.

    Parameters
    ----------
    data
        The whole file.
    source
        Its name, digest and format; the rest is filled in.
    sheet
        Name of the sheet. If not given, the first visible one with anything in it; the others are
        named in the notes.

    Returns
    -------
    RawTable
        The first row with anything in it is the heading. Whole numbers lose their decimal point,
        dates are ISO 8601, formulas give their saved value and nothing where that is an error, of
        merged cells only the first has one. Empty rows are left out.

    Raises
    ------
    SurveyError
        If the file is protected by a password or damaged, has no such sheet or no data, is too
        large, or has a heading with problems.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        chosen, others = _choose(book, sheet, source.name)
        start = chosen.start
        if start is None:
            raise _no_data(source.name, chosen.name)
        if chosen.height * chosen.width > MAX_CELLS:
            raise too_large(source.name)
        rows = chosen.to_python(skip_empty_area=True)
        merged = bool(chosen.merged_cell_ranges)
    except PasswordError as error:
        raise SurveyError(
            "{file} is protected by a password. Open it, save it without a password and import that.",
            file=source.name,
        ) from error
    except CalamineError as error:
        raise SurveyError(
            "{file} is no spreadsheet that can be read, or it is damaged. Open it in a spreadsheet program and save it as .xlsx.",
            file=source.name,
        ) from error
    notes = _notes(chosen.name, others, merged=merged)
    source = replace(source, sheet=chosen.name, notes=(*source.notes, *notes))
    return _table(rows, start[0] + 1, start[1], source)


def _choose(
    book: CalamineWorkbook, wanted: str | None, name: str
) -> tuple[CalamineSheet, list[str]]:
    names = list(book.sheet_names)
    if wanted is not None:
        if wanted not in names:
            raise SurveyError(
                "{file} has no sheet called {sheet}; it has: {sheets}.",
                file=name,
                sheet=wanted,
                sheets=names,
            )
        return book.get_sheet_by_name(wanted), [n for n in names if n != wanted]
    visible = [m.name for m in book.sheets_metadata if str(m.visible).endswith(".Visible")]
    for candidate in visible:
        sheet = book.get_sheet_by_name(candidate)
        if sheet.start is not None and sheet.height > 1:
            return sheet, [n for n in names if n != candidate]
    if not visible:
        raise SurveyError("{file} has no visible sheet with data.", file=name)
    raise _no_data(name, visible[0])


def _no_data(name: str, sheet: str) -> SurveyError:
    return SurveyError(
        "{file} has no rows of data (sheet {sheet}). Check that the export was complete.",
        file=name,
        sheet=sheet,
    )


def _notes(sheet: str, others: list[str], *, merged: bool) -> list[Message]:
    notes = [message("The sheet {sheet} was read.", sheet=sheet)]
    if others:
        notes.append(message("Sheets not read: {sheets}.", sheets=others))
    if merged:
        notes.append(
            message(
                "The sheet has merged cells; their value counts for the first cell only, the others are empty."
            )
        )
    return notes


def _table(rows: Sequence[Sequence[Any]], first: int, left: int, source: Source) -> RawTable:
    texts = ([cell_text(cell) for cell in row] for row in rows)
    builder: TableBuilder | None = None
    heading: list[str] = []
    blank = 0
    for number, cells in enumerate(texts, first):
        if not any(cells):
            blank += 1
        elif builder is None:
            heading = [cell.strip() for cell in cells]
            builder = TableBuilder(len(cells), source.name)
        else:
            builder.add(cells, number)
    if builder is None or not len(builder.lines()):
        raise _no_data(source.name, source.sheet or "")
    columns, notes = name_row_numbers(builder.columns(heading))
    problems = check_names(columns, letters=True, before=left)
    if problems:
        raise SurveyError(
            "{file} cannot be read as a table; problems found: {n}. Nothing was imported.",
            problems=problems,
            file=source.name,
            n=len(problems),
        )
    columns, dropped = drop_blank_columns(columns)
    notes += dropped
    if blank:
        notes.append(message("Empty rows were left out: {n}.", n=blank))
    return RawTable(columns, builder.lines(), replace(source, notes=(*source.notes, *notes)))
