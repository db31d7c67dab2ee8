"""How many factors, and which item belongs to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.reports.charts.legend import Draw, Entry, draw_legend
from analysis.reports.charts.sheet import (
    ACCENT,
    CONTRAST,
    FAINT,
    INK,
    RULE,
    SOFT,
    Sheet,
    text_width,
    wrap,
)
from analysis.reports.formatting import fixed
from surveys.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CLEAR_LOADING = 0.30
"""Loadings below this in size stay without colour."""

SMALL_LOADING = 0.10
"""Loadings below this in size are left blank."""

_RAMP = ((0.3, "#DCE7F0"), (0.4, "#BDD2E3"), (0.5, "#93B5D0"), (0.6, "#5F8FB6"), (0.7, "#2F679A"))
_RAMP_NEGATIVE = (
    (0.3, "#F4E3D7"),
    (0.4, "#E8C6AE"),
    (0.5, "#D6A27E"),
    (0.6, "#BC7747"),
    (0.7, "#96501F"),
)


@dataclass(frozen=True, slots=True)
class ScreeRow:
    """An eigenvalue, the one random data would give, and whether the factor is kept."""

    factor: int
    eigenvalue: float
    reference: float | None
    kept: bool


@dataclass(frozen=True, slots=True)
class LoadingRow:
    """The loadings of one item, ``None`` where there is none."""

    key: str
    words: str
    loadings: tuple[float | None, ...]


def scree_chart(rows: Sequence[ScreeRow], words: Words, most: int = 20) -> Figure:
    """Draw the eigenvalues with those of random data; the kept factors are filled."""
    shown = list(rows)[:most]
    sheet = Sheet(166)
    left, right, top, bottom = 30.0, 440.0, 26.0, 138.0
    highest = max([row.eigenvalue for row in shown] + [row.reference or 0.0 for row in shown])
    step = _step(highest)
    upper = step * (int(highest / step) + 1)
    lower = min(0.0, *(row.eigenvalue for row in shown))
    lower = -step if lower < -0.05 * step else 0.0

    def place(number: int, value: float) -> tuple[float, float]:
        x = left + 12 + (right - left - 24) * number / max(1, len(shown) - 1)
        return x, bottom - (bottom - top) * (value - lower) / (upper - lower)

    tick = lower
    while tick <= upper + 1e-9:
        y = place(0, tick)[1]
        sheet.line((left, y), (right, y), RULE if abs(tick) < 1e-9 else FAINT, 0.5)
        sheet.text(
            left - 5, y + 2.5, fixed(tick, 0 if step >= 1 else 1), 6.8, colour=SOFT, anchor="right"
        )
        tick += step
    for number, row in enumerate(shown):
        sheet.text(
            place(number, 0)[0], bottom + 11, str(row.factor), 6.8, colour=SOFT, anchor="center"
        )
    sheet.text(
        (left + right) / 2, bottom + 24, words("factor number"), 7, colour=SOFT, anchor="center"
    )
    sheet.text(0, 8, words("eigenvalue"), 7, colour=SOFT)
    reference = [
        place(number, row.reference)
        for number, row in enumerate(shown)
        if row.reference is not None
    ]
    if len(reference) > 1:
        sheet.path(reference, CONTRAST, 1.0, (4, 2.5))
    observed = [place(number, row.eigenvalue) for number, row in enumerate(shown)]
    sheet.path(observed, ACCENT, 1.2)
    for row, (x, y) in zip(shown, observed, strict=True):
        sheet.marker(x, y, "circle", 5.5, ACCENT, filled=row.kept)
    entries = [
        Entry(words("kept"), _dot(filled=True)),
        Entry(words("not kept"), _dot(filled=False)),
    ]
    if reference:
        entries.append(Entry(words("what random answers would give"), _dashes))
    draw_legend(sheet, entries, 90, -2, 360)
    return sheet.figure


def loadings_chart(rows: Sequence[LoadingRow], factors: Sequence[str], words: Words) -> Figure:
    """Draw a field an item and factor, darker for stronger loadings, negative ones hatched."""
    n = len(factors)
    ids_only = all(row.words in ("", row.key) for row in rows)
    field = min(72.0, (453 - 60) / n) if ids_only else min(34.0, (453 - 150) / n)
    start = 453 - field * n
    size = 6.8 if field >= 22 else 5.6
    row_height = min(11.2, 640 / len(rows))
    head = 36.0
    sheet = Sheet(head + row_height * len(rows) + 2)
    entries = [
        Entry(words("positive"), _field(_RAMP[3][1], hatched=False)),
        Entry(words("negative"), _field(_RAMP_NEGATIVE[3][1], hatched=True)),
        Entry(words("blank: under 0.10"), _field("#FFFFFF", hatched=False)),
    ]
    draw_legend(sheet, entries, 0, 0, 300)
    for place, factor in enumerate(factors):
        lines = wrap(factor, field - 2, size, most=2, bold=True)
        sheet.lines(
            start + field * (place + 0.5), head - 11, lines, size, 7.8, True, anchor="center"
        )
    for number, row in enumerate(rows):
        y = head + row_height * number
        _draw_item(sheet, row, start - 8, y + row_height / 2 + 2.4)
        for place, loading in enumerate(row.loadings):
            if loading is not None and abs(loading) >= SMALL_LOADING:
                _draw_loading(sheet, loading, start + field * place, y, field, row_height, size)
    sheet.line((0, head - 1), (453, head - 1), SOFT, 0.5)
    return sheet.figure


def _draw_item(sheet: Sheet, row: LoadingRow, end: float, baseline: float) -> None:
    sheet.text(0, baseline, row.key, 6.8, bold=True)
    if row.words and row.words != row.key:
        start = max(34.0, text_width(row.key, 6.8, bold=True) + 5)
        sheet.text(start, baseline, wrap(row.words, end - start, 6.6, most=1)[0], 6.6, colour=SOFT)


def _draw_loading(
    sheet: Sheet, loading: float, x: float, y: float, width: float, height: float, size: float
) -> None:
    ramp = _RAMP if loading > 0 else _RAMP_NEGATIVE
    fill = next((colour for limit, colour in reversed(ramp) if abs(loading) >= limit), None)
    strong = abs(loading) >= 0.6
    if fill:
        sheet.rect(x + 0.5, y + 0.5, width - 1, height - 1, fill)
        if loading < 0:
            sheet.hatch(x + 0.5, y + 0.5, 5, height - 1, "#FFFFFF" if strong else SOFT, 2.5, 0.5)
    ink = ("#FFFFFF" if strong else INK) if fill else "#8A8A8A"
    sheet.text(
        x + width / 2,
        y + height / 2 + size * 0.36,
        fixed(loading, 2),
        size,
        colour=ink,
        anchor="center",
    )


def _step(highest: float) -> float:
    return next((s for s in (0.5, 1.0, 2.0, 5.0, 10.0) if highest / s <= 6), 20.0)


def _dot(filled: bool) -> Draw:
    return lambda sheet, x, y: sheet.marker(x + 5, y, "circle", 5.5, ACCENT, filled)


def _dashes(sheet: Sheet, x: float, y: float) -> None:
    sheet.line((x - 2, y), (x + 12, y), CONTRAST, 1.0, (4, 2.5))


def _field(colour: str, hatched: bool) -> Draw:
    def draw(sheet: Sheet, x: float, y: float) -> None:
        sheet.rect(x, y - 3.5, 11, 7, colour)
        if hatched:
            sheet.hatch(x, y - 3.5, 5, 7, "#FFFFFF", 2.5, 0.5)

    return draw
