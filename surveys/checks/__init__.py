"""Everything that is wrong or doubtful in an instrument, whatever file or editor it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from surveys.checks import conditions, privacy, scales, structure, wording
from surveys.model import Instrument
from surveys.problems import Problem, Severity

__all__ = ["RULES", "check"]

RULES: tuple[Callable[[Instrument], Iterable[Problem]], ...] = (
    structure.has_items,
    structure.ids_are_good,
    structure.ids_are_unique,
    structure.each_item_has_one_place,
    structure.answers_are_possible,
    structure.constructs_are_known,
    structure.attention_checks_can_be_passed,
    structure.patterns_are_safe,
    conditions.conditions_can_be_read,
    conditions.conditions_look_back,
    conditions.conditions_can_hold,
    scales.enough_items,
    scales.keyed_both_ways,
    scales.ends_are_worded,
    scales.wording_is_balanced,
    wording.translated,
    wording.names_travel,
    privacy.consent_is_asked,
    privacy.few_quasi_identifiers,
    privacy.places_are_flagged,
    privacy.no_direct_identifiers,
    privacy.variants_are_recorded,
)
"""One function a rule."""


def check(instrument: Instrument) -> list[Problem]:
    """Return every problem of an instrument, errors first.

    Rules that need a sound structure are skipped for the parts that have none.
    """
    found = [problem for rule in RULES for problem in rule(instrument)]
    return sorted(found, key=lambda problem: problem.severity is not Severity.ERROR)
