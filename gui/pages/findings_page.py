"""What the answers say, chapter by chapter."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from analysis.findings import Chapter, Findings, Provenance, Table
from analysis.reports.formatting import count_text
from gui.pages.page import Page, clear, scrolled
from gui.report import Chart, draw_charts
from gui.session import Session
from gui.widgets.buttons import button
from gui.widgets.chart_view import ChartView
from gui.widgets.finding_table import FindingTable
from gui.widgets.labels import label
from gui.widgets.notice import Notice
from gui.widgets.outline import Outline
from surveys.words import Words


class FindingsPage(Page):
    """Chapters at the left; sentences, charts and tables at the right.

    Signals
    -------
    run_wanted, import_wanted
        A button was pressed.
    """

    run_wanted = Signal()
    import_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._shown: tuple[object, ...] = ()
        self._drawn: dict[tuple[str, str, str], tuple[Chart, ...]] = {}
        self._drawing: set[tuple[str, str, str]] = set()
        self.run = button("primary", "run", self.run_wanted.emit)
        self.buttons.addWidget(self.run)
        self.stale = Notice("notice", self.run_wanted.emit)
        self.empty = Notice("hint", self._start)
        self.working = Notice("hint")
        for notice in (self.stale, self.empty, self.working):
            self.body.addWidget(notice)
        row = QHBoxLayout()
        row.setSpacing(20)
        self.outline = Outline()
        self.outline.currentRowChanged.connect(self._show_chapter)
        row.addWidget(self.outline)
        self._canvas = QWidget()
        self._column = QVBoxLayout(self._canvas)
        self._column.setContentsMargins(0, 0, 12, 0)
        self._column.setSpacing(12)
        self._area = scrolled(self._canvas)
        row.addWidget(self._area, 1)
        self.body.addLayout(row, 1)
        self.body.addStretch(0)
        self._current: tuple[str, str, str] = ("", "", "")
        self.tables: list[FindingTable] = []
        self.charts: list[ChartView] = []

    def retranslate(self) -> None:
        words = self.session.words
        self.title.setText(words("Findings"))
        self.run.setText(words("Run the analysis"))
        self.run.setToolTip(words("Compute everything again from the answers") + " (F5)")
        self.outline.setAccessibleName(words("Chapters"))
        self.stale.say(
            words("Something changed since these findings were computed; they are out of date."),
            words("Run again"),
        )
        self.working.say(
            words("The analysis is running. You can go on working; it can be cancelled below.")
        )
        self._shown = ()

    def refresh(self) -> None:
        session, state = self.session, self.session.state
        if state is None:
            return
        findings, running = state.findings, session.analysis is not None
        possible = state.instrument is not None and state.n_answers > 0
        self.run.setVisible(possible and not state.stale)
        self.run.setEnabled(not running and not session.busy)
        self.stale.button.setEnabled(not running and not session.busy)
        self.stale.setVisible(state.stale and not running)
        self.working.setVisible(running)
        self.empty.setVisible(findings is None and not running)
        self._word_empty(possible)
        self._area.setVisible(findings is not None)
        self.outline.setVisible(findings is not None)
        if findings is None:
            self.lead.setText("")
            self._shown = ()
            return
        self.lead.setText(self._summary(findings))
        shown = (findings.key, session.language.code)
        if shown != self._shown:
            row = self.outline.currentRow() if self._shown else 0
            self._shown = shown
            self._list_chapters(findings, max(row, 0))

    def _word_empty(self, possible: bool) -> None:
        words = self.session.words
        if possible:
            self.empty.say(
                words("Nothing was computed yet. It takes from a few seconds to two minutes."),
                words("Run the analysis"),
            )
        else:
            self.empty.say(
                words("There are no answers to analyse yet. Import them first."), words("Import…")
            )

    def _start(self) -> None:
        state = self.session.state
        possible = state is not None and state.instrument is not None and state.n_answers > 0
        (self.run_wanted if possible else self.import_wanted).emit()

    def _summary(self, findings: Findings) -> str:
        words = self.session.words
        return words(
            "{kept} of {received} forms analysed · no group under {threshold} is shown",
            kept=count_text(findings.n_analysed, words),
            received=count_text(findings.n_received, words),
            threshold=findings.threshold,
        )

    def _list_chapters(self, findings: Findings, row: int) -> None:
        words = self.session.words
        names = [words.say(chapter.title) for chapter in findings.chapters]
        self.outline.show_entries(names, min(row, len(names) - 1))
        self._show_chapter(self.outline.currentRow())

    def _charts_of(self, findings: Findings, chapter: Chapter) -> tuple[Chart, ...]:
        """Return the charts of a chapter, or none yet and have them drawn."""
        instrument, language = self.session.state.instrument, self.session.language.code
        key = (findings.key, chapter.id, language)
        if key in self._drawn or key in self._drawing or instrument is None:
            return self._drawn.get(key, ())
        self._drawing.add(key)

        def take(charts: tuple[Chart, ...]) -> None:
            self._drawing.discard(key)
            self._drawn = {k: v for k, v in self._drawn.items() if k[0] == key[0]} | {key: charts}
            if charts and self._current == key:
                self._show_chapter(self.outline.currentRow(), keep_place=True)

        self.session.tasks.start(
            None, lambda _tick: draw_charts(findings, chapter, instrument, language), done=take
        )
        return ()

    def _show_chapter(self, row: int, *, keep_place: bool = False) -> None:
        state = self.session.state
        if state is None or state.findings is None:
            return
        if not 0 <= row < len(state.findings.chapters):
            return
        bar = self._area.verticalScrollBar()
        place = bar.value() if keep_place else 0
        clear(self._column)
        findings, words = state.findings, self.session.words
        chapter = findings.chapters[row]
        self._current = (findings.key, chapter.id, self.session.language.code)
        for widget in _head(chapter, words):
            self._column.addWidget(widget)
        charts = list(self._charts_of(findings, chapter))
        self.charts, self.tables = [], []
        for table in chapter.tables:
            mine = [chart for chart in charts if table.id in chart.table_ids]
            charts = [chart for chart in charts if chart not in mine]
            self._add_table(table, mine)
        self._column.addStretch(1)
        bar.setValue(place)

    def _add_table(self, table: Table, charts: list[Chart]) -> None:
        words = self.session.words
        self._column.addSpacing(8)
        self._column.addWidget(label("subheading", words.say(table.title)))
        for chart in charts:
            self.charts.append(ChartView(chart.svg, chart.description))
            self._column.addWidget(_card(self.charts[-1], chart.caption))
        self.tables.append(FindingTable(table, words))
        self._column.addWidget(self.tables[-1])
        for remark in table.notes:
            self._column.addWidget(label("small", words.say(remark)))
        provenance = provenance_text(table, words)
        if provenance:
            self._column.addWidget(label("small", provenance))


def provenance_text(table: Table, words: Words) -> str:
    """Word how the numbers of a table came about, in one line."""
    found: Provenance = table.provenance
    parts = []
    if found.n is not None:
        parts.append(words("n = {n}", n=count_text(found.n, words)))
    parts.extend(
        words.say(part)
        for part in (
            found.estimator,
            found.correlation,
            found.rotation,
            found.standard_errors,
            found.weights,
            found.missing,
            *found.left_out,
        )
        if part is not None
    )
    if found.seed is not None:
        parts.append(words("seed {seed}", seed=found.seed))
    return " · ".join(parts)


def _head(chapter: Chapter, words: Words) -> list[QWidget]:
    made: list[QWidget] = [label("heading", words.say(chapter.title))]
    if chapter.question is not None:
        made.append(label("lead", words.say(chapter.question)))
    if chapter.omitted is not None:
        omitted = Notice("hint")
        omitted.say(words.say(chapter.omitted))
        made.append(omitted)
    made.extend(label("", words.say(s), selectable=True) for s in chapter.sentences)
    for caution in chapter.cautions:
        notice = Notice("notice")
        notice.say(words.say(caution))
        made.append(notice)
    return made


def _card(view: ChartView, caption: str) -> QFrame:
    card = QFrame()
    card.setProperty("kind", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(20, 16, 20, 12)
    column.setSpacing(8)
    column.addWidget(view)
    if caption:
        column.addWidget(label("small", caption))
    return card
