"""How the window looks: one palette, one style sheet, one set of type sizes on an 8-pixel grid.

The look is that of a printed page: warm white paper, dark ink, hairlines, and the accent of the
printed report.
"""

from __future__ import annotations

from importlib import resources
from string import Template

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

PAPER = "#FAF9F6"
SURFACE = "#FFFFFF"
SIDE = "#F2F0EB"
INK = "#1E2327"
INK_SOFT = "#5A6169"
INK_FAINT = "#71777E"
HAIRLINE = "#E2DFD8"
LINE = "#CFCBC2"
ACCENT = "#1F4E79"
ACCENT_DARK = "#173B5C"
ACCENT_SOFT = "#E4ECF4"
AMBER = "#8A5200"
AMBER_SOFT = "#FBF1DE"
RED = "#9E2A2B"
RED_SOFT = "#FAEAE8"

_CHINESE_FAMILIES = (
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "PingFang SC",
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
)
_LATIN_FAMILIES = ("Segoe UI", "SF Pro Text")
_SHIPPED = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")


def apply(application: QApplication) -> None:
    """Give the application its style, palette, fonts and style sheet."""
    application.setStyle("Fusion")
    application.setPalette(palette())
    application.setFont(font())
    application.setStyleSheet(style_sheet())


def font() -> QFont:
    """Return the window's font; where the system has no good Chinese font, the shipped one."""
    families = set(QFontDatabase.families())
    if not families.intersection(_CHINESE_FAMILIES):
        folder = resources.files("analysis.reports").joinpath("fonts")
        for name in _SHIPPED:
            QFontDatabase.addApplicationFontFromData(folder.joinpath(name).read_bytes())
        families = set(QFontDatabase.families())
    chosen = QFont()
    chosen.setFamilies(
        [name for name in (*_LATIN_FAMILIES, *_CHINESE_FAMILIES) if name in families]
    )
    chosen.setPixelSize(14)
    chosen.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return chosen


def set_quotes(application: QApplication, language: str) -> None:
    """Set quotation marks as narrow as Latin ones in English, in full squares in Chinese.

    Chinese fonts hold both forms of the same characters.
    """
    chosen = application.font()
    narrow = QFont.Tag("pwid")
    if language == "zh":
        chosen.unsetFeature(narrow)
    else:
        chosen.setFeature(narrow, 1)
    application.setFont(chosen)


def palette() -> QPalette:
    """Return the palette for what the style sheet does not reach."""
    made = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, PAPER),
        (role.WindowText, INK),
        (role.Base, SURFACE),
        (role.AlternateBase, PAPER),
        (role.Text, INK),
        (role.Button, SURFACE),
        (role.ButtonText, INK),
        (role.BrightText, SURFACE),
        (role.Highlight, ACCENT),
        (role.HighlightedText, SURFACE),
        (role.ToolTipBase, INK),
        (role.ToolTipText, PAPER),
        (role.PlaceholderText, INK_FAINT),
        (role.Link, ACCENT),
        (role.Accent, ACCENT),
    ):
        made.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor("#A5A49E"))
    return made


def style_sheet() -> str:
    """Return the style sheet with the colours filled in."""
    text = resources.files("gui").joinpath("theme.qss").read_text(encoding="utf-8")
    colours = {name: value for name, value in globals().items() if name.isupper()}
    folder = resources.files("gui").joinpath("icons")
    return Template(text).substitute(colours, icons=str(folder).replace("\\", "/"))
