"""Answers that several tests analyse."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.demo import entries_of, item_table
from analysis.simulate import load_model, simulate_survey
from surveys import bank
from surveys.answers import Answers
from surveys.project import Project
from surveys.study import Study
from surveys.words import Text

REFERENCE = Path(__file__).parent / "reference"


@pytest.fixture(scope="session")
def core():
    """The core questionnaire."""
    return bank.load("cmra_core")


@pytest.fixture(scope="session")
def simulated(core):
    """One synthetic survey of 900 people, with its truth."""
    return simulate_survey(item_table(core), load_model(), 900, seed=7)


@pytest.fixture(scope="session")
def core_study():
    """A study whose answers are made up."""
    return Study(title=Text({"zh": "测试", "en": "Test"}), synthetic=True)


@pytest.fixture(scope="session")
def core_answers(core, simulated, core_study, tmp_path_factory) -> Answers:
    """The answers of the synthetic survey as a project gives them."""
    path = tmp_path_factory.mktemp("core") / "core.zhiyan"
    with Project.create(path, "test", core_study, core) as project:
        project.add_entries(entries_of(simulated, core))
        return project.answers()


@pytest.fixture(scope="session")
def bfi() -> pd.DataFrame:
    """The 2,800 people of the bfi data: 25 items, 1 to 6."""
    return pd.read_csv(REFERENCE / "data_bfi.csv")
