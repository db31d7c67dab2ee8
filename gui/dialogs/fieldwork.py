"""How many forms were handed out and how many came back, place by place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from gui.dialogs.dialog import Dialog
from gui.widgets.buttons import button
from gui.widgets.labels import label
from surveys.study import Fieldwork
from surveys.words import Words


class FieldworkDialog(Dialog):
    """A table to type into; rows without a place are left out.

    Parameters
    ----------
    agreed
        Called with all places when the dialog is confirmed.
    """

    def __init__(
        self,
        parent: QWidget | None,
        words: Words,
        places: Sequence[Fieldwork],
        agreed: Callable[[tuple[Fieldwork, ...]], object],
    ) -> None:
        super().__init__(parent, words, words("Forms handed out and returned"), 560)
        self._agreed = agreed
        note = words("Give places as codes, never by name. The report shows the share returned.")
        self.body.addWidget(label("soft", note))
        self.table = QTableWidget(0, 3)
        self.table.setHorizontalHeaderLabels(
            [words("Place"), words("Handed out"), words("Returned")]
        )
        self.table.setAccessibleName(words("Forms handed out and returned"))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(36)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setMinimumHeight(280)
        self.body.addWidget(self.table, 1)
        for place in places:
            self._add(place.place, str(place.distributed), str(place.returned))
        row = QHBoxLayout()
        more = button("quiet", "plus", self._add)
        more.setText(words("Add a place"))
        less = button("quiet", "minus", self._remove)
        less.setText(words("Remove the place"))
        row.addWidget(more)
        row.addWidget(less)
        row.addStretch(1)
        self.body.addLayout(row)
        self.accept_button.setText(words("Save"))
        if not places:
            self._add()

    def _add(self, place: str = "", distributed: str = "", returned: str = "") -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        for column, text in enumerate((place, distributed, returned)):
            cell = QTableWidgetItem(text)
            if column:
                cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, column, cell)
        self.table.setCurrentCell(row, 0)

    def _remove(self) -> None:
        self.table.removeRow(max(self.table.currentRow(), 0))

    def confirm(self) -> None:
        """Check the numbers, then save."""
        words = self.words
        self.table.setCurrentCell(-1, -1)
        found: list[Fieldwork] = []
        for row in range(self.table.rowCount()):
            place, distributed, returned = (
                (cell.text().strip() if (cell := self.table.item(row, column)) else "")
                for column in range(3)
            )
            if not place:
                continue
            if not (distributed.isdecimal() and returned.isdecimal()):
                self.refuse(words("{place}: both numbers must be whole numbers.", place=place))
                return
            if int(returned) > int(distributed):
                self.refuse(words("{place}: more came back than were handed out.", place=place))
                return
            if place in {other.place for other in found}:
                self.refuse(words("{place}: the place is there twice.", place=place))
                return
            found.append(Fieldwork(place, int(distributed), int(returned)))
        self.accept()
        self._agreed(tuple(found))
