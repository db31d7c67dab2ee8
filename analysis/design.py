"""How a sample was drawn, and what that means for standard errors.

A design is what R's survey package calls one: sampling weights, primary sampling units (the first
things drawn: counties, townships, units; here called clusters), strata within which they were
drawn, and how large a share of each stratum was drawn. Covariances are those of Taylor
linearisation with ultimate clusters (Binder 1983): whatever happened below the primary units is
inside the differences between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.errors import AnalysisError, Note, note
from analysis.numeric import Array, row_values, row_weights
from analysis.stable_order import group_codes

FEW_CLUSTERS = 15
"""Below this number of primary units a standard error is itself very uncertain."""


@dataclass(frozen=True, slots=True)
class SurveyDesign:
    """Weights and sampling units, one entry a row of the data.

    Attributes
    ----------
    weights
        Sampling weights, shape (n,); ones if there were none.
    psu
        Number of the row's primary sampling unit, shape (n,), counted across strata; without
        clusters every row is its own.
    stratum
        Number of the row's stratum, shape (n,); all 0 without strata.
    stratum_psus
        Primary units in each stratum.
    fraction
        Share of its primary units that was drawn, by stratum; 0 without finite population
        correction.
    weighted, clustered, stratified
        What was given.
    """

    weights: Array
    psu: NDArray[np.intp]
    stratum: NDArray[np.intp]
    stratum_psus: NDArray[np.intp]
    fraction: Array
    weighted: bool
    clustered: bool
    stratified: bool

    @property
    def n_psus(self) -> int:
        """Number of primary sampling units."""
        return int(self.stratum_psus.sum())

    @property
    def n_strata(self) -> int:
        """Number of strata."""
        return len(self.stratum_psus)

    @property
    def df(self) -> int:
        """Degrees of freedom of the design: primary units less strata."""
        return self.n_psus - self.n_strata

    def df_of(self, rows: NDArray[np.bool_]) -> int:
        """Degrees of freedom that the given rows have: their primary units less their strata."""
        return len(np.unique(self.psu[rows])) - len(np.unique(self.stratum[rows]))


def design_rows(
    frame: pd.DataFrame,
    weights: str | ArrayLike | None = None,
    clusters: str | ArrayLike | None = None,
    strata: str | ArrayLike | None = None,
    fpc: str | ArrayLike | None = None,
) -> NDArray[np.bool_]:
    """Tell which rows have a weight, a cluster, a stratum and a correction where one is asked for."""
    there = np.ones(len(frame), dtype=bool)
    for given, what in (
        (weights, note("weights")),
        (clusters, note("clusters")),
        (strata, note("strata")),
        (fpc, note("population sizes")),
    ):
        series = row_values(frame, given, what)
        if series is not None:
            there &= series.notna().to_numpy()
    return there


def survey_design(
    frame: pd.DataFrame,
    weights: str | ArrayLike | None = None,
    clusters: str | ArrayLike | None = None,
    strata: str | ArrayLike | None = None,
    fpc: str | ArrayLike | None = None,
) -> SurveyDesign:
    """Describe the design of a sample; every row must belong to it (see :func:`design_rows`).

    Parameters
    ----------
    frame
        One row a respondent.
    weights
        Sampling weights, positive.
    clusters
        Primary sampling units; the same name in two strata means two units.
    strata
        Strata of the primary units. Places that were all surveyed are strata, not clusters.
    fpc
        For each row, how many primary units its stratum has in the population, or the share that
        was drawn (a number up to 1); constant within a stratum.

    Raises
    ------
    AnalysisError
        A weight that is not positive, a row without cluster or stratum, a single cluster, a stratum
        with a single primary unit, a correction that varies within a stratum or is too small.
    """
    w = row_weights(frame, weights)
    stratum_of = row_values(frame, strata, note("strata"))
    stratum, stratum_names = _numbered(stratum_of, len(frame), note("strata"))
    cluster_of = row_values(frame, clusters, note("clusters"))
    if cluster_of is None:
        psu = np.arange(len(frame))
    else:
        cluster, _ = _numbered(cluster_of, len(frame), note("clusters"))
        _, psu = np.unique(stratum * (cluster.max(initial=0) + 1) + cluster, return_inverse=True)
    stratum_psus = np.zeros(len(stratum_names), dtype=np.intp)
    _, first = np.unique(psu, return_index=True)
    np.add.at(stratum_psus, stratum[first], 1)
    _check_psus(stratum_psus, stratum_names, stratum_of is not None)
    return SurveyDesign(
        weights=w,
        psu=psu.astype(np.intp),
        stratum=stratum,
        stratum_psus=stratum_psus,
        fraction=_fractions(
            row_values(frame, fpc, note("population sizes")), stratum, stratum_psus
        ),
        weighted=weights is not None,
        clustered=clusters is not None,
        stratified=strata is not None,
    )


def linearised_covariance(
    influence: Array, design: SurveyDesign, rows: NDArray[np.bool_] | None = None
) -> Array:
    """Return the covariance of an estimator from the influence of each row on it.

    V = sum over strata h of (1 - f_h) m_h / (m_h - 1) sum over its m_h primary units of
    (z_hc - mean z_h)(z_hc - mean z_h)', where z_hc sums the influences of the unit's rows. Rows
    that were not used count as zeros, so that a subset of the sample is treated as a domain and
    not as if it had been drawn by itself (Lumley 2010, section 2.2). Agrees with R's svyrecvar.

    Parameters
    ----------
    influence
        Shape (n, p): for a regression, w_i e_i x_i' A^-1.
    design
        Design of all rows.
    rows
        Which rows of the design ``influence`` belongs to; all if None.

    References
    ----------
    Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys.
    International Statistical Review, 51, 279-292.
    Lumley, T. (2010). Complex surveys: a guide to analysis using R. Wiley.
    """
    psu = design.psu if rows is None else design.psu[rows]
    totals = np.zeros((design.n_psus, influence.shape[1]))
    np.add.at(totals, psu, influence)
    home = np.zeros(design.n_psus, dtype=np.intp)
    home[design.psu] = design.stratum
    m = design.stratum_psus.astype(np.float64)
    means = np.zeros((design.n_strata, influence.shape[1]))
    np.add.at(means, home, totals)
    means /= m[:, None]
    centred = (totals - means[home]) * np.sqrt((1.0 - design.fraction) * m / (m - 1.0))[home, None]
    return np.asarray(centred.T @ centred)


def design_notes(design: SurveyDesign, df: int) -> list[Note]:
    """Return what a reader should know about the design's standard errors."""
    if design.clustered and df < FEW_CLUSTERS:
        return [
            note(
                "Only {clusters} clusters: intervals use t with {df} degrees of freedom and remain "
                "uncertain; compare them with a wild cluster bootstrap.",
                clusters=design.n_psus,
                df=df,
            )
        ]
    return []


