"""Do the questions of a scale hang together: alpha, omega, and each item's part in them."""

from __future__ import annotations

from analysis.findings import Cell, Chapter, Hidden, Kind, Provenance, Table
from analysis.items import DROP, KEEP, REVISE, UNDECIDED, ItemRules, analyse_items
from analysis.reliability import Reliability, cronbach_alpha, keys_from_loadings
from analysis.reliability.general_factor import omega
from analysis.scores import Scale
from analysis.templates.cells import column, construct_label, interval, number, wording
from analysis.templates.titles import CHAPTER_TITLES
from analysis.templates.workings import Tick, Workings
from surveys.words import Message, Text, as_message, message

USABLE, GOOD = 0.60, 0.70
LEAST_FOR_OMEGA = 3


def make_reliability(workings: Workings, tick: Tick) -> Chapter:
    """Compute alpha and omega for each construct, or for each factor where none is known."""
    by_factor = not workings.scales
    scales = _factor_scales(workings, tick) if by_factor else workings.scales
    if not scales:
        return Chapter(
            id="reliability",
            title=CHAPTER_TITLES["reliability"],
            omitted=message("No two questions belong to one scale or load on one factor."),
        )
    labels = {scale.name: _label(workings, scale.name, by_factor=by_factor) for scale in scales}
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, Reliability] = {}
    for scale in scales:
        items = list(scale.items)
        answered = int(workings.items[items].notna().any(axis=1).sum())
        if answered < workings.plan.threshold:
            rows.append((labels[scale.name], len(items), *[Hidden()] * 6))
            continue
        alpha = cronbach_alpha(
            workings.items[items], scale.reversed_items, confidence=workings.plan.confidence
        )
        found[scale.name] = alpha
        rows.append(_row(labels[scale.name], alpha, _omega(workings, scale)))
    tick(0.6)
    notes = [
        message("{label}: {remark}", label=labels[name], remark=as_message(remark))
        for name, alpha in found.items()
        for remark in alpha.notes
    ]
    low = [labels[name] for name, alpha in found.items() if alpha.alpha < USABLE]
    shown = [scale for scale in scales if scale.name in found]
    tables = [_alpha_table(workings, rows, notes, by_factor=by_factor)]
    if shown:
        tables.append(_item_table(workings, shown, found, labels, by_factor=by_factor))
    tick(1.0)
    return Chapter(
        id="reliability",
        title=CHAPTER_TITLES["reliability"],
        question=message("Do the questions meant to measure the same thing get similar answers?"),
        sentences=_sentences(len(found), low, by_factor=by_factor),
        tables=tuple(tables),
        cautions=_cautions(by_factor=by_factor),
    )


_Label = Message | Text | str


def _label(workings: Workings, name: str, *, by_factor: bool) -> _Label:
    if by_factor:
        return message("Factor {name}", name=name)
    return construct_label(workings.instrument, name)


def _factor_scales(workings: Workings, tick: Tick) -> list[Scale]:
    """Make a scale of each factor: the items that load most on it, reversed by the sign.

    Items of different response ranges are split, since a mean cannot mix them.
    """
    scales = []
    for name, signs in keys_from_loadings(workings.factors(tick).loadings).items():
        ranges: dict[tuple[int, int], list[str]] = {}
        for item_id in signs:
            scale = workings.instrument.item(item_id).scale
            if scale is not None:
                ranges.setdefault((scale.minimum, scale.maximum), []).append(item_id)
        for part, ((minimum, maximum), items) in enumerate(ranges.items()):
            if len(items) >= 2:
                reverse = frozenset(item for item in items if signs[item] < 0)
                label = name if part == 0 else f"{name}.{part + 1}"
                scales.append(Scale(label, tuple(items), reverse, minimum, maximum))
    return scales


def _omega(workings: Workings, scale: Scale) -> Cell:
    """Return omega total of a one-factor model; two items do not determine one."""
    if len(scale.items) < LEAST_FOR_OMEGA:
        return None
    items = workings.items[list(scale.items)]
    return number(omega(items, reverse=scale.reversed_items).omega_total)


