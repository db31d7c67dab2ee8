"""The report of a survey: findings put into words, charts and tables, page by page.

The report is a :class:`~analysis.reports.document.Document`, plain data in one language; nothing
here knows how a page is drawn.
"""

from __future__ import annotations

from pathlib import Path

from analysis.errors import AnalysisError
from analysis.findings import Chapter, Findings, Table
from analysis.reports.charts import to_svg
from analysis.reports.document import (
    Block,
    Bullets,
    Cover,
    Document,
    Facts,
    Figure,
    Heading,
    Paragraph,
)
from analysis.reports.findings_figures import Chart, charts_of
from analysis.reports.findings_tables import (
    document_table,
    grouped_table,
    merged_table,
    wordless,
)
from analysis.reports.formatting import count_text
from analysis.reports.method_notes import method_blocks
from surveys.model import Instrument
from surveys.study import Study
from surveys.words import LANGUAGES, Message, Words, message

STANDING_CAVEAT = message(
    "These results come from one cross-sectional survey. They show how views go together, not what "
    "causes what; voluntary participation may shift them from the view of all cadres."
)
"""Stands in every report."""

NOT_FOR_JUDGING = message("Not for judging persons or units.")

UNVALIDATED = message(
    "The questions were written for this project and are not validated: a cognitive pre-test and a "
    "back-translation come first, and the results are to be read with that in mind."
)

SYNTHETIC = message(
    "SYNTHETIC: the answers in this report are made up by a program. They say nothing about any "
    "real place or person."
)

WATERMARK = "SYNTHETIC 合成数据"

_IN_BRIEF = 2
"""Sentences of a chapter taken into the summary."""


def write_report(
    findings: Findings,
    instrument: Instrument,
    study: Study,
    path: str | Path,
    language: str = "zh",
) -> None:
    """Write the report as a PDF file; see :func:`build_report`."""
    from analysis.reports.pdf import write_pdf

    write_pdf(build_report(findings, instrument, study, language), path)


def build_report(
    findings: Findings, instrument: Instrument, study: Study, language: str = "zh"
) -> Document:
    """Put findings into a document.

    Parameters
    ----------
    findings
        What :func:`analysis.plan.run_plan` found; small groups are already hidden in them.
    instrument
        The questionnaire: wordings, families, origin.
    study
        Title, population, months of fieldwork, threshold.
    language
        ``"zh"`` or ``"en"``; a wording that exists in one language only is used in both.

    Returns
    -------
    Document
        Cover, summary of one page, the chapters in the order of the findings; at the end what
        could not be done and how everything was computed. Counts are rounded to five, shares to whole per cents.

    Raises
    ------
    AnalysisError
        If the language is unknown, or a table of the findings is not well formed.
    """
    if language not in LANGUAGES:
        raise AnalysisError(
            "there is no report in “{language}”; there are {languages}",
            language=language,
            languages=", ".join(LANGUAGES),
        )
    words = Words(language)
    writer = _Writer(findings, instrument, words)
    done = [chapter for chapter in findings.chapters if chapter.omitted is None]
    omitted = [chapter for chapter in findings.chapters if chapter.omitted is not None]
    blocks = _in_brief(findings, words)
    for number, chapter in enumerate(done, start=1):
        blocks.extend(writer.chapter(chapter, number))
    title = words("How it was computed")
    blocks.append(Heading(f"{len(done) + 1}\u2002{title}"))
    blocks.append(Paragraph(words.say(STANDING_CAVEAT), "caution"))
    if unvalidated(instrument):
        blocks.append(Paragraph(words.say(UNVALIDATED), "caution"))
    if omitted:
        blocks.append(Heading(words("What could not be analysed"), 2))
        blocks.append(Facts(tuple((words.say(c.title), words.say(c.omitted)) for c in omitted)))
    blocks.append(Heading(words("Where the numbers come from"), 2))
    blocks.extend(method_blocks(findings, writer.table_numbers, words))
    title = words.say(study.title) or words.say(instrument.title)
    return Document(
        language=language,
        title=title,
        author="Zhiyan",
        date=findings.last_change[:10],
        cover=_cover(findings, instrument, study, title, words),
        blocks=tuple(blocks),
        running=running_foot(findings, study, words),
        watermark=WATERMARK if _synthetic(findings, study) else "",
    )


def unvalidated(instrument: Instrument) -> bool:
    """Tell whether the instrument says of itself that its items are new; a file's name does not."""
    return bool(instrument.origin) and not instrument.inferred


def running_foot(findings: Findings, study: Study, words: Words) -> str:
    """Return what stands at the foot of every page (privacy rule P16)."""
    parts = [
        words("Analysed: {n}", n=count_text(findings.n_analysed, words)),
        words("smallest group shown: {threshold}", threshold=findings.threshold),
        words("hidden cells: {hidden}", hidden=findings.n_hidden),
    ]
    if study.months:
        parts.append(_months(study, words))
    line = (" · ").join(parts) + " · " + words.say(NOT_FOR_JUDGING)
    caveat = words("One survey at one time: what goes together, not what causes what.")
    return line + "\n" + caveat


def _synthetic(findings: Findings, study: Study) -> bool:
    return findings.synthetic or study.synthetic


def _months(study: Study, words: Words) -> str:
    first, last = study.months or ("", "")
    return first if first == last else words("{first} to {last}", first=first, last=last)


