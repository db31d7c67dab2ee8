"""The printed report, page by page."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QHBoxLayout

from gui.language import NAMES
from gui.pages.page import Page
from gui.report import report_pdf
from gui.session import Session
from gui.widgets.buttons import Segments, button, name, tool
from gui.widgets.fields import NumberField
from gui.widgets.labels import label
from gui.widgets.notice import Notice
from gui.widgets.pdf_file import PdfFile
from gui.widgets.pdf_view import PdfView
from surveys.words import message


class ReportPage(Page):
    """Shows the report in the language chosen here, whatever the window speaks.

    Signals
    -------
    export_wanted, run_wanted
        A button was pressed.
    made, failed
        The report is there, or could not be made.
    """

    export_wanted = Signal()
    run_wanted = Signal()
    made = Signal()
    failed = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.pdf: bytes | None = None
        self._shown: tuple[object, ...] = ()
        self._kept: dict[tuple[str, bytes, str], bytes] = {}
        self.languages = Segments(NAMES, session.language.code)
        self.languages.chosen.connect(lambda _key: self.refresh())
        self.export = button("primary", "export", self.export_wanted.emit)
        self.buttons.addWidget(self.languages)
        self.buttons.addWidget(self.export)
        self.stale = Notice("notice", self.run_wanted.emit)
        self.empty = Notice("hint", self.run_wanted.emit)
        self.body.addWidget(self.stale)
        self.body.addWidget(self.empty)
        self.view = PdfView(session.tasks)
        self._bar = self._make_bar()
        self.body.addLayout(self._bar)
        self.body.addWidget(self.view, 1)
        self.body.addStretch(0)
        self.view.page_changed.connect(self._show_place)
        self.view.zoom_changed.connect(lambda _zoom: self._show_zoom())
        self._keys = [
            QShortcut("Ctrl++", self, lambda: self.view.step_zoom(1)),
            QShortcut("Ctrl+-", self, lambda: self.view.step_zoom(-1)),
            QShortcut("Ctrl+0", self, lambda: self.view.set_zoom(0.0)),
        ]

    def _make_bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._page_word = label("soft", wrap=False)
        self.page = NumberField(width=80)
        self.page.valueChanged.connect(lambda number: self.view.go_to(number - 1))
        self._of_word = label("soft", wrap=False)
        self._smaller = tool("minus", lambda: self.view.step_zoom(-1))
        self._larger = tool("plus", lambda: self.view.step_zoom(1))
        self._fit = button("quiet", pressed=lambda: self.view.set_zoom(0.0))
        self._zoom = label("soft", wrap=False)
        self._zoom.setFixedWidth(44)
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for widget in (self._page_word, self.page, self._of_word):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self._smaller, self._zoom, self._larger, self._fit):
            row.addWidget(widget)
        return row

    def retranslate(self) -> None:
        words = self.session.words
        self.title.setText(words("Report"))
        self.export.setText(words("Export PDF…"))
        self.export.setToolTip(words("Write the report as a PDF file") + " (Ctrl+E)")
        self.languages.word(NAMES, words("Language of the report"))
        self._page_word.setText(words("Page"))
        self.page.setAccessibleName(words("Page"))
        name(self._smaller, words("Smaller"))
        name(self._larger, words("Larger"))
        self._fit.setText(words("Fit the width"))
        self.view.setAccessibleName(words("Pages of the report"))
        self.stale.say(
            words("Something changed since the findings were computed; the report is out of date."),
            words("Run again"),
        )
        self._show_place(self.view.page, self.view.n_pages)
        self._show_zoom()

    def refresh(self) -> None:
        session, state, words = self.session, self.session.state, self.session.words
        if state is None:
            self._forget()
            return
        findings, running = state.findings, session.analysis is not None
        self.stale.setVisible(state.stale)
        self.stale.button.setEnabled(not running)
        self.empty.setVisible(findings is None)
        possible = state.instrument is not None and state.n_answers > 0
        self.empty.button.setVisible(possible)
        self.empty.button.setEnabled(not running)
        self.empty.say(
            words("The analysis is running; the report follows.")
            if running
            else words("The report is made from findings, and there are none yet."),
            words("Run the analysis"),
        )
        for widget in (
            *(self.view, self.page, self._page_word, self._of_word),
            *(self._smaller, self._larger, self._fit, self._zoom, self.languages, self.export),
        ):
            widget.setVisible(findings is not None)
        if findings is None:
            self.lead.setText("")
            self._forget()
            return
        self._make(self.languages.key)

    def _make(self, language: str) -> None:
        session, state, words = self.session, self.session.state, self.session.words
        self.lead.setText(
            words("As it will be printed. The language of the report is independent of the window.")
        )
        wanted = (state.findings.key, msgspec.json.encode(state.study), language)
        if wanted == self._shown:
            return
        kept = self._kept.get(wanted)
        self._kept = {key: pdf for key, pdf in self._kept.items() if key[:2] == wanted[:2]}
        self._shown = wanted
        self._forget_pages()
        self.view.say(words("Making the report…"))
        self.export.setEnabled(False)
        findings, instrument, study = state.findings, state.instrument, state.study

        def work(_tick: object) -> tuple[bytes, PdfFile]:
            data = kept or report_pdf(findings, instrument, study, language)
            return data, PdfFile(data)

        def take(made: tuple[bytes, PdfFile]) -> None:
            if wanted != self._shown:
                session.tasks.start(None, lambda _tick: made[1].close())
                return
            self.pdf = self._kept[wanted] = made[0]
            self.view.show_file(made[1])
            self.export.setEnabled(True)
            self.made.emit()

        def failed(error: BaseException) -> None:
            self._shown = ()
            self.view.say("")
            self.failed.emit(error)

        def cancelled() -> None:
            self._shown = ()
            self.view.say(words("The report was not made."))

        session.tasks.start(
            message("Making the report"),
            work,
            drawing=True,
            done=take,
            failed=failed,
            cancelled=cancelled,
        )

    def _forget(self) -> None:
        self._shown = ()
        self._forget_pages()

    def _forget_pages(self) -> None:
        self.pdf = None
        if self.view.n_pages:
            self.view.show_file(None)

    def _show_place(self, page: int, pages: int) -> None:
        self.page.blockSignals(True)
        self.page.setRange(1 if pages else 0, pages)
        self.page.setValue(page + 1 if pages else 0)
        self.page.blockSignals(False)
        self._of_word.setText(self.session.words("of {n}", n=pages))

    def _show_zoom(self) -> None:
        self._zoom.setText(f"{self.view.percent}%")
