"""What the chapter on drivers says: sentences chosen by the intervals, and cautions."""

from __future__ import annotations

from analysis.regression.results import RegressionFit
from analysis.templates.cells import construct_label
from analysis.templates.driver_models import Reading
from analysis.templates.workings import Workings
from surveys.words import Message, Text, message


def why_not(workings: Workings) -> Message:
    """Say what the questionnaire lacks for a chapter on drivers."""
    if not workings.scales:
        return message(
            "No outcome and no drivers are known, because the questionnaire says of no question "
            "which scale it belongs to. Give the questionnaire its constructs and their roles, then "
            "run the analyses again."
        )
    if workings.plan.outcome is None:
        return message(
            "The questionnaire has no scale with the role of an outcome; give one construct that "
            "role."
        )
    return message(
        "The questionnaire has no scale with the role of a driver; give constructs that role."
    )


def driver_sentences(
    workings: Workings, fit: RegressionFit, readings: list[Reading]
) -> tuple[Message, ...]:
    """Say what came out: the interval of each driver chooses where it is named."""
    instrument = workings.instrument
    outcome = str(workings.plan.outcome)
    outcome_label = construct_label(instrument, outcome)
    clear = sorted((r for r in readings if r.clear), key=lambda r: -abs(r.estimate))
    if not clear:
        return (
            message(
                "No driver goes clearly with “{outcome}”: every interval includes zero.",
                outcome=outcome_label,
            ),
        )
    scale = next(s for s in workings.scales if s.name == outcome)
    points = 100 * float(workings.scores[outcome].std()) / (scale.maximum - scale.minimum)
    first = clear[0]
    more = message("higher") if first.estimate > 0 else message("lower")
    labels: list[Text | str] = [construct_label(instrument, r.name) for r in clear]
    sentences = []
    if len(clear) > 1:
        sentences.append(
            message(
                "“{outcome}” goes most strongly with “{first}”, then “{second}”.",
                outcome=outcome_label,
                first=labels[0],
                second=labels[1],
            )
        )
    else:
        sentences.append(
            message(
                "“{outcome}” goes clearly with one driver only: “{first}”.",
                outcome=outcome_label,
                first=labels[0],
            )
        )
    sentences.append(
        message(
            "Other things equal, people one standard deviation higher on “{driver}” score about "
            "{points:.0f} points {more} on “{outcome}” (0-100).",
            driver=labels[0],
            points=abs(first.estimate) * points,
            more=more,
            outcome=outcome_label,
        )
    )
    opposite = [r for r in clear if r.expected != 0 and not r.as_expected]
    if opposite:
        sentences.append(
            message(
                "Against expectation: {names}.",
                names=[construct_label(instrument, r.name) for r in opposite],
            )
        )
    unclear = [r for r in readings if not r.clear]
    if unclear:
        sentences.append(
            message(
                "Not clear from these answers: {names}.",
                names=[construct_label(instrument, r.name) for r in unclear],
            )
        )
    return tuple(sentences)


def driver_cautions(fit: RegressionFit, *, adjusted: bool) -> tuple[Message, ...]:
    """Say what the figures cannot tell; ``adjusted`` if the habit of agreeing is held equal."""
    cautions = [
        message("Views that go together need not cause one another: all were asked at one moment.")
    ]
    if adjusted:
        cautions.append(
            message(
                "Some people agree with almost anything. The habit is measured on balanced items "
                "and held equal, which removes part of what it adds to effects, not all."
            )
        )
    else:
        cautions.append(
            message(
                "Some people agree with almost anything. The questionnaire has too few questions "
                "worded both ways to hold that equal, so small effects in the direction of agreeing "
                "deserve doubt."
            )
        )
    if fit.n_clusters is not None and fit.n_clusters < 15:
        cautions.append(
            message(
                "Only {n} sampling units: intervals use t with {df} degrees of freedom and are still "
                "approximate.",
                n=fit.n_clusters,
                df=fit.df,
            )
        )
    return tuple(cautions)
