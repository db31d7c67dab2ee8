"""Says what the program is."""

from __future__ import annotations

from importlib import metadata

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui.dialogs.dialog import Dialog
from gui.icons import pixmap
from gui.widgets.labels import label
from surveys.words import Words


class AboutDialog(Dialog):
    """Name, version, licence, and what the figures are not for."""

    def __init__(self, parent: QWidget | None, words: Words) -> None:
        super().__init__(parent, words, words("Zhiyan"), 480)
        sign = QLabel()
        sign.setPixmap(pixmap("zhiyan", 56))
        self.body.addWidget(sign, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(label("lead", words("Offline morale surveys of local officials.")))
        self.body.addWidget(label("", words("Version {version}", version=_version())))
        self.body.addWidget(
            label(
                "soft",
                words(
                    "Free software under the GNU General Public License, version 3 or later. The"
                    " figures describe groups; they are not for judging persons or units."
                ),
            )
        )
        self.cancel_button.hide()
        self.accept_button.setText(words("Close"))


def _version() -> str:
    try:
        return metadata.version("zhiyan")
    except metadata.PackageNotFoundError:
        return "–"
