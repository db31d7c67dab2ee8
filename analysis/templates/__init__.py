"""The chapters of a report: each module turns answers into tables, sentences and cautions."""

from __future__ import annotations

from collections.abc import Callable

from analysis.findings import Chapter
from analysis.templates.design import make_design
from analysis.templates.drivers import make_drivers
from analysis.templates.factors import make_factors
from analysis.templates.items import make_items
from analysis.templates.quality import make_quality
from analysis.templates.reliability import make_reliability
from analysis.templates.respondents import make_respondents
from analysis.templates.scales import make_scales
from analysis.templates.titles import CHAPTER_TITLES
from analysis.templates.workings import Tick, Workings

__all__ = ["CHAPTER_MAKERS", "CHAPTER_TITLES", "Workings"]

CHAPTER_MAKERS: dict[str, tuple[Callable[[Workings, Tick], Chapter], float]] = {
    "design": (make_design, 0.1),
    "respondents": (make_respondents, 0.1),
    "quality": (make_quality, 1.0),
    "items": (make_items, 0.5),
    "scales": (make_scales, 0.5),
    "factors": (make_factors, 4.0),
    "reliability": (make_reliability, 0.5),
    "drivers": (make_drivers, 2.0),
}
"""What makes each chapter, and roughly how long it takes beside the others."""
