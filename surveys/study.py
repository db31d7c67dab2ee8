"""The survey around the questionnaire: whom it asks, how they were sampled, who may see what."""

from __future__ import annotations

import msgspec

from surveys.words import Text

DEFAULT_THRESHOLD = 10
FLOOR_THRESHOLD = 5
SUPERIOR_THRESHOLD = 20


class Design(msgspec.Struct, omit_defaults=True, frozen=True):
    """How people were sampled, by item ids; ``psu`` is what was drawn first."""

    psu: str | None = None
    strata: str | None = None
    weights: str | None = None
    fpc: str | None = None


class Fieldwork(msgspec.Struct, omit_defaults=True, frozen=True):
    """Forms handed out and returned at one place (a code, never a township's name)."""

    place: str
    distributed: int
    returned: int


class Study(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """What the project is about.

    Attributes
    ----------
    threshold
        Smallest group of which anything is shown; at least 5, and at least 20 where the sponsor is
        a superior body of the respondents (use :meth:`effective_threshold`).
    synthetic
        The answers are made up; every page says so.
    months
        First and last month of fieldwork, ``YYYY-MM``.
    """

    title: Text
    population: Text = Text({})
    sponsor: Text = Text({})
    sponsor_is_superior: bool = False
    design: Design = Design()
    fieldwork: tuple[Fieldwork, ...] = ()
    months: tuple[str, str] | None = None
    who_sees: Text = Text({})
    threshold: int = DEFAULT_THRESHOLD
    retention_until: str | None = None
    people: tuple[tuple[str, str], ...] = ()
    synthetic: bool = False

    def effective_threshold(self) -> int:
        """Return the threshold in force: never under the floor, raised for superior sponsors."""
        least = SUPERIOR_THRESHOLD if self.sponsor_is_superior else FLOOR_THRESHOLD
        return max(self.threshold, least)
