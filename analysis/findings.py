"""What an analysis found: tables, sentences and their provenance, as plain data.

Findings are made by :mod:`analysis.plan`, kept in the project, and turned into pages elsewhere. They
hold no answer of a person: everything in them has passed the rules of :mod:`surveys.privacy`.
Numbers keep full precision here; whoever shows them rounds.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from surveys.words import Message, Text


class Hidden(msgspec.Struct, frozen=True, tag="hidden"):
    """A cell not shown because it could point to a few people.

    ``reason`` is ``"small"`` (fewer than the threshold, or it would let a small one be worked out:
    which of the two is not told, since that would give some of it away) or ``"alike"`` (nearly
    everyone in the group gave the same answer).
    """

    reason: str = "small"


class Interval(msgspec.Struct, frozen=True, tag="interval"):
    """A confidence interval."""

    low: float
    high: float


Cell = bool | int | float | str | None | Text | Message | Hidden | Interval
"""What a table cell may hold; ``None`` is a value that does not exist."""


class Kind(StrEnum):
    """What a column holds, which decides how it is shown."""

    LABEL = "label"  # wording: str, Text or Message
    KEY = "key"  # an id shown in small type, or a choice of few words
    COUNT = "count"  # a number of people; rounded where handed out
    WHOLE = "whole"  # a number of things that are not people: items, sets, factors
    SHARE = "share"  # a proportion 0..1, shown as a whole per cent
    INDEX = "index"  # a scale mean on 0-100, shown with one decimal
    ESTIMATE = "estimate"  # a statistic, shown with two decimals
    PRECISE = "precise"  # a statistic that wants three decimals
    INTERVAL = "interval"  # an Interval, shown like an estimate
    PROBABILITY = "probability"  # a p-value
    MARK = "mark"  # a bool, shown as a tick or nothing


class Column(msgspec.Struct, frozen=True):
    """One column of a table."""

    id: str
    label: Message | Text
    kind: Kind


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """How the numbers of a table came about; a field that does not apply is ``None``."""

    n: int | None = None
    estimator: Message | None = None
    correlation: Message | None = None
    rotation: Message | None = None
    standard_errors: Message | None = None
    weights: Message | None = None
    missing: Message | None = None
    seed: int | None = None
    left_out: tuple[Message, ...] = ()


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A rectangle of cells with named columns.

    ``id`` is stable and unique within the findings, for example ``"T1.coefficients"``; charts and
    tests find tables by it.
    """

    id: str
    title: Message
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[Message, ...] = ()
    provenance: Provenance = Provenance()

    def column(self, column_id: str) -> tuple[Cell, ...]:
        """Return the cells of one column; raises ``KeyError`` if there is none."""
        for position, column in enumerate(self.columns):
            if column.id == column_id:
                return tuple(row[position] for row in self.rows)
        raise KeyError(column_id)


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one analysis.

    Attributes
    ----------
    id
        ``"design"``, ``"respondents"``, ``"quality"``, ``"items"``, ``"scales"``, ``"reliability"``,
        ``"factors"``, ``"drivers"``: one a module in :mod:`analysis.templates`.
    question
        What is asked, for people who do not read statistics.
    sentences
        What came out, in words chosen by the intervals.
    omitted
        Why the analysis was not done; then there are no tables.
    """

    id: str
    title: Message
    question: Message | None = None
    sentences: tuple[Message, ...] = ()
    tables: tuple[Table, ...] = ()
    cautions: tuple[Message, ...] = ()
    omitted: Message | None = None

    def table(self, table_id: str) -> Table:
        """Return a table by its id; raises ``KeyError`` if there is none."""
        for table in self.tables:
            if table.id == table_id:
                return table
        raise KeyError(table_id)


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one run of a plan found.

    Attributes
    ----------
    key
        Hash of data, plan, instrument and program version; the same key means the same findings.
    n_received, n_analysed
        Entries received and entries kept after screening.
    threshold
        Smallest group shown.
    n_hidden
        Number of cells hidden.
    versions
        Program and libraries that computed, by name.
    last_change
        Date (ISO) of the last change of data or plan; the date of the report.
    """

    key: str
    plan_digest: str
    instrument_digest: str
    n_received: int
    n_analysed: int
    threshold: int
    n_hidden: int
    synthetic: bool
    versions: dict[str, str]
    last_change: str
    chapters: tuple[Chapter, ...]

    def chapter(self, chapter_id: str) -> Chapter:
        """Return a chapter by its id; raises ``KeyError`` if there is none."""
        for chapter in self.chapters:
            if chapter.id == chapter_id:
                return chapter
        raise KeyError(chapter_id)

    def encode(self) -> bytes:
        """Return the findings as bytes for the project."""
        return msgspec.json.encode(self, order="deterministic")

    @staticmethod
    def decode(data: bytes) -> Findings:
        """Read what :meth:`encode` wrote."""
        return msgspec.json.decode(data, type=Findings)
