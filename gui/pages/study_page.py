"""The project at a glance, and the details of the study."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from analysis.reports.formatting import grouped
from gui.commands import ChangeStudy
from gui.pages.page import Page, scrolled
from gui.session import Session
from gui.widgets.fields import spin_box
from gui.widgets.labels import label
from gui.widgets.notice import Notice
from surveys.study import FLOOR_THRESHOLD, SUPERIOR_THRESHOLD, Study
from surveys.words import Message, Text, message

_MONTH = QRegularExpression("(19|20)[0-9]{2}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class _Field:
    """A text of the study: its attribute, its name, and what to write."""

    attribute: str
    name: Message
    hint: Message


_FIELDS = (
    _Field("title", message("Title"), message("As it stands on the report")),
    _Field(
        "population",
        message("Who is asked"),
        message("For example: section-level officials of twelve counties"),
    ),
    _Field("sponsor", message("Sponsor"), message("Who pays for or ordered the survey")),
    _Field(
        "who_sees",
        message("Who sees what"),
        message("What the respondents were promised; say it in the same words"),
    ),
)


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
        column.addWidget(self._make_form())
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

    def _make_form(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("kind", "card")
        grid = QGridLayout(frame)
        grid.setContentsMargins(24, 20, 24, 24)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(1, 1)
        self._form_title = label("heading", wrap=False)
        grid.addWidget(self._form_title, 0, 0, 1, 2)
        self._names = {}
        self.fields: dict[str, QLineEdit] = {}
        for number, field in enumerate(_FIELDS, start=1):
            self._names[field.attribute] = label("label", wrap=False)
            edit = QLineEdit()
            edit.editingFinished.connect(lambda field=field: self._text_edited(field))
            self._names[field.attribute].setBuddy(edit)
            grid.addWidget(self._names[field.attribute], number, 0)
            grid.addWidget(edit, number, 1)
            self.fields[field.attribute] = edit
        self._names["months"] = label("label", wrap=False)
        self.months = (QLineEdit(), QLineEdit())
        months = QHBoxLayout()
        months.setSpacing(8)
        for edit in self.months:
            edit.setValidator(QRegularExpressionValidator(_MONTH, edit))
            edit.setFixedWidth(112)
            edit.editingFinished.connect(self._months_edited)
            months.addWidget(edit)
        months.insertWidget(1, label("soft", "–", wrap=False))
        months.addStretch(1)
        grid.addWidget(self._names["months"], 5, 0)
        grid.addLayout(months, 5, 1)
        self._names["threshold"] = label("label", wrap=False)
        self.threshold = spin_box(width=112)
        self.threshold.valueChanged.connect(self._threshold_edited)
        self._threshold_note = label("small", wrap=True)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.threshold)
        line.addWidget(self._threshold_note, 1)
        grid.addWidget(self._names["threshold"], 6, 0)
        grid.addLayout(line, 6, 1)
        self.superior = QCheckBox()
        self.superior.toggled.connect(self._superior_edited)
        grid.addWidget(self.superior, 7, 1)
        self._form = frame
        return frame

    def retranslate(self) -> None:
        words = self.session.words
        self.title.setText(words("Project"))
        self._form_title.setText(words("About the study"))
        for field in _FIELDS:
            self._names[field.attribute].setText(words.say(field.name))
            self.fields[field.attribute].setPlaceholderText(words.say(field.hint))
            self.fields[field.attribute].setAccessibleName(words.say(field.name))
        self._names["months"].setText(words("Fieldwork, from and to"))
        for edit, name in zip(
            self.months,
            (words("First month of fieldwork"), words("Last month of fieldwork")),
            strict=True,
        ):
            edit.setAccessibleName(name)
            edit.setPlaceholderText(words("YYYY-MM"))
            edit.setToolTip(words("Year and month, for example 2026-03"))
        self._names["threshold"].setText(words("Smallest group shown"))
        self.threshold.setAccessibleName(words("Smallest group shown"))
        self.superior.setText(words("The sponsor is a superior body of the people who are asked"))

    def refresh(self) -> None:
        state, words = self.session.state, self.session.words
        if state is None:
            return
        study = state.study
        self.lead.setText(str(state.path))
        self._form.setEnabled(not state.read_only and not self.session.busy)
        for field in _FIELDS:
            edit = self.fields[field.attribute]
            text = getattr(study, field.attribute).get(self.session.language.code)
            if edit.text() != text:
                edit.setText(text)
        for edit, month in zip(self.months, study.months or ("", ""), strict=True):
            edit.setText(month)
        self.threshold.blockSignals(True)
        least = SUPERIOR_THRESHOLD if study.sponsor_is_superior else FLOOR_THRESHOLD
        self.threshold.setRange(least, 1000)
        self.threshold.setValue(study.effective_threshold())
        self.threshold.blockSignals(False)
        self._threshold_note.setText(
            words("Nothing is shown or printed about fewer people. At least {least}.", least=least)
        )
        self.superior.blockSignals(True)
        self.superior.setChecked(study.sponsor_is_superior)
        self.superior.blockSignals(False)
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

    # -- editing ---------------------------------------------------------------------------

    def _text_edited(self, field: _Field) -> None:
        study = self._study()
        if study is None:
            return
        before = getattr(study, field.attribute)
        given = self.fields[field.attribute].text().strip()
        language = self.session.language.code
        if given == before.get(language) or (field.attribute == "title" and not given):
            self.fields[field.attribute].setText(before.get(language))
            return
        after = Text({**before.by_language, language: given})
        self._push(field.name, msgspec.structs.replace(study, **{field.attribute: after}))

    def _months_edited(self) -> None:
        study = self._study()
        given = tuple(edit.text() for edit in self.months)
        if study is None or not all(edit.hasAcceptableInput() for edit in self.months):
            return
        if given == study.months:
            return
        ordered = (min(given), max(given))
        self._push(message("Months of fieldwork"), msgspec.structs.replace(study, months=ordered))

    def _threshold_edited(self, threshold: int) -> None:
        study = self._study()
        if study is not None and threshold != study.effective_threshold():
            self._push(
                message("Smallest group shown"), msgspec.structs.replace(study, threshold=threshold)
            )

    def _superior_edited(self, checked: bool) -> None:
        study = self._study()
        if study is not None and checked != study.sponsor_is_superior:
            changed = msgspec.structs.replace(study, sponsor_is_superior=checked)
            self._push(message("Superior sponsor"), changed)

    def _study(self) -> Study | None:
        state = self.session.state
        return None if state is None or state.read_only or self.session.busy else state.study

    def _push(self, name: Message, after: Study) -> None:
        before = self.session.state.study
        self.session.undo.push(
            ChangeStudy(self.session, self.session.words.say(name), before, after)
        )


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
