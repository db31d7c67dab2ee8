"""Data quality: who answered without care, what is missing, and what screening changes."""

from __future__ import annotations

import pandas as pd

from analysis.findings import Cell, Chapter, Hidden, Kind, Provenance, Table
from analysis.scores import index_0_100
from analysis.screening import Screening, Thresholds, screen
from analysis.templates.cells import column, construct_label, number, protected, share, wording
from analysis.templates.titles import CHAPTER_TITLES
from analysis.templates.workings import Tick, Workings, numbers
from surveys.answers import Missing
from surveys.model import ItemKind
from surveys.privacy import round_n, suppress
from surveys.words import Message, as_message, message

_SHOWN = 10

_NAMES = {
    "attention": message("Failed the attention item"),
    "time": message("Answered too fast"),
    "longstring": message("Long run of the same answer"),
    "irv": message("Hardly any variation"),
    "mahalanobis": message("Very unusual pattern"),
    "even_odd": message("Contradicts themselves"),
    "synonyms": message("Answers like questions unlike"),
    "antonyms": message("Answers opposite questions alike"),
}

_KINDS = (
    (Missing.SKIPPED, "skipped", message("Skipped, %")),
    (Missing.NOT_APPLICABLE, "not_applicable", message("Not applicable, %")),
    (Missing.PREFER_NOT, "prefer_not", message("Prefer not, %")),
    (Missing.NOT_REACHED, "not_reached", message("Not reached, %")),
    (Missing.ILLEGIBLE, "illegible", message("Illegible, %")),
    (Missing.OUT_OF_RANGE, "out_of_range", message("Out of range, %")),
)


def make_quality(workings: Workings, tick: Tick) -> Chapter:
    """Report the screening, the missing answers, and the scale means with and without screening."""
    if not workings.likert:
        return Chapter(
            id="quality",
            title=CHAPTER_TITLES["quality"],
            omitted=message("Careless answering is seen on Likert items, and there are none."),
        )
    tables = []
    if workings.plan.screen:
        tables.append(_screening(workings))
    tick(0.6)
    missing = _missing(workings)
    tables.append(missing)
    if workings.plan.screen and workings.scales:
        tables.append(_sensitivity(workings))
    tick(1.0)
    return Chapter(
        id="quality",
        title=CHAPTER_TITLES["quality"],
        question=message(
            "Who answered with care, what is missing and where, and did sensitive questions put "
            "people off?"
        ),
        sentences=_sentences(workings, missing),
        tables=tuple(tables),
        cautions=(
            message(
                "Nobody is called careless by name: the signs are counted, used, and forgotten."
            ),
        )
        if workings.plan.screen
        else (),
    )


def screen_answers(workings: Workings) -> Screening:
    """Compute the signs of careless answering of all entries."""
    answers = workings.answers
    checks = [
        item
        for item in workings.instrument.presented()
        if item.kind is ItemKind.ATTENTION and item.correct is not None
    ]
    names = [item.id for item in (*workings.likert, *checks)]
    blocks: dict[str, list[str]] = {}
    for item in workings.likert:
        blocks.setdefault(item.scale.id if item.scale else "", []).append(item.id)
    seconds = answers.about["seconds"].to_numpy(dtype=float, na_value=float("nan"))
    return screen(
        numbers(answers.values, names),
        blocks=list(blocks.values()),
        scales=workings.scales,
        attention={item.id: float(item.correct or 0) for item in checks},
        seconds=None if pd.isna(seconds).all() else seconds,
        ranges={
            item.id: (item.scale.minimum, item.scale.maximum)
            for item in workings.likert
            if item.scale
        },
        thresholds=Thresholds(kinds=workings.plan.flags),
    )


def _rule(index: str, limits: Thresholds) -> Message:
    rules = {
        "attention": message("wrong answer to an item that says what to tick"),
        "time": message("under {s:.0f} seconds an item", s=limits.seconds_per_item),
        "longstring": message("{k} or more identical answers in a row", k=limits.longest_run),
        "irv": message("spread under {share:.0%} of the range", share=limits.spread),
        "mahalanobis": message("p < {p:g} for so unusual a pattern", p=limits.mahalanobis_p),
        "even_odd": message(
            "odd and even items of the scales correlate below {r:g}", r=limits.consistency
        ),
        "synonyms": message("like items correlate below {r:g}", r=limits.consistency),
        "antonyms": message("opposite items correlate above {r:g}", r=-limits.consistency),
    }
    return rules[index]


