"""Asks in which language the paper form is printed, and for how many copies."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from gui.dialogs.dialog import Dialog
from gui.language import NAMES
from gui.widgets.fields import NumberField
from gui.widgets.labels import label
from surveys.words import Words


class PaperDialog(Dialog):
    """Sends ``wanted`` with the language (``zh``, ``en``, ``both``) and the number of copies."""

    wanted = Signal(str, int)

    def __init__(self, parent: QWidget | None, words: Words, language: str) -> None:
        super().__init__(parent, words, words("Print the questionnaire"), 480)
        note = words("The form is written as a PDF file that any printer takes.")
        self.body.addWidget(label("soft", note))
        self.language = QComboBox()
        for code, name in (*NAMES.items(), ("both", words("Both languages"))):
            self.language.addItem(name, code)
        self.language.setCurrentIndex(self.language.findData(language))
        self.copies = NumberField(1, 500, 112)
        self.copies.setToolTip(words("All copies in one file, one after the other"))
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(12)
        form.addRow(label("label", words("Language"), wrap=False), self.language)
        form.addRow(label("label", words("Copies in the file"), wrap=False), self.copies)
        self.language.setAccessibleName(words("Language"))
        self.copies.setAccessibleName(words("Copies in the file"))
        self.body.addLayout(form)
        self.accept_button.setText(words("Choose where…"))

    def confirm(self) -> None:
        """Close, then ask where to write the file."""
        self.accept()
        self.wanted.emit(self.language.currentData(), self.copies.value())
