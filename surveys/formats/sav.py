"""SPSS files (.sav, .zsav) with their labels and missing values.

Called in a child process (see :mod:`surveys.formats.child`).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from surveys.formats.table import (
    MAX_CELLS,
    Column,
    MissingRange,
    RawTable,
    Source,
    cell_text,
    column_of,
    too_large,
)
from surveys.problems import SurveyError
from surveys.words import Text, message

_MEASURES = {"nominal", "ordinal", "scale"}


def read_sav(data: bytes, source: Source, *, encoding: str | None = None) -> RawTable:
    """Read an SPSS file.

    Parameters
    ----------
    data
        The whole file.
    source
        Its name and digest; the rest is filled in.
    encoding
        Only for old files that do not say theirs, or say it wrongly.

    Returns
    -------
    RawTable
        With variable labels, value labels, declared missing values (their cells keep the number)
        and measurement levels. System-missing cells are empty. A row's line is its case number.

    Raises
    ------
    SurveyError
        If the file is damaged, has no cases, or is too large.
    """
    import pyreadstat

    damaged = SurveyError(
        "{file} is damaged, or no SPSS file that can be read. Save it again in the program it came from.",
        file=source.name,
    )
    options: dict[str, Any] = {"user_missing": True, "output_format": "dict"}
    try:
        _, about = pyreadstat.read_sav(
            io.BytesIO(data), metadataonly=True, encoding=encoding, **options
        )
        if (about.number_rows or 0) * (about.number_columns or 0) > MAX_CELLS:
            raise too_large(source.name)
        values, about = pyreadstat.read_sav(io.BytesIO(data), encoding=encoding, **options)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeError) as error:
        raise damaged from error
    except OverflowError as error:
        raise SurveyError(
            "{file} has dates beyond the year 9999. Correct them in the program it came from.",
            file=source.name,
        ) from error
    columns = tuple(_column(name, values[name], about) for name in about.column_names)
    n_rows = len(columns[0].codes) if columns else 0
    if not n_rows:
        raise SurveyError(
            "{file} has no cases. Check that the export was complete.", file=source.name
        )
    lines = np.arange(1, n_rows + 1, dtype=np.int32)
    note = message("Labels and missing values declared in the file are used.")
    return RawTable(
        columns,
        lines,
        replace(source, encoding=about.file_encoding, notes=(*source.notes, note)),
    )


def _column(name: str, values: Sequence[object], about: Any) -> Column:
    label = about.column_names_to_labels.get(name)
    measure = about.variable_measure.get(name)
    labels: Mapping[object, str] = about.variable_value_labels.get(name, {})
    return replace(
        column_of(name, map(cell_text, values)),
        label=wording(label) if label else None,
        value_labels={cell_text(value): wording(text) for value, text in labels.items()},
        missing=tuple(
            MissingRange(part["lo"], part["hi"]) for part in about.missing_ranges.get(name, ())
        ),
        measure=measure if measure in _MEASURES else None,
    )


def wording(text: str) -> Text:
    """Make a wording of a text in an unknown language: Chinese if it has a Chinese character."""
    chinese = any("\u3400" <= character <= "\u9fff" for character in text)
    return Text({"zh" if chinese else "en": text})
