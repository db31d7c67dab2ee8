"""Reading a table from a file of any format that is known."""

from __future__ import annotations

import hashlib
from pathlib import Path

from surveys.formats.csv import read_csv
from surveys.formats.sniff import FORMATS, MAX_BYTES, find_format
from surveys.formats.table import RawTable, Source
from surveys.problems import SurveyError

_APPLIES_TO = {
    "encoding": ("csv", "sav"),
    "separator": ("csv",),
    "sheet": ("xlsx", "xls", "ods"),
}


def read_table(
    path: Path,
    *,
    format: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
) -> RawTable:
    """Read a table; the format is found by content.

    Parameters
    ----------
    path
        The file.
    format
        One of :data:`~surveys.formats.sniff.FORMATS`: refuse anything else.
    encoding
        For CSV and old SPSS files; see the readers.
    separator
        For CSV.
    sheet
        For spreadsheets.

    Raises
    ------
    SurveyError
        If the file cannot be opened or read as a table, or an option does not apply to it; with
        all problems where there are several.
    """
    if format is not None and format not in FORMATS:
        raise SurveyError(
            "There is no format called {format}; there are: {formats}.",
            format=format,
            formats=list(FORMATS),
        )
    data = _bytes(path)
    found = find_format(data, path.name)
    if format is not None and found != format:
        raise SurveyError(
            "{file} is not in the format {format}; its content is {found}.",
            file=path.name,
            format=format,
            found=found,
        )
    _refuse_options(path.name, found, encoding=encoding, separator=separator, sheet=sheet)
    source = Source(path.name, found, hashlib.sha256(data).hexdigest())
    if found == "csv":
        return read_csv(data, source, encoding=encoding, separator=separator)
    from surveys.formats.child import Request, read_in_child

    return read_in_child(data, Request(source, encoding=encoding, sheet=sheet))


def _refuse_options(name: str, found: str, **options: str | None) -> None:
    """Refuse options that do not apply to a format."""
    for option, value in options.items():
        if value is not None and found not in _APPLIES_TO[option]:
            raise SurveyError(
                "The option {option} does not apply to {file}, whose format is {found}.",
                option=option,
                file=name,
                found=found,
            )


def _bytes(path: Path) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            raise SurveyError(
                "{file} is larger than {limit} MB. Split it into several files and import them one by one.",
                file=path.name,
                limit=MAX_BYTES // 2**20,
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SurveyError("There is no file {file}.", file=str(path)) from error
    except IsADirectoryError as error:
        raise SurveyError("{file} is a folder, not a file.", file=str(path)) from error
    except OSError as error:
        raise SurveyError(
            "{file} cannot be opened; another program may hold it open, or you may not read it. Close it there and try again.",
            file=str(path),
        ) from error