def _numbered(
    given: pd.Series | None, n: int, what: Note
) -> tuple[NDArray[np.intp], Sequence[object]]:
    if given is None:
        return np.zeros(n, dtype=np.intp), [None]
    codes, names = group_codes(given)
    lacking = int((codes < 0).sum())
    if lacking:
        raise AnalysisError(
            "{count} of {rows} rows are missing from the {what}; leave them out first.",
            count=lacking,
            rows=n,
            what=what,
        )
    return codes, names


def _check_psus(stratum_psus: NDArray[np.intp], names: Sequence[object], stratified: bool) -> None:
    alone = np.flatnonzero(stratum_psus < 2)
    if not len(alone):
        return
    if stratified:
        raise AnalysisError(
            "These strata have a single sampling unit, so that nothing shows how units differ "
            "within them: {strata}. Join each with a similar stratum.",
            strata=[str(names[place]) for place in alone.tolist()],
        )
    raise AnalysisError(
        "All rows belong to one cluster; standard errors need at least two. Cluster by a smaller "
        "unit or leave the clusters out."
    )


def _fractions(
    fpc: pd.Series | None, stratum: NDArray[np.intp], stratum_psus: NDArray[np.intp]
) -> Array:
    fraction = np.zeros(len(stratum_psus))
    if fpc is None:
        return fraction
    size = row_weights(fpc.to_frame("fpc"), fpc)
    for place, drawn in enumerate(stratum_psus):
        sizes = size[stratum == place]
        if float(np.ptp(sizes)) > 1e-9 * float(sizes.max()):
            raise AnalysisError("The population size differs between rows of one stratum.")
        share = float(sizes[0]) if sizes[0] <= 1 else float(drawn) / float(sizes[0])
        if share > 1:
            raise AnalysisError(
                "A stratum is said to have {size:g} units in the population but {drawn} were drawn.",
                size=float(sizes[0]),
                drawn=int(drawn),
            )
        fraction[place] = share
    return fraction
