"""Which questions belong together: number of factors, loadings, correlations of the factors."""

from __future__ import annotations

from analysis.correlation.adequacy import SamplingAdequacy, sampling_adequacy
from analysis.factor import FactorSolution
from analysis.findings import Cell, Chapter, Kind, Provenance, Table
from analysis.retention import ParallelAnalysis
from analysis.retention.rules import RULES, FactorCount
from analysis.templates.cells import column, interval, number, wording
from analysis.templates.titles import CHAPTER_TITLES
from analysis.templates.workings import Tick, Workings
from surveys.words import Message, as_message, message

_CORRELATIONS = {
    "polychoric": message("polychoric, pairwise"),
    "pearson": message("Pearson, pairwise"),
    "spearman": message("Spearman, pairwise"),
}


def make_factors(workings: Workings, tick: Tick) -> Chapter:
    """Explore the factors behind all Likert items together."""
    if len(workings.likert) < 3:
        return Chapter(
            id="factors",
            title=CHAPTER_TITLES["factors"],
            omitted=message("Factors need at least three Likert items."),
        )
    correlation = workings.correlation
    adequacy = sampling_adequacy(correlation)
    count = workings.count(tick)
    parallel = count.parallel
    solution = workings.factors(tick)
    tables = [
        _adequacy(workings, adequacy),
        _retention(workings, parallel, solution.n_factors),
        _loadings(workings, solution),
    ]
    if solution.n_factors > 1:
        tables.append(_correlations(workings, solution))
    tables.extend([_fit(workings, solution), _rules(workings, count)])
    tick(1.0)
    return Chapter(
        id="factors",
        title=CHAPTER_TITLES["factors"],
        question=message(
            "Do the questions form the groups they were meant to form? What do the answers say by "
            "themselves?"
        ),
        sentences=_sentences(workings, count, solution, adequacy),
        tables=tuple(tables),
        cautions=(
            message(
                "Factors found in one sample describe that sample; names for them are the reader's."
            ),
        ),
    )


def _provenance(workings: Workings, **changes: Message | int | None) -> Provenance:
    left_out = tuple(as_message(remark) for remark in workings.correlation.notes)
    dropped = [item.id for item in workings.likert if item.id not in workings.varying]
    if dropped:
        left_out += (
            message("Left out, because everybody answered alike: {items}.", items=dropped),
        )
    fields = {
        "n": len(workings.items),
        "correlation": _CORRELATIONS[workings.plan.correlation],
        "weights": message("none"),
        "missing": message("pairwise: each correlation uses those who answered both questions"),
        "left_out": left_out,
        **changes,
    }
    return Provenance(**fields)  # type: ignore[arg-type]


def _adequacy(workings: Workings, adequacy: SamplingAdequacy) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = (
        (message("Kaiser-Meyer-Olkin measure, all items"), number(adequacy.kmo)),
        (message("Lowest of a single item"), number(adequacy.kmo_items.min())),
        (message("Bartlett's chi-square"), number(adequacy.chisq)),
        (message("degrees of freedom"), number(adequacy.dof)),
    )
    return Table(
        id="factors.adequacy",
        title=message("Are the correlations fit for factors?"),
        columns=(
            column("measure", message("Measure"), Kind.LABEL),
            column("value", message("Value"), Kind.ESTIMATE),
        ),
        rows=rows,
        provenance=_provenance(workings),
    )


def _retention(workings: Workings, parallel: ParallelAnalysis, kept: int) -> Table:
    plan = workings.plan
    shown = min(len(parallel.eigenvalues), kept + 3)
    rows = tuple(
        (
            place + 1,
            number(parallel.eigenvalues[place]),
            number(parallel.reference[place]),
            place < kept,
        )
        for place in range(shown)
    )
    notes = []
    if plan.n_factors is not None and plan.n_factors != parallel.n_factors:
        notes.append(
            message(
                "The plan sets {n} factors; parallel analysis alone would keep {m}.",
                n=plan.n_factors,
                m=parallel.n_factors,
            )
        )
    return Table(
        id="factors.retention",
        title=message("How many factors?"),
        columns=(
            column("factor", message("Factor"), Kind.WHOLE),
            column("eigenvalue", message("Eigenvalue"), Kind.ESTIMATE),
            column("reference", message("Random data"), Kind.ESTIMATE),
            column("kept", message("Kept"), Kind.MARK),
        ),
        rows=rows,
        notes=tuple(notes),
        provenance=_provenance(
            workings,
            estimator=message(
                "parallel analysis: {sets} permuted data sets, percentile {p:.0f}",
                sets=plan.parallel_sets,
                p=plan.percentile,
            ),
            seed=plan.seed,
        ),
    )


