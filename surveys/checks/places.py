"""How the rules say where something is wrong."""

from __future__ import annotations

from surveys.problems import Problem, Severity
from surveys.words import Message, message

QUESTIONNAIRE = message("Questionnaire")


def of_item(item_id: str) -> Message:
    """Return the place of an item."""
    return message("Item {item}", item=item_id)


def warning(code: str, where: Message, what: Message, remedy: Message) -> Problem:
    """Return a problem that does not stop the work."""
    return Problem(code, where, what, remedy, Severity.WARNING)
