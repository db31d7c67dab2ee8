"""One question as it will be asked, with what the team needs to know about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from gui.widgets.flow import Flow
from gui.widgets.labels import label, tag
from surveys.model import Instrument, Item, ItemKind, Sensitivity
from surveys.problems import Problem
from surveys.words import Text, Words, message

KINDS = {
    ItemKind.LIKERT: message("Agreement or frequency"),
    ItemKind.ATTENTION: message("Attention check"),
    ItemKind.RATING: message("Rating"),
    ItemKind.SINGLE: message("One choice"),
    ItemKind.MULTIPLE: message("Several choices"),
    ItemKind.NUMBER: message("Number"),
    ItemKind.DATE: message("Date"),
    ItemKind.CODE: message("Code"),
    ItemKind.TEXT: message("Open answer"),
}
_CHOICES_IN_A_ROW = 3


class ItemCard(QFrame):
    """A card for one item.

    Parameters
    ----------
    languages
        Languages of the wording to show: one or two.
    problems
        Problems whose place is this item.
    """

    def __init__(
        self,
        instrument: Instrument,
        item: Item,
        number: int,
        words: Words,
        languages: tuple[str, ...],
        problems: tuple[Problem, ...] = (),
    ) -> None:
        super().__init__()
        self.item_id = item.id
        self.setProperty("kind", "card")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 14, 20, 14)
        row.setSpacing(12)
        place = label("key", str(number), wrap=False)
        place.setFixedWidth(28)
        place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        place.setContentsMargins(0, 3, 0, 0)
        row.addWidget(place)
        column = QVBoxLayout()
        column.setSpacing(6)
        row.addLayout(column, 1)
        for position, text in enumerate(wordings(item.text, languages)):
            column.addWidget(label("" if position == 0 else "soft", text, selectable=True))
        _add_answers(column, item, words, languages)
        column.addLayout(_marks(instrument, item, words))
        for problem in problems:
            column.addWidget(
                label("error", " ".join((words.say(problem.what), words.say(problem.remedy))))
            )


def wordings(text: Text, languages: tuple[str, ...]) -> list[str]:
    """Return the wordings in the given languages, each once, or whatever there is."""
    found = [text.by_language[code] for code in languages if text.by_language.get(code)]
    return list(dict.fromkeys(found)) or [str(text)]


def _add_answers(column: QVBoxLayout, item: Item, words: Words, languages: tuple[str, ...]) -> None:
    if item.scale is not None:
        scale = item.scale
        points = [
            _unbroken(f"{point} {' / '.join(wordings(found, languages))}")
            if (found := scale.label(point))
            else str(point)
            for point in scale.points
        ]
        column.addWidget(label("soft", "   ".join(points)))
    elif item.options:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        for position, option in enumerate(item.options):
            text = f"{option.code}  {' / '.join(wordings(option.label, languages))}"
            grid.addWidget(
                label("soft", text),
                position // _CHOICES_IN_A_ROW,
                position % _CHOICES_IN_A_ROW,
                Qt.AlignmentFlag.AlignTop,
            )
        for place in range(_CHOICES_IN_A_ROW):
            grid.setColumnStretch(place, 1)
        column.addLayout(grid)
    elif (text := _bounds(item, words, languages)) != "":
        column.addWidget(label("soft", text))


def _unbroken(text: str) -> str:
    """Keep a point of a scale on one line."""
    return text.replace(" ", "\u00a0")


def _bounds(item: Item, words: Words, languages: tuple[str, ...]) -> str:
    if item.kind is ItemKind.TEXT and item.max_chars:
        return words("up to {n} characters", n=item.max_chars)
    if item.kind is ItemKind.NUMBER and item.minimum is not None and item.maximum is not None:
        unit = " / ".join(wordings(item.unit, languages)) if item.unit else ""
        return words(
            "from {low} to {high} {unit}",
            low=f"{item.minimum:g}",
            high=f"{item.maximum:g}",
            unit=unit,
        ).strip()
    if item.kind is ItemKind.CODE and item.pattern:
        return words("pattern {pattern}", pattern=item.pattern)
    return ""


def _marks(instrument: Instrument, item: Item, words: Words) -> Flow:
    row = Flow()
    key = label("key", item.id, wrap=False, selectable=True)
    key.setContentsMargins(0, 2, 6, 2)
    row.addWidget(key)
    row.addWidget(tag(words.say(KINDS[item.kind])))
    if item.construct is not None:
        known = {construct.id: construct for construct in instrument.constructs}
        construct = known.get(item.construct)
        text = words.say(construct.label) if construct else item.construct
        row.addWidget(tag(text, "tag-accent"))
    if item.reverse:
        row.addWidget(tag(words("Reversed")))
    if item.relevance:
        mark = tag(words("Asked only if…"))
        mark.setToolTip(item.relevance)
        row.addWidget(mark)
    if item.quasi_identifier:
        mark = tag(words("Could help to identify"), "tag-amber")
        mark.setToolTip(words("Together with other answers it can point to a person."))
        row.addWidget(mark)
    if item.sensitivity is not Sensitivity.LOW:
        high = item.sensitivity is Sensitivity.HIGH
        row.addWidget(
            tag(
                words("Highly sensitive") if high else words("Sensitive"),
                "tag-amber" if high else "tag",
            )
        )
    return row
