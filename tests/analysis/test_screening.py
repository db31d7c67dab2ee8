"""Screening: planted careless respondents are found, careful ones are left alone, nobody by one sign."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from analysis.errors import AnalysisError
from analysis.scores import Scale
from analysis.screening import Thresholds, acquiescence, screen, sensitivity
from analysis.screening.response_quality import intra_individual_sd, longest_run, squared_distances

NAN = float("nan")
SCALES = [
    Scale(f"S{s}", tuple(f"S{s}_{k}" for k in range(4)), frozenset({f"S{s}_1", f"S{s}_2"}))
    for s in range(6)
]
ITEMS = [name for scale in SCALES for name in scale.items]


def survey(n=600, seed=3):
    """Six traits, four items each (two reversed), five categories; a quarter of a point of noise."""
    rng = np.random.default_rng(seed)
    mix = 0.6 * np.eye(6) + 0.4
    traits = rng.multivariate_normal(np.zeros(6), mix, n)
    sign = np.tile([1, -1, -1, 1], 6)
    latent = np.repeat(traits, 4, axis=1) * sign + 0.7 * rng.normal(size=(n, 24))
    return pd.DataFrame(np.clip(np.round(3 + 1.1 * latent), 1, 5), columns=ITEMS)


@pytest.fixture
def answers():
    data = survey().assign(att=4.0, seconds=200.0)
    rng = np.random.default_rng(9)
    data.loc[:19, ITEMS] = 3.0  # straight-liners
    data.loc[20:39, ITEMS] = rng.integers(1, 6, (20, 24))  # at random
    data.loc[:39, "att"] = 2.0
    data.loc[:9, "seconds"] = 20.0
    return data


def check(data, **options):
    return screen(data, [ITEMS], SCALES, {"att": 4}, "seconds", **options)


def test_planted_careless_answers_are_found_and_careful_ones_left(answers):
    found = check(answers)
    assert found.flagged[:20].all()
    assert found.flagged[20:40].mean() >= 0.7
    assert found.flagged[40:].mean() < 0.01
    assert found.n_flagged + found.n_kept == found.n == 600
    assert found.counts.loc["attention", "flagged"] == 40
    assert found.counts.loc["time", "flagged"] == 10
    assert (found.kept == ~found.flagged).all()


def test_one_sign_alone_sets_nobody_aside(answers):
    careful = answers.loc[40:].copy()
    careful.loc[50:59, "att"] = 1.0
    found = check(careful)
    single = found.kinds == 1
    assert single.loc[50:59].any()
    assert not found.flagged[single].any()


def test_two_indices_of_one_kind_count_once(answers):
    found = check(answers.assign(att=4.0, seconds=500.0), indices=["longstring", "irv"])
    assert found.flags.loc[:19].all(axis=None)
    assert found.n_flagged == 0
    assert any("1 kinds" in str(remark) for remark in found.notes)


def test_without_constructs_the_rule_says_what_it_cannot_see(answers):
    found = screen(answers[ITEMS])
    assert list(found.counts.index) == ["longstring", "mahalanobis", "irv"]
    assert set(found.not_computed) == {"attention", "time"}
    assert found.flagged[:20].all()
    assert any("No constructs are known" in str(remark) for remark in found.notes)


def test_one_block_answered_alike_in_good_faith_is_no_lack_of_spread(answers):
    answers.loc[100, ITEMS[:12]] = 4.0
    answers.loc[100, ITEMS[12:]] = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2]
    found = screen(answers, [ITEMS[:12], ITEMS[12:]], indices=["longstring", "irv"])
    assert found.flags.loc[100].to_dict() == {"longstring": True, "irv": False}


def test_missing_attention_and_time_are_not_held_against_anybody(answers):
    answers.loc[100:199, ["att", "seconds"]] = np.nan
    found = check(answers)
    assert not found.flags.loc[100:199, ["attention", "time"]].any(axis=None)
    assert found.counts.loc["time", "computed"] == 500


def test_short_blocks_give_no_longstring_and_say_so(answers):
    found = screen(answers, [ITEMS[:5], ITEMS[5:9]], SCALES)
    assert "12" in str(found.not_computed["longstring"])


def test_runs_are_counted_within_blocks_only(answers):
    found = screen(answers, [ITEMS[:12], ITEMS[12:]], SCALES)
    assert found.values.loc[0, "longstring"] == 12


@pytest.mark.parametrize(
    ("row", "longest"),
    [
        ([1, 1, 1, 2, 2], 3),
        ([1, 2, 2, 2, 2], 4),
        ([1, 1, NAN, 1, 1], 2),
        ([NAN, NAN, 3, NAN, NAN], 1),
        ([1, 2, 3, 4, 5], 1),
    ],
)
def test_longest_run_by_hand(row, longest):
    assert longest_run(np.array([row]))[0] == longest


def test_nobody_answers_means_no_run():
    assert np.isnan(longest_run(np.full((1, 4), NAN))[0])


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(np.float64, (3, 12), elements=st.sampled_from([1.0, 2.0, 3.0, NAN])))
def test_spread_within_a_person_is_the_standard_deviation_of_the_answers(values):
    found = intra_individual_sd(values, least=2)
    for row, sd in zip(values, found, strict=True):
        given_answers = row[~np.isnan(row)]
        if len(given_answers) < 2:
            assert np.isnan(sd)
        else:
            assert sd == pytest.approx(given_answers.std(ddof=1), abs=1e-12)


def test_distances_with_gaps_equal_the_distance_over_the_answered_items():
    """Conditional on the pattern: x_O' S_OO^-1 x_O for whoever skipped something."""
    rng = np.random.default_rng(2)
    values = rng.multivariate_normal(np.zeros(5), 0.5 * np.eye(5) + 0.5, 400)
    values[rng.random(values.shape) < 0.1] = NAN
    frame = pd.DataFrame(values)
    distance, answered, smoothed = squared_distances(values)
    mean, covariance = frame.mean().to_numpy(), frame.cov().to_numpy()
    assert not smoothed
    for row in range(60):
        o = np.flatnonzero(~np.isnan(values[row]))
        if 2 * len(o) < 5:
            assert np.isnan(distance[row])
            continue
        d = values[row, o] - mean[o]
        expected = d @ np.linalg.solve(covariance[np.ix_(o, o)], d)
        assert distance[row] == pytest.approx(expected, rel=1e-9)
        assert answered[row] == len(o)
    tail = stats.chi2.sf(distance, answered)
    assert stats.kstest(tail[~np.isnan(tail)], "uniform").pvalue > 0.001


