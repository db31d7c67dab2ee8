"""Which charts belong to which tables of the findings.

The window shows the same charts as the page: both ask :func:`charts_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from analysis.findings import Cell, Chapter, Column, Findings, Interval, Kind, Table
from analysis.reports import charts
from analysis.reports.formatting import (
    cell_text,
    interval_kind,
    shown_interval,
    shown_number,
    shown_percents,
)
from surveys.model import Instrument, Valence
from surveys.words import Message, Words, message

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_RowT = TypeVar("_RowT")

_MOST_LIKERT_ROWS = 20
_MOST_LOADING_ROWS = 64
_MOST_BAR_ROWS = 90


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its caption, and the tables whose numbers it shows."""

    figure: Figure
    caption: Message
    table_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all charts of a report share."""

    instrument: Instrument
    words: Words
    marks: charts.FamilyMarks
    reach: tuple[float, float]


def charts_of(
    findings: Findings, chapter: Chapter, instrument: Instrument, words: Words
) -> list[Chart]:
    """Draw the charts of a chapter in the order of its tables.

    Numbers are rounded before they are drawn, as they are in the tables. A hidden cell is hatched.

    Parameters
    ----------
    findings
        All findings: charts of the same kind share their scale and their marks.
    chapter
        One of its chapters.
    instrument
        For families and readings of the scales.
    words
        Language of all labels.
    """
    setting = _Setting(instrument, words, _marks(instrument, words), _reach(findings, words))
    made = []
    background = [table for table in chapter.tables if table.id.startswith("respondents.")]
    if background:
        made.extend(_background(background, setting))
    for table in chapter.tables:
        if table.rows:
            made.extend(_charts_of_table(table, setting))
    return made


def _charts_of_table(table: Table, setting: _Setting) -> list[Chart]:
    if table.id.startswith("items.") and _point_columns(table):
        return _likert(table, setting)
    drawer = _DRAWERS.get(table.id)
    return drawer(table, setting) if drawer else []


def _marks(instrument: Instrument, words: Words) -> charts.FamilyMarks:
    return charts.FamilyMarks(tuple(words.say(family.label) for family in instrument.families))


def _reach(findings: Findings, words: Words) -> tuple[float, float]:
    """Return the room all charts of answers need, so that their bars can be compared."""
    rows = [
        row
        for chapter in findings.chapters
        for table in chapter.tables
        if table.id.startswith("items.") and _point_columns(table)
        for row in _likert_rows(table, words)
    ]
    return charts.likert_reach(rows)


def _point_columns(table: Table) -> list[Column]:
    return [column for column in table.columns if column.id.startswith("p_")]


def _likert_rows(table: Table, words: Words) -> list[charts.LikertRow]:
    places = {column.id: place for place, column in enumerate(table.columns)}
    points = [places[column.id] for column in _point_columns(table)]
    rows = []
    for number, cells in enumerate(table.rows):
        percents = [shown_percents(cells[place]) for place in points]
        known = [percent for percent in percents if percent is not None]
        favourable = shown_percents(cells[places["favourable"]]) if "favourable" in places else None
        rows.append(
            charts.LikertRow(
                key=cell_text(table, number, places["item"], words),
                words=cell_text(table, number, places["text"], words),
                percents=tuple(known) if len(known) == len(points) else None,
                favourable=favourable,
            )
        )
    return rows


def _likert(table: Table, setting: _Setting) -> list[Chart]:
    words = setting.words
    rows = _likert_rows(table, words)
    points = [words.say(column.label) for column in _point_columns(table)]
    with_favourable = any(column.id == "favourable" for column in table.columns)
    return [
        Chart(
            charts.likert_chart(part, points, words, with_favourable, setting.reach),
            message("{title}: answers in per cent", title=table.title),
            (table.id,),
        )
        for part in _parts(rows, _MOST_LIKERT_ROWS)
    ]


def _background(tables: Sequence[Table], setting: _Setting) -> list[Chart]:
    groups = [_bar_group(table, "answer", setting.words) for table in tables]
    parts: list[list[charts.BarGroup]] = [[]]
    for group in groups:
        if parts[-1] and sum(len(g.bars) + 2 for g in [*parts[-1], group]) > _MOST_BAR_ROWS:
            parts.append([])
        parts[-1].append(group)
    return [
        Chart(
            charts.bars_chart(part, n_columns=2 if len(part) > 1 else 1),
            message("Who answered, in per cent"),
            tuple(table.id for table in tables),
        )
        for part in parts
    ]


def _bar_group(table: Table, label: str, words: Words) -> charts.BarGroup:
    places = {column.id: place for place, column in enumerate(table.columns)}
    last = len(table.rows) - 1
    background = table.id.startswith("respondents.")
    return charts.BarGroup(
        title=words.say(table.title) if background else "",
        bars=tuple(
            charts.Bar(
                cell_text(table, number, places[label], words),
                shown_percents(cells[places["share"]]),
                soft=background and number == last,
            )
            for number, cells in enumerate(table.rows)
        ),
    )


def _screening(table: Table, setting: _Setting) -> list[Chart]:
    # the last row counts those who were kept, and would dwarf the signs
    signs = msgspec.structs.replace(table, rows=table.rows[:-1])
    group = _bar_group(signs, "index", setting.words)
    return [
        Chart(
            charts.bars_chart([group]),
            message("Signs of careless answering, in per cent of all entries"),
            (table.id,),
        )
    ]


def _means(table: Table, setting: _Setting) -> list[Chart]:
    words = setting.words
    rows = [
        charts.MeanRow(
            words=words.say(construct),
            family="" if family is None else words.say(family),
            valence=_valence(construct, setting),
            mean=shown_number(mean, Kind.INDEX),
            interval=shown_interval(ci, Kind.INDEX),
        )
        for construct, family, mean, ci in _cells(table, "construct", "family", "mean", "ci")
    ]
    return [
        Chart(
            charts.means_chart(rows, setting.marks, words),
            message("Scale means from 0 to 100 with their intervals"),
            (table.id,),
        )
    ]


def _valence(label: Cell, setting: _Setting) -> str:
    for construct in setting.instrument.constructs:
        if label in (construct.label, construct.id):
            return construct.valence.value
    return Valence.NEUTRAL.value


def _scree(table: Table, setting: _Setting) -> list[Chart]:
    rows = [
        charts.ScreeRow(int(factor), value, shown_number(reference), kept is True)
        for factor, eigenvalue, reference, kept in _cells(
            table, "factor", "eigenvalue", "reference", "kept"
        )
        if isinstance(factor, (int, float)) and (value := shown_number(eigenvalue)) is not None
    ]
    if len(rows) < 2:
        return []
    return [
        Chart(
            charts.scree_chart(rows, setting.words),
            message("Eigenvalues beside those of random answers"),
            (table.id,),
        )
    ]


def _loadings(table: Table, setting: _Setting) -> list[Chart]:
    words = setting.words
    factors = [column for column in table.columns if column.kind is Kind.ESTIMATE]
    factors = [column for column in factors if column.id != "communality"]
    if not factors:
        return []
    columns = list(_cells(table, "item", "text", *(column.id for column in factors)))
    rows = [
        charts.LoadingRow(
            words.say(item), words.say(text), tuple(shown_number(value) for value in values)
        )
        for item, text, *values in columns
    ]
    names = [words.say(column.label) for column in factors]
    return [
        Chart(
            charts.loadings_chart(part, names, words),
            message("Loadings of the questions on the factors"),
            (table.id,),
        )
        for part in _parts(rows, _MOST_LOADING_ROWS)
    ]


def _forest(table: Table, setting: _Setting) -> list[Chart]:
    words = setting.words
    rows = [
        charts.EffectRow(
            words.say(predictor),
            "" if family is None else words.say(family),
            shown_number(estimate),
            shown_interval(ci),
            clear=isinstance(ci, Interval) and (ci.low > 0 or ci.high < 0),
        )
        for predictor, family, estimate, ci in _cells(
            table, "predictor", "family", "estimate", "ci"
        )
    ]
    return [
        Chart(
            charts.forest_chart(
                rows,
                setting.marks,
                words,
                low=words("goes with less of the outcome"),
                high=words("goes with more of the outcome"),
            ),
            table.title,
            (table.id,),
        )
    ]


def _importance(table: Table, setting: _Setting) -> list[Chart]:
    words = setting.words
    kind = interval_kind(table.columns, [column.id for column in table.columns].index("ci"))
    rows = [
        charts.ImportanceRow(
            words.say(predictor),
            "" if family is None else words.say(family),
            shown_percents(share),
            shown_interval(ci, kind),
            clear is True,
        )
        for predictor, family, share, ci, clear in _cells(
            table, "predictor", "family", "share", "ci", "partial_excludes_zero"
        )
    ]
    return [Chart(charts.importance_chart(rows, setting.marks, words), table.title, (table.id,))]


def _cells(table: Table, *column_ids: str) -> list[tuple[Cell, ...]]:
    """Return the rows of some columns; a column the table does not have is empty."""
    present = {column.id for column in table.columns}
    empty: tuple[Cell, ...] = (None,) * len(table.rows)
    columns = [table.column(name) if name in present else empty for name in column_ids]
    return list(zip(*columns, strict=True))


def _parts(rows: list[_RowT], most: int) -> list[list[_RowT]]:
    """Divide rows into charts of about the same length."""
    n = -(-len(rows) // most)
    size = -(-len(rows) // n) if n else 1
    return [rows[start : start + size] for start in range(0, len(rows), size)]


_DRAWERS: dict[str, Callable[[Table, _Setting], list[Chart]]] = {
    "quality.screening": _screening,
    "scales.means": _means,
    "factors.retention": _scree,
    "factors.loadings": _loadings,
    "drivers.coefficients": _forest,
    "drivers.importance": _importance,
}
