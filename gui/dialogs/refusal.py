"""Says why something was not done, with every problem and its remedy; and the program's mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui import theme
from gui.dialogs.dialog import Dialog
from gui.icons import pixmap
from gui.pages.page import scrolled
from gui.widgets.labels import label, line
from surveys.problems import Problem, Severity
from surveys.words import Words


class RefusalDialog(Dialog):
    """A sentence and, below it, the list of problems."""

    def __init__(
        self,
        parent: QWidget | None,
        words: Words,
        sentence: str,
        problems: Sequence[Problem] = (),
        title: str = "",
    ) -> None:
        super().__init__(parent, words, title or words("That did not work"))
        self.sentence = label("", sentence, selectable=True)
        self.body.addWidget(self.sentence)
        if problems:
            self.body.addWidget(problem_list(problems, words))
        self.cancel_button.hide()
        self.accept_button.setText(words("Close"))


class MistakeDialog(Dialog):
    """The program itself made a mistake; the data are safe."""

    def __init__(self, parent: QWidget | None, words: Words, log: Path) -> None:
        super().__init__(parent, words, words("Zhiyan made a mistake"))
        self.body.addWidget(
            label(
                "",
                words(
                    "What you were doing was not finished. Your data are safe: everything that was"
                    " saved is in the project file."
                ),
            )
        )
        self.body.addWidget(
            label(
                "soft",
                words(
                    "Where it happened is written in {log}. It holds no answers; send it to whoever"
                    " looks after the program.",
                    log=str(log),
                ),
                selectable=True,
            )
        )
        self.cancel_button.hide()
        self.accept_button.setText(words("Close"))


def problem_list(problems: Sequence[Problem], words: Words, height: int = 320) -> QWidget:
    """Make a scrolling list of problems: the place, what is wrong, what to do."""
    canvas = QWidget()
    column = QVBoxLayout(canvas)
    column.setContentsMargins(0, 0, 12, 0)
    column.setSpacing(8)
    for number, problem in enumerate(problems):
        if number:
            column.addWidget(line())
        column.addLayout(_problem(problem, words))
    column.addStretch(1)
    area = scrolled(canvas)
    area.setMinimumHeight(min(height, 72 * len(problems)))
    area.setFrameShape(QFrame.Shape.NoFrame)
    return area


def _problem(problem: Problem, words: Words) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(12)
    sign = QLabel()
    error = problem.severity is Severity.ERROR
    sign.setPixmap(pixmap("error" if error else "warning", 18, theme.RED if error else theme.AMBER))
    sign.setAccessibleName(words("Error") if error else words("Remark"))
    row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(2)
    column.addWidget(label("subheading", words.say(problem.where)))
    column.addWidget(label("", words.say(problem.what), selectable=True))
    column.addWidget(label("soft", words.say(problem.remedy), selectable=True))
    row.addLayout(column, 1)
    return row