def _row(label: _Label, found: Reliability, omega_total: Cell) -> tuple[Cell, ...]:
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
        omega_total,
        number(found.average_r),
        verdict,
    )


def _group_label(*, by_factor: bool) -> Message:
    return message("Factor") if by_factor else message("Scale")


def _alpha_table(
    workings: Workings, rows: list[tuple[Cell, ...]], notes: list[Message], *, by_factor: bool
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
            column("omega", message("Omega"), Kind.ESTIMATE),
            column("average_r", message("Mean correlation"), Kind.ESTIMATE),
            column("verdict", message("Verdict"), Kind.LABEL),
        ),
        rows=tuple(rows),
        notes=(
            message("Low is below {low:.2f}, good is {good:.2f} and more.", low=USABLE, good=GOOD),
            *notes,
        ),
        provenance=Provenance(
            n=len(workings.items),
            estimator=message(
                "Cronbach's alpha from the covariances, interval after Feldt; omega total of a "
                "one-factor model (minres, Pearson)"
            ),
            weights=message("none"),
            missing=message("pairwise: each covariance uses those who answered both questions"),
        ),
    )


_VERDICTS = {
    KEEP: message("keep"),
    REVISE: message("look again"),
    DROP: message("drop"),
    UNDECIDED: message("too few answers"),
}


def _item_table(
    workings: Workings,
    scales: list[Scale],
    found: dict[str, Reliability],
    labels: dict[str, _Label],
    *,
    by_factor: bool,
) -> Table:
    """Tabulate what each item adds, as a pre-test would look at it."""
    analysed = analyse_items(workings.items, scales).table
    rows: list[tuple[Cell, ...]] = []
    for scale in scales:
        dropped = found[scale.name].items["alpha_if_dropped"]
        rows.extend(
            (
                labels[scale.name],
                name,
                wording(workings.instrument.item(name)),
                name in scale.reversed_items,
                number(analysed["floor"][name]),
                number(analysed["ceiling"][name]),
                number(analysed["discrimination"][name]),
                number(analysed["item_rest_r"][name]),
                number(dropped[name]),
                _VERDICTS[str(analysed["verdict"][name])],
            )
            for name in scale.items
        )
    rules = ItemRules()
    return Table(
        id="reliability.items",
        title=message("Each question's part"),
        columns=(
            column("construct", _group_label(by_factor=by_factor), Kind.LABEL),
            column("item", message("Item"), Kind.KEY),
            column("text", message("Question"), Kind.LABEL),
            column("reversed", message("Reversed"), Kind.MARK),
            column("floor", message("Lowest, %"), Kind.SHARE),
            column("ceiling", message("Highest, %"), Kind.SHARE),
            column("discrimination", message("D"), Kind.ESTIMATE),
            column("item_rest", message("Item-rest r"), Kind.ESTIMATE),
            column("alpha_dropped", message("Alpha without it"), Kind.ESTIMATE),
            column("verdict", message("Verdict"), Kind.KEY),
        ),
        rows=tuple(rows),
        notes=(
            message(
                "D is the difference between the highest and the lowest 27% on the rest of the "
                "scale, as a share of the range. An item is looked at again below D {d:.2f} or "
                "item-rest r {r:.2f}, or with {extreme:.0%} at one end.",
                d=rules.discrimination,
                r=rules.item_rest,
                extreme=rules.extreme,
            ),
        ),
        provenance=Provenance(
            n=len(workings.items),
            estimator=message("classical item analysis"),
            weights=message("none"),
            missing=message("each item uses those who answered it and two thirds of the rest"),
        ),
    )


def _sentences(n_groups: int, low: list[_Label], *, by_factor: bool) -> tuple[Message, ...]:
    if not n_groups:
        return (message("No scale was answered by enough people."),)
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
