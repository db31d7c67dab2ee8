"""Asks for what a new project needs: title, questionnaire, who sees what, passphrase, place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from gui.dialogs.dialog import Dialog
from gui.dialogs.files import ask_open, ask_save
from gui.dialogs.passphrase import passphrase_field
from gui.settings import Settings
from gui.widgets.buttons import button
from gui.widgets.labels import label, line
from surveys import bank
from surveys.words import Words

LEAST_CHARACTERS = 8
"""Fewer characters are no passphrase."""


@dataclass(frozen=True, slots=True)
class NewProject:
    """What the dialog asked for.

    ``instrument`` is the id of a shipped questionnaire, the path of a file, or ``None`` where one
    will be made from data.
    """

    title: str
    who_sees: str
    superior: bool
    instrument: str | Path | None
    file: Path
    passphrase: str


class NewProjectDialog(Dialog):
    """Stays open until the project is made.

    Parameters
    ----------
    wanted
        Called with what was asked for; whoever makes the project calls :meth:`refuse` or
        :meth:`accept`.
    """

    def __init__(
        self,
        parent: QWidget | None,
        words: Words,
        settings: Settings,
        wanted: Callable[[NewProject], object],
    ) -> None:
        super().__init__(parent, words, words("New project"), 680)
        self._settings = settings
        self._wanted = wanted
        self._questionnaire: Path | None = None
        self._place_typed = False
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        self._grid = grid
        self.title = QLineEdit()
        self.title.setPlaceholderText(words("For example: Morale survey, spring 2027"))
        self.title.textChanged.connect(self._suggest_place)
        self._row(words("Title"), self.title)
        self._row(words("Questionnaire"), self._make_sources())
        self.who_sees = QLineEdit()
        self.who_sees.setPlaceholderText(words("What the respondents are told; can be added later"))
        self._row(words("Who sees what"), self.who_sees)
        self.superior = QCheckBox(
            words("The sponsor is a superior body of the people who are asked")
        )
        self.superior.setToolTip(words("Then nothing is shown about groups of fewer than 20."))
        grid.addWidget(self.superior, grid.rowCount(), 1)
        grid.addWidget(line(), grid.rowCount(), 0, 1, 2)
        self.passphrase = passphrase_field(words)
        self.again = passphrase_field(words)
        self._row(words("Passphrase"), self.passphrase)
        self._row(words("The same again"), self.again)
        self.again.setAccessibleName(words("The passphrase again"))
        warning = label(
            "small",
            words(
                "The file is encrypted with it. Nobody can recover a lost passphrase: a lost"
                " passphrase is lost data. Write it down and keep it apart from the computer."
            ),
        )
        grid.addWidget(warning, grid.rowCount(), 1)
        self.place = QLineEdit()
        self.place.textEdited.connect(self._note_typed)
        browse = button("", "folder", self._browse)
        browse.setText(words("Browse…"))
        row = _side_by_side(self.place, browse)
        self._row(words("File"), row, self.place)
        self.body.addLayout(grid)
        self.accept_button.setText(words("Create"))
        self._suggest_place()
        self.title.setFocus()

    def _row(self, name: str, widget: QWidget, buddy: QWidget | None = None) -> None:
        number = self._grid.rowCount()
        made = label("label", name, wrap=False)
        made.setBuddy(buddy or widget)
        if not (buddy or widget).accessibleName():
            (buddy or widget).setAccessibleName(name)
        tall = isinstance(widget, QWidget) and widget.layout() is not None and buddy is None
        self._grid.addWidget(
            made, number, 0, Qt.AlignmentFlag.AlignTop if tall else Qt.AlignmentFlag(0)
        )
        self._grid.addWidget(widget, number, 1)

    def _make_sources(self) -> QWidget:
        words = self.words
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.from_bank = QRadioButton(words("One of the questionnaires that come with Zhiyan"))
        self.from_file = QRadioButton(words("A questionnaire file (YAML)"))
        self.from_data = QRadioButton(words("Make one later, from data that I import"))
        group = QButtonGroup(self)
        self.bank = QComboBox()
        self.bank.setAccessibleName(words("Questionnaire of the program"))
        for entry in bank.list_instruments():
            self.bank.addItem(words.say(entry.title), entry.id)
        self._bank_note = label("small")
        self.bank.currentIndexChanged.connect(self._show_bank_note)
        choose = button("", "folder", self._choose_questionnaire)
        choose.setText(words("Choose…"))
        self._choose = choose
        self._chosen = label("soft", words("no file chosen"), wrap=False)
        for radio in (self.from_bank, self.from_file, self.from_data):
            group.addButton(radio)
            radio.toggled.connect(self._show_source)
        column.addWidget(self.from_bank)
        column.addWidget(_indented(self.bank))
        column.addWidget(_indented(self._bank_note))
        column.addWidget(self.from_file)
        column.addWidget(_indented(_side_by_side(choose, self._chosen, stretch_last=True)))
        column.addWidget(self.from_data)
        self.from_bank.setChecked(True)
        self._show_bank_note()
        return holder

    def _show_source(self) -> None:
        self.bank.setEnabled(self.from_bank.isChecked())
        self._choose.setEnabled(self.from_file.isChecked())

    def _show_bank_note(self) -> None:
        entry = bank.list_instruments()[self.bank.currentIndex()]
        self._bank_note.setText(
            self.words(
                "{purpose} {n} questions, about {minutes} minutes.",
                purpose=entry.purpose,
                n=entry.n_items,
                minutes=entry.minutes,
            )
        )

    def _choose_questionnaire(self) -> None:
        words = self.words
        kinds = words("Questionnaires (*.yaml *.yml)") + ";;" + words("All files (*)")
        file = ask_open(self, self._settings, words("Choose a questionnaire"), kinds)
        if file is not None:
            self._questionnaire = file
            self._chosen.setText(file.name)
            self._chosen.setToolTip(str(file))

    def _suggest_place(self) -> None:
        if self._place_typed:
            return
        name = "".join(c for c in self.title.text() if c not in '<>:"/\\|?*').strip(" .")
        name = name or self.words("survey")
        self.place.setText(str(self._settings.folder / f"{name}.zhiyan"))

    def _note_typed(self) -> None:
        self._place_typed = True

    def _browse(self) -> None:
        words = self.words
        name = Path(self.place.text()).name or "survey.zhiyan"
        kinds = words("Zhiyan projects (*.zhiyan)")
        file = ask_save(self, self._settings, words("Where to keep the project"), kinds, name)
        if file is not None:
            self._place_typed = True
            self.place.setText(str(file))

    def confirm(self) -> None:
        """Check what was typed and ask for the project to be made."""
        fault = self._fault()
        if fault is not None:
            sentence, field = fault
            self.refuse(sentence)
            field.setFocus()
            return
        instrument: str | Path | None = None
        if self.from_bank.isChecked():
            instrument = self.bank.currentData()
        elif self.from_file.isChecked():
            instrument = self._questionnaire
        file = Path(self.place.text().strip())
        if file.suffix.lower() != ".zhiyan":
            file = file.with_name(file.name + ".zhiyan")
        self.set_waiting(True)
        self._wanted(
            NewProject(
                title=self.title.text().strip(),
                who_sees=self.who_sees.text().strip(),
                superior=self.superior.isChecked(),
                instrument=instrument,
                file=file,
                passphrase=self.passphrase.text(),
            )
        )

    def _fault(self) -> tuple[str, QWidget] | None:
        words = self.words
        if not self.title.text().strip():
            return words("Give the project a title."), self.title
        if self.from_file.isChecked() and self._questionnaire is None:
            return words("Choose the questionnaire file."), self._choose
        if len(self.passphrase.text()) < LEAST_CHARACTERS:
            return (
                words(
                    "The passphrase needs at least {n} characters; a few words make a good one.",
                    n=LEAST_CHARACTERS,
                ),
                self.passphrase,
            )
        if self.passphrase.text() != self.again.text():
            return words("The two passphrases differ. Type them again."), self.again
        place = self.place.text().strip()
        if not place or not Path(place).is_absolute() or not Path(place).parent.is_dir():
            return words("Choose a folder that exists for the project file."), self.place
        return None


def _indented(widget: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(24, 0, 0, 0)
    row.addWidget(widget)
    return holder


def _side_by_side(first: QWidget, second: QWidget, *, stretch_last: bool = False) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(first, 0 if stretch_last else 1)
    row.addWidget(second, 1 if stretch_last else 0)
    return holder