def test_synonyms_and_antonyms_are_found_and_random_answers_contradict_them(answers):
    found = check(answers, indices=["synonyms", "antonyms"])
    assert found.flags.loc[20:39].any(axis=1).mean() > 0.3
    assert found.flags.loc[40:].any(axis=1).mean() < 0.1
    assert found.counts.loc["antonyms", "computed"] > 300


def test_agreeing_with_everything_shows_and_content_cancels():
    data = survey(200)
    readily = acquiescence(data, SCALES)
    assert acquiescence(data * 0 + 5, SCALES).eq(1).all()
    assert np.corrcoef(readily, data["S0_0"])[0, 1] < 0.4
    with pytest.raises(AnalysisError, match="both forward and reversed"):
        acquiescence(data, [Scale("S0", SCALES[0].items)])


def test_sensitivity_shows_the_statistic_before_and_after(answers):
    found = check(answers)
    table = sensitivity(answers, found, lambda frame: frame[ITEMS[:2]].mean())
    assert table["everybody"].tolist() == pytest.approx(answers[ITEMS[:2]].mean().tolist())
    assert (table["difference"] == table["kept"] - table["everybody"]).all()
    with pytest.raises(AnalysisError, match="rows"):
        sensitivity(answers.iloc[1:], found, lambda frame: frame[ITEMS].mean())


def test_order_of_respondents_does_not_matter(answers):
    found = check(answers)
    shuffled = check(answers.sample(frac=1, random_state=1))
    pd.testing.assert_series_equal(shuffled.flagged.sort_index(), found.flagged)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"indices": ["mood"]}, "mood"),
        ({"attention": {"absent": 4}}, "absent"),
        ({"seconds": "absent"}, "absent"),
        ({"blocks": [["absent"]]}, "absent"),
        ({"blocks": []}, "no items"),
        ({"thresholds": Thresholds(mahalanobis_p=2)}, "threshold"),
    ],
)
def test_impossible_requests_are_refused(answers, options, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        screen(answers, **{"blocks": [ITEMS], "scales": SCALES, **options})


@settings(max_examples=40, deadline=None)
@given(hnp.arrays(np.float64, (25, 13), elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, NAN])))
def test_any_answers_give_flags_or_a_named_refusal(values):
    data = pd.DataFrame(values, columns=[f"i{k}" for k in range(13)])
    scales = [Scale(f"S{k}", (f"i{3 * k}", f"i{3 * k + 1}", f"i{3 * k + 2}")) for k in range(4)]
    try:
        found = screen(data, scales=scales)
    except AnalysisError as refusal:
        assert str(refusal)
    else:
        assert found.flags.dtypes.eq(bool).all()
        assert set(found.counts.index) | set(found.not_computed) == {
            "attention",
            "time",
            "longstring",
            "mahalanobis",
            "even_odd",
        }
