"""Settings with which other programs factor by default, to compare results with theirs."""

from __future__ import annotations

from typing import Literal, TypedDict, get_args

from analysis.correlation import CorrelationMethod
from analysis.errors import AnalysisError
from analysis.factor.extraction import ExtractionMethod
from analysis.factor.rotation import RotationMethod, RotationSettings
from analysis.matrices import one_of

Program = Literal["psych", "spss"]


class Convention(TypedDict):
    """Arguments for :func:`analysis.factor.fit_factors`."""

    correlation: CorrelationMethod
    missing: str
    extraction: ExtractionMethod
    extraction_tolerance: float | None
    rotation: RotationSettings


_ROTATIONS: dict[str, tuple[RotationMethod, ...]] = {
    "psych": ("none", "varimax", "quartimax", "promax", "oblimin", "quartimin", "geomin"),
    "spss": ("none", "varimax", "quartimax", "equamax", "promax", "oblimin"),
}
_STOPPED_EARLY = ("varimax", "quartimax", "promax", "oblimin", "quartimin")
_NORMALISED_BY_PSYCH = ("varimax", "promax")


def convention(
    program: Program,
    extraction: ExtractionMethod | None = None,
    rotation: RotationMethod | None = None,
) -> Convention:
    """Return the settings that another program uses.

    Parameters
    ----------
    program
        ``"psych"``: the function ``fa`` of the R package of that name (version 2.2.9); Pearson
        correlations from pairs, minres, oblimin without Kaiser's normalisation. ``"spss"``: the
        command FACTOR; Pearson correlations of complete answers, principal components, no
        rotation, Kaiser's normalisation whenever there is one.
    extraction, rotation
        What to use in place of the program's default.

    Returns
    -------
    Convention
        Arguments for :func:`analysis.factor.fit_factors`: ``fit_factors(items, 5, **convention(...))``.

    Raises
    ------
    AnalysisError
        An unknown program, extraction or rotation, or a rotation the program does not have.

    References
    ----------
    Revelle, W. (2022). *psych: Procedures for psychological, psychometric, and personality
    research* (R package version 2.2.9).

    IBM Corp. (2021). *IBM SPSS Statistics algorithms* (chapter FACTOR).
    """
    one_of(program, get_args(Program), option="program")
    if extraction is not None:
        one_of(extraction, get_args(ExtractionMethod), option="extraction")
    spss = program == "spss"
    chosen: ExtractionMethod = extraction or ("pc" if spss else "minres")
    method: RotationMethod = rotation or ("none" if spss else "oblimin")
    if method not in _ROTATIONS[program]:
        raise AnalysisError(
            "{program} has no rotation {rotation} with known settings.",
            program=program,
            rotation=method,
        )
    kaiser = None if method == "none" else spss or method in _NORMALISED_BY_PSYCH
    return Convention(
        correlation="pearson",
        missing="listwise" if spss else "pairwise",
        extraction=chosen,
        extraction_tolerance=1e-3 if chosen == "pa" else None,
        rotation=RotationSettings(
            method, kaiser=kaiser, tolerance=1e-5 if method in _STOPPED_EARLY else None
        ),
    )
