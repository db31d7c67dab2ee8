"""What the window remembers between two runs: language, size, recent files. Never an answer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QLocale, QSettings

from surveys.words import LANGUAGES

RECENT_FILES = 8


class Settings:
    """An ini file in the user's configuration folder.

    Parameters
    ----------
    file
        Where to keep it; without, the folder the system provides for it.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._store = QSettings(str(file or _default_file()), QSettings.Format.IniFormat)

    @property
    def language(self) -> str:
        """Language of the window: the one chosen last, or else that of the system."""
        kept = self._store.value("language")
        if kept in LANGUAGES:
            return str(kept)
        english = QLocale.system().language() == QLocale.Language.English
        return "en" if english else LANGUAGES[0]

    @language.setter
    def language(self, code: str) -> None:
        self._store.setValue("language", code)

    @property
    def geometry(self) -> QByteArray | None:
        """Place and size of the window, if it was open before."""
        kept = self._store.value("geometry")
        return kept if isinstance(kept, QByteArray) else None

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("geometry", geometry)

    @property
    def recent(self) -> list[Path]:
        """Projects opened last, newest first, as far as they still exist."""
        kept = self._store.value("recent") or []
        names = [kept] if isinstance(kept, str) else list(kept)
        return [path for path in map(Path, names) if path.is_file()]

    def remember(self, file: Path) -> None:
        """Put a project first among the recent ones."""
        file = file.resolve()
        others = [path for path in self.recent if path != file]
        self._store.setValue("recent", [str(path) for path in [file, *others][:RECENT_FILES]])

    def forget(self, file: Path) -> None:
        """Take a project off the recent ones."""
        self._store.setValue("recent", [str(path) for path in self.recent if path != file])

    @property
    def folder(self) -> Path:
        """Where a file dialog opens first."""
        kept = self._store.value("folder")
        return Path(str(kept)) if kept and Path(str(kept)).is_dir() else Path.home()

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._store.setValue("folder", str(folder))

    def save(self) -> None:
        """Write what was changed."""
        self._store.sync()


def _default_file() -> Path:
    from platformdirs import user_config_path

    folder = user_config_path("zhiyan", appauthor=False, ensure_exists=True)
    return folder / "window.ini"
