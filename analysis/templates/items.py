"""What they said: the distribution of every item, and how favourable it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.findings import Cell, Chapter, Hidden, Kind, Provenance, Table
from analysis.templates.cells import column, number, wording
from analysis.templates.titles import CHAPTER_TITLES
from analysis.templates.workings import Block, Tick, Workings, numbers
from surveys.model import Item, ItemKind, Sensitivity, Valence
from surveys.privacy import homogeneous
from surveys.words import Message, Text, message


def make_items(workings: Workings, tick: Tick) -> Chapter:
    """Tabulate all Likert items by construct, then ratings and numbers."""
    tables = [_block(workings, block) for block in workings.blocks]
    others = [
        item
        for item in workings.instrument.presented()
        if item.kind in {ItemKind.RATING, ItemKind.NUMBER}
    ]
    if others:
        tables.append(_numbers(workings, others))
    tick(1.0)
    if not tables:
        return Chapter(
            id="items",
            title=CHAPTER_TITLES["items"],
            omitted=message("The questionnaire has no Likert item, rating or number."),
        )
    return Chapter(
        id="items",
        title=CHAPTER_TITLES["items"],
        question=message("How did people answer each question?"),
        sentences=_extremes(workings, tables),
        tables=tuple(tables),
        cautions=(
            message(
                "Favourable means good news, not agreement: for a question about a worry it is the "
                "share who do not share it. The middle answer counts as neither."
            ),
        )
        if any(block.valence for block in workings.blocks)
        else (),
    )


def favourable_high(item: Item, valence: Valence) -> bool:
    """Tell whether the upper end of an item's scale is the favourable one."""
    return (valence is Valence.FAVOURABLE) != item.reverse


def _block(workings: Workings, block: Block) -> Table:
    points = list(block.scale.points)
    frame = numbers(workings.kept.values, [item.id for item in block.items])
    rows = tuple(_item_row(workings, block, item, frame[item.id]) for item in block.items)
    columns = [
        column("item", message("Item"), Kind.KEY),
        column("text", message("Question"), Kind.LABEL),
        column("n", message("Answers"), Kind.COUNT),
    ]
    for point in points:
        label = block.scale.label(point)
        shown: Message | Text = label or message("{point}", point=str(point))
        columns.append(column(f"p_{point}", shown, Kind.SHARE))
    if block.valence:
        columns.append(column("favourable", message("Favourable, %"), Kind.SHARE))
    return Table(
        id=f"items.{block.id}",
        title=message("{text}", text=block.label or block.id),
        columns=tuple(columns),
        rows=rows,
        provenance=Provenance(
            n=len(frame),
            missing=message("Shares are of those who answered the item."),
        ),
    )


def _item_row(workings: Workings, block: Block, item: Item, values: pd.Series) -> tuple[Cell, ...]:
    points = list(block.scale.points)
    counts = [int((values == point).sum()) for point in points]
    n = sum(counts)
    shares: list[Cell]
    favourable: list[Cell] = []
    if n < workings.plan.threshold:
        shares = [Hidden()] * len(points)
        favourable = [Hidden()]
    elif item.sensitivity is Sensitivity.HIGH and homogeneous(counts):
        shares = [Hidden("alike")] * len(points)
        favourable = [Hidden("alike")]
    else:
        shares = [count / n for count in counts]
        if block.valence:
            middle = (block.scale.minimum + block.scale.maximum) / 2
            high = favourable_high(item, block.valence)
            good = [p > middle if high else p < middle for p in points]
            favourable = [sum(c for c, g in zip(counts, good, strict=True) if g) / n]
    shown = favourable if block.valence else []
    n_cell: Cell = n if n >= workings.plan.threshold else Hidden()
    return (item.id, wording(item), n_cell, *shares, *shown)


def _numbers(workings: Workings, items: list[Item]) -> Table:
    frame = numbers(workings.kept.values, [item.id for item in items])
    rows: list[tuple[Cell, ...]] = []
    for item in items:
        values = frame[item.id].dropna()
        if len(values) < workings.plan.threshold:
            rows.append((item.id, wording(item), *[Hidden()] * 6))
            continue
        quartiles = np.quantile(values, [0.25, 0.5, 0.75])
        rows.append(
            (
                item.id,
                wording(item),
                len(values),
                number(values.mean()),
                number(values.std()),
                *(number(q) for q in quartiles),
            )
        )
    return Table(
        id="items.numbers",
        title=message("Ratings and numbers"),
        columns=(
            column("item", message("Item"), Kind.KEY),
            column("text", message("Question"), Kind.LABEL),
            column("n", message("Answers"), Kind.COUNT),
            column("mean", message("Mean"), Kind.ESTIMATE),
            column("sd", message("SD"), Kind.ESTIMATE),
            column("q1", message("Lower quartile"), Kind.ESTIMATE),
            column("median", message("Median"), Kind.ESTIMATE),
            column("q3", message("Upper quartile"), Kind.ESTIMATE),
        ),
        rows=tuple(rows),
        notes=(message("The smallest and the largest value belong to single people: not shown."),),
        provenance=Provenance(
            n=len(frame), missing=message("Each row uses those who answered the item.")
        ),
    )


def _extremes(workings: Workings, tables: list[Table]) -> tuple[Message, ...]:
    """Name the most and the least favourable item, where both are known."""
    texts: dict[str, Text | str] = {item.id: wording(item) for item in workings.instrument.items}
    ranked = sorted(
        (float(value), str(item))
        for table in tables
        if any(c.id == "favourable" for c in table.columns)
        for item, value in zip(table.column("item"), table.column("favourable"), strict=True)
        if isinstance(value, float)
    )
    if len(ranked) < 2:
        return ()
    (low, worst), (high, best) = ranked[0], ranked[-1]
    return (
        message(
            "The most favourable answers go to “{item}” ({share:.0f}% favourable), the least "
            "favourable to “{other}” ({low:.0f}%).",
            item=texts[best],
            share=100 * high,
            other=texts[worst],
            low=100 * low,
        ),
    )