def _rules(workings: Workings, count: FactorCount) -> Table:
    rows = tuple((as_message(RULES[str(rule)]), int(n)) for rule, n in count.suggestions.items())
    return Table(
        id="factors.rules",
        title=message("What other rules say"),
        columns=(
            column("rule", message("Rule"), Kind.LABEL),
            column("n", message("Factors"), Kind.WHOLE),
        ),
        rows=rows,
        notes=(
            *(as_message(remark) for remark in count.notes),
            message(
                "The factors above follow parallel analysis, unless the plan sets their number."
            ),
        ),
        provenance=_provenance(workings),
    )


def _loadings(workings: Workings, solution: FactorSolution) -> Table:
    texts = {item.id: wording(item) for item in workings.likert}
    factors = [str(name) for name in solution.loadings.columns]
    best = solution.loadings.abs().to_numpy().argmax(axis=1)
    strength = solution.loadings.abs().max(axis=1)
    order = sorted(range(len(best)), key=lambda row: (int(best[row]), -float(strength.iloc[row])))
    rows = []
    for place in order:
        item = str(solution.loadings.index[place])
        rows.append(
            (
                item,
                texts[item],
                *(number(value) for value in solution.loadings.iloc[place]),
                number(solution.communalities[item]),
            )
        )
    return Table(
        id="factors.loadings",
        title=message("Loadings"),
        columns=(
            column("item", message("Item"), Kind.KEY),
            column("text", message("Question"), Kind.LABEL),
            *(column(name, message("{name}", name=name), Kind.ESTIMATE) for name in factors),
            column("communality", message("Communality"), Kind.ESTIMATE),
        ),
        rows=tuple(rows),
        provenance=_provenance(
            workings,
            estimator=message("minres"),
            rotation=message("oblimin"),
        ),
    )


def _correlations(workings: Workings, solution: FactorSolution) -> Table:
    names = [str(name) for name in solution.phi.columns]
    rows = tuple((name, *(number(value) for value in solution.phi[name])) for name in names)
    return Table(
        id="factors.correlations",
        title=message("Correlations of the factors"),
        columns=(
            column("factor", message("Factor"), Kind.LABEL),
            *(column(name, message("{name}", name=name), Kind.ESTIMATE) for name in names),
        ),
        rows=rows,
        provenance=_provenance(workings, estimator=message("minres"), rotation=message("oblimin")),
    )


def _fit(workings: Workings, solution: FactorSolution) -> Table:
    low, high = solution.rmsea_ci
    rows: list[tuple[Cell, ...]] = [
        (message("Variance explained, share"), number(solution.communalities.mean()), None),
        (message("Root mean square residual"), number(solution.rmsr), None),
        (message("RMSEA"), number(solution.rmsea), interval(low, high)),
        (message("Tucker-Lewis index"), number(solution.tli), None),
    ]
    return Table(
        id="factors.fit",
        title=message("How well the factors reproduce the correlations"),
        columns=(
            column("measure", message("Measure"), Kind.LABEL),
            column("value", message("Value"), Kind.PRECISE),
            column("ci", message("90% interval"), Kind.INTERVAL),
        ),
        rows=tuple(rows),
        notes=tuple(as_message(remark) for remark in solution.notes),
        provenance=_provenance(workings, estimator=message("minres")),
    )


def _sentences(
    workings: Workings,
    count: FactorCount,
    solution: FactorSolution,
    adequacy: SamplingAdequacy,
) -> tuple[Message, ...]:
    parallel = count.parallel
    sentences = [
        message(
            "Parallel analysis finds {n} factors in {k} questions.",
            n=parallel.n_factors,
            k=len(workings.varying),
        )
        if parallel.n_factors
        else message(
            "Parallel analysis finds no factor in {k} questions; one is shown all the same.",
            k=len(workings.varying),
        )
    ]
    sentences.append(as_message(count.summary))
    if adequacy.kmo < 0.6:
        sentences.append(
            message(
                "The questions share little (KMO {kmo:.2f}); read the factors with doubt.",
                kmo=adequacy.kmo,
            )
        )
    intended = len(workings.scales)
    if intended and intended != solution.n_factors:
        sentences.append(
            message(
                "The questionnaire means to measure {m} scales; scales that go closely together "
                "share a factor.",
                m=intended,
            )
        )
    return tuple(sentences)
