"""The report of a project: its pages as a PDF, its charts for the window. Runs in workers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QIODevice, QSaveFile

from surveys.problems import SurveyError

if TYPE_CHECKING:
    from analysis.findings import Findings
    from surveys.model import Instrument
    from surveys.study import Study


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its caption and a sentence for those who cannot see it."""

    svg: bytes
    caption: str
    description: str


def report_pdf(findings: Findings, instrument: Instrument, study: Study, language: str) -> bytes:
    """Return the report as a PDF file."""
    from analysis.reports.findings_report import build_report
    from analysis.reports.pdf import render_pdf

    return render_pdf(build_report(findings, instrument, study, language))


def charts_of(
    findings: Findings, instrument: Instrument, study: Study, language: str
) -> dict[str, tuple[Chart, ...]]:
    """Return the report's charts by the id of their chapter."""
    from analysis.reports.document import Figure, Heading
    from analysis.reports.findings_report import build_report
    from surveys.words import Words

    words = Words(language)
    chapters = {words.say(chapter.title): chapter.id for chapter in findings.chapters}
    document = build_report(findings, instrument, study, language)
    found: dict[str, tuple[Chart, ...]] = {}
    chapter = ""
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            chapter = next((key for title, key in chapters.items() if title in block.text), "")
        elif isinstance(block, Figure) and chapter:
            chart = Chart(block.svg, block.caption, block.description)
            found[chapter] = (*found.get(chapter, ()), chart)
    return found


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
