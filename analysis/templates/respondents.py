"""Who answered: the background questions, with small groups hidden."""

from __future__ import annotations

from analysis.findings import Cell, Chapter, Kind, Provenance, Table
from analysis.templates.cells import column, protected, share, wording
from analysis.templates.titles import CHAPTER_TITLES
from analysis.templates.workings import Tick, Workings
from surveys.model import Item, ItemKind
from surveys.privacy import round_n
from surveys.words import Message, message


def make_respondents(workings: Workings, tick: Tick) -> Chapter:
    """Count the answers to each background question; area codes and townships are not shown."""
    items = [item for item in workings.instrument.presented() if _shown(item)]
    if not items:
        return Chapter(
            id="respondents",
            title=CHAPTER_TITLES["respondents"],
            omitted=message("The questionnaire has no background question with fixed answers."),
        )
    tables = tuple(_table(workings, item) for item in items)
    tick(1.0)
    n = len(workings.answers)
    return Chapter(
        id="respondents",
        title=CHAPTER_TITLES["respondents"],
        question=message("Who are the people behind the answers?"),
        sentences=(
            message(
                "{n:,} entries are described, before anybody is set aside. Groups under {threshold} "
                "people are not shown, nor what would let them be worked out.",
                n=round_n(n),
                threshold=workings.plan.threshold,
            ),
        ),
        tables=tables,
    )


def _shown(item: Item) -> bool:
    background = item.quasi_identifier or item.construct is None
    return item.kind is ItemKind.SINGLE and background and item.cluster_level is None


def _table(workings: Workings, item: Item) -> Table:
    values = workings.answers.values[item.id]
    n = len(values)
    counts = [int((values == option.code).sum()) for option in item.options]
    counts.append(int(values.isna().sum()))
    labels: list[Cell] = [option.label or str(option.code) for option in item.options]
    labels.append(message("No answer"))
    cells = protected(counts, workings.plan.threshold)
    rows = tuple((label, cell, share(cell, n)) for label, cell in zip(labels, cells, strict=True))
    title: Message = message("{text}", text=wording(item))
    return Table(
        id=f"respondents.{item.id}",
        title=title,
        columns=(
            column("answer", message("Answer"), Kind.LABEL),
            column("n", message("People"), Kind.COUNT),
            column("share", message("Share, %"), Kind.SHARE),
        ),
        rows=rows,
        provenance=Provenance(n=n),
    )
