"""What can be undone: each change carries the state before and after it."""

from __future__ import annotations

from PySide6.QtGui import QUndoCommand

from gui.guard import guarded
from gui.session import Session
from surveys.study import Study


class ChangeStudy(QUndoCommand):
    """Other study details in the project.

    Parameters
    ----------
    name
        What was changed, as the Edit menu shows it.
    """

    def __init__(self, session: Session, name: str, before: Study, after: Study) -> None:
        super().__init__(name)
        self._session = session
        self._before = before
        self._after = after

    @guarded()
    def redo(self) -> None:
        self._session.save_study(self._after)

    @guarded()
    def undo(self) -> None:
        self._session.save_study(self._before)