def _cover(
    findings: Findings, instrument: Instrument, study: Study, title: str, words: Words
) -> Cover:
    facts = [
        (words("Population"), words.say(study.population)),
        (words("Questionnaire"), f"{words.say(instrument.title)} {instrument.version}".strip()),
        (words("Fieldwork"), _months(study, words) if study.months else ""),
        (words("Entries received"), count_text(findings.n_received, words)),
        (words("Entries analysed"), count_text(findings.n_analysed, words)),
        (words("Smallest group shown"), words("{n} people", n=findings.threshold)),
        (words("Last change of data or plan"), findings.last_change),
    ]
    warnings = [STANDING_CAVEAT, NOT_FOR_JUDGING]
    if unvalidated(instrument):
        warnings.append(UNVALIDATED)
    if _synthetic(findings, study):
        warnings.insert(0, SYNTHETIC)
    return Cover(
        title=title,
        subtitle=words("Report of the survey"),
        facts=tuple((name, value) for name, value in facts if value),
        warnings=tuple(words.say(warning) for warning in warnings),
    )


def _in_brief(findings: Findings, words: Words) -> list[Block]:
    """Return the summary: the first sentences of each chapter side by side with its title."""
    rows = [
        (words.say(chapter.title), joined(chapter.sentences[:_IN_BRIEF], words))
        for chapter in findings.chapters
        if chapter.omitted is None and chapter.sentences
    ]
    rows.extend(
        (words.say(chapter.title), words("Not analysed: {reason}", reason=chapter.omitted))
        for chapter in findings.chapters
        if chapter.omitted is not None
    )
    return [
        Heading(words("In brief")),
        Facts(tuple(rows)),
        Paragraph(words.say(STANDING_CAVEAT), "caution"),
    ]


def joined(sentences: tuple[Message, ...], words: Words) -> str:
    """Join sentences into running text."""
    return ("" if words.language == "zh" else " ").join(words.say(s) for s in sentences)


class _Writer:
    """Writes chapters, counting figures and tables as it goes."""

    def __init__(self, findings: Findings, instrument: Instrument, words: Words) -> None:
        self.table_numbers: dict[str, int] = {}
        self._findings = findings
        self._instrument = instrument
        self._words = words
        self._n_tables = 0
        self._n_figures = 0

    def chapter(self, chapter: Chapter, number: int) -> list[Block]:
        """Return the blocks of a chapter: question, sentences, cautions, then charts and tables."""
        words = self._words
        blocks: list[Block] = [Heading(f"{number}\u2002{words.say(chapter.title)}")]
        if chapter.question:
            blocks.append(Paragraph(words.say(chapter.question), "lead"))
        if len(chapter.sentences) > 3:
            blocks.append(Bullets(tuple(words.say(s) for s in chapter.sentences)))
        elif chapter.sentences:
            blocks.append(Paragraph(joined(chapter.sentences, words)))
        blocks.extend(Paragraph(words.say(caution), "caution") for caution in chapter.cautions)
        charts = charts_of(self._findings, chapter, self._instrument, words)
        background = [table for table in chapter.tables if table.id.startswith("respondents.")]
        if background:
            blocks.extend(self._background(background, charts))
        for table in chapter.tables:
            if table not in background:
                blocks.extend(self._table(table, [c for c in charts if table.id in c.table_ids]))
        return blocks

    def _background(self, tables: list[Table], charts: list[Chart]) -> list[Block]:
        words = self._words
        number = self._number(*tables)
        title = words("Table {number}. {title}", number=number, title=words("Who answered"))
        shown = [chart for chart in charts if tables[0].id in chart.table_ids]
        blocks: list[Block] = [self._figure(chart, number) for chart in shown]
        return [*blocks, merged_table(tables, title, words, self._findings.threshold)]

    def _table(self, table: Table, charts: list[Chart]) -> list[Block]:
        words = self._words
        if table.id == "design.facts":
            return [Facts(tuple(self._fact(table, row) for row in range(len(table.rows))))]
        number = self._number(table)
        title = words("Table {number}. {title}", number=number, title=table.title)
        # the chart right above the answers already gives the wording of every item
        answers = table.id.startswith("items.") and bool(charts)
        blocks: list[Block] = [Heading(words.say(table.title), 2)] if answers else []
        blocks.extend(self._figure(chart, number) for chart in charts)
        without = ("text",) if answers or wordless(table, words) else ()
        if table.id == "reliability.items":
            limit = self._findings.threshold
            return [grouped_table(table, title, words, limit, "construct", without)]
        blocks.append(document_table(table, title, words, self._findings.threshold, without))
        return blocks

    def _fact(self, table: Table, row: int) -> tuple[str, str]:
        name, value = table.rows[row][:2]
        return self._words.say(name), self._words.say(value)

    def _number(self, *tables: Table) -> int:
        self._n_tables += 1
        self.table_numbers.update({table.id: self._n_tables for table in tables})
        return self._n_tables

    def _figure(self, chart: Chart, table_number: int) -> Figure:
        words = self._words
        self._n_figures += 1
        return Figure(
            svg=to_svg(chart.figure),
            caption=words("Figure {number}. {title}", number=self._n_figures, title=chart.caption),
            description=words(
                "Chart: {title}. The numbers are in table {number}.",
                title=chart.caption,
                number=table_number,
            ),
        )
