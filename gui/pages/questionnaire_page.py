"""The questionnaire in reading order, with its problems."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from gui.pages.page import Page, clear, scrolled
from gui.session import Session
from gui.widgets.buttons import Segments, button
from gui.widgets.item_card import ItemCard, wordings
from gui.widgets.labels import label
from gui.widgets.notice import Notice
from gui.widgets.outline import Outline
from surveys.model import Instrument
from surveys.problems import Problem, Severity


class QuestionnairePage(Page):
    """Sections at the left, items as cards at the right.

    Signals
    -------
    print_wanted, import_wanted, problems_wanted
        A button was pressed.
    """

    print_wanted = Signal()
    import_wanted = Signal()
    problems_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._shown: tuple[object, ...] = ()
        self.cards: dict[str, ItemCard] = {}
        self.wording = Segments(("zh", "en", "both"), session.language.code)
        self.wording.chosen.connect(self._choose_wording)
        self._wording_chosen = False
        self.buttons.addWidget(self.wording)
        self.print = button("", "print", self.print_wanted.emit)
        self.buttons.addWidget(self.print)
        self.problems = Notice("notice", self.problems_wanted.emit)
        self.pretest = Notice("hint")
        self.body.addWidget(self.problems)
        self.body.addWidget(self.pretest)
        row = QHBoxLayout()
        row.setSpacing(20)
        self.outline = Outline()
        self.outline.currentRowChanged.connect(self._go_to)
        row.addWidget(self.outline)
        self._canvas = QWidget()
        self._column = QVBoxLayout(self._canvas)
        self._column.setContentsMargins(0, 0, 12, 0)
        self._column.setSpacing(8)
        self._area = scrolled(self._canvas)
        self._area.verticalScrollBar().valueChanged.connect(self._mark_section)
        self._headings: list[QWidget] = []
        row.addWidget(self._area, 1)
        self.body.addLayout(row, 1)
        self.empty = Notice("hint", self.import_wanted.emit)
        self.body.addWidget(self.empty)
        self.body.addStretch(0)

    def retranslate(self) -> None:
        words = self.session.words
        self.title.setText(words("Questionnaire"))
        self.print.setText(words("Print…"))
        self.print.setToolTip(words("Write the paper form as a PDF file"))
        self.wording.word(
            {"zh": "中文", "en": "English", "both": words("Both")}, words("Wording shown")
        )
        if not self._wording_chosen:
            self.wording.choose(self.session.language.code)
        self.outline.setAccessibleName(words("Sections"))
        self.empty.say(
            words("There is no questionnaire yet. It will be made from the answers you import."),
            words("Import…"),
        )
        self._shown = ()

    def refresh(self) -> None:
        state, words = self.session.state, self.session.words
        if state is None:
            return
        instrument = state.instrument
        for widget in (self.outline, self._area, self.print, self.wording):
            widget.setVisible(instrument is not None)
        self.empty.setVisible(instrument is None)
        self._show_problems(state.problems)
        self.pretest.setVisible(instrument is not None and not state.n_answers)
        self.pretest.say(
            words(
                "Ask a few people first. Wordings that nobody has tried are not yet measurements."
            )
        )
        if instrument is None:
            self.lead.setText("")
            return
        self.lead.setText(self._summary(instrument))
        shown = (instrument, state.problems, self.wording.key, self.session.language.code)
        if shown != self._shown:
            self._shown = shown
            self._build(instrument, state.problems)

    def _choose_wording(self, _key: str) -> None:
        self._wording_chosen = True
        self.refresh()

    def _summary(self, instrument: Instrument) -> str:
        words = self.session.words
        parts = [
            words.say(instrument.title),
            words("version {version}", version=instrument.version),
            words.plural("{n} question", "{n} questions", len(instrument.items)),
        ]
        if instrument.estimated_minutes:
            parts.append(
                words.plural("about {n} minute", "about {n} minutes", instrument.estimated_minutes)
            )
        if instrument.inferred:
            parts.append(words("guessed from data"))
        return " · ".join(parts)

    def _show_problems(self, problems: tuple[Problem, ...]) -> None:
        words = self.session.words
        errors = sum(problem.severity is Severity.ERROR for problem in problems)
        self.problems.setVisible(bool(problems))
        found = words.plural("{n} error", "{n} errors", errors)
        remarks = words.plural("{n} remark", "{n} remarks", len(problems) - errors)
        text = " · ".join(
            part for part, n in ((found, errors), (remarks, len(problems) - errors)) if n
        )
        self.problems.say(words("The check found: {found}", found=text), words("Show…"))

    def _build(self, instrument: Instrument, problems: tuple[Problem, ...]) -> None:
        words = self.session.words
        key = self.wording.key
        languages = ("zh", "en") if key == "both" else (key,)
        clear(self._column)
        self.cards, self._headings, names, number = {}, [], [], 0
        for section in instrument.sections:
            heading = label("heading", " / ".join(wordings(section.title, languages)))
            heading.setContentsMargins(0, 16 if self._headings else 0, 0, 0)
            self._column.addWidget(heading)
            self._headings.append(heading)
            names.append(heading.text())
            if section.instruction:
                for text in wordings(section.instruction, languages):
                    self._column.addWidget(label("soft", text))
            for item_id in section.item_ids:
                number += 1
                mine = tuple(p for p in problems if item_id in _named(p))
                card = ItemCard(
                    instrument, instrument.item(item_id), number, words, languages, mine
                )
                self.cards[item_id] = card
                self._column.addWidget(card)
        self._column.addStretch(1)
        self.outline.show_entries(names, 0)

    def _go_to(self, section: int) -> None:
        if 0 <= section < len(self._headings):
            heading = self._headings[section]
            self._area.verticalScrollBar().setValue(max(heading.y() - 4, 0))

    def _mark_section(self, place: int) -> None:
        """Mark the section in view; at the very end, where no heading can reach the top, the last."""
        bar = self._area.verticalScrollBar()
        tops = [heading.y() for heading in self._headings]
        seen = max((n for n, top in enumerate(tops) if top <= place + 24), default=0)
        chosen = self.outline.currentRow()
        if place == bar.maximum() and chosen > seen:
            return
        self.outline.blockSignals(True)
        self.outline.setCurrentRow(seen)
        self.outline.blockSignals(False)


def _named(problem: Problem) -> set[str]:
    return {str(value) for value in problem.where.values.values()}
