"""A made-up survey whose truth is known: for demonstrations, tests and power questions."""

from __future__ import annotations

from analysis.simulate.survey import SimulatedSurvey, simulate_survey
from analysis.simulate.truth import Model, load_model

__all__ = ["Model", "SimulatedSurvey", "load_model", "simulate_survey"]