def _screening(workings: Workings) -> Table:
    found = workings.screening
    threshold = workings.plan.threshold
    rows: list[tuple[Cell, ...]] = []
    for index, counted in found.counts.iterrows():
        flagged = int(counted["flagged"])
        cell: Cell = Hidden() if 0 < flagged < threshold else flagged
        rows.append(
            (
                _NAMES[str(index)],
                cell,
                share(cell, int(counted["computed"])),
                _rule(str(index), found.thresholds),
            )
        )
    aside, kept = protected([found.n_flagged, found.n_kept], threshold)
    rows.append(
        (
            message("Set aside"),
            aside,
            share(aside, found.n),
            message("{k} or more signs of different kinds", k=found.thresholds.kinds),
        )
    )
    rows.append((message("Kept"), kept, share(kept, found.n), message("all others")))
    notes = [as_message(remark) for remark in found.notes]
    notes.extend(
        message("{index}: {reason}", index=_NAMES[index], reason=as_message(reason))
        for index, reason in found.not_computed.items()
    )
    return Table(
        id="quality.screening",
        title=message("Signs of careless answering"),
        columns=(
            column("index", message("Sign"), Kind.LABEL),
            column("flagged", message("People"), Kind.COUNT),
            column("share", message("Share, %"), Kind.SHARE),
            column("rule", message("Counts when"), Kind.LABEL),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
        provenance=Provenance(n=found.n, missing=message("each sign uses the answers there are")),
    )


def _missing(workings: Workings) -> Table:
    """Tabulate the items that most often have no answer, by kind of missing."""
    answers = workings.answers
    n = len(answers)
    threshold = workings.plan.threshold
    items = [i for i in workings.instrument.presented() if i.kind is not ItemKind.TEXT]
    table = []
    for item in items:
        kinds = answers.missing[item.columns[0]]
        counts = {kind: int((kinds == kind).sum()) for kind, *_rest in _KINDS}
        table.append((item, counts))
    used = [row for row in _KINDS if any(counts[row[0]] for _item, counts in table)]
    table.sort(key=lambda row: (-row[1][Missing.PREFER_NOT], -sum(row[1].values())))
    rows = []
    for item, counts in table[:_SHOWN]:
        # Who answered is the rest of the whole, so it takes part in what could be worked out.
        numbers_shown = [counts[kind] for kind, *_rest in used]
        answered = n - sum(counts.values())
        hide = suppress([*numbers_shown, answered], threshold)[:-1]
        cells: list[Cell] = [
            Hidden() if hidden else count / n
            for count, hidden in zip(numbers_shown, hide, strict=True)
        ]
        rows.append((item.id, wording(item), *cells))
    return Table(
        id="quality.missing",
        title=message("Questions most often left without an answer"),
        columns=(
            column("item", message("Item"), Kind.KEY),
            column("text", message("Question"), Kind.LABEL),
            *(column(name, label, Kind.SHARE) for _kind, name, label in used),
        ),
        rows=tuple(rows),
        notes=(message("Ordered by how often people preferred not to answer."),),
        provenance=Provenance(n=n),
    )


def _sensitivity(workings: Workings) -> Table:
    before = workings.scores_of(workings.answers)
    after = workings.scores
    rows = []
    for scale in workings.scales:
        means = [
            index_0_100(frame[scale.name], scale.minimum, scale.maximum).mean()
            for frame in (before, after)
        ]
        rows.append(
            (
                construct_label(workings.instrument, scale.name),
                *(number(mean) for mean in means),
                number(means[1] - means[0]),
            )
        )
    return Table(
        id="quality.sensitivity",
        title=message("Scale means with everybody and with those kept"),
        columns=(
            column("scale", message("Scale"), Kind.LABEL),
            column("before", message("Everybody"), Kind.INDEX),
            column("after", message("Kept"), Kind.INDEX),
            column("change", message("Change"), Kind.INDEX),
        ),
        rows=tuple(rows),
        notes=(message("Shown for the whole sample only."),),
        provenance=Provenance(n=len(workings.answers)),
    )


def _sentences(workings: Workings, missing: Table) -> tuple[Message, ...]:
    n = len(workings.answers)
    sentences = []
    if workings.plan.screen:
        found = workings.screening
        if found.n_flagged == 0:
            sentences.append(message("{n:,} received, none set aside as careless.", n=round_n(n)))
        elif found.n_flagged < workings.plan.threshold:
            sentences.append(
                message(
                    "{n:,} received; fewer than {threshold} were set aside as careless.",
                    n=round_n(n),
                    threshold=workings.plan.threshold,
                )
            )
        else:
            sentences.append(
                message(
                    "{n0:,} received, {flagged:,} set aside as careless, {n1:,} analysed.",
                    n0=round_n(n),
                    flagged=round_n(found.n_flagged),
                    n1=round_n(found.n_kept),
                )
            )
    else:
        sentences.append(message("{n:,} received; the plan sets nobody aside.", n=round_n(n)))
    declined = _most_declined(missing)
    if declined is not None:
        sentences.append(declined)
    return tuple(sentences)


def _most_declined(missing: Table) -> Message | None:
    if not any(c.id == "prefer_not" for c in missing.columns) or not missing.rows:
        return None
    value = missing.column("prefer_not")[0]
    if not isinstance(value, float) or value <= 0:
        return None
    return message(
        "“{item}” was declined most often ({p:.0f}%), a sign that the topic is sensitive.",
        item=missing.column("text")[0],
        p=100 * value,
    )
