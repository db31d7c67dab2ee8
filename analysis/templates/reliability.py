"""Do the questions of a scale hang together: alpha with its interval, and each item's part in it."""

from __future__ import annotations

from collections.abc import Collection

from analysis.findings import Cell, Chapter, Hidden, Kind, Provenance, Table
from analysis.reliability import Reliability, cronbach_alpha, keys_from_loadings
from analysis.templates.cells import column, construct_label, interval, number, wording
from analysis.templates.titles import CHAPTER_TITLES
from analysis.templates.workings import Tick, Workings
from surveys.words import Message, Text, as_message, message

USABLE, GOOD = 0.60, 0.70


def make_reliability(workings: Workings, tick: Tick) -> Chapter:
    """Compute alpha for each construct, or for each factor where no construct is known."""
    by_factor = not workings.scales
    groups = _factor_groups(workings, tick) if by_factor else _construct_groups(workings)
    if not groups:
        return Chapter(
            id="reliability",
            title=CHAPTER_TITLES["reliability"],
            omitted=message("No two questions belong to one scale or load on one factor."),
        )
    rows: list[tuple[Cell, ...]] = []
    details: list[tuple[Cell, ...]] = []
    notes: list[Message] = []
    low: list[Message | Text | str] = []
    for label, items, reverse in groups:
        answered = int(workings.items[items].notna().any(axis=1).sum())
        if answered < workings.plan.threshold:
            rows.append((label, len(items), *[Hidden()] * 5))
            continue
        found = cronbach_alpha(workings.items[items], reverse, confidence=workings.plan.confidence)
        rows.append(_row(label, found))
        details.extend(_details(workings, label, found, reverse))
        notes.extend(
            message("{label}: {remark}", label=label, remark=as_message(remark))
            for remark in found.notes
        )
        if found.alpha < USABLE:
            low.append(label)
    tick(1.0)
    provenance = Provenance(
        n=len(workings.items),
        estimator=message("Cronbach's alpha from the covariances, interval after Feldt"),
        weights=message("none"),
        missing=message("pairwise: each covariance uses those who answered both questions"),
    )
    tables = (
        _alpha_table(workings, rows, notes, provenance, by_factor=by_factor),
        _item_table(details, provenance, by_factor=by_factor),
    )
    return Chapter(
        id="reliability",
        title=CHAPTER_TITLES["reliability"],
        question=message("Do the questions meant to measure the same thing get similar answers?"),
        sentences=_sentences(len(groups), low, by_factor=by_factor),
        tables=tables,
        cautions=_cautions(by_factor=by_factor),
    )


_Group = tuple[Message | Text | str, list[str], Collection[str]]


def _construct_groups(workings: Workings) -> list[_Group]:
    return [
        (
            construct_label(workings.instrument, scale.name),
            list(scale.items),
            scale.reversed_items,
        )
        for scale in workings.scales
    ]


def _factor_groups(workings: Workings, tick: Tick) -> list[_Group]:
    keys = keys_from_loadings(workings.factors(tick).loadings)
    return [
        (
            message("Factor {name}", name=str(name)),
            list(signs),
            [item for item, sign in signs.items() if sign < 0],
        )
        for name, signs in keys.items()
        if len(signs) >= 2
    ]


def _row(label: Message | Text | str, found: Reliability) -> tuple[Cell, ...]:
    if found.alpha < USABLE:
        verdict = message("low")
    elif found.alpha < GOOD:
        verdict = message("usable")
    else:
        verdict = message("good")
    return (
        label,
        found.n_items,
        found.n,
        number(found.alpha),
        interval(*found.ci),
        number(found.average_r),
        verdict,
    )


def _details(
    workings: Workings, label: Message | Text | str, found: Reliability, reverse: Collection[str]
) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for name, statistics in found.items.iterrows():
        item = workings.instrument.item(str(name))
        rows.append(
            (
                label,
                item.id,
                wording(item),
                item.id in reverse,
                number(statistics["item_rest_r"]),
                number(statistics["alpha_if_dropped"]),
            )
        )
    return rows


def _group_label(*, by_factor: bool) -> Message:
    return message("Factor") if by_factor else message("Scale")


def _alpha_table(
    workings: Workings,
    rows: list[tuple[Cell, ...]],
    notes: list[Message],
    provenance: Provenance,
    *,
    by_factor: bool,
) -> Table:
    return Table(
        id="reliability.alpha",
        title=message("Alpha of each factor") if by_factor else message("Alpha of each scale"),
        columns=(
            column("construct", _group_label(by_factor=by_factor), Kind.LABEL),
            column("n_items", message("Items"), Kind.WHOLE),
            column("n", message("People"), Kind.COUNT),
            column("alpha", message("Alpha"), Kind.ESTIMATE),
            column(
                "ci",
                message("{level:.0f}% interval", level=100 * workings.plan.confidence),
                Kind.INTERVAL,
            ),
            column("average_r", message("Mean correlation"), Kind.ESTIMATE),
            column("verdict", message("Verdict"), Kind.LABEL),
        ),
        rows=tuple(rows),
        notes=(
            message("Low is below {low:.2f}, good is {good:.2f} and more.", low=USABLE, good=GOOD),
            *notes,
        ),
        provenance=provenance,
    )


def _item_table(rows: list[tuple[Cell, ...]], provenance: Provenance, *, by_factor: bool) -> Table:
    return Table(
        id="reliability.items",
        title=message("Each question's part"),
        columns=(
            column("construct", _group_label(by_factor=by_factor), Kind.LABEL),
            column("item", message("Item"), Kind.KEY),
            column("text", message("Question"), Kind.LABEL),
            column("reversed", message("Reversed"), Kind.MARK),
            column("item_rest", message("Item-rest r"), Kind.ESTIMATE),
            column("alpha_dropped", message("Alpha without it"), Kind.ESTIMATE),
        ),
        rows=tuple(rows),
        provenance=provenance,
    )


def _sentences(
    n_groups: int, low: list[Message | Text | str], *, by_factor: bool
) -> tuple[Message, ...]:
    if by_factor:
        first = message(
            "{k} of {n} factors reach an alpha of {usable:.2f}.",
            k=n_groups - len(low),
            n=n_groups,
            usable=USABLE,
        )
    else:
        first = message(
            "{k} of {n} scales meet the usable standard (alpha of {usable:.2f} or more).",
            k=n_groups - len(low),
            n=n_groups,
            usable=USABLE,
        )
    if not low:
        return (first,)
    return (
        first,
        message("Low in reliability, so to be read with care: {names}.", names=list(low)),
    )


def _cautions(*, by_factor: bool) -> tuple[Message, ...]:
    if not by_factor:
        return ()
    return (
        message(
            "No scales were known. Each question was put with the factor on which it loads most, and "
            "the sign of the loading decided whether it was reversed; alphas made this way flatter."
        ),
    )
