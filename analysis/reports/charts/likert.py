"""Answers to agreement and frequency questions as bars that part at the middle of the scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.reports.charts.legend import Draw, Entry, draw_legend, legend_height
from analysis.reports.charts.sheet import FAINT, INK, RULE, SOFT, Sheet, text_width, wrap
from surveys.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LABEL_END = 176.0
_SHORT_LABEL = 60.0
_BAR_GAP = 10.0
_BAR_END = 414.0
_BAR_END_ALONE = 452.0
_BAR_HEIGHT = 13.0
_LEADING = 9.2
_SIZE = 7.2
_LOW = ("#8C3F12", "#C97F4E", "#E6B592")
_MIDDLE = "#DADADA"
_HIGH = ("#A9C6DC", "#6699BD", "#1F4E79")
_DARK = {"#8C3F12", "#1F4E79", "#6699BD"}


@dataclass(frozen=True, slots=True)
class LikertRow:
    """One item of a chart of answers.

    Attributes
    ----------
    percents
        Whole per cents from the lowest to the highest point of the scale; ``None`` where the
        distribution is hidden.
    favourable
        Whole per cent of favourable answers, ``None`` where hidden or unknown.
    """

    key: str
    words: str
    percents: tuple[int, ...] | None
    favourable: int | None = None


def likert_reach(rows: Sequence[LikertRow]) -> tuple[float, float]:
    """Return how far the bars go to the left and right of the middle, in per cent."""
    sides = [_sides(row.percents) for row in rows if row.percents]
    left = max((low for low, _ in sides), default=50.0)
    right = max((high for _, high in sides), default=50.0)
    return max(left, 10.0), max(right, 10.0)


def likert_chart(
    rows: Sequence[LikertRow],
    points: Sequence[str],
    words: Words,
    with_favourable: bool,
    reach: tuple[float, float] | None = None,
) -> Figure:
    """Draw one bar an item, the lower points left of the middle line and the higher ones right.

    Parameters
    ----------
    rows
        Items in order of presentation.
    points
        Wordings of the points of the scale, lowest first.
    with_favourable
        Whether to write the share of favourable answers at the right.
    reach
        Room to the left and right in per cent; give the same to several charts to make their bars
        comparable.
    """
    left, right = reach or likert_reach(rows)
    colours = likert_colours(len(points))
    entries = [
        Entry(label, _swatch(colour, hatched=_lower(place, len(points))))
        for place, (label, colour) in enumerate(zip(points, colours, strict=True))
    ]
    head = legend_height(entries, 453) + 8
    label_end = _label_end(rows)
    start = label_end + _BAR_GAP
    labels = [_label(row, label_end) for row in rows]
    heights = [max(20.0, len(lines) * _LEADING + 6) for _, lines in labels]
    sheet = Sheet(head + sum(heights) + 4)
    draw_legend(sheet, entries, 0, 0, 453)
    end = _BAR_END if with_favourable else _BAR_END_ALONE
    unit = (end - start) / (left + right)
    middle = start + left * unit
    if with_favourable:
        sheet.text(453, head - 2, words("favourable"), 6.5, colour=SOFT, anchor="right")
    sheet.line((middle, head + 1), (middle, sheet.height - 2), SOFT, 0.6)
    y = head
    for row, (key, lines), height in zip(rows, labels, heights, strict=True):
        _draw_label(sheet, key, lines, y + height / 2)
        top = y + (height - _BAR_HEIGHT) / 2
        if row.percents is None:
            _draw_hidden(sheet, start, top, end - start)
        else:
            _draw_bar(sheet, row.percents, colours, middle, top, unit)
        if with_favourable:
            _draw_favourable(sheet, row, y + height / 2)
        y += height
    return sheet.figure


def likert_colours(n_points: int) -> list[str]:
    """Return a colour a point: brown below the middle, grey on it, blue above."""
    half = n_points // 2
    low = [_spread(_LOW, place, half) for place in range(half)]
    high = [_spread(_HIGH, place, half) for place in range(half)]
    return [*low, *([_MIDDLE] if n_points % 2 else []), *high]


def _spread(ramp: tuple[str, ...], place: int, of: int) -> str:
    """Take the colours of a ramp so that the outermost point always has the strongest."""
    strong_first = ramp is _LOW
    distance = place if strong_first else of - 1 - place
    ordered = ramp if strong_first else ramp[::-1]
    if of == 2:
        return ordered[(0, 2)[distance]]
    return ordered[min(distance, 2)]


def _lower(place: int, of: int) -> bool:
    return place < of // 2


def _sides(percents: tuple[int, ...]) -> tuple[float, float]:
    half = len(percents) // 2
    middle = percents[half] / 2 if len(percents) % 2 else 0.0
    return sum(percents[:half]) + middle, sum(percents[len(percents) - half :]) + middle


def _label_end(rows: Sequence[LikertRow]) -> float:
    """Return where the labels end: far to the left if they are ids only."""
    ids_only = all(row.words in ("", row.key) for row in rows)
    longest = max((text_width(row.key, _SIZE, bold=True) for row in rows), default=0.0)
    return _SHORT_LABEL if ids_only and longest <= _SHORT_LABEL else _LABEL_END


def _label(row: LikertRow, label_end: float) -> tuple[str, list[str]]:
    words = f"{row.key}  {row.words}" if row.words and row.words != row.key else row.key
    return row.key, wrap(words, label_end, _SIZE, most=8)


def _draw_label(sheet: Sheet, key: str, lines: list[str], middle: float) -> None:
    """Write the label with the item's id in bold."""
    first = middle - _LEADING * (len(lines) - 1) / 2 + _SIZE * 0.36
    rest = lines[0].removeprefix(key)
    sheet.text(0, first, key, _SIZE, bold=True)
    if rest.strip():
        start = text_width(key, _SIZE, bold=True) + 4
        sheet.text(start, first, rest.strip(), _SIZE)
    for number, line in enumerate(lines[1:], start=1):
        sheet.text(0, first + number * _LEADING, line, _SIZE)


