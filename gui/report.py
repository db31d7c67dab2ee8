"""The report of a project: its pages as a PDF, its charts for the window. Runs in workers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QIODevice, QSaveFile

from surveys.problems import SurveyError

if TYPE_CHECKING:
    from analysis.findings import Chapter, Findings
    from surveys.model import Instrument
    from surveys.study import Study


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its caption, the tables it shows, and a sentence for those who cannot see it."""

    svg: bytes
    caption: str
    description: str
    table_ids: tuple[str, ...]


def report_pdf(findings: Findings, instrument: Instrument, study: Study, language: str) -> bytes:
    """Return the report as a PDF file."""
    from analysis.reports.findings_report import build_report
    from analysis.reports.pdf import render_pdf

    return render_pdf(build_report(findings, instrument, study, language))


def draw_charts(
    findings: Findings, chapter: Chapter, instrument: Instrument, language: str
) -> tuple[Chart, ...]:
    """Draw the charts of a chapter, as the report prints them."""
    from analysis.reports.charts import to_svg
    from analysis.reports.findings_figures import charts_of
    from surveys.words import Words

    words = Words(language)
    return tuple(
        Chart(
            to_svg(chart.figure),
            words.say(chart.caption),
            words("Chart: {title}. The numbers are in the table below it.", title=chart.caption),
            chart.table_ids,
        )
        for chart in charts_of(findings, chapter, instrument, words)
    )


def save_bytes(data: bytes, path: Path) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    SurveyError
        The place cannot be written, for example because another program holds the file open.
    """
    file = QSaveFile(str(path))
    if (
        not file.open(QIODevice.OpenModeFlag.WriteOnly)
        or file.write(data) != len(data)
        or not file.commit()
    ):
        raise SurveyError(
            "{file} could not be written. Close it in other programs, or choose another folder.",
            file=path.name,
        )
