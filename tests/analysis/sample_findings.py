"""Plausible findings for tests of charts, reports and pages; every number is made up."""

from __future__ import annotations

import random

from analysis.findings import Chapter, Column, Findings, Hidden, Interval, Kind, Provenance, Table
from surveys import bank
from surveys.model import Instrument, Item, ItemKind, ResponseScale, Section
from surveys.study import Study
from surveys.words import Message, Text, message


def sample_study() -> Study:
    return Study(
        title=Text({"zh": "干部士气与避险倾向调查", "en": "Cadre Morale and Risk-Aversion Survey"}),
        population=Text({"zh": "某地县乡两级干部", "en": "County and township cadres of one area"}),
        months=("2026-03", "2026-05"),
        synthetic=True,
    )


def core_instrument() -> Instrument:
    return bank.load("cmra_core")


def bare_instrument() -> Instrument:
    """An instrument without constructs or wordings, as made from a bare data file."""
    scale = ResponseScale("s6", 1, 6)
    ids = [f"{letter}{number}" for letter in "ACENO" for number in range(1, 6)]
    items = tuple(Item(id=i, kind=ItemKind.LIKERT, text=Text({}), scale=scale) for i in ids)
    section = Section("all", Text({"en": "Items"}), tuple(ids))
    return Instrument(
        id="bare",
        version="1",
        title=Text({"en": "bfi"}),
        sections=(section,),
        items=items,
        languages=("en",),
        inferred=True,
    )


def plain(text: str) -> Message:
    return Message("{text}", {"text": text})


def column(name: str, kind: Kind, label: object | None = None) -> Column:
    return Column(name, label or plain(name), kind)


def sample_findings(instrument: Instrument | None = None, seed: int = 3) -> Findings:
    instrument = instrument or core_instrument()
    rng = random.Random(seed)
    chapters = [
        _design(),
        _respondents(instrument, rng),
        _quality(instrument, rng),
        _items(instrument, rng),
        _scales(instrument, rng),
        _factors(instrument, rng),
        _reliability(instrument, rng),
        _drivers(instrument, rng),
    ]
    return Findings(
        key="0f" * 32,
        plan_digest="1e" * 32,
        instrument_digest="2d" * 32,
        n_received=3402,
        n_analysed=3188,
        threshold=10,
        n_hidden=4,
        synthetic=True,
        versions={"numpy": "2.4.6", "zhiyan": "0.1.0"},
        last_change="2026-05-20",
        chapters=tuple(chapters),
    )


def _omitted(name: str, title: str) -> Chapter:
    return Chapter(id=name, title=plain(title), omitted=plain(f"{title} cannot be done here."))


def _design() -> Chapter:
    return Chapter(
        id="design",
        title=message("How the survey was done"),
        sentences=(plain("3400 people answered 78 questions."),),
        tables=(
            Table(
                id="design.facts",
                title=plain("The survey in brief"),
                columns=(column("label", Kind.LABEL), column("value", Kind.LABEL)),
                rows=((plain("Sampling"), plain("12 units")), (plain("Forms"), plain("3400"))),
            ),
            Table(
                id="design.fieldwork",
                title=plain("Forms handed out and returned"),
                columns=(
                    column("place", Kind.LABEL),
                    column("distributed", Kind.COUNT),
                    column("returned", Kind.COUNT),
                    column("rate", Kind.SHARE),
                ),
                rows=(
                    ("A", 1803, 1702, 0.944),
                    ("B", 1900, 1698, 0.8937),
                    ("C", 12, Hidden(), Hidden()),
                ),
                provenance=Provenance(n=3715),
            ),
        ),
    )


def _respondents(instrument: Instrument, rng: random.Random) -> Chapter:
    items = [i for i in instrument.presented() if i.kind is ItemKind.SINGLE]
    if not items:
        return _omitted("respondents", "Who answered")
    tables = []
    for item in items:
        counts = [rng.randint(20, 900) for _ in item.options]
        total = sum(counts) + 31
        rows = [
            (option.label, n, n / total) for option, n in zip(item.options, counts, strict=True)
        ]
        if len(rows) > 4:
            rows[1] = (rows[1][0], Hidden(), Hidden())
            rows[2] = (rows[2][0], Hidden("complement"), Hidden("complement"))
        rows.append((plain("No answer"), 31, 31 / total))
        tables.append(
            Table(
                id=f"respondents.{item.id}",
                title=Message("{text}", {"text": item.text}),
                columns=(
                    column("answer", Kind.LABEL),
                    column("n", Kind.COUNT),
                    column("share", Kind.SHARE),
                ),
                rows=tuple(rows),
                provenance=Provenance(n=total),
            )
        )
    return Chapter(
        id="respondents",
        title=message("Who answered"),
        question=plain("Who are the people behind the answers?"),
        sentences=(plain("3400 entries are described."),),
        tables=tuple(tables),
    )


