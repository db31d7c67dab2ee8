"""Titles of the chapters."""

from __future__ import annotations

from surveys.words import Message, message

CHAPTER_TITLES: dict[str, Message] = {
    "design": message("How the survey was done"),
    "respondents": message("Who answered"),
    "quality": message("Data quality"),
    "items": message("What they said"),
    "scales": message("The scales at a glance"),
    "factors": message("Which questions belong together"),
    "reliability": message("Do the questions of a scale hang together?"),
    "drivers": message("What goes with the outcome"),
}
