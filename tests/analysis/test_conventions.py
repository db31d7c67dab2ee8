"""The settings of other programs."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.factor import fit_factors
from analysis.factor.conventions import convention

REFERENCE = Path(__file__).parent / "reference"


@pytest.mark.parametrize("extraction", ["minres", "pa"])
@pytest.mark.parametrize("rotation", ["varimax", "promax", "oblimin"])
def test_psych_is_reproduced(extraction, rotation):
    """With its stopping rules the loadings are psych's in psych's order of factors, to 1e-5."""
    fits = json.loads((REFERENCE / "efa_bfi.json").read_text(encoding="utf-8"))["fits"]
    items = pd.read_csv(REFERENCE / "data_bfi.csv").iloc[:, :25].dropna()
    solution = fit_factors(items, 5, **convention("psych", extraction, rotation))
    ours = solution.loadings.to_numpy()
    theirs = np.array(fits[f"{extraction}_{rotation}"]["loadings"]["values"])
    # psych orders oblique factors without their correlations: match by the nearest column.
    order = [int(np.abs(ours.T @ column).argmax()) for column in theirs.T]
    np.testing.assert_allclose(ours[:, order], theirs, atol=1e-5)


def test_spss_has_its_defaults():
    """Components of complete answers, unrotated; Kaiser's normalisation in every rotation."""
    default = convention("spss")
    assert default["extraction"] == "pc"
    assert default["missing"] == "listwise"
    assert default["rotation"].method == "none"
    for method in ("varimax", "oblimin", "promax", "equamax", "quartimax"):
        assert convention("spss", "pa", method)["rotation"].normalised
    assert not convention("psych")["rotation"].normalised


def test_what_a_program_does_not_have_is_refused():
    with pytest.raises(AnalysisError, match="program cannot be"):
        convention("sas")
    with pytest.raises(AnalysisError, match="no rotation geomin"):
        convention("spss", rotation="geomin")
    with pytest.raises(AnalysisError, match="extraction cannot be"):
        convention("psych", "alpha")