def _draw_bar(
    sheet: Sheet,
    percents: tuple[int, ...],
    colours: list[str],
    middle: float,
    top: float,
    unit: float,
) -> None:
    x = middle - _sides(percents)[0] * unit
    for place, (percent, colour) in enumerate(zip(percents, colours, strict=True)):
        width = percent * unit
        if percent <= 0:
            continue
        sheet.rect(x, top, width, _BAR_HEIGHT, colour, "#FFFFFF", 0.5)
        if _lower(place, len(percents)):
            sheet.hatch(x, top, width, _BAR_HEIGHT, "#FFFFFF", 3.6, 0.35)
        words = str(percent)
        room = text_width(words, 6.8) + 2
        if width >= room + 1:
            centre = x + width / 2
            if _lower(place, len(percents)):
                sheet.rect(centre - room / 2, top + 3, room, _BAR_HEIGHT - 6, colour)
            ink = "#FFFFFF" if colour in _DARK else INK
            sheet.text(centre, top + _BAR_HEIGHT / 2 + 2.5, words, 6.8, colour=ink, anchor="center")
        x += width


def _draw_hidden(sheet: Sheet, x: float, top: float, width: float) -> None:
    sheet.rect(x, top, width, _BAR_HEIGHT, FAINT, RULE, 0.4)
    sheet.hatch(x, top, width, _BAR_HEIGHT, SOFT, 5)
    sheet.rect(x + width / 2 - 7, top + 2, 14, _BAR_HEIGHT - 4, "#FFFFFF")
    sheet.text(x + width / 2, top + _BAR_HEIGHT / 2 + 2.5, "–", 7, anchor="center")


def _draw_favourable(sheet: Sheet, row: LikertRow, middle: float) -> None:
    known = row.favourable is not None
    words = f"{row.favourable}%" if known else "–"
    sheet.text(453, middle + 3, words, 8.0, bold=known, anchor="right")


def _swatch(colour: str, hatched: bool) -> Draw:
    def draw(sheet: Sheet, x: float, y: float) -> None:
        sheet.rect(x, y - 3.5, 11, 7, colour)
        if hatched:
            sheet.hatch(x, y - 3.5, 11, 7, "#FFFFFF", 3.6, 0.35)

    return draw
