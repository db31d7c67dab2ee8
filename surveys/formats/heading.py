"""The first row of a table: the names of its columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from surveys.formats.table import Column
from surveys.problems import Problem
from surveys.words import Message, message

ROW_NAMES = "row_name"
"""Name given to a first column of row numbers without a heading."""

_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")


def check_names(columns: Sequence[Column], *, letters: bool, before: int = 0) -> list[Problem]:
    """Return the problems of a heading: names missing, names twice, numbers in place of names.

    Parameters
    ----------
    columns
        All columns in the order of the file.
    letters
        Whether the user knows columns by letters, as in a spreadsheet, or by numbers.
    before
        Number of empty columns to the left that are not among ``columns``.
    """
    named = [column.name for column in columns if column.name]
    if named and all(_NUMBER.fullmatch(name) for name in named):
        return [
            Problem(
                "no-heading",
                message("The first row"),
                message("It holds numbers, not the names of the columns."),
                message("Insert a first row with a name for each column."),
            )
        ]
    problems = [
        Problem(
            "empty-name",
            message("Column {name}", name=column_letters(number) if letters else number),
            message("The column has no name."),
            message("Write a name in the first row, or remove the column."),
        )
        for number, column in enumerate(columns, before + 1)
        if not column.name and not column.is_blank()
    ]
    problems += [
        Problem(
            "duplicate-name",
            message("Column {name}", name=name),
            message("The name stands in the heading {n} times.", n=n),
            message("Give each column its own name."),
        )
        for name, n in Counter(named).items()
        if n > 1
    ]
    return problems


def name_row_numbers(columns: Sequence[Column]) -> tuple[tuple[Column, ...], list[Message]]:
    """Give a first column without a name, but with another cell in each row, the name of an id.

    R writes the names of rows like that.
    """
    first = columns[0]
    names = {column.name for column in columns}
    unique = len(first.distinct) == len(first.codes) > 0
    if first.name or first.is_blank() or not unique or ROW_NAMES in names:
        return tuple(columns), []
    named = (replace(first, name=ROW_NAMES), *columns[1:])
    return named, [message("The first column has no name; it is taken for the number of the row.")]


def drop_blank_columns(columns: Sequence[Column]) -> tuple[tuple[Column, ...], list[Message]]:
    """Leave out columns with neither a name nor a cell, and say how many."""
    kept = tuple(c for c in columns if c.name or not c.is_blank())
    n = len(columns) - len(kept)
    if not n:
        return kept, []
    return kept, [message("Empty columns without a name were left out: {n}.", n=n)]


def column_letters(number: int) -> str:
    """Return the letters by which a spreadsheet calls its n-th column."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
