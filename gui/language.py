"""The language of the window, changed while it runs; Qt's own words follow."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import PySide6
from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from gui import theme
from surveys.words import LANGUAGES, Words

NAMES = {"zh": "中文", "en": "English"}
"""Each language in its own words."""

_LOCALES = {
    "zh": QLocale(QLocale.Language.Chinese, QLocale.Country.China),
    "en": QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom),
}


class Language(QObject):
    """The words the window speaks; ``changed`` is sent when they become others.

    Views keep a reference, word themselves from :attr:`words` and again on ``changed``.
    """

    changed = Signal()
    _translator: ClassVar[QTranslator | None] = None
    """The words of Qt itself, of which the application has one set."""

    def __init__(self, language: str = LANGUAGES[0]) -> None:
        super().__init__()
        self.words = Words(language)
        self._teach_qt()

    @property
    def code(self) -> str:
        """``"zh"`` or ``"en"``."""
        return self.words.language

    def choose(self, language: str) -> None:
        """Speak ``language`` from now on."""
        if language == self.code:
            return
        self.words = Words(language)
        self._teach_qt()
        self.changed.emit()

    def _teach_qt(self) -> None:
        QLocale.setDefault(_LOCALES[self.code])
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            return
        theme.set_quotes(application, self.code)
        if Language._translator is not None:
            application.removeTranslator(Language._translator)
            Language._translator = None
        if self.code != "zh":
            return
        translator = QTranslator(application)
        for folder in _translation_folders():
            if translator.load("qtbase_zh_CN", str(folder)):
                application.installTranslator(translator)
                Language._translator = translator
                return
        raise FileNotFoundError("qtbase_zh_CN.qm is not where PySide6 keeps its translations")


def _translation_folders() -> tuple[Path, ...]:
    package = Path(PySide6.__path__[0])
    return (
        Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        package / "Qt" / "translations",
        package / "translations",
    )
