"""The three fates of an error.

Cancelled: silence. A refusal (``SurveyError``, ``AnalysisError``): its own sentence, with its
problems in a list. Anything else is the program's mistake: one dialog, and a line of the traceback
in the log without the error's own words, because those may quote an answer.
"""

from __future__ import annotations

import logging
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from analysis.errors import AnalysisError
from gui.language import Language
from gui.tasks import Cancelled
from surveys.problems import SurveyError

_log = logging.getLogger("zhiyan")


class Errors(QObject):
    """Shows errors over the window; also takes those that no code caught."""

    def __init__(self, language: Language, window: QWidget) -> None:
        super().__init__(window)
        self._language = language
        self._window = window
        self._showing_mistake = False

    def show(self, error: BaseException) -> None:
        """Give an error its fate."""
        from gui.dialogs.refusal import MistakeDialog, RefusalDialog

        if isinstance(error, Cancelled | KeyboardInterrupt):
            return
        words = self._language.words
        if isinstance(error, SurveyError | AnalysisError):
            problems = tuple(getattr(error, "problems", ()))
            RefusalDialog(self._window, words, words.say(error), problems).open()
            return
        record(error)
        if self._showing_mistake:
            return
        self._showing_mistake = True
        dialog = MistakeDialog(self._window, words, log_file())
        dialog.finished.connect(self._closed)
        dialog.open()

    def uncaught(
        self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        """Serve as ``sys.excepthook``."""
        self.show(error)

    def _closed(self) -> None:
        self._showing_mistake = False


def record(error: BaseException) -> None:
    """Log where an error happened and of what kind it is, not what it says."""
    places = traceback.StackSummary.extract(
        traceback.walk_tb(error.__traceback__), lookup_lines=False
    )
    lines = [f"  {Path(p.filename).name}:{p.lineno} {p.name}" for p in places]
    kinds = [type(error).__name__]
    cause = error.__cause__ or error.__context__
    while cause is not None and len(kinds) < 5:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    _log.error("%s\n%s", " <- ".join(kinds), "\n".join(lines))


def log_file() -> Path:
    """Where the log is."""
    from platformdirs import user_log_path

    return user_log_path("zhiyan", appauthor=False) / "zhiyan.log"


def start_log(file: Path | None = None) -> None:
    """Begin to write the log; one that cannot be written is done without."""
    file = file or log_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=500_000, backupCount=1, encoding="utf-8")
    except OSError:
        _log.addHandler(logging.StreamHandler())
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
