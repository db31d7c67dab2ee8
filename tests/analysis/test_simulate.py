"""The synthetic survey follows the model that ships with it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.demo import item_table
from analysis.errors import AnalysisError
from analysis.simulate import load_model, simulate_survey
from surveys.answers import Missing


@pytest.fixture(scope="module")
def items(core) -> pd.DataFrame:
    return item_table(core)


@pytest.fixture(scope="module")
def large(items):
    """A survey large enough for shares to settle (standard error of a share under .004)."""
    return simulate_survey(items, load_model(), 20_000, seed=3)


def test_the_same_seed_gives_the_same_survey(items):
    """A demonstration made twice shows the same numbers."""
    first = simulate_survey(items, load_model(), 300, seed=11)
    second = simulate_survey(items, load_model(), 300, seed=11)
    other = simulate_survey(items, load_model(), 300, seed=12)
    pd.testing.assert_frame_equal(first.values, second.values)
    pd.testing.assert_frame_equal(first.gaps, second.gaps)
    assert not first.values.equals(other.values)


def test_latent_variables_have_unit_variance_and_mean_zero(large):
    """The paths are standardised effects only if the latent variables are on that scale."""
    # Twelve counties carry up to 8 % of the variance: a mean wanders by sqrt(.08 / 12) = .08.
    assert large.latent.mean().abs().max() < 0.35
    assert large.latent.std().between(0.85, 1.15).all()


def test_regression_on_the_latent_variables_recovers_the_paths(large):
    """What a perfect analysis would find is what the model says, zeros included."""
    model = load_model()
    causes = [*model.drivers, "PSAF"]
    x = large.latent[causes].to_numpy()
    acct, back = large.latent["ACCT"].to_numpy(), large.latent["BACK"].to_numpy()
    design = np.column_stack([np.ones(len(x)), x, acct * back])
    beta = np.linalg.lstsq(design, large.latent["RISK"].to_numpy(), rcond=None)[0]
    found = pd.Series(beta[1:-1], index=causes)
    truth = model.direct_effects("RISK").reindex(causes, fill_value=0.0)
    # Residual variance .46 at n = 20,000 gives errors near .006; county residuals and group shifts
    # of the outcome that go with a driver add a little.
    assert (found - truth).abs().max() < 0.03
    assert beta[-1] == pytest.approx(model.settings["interaction"]["effect"], abs=0.02)


def test_total_effects_add_the_way_through_the_mediator():
    """CRED: -.12 directly, and .35 times -.25 through psychological safety."""
    total = load_model().total_effects("RISK")
    assert total["CRED"] == pytest.approx(-0.12 + 0.35 * -0.25)
    assert total["INDL"] == 0.0


def test_answers_are_legal(large, core):
    """Every answer is one the questionnaire allows."""
    for item in core.items:
        if item.scale is None:
            continue
        answers = large.values[item.id].dropna()
        assert set(answers.unique()) <= set(item.scale.points), item.id


def test_reverse_items_run_against_their_construct(large, core):
    """A lost reverse flag would turn these correlations round."""
    attentive = ~large.careless
    for construct in core.scales():
        eta = large.latent[construct.id][attentive]
        for item in core.items_of(construct.id):
            r = large.values.loc[attentive, item.id].corr(eta)
            assert (r < -0.2) if item.reverse else (r > 0.2), item.id


def test_missing_answers_follow_their_rules(large):
    """Shares of skipped, declined and broken-off answers are those of the model."""
    kinds = large.gaps
    assert (kinds["MORA1"] == Missing.SKIPPED).mean() == pytest.approx(0.015, abs=0.004)
    assert (kinds["D_EDU"] == Missing.NOT_REACHED).mean() == pytest.approx(0.03, abs=0.005)
    assert (kinds["MORA1"] == Missing.NOT_REACHED).sum() == 0
    assert (kinds["D_COUNTY"] == Missing.NOT_REACHED).sum() == 0
    declined = kinds["CRED4"] == Missing.PREFER_NOT
    # Those who decline CRED4 are the risk-averse ones: missing not at random.
    assert large.latent["RISK"][declined].mean() > large.latent["RISK"].mean() + 0.3


def test_careless_people_are_fast_and_few(large):
    """6.5 % answer without reading, in a fifth of the time."""
    assert large.careless.mean() == pytest.approx(0.065, abs=0.006)
    assert large.seconds[large.careless].median() == pytest.approx(150, rel=0.05)
    assert large.seconds[~large.careless].median() == pytest.approx(720, rel=0.03)


def test_townships_lie_in_one_county(large):
    """Townships are nested: a town code never occurs in two counties."""
    places = large.values[["D_TOWN", "D_COUNTY"]].dropna().drop_duplicates()
    assert places["D_TOWN"].is_unique
    assert places["D_TOWN"].nunique() == 40


def test_too_few_people_are_refused(items):
    with pytest.raises(AnalysisError, match="at least 120"):
        simulate_survey(items, load_model(), 50)
