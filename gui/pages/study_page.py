"""The project at a glance, and the details of the study."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from analysis.reports.formatting import grouped
from gui.pages.page import Page, scrolled
from gui.pages.study_form import StudyForm
from gui.session import Session
from gui.widgets.labels import label
from gui.widgets.notice import Notice


class StudyPage(Page):
    """Figures, the next step, and a form whose every change is saved at once.

    Signals
    -------
    go
        The name of the page, or ``"import"``, that the next step leads to.
    """

    go = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        canvas = QWidget()
        column = QVBoxLayout(canvas)
        column.setContentsMargins(0, 0, 16, 0)
        column.setSpacing(24)
        self.next = Notice("hint", self._go_next)
        self._next_page = "questionnaire"
        column.addWidget(self.next)
        column.addLayout(self._make_tiles())
        self.form = StudyForm(session)
        column.addWidget(self.form)
        column.addStretch(1)
        self.body.addWidget(scrolled(canvas))

    def _make_tiles(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        self._tiles = {}
        for key in ("questions", "entries", "findings", "threshold"):
            tile = _Tile()
            self._tiles[key] = tile
            row.addWidget(tile, 1)
        return row

    def retranslate(self) -> None:
        words = self.session.words
        self.title.setText(words("Project"))
        self.form.retranslate()

    def refresh(self) -> None:
        state = self.session.state
        if state is None:
            return
        self.lead.setText(str(state.path))
        self.form.refresh()
        self._show_figures()
        self._show_next()

    def _show_figures(self) -> None:
        state, words = self.session.state, self.session.words
        instrument = state.instrument
        n_items = len(instrument.items) if instrument else 0
        n_scales = len(instrument.scales()) if instrument else 0
        self._tiles["questions"].show_figure(
            grouped(n_items, words),
            words("questions"),
            words("{n} scales", n=n_scales) if n_scales else "",
        )
        self._tiles["entries"].show_figure(
            grouped(state.n_answers, words), words("filled-in forms"), ""
        )
        findings = state.findings
        self._tiles["findings"].show_figure(
            str(len(findings.chapters)) if findings else "–",
            words("chapters of findings"),
            words("out of date") if state.stale else findings.last_change if findings else "",
        )
        self._tiles["threshold"].show_figure(
            str(state.study.effective_threshold()), words("smallest group shown"), ""
        )

    def _show_next(self) -> None:
        state, words = self.session.state, self.session.words
        if state.instrument is None:
            step = "import", words("Import answers to make a questionnaire from."), words("Import…")
        elif any(problem.severity.value == "error" for problem in state.problems):
            step = (
                "questionnaire",
                words("The questionnaire has errors; look at them first."),
                words("Show the questionnaire"),
            )
        elif not state.n_answers:
            step = (
                "import",
                words("The questionnaire is ready. Print it, or import the answers."),
                words("Import…"),
            )
        elif state.findings is None or state.stale:
            step = (
                "findings",
                words("The answers are in. Run the analysis."),
                words("Show the findings"),
            )
        else:
            step = "report", words("The findings are ready to be read."), words("Show the report")
        self._next_page, sentence, action = step
        self.next.say(sentence, action)

    def _go_next(self) -> None:
        self.go.emit(self._next_page)


class _Tile(QFrame):
    """A large figure with what it counts."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(0)
        self._figure = label("figure", wrap=False)
        self._name = label("soft", wrap=True)
        self._more = label("small", wrap=True)
        column.addWidget(self._figure)
        column.addWidget(self._name)
        column.addWidget(self._more)
        column.addStretch(1)

    def show_figure(self, figure: str, name: str, more: str) -> None:
        self._figure.setText(figure)
        self._name.setText(name)
        self._more.setText(more)