def _quality(instrument: Instrument, rng: random.Random) -> Chapter:
    names = ("attention check", "too fast", "long string", "unusual pattern", "odd and even items")
    screening = [
        (plain(name), n := rng.randint(20, 300), n / 3402, plain("rule")) for name in names
    ]
    missing = [
        (item.id, item.text or item.id, rng.random() / 20, rng.random() / 10, rng.random() / 30)
        for item in instrument.likert_items[:10]
    ]
    tables = [
        Table(
            id="quality.screening",
            title=plain("Signs of careless answering"),
            columns=(
                column("index", Kind.LABEL),
                column("flagged", Kind.COUNT),
                column("share", Kind.SHARE),
                column("rule", Kind.LABEL),
            ),
            rows=tuple(screening),
            provenance=Provenance(n=3402),
        ),
        Table(
            id="quality.missing",
            title=plain("Questions most often left without an answer"),
            columns=(
                column("item", Kind.KEY),
                column("text", Kind.LABEL),
                column("skipped", Kind.SHARE),
                column("prefer_not", Kind.SHARE),
                column("not_reached", Kind.SHARE),
            ),
            rows=tuple(missing),
            provenance=Provenance(n=3402),
        ),
    ]
    return Chapter(
        id="quality",
        title=message("Data quality"),
        question=plain("Who answered with care, and what is missing?"),
        sentences=(plain("3400 received, 215 set aside as careless, 3190 analysed."),),
        tables=tuple(tables),
        cautions=(plain("Careless answers are counted, never shown for a person."),),
    )


def _items(instrument: Instrument, rng: random.Random) -> Chapter:
    blocks: list[tuple[str, Text | str, tuple[Item, ...], bool]] = [
        (scale.id, scale.label, instrument.items_of(scale.id), True)
        for scale in instrument.scales()
    ] or [("all", "Items", instrument.likert_items, False)]
    tables = []
    for name, label, items, valence in blocks:
        assert items[0].scale
        scale = items[0].scale
        rows = []
        for number, item in enumerate(items):
            weights = [rng.random() + 0.1 for _ in scale.points]
            shares: list[object] = [w / sum(weights) for w in weights]
            favourable: list[object] = [sum(shares[3:])] if valence else []
            if name == "BACK" and number == 2:
                shares, favourable = [Hidden("alike")] * len(shares), [Hidden("alike")]
            rows.append(
                (item.id, item.text or item.id, rng.randint(2900, 3190), *shares, *favourable)
            )
        columns = [column("item", Kind.KEY), column("text", Kind.LABEL), column("n", Kind.COUNT)]
        columns += [
            column(f"p_{p}", Kind.SHARE, scale.label(p) or plain(str(p))) for p in scale.points
        ]
        if valence:
            columns.append(column("favourable", Kind.SHARE))
        tables.append(
            Table(
                id=f"items.{name}",
                title=Message("{text}", {"text": label}),
                columns=tuple(columns),
                rows=tuple(rows),
                provenance=Provenance(n=3188, missing=plain("shares are of those who answered")),
            )
        )
    return Chapter(
        id="items",
        title=message("What they said"),
        question=plain("How did people answer each question?"),
        sentences=(plain("One item stands out."),),
        tables=tuple(tables),
    )


def _scales(instrument: Instrument, rng: random.Random) -> Chapter:
    scales = instrument.scales()
    if not scales:
        return _omitted("scales", "The scales at a glance")
    families = {family.id: family.label for family in instrument.families}
    rows = []
    for number, scale in enumerate(scales):
        mean = 30 + 45 * rng.random()
        row: tuple = (
            scale.label,
            families.get(scale.family or ""),
            3188,
            mean,
            Interval(mean - 2.2, mean + 2.2),
            18.0,
            scale.valence.value,
        )
        if number == 5:
            row = (*row[:2], Hidden(), Hidden(), Hidden(), Hidden(), row[-1])
        rows.append(row)
    table = Table(
        id="scales.means",
        title=plain("Scale means, 0 to 100"),
        columns=(
            column("construct", Kind.LABEL),
            column("family", Kind.LABEL),
            column("n", Kind.COUNT),
            column("mean", Kind.INDEX),
            column("ci", Kind.INTERVAL),
            column("sd", Kind.INDEX),
            column("valence", Kind.KEY),
        ),
        rows=tuple(rows),
        provenance=Provenance(n=3188, estimator=plain("mean of the items")),
    )
    return Chapter(
        id="scales",
        title=message("The scales at a glance"),
        sentences=(plain("One scale stands best."),),
        tables=(table,),
    )


