"""The last chapter of a report: how every table was computed, and with which program."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.findings import Findings, Provenance, Table
from analysis.reports.document import (
    Align,
    Block,
    DocumentTable,
    Facts,
    Heading,
    Paragraph,
    TableColumn,
)
from analysis.reports.formatting import count_text, rounded_count
from surveys.words import Message, Words, message

_PARTS: tuple[tuple[str, Message], ...] = (
    ("estimator", message("Method: {value}")),
    ("correlation", message("Correlations: {value}")),
    ("rotation", message("Rotation: {value}")),
    ("standard_errors", message("Standard errors: {value}")),
    ("weights", message("Weights: {value}")),
    ("missing", message("Missing answers: {value}")),
    ("seed", message("Seed: {value}")),
)

_PEOPLE = frozenset({"n", "count", "rows", "missing"})
"""Fields of remarks on what was left out that count people or their entries."""


def method_blocks(findings: Findings, numbers: Mapping[str, int], words: Words) -> list[Block]:
    """Return the method chapter without its heading.

    Parameters
    ----------
    findings
        Their provenance is told, tables with the same one together.
    numbers
        Number of the printed table that holds each table of the findings.
    words
        Language.
    """
    return [
        Paragraph(
            words(
                "Numbers of people are rounded to five and shares to whole per cents, in tables and "
                "charts alike, so that nobody can be found by comparing reports. Nothing is shown "
                "for fewer than {threshold} people, nor what would let such a group be worked out; "
                "{hidden} cells are hidden for that reason.",
                threshold=findings.threshold,
                hidden=findings.n_hidden,
            )
        ),
        _workings(findings, numbers, words),
        Heading(words("Program and key"), 2),
        Paragraph(
            words("The same key means the same data, the same plan and the same program."), "small"
        ),
        Facts(
            (
                (words("Versions"), _versions(findings, words)),
                (words("Last change of data or plan"), findings.last_change),
                (words("Key of the findings"), findings.key),
                (words("Plan"), findings.plan_digest),
                (words("Questionnaire"), findings.instrument_digest),
            )
        ),
    ]


def number_ranges(numbers: list[int]) -> str:
    """Word numbers as ranges: ``1-3, 5``."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _workings(findings: Findings, numbers: Mapping[str, int], words: Words) -> DocumentTable:
    groups: dict[str, list[Table]] = {}
    for chapter in findings.chapters:
        for table in chapter.tables:
            told = how_computed(table.provenance, words)
            if table.id in numbers and (told or table.provenance.n is not None):
                groups.setdefault(told, []).append(table)
    rows = tuple(
        (
            number_ranges([numbers[table.id] for table in tables]),
            _people(tables, words),
            told or words("counts and shares"),
        )
        for told, tables in groups.items()
    )
    return DocumentTable(
        title=words("How the tables were computed"),
        columns=(
            TableColumn(words("Tables"), weight=0.3),
            TableColumn("n", Align.RIGHT),
            TableColumn(words("How they were computed"), weight=4.0),
        ),
        rows=rows,
    )


def rounded(remark: Message) -> Message:
    """Return a remark on what was left out with its numbers of people or rows rounded to five."""
    values = {
        name: rounded_count(value)
        if name in _PEOPLE and isinstance(value, int) and not isinstance(value, bool)
        else value
        for name, value in remark.values.items()
    }
    return Message(remark.text, values)


def how_computed(provenance: Provenance, words: Words) -> str:
    """Tell everything in a provenance but the number of people, in one run of text."""
    parts = []
    for name, sentence in _PARTS:
        value = getattr(provenance, name)
        if name == "missing" and isinstance(value, Message):
            value = rounded(value)
        if value is not None:
            parts.append(words(sentence.text, value=value))
    if provenance.left_out:
        stop = "；" if words.language == "zh" else "; "
        left_out = stop.join(
            words.say(rounded(remark)).rstrip("。.") for remark in provenance.left_out
        )
        parts.append(words("Left out or adjusted: {value}", value=left_out))
    text = ("；" if words.language == "zh" else "; ").join(part.rstrip("。.") for part in parts)
    return text + ("。" if words.language == "zh" else ".") if text else ""


def _people(tables: list[Table], words: Words) -> str:
    counts = sorted({t.provenance.n for t in tables if t.provenance.n is not None})
    if not counts:
        return ""
    shown = list(dict.fromkeys((count_text(counts[0], words), count_text(counts[-1], words))))
    return "–".join(shown)


def _versions(findings: Findings, words: Words) -> str:
    return words.say([f"{name} {version}" for name, version in sorted(findings.versions.items())])
