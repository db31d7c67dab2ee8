"""The details of a study: a form of which every change is saved at once and can be undone."""

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
    QLayout,
    QLineEdit,
    QWidget,
)

from gui.commands import ChangeStudy
from gui.session import Session
from gui.widgets.buttons import button
from gui.widgets.fields import ChoiceField, NumberField
from gui.widgets.labels import label
from surveys.model import Instrument, ItemKind
from surveys.study import FLOOR_THRESHOLD, SUPERIOR_THRESHOLD, Study
from surveys.words import Message, Text, message

_MONTH = "(19|20)[0-9]{2}-(0[1-9]|1[0-2])"
_DAY = _MONTH + "-(0[1-9]|[12][0-9]|3[01])"


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
_SAMPLED = (
    ("psu", message("Drawn first")),
    ("strata", message("Drawn within")),
)


class StudyForm(QFrame):
    """A card with the study's details.

    Signals
    -------
    fieldwork_wanted
        The button for the forms handed out and returned was pressed.
    """

    fieldwork_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._session = session
        self._names: dict[str, QWidget] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(24, 20, 24, 24)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(1, 1)
        self._title = label("heading", wrap=False)
        self._grid.addWidget(self._title, 0, 0, 1, 2)
        self.fields: dict[str, QLineEdit] = {}
        for field in _FIELDS:
            self.fields[field.attribute] = QLineEdit()
            self.fields[field.attribute].editingFinished.connect(
                lambda field=field: self._text_edited(field)
            )
            self._add(field.attribute, self.fields[field.attribute])
        self._add_months()
        self._add_sampling()
        self._add_threshold()
        self.retention = _dated(_DAY, 128)
        self.retention.editingFinished.connect(self._retention_edited)
        self._add("retention", _row(self.retention))

    def _add(self, name: str, widget: QWidget | QLayout) -> None:
        number = self._grid.rowCount()
        made = label("label", wrap=False)
        self._names[name] = made
        self._grid.addWidget(made, number, 0)
        if isinstance(widget, QLayout):
            self._grid.addLayout(widget, number, 1)
        else:
            made.setBuddy(widget)
            self._grid.addWidget(widget, number, 1)

    def _add_months(self) -> None:
        self.months = (_dated(_MONTH, 112), _dated(_MONTH, 112))
        for edit in self.months:
            edit.editingFinished.connect(self._months_edited)
        self.fieldwork = button("", pressed=self.fieldwork_wanted.emit)
        first, last = self.months
        row = _row(first, label("soft", "–", wrap=False), last)
        row.addSpacing(12)
        row.addWidget(self.fieldwork)
        self._add("months", row)

    def _add_sampling(self) -> None:
        self.sampled: dict[str, ChoiceField] = {}
        row = QHBoxLayout()
        row.setSpacing(12)
        for key, _name in _SAMPLED:
            self._names[key] = label("soft", wrap=False)
            box = ChoiceField()
            box.activated.connect(lambda _place, key=key: self._sampling_edited(key))
            self.sampled[key] = box
            row.addWidget(self._names[key])
            row.addWidget(box, 1)
        self._add("sampling", row)

    def _add_threshold(self) -> None:
        self.threshold = NumberField(width=112)
        self.threshold.valueChanged.connect(self._threshold_edited)
        self._threshold_note = label("small", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.threshold)
        row.addWidget(self._threshold_note, 1)
        self._add("threshold", row)
        self.superior = QCheckBox()
        self.superior.toggled.connect(self._superior_edited)
        self._grid.addWidget(self.superior, self._grid.rowCount(), 1)

    # -- words and values ------------------------------------------------------------------

    def retranslate(self) -> None:
        """Word the form again."""
        words = self._session.words
        self._title.setText(words("About the study"))
        for field in _FIELDS:
            self._names[field.attribute].setText(words.say(field.name))
            self.fields[field.attribute].setPlaceholderText(words.say(field.hint))
            self.fields[field.attribute].setAccessibleName(words.say(field.name))
        self._names["months"].setText(words("Fieldwork, from and to"))
        first, last = self.months
        first.setAccessibleName(words("First month of fieldwork"))
        last.setAccessibleName(words("Last month of fieldwork"))
        for edit in self.months:
            edit.setPlaceholderText(words("YYYY-MM"))
            edit.setToolTip(words("Year and month, for example 2026-03"))
        self.fieldwork.setText(words("Forms handed out and returned…"))
        self._names["sampling"].setText(words("Sampling"))
        for key, name in _SAMPLED:
            self._names[key].setText(words.say(name))
            self.sampled[key].setAccessibleName(words.say(name))
        self.sampled["psu"].setToolTip(
            words("People of the same place are alike; intervals become wider by it.")
        )
        self._names["threshold"].setText(words("Smallest group shown"))
        self.threshold.setAccessibleName(words("Smallest group shown"))
        self.superior.setText(words("The sponsor is a superior body of the people who are asked"))
        self._names["retention"].setText(words("Keep the answers until"))
        self.retention.setAccessibleName(words("Keep the answers until"))
        self.retention.setPlaceholderText(words("YYYY-MM-DD"))
        self.retention.setToolTip(words("After that day the answers are to be erased"))

    def refresh(self) -> None:
        """Show the study as it is in the project."""
        state, words = self._session.state, self._session.words
        if state is None:
            return
        study = state.study
        self.setEnabled(not state.read_only and not self._session.busy)
        for field in _FIELDS:
            edit = self.fields[field.attribute]
            text = getattr(study, field.attribute).get(self._session.language.code)
            if edit.text() != text:
                edit.setText(text)
        for edit, month in zip(self.months, study.months or ("", ""), strict=True):
            edit.setText(month)
        self.retention.setText(study.retention_until or "")
        self._show_sampling(state.instrument, study)
        least = SUPERIOR_THRESHOLD if study.sponsor_is_superior else FLOOR_THRESHOLD
        for widget in (self.threshold, self.superior):
            widget.blockSignals(True)
        self.threshold.setRange(least, 1000)
        self.threshold.setValue(study.effective_threshold())
        self.superior.setChecked(study.sponsor_is_superior)
        for widget in (self.threshold, self.superior):
            widget.blockSignals(False)
        self._threshold_note.setText(
            words("Nothing is shown or printed about fewer people. At least {least}.", least=least)
        )

    def _show_sampling(self, instrument: Instrument | None, study: Study) -> None:
        words = self._session.words
        for key, box in self.sampled.items():
            box.clear()
            box.addItem(self._unsaid(instrument) if key == "psu" else words("everywhere"), None)
            for item in instrument.presented() if instrument else ():
                if item.kind in {ItemKind.CODE, ItemKind.SINGLE}:
                    box.addItem(f"{item.id}  {words.say(item.text)}", item.id)
            box.setCurrentIndex(max(box.findData(getattr(study.design, key)), 0))

    def _unsaid(self, instrument: Instrument | None) -> str:
        """Say what the analysis takes for drawn first where the study does not say it."""
        words = self._session.words
        items = instrument.items if instrument else ()
        areas = [item for item in items if item.cluster_level is not None]
        if not areas:
            return words("people one by one")
        widest = max(areas, key=lambda item: item.cluster_level or 0)
        return words("automatic: {item}", item=widest.id)

    # -- editing ---------------------------------------------------------------------------

    def _text_edited(self, field: _Field) -> None:
        study = self._study()
        if study is None:
            return
        before = getattr(study, field.attribute)
        given = self.fields[field.attribute].text().strip()
        language = self._session.language.code
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

    def _retention_edited(self) -> None:
        study, given = self._study(), self.retention.text()
        if study is None or given == (study.retention_until or ""):
            return
        changed = msgspec.structs.replace(study, retention_until=given or None)
        self._push(message("Keep the answers until"), changed)

    def _sampling_edited(self, key: str) -> None:
        study, given = self._study(), self.sampled[key].currentData()
        if study is None or given == getattr(study.design, key):
            return
        design = msgspec.structs.replace(study.design, **{key: given})
        self._push(message("Sampling"), msgspec.structs.replace(study, design=design))

    def _threshold_edited(self, threshold: int) -> None:
        study = self._study()
        if study is not None and threshold != study.effective_threshold():
            changed = msgspec.structs.replace(study, threshold=threshold)
            self._push(message("Smallest group shown"), changed)

    def _superior_edited(self, checked: bool) -> None:
        study = self._study()
        if study is not None and checked != study.sponsor_is_superior:
            changed = msgspec.structs.replace(study, sponsor_is_superior=checked)
            self._push(message("Superior sponsor"), changed)

    def _study(self) -> Study | None:
        state = self._session.state
        return None if state is None or state.read_only or self._session.busy else state.study

    def _push(self, name: Message, after: Study) -> None:
        push_study(self._session, name, after)


def push_study(session: Session, name: Message, after: Study) -> None:
    """Change the study so that it can be undone."""
    state = session.state
    if state is not None:
        session.undo.push(ChangeStudy(session, session.words.say(name), state.study, after))


def _dated(pattern: str, width: int) -> QLineEdit:
    made = QLineEdit()
    made.setValidator(QRegularExpressionValidator(QRegularExpression(f"({pattern})?"), made))
    made.setFixedWidth(width)
    return made


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