def _factors(instrument: Instrument, rng: random.Random) -> Chapter:
    items = instrument.likert_items
    k = 6 if len(items) > 40 else 5
    names = [f"F{number}" for number in range(1, k + 1)]
    how = Provenance(
        n=3188,
        estimator=plain("minres"),
        correlation=plain("polychoric, pairwise"),
        rotation=plain("oblimin"),
        weights=plain("none"),
        missing=plain("pairwise"),
    )
    loadings = []
    for number, item in enumerate(items):
        values = [rng.uniform(-0.25, 0.25) for _ in names]
        values[number * k // len(items)] = rng.choice((-1, 1, 1, 1)) * rng.uniform(0.35, 0.85)
        loadings.append((item.id, item.text or item.id, *values, rng.uniform(0.2, 0.7)))
    retention = [
        (number, 8.0 / number, 1.4 - 0.03 * number, number <= k) for number in range(1, k + 6)
    ]
    tables = (
        Table(
            id="factors.adequacy",
            title=plain("Are the correlations fit for factors?"),
            columns=(column("measure", Kind.LABEL), column("value", Kind.ESTIMATE)),
            rows=((plain("Kaiser-Meyer-Olkin"), 0.912), (plain("chi-square"), 41234.5)),
            provenance=how,
        ),
        Table(
            id="factors.retention",
            title=plain("How many factors?"),
            columns=(
                column("factor", Kind.WHOLE),
                column("eigenvalue", Kind.ESTIMATE),
                column("reference", Kind.ESTIMATE),
                column("kept", Kind.MARK),
            ),
            rows=tuple(retention),
            provenance=Provenance(n=3188, estimator=plain("parallel analysis"), seed=7),
        ),
        Table(
            id="factors.loadings",
            title=plain("Loadings"),
            columns=(
                column("item", Kind.KEY),
                column("text", Kind.LABEL),
                *(column(name, Kind.ESTIMATE) for name in names),
                column("communality", Kind.ESTIMATE),
            ),
            rows=tuple(loadings),
            provenance=how,
        ),
    )
    return Chapter(
        id="factors",
        title=message("Which questions belong together"),
        sentences=(plain("Parallel analysis finds some factors."),),
        tables=tables,
    )


def _reliability(instrument: Instrument, rng: random.Random) -> Chapter:
    labels = [scale.label for scale in instrument.scales()] or [f"F{n}" for n in range(1, 6)]
    rows = []
    for label in labels:
        alpha = rng.uniform(0.6, 0.9)
        rows.append(
            (label, 4, 3100, alpha, Interval(alpha - 0.02, alpha + 0.02), 0.4, plain("usable"))
        )
    table = Table(
        id="reliability.alpha",
        title=plain("Reliability"),
        columns=(
            column("construct", Kind.LABEL),
            column("n_items", Kind.WHOLE),
            column("n", Kind.COUNT),
            column("alpha", Kind.ESTIMATE),
            column("ci", Kind.INTERVAL),
            column("average_r", Kind.ESTIMATE),
            column("verdict", Kind.LABEL),
        ),
        rows=tuple(rows),
        provenance=Provenance(n=3188, estimator=plain("Cronbach's alpha")),
    )
    return Chapter(
        id="reliability",
        title=message("Do the questions of a scale hang together?"),
        sentences=(plain("Most scales are usable."),),
        tables=(table,),
    )


def _drivers(instrument: Instrument, rng: random.Random) -> Chapter:
    drivers = [c for c in instrument.scales() if c.role == "driver"]
    if not drivers:
        return _omitted("drivers", "What goes with the outcome")
    families = {family.id: family.label for family in instrument.families}
    effects, shares = [], []
    for driver in drivers:
        estimate, share = rng.uniform(-0.3, 0.3), rng.random() / 5
        family = families.get(driver.family or "")
        ci = Interval(estimate - 0.08, estimate + 0.08)
        effects.append((driver.label, family, estimate, ci, 0.0004, 0.012, 1.4))
        clear = ci.low > 0 or ci.high < 0
        shares.append((driver.label, family, share, Interval(share * 0.6, share * 1.5), clear))
    how = Provenance(
        n=2981, estimator=plain("ordinary least squares"), standard_errors=plain("clustered")
    )
    tables = (
        Table(
            id="drivers.coefficients",
            title=plain("Standardised effects, all drivers side by side"),
            columns=(
                column("predictor", Kind.LABEL),
                column("family", Kind.LABEL),
                column("estimate", Kind.ESTIMATE),
                column("ci", Kind.INTERVAL),
                column("p", Kind.PROBABILITY),
                column("p_holm", Kind.PROBABILITY),
                column("vif", Kind.ESTIMATE),
            ),
            rows=tuple(effects),
            provenance=how,
        ),
        Table(
            id="drivers.importance",
            title=plain("Share of what can be explained"),
            columns=(
                column("predictor", Kind.LABEL),
                column("family", Kind.LABEL),
                column("share", Kind.SHARE),
                column("ci", Kind.INTERVAL),
                column("partial_excludes_zero", Kind.MARK),
            ),
            rows=tuple(shares),
            provenance=Provenance(n=2981, estimator=plain("LMG"), seed=11),
        ),
    )
    return Chapter(
        id="drivers",
        title=message("What goes with the outcome"),
        question=plain("Which conditions go together with the outcome?"),
        sentences=(plain("One driver goes most strongly with the outcome."),),
        tables=tables,
        cautions=(plain("Views that go together need not cause one another."),),
    )
